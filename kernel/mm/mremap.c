/*
 * mremap.c - a mapping gets another size: in place where there is room, else
 * its page-table entries move to another place; the frames stay where they
 * are and nothing is copied. realloc() of large blocks lives on it. Linux:
 * mm/mremap.c, where the caller may choose the place (MREMAP_FIXED).
 */
#include "abi/errno.h"
#include "abi/mman.h"
#include "mm/mm.h"
#include "mm/vma.h"
#include "proc/task.h"

/* OLD_LEN bytes at ADDR, in VMA, move to where NEW_LEN are free. */
static unsigned long move_vma(struct vm_area_struct *vma, unsigned long addr,
			      unsigned long old_len, unsigned long new_len)
{
	struct mm_struct *mm = vma->vm_mm;
	unsigned long to = get_unmapped_area(mm, 0, new_len, 0);
	int error;

	if (IS_ERR_VALUE(to))
		return to;
	/* All that can fail comes before anything has moved. */
	vma = vma_isolate(vma, addr, addr + old_len);
	if (!vma)
		return -ENOMEM;
	error = vma_add(mm, to, to + new_len, vma->vm_flags, vma->vm_file,
			vma->vm_pgoff);
	if (error)
		return error;
	error = move_page_tables(mm, addr, to, old_len);
	if (error) {
		do_munmap(mm, to, new_len);
		return error;
	}
	do_munmap(mm, addr, old_len);
	return to;
}

unsigned long sys_mremap(unsigned long addr, unsigned long old_len,
			 unsigned long new_len, unsigned long flags)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma = find_vma_intersection(mm, addr, addr + 1);
	unsigned long old_end, more;

	old_len = PAGE_ALIGN(old_len);
	new_len = PAGE_ALIGN(new_len);
	old_end = addr + old_len;
	more = new_len - old_len;
	if ((flags & ~MREMAP_MAYMOVE) || (addr & ~PAGE_MASK) || !new_len ||
	    !old_len)
		return -EINVAL;
	if (!vma)
		return -EFAULT;
	if (new_len <= old_len) {
		int error = more ? do_munmap(mm, addr + new_len, -more) : 0;

		return error ? (unsigned long)error : addr;
	}
	if (old_len > vma->vm_end - addr)
		return -EFAULT;
	if (!may_expand_vm(mm, vma->vm_flags, more >> PAGE_SHIFT))
		return -ENOMEM;
	if (vma->vm_end == old_end && range_is_free(mm, old_end, more)) {
		vma_add(mm, old_end, old_end + more, vma->vm_flags,
			vma->vm_file, linear_page_index(vma, old_end));
		return addr;
	}
	if (!(flags & MREMAP_MAYMOVE))
		return -ENOMEM;
	return move_vma(vma, addr, old_len, new_len);
}
