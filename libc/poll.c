/*
 * poll.c - waiting for descriptors: poll(), and select() with its sets.
 */
#include <errno.h>
#include <poll.h>
#include <sys/select.h>
#include <sys/time.h>
#include "syscall.h"

int poll(struct pollfd *fds, nfds_t count, int timeout)
{
	return SYSCALL(poll, fds, count, timeout);
}

/* *FROM for the kernel, which may change it, or NULL. */
static struct kernel_timespec *convert(const struct timespec *from,
				       struct kernel_timespec *to)
{
	if (!from)
		return NULL;
	to->tv_sec = from->tv_sec;
	to->tv_nsec = from->tv_nsec;
	return to;
}

int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
	  const sigset_t *mask)
{
	struct kernel_timespec copy;

	return SYSCALL(ppoll_time64, fds, count, convert(timeout, &copy), mask,
		       sizeof(*mask));
}

int pselect(int count, fd_set *restrict read, fd_set *restrict write,
	    fd_set *restrict except, const struct timespec *restrict timeout,
	    const sigset_t *restrict mask)
{
	struct kernel_timespec copy;
	struct {
		const sigset_t *set;
		size_t size;
	} sixth = { mask, sizeof(*mask) };

	return SYSCALL(pselect6_time64, count, read, write, except,
		       convert(timeout, &copy), &sixth);
}

int select(int count, fd_set *restrict read, fd_set *restrict write,
	   fd_set *restrict except, struct timeval *restrict timeout)
{
	struct timespec converted;

	if (!timeout)
		return pselect(count, read, write, except, NULL, NULL);
	if (timeout->tv_sec < 0 || timeout->tv_usec < 0) {
		errno = EINVAL;
		return -1;
	}
	converted.tv_sec = timeout->tv_sec + timeout->tv_usec / 1000000;
	converted.tv_nsec = timeout->tv_usec % 1000000 * 1000;
	return pselect(count, read, write, except, &converted, NULL);
}
