/*
 * poll.c - poll(), select(): wait until one of several files has something to
 * say. It looks again at each tick of the clock, as a task sleeps on one thing
 * only. Linux: fs/select.c.
 */
#include "abi/errno.h"
#include "abi/misc.h"
#include "abi/poll.h"
#include "dev/dev.h"
#include "fs/fs.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/signal.h"
#include "proc/task.h"

#define NEVER            UINT64_MAX
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

/*
 * How many of them have something to say, waiting for one until END, in ns
 * since boot. Linux: do_poll()
 */
static int do_poll(struct pollfd *entries, unsigned int count, uint64_t end)
{
	for (;;) {
		int ready = 0;

		for (unsigned int i = 0; i < count; i++) {
			entries[i].revents = poll_one(&entries[i]);
			ready += entries[i].revents != 0;
		}
		if (ready || sched_clock() >= end)
			return ready;
		if (sleep_on((void *)&jiffies))
			return -ERESTARTNOHAND;
	}
}

static long do_sys_poll(struct pollfd __user *ufds, unsigned int nfds,
			uint64_t end)
{
	struct pollfd entries[NR_OPEN];
	long result;

	if (nfds > NR_OPEN)
		return -EINVAL;
	if (copy_from_user(entries, ufds, nfds * sizeof(*entries)))
		return -EFAULT;
	result = do_poll(entries, nfds, end);
	if (result >= 0 && copy_to_user(ufds, entries, nfds * sizeof(*entries)))
		return -EFAULT;
	return result;
}

long sys_poll(struct pollfd __user *ufds, unsigned int nfds, int timeout_msecs)
{
	uint64_t end = sched_clock() + timeout_msecs * 1000000ULL;

	return do_sys_poll(ufds, nfds, timeout_msecs < 0 ? NEVER : end);
}

/* ── select() ─────────────────────────────────────────────────────────── */

/* What puts a descriptor into each of the three sets. */
static const short set_events[] = {
	POLLIN | POLLRDNORM | POLLHUP | POLLERR,
	POLLOUT | POLLWRNORM | POLLERR,
	POLLPRI,
};

/*
 * The first N descriptors of SETS, which are bits: an entry of poll() for each,
 * one of the others having no file; and the bits of those that answer. Linux:
 * core_sys_select()
 */
static long do_select(int n, void __user *const *sets, uint64_t end)
{
	struct pollfd entries[3 * NR_OPEN];
	uint64_t bits[3] = { 0 };
	long result;
	size_t size;

	if (n < 0)
		return -EINVAL;
	n = min(n, NR_OPEN);
	size = (n + 31) / 32 * sizeof(uint32_t);
	for (int set = 0; set < 3; set++)
		if (sets[set] && copy_from_user(&bits[set], sets[set], size))
			return -EFAULT;
	for (int i = 0; i < 3 * n; i++) {
		bool asked = bits[i / n] >> i % n & 1;

		if (asked && !fget(i % n))
			return -EBADF;
		entries[i].fd = asked ? i % n : -1;
		entries[i].events = set_events[i / n];
	}
	if (do_poll(entries, 3 * n, end) < 0)
		return -ERESTARTNOHAND;
	memset(bits, 0, sizeof(bits));
	result = 0;
	for (int i = 0; i < 3 * n; i++)
		if (entries[i].revents & set_events[i / n]) {
			bits[i / n] |= 1ULL << i % n;
			result++;
		}
	for (int set = 0; set < 3; set++)
		if (sets[set] && copy_to_user(sets[set], &bits[set], size))
			return -EFAULT;
	return result;
}

/* Linux tells what is left of the time, too; C libraries do without. */
long sys_select(int n, void __user *inp, void __user *outp, void __user *exp,
		struct old_timeval32 __user *tvp)
{
	void __user *const sets[] = { inp, outp, exp };
	struct old_timeval32 time;
	uint64_t end = NEVER;

	if (tvp && get_user(time, tvp))
		return -EFAULT;
	if (tvp && (time.tv_sec < 0 || time.tv_usec < 0))
		return -EINVAL;
	if (tvp)
		end = sched_clock() + time.tv_sec * 1000000000ULL +
		      time.tv_usec * 1000ULL;
	return do_select(n, sets, end);
}

/* ── With a mask of signals ───────────────────────────────────────────── */

/* 0, or an error. *END: where *TIMEOUT ends. */
static long begin(const void __user *timeout, const uint64_t __user *mask,
		  size_t size, uint64_t *end)
{
	int64_t time = timeout ? get_timespec(timeout) : 0;

	if (time < 0)
		return time;
	if (timeout)
		*end = sched_clock() + time;
	return mask ? set_user_sigmask(mask, size) : 0;
}

static long finish(long result)
{
	if (result != -ERESTARTNOHAND)
		restore_saved_sigmask();
	return result;
}

long sys_ppoll(struct pollfd __user *ufds, unsigned int nfds, void __user *tsp,
	       const uint64_t __user *sigmask, size_t sigsetsize)
{
	uint64_t end = NEVER;
	long error = begin(tsp, sigmask, sigsetsize, &end);

	return error ? error : finish(do_sys_poll(ufds, nfds, end));
}

/* The sixth argument is a pointer to two: the mask, and its size. */
long sys_pselect6(int n, void __user *inp, void __user *outp, void __user *exp,
		  void __user *tsp, const unsigned long __user *sig)
{
	void __user *const sets[] = { inp, outp, exp };
	unsigned long pair[2] = { 0 };
	uint64_t end = NEVER;
	long error;

	if (sig && get_user(pair, sig))
		return -EFAULT;
	error = begin(tsp, (void __user *)pair[0], pair[1], &end);
	return error ? error : finish(do_select(n, sets, end));
}
