/*
 * faults.c - memory that appears when it is touched, by the program or by the
 * kernel on its behalf, page by page, and reads as zero until written.
 */
#include "kernel_call.h"
#include "tap.h"

#define RW  (PROT_READ | PROT_WRITE)
#define MIB (1024ul * 1024)

static const char *own_path; /* argv[0]: a file with known first bytes */

static char in_bss[8 * PAGE];
static int initialised = 12345;

static unsigned long map(unsigned long pages, int prot)
{
	long address =
		kernel_mmap(0, pages * PAGE, prot, ANONYMOUS | MAP_NORESERVE);

	if (page_down(address) != (unsigned long)address)
		_exit(2);
	return (unsigned long)address;
}

static bool is_zero(unsigned long address, unsigned long size)
{
	for (unsigned long i = 0; i < size; i++)
		if (((volatile char *)address)[i] != 0)
			return false;
	return true;
}

/* One page in each 4 MiB of 1 GiB: a page and a page table each time. */
static void sparse(void)
{
	const unsigned long step = 4 * MIB, size = 1024 * MIB;
	unsigned long area = map(size / PAGE, RW);
	bool zero = true, kept = true;

	for (unsigned long i = 0; i < size; i += step) {
		volatile unsigned long *word =
			(volatile unsigned long *)(area + i);

		if (*word != 0)
			zero = false;
		*word = i + 1;
	}
	for (unsigned long i = 0; i < size; i += step)
		if (*(volatile unsigned long *)(area + i) != i + 1)
			kept = false;
	ok(zero, "256 pages spread over 1 GiB read as zero");
	ok(kept, "and keep what is written to them");
	kernel_munmap(area, size);
}

static void zero_page(void)
{
	const unsigned long count = 64;
	unsigned long area = map(count, RW);
	bool zero = true;

	ok(is_zero(area, count * PAGE), "64 pages read as zero");
	*(volatile char *)(area + 7 * PAGE) = 1;
	for (unsigned long i = 0; i < count; i++)
		if (i != 7 && !is_zero(area + i * PAGE, PAGE))
			zero = false;
	ok(zero, "one is written: the others still do");
	ok(is_zero(area + 7 * PAGE + 1, PAGE - 1), "so does the rest of it");
	kernel_munmap(area, count * PAGE);
}

/* One instruction can need two pages, or three with its own. */
static void instructions(void)
{
	unsigned long area = map(8, RW);
	volatile unsigned long *word;
	unsigned long value = 5;

	word = (volatile unsigned long *)(area + PAGE - 2);
	*word = 0x12345678;
	ok(*word == 0x12345678, "a word across two untouched pages");

	word = (volatile unsigned long *)(area + 3 * PAGE);
	__asm__ volatile("lock; addl $7, %0" : "+m"(*word));
	ok(*word == 7, "lock add on an untouched page");
	word = (volatile unsigned long *)(area + 4 * PAGE);
	__asm__ volatile("xchgl %0, %1" : "+r"(value), "+m"(*word));
	ok(value == 0 && *word == 5, "xchg with an untouched page");
	memcpy((void *)(area + 6 * PAGE - 10), (void *)(area + 5 * PAGE - 10),
	       20);
	ok(is_zero(area + 6 * PAGE - 10, 20),
	   "copy across untouched pages to untouched pages");
	memset((void *)(area + 7 * PAGE - 100), 9, 200);
	ok(*(char *)(area + 7 * PAGE - 100) == 9 &&
		   *(char *)(area + 7 * PAGE + 99) == 9,
	   "fill across untouched pages");
	kernel_munmap(area, 8 * PAGE);
}

static void the_programs_own(void)
{
	ok(is_zero((unsigned long)in_bss, sizeof(in_bss)), "the bss is zero");
	in_bss[3 * PAGE] = 1;
	ok(in_bss[3 * PAGE] == 1 && in_bss[2 * PAGE] == 0,
	   "and can be written");
	ok(initialised == 12345, "data has its initial value");
	initialised = 54321;
	ok(initialised == 54321, "and can be written");
}

/* ── The kernel touches it first ──────────────────────────────────────── */

static void system_calls(void)
{
	unsigned long area = map(16, RW), second = map(16, RW);
	int fd = open(own_path, O_RDONLY);
	long count;

	is_long(kernel_call(SYS_read, fd, (long)area, 4), 4,
		"read() into an untouched page");
	ok(memcmp((void *)area, "\177ELF", 4) == 0, "brings the file's bytes");
	lseek(fd, 0, SEEK_SET);
	count = kernel_call(SYS_read, fd, (long)(area + 2 * PAGE - 100),
			    2 * PAGE + 200);
	is_long(count, 2 * PAGE + 200, "read() into four untouched pages");
	lseek(fd, 0, SEEK_SET);
	kernel_call(SYS_read, fd, (long)second, 3 * PAGE);
	ok(memcmp((void *)(area + 2 * PAGE - 100), (void *)second,
		  2 * PAGE + 200) == 0,
	   "brings the same as into touched ones");
	close(fd);

	fd = open("/dev/null", O_WRONLY);
	is_long(kernel_call(SYS_writev, fd, (long)(area + 10 * PAGE), 1), 0,
		"writev() with its list in an untouched page: nothing to do");
	close(fd);

	strcpy((char *)(area + 12 * PAGE - 9), "/dev/null");
	fd = open((char *)(area + 12 * PAGE - 9), O_RDONLY);
	ok(fd >= 0, "a path that ends in an untouched page");
	close(fd);
	is_error(kernel_call(SYS_open, (long)(area + 14 * PAGE), O_RDONLY),
		 "ENOENT", "a path that is an untouched page: \"\"");
	is_error(kernel_call(SYS_uname, (long)(area + 15 * PAGE)), "success",
		 "uname() into an untouched page");
	ok(*(char *)(area + 15 * PAGE) != 0, "brings a name");
	kernel_munmap(area, 16 * PAGE);
	kernel_munmap(second, 16 * PAGE);
}

static void fresh_heap(void)
{
	unsigned long old = page_up(sbrk(0));
	int fd = open(own_path, O_RDONLY);

	kernel_call(SYS_brk, (long)(old + 4 * PAGE));
	is_long(kernel_call(SYS_read, fd, (long)(old + PAGE), 4), 4,
		"read() into a fresh page of the heap");
	ok(memcmp((void *)(old + PAGE), "\177ELF", 4) == 0,
	   "brings the file's bytes");
	ok(is_zero(old + PAGE + 4, PAGE - 4), "the page's rest is zero");
	is_string(rights(old + 3 * PAGE), "rw", "the last page is usable");
	kernel_call(SYS_brk, (long)old);
	lseek(fd, 0, SEEK_SET);
	is_error(kernel_call(SYS_read, fd, (long)(old + PAGE), 4), "EFAULT",
		 "read() into a page that was given back");
	close(fd);
}

/* ── What the kernel must refuse as well ──────────────────────────────── */

static void refused(void)
{
	unsigned long readonly = map(1, PROT_READ), none = map(1, PROT_NONE);
	unsigned long kernel = 0xc0100000;
	int fd = open("/dev/zero", O_RDONLY);
	const struct {
		unsigned long address;
		const char *what;
	} table[] = {
		{ 0, "NULL" },
		{ PAGE - 1, "the end of page 0" },
		{ (unsigned long)refused, "the program's text" },
		{ 16, "another address in page 0" },
		{ readonly, "an untouched read-only page" },
		{ none, "an untouched page with no rights" },
		{ kernel, "the kernel" },
		{ 0xfffff000, "the last page" },
		{ 0xffffffff, "the last byte" },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		is_error(kernel_call(SYS_read, fd, (long)table[i].address, 1),
			 "EFAULT", table[i].what);
	is_error(kernel_call(SYS_read, fd, (long)0xbffffff0, 0x7fffffff),
		 "EFAULT", "a buffer that wraps around the end");
	is_string(rights(readonly), "r", "a read-only page can be read");
	is_long(kernel_call(SYS_read, fd, (long)readonly, 0), 0,
		"no byte into it is no fault");
	ok(is_zero(readonly, PAGE), "it is still zero");
	close(fd);
	kernel_munmap(readonly, PAGE);
	kernel_munmap(none, PAGE);
}

int main(int argc, char **argv)
{
	(void)argc;
	own_path = argv[0];
	can_write(0); /* opens its file */

	sparse();
	zero_page();
	instructions();
	the_programs_own();
	system_calls();
	fresh_heap();
	refused();
	return done_testing();
}
