/*
 * time.c - clocks. Seconds have 64 bits; Linux before 5.1 knows only the call
 * with 32, which lasts until 2038.
 */
#include <errno.h>
#include <time.h>
#include <unistd.h>
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

/* The call has 32 bits for the seconds; sleeps are over before they are. */
int nanosleep(const struct timespec *duration, struct timespec *left)
{
	struct old_timespec32 wanted = { .tv_nsec = duration->tv_nsec };
	struct old_timespec32 rest = { 0, 0 };

	if (__builtin_add_overflow(duration->tv_sec, 0, &wanted.tv_sec)) {
		errno = EINVAL;
		return -1;
	}
	if (__syscall_ret(__syscall(__NR_nanosleep, &wanted, &rest)) == 0)
		return 0;
	if (left && errno == EINTR) {
		left->tv_sec = rest.tv_sec;
		left->tv_nsec = rest.tv_nsec;
	}
	return -1;
}

unsigned int sleep(unsigned int seconds)
{
	struct timespec duration = { .tv_sec = seconds };

	if (nanosleep(&duration, &duration) == 0)
		return 0;
	return duration.tv_sec + (duration.tv_nsec > 0);
}

int usleep(unsigned int microseconds)
{
	struct timespec duration = { .tv_sec = microseconds / 1000000,
				     .tv_nsec = microseconds % 1000000 * 1000 };

	return nanosleep(&duration, NULL);
}
