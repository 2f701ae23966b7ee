/*
 * poll.c - poll(): wait until one of several files has something to say. It
 * looks again at each tick of the clock, as a task sleeps on one thing only.
 * Linux: fs/select.c.
 */
#include "abi/errno.h"
#include "abi/poll.h"
#include "dev/dev.h"
#include "fs/fs.h"
#include "lib/printk.h"
#include "mm/mm.h"
#include "proc/signal.h"
#include "proc/task.h"

#define DEFAULT_POLLMASK (POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM)

static short poll_one(const struct pollfd *entry)
{
	struct file *file;
	unsigned int events = DEFAULT_POLLMASK;

	if (entry->fd < 0)
		return 0;
	file = fget(entry->fd);
	if (!file)
		return POLLNVAL;
	if (file->f_op->poll)
		events = file->f_op->poll(file);
	return events & (entry->events | POLLERR | POLLHUP);
}

/* How many have something to say. */
static int poll_all(struct pollfd *entries, unsigned int count)
{
	int ready = 0;

	for (unsigned int i = 0; i < count; i++) {
		entries[i].revents = poll_one(&entries[i]);
		if (entries[i].revents)
			ready++;
	}
	return ready;
}

/* TIMEOUT in milliseconds; negative: none. */
static int do_poll(struct pollfd *entries, unsigned int count, int timeout)
{
	uint64_t end = sched_clock() + (uint64_t)max(timeout, 0) * 1000000;
	int ready;

	while (!(ready = poll_all(entries, count))) {
		if (timeout >= 0 && sched_clock() >= end)
			break;
		if (current->pending_signal)
			return -ERESTARTNOHAND;
		sleep_on((void *)&jiffies);
	}
	return ready;
}

long sys_poll(struct pollfd __user *ufds, unsigned int nfds, int timeout_msecs)
{
	struct pollfd *entries;
	long result;

	if (nfds > NR_OPEN)
		return -EINVAL;
	entries = kmalloc(max(nfds, 1U) * sizeof(*entries));
	if (!entries)
		return -ENOMEM;
	if (copy_from_user(entries, ufds, nfds * sizeof(*entries)))
		result = -EFAULT;
	else
		result = do_poll(entries, nfds, timeout_msecs);
	for (unsigned int i = 0; result >= 0 && i < nfds; i++)
		if (copy_to_user(&ufds[i].revents, &entries[i].revents,
				 sizeof(entries[i].revents)))
			result = -EFAULT;
	kfree(entries);
	return result;
}
