/*
 * sched.c - whose turn it is. Tasks stand in a ring; who sleeps is passed
 * over; when nobody wants to run, it is init_task's turn, which halts the CPU
 * until an interrupt changes that. Linux: kernel/sched/core.c.
 */
#include "abi/sched.h"
#include "dev/dev.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/signal.h"
#include "proc/task.h"

#define UNLIMITED RLIM_INFINITY, RLIM_INFINITY

extern char init_stack[];

struct task_struct init_task = {
	.state = TASK_RUNNING,
	.stack = init_stack,
	.comm = "swapper",
	.umask = 022,
	/* The limits to begin with: Linux's, but for NR_OPEN. */
	.rlim = {
		[RLIMIT_CPU ... RLIMIT_DATA] = { UNLIMITED },
		[RLIMIT_STACK] = { 8UL << 20, RLIM_INFINITY },
		[RLIMIT_CORE] = { 0, RLIM_INFINITY },
		[RLIMIT_RSS ... RLIMIT_NPROC] = { UNLIMITED },
		[RLIMIT_NOFILE] = { NR_OPEN, NR_OPEN },
		[RLIMIT_MEMLOCK] = { 8UL << 20, 8UL << 20 },
		[RLIMIT_AS ... RLIMIT_SIGPENDING] = { UNLIMITED },
		[RLIMIT_MSGQUEUE] = { 819200, 819200 },
		[RLIMIT_RTTIME] = { UNLIMITED },
	},
};
struct task_struct *current = &init_task;

void switch_to(unsigned long *save_sp, unsigned long next_sp); /* entry.asm */

void sched_init(void)
{
	INIT_LIST_HEAD(&init_task.tasks);
	set_memory_present(init_task.stack, false);
}

/*
 * The next in the ring that wants to run; CURRENT itself comes last. When
 * nobody does, it is init_task, which will halt.
 */
static struct task_struct *pick_next_task(void)
{
	struct task_struct *task;

	list_for_each_entry(task, &current->tasks, tasks)
		if (task->state == TASK_RUNNING)
			return task;
	return current->state == TASK_RUNNING ? current : &init_task;
}

void schedule(void)
{
	struct task_struct *previous = current;
	struct task_struct *next = pick_next_task();

	next->need_resched = false;
	if (next == previous)
		return;

	save_segments(&previous->fs, &previous->gs);
	fpu_save(previous->fpu);
	current = next;
	set_kernel_stack((unsigned long)next->stack + THREAD_SIZE);
	switch_mm(next->mm);
	load_segments(next->tls, next->fs, next->gs);
	fpu_restore(next->fpu);
	switch_to(&previous->kernel_sp, next->kernel_sp);
}

/* The next in the ring has its turn; this one's comes last. */
long sys_sched_yield(void)
{
	schedule();
	return 0;
}

static void sleep(void *channel, enum task_state state)
{
	current->wait_channel = channel;
	current->state = state;
	schedule();
	current->wait_channel = NULL;
}

int sleep_on(void *channel)
{
	if (current->pending_signal)
		return -ERESTARTSYS;
	sleep(channel, TASK_INTERRUPTIBLE);
	return 0;
}

void sleep_killable(void *channel)
{
	if (current->pending_signal != SIGKILL)
		sleep(channel, TASK_KILLABLE);
}

/* The ring is walked from CURRENT, which is awake, so that none is left out. */
void wake_up(void *channel)
{
	struct task_struct *task;

	list_for_each_entry(task, &current->tasks, tasks)
		if (task->wait_channel == channel &&
		    (task->state == TASK_INTERRUPTIBLE ||
		     task->state == TASK_KILLABLE))
			task->state = TASK_RUNNING;
}

struct task_struct *find_task(int pid)
{
	struct task_struct *task;

	list_for_each_entry(task, &init_task.tasks, tasks)
		if (task->pid == pid)
			return task;
	return NULL;
}

bool task_is(const struct task_struct *task, int type, int id)
{
	return type == P_ALL || id == (type == P_PID ? task->pid : task->pgrp);
}

/*
 * Called at each tick of the timer. Interrupts come in ring 3 only: whatever a
 * task uses counts as user time, as its time in the kernel ends there.
 */
void scheduler_tick(void)
{
	current->utime++;
	run_itimers();
	if (jiffies % TIME_SLICE == 0)
		current->need_resched = true;
}

/*
 * Signals first: what a system call returned because one was pending, another
 * task might take back (SIGCONT takes back SIGTSTP).
 */
void exit_to_user_mode(struct pt_regs *regs)
{
	do {
		if (current->pending_signal)
			do_signal(regs);
		if (current->need_resched)
			schedule();
	} while (current->pending_signal);
}
