/*
 * misc.c - the calls that only ask, and those that only wait: the time, who
 * one is (root, always), random bytes, sleep. Linux: kernel/time,
 * kernel/sys.c, drivers/char/random.c.
 */
#include "abi/errno.h"
#include "abi/misc.h"
#include "abi/sched.h"
#include "dev/dev.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/signal.h"
#include "proc/task.h"

#define NSEC_PER_SEC  1000000000LL
#define NSEC_PER_TICK (NSEC_PER_SEC / HZ)

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

/* Nanoseconds on CLOCK, or -EINVAL. */
static int64_t read_clock(int clock)
{
	switch (clock) {
	case CLOCK_REALTIME:
	case CLOCK_REALTIME_COARSE:
		return boot_time_seconds() * NSEC_PER_SEC + sched_clock();
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_MONOTONIC_COARSE:
	case CLOCK_BOOTTIME:
		return sched_clock();
	case CLOCK_PROCESS_CPUTIME_ID:
	case CLOCK_THREAD_CPUTIME_ID:
		return (int64_t)current->utime * NSEC_PER_TICK;
	}
	return -EINVAL;
}

/*
 * Programs have two forms of a time: WIDE, with 64 bits of seconds, and the
 * old one with 32. NANOSECONDS may be an error instead.
 */
static long put_timespec(void __user *user, int64_t nanoseconds, bool wide)
{
	struct kernel_timespec time = {
		.tv_sec = nanoseconds / NSEC_PER_SEC,
		.tv_nsec = nanoseconds % NSEC_PER_SEC,
	};
	struct old_timespec32 old = { time.tv_sec, time.tv_nsec };
	unsigned long left;

	if (nanoseconds < 0)
		return nanoseconds;
	left = wide ? copy_to_user(user, &time, sizeof(time))
		    : copy_to_user(user, &old, sizeof(old));
	return left ? -EFAULT : 0;
}

/* In nanoseconds, or an error. A time beyond 270 years is as good as that. */
int64_t get_timespec(const void __user *user, bool wide)
{
	struct kernel_timespec time;
	struct old_timespec32 old;

	if (wide ? copy_from_user(&time, user, sizeof(time))
		 : copy_from_user(&old, user, sizeof(old)))
		return -EFAULT;
	if (!wide)
		time = (struct kernel_timespec){ old.tv_sec, old.tv_nsec };
	if (time.tv_sec < 0 || time.tv_nsec < 0 || time.tv_nsec >= NSEC_PER_SEC)
		return -EINVAL;
	return min(time.tv_sec, 1LL << 33) * NSEC_PER_SEC + time.tv_nsec;
}

long sys_clock_gettime(int which_clock, struct kernel_timespec __user *tp)
{
	return put_timespec(tp, read_clock(which_clock), true);
}

long sys_clock_gettime32(int which_clock, struct old_timespec32 __user *tp)
{
	return put_timespec(tp, read_clock(which_clock), false);
}

/* Those that are not coarse claim to count nanoseconds, as Linux's do. */
static long clock_getres(int clock, void __user *user, bool wide)
{
	bool coarse = clock == CLOCK_REALTIME_COARSE ||
		      clock == CLOCK_MONOTONIC_COARSE;
	int64_t resolution = coarse ? NSEC_PER_TICK
				    : min(read_clock(clock), 1LL);

	return user ? put_timespec(user, resolution, wide)
		    : min(resolution, 0LL);
}

long sys_clock_getres(int which_clock, struct kernel_timespec __user *tp)
{
	return clock_getres(which_clock, tp, true);
}

long sys_clock_getres_time32(int which_clock, struct old_timespec32 __user *tp)
{
	return clock_getres(which_clock, tp, false);
}

/* ── Used up ──────────────────────────────────────────────────────────── */

long sys_times(long __user *tbuf)
{
	long ticks[4] = { current->utime, 0, current->cutime, 0 };

	if (tbuf && copy_to_user(tbuf, ticks, sizeof(ticks)))
		return -EFAULT;
	return jiffies;
}

int put_rusage(void __user *rusage, unsigned long ticks)
{
	struct old_timeval32 utime = {
		.tv_sec = ticks / HZ,
		.tv_usec = ticks % HZ * (1000000 / HZ),
	};

	if (clear_user(rusage, SIZE_OF_RUSAGE) ||
	    copy_to_user(rusage, &utime, sizeof(utime)))
		return -EFAULT;
	return 0;
}

long sys_getrusage(int who, void __user *ru)
{
	switch (who) {
	case RUSAGE_SELF:
	case RUSAGE_THREAD:
		return put_rusage(ru, current->utime);
	case RUSAGE_CHILDREN:
		return put_rusage(ru, current->cutime);
	}
	return -EINVAL;
}

/* ── Sleep ────────────────────────────────────────────────────────────── */

/*
 * For a time, or with TIMER_ABSTIME until CLOCK shows it. If a signal comes
 * that has no handler (stop, continue), the call is made again, and keeps its
 * end.
 */
static long clock_nanosleep(int clock, int flags, const void __user *request,
			    void __user *remainder, bool wide)
{
	bool absolute = flags & TIMER_ABSTIME;
	int64_t end, now;

	if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC &&
	    clock != CLOCK_BOOTTIME)
		return -EINVAL;
	end = get_timespec(request, wide);
	if (end < 0)
		return end;
	if (!absolute)
		end += read_clock(clock);
	if (current->deadline)
		end = current->deadline;
	while ((now = read_clock(clock)) < end && !current->pending_signal)
		sleep_on((void *)&jiffies);
	current->deadline = now < end ? end : 0;
	if (now >= end)
		return 0;
	if (!absolute && remainder && put_timespec(remainder, end - now, wide))
		return -EFAULT;
	return -ERESTARTNOHAND;
}

long sys_clock_nanosleep(int which_clock, int flags,
			 const struct kernel_timespec __user *rqtp,
			 struct kernel_timespec __user *rmtp)
{
	return clock_nanosleep(which_clock, flags, rqtp, rmtp, true);
}

long sys_clock_nanosleep_time32(int which_clock, int flags,
				const struct old_timespec32 __user *rqtp,
				struct old_timespec32 __user *rmtp)
{
	return clock_nanosleep(which_clock, flags, rqtp, rmtp, false);
}

long sys_nanosleep(const struct old_timespec32 __user *rqtp,
		   struct old_timespec32 __user *rmtp)
{
	return clock_nanosleep(CLOCK_MONOTONIC, 0, rqtp, rmtp, false);
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
