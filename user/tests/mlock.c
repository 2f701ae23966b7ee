/*
 * mlock.c - mlock() and its kin, and MAP_POPULATE: pages that are there before
 * anybody touches them; which areas it makes, and how it refuses.
 */
#define _GNU_SOURCE
#include <sys/wait.h>

#include "kernel_call.h"
#include "tap.h"

#define RW (PROT_READ | PROT_WRITE)

/* How many of COUNT pages from START on are there? */
static long resident(unsigned long start, unsigned long count)
{
	unsigned char there[64];
	long sum = 0;

	if (kernel_call(SYS_mincore, (long)start, (long)(count * PAGE),
			(long)there) != 0)
		return -1;
	for (unsigned long i = 0; i < count; i++)
		sum += there[i] & 1;
	return sum;
}

static long locked_kib(void)
{
	return strtol(strstr(read_proc("/proc/self/status"), "VmLck:") + 6,
		      NULL, 10);
}

static long mlock_at(unsigned long start, unsigned long length)
{
	return kernel_call(SYS_mlock, (long)start, (long)length);
}

static void locking(unsigned long ground)
{
	kernel_mmap(ground, 8 * PAGE, RW, ANONYMOUS | MAP_FIXED);
	is_long(resident(ground, 8), 0, "memory that nobody has touched");
	is_error(mlock_at(ground + 2 * PAGE + 100, PAGE), "success",
		 "mlock() of parts of two pages");
	is_long(resident(ground, 8), 2, "these two are there now");
	is_long(locked_kib(), 8, "VmLck says so");
	is_string(areas(ground, 8), "rw-p 2, rw-p 2, rw-p 4",
		  "they are an area of their own");
	is_error(kernel_call(SYS_madvise, (long)ground, 8 * PAGE, 4), "EINVAL",
		 "MADV_DONTNEED does not take them away");
	is_long(resident(ground + 2 * PAGE, 2), 2, "they are still there");
	is_error(kernel_call(SYS_munlock, (long)(ground + 2 * PAGE), PAGE),
		 "success", "munlock() of one");
	is_string(areas(ground, 8), "rw-p 3, rw-p 1, rw-p 4", "joins it");
	is_error(kernel_call(SYS_munlock, (long)ground, 8 * PAGE), "success",
		 "munlock() of all");
	is_string(areas(ground, 8), "rw-p 8", "is one area again");
	is_long(locked_kib(), 0, "VmLck: 0");
	is_error(kernel_call(SYS_mlock2, (long)ground, 8 * PAGE, MLOCK_ONFAULT),
		 "success", "mlock2(): when they are touched");
	is_long(resident(ground, 8), 2, "so not now");
	is_long(locked_kib(), 32, "VmLck: all the same");
	kernel_munmap(ground, 8 * PAGE);
	is_long(locked_kib(), 0, "what is unmapped is not locked");
}

static void refused(unsigned long ground)
{
	kernel_mmap(ground, 4 * PAGE, RW, ANONYMOUS | MAP_FIXED);
	kernel_munmap(ground + 2 * PAGE, PAGE);
	is_error(mlock_at(ground, 4 * PAGE), "ENOMEM", "mlock() over a hole");
	is_long(locked_kib(), 8, "locks what is before it");
	is_error(kernel_call(SYS_munlock, (long)ground, 4 * PAGE), "ENOMEM",
		 "so does munlock()");
	is_long(locked_kib(), 0, "unlock");
	is_error(mlock_at(ground + 2 * PAGE, PAGE), "ENOMEM", "only a hole");
	is_error(mlock_at(ground, 0), "success", "0 bytes");
	is_error(kernel_call(SYS_mlock2, (long)ground, PAGE, 2), "EINVAL",
		 "mlock2() with another flag");
	kernel_mprotect(ground, PAGE, PROT_NONE);
	is_error(mlock_at(ground, PAGE), "ENOMEM",
		 "what may not be touched cannot be brought");
	kernel_munmap(ground, 4 * PAGE);
	is_error(kernel_call(SYS_mlockall, 0), "EINVAL", "mlockall() of none");
	is_error(kernel_call(SYS_mlockall, 8), "EINVAL", "of another flag");
	is_error(kernel_call(SYS_mlockall, MCL_ONFAULT), "EINVAL",
		 "MCL_ONFAULT alone says nothing");
}

static void populated(void)
{
	long area = kernel_mmap(0, 4 * PAGE, RW, ANONYMOUS | MAP_POPULATE);

	is_long(resident((unsigned long)area, 4), 4, "MAP_POPULATE");
	kernel_munmap((unsigned long)area, 4 * PAGE);
	area = kernel_mmap(0, 4 * PAGE, PROT_READ, ANONYMOUS | MAP_POPULATE);
	is_long(resident((unsigned long)area, 4), 4, "also if only read");
	kernel_munmap((unsigned long)area, 4 * PAGE);
	area = kernel_mmap(0, 4 * PAGE, RW,
			   MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE);
	is_long(resident((unsigned long)area, 4), 4, "also if shared");
	kernel_munmap((unsigned long)area, 4 * PAGE);
	area = kernel_mmap(0, 4 * PAGE, PROT_NONE, ANONYMOUS | MAP_POPULATE);
	is_long(resident((unsigned long)area, 4), 0, "not if none may");
	kernel_munmap((unsigned long)area, 4 * PAGE);
}

/* In a child, as it locks everything. */
static void everything(void)
{
	unsigned long brk = page_up(kernel_call(SYS_brk, 0));
	long area = kernel_mmap(0, 4 * PAGE, RW, ANONYMOUS);
	int status;

	is_error(kernel_call(SYS_mlockall, MCL_CURRENT), "success",
		 "mlockall() of what there is");
	is_long(resident((unsigned long)area, 4), 4, "it is there");
	kernel_munmap((unsigned long)area, 4 * PAGE);
	area = kernel_mmap(0, 4 * PAGE, RW, ANONYMOUS);
	is_long(resident((unsigned long)area, 4), 0, "what comes later is not");
	is_error(kernel_call(SYS_mlockall, MCL_FUTURE), "success",
		 "mlockall() of what will be");
	is_long(resident((unsigned long)area, 4), 0, "changes nothing now");
	kernel_munmap((unsigned long)area, 4 * PAGE);
	area = kernel_mmap(0, 4 * PAGE, RW, ANONYMOUS);
	is_long(resident((unsigned long)area, 4), 4, "a new mapping is there");
	kernel_call(SYS_brk, (long)(brk + 2 * PAGE));
	is_long(resident(brk, 2), 2, "and the heap's new pages");
	kernel_call(SYS_brk, (long)brk);
	ok(locked_kib() > 16, "VmLck");
	if (fork() == 0)
		_exit(locked_kib() == 0 ? 0 : 1);
	wait(&status);
	is_long(status, 0, "a child has nothing locked");
	is_error(kernel_call(SYS_munlockall), "success", "munlockall()");
	is_long(locked_kib(), 0, "VmLck: 0");
	kernel_munmap((unsigned long)area, 4 * PAGE);
	area = kernel_mmap(0, 4 * PAGE, RW, ANONYMOUS);
	is_long(resident((unsigned long)area, 4), 0, "and nothing to come");
	kernel_munmap((unsigned long)area, 4 * PAGE);
}

int main(void)
{
	unsigned long ground = free_ground(8);

	locking(ground);
	refused(ground);
	populated();
	everything();
	return done_testing();
}
