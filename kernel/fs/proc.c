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

	for (int kind = 0; kind < NR_FAULT_KINDS; kind++)
		if (kind != FAULT_REFUSED && kind != FAULT_SIGBUS &&
		    kind != FAULT_OOM)
			sum += mm->fault_count[kind];
	return sum;
}

/* ── /proc/PID/status, statm, stat ───────────────────────────────────── */

/* Linux: task_state_array[] */
static const char *task_state(const struct task_struct *task)
{
	static const char *const states[] = {
		[TASK_RUNNING] = "R (running)",
		[TASK_INTERRUPTIBLE] = "S (sleeping)",
		[TASK_KILLABLE] = "D (disk sleep)",
		[TASK_STOPPED] = "T (stopped)",
		[TASK_ZOMBIE] = "Z (zombie)",
	};

	return states[task->state];
}

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
		   task->comm, task_state(task), task->pid, task->pid,
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
	uint64_t start_time = task->start_time / (NSEC_PER_SEC / USER_HZ);

	/* pid comm state ppid pgrp session tty_nr tpgid flags */
	seq_printf(seq, "%d (%s) %c %ld %d %d 0 -1 0", task->pid, task->comm,
		   *task_state(task), task_ppid(task), task->pgrp,
		   task->session);
	/* minflt cminflt majflt cmajflt utime stime cutime cstime */
	seq_printf(seq, " %lu 0 0 0 %lu 0 %lu 0", mm_min_flt(mm), task->utime,
		   task->cutime);
	/* priority nice num_threads itrealvalue starttime */
	seq_printf(seq, " 20 0 1 0 %llu", start_time);
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

/* ── /proc/PID/cmdline, comm, mounts ─────────────────────────────────── */

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

/* Nothing can be mounted or unmounted. */
static void proc_mounts_show(struct seq_file *seq, void *data)
{
	seq_printf(seq, "tmpfs / tmpfs rw,noatime 0 0\n"
			"proc /proc proc rw,relatime 0 0\n"
			"sysfs /sys sysfs rw,relatime 0 0\n");
}

/* ── /proc/PID/cwd, exe, fd/N ────────────────────────────────────────── */

static struct inode *proc_exe_follow(struct inode *link)
{
	const struct task_struct *task = find_task(link->i_pid);

	return (task && task->mm ? task->mm->exe_file : NULL)
		       ?: ERR_PTR(-ENOENT);
}

static struct inode *proc_cwd_follow(struct inode *link)
{
	const struct task_struct *task = find_task(link->i_pid);

	if (!task || !task->mm)
		return ERR_PTR(-ENOENT);
	return task->cwd ?: &ramfs_root;
}

static struct inode *proc_fd_follow(struct inode *link)
{
	const struct task_struct *task = find_task(link->i_pid);
	const struct file *file =
		task ? task->files[(unsigned long)link->i_private] : NULL;

	return file ? file->f_inode : ERR_PTR(-ENOENT);
}

static struct inode *proc_inode(struct inode *directory, const char *name,
				unsigned int mode,
				const struct file_operations *fop, int pid)
{
	struct inode *inode =
		new_inode(directory, name, strlen(name), mode, fop, NULL);

	if (inode)
		inode->i_pid = pid;
	return inode;
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

/* Linux: proc_readfd(), which says by the mode what FD is open for. */
static int proc_fd_populate(struct inode *directory)
{
	static const unsigned int modes[] = {
		[O_RDONLY] = 0500, [O_WRONLY] = 0300, [O_RDWR] = 0700, [3] = 0
	};
	const struct task_struct *task = find_task(directory->i_pid);

	remove_children(directory);
	for (unsigned long fd = 0; task && fd < NR_OPEN; fd++) {
		struct file *file = task->files[fd];
		struct inode *link;
		char name[12];

		if (!file)
			continue;
		snprintf(name, sizeof(name), "%lu", fd);
		link = proc_inode(directory, name,
				  S_IFLNK | modes[file->f_flags & O_ACCMODE],
				  NULL, task->pid);
		if (!link)
			return -ENOMEM;
		link->i_private = (void *)fd;
		link->i_cookie = fd + 3;
		link->i_follow = proc_fd_follow;
	}
	return 0;
}

/* ── A task's directory ──────────────────────────────────────────────── */

/* Linux: tgid_base_stuff[] */
#define ONE(name, permissions)                      \
	{                                           \
		{ .path = #name,                    \
		  .mode = S_IFREG | permissions,    \
		  .show = proc_##name##_show },     \
			.fop = &seq_file_operations \
	}
#define LNK(name)                                          \
	{                                                  \
		{ .path = #name, .mode = S_IFLNK | 0777 }, \
			.follow = proc_##name##_follow     \
	}
static const struct pid_entry {
	struct attribute attribute;
	const struct file_operations *fop;
	struct inode *(*follow)(struct inode *link);
} task_files[] = {
	ONE(cmdline, 0444),
	ONE(comm, 0444),
	LNK(cwd),
	LNK(exe),
	{ .attribute = { .path = "fd", .mode = S_IFDIR | 0500 } },
	ONE(maps, 0444),
	ONE(mounts, 0444),
	{ { .path = "pagemap", .mode = S_IFREG | 0400 },
	  .fop = &pagemap_operations },
	ONE(smaps, 0444),
	ONE(stat, 0444),
	ONE(statm, 0444),
	ONE(status, 0444),
};

static int proc_task_populate(struct inode *directory)
{
	if (!list_empty(&directory->i_children))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(task_files); i++) {
		const struct pid_entry *entry = &task_files[i];
		struct inode *inode = proc_inode(directory,
						 entry->attribute.path,
						 entry->attribute.mode,
						 entry->fop, directory->i_pid);

		if (!inode) {
			remove_children(directory);
			return -ENOMEM;
		}
		inode->i_private = (void *)&entry->attribute;
		inode->i_follow = entry->follow;
		if (S_ISDIR(inode->i_mode))
			inode->i_populate = proc_fd_populate;
	}
	return 0;
}

/* Each task's directory is made when somebody looks, and lasts as long. */
static int proc_root_populate(struct inode *directory)
{
	struct task_struct *task;

	list_for_each_entry(task, &init_task.tasks, tasks) {
		char name[12];

		if (task == &init_task || task->proc_dir)
			continue;
		snprintf(name, sizeof(name), "%d", task->pid);
		task->proc_dir = proc_inode(directory, name, S_IFDIR | 0555,
					    NULL, task->pid);
		if (!task->proc_dir)
			return -ENOMEM;
		task->proc_dir->i_populate = proc_task_populate;
	}
	return 0;
}

void proc_flush_task(struct task_struct *task)
{
	if (!task->proc_dir)
		return;
	remove_children(task->proc_dir);
	ramfs_unlink(task->proc_dir);
	task->proc_dir = NULL;
}

static struct inode *proc_self_follow(struct inode *link)
{
	return current->proc_dir ? current->proc_dir : ERR_PTR(-ENOENT);
}

void proc_init(void)
{
	struct inode *root = create_path("/proc", S_IFDIR | 0555, NULL, NULL);
	struct inode *self;

	if (IS_ERR(root))
		panic("proc: no memory for /proc");
	root->i_dev = PROC_DEV;
	root->i_populate = proc_root_populate;
	self = proc_inode(root, "self", S_IFLNK | 0777, NULL, 0);
	if (!self)
		panic("proc: no memory for /proc/self");
	self->i_follow = proc_self_follow;
	create_path("/proc/mounts", S_IFLNK | 0777, NULL, "self/mounts");
	proc_machine_init();
}
