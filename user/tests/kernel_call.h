/*
 * kernel_call.h - system calls as the kernel sees them, without libc in
 * between: int 0x80 and its plain result, which is -EXXX for an error. And
 * what tests of memory need to know: whether an address may be read or
 * written, found out without dying.
 */
#ifndef TESTS_KERNEL_CALL_H
#define TESTS_KERNEL_CALL_H

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE 4096ul

#define page_down(x) ((unsigned long)(x) & ~(PAGE - 1))
#define page_up(x)   page_down((unsigned long)(x) + PAGE - 1)

/* Six arguments from ARGS: EBX ECX EDX ESI EDI EBP. */
static inline long kernel_call_array(long number, const long *args)
{
	long result;

	__asm__ volatile("pushl %%ebp\n\t"
			 "movl 4(%%ebx), %%ecx\n\t"
			 "movl 8(%%ebx), %%edx\n\t"
			 "movl 12(%%ebx), %%esi\n\t"
			 "movl 16(%%ebx), %%edi\n\t"
			 "movl 20(%%ebx), %%ebp\n\t"
			 "movl (%%ebx), %%ebx\n\t"
			 "int $0x80\n\t"
			 "popl %%ebp"
			 : "=a"(result), "+b"(args)
			 : "a"(number)
			 : "ecx", "edx", "esi", "edi", "memory");
	return result;
}

/* kernel_call(SYS_brk, address): up to six arguments, each a long. */
#define kernel_call(number, ...) \
	kernel_call_array(number, (const long[6]){ __VA_ARGS__ })

/* ── What may be done with an address ─────────────────────────────────── */

/*
 * May the byte at ADDRESS be written? The kernel tries, on our behalf: read()
 * of one byte from /dev/zero. (So the byte is 0 afterwards.)
 */
static inline bool can_write(unsigned long address)
{
	static int fd = -1;

	if (fd < 0)
		fd = open("/dev/zero", O_RDONLY);
	return kernel_call(SYS_read, fd, (long)address, 1) == 1;
}

/*
 * May ADDRESS be read? It is passed as the name of a file. What is there must
 * be a string; untouched memory is one, "".
 */
static inline bool can_read(unsigned long address)
{
	return kernel_call(SYS_open, (long)address, O_RDONLY) != -EFAULT;
}

/* The three letters of a test's table: what a page allows. */
static inline const char *rights(unsigned long address)
{
	if (can_write(address))
		return can_read(address) ? "rw" : "w";
	return can_read(address) ? "r" : "-";
}

/* ── Mapping ──────────────────────────────────────────────────────────── */

#define ANONYMOUS (MAP_PRIVATE | MAP_ANONYMOUS)

static inline long kernel_mmap(unsigned long address, unsigned long length,
			       int prot, int flags)
{
	return kernel_call(SYS_mmap2, (long)address, (long)length, prot, flags,
			   -1, 0);
}

static inline long kernel_munmap(unsigned long address, unsigned long length)
{
	return kernel_call(SYS_munmap, (long)address, (long)length);
}

static inline long kernel_mprotect(unsigned long address, unsigned long length,
				   int prot)
{
	return kernel_call(SYS_mprotect, (long)address, (long)length, prot);
}

/*
 * COUNT pages of addresses that nothing else uses, with nothing mapped: the
 * test's own ground. The program ends if there are none.
 */
static inline unsigned long free_ground(unsigned long count)
{
	long address = kernel_mmap(0, count * PAGE, PROT_NONE,
				   ANONYMOUS | MAP_NORESERVE);

	if (page_down(address) != (unsigned long)address ||
	    kernel_munmap((unsigned long)address, count * PAGE) != 0)
		_exit(2);
	return (unsigned long)address;
}

/* ── /proc ────────────────────────────────────────────────────────────── */

/* The whole of a file, in memory that malloc() has no part in. */
static inline char *read_proc(const char *path)
{
	static char text[65536];
	size_t length = 0;
	ssize_t count;
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		_exit(2);
	while ((count = read(fd, text + length, sizeof(text) - 1 - length)) > 0)
		length += (size_t)count;
	close(fd);
	text[length] = '\0';
	return text;
}

/*
 * The areas of [START, START + COUNT pages) as /proc/self/maps has them, in
 * order, each as rights and number of pages ("rw-p 2"), holes as "hole 1".
 */
static inline const char *areas(unsigned long start, unsigned long count)
{
	static char text[512];
	size_t length = 0;
	unsigned long end = start + count * PAGE;
	const char *line = read_proc("/proc/self/maps");

	text[0] = '\0';
	while (start < end) {
		unsigned long from = end, to = end;
		char what[5] = "";

		while (*line != '\0') { /* the next area that reaches START */
			char *rest;

			from = strtoul(line, &rest, 16);
			to = strtoul(rest + 1, &rest, 16);
			memcpy(what, rest + 1, 4);
			line = strchr(line, '\n') + 1;
			if (to > start)
				break;
			from = end;
			to = end;
		}
		if (from > start) {
			if (from > end)
				from = end;
			length += (size_t)snprintf(text + length,
						   sizeof(text) - length,
						   "%shole %lu",
						   length ? ", " : "",
						   (from - start) / PAGE);
			start = from;
		}
		if (start < end) {
			if (to > end)
				to = end;
			length += (size_t)snprintf(text + length,
						   sizeof(text) - length,
						   "%s%s %lu",
						   length ? ", " : "", what,
						   (to - start) / PAGE);
			start = to;
		}
	}
	return text;
}

/* Field NUMBER (from 1) of /proc/self/stat, as proc(5) counts them. */
static inline unsigned long stat_field(int number)
{
	char *text = strrchr(read_proc("/proc/self/stat"), ')') + 2;

	for (int field = 3; field < number; field++)
		text = strchr(text, ' ') + 1;
	return strtoul(text, NULL, 10);
}

/* Pages promised: the first number of /proc/self/statm. */
static inline unsigned long total_vm(void)
{
	return strtoul(read_proc("/proc/self/statm"), NULL, 10);
}

#endif
