/*
 * sched.c - whose turn it is. Tasks stand in a ring; who sleeps is passed
 * over; when nobody wants to run, it is init_task's turn, which halts the CPU
 * until an interrupt changes that. Linux: kernel/sched/core.c.
 */
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/task.h"

extern char init_stack[];

struct task_struct init_task = {
	.state = TASK_RUNNING,
	.stack = init_stack,
	.comm = "swapper",
};
struct task_struct *current = &init_task;

void switch_to(unsigned long *save_sp, unsigned long next_sp); /* entry.asm */

void sched_init(void)
{
	INIT_LIST_HEAD(&init_task.tasks);
	*(unsigned long *)init_task.stack = STACK_MAGIC;
}

/* The next in the ring that wants to run; init_task only if nobody does. */
static struct task_struct *pick_next_task(void)
{
	struct task_struct *task;

	list_for_each_entry (task, &current->tasks, tasks)
		if (task != &init_task && task->state == TASK_RUNNING)
			return task;
	if (current->state == TASK_RUNNING)
		return current;
	return &init_task;
}

void schedule(void)
{
	struct task_struct *previous = current;
	struct task_struct *next = pick_next_task();

	BUG_ON(*(unsigned long *)current->stack != STACK_MAGIC);
	if (next == previous)
		return;
	current = next;
	set_kernel_stack((unsigned long)next->stack + THREAD_SIZE);
	switch_mm(next->mm);
	switch_to(&previous->kernel_sp, next->kernel_sp);
}

void sleep_on(void *channel)
{
	if (current->pending_signal)
		return;
	current->wait_channel = channel;
	current->state = TASK_INTERRUPTIBLE;
	schedule();
	current->wait_channel = NULL;
}

void wake_up(void *channel)
{
	struct task_struct *task;

	list_for_each_entry (task, &init_task.tasks, tasks)
		if (task->state == TASK_INTERRUPTIBLE &&
		    task->wait_channel == channel)
			task->state = TASK_RUNNING;
}

void force_signal(int signal)
{
	current->pending_signal = signal;
}

void signal_foreground(int signal)
{
	struct task_struct *task;

	list_for_each_entry (task, &init_task.tasks, tasks) {
		if (!task->mm)
			continue;
		task->pending_signal = signal;
		if (task->state == TASK_INTERRUPTIBLE)
			task->state = TASK_RUNNING;
	}
}

/*
 * The stack of a new task looks as if it had called switch_to() at the very
 * beginning of ENTRY: four saved registers and where to return.
 */
struct task_struct *kernel_thread(void (*entry)(void *), void *argument)
{
	static int last_pid;
	struct task_struct *task = kzalloc(sizeof(*task));
	struct page *stack;
	unsigned long *sp;

	if (!task)
		return NULL;
	stack = alloc_pages(1); /* THREAD_SIZE */
	if (!stack) {
		kfree(task);
		return NULL;
	}
	task->stack = page_address(stack);
	memset(task->stack, 0, THREAD_SIZE);
	*(unsigned long *)task->stack = STACK_MAGIC;
	task->pid = ++last_pid;
	task->state = TASK_RUNNING;
	strscpy(task->comm, current->comm, sizeof(task->comm));

	sp = (unsigned long *)((char *)task->stack + THREAD_SIZE -
			       sizeof(struct pt_regs));
	*--sp = (unsigned long)argument;
	*--sp = 0; /* ENTRY does not return */
	*--sp = (unsigned long)entry;
	sp -= 4; /* ebp, ebx, esi, edi */
	task->kernel_sp = (unsigned long)sp;
	list_add_tail(&task->tasks, &init_task.tasks);
	return task;
}

long sys_getpid(void)
{
	return current->pid;
}
