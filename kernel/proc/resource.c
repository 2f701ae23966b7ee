/*
 * resource.c - how much of each thing a task may have, and has had. Limits are
 * asked for and set here, inherited by fork(), kept by exec, and looked at
 * where the thing is given out, with rlimit(). Linux: kernel/sys.c.
 */
#include "abi/errno.h"
#include "abi/misc.h"
#include "abi/sched.h"
#include "dev/dev.h"
#include "mm/mm.h"
#include "proc/task.h"

/* What does not fit into a long is infinity, in both directions. */
static unsigned long to_rlim(uint64_t value)
{
	return min(value, (uint64_t)RLIM_INFINITY);
}

static uint64_t to_rlim64(unsigned long value)
{
	return value == RLIM_INFINITY ? RLIM64_INFINITY : value;
}

/*
 * prlimit64(), and with limits of 32 bits getrlimit() and setrlimit(), each of
 * which has one pointer. Root may raise even the upper limit: nobody else is
 * here.
 */
long do_prlimit(int pid, unsigned int resource, const void __user *new_rlim,
		void __user *old_rlim, bool is64)
{
	struct task_struct *task = pid ? find_task(pid) : current;
	struct rlimit new, old;
	struct rlimit64 new64, old64;

	if (resource >= RLIM_NLIMITS)
		return -EINVAL;
	if (!task)
		return -ESRCH;
	old = task->rlim[resource];
	old64.rlim_cur = to_rlim64(old.rlim_cur);
	old64.rlim_max = to_rlim64(old.rlim_max);
	if (new_rlim || (!is64 && !old_rlim)) {
		if (is64 ? get_user(new64, new_rlim) : get_user(new, new_rlim))
			return -EFAULT;
		if (is64)
			new = (struct rlimit){ to_rlim(new64.rlim_cur),
					       to_rlim(new64.rlim_max) };
		if (new.rlim_cur > new.rlim_max)
			return -EINVAL;
		if (resource == RLIMIT_NOFILE && new.rlim_max > NR_OPEN)
			return -EPERM;
		task->rlim[resource] = new;
	}
	if (!old_rlim)
		return 0;
	return is64 ? put_user(old64, old_rlim) : put_user(old, old_rlim);
}

/* ── Used up ──────────────────────────────────────────────────────────── */

long sys_times(long __user *tbuf)
{
	long ticks[4] = { current->utime, 0, current->cutime, 0 };

	return tbuf && put_user(ticks, tbuf) ? -EFAULT : (long)jiffies;
}

int put_rusage(void __user *rusage, unsigned long ticks)
{
	struct old_timeval32 utime =
		ns_to_timeval(ticks * (uint64_t)(NSEC_PER_SEC / HZ));

	return clear_user(rusage, SIZE_OF_RUSAGE) ? -EFAULT
						  : put_user(utime, rusage);
}

long sys_getrusage(int who, void __user *ru)
{
	if (who != RUSAGE_SELF && who != RUSAGE_THREAD &&
	    who != RUSAGE_CHILDREN)
		return -EINVAL;
	return put_rusage(ru, who == RUSAGE_CHILDREN ? current->cutime
						     : current->utime);
}
