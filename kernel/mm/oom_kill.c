/*
 * oom_kill.c - a page was promised, a program touches it, and no frame is left.
 * Somebody has to go: the process that has got most. All its memory is given
 * back at once, before it has run again to die of the signal, and the fault
 * is tried once more; unless it is the one that faults: then the fault has
 * failed. Linux: mm/oom_kill.c, with its oom_reaper; it spares process 1,
 * which here is an ordinary program.
 */
#include "fs/fs.h"
#include "lib/printk.h"
#include "mm/mm.h"
#include "proc/signal.h"
#include "proc/task.h"
#include "trace/trace.h"

#define kb(pages) ((unsigned long)(pages) << (PAGE_SHIFT - 10))

/* In frames: what its end would give back, if it shares nothing. */
static unsigned long oom_badness(const struct mm_struct *mm)
{
	return get_mm_rss(mm) + mm->nr_ptes;
}

/* Among equals the youngest. Whoever has no area any more is killed already. */
static struct task_struct *select_bad_process(void)
{
	struct task_struct *chosen = current;
	struct task_struct *task;

	list_for_each_entry(task, &init_task.tasks, tasks)
		if (task->mm && task->mm->map_count &&
		    oom_badness(task->mm) >= oom_badness(chosen->mm))
			chosen = task;
	return chosen;
}

static void oom_kill_process(const struct task_struct *victim)
{
	struct mm_struct *mm = victim->mm;
	struct task_struct *task;
	char text[192];

	snprintf(text, sizeof(text),
		 "Out of memory: Killed process %d (%s) total-vm:%lukB, "
		 "anon-rss:%lukB, file-rss:%lukB, pgtables:%lukB",
		 victim->pid, victim->comm, kb(mm->total_vm),
		 kb(mm->rss_stat[MM_ANONPAGES]), kb(mm->rss_stat[MM_FILEPAGES]),
		 kb(mm->nr_ptes));
	vm_events[OOM_KILL]++;
	pr_warn("%s invoked oom-killer: order=0\n", current->comm);
	pr_warn("%s\n", text);
	if (trace_on(TRACE_SIGNAL))
		trace_printf("signal_generate",
			     "sig=%d comm=%s pid=%d rule=\"%s\"", SIGKILL,
			     victim->comm, victim->pid, text);
	list_for_each_entry(task, &init_task.tasks, tasks)
		if (task->mm == mm)
			send_signal(task, SIGKILL, SI_KERNEL);
	if (mm != current->mm)
		exit_mmap(mm);
}

/*
 * If there are frames, somebody wanted the allocation to fail: that one pays
 * (fail_page_alloc.c).
 */
bool out_of_memory(void)
{
	const struct task_struct *victim = nr_free_pages ? current
							 : select_bad_process();

	oom_kill_process(victim);
	return victim->mm != current->mm;
}
