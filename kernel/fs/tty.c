/*
 * tty.c - /dev/console and /dev/tty: the terminal. It is the first serial port
 * and screen and keyboard at once: output goes to both, input comes from
 * both. In between is the line discipline (n_tty.c). Linux:
 * drivers/tty/tty_io.c.
 */
#include "abi/errno.h"
#include "abi/misc.h"
#include "dev/dev.h"
#include "fs/fs.h"
#include "fs/n_tty.h"
#include "mm/mm.h"
#include "proc/signal.h"
#include "proc/task.h"

#define CONSOLE_LINE 0 /* ttyS0 */
#define CHUNK_SIZE   256 /* bytes between the program and us at once */

static struct n_tty tty;

/* ── The devices ──────────────────────────────────────────────────────── */

static void write_devices(const char *data, size_t size)
{
	serial_write(CONSOLE_LINE, data, size);
	vga_write(data, size);
}

static int next_character(void)
{
	int character = serial_getc(CONSOLE_LINE);

	return character >= 0 ? character : keyboard_getc();
}

/*
 * Take what was typed, as long as there is room for it: by the interrupts of
 * both devices, so that ^C reaches a program that does not read; and by a
 * reader that has just made room.
 */
static void receive(void)
{
	while (n_tty_room(&tty)) {
		int character = next_character();
		int signal;

		if (character < 0)
			break;
		signal = n_tty_receive(&tty, character);
		if (signal)
			signal_foreground(signal);
	}
	wake_up(&tty);
}

static void serial_handler(unsigned int line)
{
	receive();
}

/* ── Reading ──────────────────────────────────────────────────────────── */

/*
 * Without canonical mode VMIN says for how many characters read() waits; if
 * that is 0, VTIME says for how many tenths of a second it waits for the
 * first. (With VMIN, the time between characters is not limited.)
 */
static int wait_for_input(size_t size)
{
	unsigned int minimum = tty.termios.c_cc[VMIN];
	unsigned int wanted = min(max(minimum, 1u), size);
	bool timed = !(tty.termios.c_lflag & ICANON) && !minimum;
	unsigned long timeout = tty.termios.c_cc[VTIME] * (HZ / 10);
	unsigned long start = jiffies;

	while (!n_tty_readable(&tty, wanted)) {
		if (current->pending_signal)
			return -ERESTARTSYS;
		if (timed && jiffies - start > timeout)
			return 0;
		sleep_on(timed ? (void *)&jiffies : &tty);
	}
	return 0;
}

static ssize_t tty_read(struct file *file, char __user *buffer, size_t size,
			loff_t *position)
{
	char chunk[CHUNK_SIZE];
	size_t done = 0;
	bool end = false;
	int error;

	if (!size)
		return 0;
	error = wait_for_input(size);
	if (error)
		return error;
	while (!end && done < size) {
		size_t count = n_tty_read(
			&tty, chunk, min(size - done, sizeof(chunk)), &end);

		if (copy_to_user(buffer + done, chunk, count))
			return -EFAULT;
		done += count;
	}
	receive();
	return done;
}

/* ── Writing ──────────────────────────────────────────────────────────── */

static ssize_t tty_write(struct file *file, const char __user *buffer,
			 size_t size, loff_t *position)
{
	char chunk[CHUNK_SIZE];
	size_t done = 0;

	while (done < size) {
		size_t count = min(size - done, sizeof(chunk));

		if (copy_from_user(chunk, buffer + done, count))
			return done ? (ssize_t)done : -EFAULT;
		n_tty_write(&tty, chunk, count);
		done += count;
	}
	return done;
}

/* ── Settings ─────────────────────────────────────────────────────────── */

static int set_termios(const void __user *argument, bool flush)
{
	struct termios termios;

	if (copy_from_user(&termios, argument, sizeof(termios)))
		return -EFAULT;
	n_tty_set_termios(&tty, &termios, flush);
	wake_up(&tty);
	return 0;
}

/* Output is never pending when a program runs: TCSETSW has nothing to drain. */
static int tty_ioctl(struct file *file, unsigned int command,
		     unsigned long argument)
{
	static const struct winsize size = { .ws_row = 24, .ws_col = 80 };
	void __user *user = (void __user *)argument;

	switch (command) {
	case TCGETS:
		return copy_to_user(user, &tty.termios, sizeof(tty.termios))
			       ? -EFAULT
			       : 0;
	case TCSETS:
	case TCSETSW:
		return set_termios(user, false);
	case TCSETSF:
		return set_termios(user, true);
	case TIOCGWINSZ:
		return copy_to_user(user, &size, sizeof(size)) ? -EFAULT : 0;
	}
	return -ENOTTY;
}

static const struct file_operations tty_operations = {
	.read = tty_read,
	.write = tty_write,
	.ioctl = tty_ioctl,
};

void tty_init(void)
{
	n_tty_init(&tty, write_devices);
	create_path("/dev/console", S_IFCHR | 0600, &tty_operations, NULL);
	create_path("/dev/tty", S_IFCHR | 0666, &tty_operations, NULL);
	keyboard_set_handler(receive);
	serial_set_handler(CONSOLE_LINE, serial_handler);
	receive(); /* what was typed before */
}
