/*
 * vga.c - the 80×25 text screen: 2 bytes per cell at 0xb8000, the character
 * in code page 437 and its colours. The memory holds eight screens; scrolling
 * is showing it from one line further down. Understands the escape sequences
 * that a shell and our own tools send (ECMA-48), and text in UTF-8. Linux:
 * drivers/tty/vt/vt.c, drivers/video/console/vgacon.c.
 */
#include "dev/dev.h"
#include "lib/string.h"
#include "mm/mm.h"

#define COLUMNS 80
#define ROWS    25
#define TAB     8

#define SCREEN_CELLS (ROWS * COLUMNS)
#define MEMORY_CELLS 16384 /* 32 KiB */

#define CRTC_INDEX       0x3d4
#define CRTC_DATA        0x3d5
#define CRTC_START_HIGH  0x0c /* the first cell shown */
#define CRTC_START_LOW   0x0d
#define CRTC_CURSOR_HIGH 0x0e
#define CRTC_CURSOR_LOW  0x0f

/* A cell's attribute: background in bits 4-6, foreground in bits 0-3. */
#define DEFAULT_COLOUR 0x07
#define BRIGHT         0x08

#define MAX_PARAMETERS 8

static uint16_t *const memory = __va(0xb8000);

static struct {
	bool present;
	unsigned int origin; /* the first cell shown */
	unsigned int row, column; /* column is COLUMNS behind a full line */
	uint8_t foreground, background;
	bool bold, reverse;

	enum { TEXT, ESCAPE, CSI } state;
	unsigned int parameters[MAX_PARAMETERS];
	unsigned int nr_parameters;
	bool private; /* ESC [ ?: not for us */

	uint32_t character; /* UTF-8, so far */
	unsigned int missing; /* bytes of it */
} screen;

/* ── Characters ───────────────────────────────────────────────────────── */

/* Code page 437 but for ASCII: the codes from 0x01 and from 0x80 on. */
static const uint16_t cp437_low[] = u"☺☻♥♦♣♠•◘○◙♂♀♪♫☼►◄↕‼¶§▬↨↑↓→←∟↔▲▼";
static const uint16_t cp437_high[] = u"ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒ"
				     u"áíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐"
				     u"└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀"
				     u"αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0";

/* What the code page does not have, but has a stand-in for. */
static const struct {
	uint16_t character;
	uint8_t code;
} stand_ins[] = {
	{ 0x2010, '-' },  { 0x2011, '-' },  { 0x2013, 0xc4 }, { 0x2014, 0xc4 },
	{ 0x2018, '\'' }, { 0x2019, '\'' }, { 0x201c, '"' },  { 0x201d, '"' },
	{ 0x2026, 0xfa }, { 0x00d7, 'x' },  { 0x2212, '-' },  { 0x2713, 0xfb },
	{ 0x2717, 'x' },  { 0x256d, 0xda }, { 0x256e, 0xbf }, { 0x256f, 0xd9 },
	{ 0x2570, 0xc0 }, { 0x2501, 0xcd }, { 0x2503, 0xba }, { 0x25cf, 0x07 },
};

static uint8_t to_cp437(uint32_t character)
{
	if (character >= ' ' && character < 0x7f)
		return character;
	for (unsigned int i = 0; cp437_high[i]; i++)
		if (cp437_high[i] == character)
			return 0x80 + i;
	for (unsigned int i = 0; cp437_low[i]; i++)
		if (cp437_low[i] == character)
			return 0x01 + i;
	for (unsigned int i = 0; i < ARRAY_SIZE(stand_ins); i++)
		if (stand_ins[i].character == character)
			return stand_ins[i].code;
	return '?';
}

/* ── Cells ────────────────────────────────────────────────────────────── */

static uint16_t cell(uint8_t code)
{
	uint8_t foreground = screen.foreground | (screen.bold ? BRIGHT : 0);
	uint8_t background = screen.background;

	if (screen.reverse)
		return (background | (foreground & 7) << 4) << 8 | code;
	return (foreground | background << 4) << 8 | code;
}

static void clear(unsigned int first, unsigned int count)
{
	uint16_t *cells = memory + screen.origin;
	uint16_t blank = cell(' ');

	for (unsigned int i = first; i < first + count; i++)
		cells[i] = blank;
}

static void line_feed(void)
{
	if (screen.row < ROWS - 1) {
		screen.row++;
		return;
	}
	screen.origin += COLUMNS;
	if (screen.origin + SCREEN_CELLS > MEMORY_CELLS) {
		memcpy(memory, memory + screen.origin,
		       (SCREEN_CELLS - COLUMNS) * sizeof(*memory));
		screen.origin = 0;
	}
	clear(SCREEN_CELLS - COLUMNS, COLUMNS);
}

/* A full line wraps only when one more character comes, as on a VT100. */
static void put_cell(uint8_t code)
{
	if (screen.column == COLUMNS) {
		screen.column = 0;
		line_feed();
	}
	memory[screen.origin + screen.row * COLUMNS + screen.column] =
		cell(code);
	screen.column++;
}

static void crtc_write(uint8_t index, uint8_t value)
{
	outb(CRTC_INDEX, index);
	outb(CRTC_DATA, value);
}

/* Show from the origin on, and the cursor where it is. */
static void update_display(void)
{
	unsigned int column = min(screen.column, COLUMNS - 1u);
	unsigned int position = screen.origin + screen.row * COLUMNS + column;

	crtc_write(CRTC_START_HIGH, screen.origin >> 8);
	crtc_write(CRTC_START_LOW, screen.origin & 0xff);

	crtc_write(CRTC_CURSOR_HIGH, position >> 8);
	crtc_write(CRTC_CURSOR_LOW, position & 0xff);
}

/* ── Escape sequences ─────────────────────────────────────────────────── */

/* ANSI counts the colours red 1, green 2, blue 4; VGA the other way round. */
static const uint8_t ansi_colours[8] = { 0, 4, 2, 6, 1, 5, 3, 7 };

/* ESC [ … m: one parameter. */
static void set_attribute(unsigned int parameter)
{
	switch (parameter) {
	case 0:
		screen.foreground = DEFAULT_COLOUR;
		screen.background = 0;
		screen.bold = false;
		screen.reverse = false;
		break;
	case 1:
		screen.bold = true;
		break;
	case 2: /* faint */
	case 22:
		screen.bold = false;
		break;
	case 7:
		screen.reverse = true;
		break;
	case 27:
		screen.reverse = false;
		break;
	case 30 ... 37:
		screen.foreground = ansi_colours[parameter - 30];
		break;
	case 39:
		screen.foreground = DEFAULT_COLOUR;
		break;
	case 40 ... 47:
		screen.background = ansi_colours[parameter - 40];
		break;
	case 49:
		screen.background = 0;
		break;
	case 90 ... 97:
		screen.foreground = ansi_colours[parameter - 90] | BRIGHT;
		break;
	}
}

/* ESC [ J and ESC [ K: from the cursor on, up to it, or all of [FIRST, END). */
static void erase(unsigned int first, unsigned int end, unsigned int how)
{
	unsigned int cursor =
		screen.row * COLUMNS + min(screen.column, COLUMNS - 1u);

	if (how == 0)
		first = cursor;
	else if (how == 1)
		end = cursor + 1;
	clear(first, end - first);
}

/* Parameter INDEX, or DEFAULT_VALUE where it is absent or 0. */
static unsigned int parameter(unsigned int index, unsigned int default_value)
{
	unsigned int value = screen.parameters[index];

	return index < screen.nr_parameters && value ? value : default_value;
}

static void csi_sequence(char final)
{
	unsigned int count = parameter(0, 1);
	unsigned int line = screen.row * COLUMNS;

	if (screen.private)
		return;
	/* From behind a full line one moves as from its last column. */
	if (final != 'm')
		screen.column = min(screen.column, COLUMNS - 1u);
	switch (final) {
	case 'A':
		screen.row -= min(count, screen.row);
		break;
	case 'B':
		screen.row = min(screen.row + count, ROWS - 1u);
		break;
	case 'C':
		screen.column = min(screen.column + count, COLUMNS - 1u);
		break;
	case 'D':
		screen.column -= min(count, screen.column);
		break;
	case 'G':
		screen.column = min(count, (unsigned int)COLUMNS) - 1;
		break;
	case 'H':
	case 'f':
		screen.row = min(count, (unsigned int)ROWS) - 1;
		screen.column = min(parameter(1, 1), (unsigned int)COLUMNS) - 1;
		break;
	case 'J':
		erase(0, SCREEN_CELLS, parameter(0, 0));
		break;
	case 'K':
		erase(line, line + COLUMNS, parameter(0, 0));
		break;
	case 'm':
		for (unsigned int i = 0; i < max(screen.nr_parameters, 1u); i++)
			set_attribute(parameter(i, 0));
		break;
	}
}

static void escape_byte(uint8_t byte)
{
	screen.state = TEXT;
	if (byte != '[')
		return;
	screen.state = CSI;
	screen.nr_parameters = 0;
	screen.private = false;
	memset(screen.parameters, 0, sizeof(screen.parameters));
}

static void csi_byte(uint8_t byte)
{
	unsigned int *last = &screen.parameters[MAX_PARAMETERS - 1];

	if (screen.nr_parameters < MAX_PARAMETERS)
		last = &screen.parameters[max(screen.nr_parameters, 1u) - 1];

	if (byte >= '0' && byte <= '9') {
		screen.nr_parameters = max(screen.nr_parameters, 1u);
		*last = min(*last * 10 + (byte - '0'), 9999u);
	} else if (byte == ';') {
		screen.nr_parameters = max(screen.nr_parameters, 1u);
		if (screen.nr_parameters < MAX_PARAMETERS)
			screen.nr_parameters++;
	} else if (byte >= '@') {
		screen.state = TEXT;
		csi_sequence(byte);
	} else {
		screen.private = true; /* ? and others that we do not know */
	}
}

/* ── Text ─────────────────────────────────────────────────────────────── */

static void control_character(uint8_t byte)
{
	switch (byte) {
	case '\b':
		if (screen.column == COLUMNS)
			screen.column--;
		if (screen.column)
			screen.column--;
		break;
	case '\t':
		screen.column =
			min(ALIGN_DOWN(screen.column + TAB, TAB), COLUMNS - 1u);
		break;
	case '\n':
		line_feed();
		break;
	case '\r':
		screen.column = 0;
		break;
	case 033:
		screen.state = ESCAPE;
		break;
	}
}

static void text_byte(uint8_t byte)
{
	if (screen.missing && (byte & 0xc0) == 0x80) {
		screen.character = screen.character << 6 | (byte & 0x3f);
		if (--screen.missing == 0)
			put_cell(to_cp437(screen.character));
		return;
	}
	if (screen.missing) /* broken off */
		put_cell('?');
	screen.missing = 0;

	if (byte < ' ' || byte == 0x7f) {
		control_character(byte);
	} else if (byte < 0x80) {
		put_cell(byte);
	} else if (byte >= 0xc2 && byte < 0xf5) {
		screen.missing = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
		screen.character = byte & (0x3f >> screen.missing);
	} else {
		put_cell('?');
	}
}

void vga_write(const char *data, size_t size)
{
	if (!screen.present)
		return;
	for (size_t i = 0; i < size; i++) {
		uint8_t byte = data[i];

		if (screen.state == ESCAPE)
			escape_byte(byte);
		else if (screen.state == CSI)
			csi_byte(byte);
		else
			text_byte(byte);
	}
	update_display();
}

/* Memory is there if it keeps what is written; else there is no VGA. */
void vga_init(void)
{
	volatile uint16_t *first = memory;

	*first = 0x5aa5;
	if (*first != 0x5aa5)
		return;
	screen.present = true;
	set_attribute(0);
	clear(0, SCREEN_CELLS);
	update_display();
}
