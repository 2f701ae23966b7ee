/*
 * time.h - clocks.
 */
#ifndef _TIME_H
#define _TIME_H

#include <stddef.h>
#include <sys/types.h>
#include <abi/misc.h> /* CLOCK_REALTIME, CLOCK_MONOTONIC */

struct timespec {
	time_t tv_sec; /* seconds */
	long tv_nsec; /* and nanoseconds, 0 … 999 999 999 */
};

/*
 * clock_gettime - what CLOCK says, into *RESULT: CLOCK_REALTIME since 1970,
 * CLOCK_MONOTONIC since some point in the past. 0; -1: EINVAL, EFAULT.
 */
int clock_gettime(clockid_t clock, struct timespec *result);

/*
 * nanosleep - wait as long as *DURATION says. 0; -1: EINVAL; EINTR, a signal
 * came: what is left goes into *LEFT, unless LEFT is NULL.
 */
int nanosleep(const struct timespec *duration, struct timespec *left);

/* Seconds since 1970, into *RESULT too unless it is NULL; -1: no clock. */
time_t time(time_t *result);

#endif
