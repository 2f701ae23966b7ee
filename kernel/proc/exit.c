/*
 * exit.c - the end of a task: it gives back its files and its memory and
 * stays, a zombie, until its exit code has been read; then the rest goes too.
 * Linux: kernel/exit.c.
 */
#include "dev/dev.h"
#include "fs/fs.h"
#include "lib/list.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/task.h"
#include "trace/trace.h"

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
	current->exit_code = code;
	current->state = TASK_ZOMBIE;
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

/* What is left of a zombie; returns its exit code. */
static int release_task(struct task_struct *task)
{
	int code = task->exit_code;

	BUG_ON(task->state != TASK_ZOMBIE);
	list_del(&task->tasks);
	free_pages(virt_to_page(task->stack), 1);
	kfree(task);
	return code;
}

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

/* Called by init_task only; while the program sleeps, it is the idle loop. */
int run_and_wait(const char *path, const char *const *argv,
		 const char *const *envp, const char *const *devices)
{
	struct program program = { path, argv, envp, devices };
	struct task_struct *task = kernel_thread(start_program, &program);

	if (!task)
		panic("no memory to start %s", path);
	while (task->state != TASK_ZOMBIE) {
		schedule();
		/* An interrupt is let in only together with the halt, so no
		 * wake-up falls between the question and the sleep. */
		if (task->state == TASK_INTERRUPTIBLE)
			__asm__ volatile("sti; hlt; cli" : : : "memory");
	}
	return release_task(task);
}
