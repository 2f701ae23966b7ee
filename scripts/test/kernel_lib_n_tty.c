/*
 * kernel_lib_n_tty.c - the line discipline (kernel/fs/n_tty.c) as a program,
 * driven by test_kernel_lib.py. A command is a line on standard input, bytes
 * are in hexadecimal; each gets one line as its answer.
 *
 *     type BYTES          keys are hit: "BYTES SIGNAL TAKEN": what the screen
 *                         shows, the signal, how many there was room for
 *     read SIZE           a program reads: "BYTES", or "wait"
 *     write BYTES         a program writes: "BYTES" on the screen
 *     termios IFLAG OFLAG LFLAG VMIN FLUSH    numbers: "ok"
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The host's are declared already, and differently. */
#define ssize_t kernel_ssize_t
#define loff_t  kernel_loff_t
#include "fs/n_tty.h"

#define MAX_BYTES 20000

static struct n_tty tty;
static unsigned char screen[4 * MAX_BYTES];
static size_t screen_length;

static void write_screen(const char *data, size_t size)
{
	if (screen_length + size > sizeof(screen))
		abort();
	memcpy(screen + screen_length, data, size);
	screen_length += size;
}

static void print_hex(const unsigned char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		printf("%02x", bytes[i]);
}

static void flush_screen(void)
{
	print_hex(screen, screen_length);
	screen_length = 0;
}

static size_t parse_hex(const char *text, unsigned char *bytes)
{
	size_t length = 0;
	unsigned int byte;

	while (sscanf(text + 2 * length, "%2x", &byte) == 1)
		bytes[length++] = byte;
	return length;
}

static void type(const unsigned char *bytes, size_t length)
{
	size_t taken = 0;
	int signal = 0;

	while (taken < length && n_tty_room(&tty) && !signal)
		signal = n_tty_receive(&tty, bytes[taken++]);
	flush_screen();
	printf(" %d %zu\n", signal, taken);
}

/* As tty_read() does it. */
static void read_some(size_t size)
{
	bool wait = !n_tty_readable(&tty) &&
		    (tty.termios.c_lflag & ICANON || tty.termios.c_cc[VMIN]);
	bool end = false;

	for (size_t i = 0; i < size && !end && n_tty_readable(&tty); i++) {
		int character = n_tty_read(&tty, &end);

		if (character < 0)
			break;
		printf("%02x", character);
	}
	printf("%s\n", wait ? "wait" : "");
}

static void set_termios(const char *arguments)
{
	struct termios termios = tty.termios;
	unsigned int vmin, flush;

	if (sscanf(arguments, "%u %u %u %u %u", &termios.c_iflag,
		   &termios.c_oflag, &termios.c_lflag, &vmin, &flush) != 5)
		abort();
	termios.c_cc[VMIN] = vmin;
	n_tty_set_termios(&tty, &termios, flush);
	printf("ok\n");
}

int main(void)
{
	static char line[2 * MAX_BYTES + 100];
	static unsigned char bytes[MAX_BYTES];

	n_tty_init(&tty, write_screen);
	while (fgets(line, sizeof(line), stdin)) {
		char *arguments = strchr(line, ' ');

		if (!arguments)
			abort();
		*arguments++ = '\0';
		if (!strcmp(line, "type")) {
			type(bytes, parse_hex(arguments, bytes));
		} else if (!strcmp(line, "write")) {
			n_tty_write(&tty, (char *)bytes,
				    parse_hex(arguments, bytes));
			flush_screen();
			printf("\n");
		} else if (!strcmp(line, "read")) {
			read_some(strtoul(arguments, NULL, 10));
		} else if (!strcmp(line, "termios")) {
			set_termios(arguments);
		} else {
			abort();
		}
		fflush(stdout);
	}
	return 0;
}
