/*
 * keyboard.c - a PS/2 keyboard with US layout behind the 8042 controller.
 * Scan codes of set 1 (which the controller makes of whatever the keyboard
 * speaks) become the bytes that a terminal would send. IBM PS/2 Technical
 * Reference, keyboard controller. Linux: drivers/input/serio/i8042.c,
 * drivers/tty/vt/keyboard.c.
 */
#include "dev/dev.h"
#include "trap/trap.h"

#define KEYBOARD_IRQ 1
#define DATA_PORT    0x60
#define STATUS_PORT  0x64 /* read */
#define COMMAND_PORT 0x64 /* write */

#define STATUS_OUTPUT_FULL 0x01 /* a byte waits for us */
#define STATUS_INPUT_FULL  0x02 /* the controller has not taken ours yet */
#define STATUS_MOUSE       0x20 /* the byte is from the mouse */
#define STATUS_ABSENT      0xff /* nobody answers */

#define COMMAND_READ_CONFIG  0x20
#define COMMAND_WRITE_CONFIG 0x60
#define COMMAND_MOUSE_OFF    0xa7
#define COMMAND_KEYBOARD_ON  0xae
#define CONFIG_IRQ           0x01 /* interrupt for each byte */
#define CONFIG_MOUSE_IRQ     0x02
#define CONFIG_KEYBOARD_OFF  0x10
#define CONFIG_TRANSLATE     0x40 /* to set 1 */

#define MAX_POLLS 10000 /* about 10 ms: longer than any controller takes */

#define RING_SIZE 256 /* bytes, a power of two */

static struct {
	bool shift_left, shift_right, control, alt, caps_lock;
	bool extended; /* the byte before was 0xe0 */
	unsigned int ignore; /* bytes of the Pause key still to come */

	unsigned int head, tail; /* of the ring: next in, next out */
	char ring[RING_SIZE];
	void (*handler)(void);
} keyboard;

/* ── The controller ───────────────────────────────────────────────────── */

/* Wait until the status bits in MASK are as in VALUE; false: they never are. */
static bool wait_status(uint8_t mask, uint8_t value)
{
	for (unsigned int i = 0; i < MAX_POLLS; i++)
		if ((inb(STATUS_PORT) & mask) == value)
			return true;
	return false;
}

static bool send(uint16_t port, uint8_t byte)
{
	if (!wait_status(STATUS_INPUT_FULL, 0))
		return false;
	outb(port, byte);
	return true;
}

/* Throw away what nobody has read; false if that does not end. */
static bool empty_output(void)
{
	for (unsigned int i = 0; i < MAX_POLLS; i++) {
		if (!(inb(STATUS_PORT) & STATUS_OUTPUT_FULL))
			return true;
		inb(DATA_PORT);
	}
	return false;
}

/* Switch the keyboard on, the mouse off. False: there is no controller. */
static bool setup_controller(void)
{
	uint8_t config;

	if (inb(STATUS_PORT) == STATUS_ABSENT)
		return false;
	if (!send(COMMAND_PORT, COMMAND_MOUSE_OFF) || !empty_output())
		return false;
	if (!send(COMMAND_PORT, COMMAND_READ_CONFIG) ||
	    !wait_status(STATUS_OUTPUT_FULL, STATUS_OUTPUT_FULL))
		return false;
	config = inb(DATA_PORT);
	config |= CONFIG_IRQ | CONFIG_TRANSLATE;
	config &= ~(CONFIG_MOUSE_IRQ | CONFIG_KEYBOARD_OFF);
	return send(COMMAND_PORT, COMMAND_WRITE_CONFIG) &&
	       send(DATA_PORT, config) &&
	       send(COMMAND_PORT, COMMAND_KEYBOARD_ON);
}

/* ── Keys ─────────────────────────────────────────────────────────────── */

#define SCAN_RELEASED    0x80
#define SCAN_EXTENDED    0xe0
#define SCAN_PAUSE       0xe1
#define SCAN_CONTROL     0x1d
#define SCAN_SHIFT_LEFT  0x2a
#define SCAN_SHIFT_RIGHT 0x36
#define SCAN_ALT         0x38
#define SCAN_CAPS_LOCK   0x3a

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

/* The grey keys, which have the number pad's codes behind 0xe0. */
static const char *extended_key(uint8_t code)
{
	switch (code) {
	case 0x1c: /* Enter on the number pad */
		return "\r";
	case 0x35: /* / on the number pad */
		return "/";
	case 0x47:
		return "\033[1~"; /* Home */
	case 0x48:
		return "\033[A"; /* up */
	case 0x49:
		return "\033[5~"; /* page up */
	case 0x4b:
		return "\033[D"; /* left */
	case 0x4d:
		return "\033[C"; /* right */
	case 0x4f:
		return "\033[4~"; /* End */
	case 0x50:
		return "\033[B"; /* down */
	case 0x51:
		return "\033[6~"; /* page down */
	case 0x52:
		return "\033[2~"; /* Insert */
	case 0x53:
		return "\033[3~"; /* Delete */
	}
	return "";
}

/* What does not fit is lost: nobody types that far ahead. */
static void put(char byte)
{
	if (keyboard.head - keyboard.tail < RING_SIZE)
		keyboard.ring[keyboard.head++ % RING_SIZE] = byte;
}

/* Modifiers act while they are down; true if CODE is one. */
static bool modifier(uint8_t code, bool released)
{
	switch (code) {
	case SCAN_SHIFT_LEFT:
		keyboard.shift_left = !released;
		return true;
	case SCAN_SHIFT_RIGHT:
		keyboard.shift_right = !released;
		return true;
	case SCAN_CONTROL:
		keyboard.control = !released;
		return true;
	case SCAN_ALT:
		keyboard.alt = !released;
		return true;
	case SCAN_CAPS_LOCK:
		keyboard.caps_lock ^= !released;
		return true;
	}
	return false;
}

static void character_key(uint8_t code)
{
	bool shift = keyboard.shift_left || keyboard.shift_right;
	char character;

	if (code >= NR_KEYS)
		return;
	if (keyboard.caps_lock && plain[code] >= 'a' && plain[code] <= 'z')
		shift = !shift;
	character = shift ? shifted[code] : plain[code];
	if (!character)
		return;
	if (keyboard.alt)
		put('\033');
	/* Control keeps the low five bits of @ A-Z [ \ ] ^ _ and a-z. */
	if (keyboard.control && character == ' ')
		character = '\0';
	else if (keyboard.control && character >= '@' && character < 0x7f)
		character &= 0x1f;
	put(character);
}

static void scan_code(uint8_t byte)
{
	bool extended = keyboard.extended;
	bool released = byte & SCAN_RELEASED;
	uint8_t code = byte & ~SCAN_RELEASED;

	keyboard.extended = false;
	if (keyboard.ignore) {
		keyboard.ignore--;
	} else if (byte == SCAN_EXTENDED) {
		keyboard.extended = true;
	} else if (byte == SCAN_PAUSE) {
		keyboard.ignore = 2;
	} else if (extended) {
		/* There is a second Control and Alt, and shifts that the
		 * keyboard makes up around the grey keys. */
		if (code == SCAN_CONTROL || code == SCAN_ALT)
			modifier(code, released);
		else if (!released)
			for (const char *s = extended_key(code); *s; s++)
				put(*s);
	} else if (!modifier(code, released) && !released) {
		character_key(code);
	}
}

static void keyboard_interrupt(void)
{
	uint8_t status = inb(STATUS_PORT);

	while (status & STATUS_OUTPUT_FULL) {
		uint8_t byte = inb(DATA_PORT);

		if (!(status & STATUS_MOUSE))
			scan_code(byte);
		status = inb(STATUS_PORT);
	}
	if (keyboard.handler)
		keyboard.handler();
}

int keyboard_getc(void)
{
	if (keyboard.head == keyboard.tail)
		return -1;
	return (uint8_t)keyboard.ring[keyboard.tail++ % RING_SIZE];
}

void keyboard_set_handler(void (*handler)(void))
{
	keyboard.handler = handler;
}

void keyboard_init(void)
{
	if (setup_controller())
		request_irq(KEYBOARD_IRQ, keyboard_interrupt);
}
