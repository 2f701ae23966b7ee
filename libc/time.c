/*
 * time.c - clocks. Seconds have 64 bits; Linux before 5.1 knows only the call
 * with 32, which lasts until 2038.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>
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

int clock_getres(clockid_t clock, struct timespec *result)
{
	struct kernel_timespec steps;

	if (SYSCALL(clock_getres_time64, clock, &steps) < 0)
		return -1;
	if (result)
		*result = (struct timespec){ steps.tv_sec, steps.tv_nsec };
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

int gettimeofday(struct timeval *restrict result, void *restrict zone)
{
	struct timespec now;

	if (clock_gettime(CLOCK_REALTIME, &now) < 0)
		return -1;
	*result = (struct timeval){ now.tv_sec, now.tv_nsec / 1000 };
	return 0;
}

clock_t clock(void)
{
	struct timespec used;

	if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) < 0)
		return -1;
	return used.tv_sec * CLOCKS_PER_SEC +
	       used.tv_nsec / (1000000000 / CLOCKS_PER_SEC);
}

/* Any number is a good one, which leaves little room for errors. */
clock_t times(struct tms *result)
{
	return __syscall(__NR_times, result);
}

/* ── Waiting ──────────────────────────────────────────────────────────── */

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *duration,
		    struct timespec *left)
{
	struct kernel_timespec wanted = { duration->tv_sec, duration->tv_nsec };
	struct kernel_timespec rest;
	long result = __syscall(__NR_clock_nanosleep_time64, clock, flags,
				&wanted, &rest);

	if (result == -EINTR && left && !(flags & TIMER_ABSTIME))
		*left = (struct timespec){ rest.tv_sec, rest.tv_nsec };
	return -result;
}

int nanosleep(const struct timespec *duration, struct timespec *left)
{
	int error = clock_nanosleep(CLOCK_REALTIME, 0, duration, left);

	if (error == 0)
		return 0;
	errno = error;
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

/* The kernel counts the seconds of timers in 32 bits. */
int setitimer(int which, const struct itimerval *restrict value,
	      struct itimerval *restrict old)
{
	struct old_itimerval32 wanted = {
		{ value->it_interval.tv_sec, value->it_interval.tv_usec },
		{ value->it_value.tv_sec, value->it_value.tv_usec },
	};
	struct old_itimerval32 before;

	if (SYSCALL(setitimer, which, &wanted, &before) < 0)
		return -1;
	if (old)
		*old = (struct itimerval){
			{ before.it_interval.tv_sec,
			  before.it_interval.tv_usec },
			{ before.it_value.tv_sec, before.it_value.tv_usec },
		};
	return 0;
}

/* ── The times of files ───────────────────────────────────────────────── */

int utimensat(int directory, const char *path, const struct timespec times[2],
	      int flags)
{
	struct kernel_timespec converted[2];

	for (int i = 0; times && i < 2; i++)
		converted[i] = (struct kernel_timespec){ times[i].tv_sec,
							 times[i].tv_nsec };
	return SYSCALL(utimensat_time64, directory, path,
		       times ? converted : NULL, flags);
}

int futimens(int fd, const struct timespec times[2])
{
	return utimensat(fd, NULL, times, 0);
}

static int set_times(int directory, const char *path,
		     const struct timeval times[2])
{
	struct timespec converted[2];

	for (int i = 0; times && i < 2; i++) {
		if (times[i].tv_usec < 0 || times[i].tv_usec >= 1000000) {
			errno = EINVAL;
			return -1;
		}
		converted[i] = (struct timespec){ times[i].tv_sec,
						  times[i].tv_usec * 1000 };
	}
	return utimensat(directory, path, times ? converted : NULL, 0);
}

int utimes(const char *path, const struct timeval times[2])
{
	return set_times(AT_FDCWD, path, times);
}

int futimes(int fd, const struct timeval times[2])
{
	return set_times(fd, NULL, times);
}

int utime(const char *path, const struct utimbuf *times)
{
	struct timespec converted[2];

	if (times) {
		converted[0] = (struct timespec){ times->actime, 0 };
		converted[1] = (struct timespec){ times->modtime, 0 };
	}
	return utimensat(AT_FDCWD, path, times ? converted : NULL, 0);
}
