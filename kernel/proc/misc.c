/*
 * misc.c - the calls that only ask, and those that only wait: the time, who
 * one is (root, always), random bytes, sleep. Linux: kernel/time,
 * kernel/sys.c, drivers/char/random.c.
 */
#include "abi/errno.h"
#include "abi/misc.h"
#include "dev/dev.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/signal.h"
#include "proc/task.h"

#define NSEC_PER_SEC 1000000000LL

/* ── Identity ─────────────────────────────────────────────────────────── */

long sys_getuid(void)
{
	return 0;
}

long sys_getgid(void)
{
	return 0;
}

long sys_geteuid(void)
{
	return 0;
}

long sys_getegid(void)
{
	return 0;
}

/* Where a thread's end is told: to other threads, which there are not. */
long sys_set_tid_address(int __user *tidptr)
{
	return current->pid;
}

/* ── Time ─────────────────────────────────────────────────────────────── */

static long seconds_since_1970(void)
{
	return boot_time_seconds() + sched_clock() / NSEC_PER_SEC;
}

long sys_time(long __user *tloc)
{
	long now = seconds_since_1970();

	if (tloc && copy_to_user(tloc, &now, sizeof(now)))
		return -EFAULT;
	return now;
}

long sys_gettimeofday(struct old_timeval32 __user *tv, void __user *tz)
{
	struct old_timeval32 now = {
		.tv_sec = seconds_since_1970(),
		.tv_usec = sched_clock() / 1000 % 1000000,
	};

	if (tv && copy_to_user(tv, &now, sizeof(now)))
		return -EFAULT;
	if (tz && clear_user(tz, 2 * sizeof(int))) /* UTC */
		return -EFAULT;
	return 0;
}

/* What tasks use is not counted: the four times are 0. */
long sys_times(long __user *tbuf)
{
	if (tbuf && clear_user(tbuf, 4 * sizeof(long)))
		return -EFAULT;
	return jiffies;
}

/* ── Sleep ────────────────────────────────────────────────────────────── */

static bool valid_time(const struct kernel_timespec *time)
{
	return time->tv_sec >= 0 && time->tv_nsec >= 0 &&
	       time->tv_nsec < NSEC_PER_SEC;
}

/*
 * Until END, ns since boot. Returns what is left, in ns: a signal came. If that
 * had no handler (stop, continue) the call is made again, and keeps its end.
 */
static uint64_t sleep_until(uint64_t end)
{
	uint64_t now;

	if (current->deadline)
		end = current->deadline;
	while ((now = sched_clock()) < end && !current->pending_signal)
		sleep_on((void *)&jiffies);
	current->deadline = now < end ? end : 0;
	return now < end ? end - now : 0;
}

/* Longer than anybody waits is as good as for ever. */
static uint64_t to_ns(const struct kernel_timespec *time)
{
	return min(time->tv_sec, 1LL << 33) * NSEC_PER_SEC + time->tv_nsec;
}

long sys_nanosleep(const struct old_timespec32 __user *rqtp,
		   struct old_timespec32 __user *rmtp)
{
	struct old_timespec32 old;
	struct kernel_timespec time;
	uint64_t left;

	if (copy_from_user(&old, rqtp, sizeof(old)))
		return -EFAULT;
	time.tv_sec = old.tv_sec;
	time.tv_nsec = old.tv_nsec;
	if (!valid_time(&time))
		return -EINVAL;
	left = sleep_until(sched_clock() + to_ns(&time));
	if (!left)
		return 0;
	old.tv_sec = left / NSEC_PER_SEC;
	old.tv_nsec = left % NSEC_PER_SEC;
	if (rmtp && copy_to_user(rmtp, &old, sizeof(old)))
		return -EFAULT;
	return -ERESTARTNOHAND;
}

long sys_clock_nanosleep(int which_clock, int flags,
			 const struct kernel_timespec __user *rqtp,
			 struct kernel_timespec __user *rmtp)
{
	bool absolute = flags & TIMER_ABSTIME;
	uint64_t start = absolute ? 0 : sched_clock();
	uint64_t offset = 0;
	struct kernel_timespec time;
	uint64_t left;

	if (which_clock != CLOCK_REALTIME && which_clock != CLOCK_MONOTONIC)
		return -EINVAL;
	if (copy_from_user(&time, rqtp, sizeof(time)))
		return -EFAULT;
	if (!valid_time(&time))
		return -EINVAL;
	if (absolute && which_clock == CLOCK_REALTIME)
		offset = boot_time_seconds() * NSEC_PER_SEC;
	left = to_ns(&time);
	left = sleep_until(start + left - min(offset, left));
	if (!left)
		return 0;
	time.tv_sec = left / NSEC_PER_SEC;
	time.tv_nsec = left % NSEC_PER_SEC;
	if (!absolute && rmtp && copy_to_user(rmtp, &time, sizeof(time)))
		return -EFAULT;
	return -ERESTARTNOHAND;
}

/* ── Random bytes ─────────────────────────────────────────────────────── */

/*
 * xorshift32 (Marsaglia 2003), and the same numbers after every boot: runs of
 * this kernel are to be repeated exactly, and nothing here is secret.
 */
static uint32_t next_random(void)
{
	static uint32_t state = 2463534242;

	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

long sys_getrandom(char __user *ubuf, size_t len, unsigned int flags)
{
	size_t done = 0;

	if (flags & ~(unsigned int)(GRND_NONBLOCK | GRND_RANDOM))
		return -EINVAL;
	len = min(len, (size_t)INT32_MAX);
	while (done < len) {
		uint32_t word = next_random();
		size_t size = min(len - done, sizeof(word));

		if (copy_to_user(ubuf + done, &word, size))
			return done ? (long)done : -EFAULT;
		done += size;
	}
	return done;
}
