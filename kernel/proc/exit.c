/*
 * exit.c - the end of a task: it gives back its files and its memory and
 * stays, a zombie, until its exit code has been read; then the rest goes too.
 * Linux: kernel/exit.c.
 */
#include "abi/errno.h"
#include "abi/misc.h"
#include "abi/sched.h"
#include "dev/dev.h"
#include "fs/fs.h"
#include "lib/list.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/signal.h"
#include "proc/task.h"
#include "trace/trace.h"

/* Its children's parent is the boot's own task from now on. */
static void forget_children(void)
{
	struct task_struct *task;

	list_for_each_entry(task, &init_task.tasks, tasks)
		if (task->parent == current)
			task->parent = &init_task;
	wake_up(&init_task);
}

void do_exit(int code)
{
	struct mm_struct *mm = current->mm;

	if (trace_on(TRACE_SCHED))
		trace_printf("sched_process_exit",
			     "comm=%s pid=%d exit_code=0x%x", current->comm,
			     current->pid, code);
	close_files(current);
	current->mm = NULL;
	switch_mm(NULL);
	if (mm) {
		wake_up(mm); /* a parent in vfork() */
		mmput(mm);
	}
	current->exit_code = code;
	current->traced = false;
	current->state = TASK_ZOMBIE;
	forget_children();
	if (!notify_parent(current)) {
		current->parent = &init_task;
		wake_up(&init_task);
	}
	schedule();
	panic("a zombie ran");
}

/* exit_group(), too: a group of threads is one task. */
long sys_exit(int error_code)
{
	do_exit((error_code & 0xff) << 8);
}

/* ── Waiting ──────────────────────────────────────────────────────────── */

/* Does a child have something to tell that OPTIONS ask for? */
static bool has_news(const struct task_struct *task, int options)
{
	if (task->state == TASK_ZOMBIE || !task->exit_code)
		return task->state == TASK_ZOMBIE;
	return options &
	       (task->exit_code == CONTINUED_CODE ? WCONTINUED : WUNTRACED);
}

/* Returns TASK's pid, with its news in *CODE. This is the last of a zombie. */
static int take_news(struct task_struct *task, int *code)
{
	int pid = task->pid;

	*code = task->exit_code;
	task->exit_code = 0;
	if (task->state == TASK_ZOMBIE) {
		current->cutime += task->utime + task->cutime;
		list_del(&task->tasks);
		proc_flush_task(task);
		free_task(task);
	}
	return pid;
}

/*
 * For news of a child; TYPE, one of P_*, and ID say which it may be. Returns
 * its pid, with the news in *CODE; 0: WNOHANG; or -errno.
 */
static long do_wait(int type, int id, int options, int *code)
{
	struct task_struct *task;

	for (;;) {
		long result = -ECHILD;

		list_for_each_entry(task, &init_task.tasks, tasks) {
			if (task->parent != current || !task_is(task, type, id))
				continue;
			if (has_news(task, options))
				return take_news(task, code);
			result = 0;
		}
		if (result || (options & WNOHANG))
			return result;
		if (current->pending_signal)
			return -ERESTARTSYS;
		sleep_on(current);
	}
}

/* RUSAGE: what a child that has ended used. */
long sys_wait4(int pid, int __user *status, int options, void __user *rusage)
{
	int type = pid > 0 ? P_PID : pid == -1 ? P_ALL : P_PGID;
	unsigned long before = current->cutime;
	int code;
	long result;

	if (options &
	    ~(WNOHANG | WUNTRACED | WCONTINUED | __WNOTHREAD | __WALL))
		return -EINVAL;
	if (pid == INT32_MIN)
		return -ESRCH;
	if (type == P_PGID)
		pid = pid ? -pid : current->pgrp;
	result = do_wait(type, pid, options, &code);
	if (result <= 0)
		return result;
	if (rusage && put_rusage(rusage, current->cutime - before))
		return -EFAULT;
	return status && put_user(code, status) ? -EFAULT : result;
}

/* ── The boot's programs ──────────────────────────────────────────────── */

/* What run_and_wait() hands to the new task. */
struct program {
	const char *path;
	const char *const *argv;
	const char *const *envp;
	const char *const *devices; /* of file descriptors 0, 1, 2 */
};

static void start_program(void *argument)
{
	const struct program *program = argument;
	int error;

	sys_setsid();
	set_controlling_terminal();
	for (int fd = 0; fd < 3; fd++) {
		struct file *file = filp_open(program->devices[fd], O_RDWR);

		if (IS_ERR(file))
			printk("%s: cannot be opened, error %ld\n",
			       program->devices[fd], -PTR_ERR(file));
		else
			current->files[fd] = file;
	}
	error = kernel_execve(program->path, program->argv, program->envp);
	if (error) {
		pr_warn("%s: cannot be run, error %d\n", program->path, -error);
		do_exit(127 << 8);
	}
	return_to_user(current_pt_regs());
}

/*
 * Sleep until a child has ended. While nobody else wants to run either, halt:
 * an interrupt is let in only together with the halt, so no wake-up falls
 * between the question and the sleep.
 */
static void idle(void)
{
	current->wait_channel = current;
	current->state = TASK_INTERRUPTIBLE;
	schedule();
	if (current->state == TASK_INTERRUPTIBLE)
		__asm__ volatile("sti; hlt; cli" : : : "memory");
	current->state = TASK_RUNNING;
}

/*
 * Called by init_task only, whose life this is: it lets others run, reaps
 * orphans, and halts the CPU while nobody wants it. When the program PATH has
 * ended, so do those that it left behind.
 */
int run_and_wait(const char *path, const char *const *argv,
		 const char *const *envp, const char *const *devices)
{
	struct program program = { path, argv, envp, devices };
	struct task_struct *main = kernel_thread(start_program, &program);
	int code = 0;
	int main_pid, pid, child_code;

	if (!main)
		panic("no memory to start %s", path);
	main_pid = main->pid;
	while ((pid = do_wait(P_ALL, 0, WNOHANG, &child_code)) >= 0) {
		if (pid == main_pid) {
			code = child_code;
			kill_tasks(P_ALL, 0, SIGKILL, SI_KERNEL);
		} else if (!pid) {
			idle();
		}
	}
	return code;
}
