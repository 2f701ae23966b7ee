/*
 * overcommit.c - may more be promised than there is? Promises that need a
 * frame of their own if they are used, private and writable areas and shared
 * memory without a file, are counted (VM_ACCOUNT), and compared with RAM as
 * /proc/sys/vm/overcommit_memory says:
 *
 *   0   a single promise must not be larger than all of RAM: the default
 *   1   anything goes
 *   2   all promises together must stay below overcommit_ratio percent of RAM;
 *       then whoever is promised a page will get its frame
 *
 * Linux: mm/util.c, __vm_enough_memory(); root needs no reserve there.
 */
#include "lib/types.h"
#include "mm/mm.h"

long sysctl_overcommit_memory = OVERCOMMIT_GUESS;
long sysctl_overcommit_ratio = 50;
unsigned long vm_committed_as;

unsigned long vm_commit_limit(void)
{
	return (uint64_t)totalram_pages * sysctl_overcommit_ratio / 100;
}

bool vm_enough_memory(const struct mm_struct *mm, unsigned long pages)
{
	unsigned long reserve;

	if (sysctl_overcommit_memory == OVERCOMMIT_ALWAYS)
		return true;
	if (sysctl_overcommit_memory == OVERCOMMIT_GUESS)
		return pages <= totalram_pages;
	/* The largest program leaves a little for others to end it. */
	reserve = min(mm->total_vm, totalram_pages) / 32;
	return pages < TASK_SIZE >> PAGE_SHIFT &&
	       vm_committed_as + pages + reserve < vm_commit_limit();
}
