/*
 * sys/time.h - clocks and timers that count in microseconds.
 */
#ifndef _SYS_TIME_H
#define _SYS_TIME_H

#include <abi/misc.h> /* ITIMER_REAL */
#include <sys/cdefs.h>
#include <sys/select.h>
#include <sys/types.h>

struct itimerval {
	struct timeval it_interval; /* between signals; 0: only once */
	struct timeval it_value; /* until the next; 0: off */
};

__BEGIN_DECLS

/* Since 1970. ZONE is ignored. 0; -1: EFAULT. */
int gettimeofday(struct timeval *__restrict result, void *__restrict zone);

/*
 * setitimer - have SIGALRM sent (WHICH is ITIMER_REAL), *OLD: as it was, unless
 * OLD is NULL. 0; -1: EINVAL, EFAULT.
 */
int setitimer(int which, const struct itimerval *__restrict value,
	      struct itimerval *__restrict old);

/* Last read (TIMES[0]) and written; NULL: now. 0; -1: as open(). */
int utimes(const char *path, const struct timeval times[2]);
int futimes(int fd, const struct timeval times[2]);

#define timerclear(t) ((t)->tv_sec = (t)->tv_usec = 0)
#define timerisset(t) ((t)->tv_sec || (t)->tv_usec)
#define timercmp(a, b, order)                                          \
	((a)->tv_sec == (b)->tv_sec ? ((a)->tv_usec order(b)->tv_usec) \
				    : ((a)->tv_sec order(b)->tv_sec))
#define timeradd(a, b, sum)                                   \
	do {                                                  \
		(sum)->tv_sec = (a)->tv_sec + (b)->tv_sec;    \
		(sum)->tv_usec = (a)->tv_usec + (b)->tv_usec; \
		if ((sum)->tv_usec >= 1000000) {              \
			(sum)->tv_sec++;                      \
			(sum)->tv_usec -= 1000000;            \
		}                                             \
	} while (0)
#define timersub(a, b, difference)                                   \
	do {                                                         \
		(difference)->tv_sec = (a)->tv_sec - (b)->tv_sec;    \
		(difference)->tv_usec = (a)->tv_usec - (b)->tv_usec; \
		if ((difference)->tv_usec < 0) {                     \
			(difference)->tv_sec--;                      \
			(difference)->tv_usec += 1000000;            \
		}                                                    \
	} while (0)

__END_DECLS

#endif
