/*
 * proc_machine.c - the files of /proc that tell of the machine and the kernel,
 * and sysinfo(), which tells the same in numbers. Linux: fs/proc/cpuinfo.c,
 * loadavg.c, stat.c, uptime.c, version.c; kernel/sys.c.
 */
#include "abi/errno.h"
#include "abi/misc.h"
#include "dev/dev.h"
#include "fs/fs.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/task.h"
#include "trap/syscall.h"


/* Those that run or want to, all, and the newest. */
static void count_tasks(unsigned int *running, unsigned int *all, int *last)
{
	struct task_struct *task;

	*running = *all = *last = 0;
	list_for_each_entry(task, &init_task.tasks, tasks) {
		*running += task->state == TASK_RUNNING;
		*all += 1;
		*last = max(*last, task->pid);
	}
}

/* The load is not averaged over time. */
static int proc_loadavg_show(struct seq_file *seq)
{
	unsigned int running, all;
	int last;

	count_tasks(&running, &all, &last);
	seq_printf(seq, "0.00 0.00 0.00 %u/%u %d\n", running, all, last);
	return 0;
}

/* user nice system idle iowait irq softirq steal guest guest_nice */
static int proc_stat_show(struct seq_file *seq)
{
	unsigned int running, all;
	unsigned long idle = init_task.utime;
	int last;

	count_tasks(&running, &all, &last);
	for (int i = 0; i < 2; i++)
		seq_printf(seq, "%s %lu 0 0 %lu 0 0 0 0 0 0\n",
			   i ? "cpu0" : "cpu ", jiffies - idle, idle);
	seq_printf(seq, "btime %llu\nprocesses %d\n", boot_time_seconds(),
		   last);
	seq_printf(seq, "procs_running %u\nprocs_blocked 0\n", running);
	return 0;
}

/* Since the boot, and idle of that. */
static int proc_uptime_show(struct seq_file *seq)
{
	unsigned long now = sched_clock() / (NSEC_PER_SEC / HZ);
	unsigned long idle = init_task.utime;

	seq_printf(seq, "%lu.%02lu %lu.%02lu\n", now / HZ, now % HZ, idle / HZ,
		   idle % HZ);
	return 0;
}

static int proc_version_show(struct seq_file *seq)
{
	seq_printf(seq, "%s version %s (%s) %s\n", init_uts.sysname,
		   init_uts.release, __VERSION__, init_uts.version);
	return 0;
}

/* What does not change: the attribute's data. */
static int proc_text_show(struct seq_file *seq)
{
	const struct attribute *attribute = seq_inode(seq)->i_private;

	seq_printf(seq, "%s\n", (const char *)attribute->data);
	return 0;
}

#define TEXT(path, text)                                          \
	{                                                         \
		"/proc/" path, 0444, proc_text_show, .data = text \
	}
#define FILE(name)                                                     \
	{                                                              \
		"/proc/" #name, 0444, proc_##name##_show, .data = NULL \
	}

void proc_machine_init(void)
{
	static const struct attribute files[] = {
		FILE(loadavg),
		FILE(stat),
		FILE(uptime),
		FILE(version),
		TEXT("cpuinfo", "processor\t: 0\n"
				"model name\t: i386\n"),
		TEXT("filesystems", "nodev\tsysfs\n"
				    "nodev\ttmpfs\n"
				    "nodev\tproc"),
		TEXT("sys/kernel/ostype", (char *)init_uts.sysname),
		TEXT("sys/kernel/hostname", (char *)init_uts.nodename),
		TEXT("sys/kernel/osrelease", (char *)init_uts.release),
		TEXT("sys/kernel/version", (char *)init_uts.version),
	};

	create_attributes(files, ARRAY_SIZE(files));
}

long sys_sysinfo(struct sysinfo __user *info)
{
	unsigned int running, all;
	int last;
	struct sysinfo now = {
		.uptime = sched_clock() / NSEC_PER_SEC,
		.totalram = totalram_pages,
		.freeram = nr_free_pages,
		.sharedram = nr_file_pages,
		.mem_unit = PAGE_SIZE,
	};

	count_tasks(&running, &all, &last);
	now.procs = all;
	return copy_to_user(info, &now, sizeof(now)) ? -EFAULT : 0;
}
