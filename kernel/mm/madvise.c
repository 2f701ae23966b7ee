/*
 * madvise.c - madvise(): of all advice only MADV_DONTNEED means something
 * here: the pages go back, the promise stays. mincore() tells the pages that
 * are there; msync() has nothing to write back: the memory that a file's pages
 * are mapped from is the file. Linux: mm/madvise.c, mm/mincore.c, mm/msync.c.
 */
#include "abi/errno.h"
#include "abi/mman.h"
#include "fs/fs.h"
#include "mm/mm.h"
#include "mm/vma.h"
#include "proc/task.h"

static bool advice_is_known(int advice)
{
	return (advice >= MADV_NORMAL && advice <= MADV_DONTNEED) ||
	       advice == MADV_FREE || advice == MADV_HUGEPAGE ||
	       advice == MADV_NOHUGEPAGE;
}

/* What is mapped is done even if there are holes, which are then reported. */
long sys_madvise(unsigned long start, size_t len, int advice)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	unsigned long end, address = start;
	bool holes = false;

	if (!advice_is_known(advice) || (start & ~PAGE_MASK))
		return -EINVAL;
	if (len && !PAGE_ALIGN(len))
		return -EINVAL;
	end = start + PAGE_ALIGN(len);
	if (end < start)
		return -EINVAL;

	for (vma = find_vma(mm, start); address < end; vma = find_vma(mm, address)) {
		if (!vma || vma->vm_start >= end)
			return -ENOMEM;
		if (vma->vm_start > address)
			holes = true;
		address = max(address, vma->vm_start);
		if (advice == MADV_DONTNEED)
			unmap_page_range(mm, address, min(vma->vm_end, end));
		address = vma->vm_end;
	}
	return holes ? -ENOMEM : 0;
}

long sys_mincore(unsigned long start, size_t len, unsigned char __user *vec)
{
	unsigned long pages = PAGE_ALIGN(len) >> PAGE_SHIFT;
	struct mm_struct *mm = current->mm;

	if (start & ~PAGE_MASK)
		return -EINVAL;
	if (!access_ok((void *)start, len))
		return -ENOMEM;
	if (!access_ok(vec, pages))
		return -EFAULT;
	for (unsigned long i = 0; i < pages; i++) {
		unsigned long address = start + (i << PAGE_SHIFT);
		unsigned char resident = follow_page(mm, address) != NULL;

		if (!find_vma_intersection(mm, address, address + 1))
			return -ENOMEM;
		if (copy_to_user(vec + i, &resident, 1))
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
	if (end < start || count_vma_pages_range(current->mm, start, end) !=
				   (end - start) >> PAGE_SHIFT)
		return -ENOMEM;
	return 0;
}
