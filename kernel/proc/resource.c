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

/* Root may raise even the upper limit: nobody else is here. */
static int do_prlimit(struct task_struct *task, unsigned int resource,
		      const struct rlimit *new_rlim, struct rlimit *old_rlim)
{
	if (resource >= RLIM_NLIMITS)
		return -EINVAL;
	if (new_rlim && new_rlim->rlim_cur > new_rlim->rlim_max)
		return -EINVAL;
	if (new_rlim && resource == RLIMIT_NOFILE &&
	    new_rlim->rlim_max > NR_OPEN)
		return -EPERM;
	if (old_rlim)
		*old_rlim = task->rlim[resource];
	if (new_rlim)
		task->rlim[resource] = *new_rlim;
	return 0;
}

long sys_getrlimit(unsigned int resource, struct rlimit __user *rlim)
{
	struct rlimit old;
	int error = do_prlimit(current, resource, NULL, &old);

	return error ? error : put_user(old, rlim);
}

long sys_setrlimit(unsigned int resource, const struct rlimit __user *rlim)
{
	struct rlimit new;

	if (get_user(new, rlim))
		return -EFAULT;
	return do_prlimit(current, resource, &new, NULL);
}

/* What does not fit into a long is infinity, in both directions. */
static unsigned long to_rlim(uint64_t value)
{
	return min(value, (uint64_t)RLIM_INFINITY);
}

static uint64_t to_rlim64(unsigned long value)
{
	return value == RLIM_INFINITY ? RLIM64_INFINITY : value;
}

long sys_prlimit64(int pid, unsigned int resource,
		   const struct rlimit64 __user *new_rlim,
		   struct rlimit64 __user *old_rlim)
{
	struct task_struct *task = pid ? find_task(pid) : current;
	struct rlimit64 limit64;
	struct rlimit new, old;
	int error;

	if (new_rlim) {
		if (get_user(limit64, new_rlim))
			return -EFAULT;
		new.rlim_cur = to_rlim(limit64.rlim_cur);
		new.rlim_max = to_rlim(limit64.rlim_max);
	}
	if (!task)
		return -ESRCH;
	error = do_prlimit(task, resource, new_rlim ? &new : NULL, &old);
	if (error || !old_rlim)
		return error;
	limit64.rlim_cur = to_rlim64(old.rlim_cur);
	limit64.rlim_max = to_rlim64(old.rlim_max);
	return put_user(limit64, old_rlim);
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
