/*
 * fork.c - one task becomes two. The child has the same memory without a copy
 * of it: both see the same frames, read-only, and whoever writes first gets a
 * copy of that one page (copy-on-write, mm/memory.c).
 *
 *     before   parent ── PTE rw ──→ frame
 *     fork     parent ── PTE r ──→ frame ←── r PTE ── child    _refcount 2
 *     a write  parent ── PTE rw ──→ copy     frame ←── r PTE ── child
 *
 * Linux: kernel/fork.c.
 */
#include "abi/errno.h"
#include "abi/sched.h"
#include "dev/dev.h"
#include "fs/fs.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/signal.h"
#include "proc/task.h"
#include "trace/trace.h"

#define STACK_ORDER 2 /* THREAD_SIZE */

/* entry.asm: where a child's first switch_to() returns to. */
void ret_from_fork(void);

#define PID_MAX       32768
#define RESERVED_PIDS 300 /* not given a second time: process 1 is the first */

/*
 * With all the stacks in an eighth of memory there are enough tasks, as on
 * Linux (set_max_threads()). All are root's, for whom RLIMIT_NPROC holds here;
 * Linux would spare root.
 */
static unsigned int nr_tasks;

static bool too_many_tasks(void)
{
	return nr_tasks >= min(rlimit(RLIMIT_NPROC),
			       max_low_pfn / (8 * THREAD_SIZE / PAGE_SIZE));
}

static bool pid_in_use(int pid)
{
	const struct task_struct *task;

	list_for_each_entry(task, &init_task.tasks, tasks)
		if (task->pid == pid || task->pgrp == pid ||
		    task->session == pid)
			return true;
	return false;
}

static int alloc_pid(void)
{
	static int last_pid;

	do
		last_pid = last_pid < PID_MAX ? last_pid + 1 : RESERVED_PIDS;
	while (pid_in_use(last_pid));
	return last_pid;
}

void free_task(struct task_struct *task)
{
	nr_tasks--;
	set_memory_present(task->stack, true);
	free_pages(virt_to_page(task->stack), STACK_ORDER);
	kfree(task);
}

/* A task with a stack, and all that it inherits. NULL: no memory. */
static struct task_struct *alloc_task(void)
{
	size_t own_size = offsetof(struct task_struct, pgrp);
	struct task_struct *task = kmalloc(sizeof(*task));
	struct page *stack;

	if (!task)
		return NULL;
	stack = alloc_pages(STACK_ORDER);
	if (!stack) {
		kfree(task);
		return NULL;
	}
	nr_tasks++;
	memset(task, 0, own_size);
	memcpy((char *)task + own_size, (char *)current + own_size,
	       sizeof(*task) - own_size);
	task->stack = page_address(stack);
	set_memory_present(task->stack, false);
	task->pid = alloc_pid();
	task->parent = current;
	task->start_time = sched_clock();
	return task;
}

/* Each open file, and the directory, has one user more. */
static void copy_files(struct task_struct *task)
{
	for (int fd = 0; fd < NR_OPEN; fd++)
		if (task->files[fd])
			file_get(task->files[fd]);
	inode_get(task->cwd);
}

/*
 * Let TASK run. Its stack looks as if it had called switch_to() at the very
 * beginning of ENTRY: four saved registers and where to return.
 */
static void start_task(struct task_struct *task, unsigned long *sp,
		       void (*entry)(void))
{
	*--sp = (unsigned long)entry;
	sp -= 4; /* ebp, ebx, esi, edi */
	memset(sp, 0, 4 * sizeof(*sp));
	copy_files(task);
	task->kernel_sp = (unsigned long)sp;
	task->state = TASK_RUNNING;
	list_add_tail(&task->tasks, &init_task.tasks);
}

struct task_struct *kernel_thread(void (*entry)(void *), void *argument)
{
	struct task_struct *task = alloc_task();
	unsigned long *sp;

	if (!task)
		return NULL;
	sp = (unsigned long *)task_pt_regs(task);
	*--sp = (unsigned long)argument;
	*--sp = 0; /* ENTRY does not return */
	start_task(task, sp, (void (*)(void))entry);
	return task;
}

/* The child continues where the parent called, and gets 0. */
static void copy_thread(struct task_struct *task, unsigned long new_sp)
{
	struct pt_regs *regs = task_pt_regs(task);

	*regs = *current_pt_regs();
	regs->ax = 0;
	if (new_sp)
		regs->sp = new_sp;
	save_segments(&task->fs, &task->gs);
	fpu_save(task->fpu);
	start_task(task, (unsigned long *)regs, ret_from_fork);
}

/*
 * Until the child, by exec or exit, leaves the memory it has been lent, and the
 * stack in it: handlers must not run meanwhile.
 */
static void wait_for_vfork_done(int pid)
{
	const struct task_struct *child;

	while ((child = find_task(pid)) && child->mm == current->mm &&
	       current->pending_signal != SIGKILL)
		sleep_killable(current->mm);
}

/* The child's first steps, in its own memory; called by ret_from_fork. */
void schedule_tail(void)
{
	if (current->set_child_tid)
		copy_to_user(current->set_child_tid, &current->pid,
			     sizeof(current->pid));
}

/* The forms that C libraries use for processes; threads are not among them. */
long sys_clone(unsigned long flags, unsigned long new_sp,
	       int __user *parent_tid, unsigned long tls, int __user *child_tid)
{
	struct task_struct *task;
	int pid;

	if (flags & ~(unsigned long)(CSIGNAL | CLONE_VM | CLONE_VFORK |
				     CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID))
		return -EINVAL;
	if ((flags & CLONE_VM) && !(flags & CLONE_VFORK))
		return -EINVAL;
	if (too_many_tasks())
		return -EAGAIN;
	task = alloc_task();
	if (!task)
		return -ENOMEM;
	task->mm = flags & CLONE_VM ? current->mm : dup_mm(current->mm);
	if (!task->mm) {
		free_task(task);
		return -ENOMEM;
	}
	if (flags & CLONE_VM)
		task->mm->mm_users++;
	if (flags & CLONE_CHILD_SETTID)
		task->set_child_tid = child_tid;
	copy_thread(task, new_sp);
	trace_fork(task);
	pid = task->pid;
	if (flags & CLONE_VFORK)
		wait_for_vfork_done(pid);
	return pid;
}
