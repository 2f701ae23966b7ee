/*
 * n_tty.h - the line discipline: what stands between the keys somebody hits
 * and the lines a program reads. It knows no device and no task.
 */
#ifndef FS_N_TTY_H
#define FS_N_TTY_H

#include "abi/misc.h"
#include "lib/types.h"

#define N_TTY_BUF_SIZE 4096 /* characters; the longest line, as on Linux */

/*
 * The buffer is a ring of characters with marks, and the three indices count
 * up for ever:
 *
 *         read_tail            canon_head            read_head
 *     … ──────┼── complete lines ──┼── line being typed ──┼── …
 *
 * A program reads up to canon_head; erase reaches back no further than that.
 */
struct n_tty {
	struct termios termios;
	unsigned int read_tail, canon_head, read_head;
	uint16_t buffer[N_TTY_BUF_SIZE];

	/* Where echo and output go. */
	void (*write)(const char *data, size_t size);
};

/* Begin with canonical mode, echo and editing, as on Linux. */
void n_tty_init(struct n_tty *tty, void (*write)(const char *, size_t));

/* Is there room for another character? Else n_tty_receive() drops it. */
bool n_tty_room(const struct n_tty *tty);

/* CHARACTER was typed. Returns the signal that it asks for, or 0. */
int n_tty_receive(struct n_tty *tty, uint8_t character);

/* Is there something to read: a character, in canonical mode a line? */
bool n_tty_readable(const struct n_tty *tty);

/*
 * Take the next character, when there is one; -1: end of file. *END says that
 * a read() is complete with it.
 */
int n_tty_read(struct n_tty *tty, bool *end);

/* Print what a program writes. */
void n_tty_write(struct n_tty *tty, const char *data, size_t size);

/* New settings; FLUSH: forget what was typed and not yet read. */
void n_tty_set_termios(struct n_tty *tty, const struct termios *termios,
		       bool flush);

#endif
