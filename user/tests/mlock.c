/*
 * mlock.c - mlock() and its kin, and MAP_POPULATE: pages that are there before
 * anybody touches them; and how it refuses.
 */
#define _GNU_SOURCE

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

static long mlock_at(unsigned long start, unsigned long length)
{
	return kernel_call(SYS_mlock, (long)start, (long)length);
}

static void locking(unsigned long ground)
{
	unsigned long faults;

	kernel_mmap(ground, 8 * PAGE, RW, ANONYMOUS | MAP_FIXED);
	is_long(resident(ground, 8), 0, "memory that nobody has touched");
	is_error(mlock_at(ground + 2 * PAGE + 100, PAGE), "success",
		 "mlock() of parts of two pages");
	is_long(resident(ground, 8), 2, "these two are there now");
	faults = stat_field(10);
	is_error(mlock_at(ground + 2 * PAGE, 3 * PAGE), "success",
		 "mlock() of them again, and of one more");
	is_long((long)(stat_field(10) - faults), 1,
		"minflt: what is there takes no fault");
	kernel_munmap(ground + 4 * PAGE, PAGE);
	kernel_mmap(ground + 4 * PAGE, PAGE, RW, ANONYMOUS | MAP_FIXED);
	is_error(kernel_call(SYS_munlock, (long)(ground + 2 * PAGE), PAGE),
		 "success", "munlock() of one");
	is_error(kernel_call(SYS_munlock, (long)ground, 8 * PAGE), "success",
		 "munlock() of all");
	is_string(areas(ground, 8), "rw-p 8", "is one area again");
	is_long(resident(ground, 8), 2, "and takes nothing away");
	kernel_munmap(ground, 8 * PAGE);
}

static void refused(unsigned long ground)
{
	kernel_mmap(ground, 4 * PAGE, RW, ANONYMOUS | MAP_FIXED);
	kernel_munmap(ground + 2 * PAGE, PAGE);
	is_error(mlock_at(ground, 4 * PAGE), "ENOMEM", "mlock() over a hole");
	is_error(kernel_call(SYS_munlock, (long)ground, 4 * PAGE), "ENOMEM",
		 "so does munlock()");
	is_error(mlock_at(ground + 2 * PAGE, PAGE), "ENOMEM", "only a hole");
	is_error(mlock_at(ground, 0), "success", "0 bytes");
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

static void everything(void)
{
	long area = kernel_mmap(0, 4 * PAGE, RW, ANONYMOUS);

	is_error(kernel_call(SYS_mlockall, MCL_CURRENT), "success",
		 "mlockall() of what there is");
	is_long(resident((unsigned long)area, 4), 4, "it is there");
	kernel_munmap((unsigned long)area, 4 * PAGE);
	area = kernel_mmap(0, 4 * PAGE, RW, ANONYMOUS);
	is_long(resident((unsigned long)area, 4), 0, "what comes later is not");
	is_error(kernel_call(SYS_mlockall, MCL_FUTURE), "success",
		 "mlockall() of what will be");
	is_long(resident((unsigned long)area, 4), 0, "changes nothing now");
	is_error(kernel_call(SYS_munlockall), "success", "munlockall()");
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
