/*
 * proc.c - /proc: what the kernel knows of memory and of the program that
 * asks, in the formats of Linux's fs/proc/array.c and meminfo.c
 * (described in proc(5)). Fields of things that do not exist here are 0 where
 * a position must be filled, and left out where fields have names.
 */
#include "abi/errno.h"
#include "abi/misc.h"
#include "abi/resource.h"
#include "dev/dev.h"
#include "fs/fs.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/task.h"
#include "trap/syscall.h"

#define USER_HZ 100 /* clock ticks a second, as programs count them */

static unsigned long pages_to_kb(unsigned long pages)
{
	return pages << (PAGE_SHIFT - 10);
}

/* Whose file SEQ is; NULL: it has ended, and nobody remembers it. */
static struct task_struct *proc_task(const struct seq_file *seq)
{
	return find_task(seq_inode(seq)->i_pid);
}

struct mm_struct *proc_mm(const struct seq_file *seq)
{
	const struct task_struct *task = proc_task(seq);

	return task ? task->mm : NULL;
}

/* As getppid() has it: the boot's own task is 1, or 0 to the first program. */
static int task_ppid(const struct task_struct *task)
{
	if (task->parent && task->parent != &init_task)
		return task->parent->pid;
	return task->pid == 1 ? 0 : 1;
}

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

static char task_state_letter(const struct task_struct *task)
{
	static const char letters[] = {
		[TASK_RUNNING] = 'R',  [TASK_INTERRUPTIBLE] = 'S',
		[TASK_KILLABLE] = 'D', [TASK_STOPPED] = 'T',
		[TASK_ZOMBIE] = 'Z',
	};

	return letters[task->state];
}

static const char *task_state_name(const struct task_struct *task)
{
	static const char *const names[] = {
		[TASK_RUNNING] = "running",
		[TASK_INTERRUPTIBLE] = "sleeping",
		[TASK_KILLABLE] = "disk sleep",
		[TASK_STOPPED] = "stopped",
		[TASK_ZOMBIE] = "zombie",
	};

	return names[task->state];
}

static void show_kb(struct seq_file *seq, const char *name, unsigned long pages)
{
	seq_printf(seq, "%s:\t%8lu kB\n", name, pages_to_kb(pages));
}

/* Linux: task_mem() */
static void status_mem(struct seq_file *seq, const struct mm_struct *mm)
{
	unsigned long rss = get_mm_rss(mm);
	unsigned long text = mm_text(mm);

	show_kb(seq, "VmPeak", max(mm->hiwater_vm, mm->total_vm));
	show_kb(seq, "VmSize", mm->total_vm);
	show_kb(seq, "VmLck", mm->locked_vm);
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

static int proc_status_show(struct seq_file *seq)
{
	const struct task_struct *task = proc_task(seq);

	if (!task)
		return -ESRCH;
	seq_printf(seq,
		   "Name:\t%s\n"
		   "State:\t%c (%s)\n"
		   "Tgid:\t%d\n"
		   "Pid:\t%d\n"
		   "PPid:\t%d\n"
		   "Uid:\t0\t0\t0\t0\n"
		   "Gid:\t0\t0\t0\t0\n"
		   "FDSize:\t%d\n",
		   task->comm, task_state_letter(task), task_state_name(task),
		   task->pid, task->pid, task_ppid(task), NR_OPEN);
	if (task->mm)
		status_mem(seq, task->mm);
	seq_printf(seq, "Threads:\t1\n");
	return 0;
}

/* Linux: proc_pid_statm(), in pages */
static int proc_statm_show(struct seq_file *seq)
{
	const struct mm_struct *mm = proc_mm(seq);

	if (mm)
		seq_printf(seq, "%lu %lu %ld %lu 0 %lu 0\n", mm->total_vm,
			   get_mm_rss(mm), mm->rss_stat[MM_FILEPAGES],
			   mm_text(mm), mm->data_vm + mm->stack_vm);
	else
		seq_printf(seq, "0 0 0 0 0 0 0\n");
	return 0;
}

/* The 52 fields of proc(5); Linux: do_task_stat() */
static int proc_stat_show(struct seq_file *seq)
{
	static const struct mm_struct no_mm;
	const struct task_struct *task = proc_task(seq);
	const struct mm_struct *mm = task && task->mm ? task->mm : &no_mm;
	uint64_t start_time;

	if (!task)
		return -ESRCH;
	start_time = task->start_time / (1000000000 / USER_HZ);
	/* pid comm state ppid pgrp session tty_nr tpgid flags */
	seq_printf(seq, "%d (%s) %c %d %d %d 0 -1 0", task->pid, task->comm,
		   task_state_letter(task), task_ppid(task), task->pgrp,
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
	seq_printf(seq, " 0 0 0 0 0 0 0 17");
	/* processor rt_priority policy blkio_ticks guest_time cguest_time */
	seq_printf(seq, " 0 0 0 0 0 0");
	/* start_data end_data start_brk arg_start arg_end env_start env_end */
	seq_printf(seq, " %lu %lu %lu %lu %lu %lu %lu", mm->start_data,
		   mm->end_data, mm->start_brk, mm->arg_start, mm->arg_end,
		   mm->env_start, mm->env_end);
	seq_printf(seq, " %d\n", task->exit_code);
	return 0;
}

/* ── /proc/PID/cmdline, environ, comm, limits, mounts ─────────────────── */

/* They lie in the program's own memory; it may have done away with them. */
static int show_memory(struct seq_file *seq, unsigned long from,
		       unsigned long end)
{
	while (from < end) {
		char piece[128];
		size_t size = access_remote_vm(proc_mm(seq), from, piece,
					       min(end - from, sizeof(piece)));

		if (!size)
			break;
		seq_write(seq, piece, size);
		from += size;
	}
	return 0;
}

static int proc_cmdline_show(struct seq_file *seq)
{
	const struct mm_struct *mm = proc_mm(seq);

	return mm ? show_memory(seq, mm->arg_start, mm->arg_end) : 0;
}

static int proc_environ_show(struct seq_file *seq)
{
	const struct mm_struct *mm = proc_mm(seq);

	return mm ? show_memory(seq, mm->env_start, mm->env_end) : 0;
}

static int proc_comm_show(struct seq_file *seq)
{
	const struct task_struct *task = proc_task(seq);

	if (!task)
		return -ESRCH;
	seq_printf(seq, "%s\n", task->comm);
	return 0;
}

static void show_limit(struct seq_file *seq, unsigned long value)
{
	size_t start = seq_tell(seq);

	if (value == RLIM_INFINITY)
		seq_printf(seq, "unlimited");
	else
		seq_printf(seq, "%lu", value);
	seq_pad(seq, start, 21);
}

/* Linux: lnames[], proc_pid_limits() */
static int proc_limits_show(struct seq_file *seq)
{
	static const char *const names[RLIM_NLIMITS][2] = {
		[RLIMIT_CPU] = { "Max cpu time", "seconds" },
		[RLIMIT_FSIZE] = { "Max file size", "bytes" },
		[RLIMIT_DATA] = { "Max data size", "bytes" },
		[RLIMIT_STACK] = { "Max stack size", "bytes" },
		[RLIMIT_CORE] = { "Max core file size", "bytes" },
		[RLIMIT_RSS] = { "Max resident set", "bytes" },
		[RLIMIT_NPROC] = { "Max processes", "processes" },
		[RLIMIT_NOFILE] = { "Max open files", "files" },
		[RLIMIT_MEMLOCK] = { "Max locked memory", "bytes" },
		[RLIMIT_AS] = { "Max address space", "bytes" },
		[RLIMIT_LOCKS] = { "Max file locks", "locks" },
		[RLIMIT_SIGPENDING] = { "Max pending signals", "signals" },
		[RLIMIT_MSGQUEUE] = { "Max msgqueue size", "bytes" },
		[RLIMIT_NICE] = { "Max nice priority", "" },
		[RLIMIT_RTPRIO] = { "Max realtime priority", "" },
		[RLIMIT_RTTIME] = { "Max realtime timeout", "us" },
	};
	const struct task_struct *task = proc_task(seq);

	if (!task)
		return -ESRCH;
	seq_printf(seq, "%-25s %-20s %-20s %-10s\n", "Limit", "Soft Limit",
		   "Hard Limit", "Units");
	for (unsigned int i = 0; i < RLIM_NLIMITS; i++) {
		seq_printf(seq, "%-25s ", names[i][0]);
		show_limit(seq, task->rlim[i].rlim_cur);
		show_limit(seq, task->rlim[i].rlim_max);
		seq_printf(seq, *names[i][1] ? "%-10s\n" : "\n", names[i][1]);
	}
	return 0;
}

/* Nothing can be mounted or unmounted. */
static int proc_mounts_show(struct seq_file *seq)
{
	seq_printf(seq, "tmpfs / tmpfs rw,noatime 0 0\n"
			"proc /proc proc rw,relatime 0 0\n"
			"sysfs /sys sysfs rw,relatime 0 0\n");
	return 0;
}

/* ── /proc/PID/cwd, exe, root, fd/N ──────────────────────────────────── */

static struct inode *proc_exe_follow(struct inode *link)
{
	const struct task_struct *task = find_task(link->i_pid);

	if (!task || !task->mm || !task->mm->exe_file)
		return ERR_PTR(-ENOENT);
	return task->mm->exe_file;
}

static struct inode *proc_cwd_follow(struct inode *link)
{
	const struct task_struct *task = find_task(link->i_pid);

	if (!task || !task->mm)
		return ERR_PTR(-ENOENT);
	return task->cwd ? task->cwd : &ramfs_root;
}

static struct inode *proc_root_follow(struct inode *link)
{
	return &ramfs_root;
}

static struct inode *proc_fd_follow(struct inode *link)
{
	const struct task_struct *task = find_task(link->i_pid);
	const struct file *file =
		task ? task->files[(unsigned long)link->i_private] : NULL;

	return file ? file->f_inode : ERR_PTR(-ENOENT);
}

static void remove_children(struct inode *directory)
{
	while (directory->i_children) {
		remove_children(directory->i_children);
		ramfs_unlink(directory->i_children);
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
		link = new_inode(directory, name, strlen(name), S_IFLNK, NULL,
				 NULL);
		if (!link)
			return -ENOMEM;
		link->i_mode |= modes[file->f_flags & O_ACCMODE];
		link->i_private = (void *)fd;
		link->i_cookie = fd + 3;
		link->i_follow = proc_fd_follow;
		link->i_pid = directory->i_pid;
	}
	return 0;
}

/* ── A task's directory ──────────────────────────────────────────────── */

static const struct {
	const char *name;
	unsigned int mode;
	seq_show_t show;
	struct inode *(*follow)(struct inode *link);
	const struct file_operations *fop; /* NULL: show makes the content */
} task_files[] = {
	{ "cmdline", S_IFREG | 0444, .show = proc_cmdline_show },
	{ "comm", S_IFREG | 0444, .show = proc_comm_show },
	{ "cwd", S_IFLNK | 0777, .follow = proc_cwd_follow },
	{ "environ", S_IFREG | 0400, .show = proc_environ_show },
	{ "exe", S_IFLNK | 0777, .follow = proc_exe_follow },
	{ "fd", S_IFDIR | 0500, .fop = NULL },
	{ "limits", S_IFREG | 0444, .show = proc_limits_show },
	{ "maps", S_IFREG | 0444, .show = proc_maps_show },
	{ "mounts", S_IFREG | 0444, .show = proc_mounts_show },
	{ "pagemap", S_IFREG | 0400, .fop = &pagemap_operations },
	{ "root", S_IFLNK | 0777, .follow = proc_root_follow },
	{ "smaps", S_IFREG | 0444, .show = proc_smaps_show },
	{ "stat", S_IFREG | 0444, .show = proc_stat_show },
	{ "statm", S_IFREG | 0444, .show = proc_statm_show },
	{ "status", S_IFREG | 0444, .show = proc_status_show },
};

static struct inode *proc_root;

static int proc_task_populate(struct inode *directory)
{
	for (size_t i = directory->i_children ? ARRAY_SIZE(task_files) : 0;
	     i < ARRAY_SIZE(task_files); i++) {
		const struct file_operations *fop = task_files[i].fop;
		const char *name = task_files[i].name;
		struct inode *inode;

		if (task_files[i].show)
			fop = &seq_file_operations;
		inode = new_inode(directory, name, strlen(name),
				  task_files[i].mode, fop, NULL);
		if (!inode) {
			remove_children(directory);
			return -ENOMEM;
		}
		inode->i_private = (void *)task_files[i].show;
		inode->i_follow = task_files[i].follow;
		inode->i_pid = directory->i_pid;
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
		task->proc_dir = new_inode(directory, name, strlen(name),
					   S_IFDIR | 0555, NULL, NULL);
		if (!task->proc_dir)
			return -ENOMEM;
		task->proc_dir->i_pid = task->pid;
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

/* ── The machine ──────────────────────────────────────────────────────── */

static int proc_meminfo_show(struct seq_file *seq)
{
	unsigned long anon = 0;
	unsigned long tables = 0;
	struct task_struct *task;

	list_for_each_entry(task, &init_task.tasks, tasks) {
		if (!task->mm)
			continue;
		anon += task->mm->rss_stat[MM_ANONPAGES];
		tables += task->mm->nr_ptes;
	}
	show_kib(seq, "MemTotal:", pages_to_kb(totalram_pages));
	show_kib(seq, "MemFree:", pages_to_kb(nr_free_pages));
	/* The page cache is all there is of its files: it cannot be dropped. */
	show_kib(seq, "MemAvailable:", pages_to_kb(nr_free_pages));
	show_kib(seq, "Buffers:", pages_to_kb(0));
	show_kib(seq, "Cached:", pages_to_kb(nr_file_pages));
	show_kib(seq, "SwapCached:", pages_to_kb(0));
	show_kib(seq, "SwapTotal:", pages_to_kb(0));
	show_kib(seq, "SwapFree:", pages_to_kb(0));
	show_kib(seq, "AnonPages:", pages_to_kb(anon));
	show_kib(seq, "PageTables:", pages_to_kb(tables));
	show_kib(seq, "CommitLimit:", pages_to_kb(vm_commit_limit()));
	show_kib(seq, "Committed_AS:", pages_to_kb(vm_committed_as));
	return 0;
}

static int proc_buddyinfo_show(struct seq_file *seq)
{
	seq_printf(seq, "Node %d, zone %8s ", 0, "Normal");
	for (unsigned int order = 0; order <= MAX_ORDER; order++)
		seq_printf(seq, "%6lu ", buddy_free_blocks(order));
	seq_printf(seq, "\n");
	return 0;
}

static int proc_vmstat_show(struct seq_file *seq)
{
	static const char *const names[NR_VM_EVENT_ITEMS] = {
		[PGALLOC_NORMAL] = "pgalloc_normal",
		[PGFREE] = "pgfree",
		[PGFAULT] = "pgfault",
		[OOM_KILL] = "oom_kill",
	};

	seq_printf(seq, "nr_free_pages %lu\n", nr_free_pages);
	seq_printf(seq, "nr_file_pages %lu\n", nr_file_pages);
	for (int i = 0; i < NR_VM_EVENT_ITEMS; i++)
		seq_printf(seq, "%s %lu\n", names[i], vm_events[i]);
	seq_printf(seq, "pgmajfault 0\n"); /* nothing waits for a disk */
	return 0;
}

/* ── /proc/sys/vm ─────────────────────────────────────────────────────── */

static int sysctl_show(struct seq_file *seq)
{
	const struct attribute *attribute = seq_inode(seq)->i_private;

	seq_printf(seq, "%u\n", *(const unsigned int *)attribute->data);
	return 0;
}

static int sysctl_store(const struct attribute *attribute, const char *text)
{
	unsigned int value = 0;

	for (; *text; text++) {
		if (*text < '0' || *text > '9' || value > INT32_MAX / 10 - 1)
			return -EINVAL;
		value = value * 10 + (*text - '0');
	}
	if (attribute->data == &sysctl_overcommit_memory &&
	    value > OVERCOMMIT_NEVER)
		return -EINVAL;
	*(unsigned int *)attribute->data = value;
	return 0;
}

#define SYSCTL(name)                                         \
	{                                                    \
		.path = "/proc/sys/vm/" #name, .mode = 0644, \
		.show = sysctl_show, .store = sysctl_store,  \
		.data = &sysctl_##name                       \
	}

static const struct attribute vm_files[] = {
	SYSCTL(overcommit_memory),
	SYSCTL(overcommit_ratio),
};

void proc_init(void)
{
	static const struct {
		const char *path;
		seq_show_t show;
	} files[] = {
		{ "/proc/buddyinfo", proc_buddyinfo_show },
		{ "/proc/meminfo", proc_meminfo_show },
		{ "/proc/vmstat", proc_vmstat_show },
	};

	struct inode *self;

	proc_root = create_path("/proc", S_IFDIR | 0555, NULL, NULL);
	if (IS_ERR(proc_root))
		panic("proc: no memory for /proc");
	proc_root->i_dev = PROC_DEV;
	proc_root->i_populate = proc_root_populate;
	self = new_inode(proc_root, "self", 4, S_IFLNK | 0777, NULL, NULL);
	if (!self)
		panic("proc: no memory for /proc/self");
	self->i_follow = proc_self_follow;
	create_path("/proc/mounts", S_IFLNK | 0777, NULL, "self/mounts");
	proc_machine_init();
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (IS_ERR(create_path(files[i].path, S_IFREG | 0444,
				       &seq_file_operations,
				       (void *)files[i].show)))
			panic("proc: no memory for %s", files[i].path);
	create_attributes(vm_files, ARRAY_SIZE(vm_files));
}
