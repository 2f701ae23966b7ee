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

#define RING_SIZE 256 /* bytes, a power of two */

static bool down[256]; /* by key: it is held */
static bool caps_lock;

static char ring[RING_SIZE];
static unsigned int head, tail; /* next in, next out */
static void (*input_handler)(void);

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

/* The grey keys have the codes of those with the same label. */
static const char *const grey[NR_KEYS] = {
	[0x1c] = "\r", /* Enter and / on the number pad */
	[0x35] = "/",       [0x47] = "\033[1~", /* Home, up, page up */
	[0x48] = "\033[A",  [0x49] = "\033[5~",
	[0x4b] = "\033[D", /* left, right */
	[0x4d] = "\033[C",  [0x4f] = "\033[4~", /* End, down, page down */
	[0x50] = "\033[B",  [0x51] = "\033[6~",
	[0x52] = "\033[2~", /* Insert, Delete */
	[0x53] = "\033[3~",
};

/* What does not fit is lost: nobody types that far ahead. */
static void put(char byte)
{
	if (head - tail < RING_SIZE)
		ring[head++ % RING_SIZE] = byte;
}

static void character_key(uint8_t key)
{
	bool shift = down[KEY_SHIFT_LEFT] || down[KEY_SHIFT_RIGHT];
	bool letter = plain[key] >= 'a' && plain[key] <= 'z';
	char character = shift != (caps_lock && letter) ? shifted[key]
							: plain[key];

	if (!character)
		return;
	if (down[KEY_ALT] || down[KEY_ALT | GREY])
		put('\033');
	/* Control keeps the low five bits of @ A-Z [ \ ] ^ _ and a-z. */
	if ((down[KEY_CONTROL] || down[KEY_CONTROL | GREY]) &&
	    (character == ' ' || (character >= '@' && character < 0x7f)))
		character &= 0x1f;
	put(character);
}

static void grey_key(uint8_t key)
{
	for (const char *byte = grey[key]; byte && *byte; byte++)
		put(*byte);
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
		if (extended)
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
	if (input_handler)
		input_handler();
}

int keyboard_getc(void)
{
	return head == tail ? -1 : (uint8_t)ring[tail++ % RING_SIZE];
}

void keyboard_set_handler(void (*handler)(void))
{
	input_handler = handler;
}

/* A byte nobody has taken yet would hold the next interrupt back. */
void keyboard_init(void)
{
	if (inb(STATUS_PORT) == STATUS_ABSENT)
		return;
	request_irq(KEYBOARD_IRQ, keyboard_interrupt);
	keyboard_interrupt(KEYBOARD_IRQ);
}
