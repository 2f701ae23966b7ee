/*
 * mlock.c - mlock() and its kin: memory that a program wants to have now and
 * keep. Nothing is ever swapped out here, so to keep it is easy: an area has a
 * flag that says so, and madvise() respects it. To have it now, the faults are
 * taken at once that the program would take later. Linux: mm/mlock.c, and
 * mm/gup.c for mm_populate(); RLIMIT_MEMLOCK does not bind root.
 */
#include "abi/errno.h"
#include "abi/mman.h"
#include "mm/mm.h"
#include "mm/vma.h"
#include "proc/task.h"

int mm_populate(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	struct vm_area_struct *vma = find_vma(mm, start);

	for (; vma && vma->vm_start < end; vma = vma->vm_next) {
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

/* Linux: apply_vma_lock_flags(), then __mlock_posix_error_return() */
static long do_mlock(unsigned long start, size_t len, unsigned long flags)
{
	struct mm_struct *mm = current->mm;
	unsigned long end;
	int error = 0;

	len = PAGE_ALIGN(len + (start & ~PAGE_MASK));
	start &= PAGE_MASK;
	end = start + len;
	if (end < start)
		return -EINVAL;
	if (end > start)
		error = vma_change_flags(mm, start, end, VM_LOCKED_MASK, flags);
	if (error || flags != VM_LOCKED)
		return error;
	error = mm_populate(mm, start, end);
	return error == -EFAULT ? -ENOMEM : error == -ENOMEM ? -EAGAIN : error;
}

long sys_mlock(unsigned long start, size_t len)
{
	return do_mlock(start, len, VM_LOCKED);
}

long sys_mlock2(unsigned long start, size_t len, int flags)
{
	if (flags & ~MLOCK_ONFAULT)
		return -EINVAL;
	return do_mlock(start, len, flags ? VM_LOCKED_MASK : VM_LOCKED);
}

long sys_munlock(unsigned long start, size_t len)
{
	return do_mlock(start, len, 0);
}

/* All areas there are; those to come are def_flags' business. */
static void lock_all(struct mm_struct *mm, unsigned long flags)
{
	struct vm_area_struct *vma;
	unsigned long end = 0;

	while ((vma = find_vma(mm, end))) {
		end = vma->vm_end;
		vma_change_flags(mm, vma->vm_start, end, VM_LOCKED_MASK, flags);
	}
}

long sys_mlockall(int flags)
{
	struct mm_struct *mm = current->mm;
	unsigned long vm_flags = flags & MCL_ONFAULT ? VM_LOCKED_MASK
						     : VM_LOCKED;

	if (!(flags & (MCL_CURRENT | MCL_FUTURE)) ||
	    (flags & ~(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT)))
		return -EINVAL;
	mm->def_flags = flags & MCL_FUTURE ? vm_flags : 0;
	if (!(flags & MCL_CURRENT))
		return 0;
	lock_all(mm, vm_flags);
	if (vm_flags == VM_LOCKED) /* as far as it goes */
		for (struct vm_area_struct *vma = mm->mmap; vma;
		     vma = vma->vm_next)
			mm_populate(mm, vma->vm_start, vma->vm_end);
	return 0;
}

long sys_munlockall(void)
{
	current->mm->def_flags = 0;
	lock_all(current->mm, 0);
	return 0;
}
