/*
 * time.c - what time it is, sleep, and timers: clocks are read, waited for, and
 * looked at in every tick to see whose SIGALRM is due. Times are nanoseconds,
 * since boot if nothing else is said. Linux: kernel/time/.
 */
#include "abi/errno.h"
#include "abi/misc.h"
#include "dev/dev.h"
#include "lib/printk.h"
#include "mm/mm.h"
#include "proc/signal.h"
#include "proc/task.h"

#define NSEC_PER_TICK (NSEC_PER_SEC / HZ)

/* ── Between the program's forms of a time and ours ───────────────────── */

/*
 * Calls from this number on have 64 bits of seconds, older ones 32; else they
 * are the same calls.
 */
#define FIRST_TIME64 403

bool is_time64(void)
{
	return current_pt_regs()->orig_ax >= FIRST_TIME64;
}

static long put_timespec(void __user *user, int64_t ns)
{
	struct kernel_timespec time = { ns / NSEC_PER_SEC, ns % NSEC_PER_SEC };
	struct old_timespec32 old = { time.tv_sec, time.tv_nsec };

	return is_time64() ? put_user(time, user) : put_user(old, user);
}

/* A time beyond 270 years is as good as that. */
int64_t get_timespec(const void __user *user)
{
	struct kernel_timespec time;
	struct old_timespec32 old;

	if (is_time64() ? get_user(time, user) : get_user(old, user))
		return -EFAULT;
	if (!is_time64())
		time = (struct kernel_timespec){ old.tv_sec, old.tv_nsec };
	/* The upper half of tv_nsec is padding: programs have a long there. */
	if (time.tv_sec < 0 || (uint32_t)time.tv_nsec >= NSEC_PER_SEC)
		return -EINVAL;
	return min(time.tv_sec, 1LL << 33) * NSEC_PER_SEC +
	       (uint32_t)time.tv_nsec;
}

struct old_timeval32 ns_to_timeval(uint64_t ns)
{
	return (struct old_timeval32){ ns / NSEC_PER_SEC,
				       ns % NSEC_PER_SEC / NSEC_PER_USEC };
}

/* ── Clocks ───────────────────────────────────────────────────────────── */

/* -EINVAL: there is no such clock. */
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

long sys_clock_gettime(int which_clock, void __user *tp)
{
	int64_t now = read_clock(which_clock);

	return now < 0 ? now : put_timespec(tp, now);
}

/* All claim to count nanoseconds, as Linux's do if they are not coarse. */
long sys_clock_getres(int which_clock, void __user *tp)
{
	int64_t now = read_clock(which_clock);

	return now < 0 || !tp ? min(now, 0LL) : put_timespec(tp, 1);
}

long sys_time(long __user *tloc)
{
	long now = read_clock(CLOCK_REALTIME) / NSEC_PER_SEC;

	return tloc && put_user(now, tloc) ? -EFAULT : now;
}

long sys_gettimeofday(struct old_timeval32 __user *tv, void __user *tz)
{
	struct old_timeval32 now = ns_to_timeval(read_clock(CLOCK_REALTIME));

	if (tv && put_user(now, tv))
		return -EFAULT;
	if (tz && clear_user(tz, 2 * sizeof(int))) /* UTC */
		return -EFAULT;
	return 0;
}

/* ── Sleep ────────────────────────────────────────────────────────────── */

/*
 * For a time, or with TIMER_ABSTIME until CLOCK shows it. If a signal comes
 * that has no handler (stop, continue), the call is made again, and keeps its
 * end.
 */
long sys_clock_nanosleep(int which_clock, int flags, const void __user *rqtp,
			 void __user *rmtp)
{
	bool absolute = flags & TIMER_ABSTIME;
	int64_t end, now;

	if (which_clock != CLOCK_REALTIME && which_clock != CLOCK_MONOTONIC &&
	    which_clock != CLOCK_BOOTTIME)
		return -EINVAL;
	end = get_timespec(rqtp);
	if (end < 0)
		return end;
	if (!absolute)
		end += read_clock(which_clock);
	if (current->deadline)
		end = current->deadline;
	while ((now = read_clock(which_clock)) < end &&
	       !current->pending_signal)
		sleep_on((void *)&jiffies);
	current->deadline = now < end ? end : 0;
	if (now >= end)
		return 0;
	if (!absolute && rmtp && put_timespec(rmtp, end - now))
		return -EFAULT;
	return -ERESTARTNOHAND;
}

/* ── Timers ───────────────────────────────────────────────────────────── */

void run_itimers(void)
{
	uint64_t now = sched_clock();
	struct task_struct *task;

	list_for_each_entry(task, &init_task.tasks, tasks) {
		uint64_t next = task->timer_end + task->timer_interval;

		if (!task->timer_end || now < task->timer_end)
			continue;
		task->timer_end = task->timer_interval ? max(next, now) : 0;
		send_signal(task, SIGALRM, SI_KERNEL);
	}
}

/* Returns what the old one had left; if it is on that is some time. */
static uint64_t swap_timer(uint64_t ns, uint64_t interval)
{
	uint64_t now = sched_clock();
	uint64_t end = current->timer_end;

	current->timer_end = ns ? now + ns : 0;
	current->timer_interval = interval;
	return end ? max(end, now + NSEC_PER_USEC) - now : 0;
}

/* In ns, or -EINVAL. */
static int64_t timeval_to_ns(struct old_timeval32 time)
{
	if (time.tv_sec < 0 ||
	    (unsigned long)time.tv_usec >= NSEC_PER_SEC / NSEC_PER_USEC)
		return -EINVAL;
	return (int64_t)time.tv_sec * NSEC_PER_SEC +
	       time.tv_usec * NSEC_PER_USEC;
}

/* ITIMER_VIRTUAL and ITIMER_PROF, which measure the CPU's use, are refused. */
long sys_setitimer(int which, const struct old_itimerval32 __user *value,
		   struct old_itimerval32 __user *ovalue)
{
	struct old_itimerval32 new = { 0 }, old;
	int64_t ns, interval;

	if (value && get_user(new, value))
		return -EFAULT;
	ns = timeval_to_ns(new.it_value);
	interval = timeval_to_ns(new.it_interval);
	if (which != ITIMER_REAL || ns < 0 || interval < 0)
		return -EINVAL;
	old.it_interval = ns_to_timeval(current->timer_interval);
	old.it_value = ns_to_timeval(swap_timer(ns, interval));
	return ovalue ? put_user(old, ovalue) : 0;
}

/* Returns how many seconds were left. */
long sys_alarm(unsigned int seconds)
{
	uint64_t left = swap_timer(seconds * (uint64_t)NSEC_PER_SEC, 0);

	return left ? max((left + NSEC_PER_SEC / 2) / NSEC_PER_SEC, 1ULL) : 0;
}
