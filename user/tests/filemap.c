/*
 * filemap.c - private mappings of a file: what is read is the file, what is
 * written is a copy of one's own. The program's text and data are made of the
 * same cloth; here the file is the program itself.
 */
#include <sys/stat.h>

#include "kernel_call.h"
#include "tap.h"

#define RW   (PROT_READ | PROT_WRITE)
#define SIZE (4 * PAGE) /* of the file's beginning */

static const char *own_path; /* argv[0] */
static int self; /* open */

static char expected[SIZE]; /* what read() says is in the file */

static long map_file(unsigned long address, unsigned long length, int prot,
		     int flags, int fd, unsigned long page)
{
	return kernel_call(SYS_mmap2, (long)address, (long)length, prot,
			   flags | MAP_PRIVATE, fd, (long)page);
}

static bool same(long address, unsigned long offset, unsigned long size)
{
	return memcmp((void *)address, expected + offset, size) == 0;
}

static void reading(void)
{
	long area = map_file(0, SIZE, PROT_READ, 0, self, 0);
	long later = map_file(0, 2 * PAGE, PROT_READ, 0, self, 2);
	char line[64];

	ok(same(area, 0, SIZE), "a mapping shows what read() reads");
	ok(same(later, 2 * PAGE, 2 * PAGE), "also from a later page on");
	snprintf(line, sizeof(line), "%08lx-%08lx r--p 00002000 ", later,
		 later + 2 * PAGE);
	ok(strstr(read_proc("/proc/self/maps"), line) != NULL,
	   "the maps show its offset");
	is_string(rights((unsigned long)area), "r", "it cannot be written");

	is_error(kernel_munmap((unsigned long)area, PAGE), "success",
		 "without its first page");
	ok(same(area + PAGE, PAGE, SIZE - PAGE),
	   "the others show the same as before");
	is_error(kernel_mprotect((unsigned long)area + 2 * PAGE, PAGE, RW),
		 "success", "with other rights for one page");
	ok(same(area + PAGE, PAGE, SIZE - PAGE), "still the same");
	kernel_munmap((unsigned long)area, SIZE);
	kernel_munmap((unsigned long)later, 2 * PAGE);
}

static void writing(void)
{
	long one = map_file(0, SIZE, RW, 0, self, 0);
	long two = map_file(0, SIZE, RW, 0, self, 0);
	volatile char *mine = (volatile char *)one;
	static char again[SIZE];

	ok(same(two, 0, PAGE), "two mappings, one of them read");
	mine[1] = 'x';
	ok(mine[1] == 'x' && mine[0] == 0x7f && mine[2] == 'L',
	   "a byte is written; the page's others stay");
	ok(same(two, 0, SIZE), "the other mapping does not see it");
	mine[PAGE] ^= 1;
	ok(mine[PAGE] == (char)(expected[PAGE] ^ 1) &&
		   same(two + (long)PAGE, PAGE, PAGE),
	   "a page is written that nobody has read");
	lseek(self, 0, SEEK_SET);
	ok(read(self, again, SIZE) == SIZE &&
		   memcmp(again, expected, SIZE) == 0,
	   "read() does not see it either: the file is as it was");

	lseek(self, 0, SEEK_SET);
	is_long(kernel_call(SYS_read, self, one + 2 * PAGE, 100), 100,
		"read() into an untouched page of a mapping");
	ok(same(one + 2 * PAGE, 0, 100) &&
		   same(one + 2 * PAGE + 100, 2 * PAGE + 100, PAGE - 100),
	   "changes 100 bytes of it");
	ok(same(two + 2 * PAGE, 2 * PAGE, PAGE), "and no other mapping's");
	kernel_munmap((unsigned long)one, SIZE);
	kernel_munmap((unsigned long)two, SIZE);
}

/* A page that was read first and is written later. */
static void read_then_write(void)
{
	long area = map_file(0, SIZE, PROT_READ, 0, self, 0);
	volatile char *page = (volatile char *)area;

	ok(page[0] == 0x7f, "a page is read");
	is_error(kernel_mprotect((unsigned long)area, SIZE, RW), "success",
		 "then allowed to be written");
	ok(page[0] == 0x7f, "it shows the same");
	page[0] = 'x';
	ok(page[0] == 'x' && page[1] == 'E', "and is written");
	kernel_munmap((unsigned long)area, SIZE);
	area = map_file(0, SIZE, PROT_READ, 0, self, 0);
	ok(same(area, 0, SIZE), "a new mapping shows the file as it was");
	kernel_munmap((unsigned long)area, SIZE);
}

/* The last page is filled up with zeroes; behind it there is nothing. */
static void the_end(void)
{
	struct stat status;
	unsigned long size, pages, tail;
	long area;
	bool zero = true;

	fstat(self, &status);
	size = (unsigned long)status.st_size;
	pages = page_up(size) / PAGE;
	area = map_file(0, (pages + 2) * PAGE, RW, 0, self, 0);
	for (tail = size; tail < pages * PAGE; tail++)
		if (*(volatile char *)(area + (long)tail) != 0)
			zero = false;
	ok(zero, "behind the file's end the page is zero");
	is_string(rights((unsigned long)area + pages * PAGE), "-",
		  "a page further not even the kernel can go");
	kernel_munmap((unsigned long)area, (pages + 2) * PAGE);
}

static void refused(void)
{
	int directory = open("/proc", O_RDONLY);
	int write_only = open("/dev/null", O_WRONLY);
	int status = open("/proc/self/status", O_RDONLY);
	int copy = dup(self);
	long area;

	is_error(map_file(0, PAGE, PROT_READ, 0, 77, 0), "EBADF",
		 "a descriptor that is not open");
	is_error(map_file(0, PAGE, PROT_READ, 0, -1, 0), "EBADF", "-1");
	is_error(map_file(0, PAGE, PROT_READ, 0, directory, 0), "ENODEV",
		 "a directory");
	is_error(map_file(0, PAGE, PROT_READ, 0, write_only, 0), "EACCES",
		 "a file opened to write");
	is_error(map_file(0, PAGE, PROT_READ, 0, status, 0), "ENODEV",
		 "a file of /proc");
	is_error(map_file(0, 0, PROT_READ, 0, self, 0), "EINVAL", "length 0");

	area = map_file(0, PAGE, PROT_READ, 0, copy, 0);
	close(copy);
	ok(same(area, 0, PAGE), "a mapping outlives its descriptor");
	kernel_munmap((unsigned long)area, PAGE);
	close(directory);
	close(write_only);
	close(status);
}

int main(int argc, char **argv)
{
	unsigned long promised;

	(void)argc;
	own_path = argv[0];
	self = open(own_path, O_RDONLY);
	if (read(self, expected, SIZE) != (ssize_t)SIZE)
		return 2;
	can_write(0); /* opens its file */
	promised = total_vm();

	reading();
	writing();
	read_then_write();
	the_end();
	refused();
	is_long((long)total_vm(), (long)promised,
		"in the end as much is promised as in the beginning");
	return done_testing();
}
