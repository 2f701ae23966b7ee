/*
 * keyboard.c - a PS/2 keyboard with US layout behind the 8042 controller,
 * which the BIOS has switched on. Scan codes of set 1 (which the controller
 * makes of whatever the keyboard speaks) become the bytes that a terminal
 * would send. IBM PS/2 Technical Reference, keyboard controller. Linux:
 * drivers/input/serio/i8042.c, drivers/tty/vt/keyboard.c.
 */
#include "dev/dev.h"
#include "trap/trap.h"

#define KEYBOARD_IRQ 1
#define DATA_PORT    0x60
#define STATUS_PORT  0x64

#define STATUS_FULL   0x01 /* a byte waits for us */
#define STATUS_MOUSE  0x20 /* it is from the mouse */
#define STATUS_ABSENT 0xff /* nobody answers */

#define RELEASED 0x80 /* in a scan code */
#define EXTENDED 0xe0 /* a scan code: the next is that of a grey key */
#define GREY     0x80 /* to a grey key's code, so that no two are the same */

#define KEY_CONTROL     0x1d
#define KEY_SHIFT_LEFT  0x2a
#define KEY_SHIFT_RIGHT 0x36
#define KEY_ALT         0x38
#define KEY_CAPS_LOCK   0x3a

static bool down[256]; /* by key: it is held */
static bool caps_lock;

/*
 * By scan code, in the order of the keys: Escape and the digits' row from
 * 0x01, Tab from 0x0f, A from 0x1e, Z from 0x2c, the number pad from 0x47.
 * Backspace sends DEL and Enter CR, as terminals do. 0: no character.
 */
#define NR_KEYS 0x54

static const char plain[NR_KEYS] = "\0\0331234567890-=\177"
				   "\tqwertyuiop[]\r\0"
				   "asdfghjkl;'`\0"
				   "\\zxcvbnm,./\0*\0 \0"
				   "\0\0\0\0\0\0\0\0\0\0\0\0"
				   "789-456+1230.";
static const char shifted[NR_KEYS] = "\0\033!@#$%^&*()_+\177"
				     "\tQWERTYUIOP{}\r\0"
				     "ASDFGHJKL:\"~\0"
				     "|ZXCVBNM<>?\0*\0 \0"
				     "\0\0\0\0\0\0\0\0\0\0\0\0"
				     "789-456+1230.";

/*
 * The grey keys have the codes of those with the same label. Enter and / send
 * the same; from Print Screen on ESC [ and a letter, or a digit and ~; or
 * nothing.
 */
#define FIRST_GREY 0x37

static const char grey[] = "----------------1A5-D-C-4B623";

static void character_key(uint8_t key)
{
	bool shift = down[KEY_SHIFT_LEFT] || down[KEY_SHIFT_RIGHT];
	bool letter = plain[key] >= 'a' && plain[key] <= 'z';
	char character = shift != (caps_lock && letter) ? shifted[key]
							: plain[key];

	if (!character)
		return;
	if (down[KEY_ALT] || down[KEY_ALT | GREY])
		tty_type('\033');
	/* Control keeps the low five bits of @ A-Z [ \ ] ^ _ and a-z. */
	if ((down[KEY_CONTROL] || down[KEY_CONTROL | GREY]) &&
	    (character == ' ' || (character >= '@' && character < 0x7f)))
		character &= 0x1f;
	tty_type(character);
}

static void grey_key(uint8_t key)
{
	char label = grey[key - FIRST_GREY];

	if (label == '-')
		return;
	tty_type('\033');
	tty_type('[');
	tty_type(label);
	if (label <= '9')
		tty_type('~');
}

static void scan_code(uint8_t byte)
{
	static bool extended;
	uint8_t code = byte & ~RELEASED;
	bool pressed = !(byte & RELEASED);

	if (byte == EXTENDED) {
		extended = true;
		return;
	}
	down[code | (extended ? GREY : 0)] = pressed;
	if (pressed && code < NR_KEYS) {
		if (extended && code >= FIRST_GREY)
			grey_key(code);
		else
			character_key(code);
	}
	if (byte == KEY_CAPS_LOCK)
		caps_lock = !caps_lock;
	extended = false;
}

static void keyboard_interrupt(unsigned int irq)
{
	uint8_t status;

	while ((status = inb(STATUS_PORT)) & STATUS_FULL) {
		uint8_t byte = inb(DATA_PORT);

		if (!(status & STATUS_MOUSE))
			scan_code(byte);
	}
}

/* A byte nobody has taken yet would hold the next interrupt back. */
void keyboard_init(void)
{
	if (inb(STATUS_PORT) == STATUS_ABSENT)
		return;
	request_irq(KEYBOARD_IRQ, keyboard_interrupt);
	keyboard_interrupt(KEYBOARD_IRQ);
}
