/*
 * exhaust.c - go on when there is no frame left, in one of several ways: the
 * program touches a page, the kernel does so for it, page tables are needed,
 * the stack grows; then it is killed, status 137. Or a system call needs memory
 * for itself; then that call fails, and nothing else.
 *
 * Only for a machine that one may fill up: `exhaust WAY`.
 */
#include <stdio.h>

#include "kernel_call.h"
#include "tap.h"

#define RW    (PROT_READ | PROT_WRITE)
#define KIB   1024ul
#define MIB   (1024 * KIB)
#define SPACE (2048 * MIB) /* more than the machine has */

static unsigned long space; /* SPACE bytes, untouched from `next` on */
static unsigned long next;

/* KiB of free memory, or 0 if not even this can be found out. */
static unsigned long mem_free(void)
{
	static char text[256];
	int fd = open("/proc/meminfo", O_RDONLY);
	ssize_t length = read(fd, text, sizeof(text) - 1);
	char *line;

	close(fd);
	if (length <= 0)
		return 0;
	text[length] = '\0';
	line = strstr(text, "MemFree:");
	return line == NULL ? 0 : strtoul(line + 8, NULL, 10);
}

static void touch(unsigned long address)
{
	*(volatile char *)address = 1;
}

/* Take all frames but for LEAVE bytes. */
static void fill(unsigned long leave)
{
	while (mem_free() > leave / KIB) {
		touch(next);
		next += PAGE;
	}
}

static void by_writing(void)
{
	for (;; next += PAGE)
		touch(next);
}

/* The kernel writes: read() of as much as there is. */
static void by_system_call(void)
{
	int fd = open("/dev/zero", O_RDONLY);

	for (;; next += MIB)
		if (read(fd, (void *)next, MIB) < 0)
			tap_print("read() failed: %s\n", error_name(-errno));
}

/* One page in each 4 MiB: each needs a page table, too. */
static void by_page_tables(void)
{
	fill(16 * PAGE);
	for (next = space + SPACE - 4 * MIB; next > space; next -= 4 * MIB)
		touch(next);
}

static unsigned int recurse(unsigned int depth)
{
	volatile char room[KIB];

	room[0] = (char)depth;
	if (depth == 0)
		return 0;
	return recurse(depth - 1) + (unsigned int)room[0];
}

static void by_the_stack(void)
{
	fill(16 * PAGE);
	recurse(7 * KIB);
}

/* Copies of the file's pages: the program's own data, and mapped text. */
static void by_copying(void)
{
	int fd = open("/usr/share/text/licences.txt", O_RDONLY);

	fill(16 * PAGE);
	for (;;) {
		long area = kernel_call(SYS_mmap2, 0, 64 * KIB, RW, MAP_PRIVATE,
					fd, 0);

		for (unsigned long i = 0; i < 64 * KIB; i += PAGE)
			touch((unsigned long)area + i);
	}
}

/* Areas need memory of the kernel: ENOMEM, then all works on. */
static void areas_fail(void)
{
	const unsigned long count = 60000;
	unsigned long ground = (unsigned long)kernel_mmap(
		0, count * PAGE, PROT_NONE, ANONYMOUS | MAP_NORESERVE);
	unsigned long i;
	long result = 0;

	fill(16 * PAGE);
	for (i = 1; i < count && result == 0; i += 2)
		result = kernel_mprotect(ground + i * PAGE, PAGE, PROT_READ);
	is_error(result, "ENOMEM", "areas until there is no memory for them");
	is_error(kernel_munmap(space, SPACE), "success",
		 "memory can be given back then");
	is_error(kernel_mprotect(ground + i * PAGE, PAGE, PROT_READ), "success",
		 "and there can be more areas");
	is_error(kernel_munmap(ground, count * PAGE), "success",
		 "all of them can be unmapped");
}

/* Open files need memory of the kernel, files of /proc quite some. */
static void files_fail(void)
{
	static const char *const paths[] = { "/dev/null", "/proc/self/maps",
					     "/proc/meminfo",
					     "/proc/self/status" };
	long fd = 0;

	fill(2 * PAGE);
	for (int i = 0; fd >= 0; i++)
		fd = kernel_call(SYS_open, (long)paths[i % 4], O_RDONLY);
	ok(fd == -ENOMEM || fd == -EMFILE,
	   "open() without end: a descriptor, ENOMEM or EMFILE");
	for (int i = 3; i < 64; i++)
		close(i);
	is_error(kernel_munmap(space, SPACE), "success",
		 "memory can be given back then");
	ok(strstr(read_proc("/proc/self/maps"), "[stack]") != NULL,
	   "and files be read");
}

static const struct {
	const char *name;
	void (*function)(void);
} ways[] = {
	{ "write", by_writing },
	{ "system-call", by_system_call },
	{ "page-tables", by_page_tables },
	{ "stack", by_the_stack },
	{ "copy", by_copying },
	{ "areas", areas_fail },
	{ "files", files_fail },
};

int main(int argc, char **argv)
{
	space = (unsigned long)kernel_mmap(0, SPACE, RW,
					   ANONYMOUS | MAP_NORESERVE);
	next = space;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (argc == 2 && strcmp(argv[1], ways[i].name) == 0) {
			read_proc("/proc/self/maps"); /* touches its buffer */
			ways[i].function();
			return done_testing();
		}
	}
	puts("usage: exhaust WAY\n"
	     "Take all memory; not on a machine that others use.");
	return 2;
}
