/*
 * tty.c - /dev/console and /dev/tty: the terminal. It is the first serial port
 * and screen and keyboard at once: output goes to both, input comes from
 * both. In between is the line discipline (n_tty.c). Linux:
 * drivers/tty/tty_io.c.
 */
#include "abi/errno.h"
#include "abi/misc.h"
#include "abi/poll.h"
#include "abi/sched.h"
#include "dev/dev.h"
#include "fs/fs.h"
#include "fs/n_tty.h"
#include "mm/mm.h"
#include "proc/signal.h"
#include "proc/task.h"

#define CONSOLE_LINE 0 /* ttyS0 */
#define CHUNK_SIZE   256 /* bytes between the program and us at once */

static struct n_tty tty;
static int tty_session; /* whose controlling terminal it is, or 0 */
static int tty_pgrp; /* the group in the foreground, or 0 */

/* ── The devices ──────────────────────────────────────────────────────── */

static void write_devices(const char *data, size_t size)
{
	serial_write(CONSOLE_LINE, data, size);
	vga_write(data, size);
}

void tty_type(uint8_t character)
{
	int signal = n_tty_receive(&tty, character);

	if (signal)
		kill_tasks(P_PGID, tty_pgrp, signal, SI_KERNEL);
	wake_up(&tty);
}

/*
 * Called by the interrupt, so that ^C reaches a program that does not read; and
 * before and behind a read, as there may be room again: without it the port
 * has fallen silent.
 */
void tty_receive(void)
{
	int character;

	while (n_tty_room(&tty) && (character = serial_getc(CONSOLE_LINE)) >= 0)
		tty_type(character);
}

/* ── Job control ──────────────────────────────────────────────────────── */

/* There is one terminal: it is the controlling one, or there is none. */
static bool is_controlling(void)
{
	return tty_session == current->session;
}

void set_controlling_terminal(void)
{
	tty_session = current->session;
	tty_pgrp = current->pgrp;
}

/*
 * Who is in the background has to wait, stopped by SIGNAL, SIGTTIN or SIGTTOU,
 * until a shell makes it the foreground. 0, -EIO, or -ERESTARTSYS: there is
 * something for do_signal(). Linux: __tty_check_change()
 */
static int check_foreground(int signal)
{
	if (!is_controlling() || !tty_pgrp || tty_pgrp == current->pgrp)
		return 0;
	if (signal_is_futile(signal))
		return signal == SIGTTIN ? -EIO : 0;
	if (is_orphan())
		return -EIO;
	kill_tasks(P_PGID, current->pgrp, signal, SI_KERNEL);
	return -ERESTARTSYS;
}

static int set_foreground(const int __user *argument)
{
	int error = check_foreground(SIGTTOU);
	int pgrp;

	if (error)
		return error == -EIO ? -ENOTTY : error;
	if (!is_controlling())
		return -ENOTTY;
	if (get_user(pgrp, argument))
		return -EFAULT;
	if (pgrp < 0)
		return -EINVAL;
	if (kill_tasks(P_PGID, pgrp, 0, 0) != 0)
		return -ESRCH;
	if (!session_has_pgrp(current->session, pgrp))
		return -EPERM;
	tty_pgrp = pgrp;
	return 0;
}

/* ── Reading ──────────────────────────────────────────────────────────── */

/*
 * Without canonical mode and with VMIN 0, VTIME says for how many tenths of a
 * second read() waits; else it waits for a character, or in canonical mode a
 * line. (More than one VMIN is as one, and then VTIME means nothing.)
 */
static int wait_for_input(const struct file *file)
{
	bool timed = !(tty.termios.c_lflag & ICANON) && !tty.termios.c_cc[VMIN];
	unsigned long timeout = tty.termios.c_cc[VTIME] * (HZ / 10);
	unsigned long start = jiffies;
	int error = check_foreground(SIGTTIN);

	tty_receive();
	while (!error && !n_tty_readable(&tty)) {
		if (timed && jiffies - start > timeout)
			break;
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		error = sleep_on(timed ? (void *)&jiffies : &tty);
		if (!error)
			error = check_foreground(SIGTTIN);
	}
	return error;
}

static ssize_t tty_read(struct file *file, char __user *buffer, size_t size,
			loff_t *position)
{
	size_t done = 0;
	bool end = false;
	int error = size ? wait_for_input(file) : 0;

	if (error)
		return error;
	while (!end && done < size && n_tty_readable(&tty)) {
		int character = n_tty_read(&tty, &end);
		char byte = character;

		if (character < 0)
			break;
		if (put_user(byte, buffer + done))
			return -EFAULT;
		done++;
	}
	tty_receive();
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
	int error = check_foreground(SIGTTOU);

	if (error)
		return error;
	if (get_user(termios, argument))
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
		return put_user(tty.termios, user);
	case TCSETS:
	case TCSETSW:
		return set_termios(user, false);
	case TCSETSF:
		return set_termios(user, true);
	case TIOCGWINSZ:
		return put_user(size, user);
	case TIOCGPGRP:
		return is_controlling() ? put_user(tty_pgrp, user) : -ENOTTY;
	case TIOCGSID:
		return is_controlling() ? put_user(tty_session, user) : -ENOTTY;
	case TIOCSPGRP:
		return set_foreground(user);
	}
	return -ENOTTY;
}

static unsigned int tty_poll(struct file *file)
{
	unsigned int events = POLLOUT | POLLWRNORM;

	tty_receive();
	if (n_tty_readable(&tty))
		events |= POLLIN | POLLRDNORM;
	return events;
}

/* /dev/tty is whatever terminal one's session has. */
static int tty_open(struct file *file)
{
	return file->f_inode->i_private && !is_controlling() ? -ENXIO : 0;
}

static const struct file_operations tty_operations = {
	.open = tty_open,
	.poll = tty_poll,
	.read = tty_read,
	.write = tty_write,
	.ioctl = tty_ioctl,
	.is_stream = true,
};

void tty_init(void)
{
	n_tty_init(&tty, write_devices);
	create_path("/dev/console", S_IFCHR | 0600, &tty_operations, NULL);
	create_path("/dev/tty", S_IFCHR | 0666, &tty_operations, &tty);
	tty_receive(); /* what was typed before */
}
