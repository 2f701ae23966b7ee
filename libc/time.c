/*
 * time.c - clocks. Seconds have 64 bits; Linux before 5.1 knows only the call
 * with 32, which lasts until 2038.
 */
#include <errno.h>
#include <time.h>
#include "syscall.h"

int clock_gettime(clockid_t clock, struct timespec *result)
{
	struct kernel_timespec now;
	struct old_timespec32 old;
	long status = __syscall(__NR_clock_gettime64, clock, &now);

	if (status == -ENOSYS) {
		status = __syscall(__NR_clock_gettime, clock, &old);
		now.tv_sec = old.tv_sec;
		now.tv_nsec = old.tv_nsec;
	}
	if (__syscall_ret(status) < 0)
		return -1;
	result->tv_sec = now.tv_sec;
	result->tv_nsec = now.tv_nsec;
	return 0;
}

time_t time(time_t *result)
{
	struct timespec now;

	if (clock_gettime(CLOCK_REALTIME, &now) < 0)
		return -1;
	if (result)
		*result = now.tv_sec;
	return now.tv_sec;
}
