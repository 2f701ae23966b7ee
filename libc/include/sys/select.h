/*
 * sys/select.h - wait for any of several descriptors; poll() is better.
 */
#ifndef _SYS_SELECT_H
#define _SYS_SELECT_H

#include <sys/cdefs.h>
#include <sys/types.h>

struct timeval {
	time_t tv_sec; /* seconds */
	suseconds_t tv_usec; /* and microseconds, 0 … 999 999 */
};

#define FD_SETSIZE 1024 /* descriptors are below */

typedef struct {
	unsigned long bits[FD_SETSIZE / 32];
} fd_set;

#define __FD_BIT(fd)      (1UL << (fd) % 32)
#define FD_SET(fd, set)   ((void)((set)->bits[(fd) / 32] |= __FD_BIT(fd)))
#define FD_CLR(fd, set)   ((void)((set)->bits[(fd) / 32] &= ~__FD_BIT(fd)))
#define FD_ISSET(fd, set) (((set)->bits[(fd) / 32] & __FD_BIT(fd)) != 0)
#define FD_ZERO(set)      ((void)__builtin_memset((set), 0, sizeof(fd_set)))

__BEGIN_DECLS

/*
 * Wait until one of the descriptors below COUNT can be read (those in *READ),
 * written (*WRITE), or has something exceptional; *TIMEOUT at most. The sets
 * become those that can; each may be NULL, as TIMEOUT. Returns how many; 0: time
 * is over; -1: EBADF, EINTR, EINVAL. pselect() waits with the signal mask MASK.
 */
int select(int count, fd_set *__restrict read, fd_set *__restrict write,
	   fd_set *__restrict except, struct timeval *__restrict timeout);
int pselect(int count, fd_set *__restrict read, fd_set *__restrict write,
	    fd_set *__restrict except,
	    const struct timespec *__restrict timeout,
	    const sigset_t *__restrict mask);

__END_DECLS

#endif
