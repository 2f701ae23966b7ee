/*
 * printk.h - how the kernel speaks to people, and how it stops when it finds
 * itself broken. What programs and tools read is the event stream instead
 * (kernel/trace).
 */
#ifndef LIB_PRINTK_H
#define LIB_PRINTK_H

#include "lib/types.h"

/*
 * Format into SIZE bytes at BUFFER, always terminated. Returns the length the
 * whole text would have. A flag, - or 0; a width; l; conversions d u x o c s %.
 */
int vsnprintf(char *buffer, size_t size, const char *format, va_list args);
int snprintf(char *buffer, size_t size, const char *format, ...) __printf(3, 4);

/*
 * Print on the kernel's consoles (console= on the command line). The whole
 * message is one line of at most 256 bytes and ends with '\n'. pr_warn() is
 * for what quiet does not silence.
 */
void printk(const char *format, ...) __printf(1, 2);

#define KERN_WARNING         "\001" /* the first byte of such a message */
#define pr_warn(format, ...) printk(KERN_WARNING format, ##__VA_ARGS__)

/*
 * One more console: ttyS0 … ttyS3, tty0 (the screen), or none. The first call
 * replaces the default, which is ttyS0 and tty0. Unknown names are ignored.
 */
void console_add(const char *name);
extern bool console_quiet; /* only pr_warn() and worse */

/* Say what is broken, with a backtrace, and stop the machine. */
void panic(const char *format, ...) __printf(1, 2) __noreturn;

/* The invariant CONDITION must not hold. Cheap enough to stay in. */
#define BUG_ON(condition)                                             \
	do {                                                          \
		if (unlikely(condition))                              \
			panic("BUG: %s at %s:%d in %s()", #condition, \
			      __FILE__, __LINE__, __func__);          \
	} while (0)

/*
 * kernel/lib/kallsyms.c: the name of the function around ADDRESS, and how far
 * into it that is, in bytes. NULL: ADDRESS is not in the kernel's text.
 */
const char *kallsyms_lookup(unsigned long address, unsigned long *offset);

/* Print IP and the chain of calls that starts at the frame pointer FRAME. */
void dump_stack(unsigned long ip, unsigned long frame);

#endif
