/*
 * futex.c - wait until somebody says that a word of memory has changed. Locks
 * of libc's call it when they are not free, so hardly ever. Therefore all that
 * wait, for whatever word, are woken together; whose word is still the same
 * waits again, as who calls futex() has to on Linux, too. Linux: kernel/futex/.
 */
#include "abi/errno.h"
#include "abi/misc.h"
#include "dev/dev.h"
#include "mm/mm.h"
#include "proc/signal.h"
#include "proc/task.h"

static unsigned int waiters; /* tasks, since the last wake */
static unsigned int wakes; /* how often somebody has woken them */

/* Until END, ns since boot; 0: without limit. */
static long futex_wait(const uint32_t __user *uaddr, uint32_t expected,
		       int64_t end)
{
	unsigned int before = wakes;
	uint32_t value;
	long error = get_user(value, uaddr);

	if (error || value != expected)
		return error ?: -EAGAIN;
	waiters++;
	while (wakes == before && !error) {
		if (end && (int64_t)sched_clock() >= end)
			error = -ETIMEDOUT;
		else if (current->pending_signal)
			error = end ? -EINTR : -ERESTARTSYS;
		else
			sleep_on(end ? (void *)&jiffies : &wakes);
	}
	waiters -= error != 0;
	return error;
}

static long futex_wake(uint32_t count)
{
	long woken = min(waiters, count);

	waiters = 0;
	wakes++;
	wake_up(&wakes);
	return woken;
}

long sys_futex(uint32_t __user *uaddr, int op, uint32_t val,
	       const void __user *utime, uint32_t __user *uaddr2, uint32_t val3)
{
	int command = op & ~(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME);
	bool absolute = command == FUTEX_WAIT_BITSET;
	int64_t end = 0;

	if ((unsigned long)uaddr % sizeof(*uaddr) || (absolute && !val3))
		return -EINVAL;
	if (command == FUTEX_WAKE)
		return futex_wake(val);
	if (command != FUTEX_WAIT && !absolute)
		return -ENOSYS;
	if (utime) {
		end = get_timespec(utime);
		if (end < 0)
			return end;
		if (!absolute)
			end += sched_clock();
		else if (op & FUTEX_CLOCK_REALTIME)
			end -= boot_time_seconds() * NSEC_PER_SEC;
		end = max(end, 1LL);
	}
	return futex_wait(uaddr, val, end);
}
