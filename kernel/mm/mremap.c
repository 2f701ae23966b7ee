/*
 * mremap.c - a mapping gets another size: in place where there is room, else
 * its page-table entries move to another place; the frames stay where they
 * are and nothing is copied. realloc() of large blocks lives on it. Linux:
 * mm/mremap.c.
 */
#include "abi/errno.h"
#include "abi/mman.h"
#include "lib/printk.h"
#include "mm/mm.h"
#include "mm/vma.h"
#include "proc/task.h"

/* Grow VMA, which ends at OLD_END, upwards by LEN bytes if all is free. */
static bool expand_in_place(struct vm_area_struct *vma, unsigned long old_end,
			    unsigned long len)
{
	struct vm_area_struct *next = find_vma(vma->vm_mm, old_end);
	unsigned long end = old_end + len;

	if (vma->vm_end != old_end || end < old_end || end > TASK_SIZE)
		return false;
	if (next && end > vm_start_gap(next))
		return false;
	vma_set_range(vma, vma->vm_start, end);
	merge_with_next(vma);
	return true;
}

/*
 * OLD_LEN bytes at ADDR, in one area, move to TO, where NEW_LEN are free. All
 * that can fail comes before anything has moved.
 */
static unsigned long move_vma(struct mm_struct *mm, unsigned long addr,
			      unsigned long old_len, unsigned long new_len,
			      unsigned long to)
{
	struct vm_area_struct *vma =
		vma_isolate(find_vma(mm, addr), addr, addr + old_len);
	int error;

	if (!vma)
		return -ENOMEM;
	error = vma_add(mm, to, to + new_len, vma->vm_flags, vma->vm_file,
			vma->vm_pgoff);
	if (error)
		return error;
	error = move_page_tables(mm, addr, to, min(old_len, new_len));
	if (error) {
		do_munmap(mm, to, new_len);
		return error;
	}
	do_munmap(mm, addr, old_len);
	return to;
}

/* Where a moved mapping goes: where the caller says, or to a free place. */
static unsigned long new_place(struct mm_struct *mm, unsigned long addr,
			       unsigned long old_len, unsigned long new_len,
			       unsigned long flags, unsigned long new_addr)
{
	int error;

	if (!(flags & MREMAP_FIXED))
		return get_unmapped_area(mm, 0, new_len, 0);
	if ((new_addr & ~PAGE_MASK) || new_len > TASK_SIZE ||
	    new_addr > TASK_SIZE - new_len)
		return -EINVAL;
	if (addr + old_len > new_addr && new_addr + new_len > addr)
		return -EINVAL; /* they overlap */
	new_addr = get_unmapped_area(mm, new_addr, new_len, MAP_FIXED);
	if (IS_ERR_VALUE(new_addr))
		return new_addr;
	error = do_munmap(mm, new_addr, new_len);
	return error ? (unsigned long)error : new_addr;
}

unsigned long sys_mremap(unsigned long addr, unsigned long old_len,
			 unsigned long new_len, unsigned long flags,
			 unsigned long new_addr)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	unsigned long pages, to;

	old_len = PAGE_ALIGN(old_len);
	new_len = PAGE_ALIGN(new_len);
	if ((flags & ~(unsigned long)(MREMAP_MAYMOVE | MREMAP_FIXED)) ||
	    ((flags & MREMAP_FIXED) && !(flags & MREMAP_MAYMOVE)) ||
	    (addr & ~PAGE_MASK) || !new_len || !old_len)
		return -EINVAL;

	vma = find_vma(mm, addr);
	if (!vma || vma->vm_start > addr)
		return -EFAULT;
	if (!(flags & MREMAP_FIXED) && new_len <= old_len) {
		int error = 0;

		if (new_len < old_len)
			error = do_munmap(mm, addr + new_len,
					  old_len - new_len);
		return error ? (unsigned long)error : addr;
	}
	if (old_len > vma->vm_end - addr)
		return -EFAULT;
	pages = (new_len - old_len) >> PAGE_SHIFT;
	if (new_len > old_len &&
	    (!may_expand_vm(mm, vma->vm_flags, pages) ||
	     ((vma->vm_flags & VM_ACCOUNT) && !vm_enough_memory(mm, pages))))
		return -ENOMEM;
	if (!(flags & MREMAP_FIXED) &&
	    expand_in_place(vma, addr + old_len, new_len - old_len))
		return addr;
	if (!(flags & MREMAP_MAYMOVE))
		return -ENOMEM;

	to = new_place(mm, addr, old_len, new_len, flags, new_addr);
	if (IS_ERR_VALUE(to))
		return to;
	return move_vma(mm, addr, old_len, new_len, to);
}
