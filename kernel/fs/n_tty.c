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
#define END_OF_FILE 0x0200 /* no character, but ^D instead of a line */

#define DISABLED '\0' /* in c_cc: no key does this */

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

/* All but the first byte of a UTF-8 character: they take no room. */
static bool is_continuation(const struct n_tty *tty, uint8_t character)
{
	return (tty->termios.c_iflag & IUTF8) && (character & 0xc0) == 0x80;
}

void n_tty_write(struct n_tty *tty, const char *data, size_t size)
{
	bool add_return = (tty->termios.c_oflag & OPOST) &&
			  (tty->termios.c_oflag & ONLCR);
	size_t done = 0;

	for (size_t i = 0; i < size; i++) {
		if (data[i] != '\n' || !add_return)
			continue;
		tty->write(data + done, i - done);
		tty->write("\r", 1);
		done = i;
	}
	tty->write(data + done, size - done);
}

/* With ECHOCTL a control character shows as ^C. */
static bool shows_as_caret(const struct n_tty *tty, uint8_t character)
{
	return local(tty, ECHOCTL) && (character < ' ' || character == 0177) &&
	       character != '\t' && character != '\n';
}

/* A tab shows as one blank: then erasing needs no count of columns. */
static void echo(struct n_tty *tty, uint8_t character)
{
	char text[2] = { '^', character ^ 0100 };

	if (!local(tty, ECHO))
		return;
	if (shows_as_caret(tty, character))
		n_tty_write(tty, text, 2);
	else
		n_tty_write(tty, character == '\t' ? " " : (char *)&character,
			    1);
}

/* ── Editing ──────────────────────────────────────────────────────────── */

static uint8_t last_byte(struct n_tty *tty)
{
	return *slot(tty, tty->read_head - 1);
}

/* Take back the last character of the line being typed, if there is one. */
static bool erase(struct n_tty *tty)
{
	if (tty->read_head == tty->canon_head)
		return false;
	while (is_continuation(tty, last_byte(tty)) &&
	       tty->read_head != tty->canon_head + 1)
		tty->read_head--;
	if (local(tty, ECHO))
		n_tty_write(tty, "\b \b", 3);
	if (local(tty, ECHO) && shows_as_caret(tty, last_byte(tty)))
		n_tty_write(tty, "\b \b", 3);
	tty->read_head--;
	return true;
}

static bool is_word(uint8_t character)
{
	return (character >= '0' && character <= '9') ||
	       (character >= 'A' && character <= 'Z') ||
	       (character >= 'a' && character <= 'z') || character == '_' ||
	       character >= 0x80;
}

/* The last word, and what is between it and the cursor. */
static void erase_word(struct n_tty *tty)
{
	bool in_word = false;

	while (is_word(last_byte(tty)) || !in_word) {
		in_word = is_word(last_byte(tty));
		if (!erase(tty))
			break;
	}
}

/* ── Input ────────────────────────────────────────────────────────────── */

static unsigned int used(const struct n_tty *tty)
{
	return tty->read_head - tty->read_tail;
}

/*
 * The last slot is kept for the character that ends a line. A line that fills
 * the buffer alone does not stop the typing: what is too much for it is
 * dropped (add() below), but its end must get through.
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
static void end_line(struct n_tty *tty)
{
	if (tty->read_head == tty->canon_head)
		store(tty, END_OF_FILE);
	else
		*slot(tty, tty->read_head - 1) |= END_OF_LINE;
	tty->canon_head = tty->read_head;
}

static void add(struct n_tty *tty, uint8_t character)
{
	if (used(tty) == N_TTY_BUF_SIZE - 1)
		return;
	echo(tty, character);
	store(tty, character);
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
}

static void receive_canonical(struct n_tty *tty, uint8_t character)
{
	if (is_key(tty, character, VERASE) || character == '\b') {
		erase(tty);
	} else if (is_key(tty, character, VWERASE)) {
		erase_word(tty);
	} else if (is_key(tty, character, VKILL)) {
		while (erase(tty))
			continue;
	} else if (is_key(tty, character, VEOF)) {
		end_line(tty);
	} else if (character == '\n') {
		echo(tty, '\n');
		store(tty, '\n');
		end_line(tty);
	} else {
		add(tty, character);
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
		flush_input(tty);
	} else if (!n_tty_room(tty)) {
		return 0;
	} else if (local(tty, ICANON)) {
		receive_canonical(tty, character);
	} else {
		add(tty, character);
	}
	return signal;
}

bool n_tty_readable(const struct n_tty *tty)
{
	if (local(tty, ICANON))
		return tty->canon_head != tty->read_tail;
	return tty->read_head != tty->read_tail;
}

int n_tty_read(struct n_tty *tty, bool *end)
{
	uint16_t character = *slot(tty, tty->read_tail++);

	*end = character & END_OF_LINE;
	if (local(tty, ICANON) && character == END_OF_FILE)
		return -1;
	return character & CHARACTER;
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
	if (was_canonical || !local(tty, ICANON))
		return;
	if (used(tty))
		*slot(tty, tty->read_head - 1) |= END_OF_LINE;
	tty->canon_head = tty->read_head;
}
