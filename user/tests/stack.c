/*
 * stack.c - the stack grows when it is touched: by the program, by the kernel
 * for a system call, page by page or with a jump, up to a limit of 8 MiB.
 */
#include "kernel_call.h"
#include "tap.h"

#define KIB 1024ul
#define MIB (1024ul * 1024)

/* Pages of the area that ADDRESS lies in; 0 if there is none. */
static unsigned long area_pages(unsigned long address)
{
	const char *line = read_proc("/proc/self/maps");

	while (*line != '\0') {
		char *rest;
		unsigned long start = strtoul(line, &rest, 16);
		unsigned long end = strtoul(rest + 1, &rest, 16);

		if (start <= address && address < end)
			return (end - start) / PAGE;
		line = strchr(line, '\n') + 1;
	}
	return 0;
}

static unsigned long stack_pointer(void)
{
	unsigned long value;

	__asm__ volatile("movl %%esp, %0" : "=r"(value));
	return value;
}

/* Use DEPTH KiB of stack, and check on the way back that all is intact. */
static __attribute__((noinline)) unsigned long recurse(unsigned long depth)
{
	volatile unsigned long room[KIB / sizeof(unsigned long)];
	unsigned long sum = 0;

	for (unsigned long i = 0; i < KIB / sizeof(unsigned long); i++)
		room[i] = depth;
	if (depth > 1)
		sum = recurse(depth - 1);
	for (unsigned long i = 0; i < KIB / sizeof(unsigned long); i++)
		if (room[i] != depth)
			return 0;
	return sum + room[0];
}

int main(void)
{
	unsigned long here = stack_pointer();
	unsigned long before, jump;
	volatile char *below;
	int fd = open("/dev/zero", O_RDONLY);

	can_write(0); /* opens its file */
	before = area_pages(here);
	ok(before > 0, "the stack is an area");
	is_string(areas(page_down(here), 1), "rw-p 1", "to read and write");

	is_long((long)recurse(1000), 1000 * 1001 / 2,
		"1000 KiB of recursion, all of it intact");
	ok(area_pages(here) >= before + 200, "the area has grown");

	jump = page_down(here) - 3 * MIB;
	below = (volatile char *)jump;
	ok(*below == 0, "a jump of 3 MiB: it reads as zero");
	*below = 1;
	ok(*below == 1, "and can be written");
	ok(area_pages(jump) == area_pages(here), "it is the same area");

	jump = page_down(here) - 4 * MIB;
	is_long(kernel_call(SYS_read, fd, (long)jump, 100), 100,
		"read() into the stack that is not there yet");
	ok(area_pages(jump) == area_pages(here), "has let it grow");
	is_error(kernel_call(SYS_read, fd, (long)(jump - 200 * KIB), 200 * KIB),
		 "success", "read() of 200 KiB to below");

	jump = page_down(here) - 7 * MIB;
	is_long(kernel_call(SYS_open, (long)jump, O_RDONLY), -ENOENT,
		"a path in the stack that is not there yet: \"\"");
	jump = page_down(here) - 9 * MIB;
	is_error(kernel_call(SYS_read, fd, (long)jump, 1), "EFAULT",
		 "9 MiB below is too far: the limit is 8 MiB");
	ok(area_pages(jump) == 0, "nothing is mapped there");
	close(fd);
	return done_testing();
}
