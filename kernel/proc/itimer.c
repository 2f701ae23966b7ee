/*
 * itimer.c - alarm() and setitimer(): SIGALRM when a time has passed, once or
 * again and again. The clock's ticks count it down for every task, whoever
 * runs. Linux: kernel/time/itimer.c.
 */
#include "abi/errno.h"
#include "abi/misc.h"
#include "dev/dev.h"
#include "lib/printk.h"
#include "mm/mm.h"
#include "proc/signal.h"
#include "proc/task.h"

#define USEC_PER_SEC  1000000
#define USEC_PER_TICK (USEC_PER_SEC / HZ)
#define MAX_SECONDS   (INT32_MAX / HZ - 1) /* 248 days; Linux has more */

void run_itimers(void)
{
	struct task_struct *task;

	list_for_each_entry(task, &init_task.tasks, tasks) {
		if (!task->timer_left || --task->timer_left)
			continue;
		task->timer_left = task->timer_interval;
		send_signal(task, SIGALRM, SI_KERNEL);
	}
}

static unsigned long to_ticks(long seconds, long microseconds)
{
	return min(seconds, (long)MAX_SECONDS) * HZ +
	       (microseconds + USEC_PER_TICK - 1) / USEC_PER_TICK;
}

static struct old_timeval32 to_timeval(unsigned long ticks)
{
	return (struct old_timeval32){ ticks / HZ, ticks % HZ * USEC_PER_TICK };
}

static bool is_valid(const struct old_timeval32 *time)
{
	return time->tv_sec >= 0 && time->tv_usec >= 0 &&
	       time->tv_usec < USEC_PER_SEC;
}

/* One tick more: part of the present one is over. */
static void set_timer(unsigned long ticks, unsigned long interval)
{
	current->timer_left = ticks ? ticks + 1 : 0;
	current->timer_interval = interval;
}

/* ITIMER_VIRTUAL and ITIMER_PROF, which measure the CPU's use, are refused. */
long sys_getitimer(int which, struct old_itimerval32 __user *value)
{
	struct old_itimerval32 now = {
		.it_interval = to_timeval(current->timer_interval),
		.it_value = to_timeval(current->timer_left),
	};

	if (which != ITIMER_REAL)
		return -EINVAL;
	return copy_to_user(value, &now, sizeof(now)) ? -EFAULT : 0;
}

long sys_setitimer(int which, const struct old_itimerval32 __user *value,
		   struct old_itimerval32 __user *ovalue)
{
	struct old_itimerval32 new = { 0 };
	long error = 0;

	if (value && copy_from_user(&new, value, sizeof(new)))
		return -EFAULT;
	if (which != ITIMER_REAL || !is_valid(&new.it_value) ||
	    !is_valid(&new.it_interval))
		return -EINVAL;
	if (ovalue)
		error = sys_getitimer(which, ovalue);
	set_timer(to_ticks(new.it_value.tv_sec, new.it_value.tv_usec),
		  to_ticks(new.it_interval.tv_sec, new.it_interval.tv_usec));
	return error;
}

/* Returns how many seconds were left. */
long sys_alarm(unsigned int seconds)
{
	unsigned long left = current->timer_left;

	set_timer(to_ticks(min(seconds, (unsigned int)MAX_SECONDS), 0), 0);
	return left ? max((left + HZ / 2) / HZ, 1UL) : 0;
}
