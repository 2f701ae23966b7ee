/*
 * shared.c - MAP_SHARED: memory that two processes see, and a file that is
 * written as memory. Whoever maps, reads or writes, it is the same page.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "kernel_call.h"
#include "tap.h"

#define RW   (PROT_READ | PROT_WRITE)
#define PATH "/tmp/faultline-shared"

#define SHARED_ANONYMOUS (MAP_SHARED | MAP_ANONYMOUS)

static int file; /* PATH, 3 pages; it has no name while the tests run */
static int read_only, write_only; /* the same file */

static long map(unsigned long length, int prot, int flags, int fd, long page)
{
	return kernel_call(SYS_mmap2, 0, (long)length, prot, flags, fd, page);
}

static volatile char *shared_file(unsigned long pages)
{
	return (volatile char *)map(pages * PAGE, RW, MAP_SHARED, file, 0);
}

static long truncate_to(unsigned long size)
{
	return kernel_call(SYS_ftruncate64, file, (long)size, 0);
}

static char file_byte(unsigned long offset)
{
	char byte = '?';

	lseek(file, (off_t)offset, SEEK_SET);
	return read(file, &byte, 1) == 1 ? byte : '-';
}

static void write_byte(unsigned long offset, char byte)
{
	lseek(file, (off_t)offset, SEEK_SET);
	if (write(file, &byte, 1) != 1)
		_exit(3);
}

/* In a child: ACCESS *AT. Returns the signal that it dies of, or 0. */
static int signal_of(volatile char *at, bool writing)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		if (writing)
			*at = 1;
		else
			(void)*at;
		_exit(0);
	}
	waitpid(child, &status, 0);
	return status & 0x7f;
}

/* ── Anonymous ────────────────────────────────────────────────────────── */

static void between_processes(void)
{
	volatile char *area =
		(volatile char *)map(4 * PAGE, RW, SHARED_ANONYMOUS, -1, 5);
	volatile char *mine = (volatile char *)map(PAGE, RW, ANONYMOUS, -1, 0);
	pid_t child;

	is_string(areas((unsigned long)area, 4), "rw-s 4",
		  "shared anonymous memory: rw-s in the maps");
	ok(strstr(read_proc("/proc/self/maps"), " /dev/zero (deleted)\n") !=
		   NULL,
	   "a file that has no name any more");
	ok(area[0] == 0 && area[3 * PAGE] == 0, "it is zero");
	area[0] = 'p';
	mine[0] = 'p';
	child = fork();
	if (child == 0) {
		bool same = area[0] == 'p' && area[PAGE] == 0;

		area[0] = 'c';
		area[PAGE] = 'c'; /* nobody has touched that page */
		area[3 * PAGE] = 'c'; /* only read before fork() */
		mine[0] = 'c';
		munmap((void *)(area + 2 * PAGE), PAGE);
		_exit(same ? 0 : 1);
	}
	int status = -1;
	waitpid(child, &status, 0);
	is_long(status, 0, "the child sees what the parent wrote");
	ok(area[0] == 'c', "the parent sees what the child wrote");
	ok(area[PAGE] == 'c', "also in a page that was new to both");
	ok(area[3 * PAGE] == 'c', "and in one that was only read");
	ok(area[2 * PAGE] == 0, "what the child unmaps stays for the parent");
	ok(mine[0] == 'p', "private memory is as it was");

	is_error(kernel_mprotect((unsigned long)area, PAGE, PROT_READ),
		 "success", "read-only for a while");
	is_long(signal_of(area, true), SIGSEGV, "cannot be written");
	is_error(kernel_mprotect((unsigned long)area, PAGE, RW), "success",
		 "and writable again");
	is_long(signal_of(area, true), 0, "a child writes");
	ok(area[0] == 1, "and the parent sees it");
	is_error(kernel_call(SYS_madvise, (long)area, PAGE, 4), "success",
		 "MADV_DONTNEED drops the mapping");
	ok(area[0] == 1, "not what is in it");
	kernel_munmap((unsigned long)mine, PAGE);

	area = (volatile char *)kernel_call(SYS_mremap, (long)area, 4 * PAGE,
					    6 * PAGE, MREMAP_MAYMOVE);
	ok(area[0] == 1 && area[3 * PAGE] == 'c', "mremap() keeps it");
	is_long(signal_of(area + 5 * PAGE, false), SIGBUS,
		"but it is no longer than it was");
	kernel_munmap((unsigned long)area, 6 * PAGE);
}

static void dev_zero(void)
{
	int fd = open("/dev/zero", O_RDWR);
	volatile char *one = (volatile char *)map(PAGE, RW, MAP_PRIVATE, fd, 0);
	volatile char *two = (volatile char *)map(PAGE, RW, MAP_SHARED, fd, 0);

	ok(one[5] == 0 && two[5] == 0, "/dev/zero can be mapped: zeroes");
	one[5] = 'x';
	is_long(signal_of(two, true), 0, "shared, a child writes");
	ok(two[0] == 1 && two[5] == 0 && one[0] == 0, "and the parent sees it");
	kernel_munmap((unsigned long)one, PAGE);
	kernel_munmap((unsigned long)two, PAGE);
	close(fd);
}

/* ── A file ───────────────────────────────────────────────────────────── */

static void file_and_memory(void)
{
	volatile char *area = shared_file(3);
	volatile char *again = shared_file(3);
	volatile char *private =
		(volatile char *)map(3 * PAGE, RW, MAP_PRIVATE, file, 0);

	ok(area[0] == 'a' && area[2 * PAGE] == 0, "the file, and its hole");
	area[1] = 'x';
	area[2 * PAGE] = 'y';
	ok(file_byte(1) == 'x' && file_byte(2 * PAGE) == 'y',
	   "read() sees what was written to the mapping");
	ok(again[1] == 'x' && again[2 * PAGE] == 'y', "a second mapping, too");
	write_byte(PAGE, 'w');
	ok(area[PAGE] == 'w' && again[PAGE] == 'w',
	   "and both what was written by write()");
	ok(private[1] == 'x', "a private mapping as well, at first");
	write_byte(1, 'z');
	ok(private[1] == 'z', "also what is written to a page it has read");
	private[1] = 'p';
	write_byte(1, 'q');
	ok(private[1] == 'p' && area[1] == 'q',
	   "until it has its own copy of the page");
	ok(file_byte(1) == 'q', "which the file does not see");
	is_error(kernel_call(SYS_msync, (long)area, 3 * PAGE, MS_SYNC),
		 "success", "msync()");
	is_long(kernel_call(SYS_read, file, (long)area, 1), 1,
		"read() from the file into its own mapping");
	kernel_munmap((unsigned long)area, 3 * PAGE);
	ok(file_byte(2 * PAGE) == 'y', "without the mapping it is there still");
	ok(again[2 * PAGE] == 'y', "and in the other one");
	kernel_munmap((unsigned long)again, 3 * PAGE);
	kernel_munmap((unsigned long)private, 3 * PAGE);
}

static void truncated(void)
{
	volatile char *area = shared_file(3);
	volatile char *private =
		(volatile char *)map(3 * PAGE, RW, MAP_PRIVATE, file, 0);

	area[PAGE + 200] = 't';
	area[2 * PAGE] = 't';
	private[2 * PAGE] = 'p';
	is_error(truncate_to(PAGE + 100), "success", "the file gets shorter");
	is_long(signal_of(area + PAGE, true), 0, "its last page can be used");
	ok(area[PAGE + 200] == 0, "but is zero from its end on");
	area[PAGE + 300] = 'e';
	is_long(signal_of(area + 2 * PAGE, false), SIGBUS, "what was read:");
	is_long(signal_of(area + 2 * PAGE, true), SIGBUS, "SIGBUS behind it");
	is_long(signal_of(private + 2 * PAGE, false), SIGBUS,
		"even for whoever had a copy");
	ok(!can_write((unsigned long)area + 2 * PAGE),
	   "EFAULT for a system call");
	is_error(truncate_to(3 * PAGE), "success", "the file grows again");
	ok(area[2 * PAGE] == 0, "with zeroes");
	kernel_munmap((unsigned long)area, 3 * PAGE);
	kernel_munmap((unsigned long)private, 3 * PAGE);
}

static void rights_of_descriptors(void)
{
	int pipes[2];
	long area;

	is_error(map(PAGE, RW, MAP_SHARED, read_only, 0), "EACCES",
		 "opened to read: not shared and writable");
	is_error(map(PAGE, PROT_WRITE, MAP_SHARED, write_only, 0), "EACCES",
		 "opened to write only: not at all");
	is_error(map(PAGE, PROT_READ, MAP_PRIVATE, write_only, 0), "EACCES",
		 "nor privately");
	area = map(PAGE, PROT_READ, MAP_SHARED, read_only, 0);
	is_string(areas((unsigned long)area, 1), "r--s 1",
		  "opened to read: shared and read-only");
	is_error(kernel_mprotect((unsigned long)area, PAGE, RW), "EACCES",
		 "then mprotect() cannot make it writable");
	is_error(kernel_mprotect((unsigned long)area, PAGE,
				 PROT_READ | PROT_EXEC),
		 "success", "only executable");
	kernel_munmap((unsigned long)area, PAGE);
	area = map(PAGE, PROT_READ, MAP_PRIVATE, read_only, 0);
	is_error(kernel_mprotect((unsigned long)area, PAGE, RW), "success",
		 "private: it can");
	kernel_munmap((unsigned long)area, PAGE);
	is_error(map(PAGE, PROT_READ, 0, read_only, 0), "EINVAL",
		 "neither shared nor private");
	if (pipe(pipes) == 0)
		is_error(map(PAGE, PROT_READ, MAP_SHARED, pipes[0], 0),
			 "ENODEV", "a pipe cannot be mapped");
}

static void msync_errors(void)
{
	unsigned long ground = free_ground(4);
	long area = kernel_mmap(ground, PAGE, RW, ANONYMOUS | MAP_FIXED);

	is_error(kernel_call(SYS_msync, area, PAGE, MS_ASYNC | MS_SYNC),
		 "EINVAL", "msync(): both now and later");
	is_error(kernel_call(SYS_msync, area, PAGE, 8), "EINVAL",
		 "an unknown flag");
	is_error(kernel_call(SYS_msync, area + 1, PAGE, MS_SYNC), "EINVAL",
		 "not from the start of a page");
	is_error(kernel_call(SYS_msync, area, 2 * PAGE, MS_SYNC), "ENOMEM",
		 "where nothing is mapped");
	is_error(kernel_call(SYS_msync, area, 0, MS_SYNC), "success",
		 "0 bytes");
	is_error(kernel_call(SYS_msync, area, PAGE, 0), "success", "no flag");
	kernel_munmap((unsigned long)area, PAGE);
}

int main(void)
{
	unsigned long promised;

	can_write(0); /* opens its file */
	file = open(PATH, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (file < 0 || write(file, "abc", 3) != 3 || truncate_to(3 * PAGE))
		return 2;
	read_only = open(PATH, O_RDONLY);
	write_only = open(PATH, O_WRONLY);
	unlink(PATH);
	read_proc("/proc/self/maps"); /* touches its buffer */
	promised = total_vm();
	between_processes();
	dev_zero();
	file_and_memory();
	truncated();
	rights_of_descriptors();
	msync_errors();
	is_long((long)total_vm(), (long)promised,
		"in the end as much is promised as in the beginning");
	return done_testing();
}
