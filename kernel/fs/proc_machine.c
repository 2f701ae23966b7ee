/*
 * proc_machine.c - the files of /proc that tell of the machine and the kernel,
 * and sysinfo(), which tells the same in numbers. Linux: fs/proc/meminfo.c,
 * stat.c, uptime.c; kernel/sys.c.
 */
#include "abi/errno.h"
#include "abi/misc.h"
#include "dev/dev.h"
#include "fs/fs.h"
#include "lib/printk.h"
#include "mm/mm.h"
#include "proc/task.h"

/* user nice system idle, in ticks; a second time for the only CPU. */
static void proc_stat_show(struct seq_file *seq, void *data)
{
	unsigned long idle = init_task.utime;

	seq_printf(seq, "cpu  %lu 0 0 %lu\n", jiffies - idle, idle);
	seq_printf(seq, "cpu0 %lu 0 0 %lu\n", jiffies - idle, idle);
	seq_printf(seq, "btime %lu\n", (unsigned long)boot_time_seconds());
}

/* Since the boot, and idle of that. */
static void proc_uptime_show(struct seq_file *seq, void *data)
{
	unsigned long now = sched_clock() / (NSEC_PER_SEC / HZ);
	unsigned long idle = init_task.utime;

	seq_printf(seq, "%lu.%02lu %lu.%02lu\n", now / HZ, now % HZ, idle / HZ,
		   idle % HZ);
}

/* ── Memory ───────────────────────────────────────────────────────────── */

static void proc_meminfo_show(struct seq_file *seq, void *data)
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
	show_kib(seq, "MemTotal:", PAGES_TO_KIB(totalram_pages));
	show_kib(seq, "MemFree:", PAGES_TO_KIB(nr_free_pages));
	/* The page cache is all there is of its files: it cannot be dropped. */
	show_kib(seq, "MemAvailable:", PAGES_TO_KIB(nr_free_pages));
	show_kib(seq, "Cached:", PAGES_TO_KIB(nr_file_pages));
	show_kib(seq, "AnonPages:", PAGES_TO_KIB(anon));
	show_kib(seq, "PageTables:", PAGES_TO_KIB(tables));
	show_kib(seq, "CommitLimit:", PAGES_TO_KIB(vm_commit_limit()));
	show_kib(seq, "Committed_AS:", PAGES_TO_KIB(vm_committed_as));
}

static void proc_buddyinfo_show(struct seq_file *seq, void *data)
{
	seq_printf(seq, "Node 0, zone   Normal ");
	for (unsigned int order = 0; order <= MAX_ORDER; order++)
		seq_printf(seq, "%6lu ", buddy_free_blocks(order));
	seq_printf(seq, "\n");
}

static void proc_vmstat_show(struct seq_file *seq, void *data)
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
}

/* Nothing can be mounted or unmounted. */
static void proc_mounts_show(struct seq_file *seq, void *data)
{
	seq_printf(seq, "tmpfs / tmpfs rw,noatime 0 0\n"
			"proc /proc proc rw,relatime 0 0\n"
			"sysfs /sys sysfs rw,relatime 0 0\n");
}

void proc_machine_init(void)
{
	static const struct attribute files[] = {
		{ "buddyinfo", 0444, .show = proc_buddyinfo_show },
		{ "meminfo", 0444, .show = proc_meminfo_show },
		{ "mounts", 0444, .show = proc_mounts_show },
		{ "self", .mode = S_IFLNK | 0777 },
		{ "stat", 0444, .show = proc_stat_show },
		{ "uptime", 0444, .show = proc_uptime_show },
		{ "vmstat", 0444, .show = proc_vmstat_show },
	};
	static const struct attribute vm[] = {
		{ "overcommit_memory", 0644,
		  .number = &sysctl_overcommit_memory,
		  .max = OVERCOMMIT_NEVER },
		{ "overcommit_ratio", 0644, .number = &sysctl_overcommit_ratio,
		  .max = INT32_MAX },
	};

	register_attributes("/proc", files, ARRAY_SIZE(files));
	register_attributes("/proc/sys/vm", vm, ARRAY_SIZE(vm));
}

long sys_sysinfo(struct sysinfo __user *info)
{
	struct task_struct *task;
	struct sysinfo now = {
		.uptime = sched_clock() / NSEC_PER_SEC,
		.totalram = totalram_pages,
		.freeram = nr_free_pages,
		.sharedram = nr_file_pages,
		.mem_unit = PAGE_SIZE,
	};

	list_for_each_entry(task, &init_task.tasks, tasks)
		now.procs++;
	return copy_to_user(info, &now, sizeof(now)) ? -EFAULT : 0;
}
