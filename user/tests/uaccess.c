/*
 * uaccess.c - bad pointers and lengths for each system call that takes them.
 * The program gets an error; nobody dies of it.
 */
#include <sys/stat.h>
#include <sys/uio.h>

#include "kernel_call.h"
#include "tap.h"

static const char *own_path; /* argv[0]: a file that is there */

/* Addresses that no buffer may be at. The last two are filled in. */
enum { NONE = 5, UNMAPPED };
static struct {
	unsigned long address;
	const char *what;
} bad[] = {
	{ 0, "NULL" },
	{ PAGE - 4, "the end of page 0" },
	{ 0xc0000000, "the kernel's first page" },
	{ 0xc0100000, "the kernel's code" },
	{ 0xffffffff, "the last byte" },
	{ 0, "a page with no rights" },
	{ 0, "an unmapped page" },
};

#define BAD (sizeof(bad) / sizeof(bad[0]))

static int self, zero; /* open files */

/* One system call each, with ADDRESS as its pointer. */
static long do_read(unsigned long address)
{
	return kernel_call(SYS_read, self, (long)address, 1);
}

static long do_read_zero(unsigned long address)
{
	return kernel_call(SYS_read, zero, (long)address, 10000);
}

static long do_read_proc(unsigned long address)
{
	int fd = open("/proc/self/maps", O_RDONLY);
	long result = kernel_call(SYS_read, fd, (long)address, 100);

	close(fd);
	return result;
}

static long do_write(unsigned long address)
{
	return kernel_call(SYS_write, STDOUT_FILENO, (long)address, 1);
}

static long do_writev_list(unsigned long address)
{
	return kernel_call(SYS_writev, STDOUT_FILENO, (long)address, 1);
}

static long do_writev_part(unsigned long address)
{
	struct iovec parts[2] = { { (void *)address, 1 }, { "x", 0 } };

	return kernel_call(SYS_writev, STDOUT_FILENO, (long)parts, 2);
}

static long do_open(unsigned long address)
{
	return kernel_call(SYS_open, (long)address, O_RDONLY);
}

static long do_stat_path(unsigned long address)
{
	static struct stat result; /* at least as large as the kernel's */

	return kernel_call(SYS_stat64, (long)address, (long)&result);
}

static long do_stat(unsigned long address)
{
	return kernel_call(SYS_stat64, (long)own_path, (long)address);
}

static long do_fstat(unsigned long address)
{
	return kernel_call(SYS_fstat64, self, (long)address);
}

static long do_uname(unsigned long address)
{
	return kernel_call(SYS_uname, (long)address);
}

static long do_clock_gettime(unsigned long address)
{
	return kernel_call(SYS_clock_gettime, 0, (long)address);
}

static long do_clock_gettime64(unsigned long address)
{
	return kernel_call(SYS_clock_gettime64, 1, (long)address);
}

static long do_llseek(unsigned long address)
{
	return kernel_call(SYS__llseek, self, 0, 0, (long)address, SEEK_SET);
}

static const struct {
	long (*call)(unsigned long address);
	const char *name;
} calls[] = {
	{ do_read, "read() of a file" },
	{ do_read_zero, "read() of /dev/zero" },
	{ do_read_proc, "read() of /proc/self/maps" },
	{ do_write, "write()" },
	{ do_writev_list, "writev(), its list" },
	{ do_writev_part, "writev(), a part" },
	{ do_open, "open()" },
	{ do_stat_path, "stat64(), its path" },
	{ do_stat, "stat64(), its result" },
	{ do_fstat, "fstat64()" },
	{ do_uname, "uname()" },
	{ do_clock_gettime, "clock_gettime()" },
	{ do_clock_gettime64, "clock_gettime64()" },
	{ do_llseek, "_llseek(), its result" },
};

static void pointers(void)
{
	char what[80];

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		for (size_t j = 0; j < BAD; j++) {
			snprintf(what, sizeof(what), "%s: %s", calls[i].name,
				 bad[j].what);
			is_error(calls[i].call(bad[j].address), "EFAULT", what);
		}
	}
}

/* Results may not be written where the program may only read. */
static void read_only(void)
{
	unsigned long text = (unsigned long)read_only;

	is_error(do_read(text), "EFAULT", "read() into the text");
	is_error(do_fstat(text), "EFAULT", "fstat64() into the text");
	is_error(do_uname(text), "EFAULT", "uname() into the text");
	is_error(do_clock_gettime64(text), "EFAULT",
		 "clock_gettime64() into the text");
	is_error(do_llseek(text), "EFAULT", "_llseek() into the text");
}

/* Buffers that begin well and end badly. */
static void ends(void)
{
	unsigned long good = bad[NONE].address - PAGE;
	char *path = (char *)bad[NONE].address - 4;
	struct iovec parts[2];

	lseek(self, 0, SEEK_SET);
	is_long(kernel_call(SYS_read, self, (long)good, 2 * PAGE), PAGE,
		"read() that runs into a bad page stops there");
	is_long(kernel_call(SYS_read, zero, (long)good + PAGE - 10, 20), 10,
		"so does read() from /dev/zero");
	memcpy(path, "/dev", 4);
	is_error(do_open((unsigned long)path), "EFAULT",
		 "a path that runs into a bad page");
	memcpy(path - 4, "/dev", 4);
	memset(path, 0, 4);
	is_error(do_open((unsigned long)path - 4), "success",
		 "a path that ends just before");
	is_error(do_stat(bad[NONE].address - 8), "EFAULT",
		 "stat64() whose result runs into a bad page");
	is_error(do_uname(bad[NONE].address - 8), "EFAULT",
		 "uname() whose result runs into a bad page");
	is_error(do_writev_list(bad[NONE].address - 4), "EFAULT",
		 "writev() whose list runs into a bad page");

	parts[0].iov_base = NULL;
	parts[0].iov_len = 0;
	parts[1].iov_base = (void *)1;
	parts[1].iov_len = 0;
	is_error(kernel_call(SYS_writev, STDOUT_FILENO, (long)parts, 2),
		 "success", "writev() of empty parts looks at no address");
}

static void lengths(void)
{
	static char buffer[16];
	static char long_path[8192];
	struct iovec parts[2] = { { buffer, 0 }, { buffer, 0 } };

	is_long(kernel_call(SYS_read, self, 0, 0), 0, "read() of 0 to NULL");
	is_long(kernel_call(SYS_write, STDOUT_FILENO, (long)buffer, 0), 0,
		"write() of 0 bytes");
	is_error(kernel_call(SYS_writev, STDOUT_FILENO, (long)parts, -1),
		 "EINVAL", "writev() of -1 parts");
	is_error(kernel_call(SYS_writev, STDOUT_FILENO, (long)parts, 1025),
		 "EINVAL", "writev() of 1025 parts");
	is_long(kernel_call(SYS_writev, STDOUT_FILENO, (long)parts, 0), 0,
		"writev() of 0 parts");
	parts[1].iov_len = 0x80000000;
	is_error(kernel_call(SYS_writev, STDOUT_FILENO, (long)parts, 2),
		 "EINVAL", "writev() of a part of -2 GiB");
	memset(long_path, '/', sizeof(long_path) - 1);
	is_error(kernel_call(SYS_open, (long)long_path, O_RDONLY),
		 "ENAMETOOLONG", "a path of 8191 bytes");
	is_error(kernel_call(SYS_uname, (long)bad[NONE].address - 2 * PAGE),
		 "success", "after all that, a good pointer is good");
}

/* Numbers of system calls that do not exist, and never will. */
static void unknown(void)
{
	const long numbers[] = { 600,       1000, 65535,
				 0x10000,   -1,   -2147483647 - 1,
				 2147483647 };
	bool refused = true;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (kernel_call(numbers[i], 1, 2, 3, 4, 5, 6) != -ENOSYS)
			refused = false;
	ok(refused, "system calls that do not exist: ENOSYS");
	is_error(kernel_call(SYS_clock_gettime, 12345, 0), "EINVAL",
		 "clock_gettime() of a clock that does not exist");
}

int main(int argc, char **argv)
{
	long area = kernel_mmap(0, 5 * PAGE, PROT_READ | PROT_WRITE, ANONYMOUS);

	(void)argc;
	own_path = argv[0];
	self = open(own_path, O_RDONLY);
	zero = open("/dev/zero", O_RDONLY);
	bad[NONE].address = (unsigned long)area + 3 * PAGE;
	bad[UNMAPPED].address = (unsigned long)area + 4 * PAGE;
	kernel_mprotect(bad[NONE].address, PAGE, PROT_NONE);
	kernel_munmap(bad[UNMAPPED].address, PAGE);

	pointers();
	read_only();
	ends();
	lengths();
	unknown();
	return done_testing();
}
