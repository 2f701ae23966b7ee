/*
 * resource.c - how much of each thing a task may have: asked for and set here,
 * inherited by fork(), kept by exec, and looked at where the thing is given
 * out, with rlimit(). Linux: kernel/sys.c.
 */
#include "abi/errno.h"
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

	if (!error && copy_to_user(rlim, &old, sizeof(old)))
		error = -EFAULT;
	return error;
}

long sys_setrlimit(unsigned int resource, const struct rlimit __user *rlim)
{
	struct rlimit new;

	if (copy_from_user(&new, rlim, sizeof(new)))
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
		if (copy_from_user(&limit64, new_rlim, sizeof(limit64)))
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
	return copy_to_user(old_rlim, &limit64, sizeof(limit64)) ? -EFAULT : 0;
}
