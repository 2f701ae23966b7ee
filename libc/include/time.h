/*
 * time.h - clocks.
 */
#ifndef _TIME_H
#define _TIME_H

#include <stddef.h>
#include <sys/types.h>
#include <abi/misc.h> /* CLOCK_REALTIME, CLOCK_MONOTONIC */
#include <sys/cdefs.h>

__BEGIN_DECLS

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

int clock_getres(clockid_t clock, struct timespec *result); /* its steps */
int clock_nanosleep(clockid_t clock, int flags, const struct timespec *duration,
		    struct timespec *left); /* returns 0 or an E… number */

/* Seconds since 1970, into *RESULT too unless it is NULL; -1: no clock. */
time_t time(time_t *result);

/* Time on the processor, in units of 1 / CLOCKS_PER_SEC seconds. */
clock_t clock(void);
#define CLOCKS_PER_SEC 1000000

double difftime(time_t end, time_t start); /* seconds between them */

/* A point in time as people tell it. */
struct tm {
	int tm_sec; /* 0 … 60 */
	int tm_min;
	int tm_hour;
	int tm_mday; /* 1 … 31 */
	int tm_mon; /* 0 … 11 */
	int tm_year; /* since 1900 */
	int tm_wday; /* 0 … 6: Sunday … Saturday */
	int tm_yday; /* 0 … 365 */
	int tm_isdst; /* always 0 */
	long tm_gmtoff; /* seconds east of Greenwich: always 0 */
	const char *tm_zone;
};

/*
 * The one time zone is UTC, whatever TZ says.
 * gmtime, localtime - TIME as a struct tm; NULL: EOVERFLOW. The _r kind writes
 *	it to *RESULT, the other to a place of its own.
 * mktime, timegm - the reverse. Fields may be out of their range (42 minutes
 *	more: tm_min += 42); they are put right. -1: EOVERFLOW.
 */
struct tm *gmtime(const time_t *time);
struct tm *localtime(const time_t *time);
struct tm *gmtime_r(const time_t *__restrict time,
		    struct tm *__restrict result);
struct tm *localtime_r(const time_t *__restrict time,
		       struct tm *__restrict result);
time_t mktime(struct tm *tm);
time_t timegm(struct tm *tm);

/*
 * strftime - write to BUFFER, of SIZE bytes, FORMAT with its % conversions
 *	replaced; all of C99, in English. Returns the length; 0: no room.
 * asctime, ctime - "Thu Jan  1 00:00:00 1970\n".
 */
size_t strftime(char *__restrict buffer, size_t size,
		const char *__restrict format, const struct tm *__restrict tm)
	__attribute__((format(strftime, 3, 0)));
char *asctime(const struct tm *tm);
char *asctime_r(const struct tm *__restrict tm, char *__restrict buffer);
char *ctime(const time_t *time);
char *ctime_r(const time_t *time, char *buffer);

void tzset(void); /* nothing */
extern char *tzname[2];
extern long timezone;
extern int daylight;

__END_DECLS

#endif
