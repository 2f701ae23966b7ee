/*
 * mlock.c - memory that a program wants to have now, not when it touches it:
 * mm_populate() takes the faults at once that the program would take later,
 * for MAP_POPULATE, and for mlock() and its kin. To keep pages in memory is
 * easy: nothing is ever swapped out here, so there is nothing to remember.
 * Linux: mm/gup.c, mm/mlock.c.
 */
#include "abi/errno.h"
#include "abi/mman.h"
#include "mm/mm.h"
#include "mm/vma.h"
#include "proc/task.h"

int mm_populate(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	struct vm_area_struct *vma = find_vma(mm, start);

	for (; vma && vma->vm_start < end; vma = find_vma(mm, vma->vm_end)) {
		bool write = (vma->vm_flags & (VM_WRITE | VM_SHARED)) ==
			     VM_WRITE;
		unsigned long address = max(start, vma->vm_start);

		if (!(vma->vm_flags & VM_ACCESS_FLAGS))
			return -EFAULT;
		for (; address < min(end, vma->vm_end); address += PAGE_SIZE) {
			const pte_t *pte = pte_lookup(mm, address);
			enum fault_kind kind;

			/* There, and its own if it will be written? */
			if (pte && *pte && (!write || (*pte & _PAGE_RW)))
				continue;
			kind = handle_mm_fault(vma, address,
					       write ? FAULT_FLAG_WRITE : 0);
			if (kind == FAULT_OOM)
				return -ENOMEM;
			if (kind == FAULT_SIGBUS)
				return -EFAULT;
		}
	}
	return 0;
}

/* mlock(), and munlock(), which does not want the pages. */
long do_mlock(unsigned long start, size_t len, int populate)
{
	struct mm_struct *mm = current->mm;
	unsigned long end;

	len = PAGE_ALIGN(len + (start & ~PAGE_MASK));
	start &= PAGE_MASK;
	end = start + len;
	if (end < start)
		return -EINVAL;
	if (count_vma_pages_range(mm, start, end) != len >> PAGE_SHIFT)
		return -ENOMEM;
	return populate && mm_populate(mm, start, end) ? -ENOMEM : 0;
}

/* What is mapped later is not brought, whatever MCL_FUTURE asks for. */
long sys_mlockall(int flags)
{
	struct mm_struct *mm = current->mm;

	if (!(flags & (MCL_CURRENT | MCL_FUTURE)) ||
	    (flags & ~(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT)))
		return -EINVAL;
	if (!(flags & MCL_CURRENT) || (flags & MCL_ONFAULT))
		return 0;
	for (int i = 0; i < mm->map_count; i++) /* as far as it goes */
		mm_populate(mm, mm->areas[i]->vm_start, mm->areas[i]->vm_end);
	return 0;
}
