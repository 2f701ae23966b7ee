/*
 * proc.c - /proc: what the kernel knows of memory and of the program that
 * asks, in the formats of Linux's fs/proc/array.c and meminfo.c
 * (described in proc(5)). Fields of things that do not exist here are 0 where
 * a position must be filled, and left out where fields have names.
 */
#include "abi/errno.h"
#include "dev/dev.h"
#include "fs/fs.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/task.h"

#define USER_HZ 100 /* clock ticks a second, as programs count them */

/* ── What several files tell of an address space ──────────────────────── */

/* Pages of the program's own text. */
static unsigned long mm_text(const struct mm_struct *mm)
{
	unsigned long text =
		PAGE_ALIGN(mm->end_code) - (mm->start_code & PAGE_MASK);

	return min(text >> PAGE_SHIFT, mm->exec_vm);
}

/* Faults that were resolved; none of them waits for a disk: all minor. */
static unsigned long mm_min_flt(const struct mm_struct *mm)
{
	unsigned long sum = 0;

	for (int kind = 0; kind < FAULT_REFUSED; kind++)
		sum += mm->fault_count[kind];
	return sum;
}

/* ── /proc/PID/status, statm, stat ───────────────────────────────────── */

/* Linux: task_state_array[] */
static const char *const task_states[] = {
	[TASK_RUNNING] = "R (running)",
	[TASK_INTERRUPTIBLE] = "S (sleeping)",
	[TASK_KILLABLE] = "D (disk sleep)",
	[TASK_STOPPED] = "T (stopped)",
	[TASK_ZOMBIE] = "Z (zombie)",
};

static void show_kb(struct seq_file *seq, const char *name, unsigned long pages)
{
	seq_printf(seq, "%s:\t%8lu kB\n", name, PAGES_TO_KIB(pages));
}

/* Linux: task_mem() */
static void status_mem(struct seq_file *seq, const struct mm_struct *mm)
{
	unsigned long rss = get_mm_rss(mm);
	unsigned long text = mm_text(mm);

	show_kb(seq, "VmPeak", max(mm->hiwater_vm, mm->total_vm));
	show_kb(seq, "VmSize", mm->total_vm);
	show_kb(seq, "VmHWM", max(mm->hiwater_rss, rss));
	show_kb(seq, "VmRSS", rss);
	show_kb(seq, "RssAnon", mm->rss_stat[MM_ANONPAGES]);
	show_kb(seq, "RssFile", mm->rss_stat[MM_FILEPAGES]);
	show_kb(seq, "VmData", mm->data_vm);
	show_kb(seq, "VmStk", mm->stack_vm);
	show_kb(seq, "VmExe", text);
	show_kb(seq, "VmLib", mm->exec_vm - text);
	show_kb(seq, "VmPTE", mm->nr_ptes);
}

static void proc_status_show(struct seq_file *seq, void *data)
{
	const struct task_struct *task = data;

	seq_printf(seq,
		   "Name:\t%s\n"
		   "State:\t%s\n"
		   "Tgid:\t%d\n"
		   "Pid:\t%d\n"
		   "PPid:\t%ld\n"
		   "Uid:\t0\t0\t0\t0\n"
		   "Gid:\t0\t0\t0\t0\n"
		   "FDSize:\t%d\n",
		   task->comm, task_states[task->state], task->pid, task->pid,
		   task_ppid(task), NR_OPEN);
	if (task->mm)
		status_mem(seq, task->mm);
	seq_printf(seq, "Threads:\t1\n");
}

/* Of a task that has ended all is 0. */
static const struct mm_struct *task_mm(const struct task_struct *task)
{
	static const struct mm_struct no_mm;

	return task->mm ?: &no_mm;
}

/* Linux: proc_pid_statm(), in pages */
static void proc_statm_show(struct seq_file *seq, void *data)
{
	const struct mm_struct *mm = task_mm(data);

	seq_printf(seq, "%lu %lu %ld %lu 0 %lu 0\n", mm->total_vm,
		   get_mm_rss(mm), mm->rss_stat[MM_FILEPAGES], mm_text(mm),
		   mm->data_vm + mm->stack_vm);
}

/* The 52 fields of proc(5); Linux: do_task_stat() */
static void proc_stat_show(struct seq_file *seq, void *data)
{
	const struct task_struct *task = data;
	const struct mm_struct *mm = task_mm(task);
	unsigned long start_time = task->start_time / (NSEC_PER_SEC / USER_HZ);

	/* pid comm state ppid pgrp session tty_nr tpgid flags */
	seq_printf(seq, "%d (%s) %c %ld %d %d 0 -1 0", task->pid, task->comm,
		   *task_states[task->state], task_ppid(task), task->pgrp,
		   task->session);
	/* minflt cminflt majflt cmajflt utime stime cutime cstime */
	seq_printf(seq, " %lu 0 0 0 %lu 0 %lu 0", mm_min_flt(mm), task->utime,
		   task->cutime);
	/* priority nice num_threads itrealvalue starttime */
	seq_printf(seq, " 20 0 1 0 %lu", start_time);
	/* vsize rss rsslim */
	seq_printf(seq, " %lu %lu %lu", mm->total_vm << PAGE_SHIFT,
		   get_mm_rss(mm), ~0UL);
	/* startcode endcode startstack kstkesp kstkeip */
	seq_printf(seq, " %lu %lu %lu 0 0", mm->start_code, mm->end_code,
		   mm->start_stack);
	/* signal blocked sigignore sigcatch wchan nswap cnswap exit_signal */
	/* processor rt_priority policy blkio_ticks guest_time cguest_time */
	seq_printf(seq, " 0 0 0 0 0 0 0 17 0 0 0 0 0 0");
	/* start_data end_data start_brk arg_start arg_end env_start env_end */
	seq_printf(seq, " %lu %lu %lu %lu %lu %lu %lu %d\n", mm->start_data,
		   mm->end_data, mm->start_brk, mm->arg_start, mm->arg_end,
		   mm->env_start, mm->env_end, task->exit_code);
}

/* ── /proc/PID/cmdline, comm ─────────────────────────────────────────── */

/* It lies in the program's own memory, which may have done away with it. */
static void proc_cmdline_show(struct seq_file *seq, void *data)
{
	struct mm_struct *mm = ((const struct task_struct *)data)->mm;
	unsigned long from = mm ? mm->arg_start : 0;
	char piece[128];
	size_t size = 1;

	for (; mm && from < mm->arg_end && size; from += size) {
		size = access_remote_vm(mm, from, piece,
					min(mm->arg_end - from, sizeof(piece)));
		seq_write(seq, piece, size);
	}
}

static void proc_comm_show(struct seq_file *seq, void *data)
{
	seq_printf(seq, "%s\n", ((const struct task_struct *)data)->comm);
}

/* ── Links: /proc/self, /proc/PID/exe, /proc/PID/fd/N ─────────────────── */

int proc_get_link(const struct inode *link, struct inode **target)
{
	const struct task_struct *task = find_task(link->i_pid);
	unsigned long fd = (unsigned long)link->i_private;
	struct inode *inode = NULL;

	if (!link->i_pid)
		inode = current->proc_dir;
	else if (task && fd < NR_OPEN && task->files[fd])
		inode = task->files[fd]->f_inode;
	else if (task && fd >= NR_OPEN && task->mm)
		inode = task->mm->exe_file;
	if (!inode)
		return -ENOENT;
	*target = inode;
	return 0;
}

/* An entry of DIRECTORY that has a number for a name. */
static struct inode *new_number(struct inode *directory, unsigned int number,
				unsigned int mode)
{
	char name[12];
	int length = snprintf(name, sizeof(name), "%u", number);

	return new_inode(directory, name, length, mode, NULL, NULL);
}

static void remove_children(struct inode *directory)
{
	while (!list_empty(&directory->i_children)) {
		struct inode *child = list_first_entry(&directory->i_children,
						       struct inode, i_sibling);

		remove_children(child);
		ramfs_unlink(child);
	}
}

/* Linux: proc_readfd() */
static int proc_fd_populate(struct inode *directory)
{
	const struct task_struct *task = find_task(directory->i_pid);

	remove_children(directory);
	for (unsigned long fd = 0; task && fd < NR_OPEN; fd++) {
		struct inode *link;

		if (!task->files[fd])
			continue;
		link = new_number(directory, fd, S_IFLNK | 0700);
		if (!link)
			return -ENOMEM;
		link->i_private = (void *)fd;
		link->i_cookie = fd + 3;
	}
	return 0;
}

/* ── A task's directory ──────────────────────────────────────────────── */

/* Linux: tgid_base_stuff[] */
static const struct attribute task_files[] = {
	{ "cmdline", 0444, .show = proc_cmdline_show },
	{ "comm", 0444, .show = proc_comm_show },
	{ "exe", .mode = S_IFLNK | 0777 },
	{ "fd", S_IFDIR | 0500, .populate = proc_fd_populate },
	{ "maps", 0444, .show = proc_maps_show },
	{ "pagemap", 0400, .fop = &pagemap_operations },
	{ "smaps", 0444, .show = proc_smaps_show },
	{ "stat", 0444, .show = proc_stat_show },
	{ "statm", 0444, .show = proc_statm_show },
	{ "status", 0444, .show = proc_status_show },
};

void proc_flush_task(struct task_struct *task)
{
	if (!task->proc_dir)
		return;
	remove_children(task->proc_dir);
	ramfs_unlink(task->proc_dir);
	task->proc_dir = NULL;
}

/* Each task's directory is made when somebody looks, and lasts as long. */
static int proc_root_populate(struct inode *root)
{
	struct task_struct *task;

	list_for_each_entry(task, &init_task.tasks, tasks) {
		if (task->proc_dir)
			continue;
		task->proc_dir = new_number(root, task->pid, S_IFDIR | 0555);
		if (!task->proc_dir)
			return -ENOMEM;
		task->proc_dir->i_pid = task->pid;
		if (create_attributes(task->proc_dir, task_files,
				      ARRAY_SIZE(task_files))) {
			proc_flush_task(task);
			return -ENOMEM;
		}
	}
	return 0;
}

void proc_init(void)
{
	proc_machine_init();
	lookup("/proc")->i_populate = proc_root_populate;
}
