/*
 * n_tty.c - the line discipline: echo, editing a line before it is read, the
 * keys that send signals, and the line ends of terminals. POSIX.1, chapter 11
 * (General Terminal Interface). Linux: drivers/tty/n_tty.c.
 */
#include "fs/n_tty.h"

#include "abi/signal.h"

#include "lib/string.h"

/* Marks of a character in the buffer. */
#define CHARACTER   0x00ff
#define END_OF_LINE 0x0100 /* the last of a line */
#define END_OF_FILE 0x0300 /* ^D: ends a line, but is not part of it */

#define DISABLED '\0' /* in c_cc: no key does this */
#define TAB      8

#define OUTPUT_SIZE 128 /* bytes for the devices at once */

void n_tty_init(struct n_tty *tty, void (*write)(const char *, size_t))
{
	*tty = (struct n_tty){
		.termios = {
			.c_iflag = ICRNL | IUTF8,
			.c_oflag = OPOST | ONLCR,
			.c_cflag = B38400 | CS8 | CREAD | HUPCL,
			.c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK |
				   ECHOCTL | ECHOKE,
			.c_cc = {
				[VINTR] = 'C' & 037,
				[VQUIT] = '\\' & 037,
				[VERASE] = 0177,
				[VKILL] = 'U' & 037,
				[VEOF] = 'D' & 037,
				[VMIN] = 1,
				[VSUSP] = 'Z' & 037,
				[VWERASE] = 'W' & 037,
			},
		},
		.write = write,
	};
}

static bool local(const struct n_tty *tty, unsigned int flag)
{
	return tty->termios.c_lflag & flag;
}

/* Is CHARACTER the key for what c_cc[INDEX] does? */
static bool is_key(const struct n_tty *tty, uint8_t character, int index)
{
	uint8_t key = tty->termios.c_cc[index];

	return key != DISABLED && key == character;
}

static uint16_t *slot(struct n_tty *tty, unsigned int index)
{
	return &tty->buffer[index % N_TTY_BUF_SIZE];
}

/* ── Output ───────────────────────────────────────────────────────────── */

static bool is_control(uint8_t character)
{
	return character < ' ' || character == 0177;
}

/* All but the first byte of a UTF-8 character: they take no room. */
static bool is_continuation(const struct n_tty *tty, uint8_t character)
{
	return (tty->termios.c_iflag & IUTF8) && (character & 0xc0) == 0x80;
}

/* Where the cursor is after CHARACTER has been printed at COLUMN. */
static unsigned int column_after(const struct n_tty *tty, uint8_t character,
				 unsigned int column)
{
	switch (character) {
	case '\n':
	case '\r':
		return 0;
	case '\b':
		return column ? column - 1 : 0;
	case '\t':
		return ALIGN_DOWN(column + TAB, TAB);
	}
	if (is_control(character) || is_continuation(tty, character))
		return column;
	return column + 1;
}

void n_tty_write(struct n_tty *tty, const char *data, size_t size)
{
	bool add_return = (tty->termios.c_oflag & OPOST) &&
			  (tty->termios.c_oflag & ONLCR);
	char text[OUTPUT_SIZE];
	size_t length = 0;

	for (size_t i = 0; i < size; i++) {
		if (data[i] == '\n' && add_return)
			text[length++] = '\r';
		text[length++] = data[i];
		tty->column = column_after(tty, data[i], tty->column);
		if (length > sizeof(text) - 2 || i + 1 == size) {
			tty->write(text, length);
			length = 0;
		}
	}
}

/* ── Echo ─────────────────────────────────────────────────────────────── */

/* With ECHOCTL a control character shows as ^C. */
static bool shows_as_caret(const struct n_tty *tty, uint8_t character)
{
	return local(tty, ECHOCTL) && is_control(character) &&
	       character != '\t' && character != '\n';
}

static void echo(struct n_tty *tty, uint8_t character)
{
	char text[2] = { '^', character ^ 0100 };

	if (!local(tty, ECHO))
		return;
	if (shows_as_caret(tty, character))
		n_tty_write(tty, text, 2);
	else
		n_tty_write(tty, (const char *)&character, 1);
}

/* The column behind what was typed up to END: tabs need the whole line. */
static unsigned int typed_column(struct n_tty *tty, unsigned int end)
{
	unsigned int column = tty->canon_column;

	for (unsigned int i = tty->canon_head; i != end; i++) {
		uint8_t character = *slot(tty, i) & CHARACTER;

		if (shows_as_caret(tty, character))
			column += 2;
		else
			column = column_after(tty, character, column);
	}
	return column;
}

static void wipe_columns(struct n_tty *tty, unsigned int count)
{
	while (count--)
		n_tty_write(tty, "\b \b", 3);
}

/* ── Editing ──────────────────────────────────────────────────────────── */

/* Shorten the line being typed to END, on the screen as well. */
static void erase_to(struct n_tty *tty, unsigned int end)
{
	unsigned int before = typed_column(tty, tty->read_head);
	unsigned int after = typed_column(tty, end);

	tty->read_head = end;
	if (local(tty, ECHO) && before > after)
		wipe_columns(tty, before - after);
}

/* Where the last character of the line begins. */
static unsigned int last_character(struct n_tty *tty)
{
	unsigned int end = tty->read_head;

	while (end != tty->canon_head) {
		end--;
		if (!is_continuation(tty, *slot(tty, end) & CHARACTER))
			break;
	}
	return end;
}

static bool is_word(uint8_t character)
{
	return (character >= '0' && character <= '9') ||
	       (character >= 'A' && character <= 'Z') ||
	       (character >= 'a' && character <= 'z') || character == '_' ||
	       character >= 0x80;
}

/* Where the last word does: what is between it and the cursor goes, too. */
static unsigned int last_word(struct n_tty *tty)
{
	unsigned int end = tty->read_head;
	bool in_word = false;

	while (end != tty->canon_head) {
		bool word = is_word(*slot(tty, end - 1) & CHARACTER);

		if (in_word && !word)
			break;
		in_word = word;
		end--;
	}
	return end;
}

/* ── Input ────────────────────────────────────────────────────────────── */

static unsigned int used(const struct n_tty *tty)
{
	return tty->read_head - tty->read_tail;
}

/*
 * The last slot is kept for the character that ends a line. A line that fills
 * the buffer alone does not stop the typing: what is too much for it is
 * dropped (receive_canonical() below), but its end must get through.
 */
bool n_tty_room(const struct n_tty *tty)
{
	if (local(tty, ICANON) && tty->canon_head == tty->read_tail)
		return true;
	return used(tty) < N_TTY_BUF_SIZE - 1;
}

static void store(struct n_tty *tty, uint16_t character)
{
	*slot(tty, tty->read_head++) = character;
}

/* Hand the line being typed over to whoever reads. */
static void end_line(struct n_tty *tty, uint16_t character)
{
	store(tty, character);
	tty->canon_head = tty->read_head;
	tty->canon_column = tty->column;
}

static int signal_of(const struct n_tty *tty, uint8_t character)
{
	if (!local(tty, ISIG))
		return 0;
	if (is_key(tty, character, VINTR))
		return SIGINT;
	if (is_key(tty, character, VQUIT))
		return SIGQUIT;
	if (is_key(tty, character, VSUSP))
		return SIGTSTP;
	return 0;
}

static void flush_input(struct n_tty *tty)
{
	tty->read_tail = tty->read_head;
	tty->canon_head = tty->read_head;
	tty->canon_column = tty->column;
}

static void receive_canonical(struct n_tty *tty, uint8_t character)
{
	if (tty->read_head == tty->canon_head)
		tty->canon_column = tty->column;

	if (is_key(tty, character, VERASE) || character == '\b') {
		erase_to(tty, last_character(tty));
	} else if (is_key(tty, character, VWERASE)) {
		erase_to(tty, last_word(tty));
	} else if (is_key(tty, character, VKILL)) {
		erase_to(tty, tty->canon_head);
	} else if (is_key(tty, character, VEOF)) {
		end_line(tty, END_OF_FILE);
	} else if (character == '\n') {
		echo(tty, '\n');
		end_line(tty, '\n' | END_OF_LINE);
	} else if (used(tty) < N_TTY_BUF_SIZE - 1) {
		echo(tty, character);
		store(tty, character);
	}
}

int n_tty_receive(struct n_tty *tty, uint8_t character)
{
	int signal;

	if (character == '\r' && tty->termios.c_iflag & ICRNL)
		character = '\n';

	signal = signal_of(tty, character);
	if (signal) {
		echo(tty, character);
		if (!local(tty, NOFLSH))
			flush_input(tty);
	} else if (local(tty, ICANON)) {
		receive_canonical(tty, character);
	} else {
		echo(tty, character);
		store(tty, character);
	}
	return signal;
}

bool n_tty_readable(const struct n_tty *tty, unsigned int wanted)
{
	if (local(tty, ICANON))
		return tty->canon_head != tty->read_tail;
	return used(tty) >= wanted;
}

/*
 * ^D ends the read() without being read itself: with characters before it
 * they are what read() returns, without any it returns 0, end of file.
 */
static size_t read_canonical(struct n_tty *tty, char *to, size_t size,
			     bool *end)
{
	size_t count = 0;

	while (tty->read_tail != tty->canon_head) {
		uint16_t character = *slot(tty, tty->read_tail);
		bool is_eof = (character & END_OF_FILE) == END_OF_FILE;

		if (!is_eof && count == size)
			return count;
		tty->read_tail++;
		if (!is_eof)
			to[count++] = character;
		if (character & END_OF_LINE)
			break;
	}
	*end = true;
	return count;
}

size_t n_tty_read(struct n_tty *tty, char *to, size_t size, bool *end)
{
	size_t count = 0;

	*end = false;
	if (local(tty, ICANON))
		return read_canonical(tty, to, size, end);
	while (count < size && tty->read_tail != tty->read_head)
		to[count++] = *slot(tty, tty->read_tail++);
	tty->canon_head = tty->read_tail;
	*end = count < size;
	return count;
}

/*
 * Without canonical mode canon_head means nothing. Coming back to it, what
 * was typed meanwhile counts as a line.
 */
void n_tty_set_termios(struct n_tty *tty, const struct termios *termios,
		       bool flush)
{
	bool was_canonical = local(tty, ICANON);

	tty->termios = *termios;
	if (flush)
		flush_input(tty);
	if (!was_canonical && local(tty, ICANON) && used(tty)) {
		*slot(tty, tty->read_head - 1) |= END_OF_LINE;
		tty->canon_head = tty->read_head;
		tty->canon_column = tty->column;
	}
}
