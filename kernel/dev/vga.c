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

#define CRTC_INDEX  0x3d4
#define CRTC_DATA   0x3d5
#define CRTC_START  0x0c /* the first cell shown: high byte, low byte */
#define CRTC_CURSOR 0x0e /* likewise */

/* A cell's attribute: background in bits 4-6, foreground in bits 0-3. */
#define DEFAULT_COLOUR 0x07
#define BRIGHT         0x08

#define MAX_PARAMETERS 8

static uint16_t *const memory = __va(0xb8000);

static struct {
	int origin; /* the first cell shown */
	int row, column; /* column is COLUMNS behind a full line */
	uint8_t colour;

	void (*take_byte)(uint8_t byte); /* text, or an escape sequence's */
	int parameters[MAX_PARAMETERS]; /* 0: absent */
	int last; /* index of the one being read */

	uint32_t character; /* UTF-8, so far */
	int missing; /* bytes of it */
} screen;

/* ── Cells ────────────────────────────────────────────────────────────── */

/* Code page 437 but for ASCII: the codes from 0x01 and from 0x7f on. */
static const uint16_t cp437[] = u"☺☻♥♦♣♠•◘○◙♂♀♪♫☼►◄↕‼¶§▬↨↑↓→←∟↔▲▼⌂"
				u"ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒ"
				u"áíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐"
				u"└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀"
				u"αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0";

static uint8_t to_cp437(uint32_t character)
{
	for (int i = 0; cp437[i]; i++)
		if (cp437[i] == character)
			return i < 0x1f ? 0x01 + i : 0x60 + i;
	return '?';
}

static uint16_t cell(uint8_t code)
{
	return screen.colour << 8 | code;
}

static void clear(int first, int end)
{
	uint16_t *cells = memory + screen.origin;
	uint16_t blank = cell(' ');

	for (int i = first; i < end; i++)
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
	clear(SCREEN_CELLS - COLUMNS, SCREEN_CELLS);
}

/* The cell under the cursor; behind a full line it is the last. */
static int cursor(void)
{
	return screen.row * COLUMNS + min(screen.column, COLUMNS - 1);
}

/* A full line wraps only when one more character comes, as on a VT100. */
static void put_cell(uint8_t code)
{
	if (screen.column == COLUMNS) {
		screen.column = 0;
		line_feed();
	}
	memory[screen.origin + cursor()] = cell(code);
	screen.column++;
}

static void crtc_write(uint8_t index, uint16_t value)
{
	outb(CRTC_INDEX, index);
	outb(CRTC_DATA, value >> 8);
	outb(CRTC_INDEX, index + 1);
	outb(CRTC_DATA, value & 0xff);
}

/* ── Escape sequences ─────────────────────────────────────────────────── */

/* ESC [ … m: one parameter. Colours are those of the text: ANSI counts red 1,
 * green 2, blue 4; VGA the other way round. */
static void set_attribute(int parameter)
{
	static const uint8_t colours[8] = { 0, 4, 2, 6, 1, 5, 3, 7 };
	uint8_t colour = screen.colour;

	if (parameter == 0)
		screen.colour = DEFAULT_COLOUR;
	else if (parameter == 1)
		screen.colour |= BRIGHT;
	else if (parameter == 7) /* background and text change places */
		screen.colour = colour >> 4 | (colour & 7) << 4;
	else if (parameter >= 30 && parameter <= 37)
		screen.colour = (colour & ~7) | colours[parameter - 30];
}

/* ESC [ J and ESC [ K: from the cursor on, up to it, or all of [FIRST, END). */
static void erase(int first, int end)
{
	int how = screen.parameters[0];

	clear(how == 0 ? cursor() : first, how == 1 ? cursor() + 1 : end);
}

static void csi_sequence(char final)
{
	int line = screen.row * COLUMNS;
	int count = max(screen.parameters[0], 1);
	int column = cursor() - line;
	int row = screen.row;

	switch (final) {
	case 'A':
	case 'B':
		row += final == 'A' ? -count : count;
		break;
	case 'C':
	case 'D':
		column += final == 'C' ? count : -count;
		break;
	case 'H':
		row = count - 1;
		column = screen.parameters[1] - 1;
		break;
	case 'J':
		erase(0, SCREEN_CELLS);
		break;
	case 'K':
		erase(line, line + COLUMNS);
		break;
	case 'm':
		for (int i = 0; i <= screen.last; i++)
			set_attribute(screen.parameters[i]);
		return;
	}
	screen.row = max(min(row, ROWS - 1), 0);
	screen.column = max(min(column, COLUMNS - 1), 0);
}

static void text_byte(uint8_t byte);

static void csi_byte(uint8_t byte)
{
	int *parameter = &screen.parameters[screen.last];

	if (byte >= '0' && byte <= '9') {
		*parameter = min(*parameter * 10 + (byte - '0'), 9999);
	} else if (byte == ';') {
		screen.last = min(screen.last + 1, MAX_PARAMETERS - 1);
	} else if (byte >= '@') {
		csi_sequence(byte);
		screen.take_byte = text_byte;
	}
}

static void escape_byte(uint8_t byte)
{
	screen.take_byte = byte == '[' ? csi_byte : text_byte;
	screen.last = 0;
	memset(screen.parameters, 0, sizeof(screen.parameters));
}

/* ── Text ─────────────────────────────────────────────────────────────── */

static void control_character(uint8_t byte)
{
	switch (byte) {
	case '\b':
		screen.column = max(cursor() % COLUMNS - 1, 0);
		break;
	case '\t':
		screen.column =
			min(ALIGN_DOWN(screen.column + TAB, TAB), COLUMNS - 1);
		break;
	case '\n':
		line_feed();
		break;
	case '\r':
		screen.column = 0;
		break;
	case 033:
		screen.take_byte = escape_byte;
		break;
	}
}

/* What is not UTF-8 does not show. */
static void text_byte(uint8_t byte)
{
	if (byte < ' ' || byte == 0x7f) {
		control_character(byte);
	} else if (byte < 0x80) {
		put_cell(byte);
	} else if (byte >= 0xc0) {
		screen.missing = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
		screen.character = byte & (0x3f >> screen.missing);
	} else if (screen.missing) {
		screen.character = screen.character << 6 | (byte & 0x3f);
		if (--screen.missing == 0)
			put_cell(to_cp437(screen.character));
	}
}

void vga_write(const char *data, size_t size)
{
	for (size_t i = 0; i < size; i++)
		screen.take_byte(data[i]);
	crtc_write(CRTC_START, screen.origin);
	crtc_write(CRTC_CURSOR, screen.origin + cursor());
}

void vga_init(void)
{
	screen.take_byte = text_byte;
	vga_write("\033[m\033[2J", 7);
}
