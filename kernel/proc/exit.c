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
	if (mm)
		mmput(mm);
	complete_vfork(current);
	forget_children();
	current->exit_code = code;
	current->state = TASK_ZOMBIE;
	send_signal(current->parent, SIGCHLD);
	wake_up(current->parent);
	schedule();
	panic("a zombie ran");
}

long sys_exit(int error_code)
{
	do_exit((error_code & 0xff) << 8);
}

/* Until there are threads, a group is one task. */
long sys_exit_group(int error_code)
{
	do_exit((error_code & 0xff) << 8);
}

/* ── Waiting ──────────────────────────────────────────────────────────── */

/* The last of a zombie; returns its exit code. */
static int release_task(struct task_struct *task)
{
	int code = task->exit_code;

	BUG_ON(task->state != TASK_ZOMBIE);
	list_del(&task->tasks);
	proc_flush_task(task);
	free_task(task);
	return code;
}

/* A zombie among CURRENT's children that PID means (-1: any); or NULL.
 * *CHILDREN: are there any that PID means, zombies or not? */
static struct task_struct *find_zombie(int pid, bool *children)
{
	struct task_struct *task;

	*children = false;
	list_for_each_entry(task, &init_task.tasks, tasks) {
		if (task == &init_task || task->parent != current)
			continue;
		if (pid > 0 && task->pid != pid)
			continue;
		*children = true;
		if (task->state == TASK_ZOMBIE)
			return task;
	}
	return NULL;
}

/* What a child used is not counted: RUSAGE, if asked for, is all zeroes. */
long sys_wait4(int pid, int __user *status, int options, void __user *rusage)
{
	struct task_struct *task;
	bool children;
	int code;

	if (options & ~(WNOHANG | WUNTRACED | WCONTINUED))
		return -EINVAL;
	while (!(task = find_zombie(pid, &children))) {
		if (!children)
			return -ECHILD;
		if (options & WNOHANG)
			return 0;
		if (current->pending_signal)
			return -ERESTARTSYS;
		sleep_on(current);
	}
	pid = task->pid;
	code = release_task(task);
	if (rusage && clear_user(rusage, SIZE_OF_RUSAGE))
		return -EFAULT;
	if (status && copy_to_user(status, &code, sizeof(code)))
		return -EFAULT;
	return pid;
}

long sys_waitpid(int pid, int __user *status, int options)
{
	return sys_wait4(pid, status, options, NULL);
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

/* All tasks but the boot's own are to end. */
static void kill_all(void)
{
	struct task_struct *task;

	list_for_each_entry(task, &init_task.tasks, tasks) {
		if (task == &init_task || task->state == TASK_ZOMBIE)
			continue;
		send_signal(task, SIGKILL);
	}
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
	struct task_struct *zombie;
	bool children = true;
	int code = 0;

	if (!main)
		panic("no memory to start %s", path);
	while (children) {
		while ((zombie = find_zombie(-1, &children))) {
			bool last = zombie == main;
			int zombie_code = release_task(zombie);

			if (!last)
				continue;
			code = zombie_code;
			kill_all();
		}
		idle();
	}
	return code;
}
