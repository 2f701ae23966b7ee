/*
 * poll.h - what poll() is asked for and answers, as Linux has it.
 */
#ifndef ABI_POLL_H
#define ABI_POLL_H

#define POLLIN     0x0001
#define POLLPRI    0x0002
#define POLLOUT    0x0004
#define POLLERR    0x0008 /* told unasked, like the next two */
#define POLLHUP    0x0010
#define POLLNVAL   0x0020 /* no such descriptor */
#define POLLRDNORM 0x0040
#define POLLWRNORM 0x0100

struct pollfd {
	int fd;
	short events;
	short revents;
};

#endif
