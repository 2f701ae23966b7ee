/*
 * madvise.c - what a program says, and asks, about pages it has been promised.
 *
 *   mlock, MAP_POPULATE    bring them now, not when they are touched
 *   madvise(MADV_DONTNEED) they may go back; the promise stays
 *   mincore                which are there?
 *   msync                  nothing to do: the memory that a file's pages are
 *                          mapped from is the file
 *
 * To keep pages in memory is easy: nothing is ever swapped out here, so mlock()
 * has nothing to remember. Linux: mm/madvise.c, mincore.c, msync.c, mlock.c,
 * and populate in gup.c.
 */
#include "abi/errno.h"
#include "abi/mman.h"
#include "mm/mm.h"
#include "mm/vma.h"
#include "proc/task.h"

/* Is [START, END) promised without a hole? */
static bool range_is_mapped(struct mm_struct *mm, unsigned long start,
			    unsigned long end)
{
	const struct vm_area_struct *vma;

	for (; start < end; start = vma->vm_end) {
		vma = find_vma_intersection(mm, start, start + 1);
		if (!vma)
			return false;
	}
	return true;
}

/* ── Bring ────────────────────────────────────────────────────────────── */

/* The faults that the program would take in [START, END) of VMA. */
static int populate_vma(struct vm_area_struct *vma, unsigned long start,
			unsigned long end)
{
	bool write = (vma->vm_flags & (VM_WRITE | VM_SHARED)) == VM_WRITE;

	if (!(vma->vm_flags & VM_ACCESS_FLAGS))
		return -ENOMEM;
	for (; start < end; start += PAGE_SIZE) {
		const pte_t *pte = pte_lookup(vma->vm_mm, start);
		enum fault_kind kind;

		/* There, and its own if it will be written? */
		if (pte && *pte && (!write || (*pte & _PAGE_RW)))
			continue;
		kind = handle_mm_fault(vma, start,
				       write ? FAULT_FLAG_WRITE : 0);
		if (kind == FAULT_OOM || kind == FAULT_SIGBUS)
			return -ENOMEM;
	}
	return 0;
}

int mm_populate(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	struct vm_area_struct *vma = find_vma(mm, start);
	int error = 0;

	for (; vma && vma->vm_start < end; vma = find_vma(mm, vma->vm_end))
		error |= populate_vma(vma, max(start, vma->vm_start),
				      min(end, vma->vm_end));
	return error;
}

/* mlock(), and munlock(), which does not want the pages. */
long do_mlock(unsigned long start, size_t len, int populate)
{
	struct mm_struct *mm = current->mm;
	unsigned long end = start + len;

	start &= PAGE_MASK;
	if (end < start || PAGE_ALIGN(end) < end)
		return -EINVAL;
	end = PAGE_ALIGN(end);
	if (!range_is_mapped(mm, start, end))
		return -ENOMEM;
	return populate ? mm_populate(mm, start, end) : 0;
}

/* What is mapped later is not brought, whatever MCL_FUTURE asks for. */
long sys_mlockall(int flags)
{
	if (!flags || (flags & ~(MCL_CURRENT | MCL_FUTURE)))
		return -EINVAL;
	if (flags & MCL_CURRENT) /* as far as it goes */
		mm_populate(current->mm, 0, TASK_SIZE);
	return 0;
}

/* ── Give back, look, write back ──────────────────────────────────────── */

/* What is mapped is done even if there are holes, which are then reported. */
long sys_madvise(unsigned long start, size_t len, unsigned int advice)
{
	unsigned long end = start + PAGE_ALIGN(len);
	struct mm_struct *mm = current->mm;

	if (advice > MADV_DONTNEED || (start & ~PAGE_MASK) || end < start ||
	    PAGE_ALIGN(len) < len)
		return -EINVAL;
	if (advice == MADV_DONTNEED)
		unmap_page_range(mm, start, min(end, TASK_SIZE));
	return range_is_mapped(mm, start, end) ? 0 : -ENOMEM;
}

long sys_mincore(unsigned long start, size_t len, unsigned char __user *vec)
{
	unsigned long end = start + len;
	struct mm_struct *mm = current->mm;

	if (start & ~PAGE_MASK)
		return -EINVAL;
	if (end < start || !range_is_mapped(mm, start, end))
		return -ENOMEM;
	for (; start < end; start += PAGE_SIZE, vec++) {
		unsigned char resident = follow_page(mm, start) != NULL;

		if (copy_to_user(vec, &resident, 1))
			return -EFAULT;
	}
	return 0;
}

long sys_msync(unsigned long start, size_t len, int flags)
{
	unsigned long end = start + PAGE_ALIGN(len);

	if ((flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC)) ||
	    (start & ~PAGE_MASK) || ((flags & MS_ASYNC) && (flags & MS_SYNC)))
		return -EINVAL;
	return end >= start && range_is_mapped(current->mm, start, end)
		       ? 0
		       : -ENOMEM;
}
