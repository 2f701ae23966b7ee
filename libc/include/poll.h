/*
 * poll.h - wait for any of several descriptors.
 */
#ifndef _POLL_H
#define _POLL_H

#include <abi/poll.h> /* struct pollfd, POLLIN … */
#include <signal.h>
#include <sys/cdefs.h>
#include <time.h>

typedef unsigned long nfds_t;

__BEGIN_DECLS

/*
 * Wait until one of the COUNT descriptors in FDS is ready for its events, or
 * has an error; TIMEOUT milliseconds at most, -1: for ever. What is so comes in
 * revents. Returns how many are; 0: time is over; -1: EINTR, EFAULT, EINVAL.
 * ppoll() waits with the signal mask *MASK (unless NULL), *TIMEOUT at most.
 */
int poll(struct pollfd *fds, nfds_t count, int timeout);
int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
	  const sigset_t *mask);

__END_DECLS

#endif
