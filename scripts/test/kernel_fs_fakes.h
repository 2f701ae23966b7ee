/*
 * kernel_fs_fakes.h - what the tests of kernel/fs and kernel/trace put in the
 * place of the rest of the kernel, so that those run as an ordinary i386
 * program under ASan and UBSan: frames and kmalloc over malloc, with counts
 * and failures on demand; "user memory" of two pages with nothing behind; a
 * debug port that remembers. Kernel headers only: no libc header goes along.
 */
#ifndef KERNEL_FS_FAKES_H
#define KERNEL_FS_FAKES_H

#include "lib/types.h"

/* The part of dev/dev.h that is used; the real outb() is for ring 0. */
#define HZ 100
extern volatile unsigned long jiffies;
uint64_t sched_clock(void);
uint64_t boot_time_seconds(void);
void outb(uint16_t port, uint8_t value);

/* From libc. */
int printf(const char *format, ...) __printf(1, 2);
void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void free(void *memory);

/* Objects and frames given out and not given back. */
extern unsigned long live_objects;

/* The FAIL_AT-th allocation from now on fails; 0: none does. */
extern unsigned long fail_at;

/* The two pages of user memory begin here. */
#define USER_START         0x10000000UL
#define USER_SIZE          8192UL
#define USER(type, offset) ((type)(USER_START + (offset)))
#define USER_END           USER(void *, USER_SIZE)

extern uint64_t fake_clock; /* ns */
extern char port_bytes[];
extern unsigned int port_count;
extern char printk_text[];

/* Does STATEMENT run into panic()? */
#define PANICS(statement)                                       \
	(expect_panic = 1,                                      \
	 __builtin_setjmp(panic_jump) == 0                      \
		 ? ((void)(statement), expect_panic = 0, false) \
		 : true)
extern int expect_panic;
extern void *panic_jump[5];

/* Count a failure and say where, unless CONDITION holds. */
#define CHECK(condition) check(condition, #condition, __FILE__, __LINE__)
bool check(bool holds, const char *what, const char *file, int line);

/* ACTUAL must be EXPECTED; both are shown if not. */
#define EQUAL(actual, expected)                                              \
	equal((long long)(actual), (long long)(expected), #actual, __FILE__, \
	      __LINE__)
void equal(long long actual, long long expected, const char *what,
	   const char *file, int line);

#define TEXT(actual, expected) \
	text_equal(actual, expected, #actual, __FILE__, __LINE__)
void text_equal(const char *actual, const char *expected, const char *what,
		const char *file, int line);

/* Unlink everything below "/". */
void remove_tree(void);

/* The tests of a program; the one named by argv[1] runs. */
struct test {
	const char *name;
	void (*run)(const char *argument);
};
extern const struct test tests[];

#endif
