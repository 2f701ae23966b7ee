/*
 * session.c - process groups and sessions. A shell makes a group of every job,
 * so that the terminal's keys and kill() reach all its processes at once; the
 * groups that share a terminal are a session. Both are named after the process
 * that led them first. Linux: kernel/sys.c.
 *
 *     session 1 ─┬─ group 1: sh                 the leader of the session
 *                ├─ group 5: ls | sort          in the foreground: reads keys
 *                └─ group 7: find               in the background
 */
#include "abi/errno.h"
#include "abi/sched.h"
#include "lib/printk.h"
#include "proc/signal.h"
#include "proc/task.h"

/* PID, where 0 means CURRENT. */
static struct task_struct *task_or_current(int pid)
{
	return pid ? find_task(pid) : current;
}

bool session_has_pgrp(int session, int pgrp)
{
	struct task_struct *task;

	list_for_each_entry(task, &init_task.tasks, tasks)
		if (task->pgrp == pgrp && task->session == session)
			return true;
	return false;
}

/* A shell calls it for its children, and they for themselves: who is first? */
long sys_setpgid(int pid, int pgid)
{
	struct task_struct *task = task_or_current(pid);

	pgid = pgid ? pgid : pid;
	if (pgid < 0)
		return -EINVAL;
	if (!task || (task != current && task->parent != current))
		return -ESRCH;
	if (task != current && task->session == current->session &&
	    task->did_exec)
		return -EACCES;
	if (task->session != current->session || task->session == task->pid)
		return -EPERM;
	if (!pgid)
		pgid = task->pid;
	if (pgid != task->pid && !session_has_pgrp(task->session, pgid))
		return -EPERM;
	task->pgrp = pgid;
	return 0;
}

long sys_getpgid(int pid)
{
	struct task_struct *task = task_or_current(pid);

	return task ? task->pgrp : -ESRCH;
}

long sys_getsid(int pid)
{
	struct task_struct *task = task_or_current(pid);

	return task ? task->session : -ESRCH;
}

/* A session of its own, without a terminal. */
long sys_setsid(void)
{
	if (kill_tasks(P_PGID, current->pid, 0, 0) == 0)
		return -EPERM;
	current->session = current->pid;
	current->pgrp = current->pid;
	return current->pid;
}
