/*
 * mmap.c - address spaces: brk(), mmap(), munmap(), mprotect() and the areas
 * they change. Nothing here takes a frame or touches a page-table entry, but
 * for giving back what an area that goes away has got (memory.c).
 *
 *   brk up       mm->brk moves, the heap's area grows: that is all
 *   brk down     the same the other way; pages behind go back
 *   mmap         an area more, or a neighbour grows
 *   munmap       areas cut, split, removed; their pages go back
 *
 * Linux: mm/mmap.c, mm/vma.c, mm/mprotect.c.
 */
#include "abi/errno.h"
#include "abi/mman.h"
#include "fs/fs.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "mm/vma.h"
#include "proc/task.h"
#include "trace/mm_trace.h"

#define VM_DATA_DEFAULT_FLAGS                                         \
	(VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC | \
	 VM_ACCOUNT)

/* ── munmap ───────────────────────────────────────────────────────────── */

int do_munmap(struct mm_struct *mm, unsigned long start, size_t len)
{
	struct vm_area_struct *vma;
	unsigned long end = start + PAGE_ALIGN(len);

	if ((start & ~PAGE_MASK) || start > TASK_SIZE ||
	    len > TASK_SIZE - start || end == start)
		return -EINVAL;
	while ((vma = find_vma_intersection(mm, start, end))) {
		/* A hole in the middle: now it is at the end of one of two. */
		if (vma->vm_start < start && vma->vm_end > end &&
		    split_vma(vma, end) < 0)
			return -ENOMEM;
		vma_cut(vma, max(vma->vm_start, start), min(vma->vm_end, end));
	}
	return 0;
}

long sys_munmap(unsigned long addr, size_t len)
{
	return do_munmap(current->mm, addr, len);
}

/* ── brk ──────────────────────────────────────────────────────────────── */

int do_brk_flags(struct mm_struct *mm, unsigned long addr, unsigned long len,
		 unsigned long flags)
{
	flags |= VM_DATA_DEFAULT_FLAGS;
	if (!may_expand_vm(mm, flags, len >> PAGE_SHIFT))
		return -ENOMEM;
	return vma_add(mm, addr, addr + len, flags, NULL, 0);
}

/*
 * Move the program break to BRK. Returns the break as it is afterwards: the
 * new one, or the old one if that could not be done; libc's brk() and sbrk()
 * make an error of it. Only whole pages matter to the areas, so most small
 * moves change nothing but mm->brk. Linux: SYSCALL_DEFINE1(brk).
 */
unsigned long sys_brk(unsigned long brk)
{
	struct mm_struct *mm = current->mm;
	unsigned long old_brk = mm->brk;
	unsigned long old_end = PAGE_ALIGN(old_brk);
	unsigned long new_end = PAGE_ALIGN(brk);

	if (brk < mm->start_brk || brk > TASK_SIZE)
		return old_brk;
	/* Linux: check_data_rlimit() */
	if (rlimit(RLIMIT_DATA) <
	    brk - mm->start_brk + (mm->end_data - mm->start_data))
		return old_brk;

	if (new_end < old_end) {
		if (do_munmap(mm, new_end, old_end - new_end) < 0)
			return old_brk;
	} else if (new_end > old_end) {
		/* Leave a page between the heap and what lies above. */
		if (!range_is_free(mm, old_end, new_end + PAGE_SIZE - old_end))
			return old_brk;
		if (do_brk_flags(mm, old_end, new_end - old_end, 0) < 0)
			return old_brk;
	}
	mm->brk = brk;
	trace_brk_move(mm, old_brk);
	return brk;
}

/* ── Limits ───────────────────────────────────────────────────────────── */

/* Linux: may_expand_vm(), which leaves vm_enough_memory() to its callers. */
bool may_expand_vm(const struct mm_struct *mm, unsigned long vm_flags,
		   unsigned long pages)
{
	bool is_data = (vm_flags & (VM_WRITE | VM_SHARED | VM_GROWSDOWN)) ==
		       VM_WRITE;

	if (mm->total_vm + pages > rlimit(RLIMIT_AS) >> PAGE_SHIFT)
		return false;
	if (is_data && mm->data_vm + pages > rlimit(RLIMIT_DATA) >> PAGE_SHIFT)
		return false;
	return !(vm_flags & VM_ACCOUNT) || vm_enough_memory(mm, pages);
}

/* ── mmap ─────────────────────────────────────────────────────────────── */

unsigned long get_unmapped_area(struct mm_struct *mm, unsigned long addr,
				unsigned long len, unsigned long flags)
{
	if (len > TASK_SIZE - MMAP_MIN_ADDR)
		return -ENOMEM;
	if (flags & MAP_FIXED) {
		if (addr > TASK_SIZE - len)
			return -ENOMEM;
		if (addr & ~PAGE_MASK)
			return -EINVAL;
		return addr < MMAP_MIN_ADDR ? (unsigned long)-EPERM : addr;
	}
	addr &= PAGE_MASK; /* Linux: round_hint_to_min() */
	if (addr && range_is_free(mm, max(addr, MMAP_MIN_ADDR), len))
		return max(addr, MMAP_MIN_ADDR);
	addr = unmapped_area_topdown(mm, len, MMAP_MIN_ADDR, mm->mmap_base);
	if (addr)
		return addr;
	/* Rather above the base, in the stack's reserve, than not at all. */
	addr = unmapped_area_topdown(mm, len, MMAP_MIN_ADDR, STACK_TOP);
	return addr ? addr : (unsigned long)-ENOMEM;
}

/*
 * What kind of mapping of FILE (NULL: of zeroes) FLAGS ask for, and whether it
 * may be: 0 or -errno. A file opened for reading cannot be written through a
 * mapping either, not even after mprotect(). Linux: do_mmap()'s switch.
 */
static int check_mapping(const struct file *file, unsigned long prot,
			 unsigned long flags, unsigned long *vm_flags)
{
	unsigned int mode = file ? file->f_flags & O_ACCMODE : O_RDWR;
	unsigned long type = flags & MAP_TYPE;

	if (type == MAP_SHARED) {
		*vm_flags |= VM_SHARED | VM_MAYSHARE;
		if (mode == O_RDONLY)
			*vm_flags &= ~(unsigned long)(VM_MAYWRITE | VM_SHARED);
		if (mode == O_RDONLY && (prot & PROT_WRITE))
			return -EACCES;
	} else if (type != MAP_PRIVATE) {
		return -EINVAL;
	}
	if (mode != O_RDONLY && mode != O_RDWR)
		return -EACCES;
	return file && !file->f_op->mmap ? -ENODEV : 0;
}

/* Linux: accountable_mapping() */
static bool accountable_mapping(unsigned long vm_flags)
{
	return (vm_flags & (VM_NORESERVE | VM_SHARED | VM_WRITE)) == VM_WRITE;
}

unsigned long do_mmap(struct mm_struct *mm, struct file *file,
		      unsigned long addr, unsigned long len, unsigned long prot,
		      unsigned long flags, unsigned long pgoff)
{
	unsigned long vm_flags = VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;
	struct inode *inode = NULL;
	int error;

	if (len == 0)
		return -EINVAL;
	len = PAGE_ALIGN(len);
	if (len == 0)
		return -ENOMEM;
	if (pgoff + (len >> PAGE_SHIFT) < pgoff)
		return -EOVERFLOW;
	/* Before MAP_FIXED takes away what is there. */
	if (mm->map_count >= MAX_MAP_COUNT)
		return -ENOMEM;
	if (flags & MAP_FIXED_NOREPLACE)
		flags |= MAP_FIXED;
	addr = get_unmapped_area(mm, addr, len, flags);
	if (IS_ERR_VALUE(addr))
		return addr;
	if ((flags & MAP_FIXED_NOREPLACE) &&
	    find_vma_intersection(mm, addr, addr + len))
		return -EEXIST;

	vm_flags |= prot & VM_ACCESS_FLAGS; /* PROT_READ is VM_READ … */
	if ((flags & MAP_NORESERVE) &&
	    sysctl_overcommit_memory != OVERCOMMIT_NEVER)
		vm_flags |= VM_NORESERVE;
	error = check_mapping(file, prot, flags, &vm_flags);
	if (accountable_mapping(vm_flags))
		vm_flags |= VM_ACCOUNT;
	if (!error) /* MAP_FIXED: whatever is there goes */
		error = do_munmap(mm, addr, len);
	if (error)
		return error;
	if (!may_expand_vm(mm, vm_flags, len >> PAGE_SHIFT))
		return -ENOMEM;
	/* Whose pages the area shows. */
	if (file)
		inode = file->f_op->mmap(file, vm_flags, len);
	else if (vm_flags & VM_SHARED)
		inode = shmem_zero_setup(len, vm_flags);
	if (IS_ERR(inode))
		return PTR_ERR(inode);
	error = vma_add(mm, addr, addr + len, vm_flags, inode, pgoff);
	if (inode)
		inode_put(inode); /* the area has its own hold */
	return error ? (unsigned long)error : addr;
}

/* mmap2(): the offset counts in pages. */
long sys_mmap_pgoff(unsigned long addr, unsigned long len, unsigned long prot,
		    unsigned long flags, unsigned long fd, unsigned long pgoff)
{
	struct mm_struct *mm = current->mm;
	struct file *file = NULL;

	if (!(flags & MAP_ANONYMOUS)) {
		file = fget(fd);
		if (!file)
			return -EBADF;
	}
	addr = do_mmap(mm, file, addr, len, prot, flags, file ? pgoff : 0);
	if (!IS_ERR_VALUE(addr) && (flags & (MAP_POPULATE | MAP_LOCKED)))
		mm_populate(mm, addr, addr + PAGE_ALIGN(len));
	return addr;
}

/* ── mprotect ─────────────────────────────────────────────────────────── */

/* Give [START, END), inside one area, new flags. */
static int mprotect_fixup(struct vm_area_struct *vma, unsigned long start,
			  unsigned long end, unsigned long prot)
{
	unsigned long old_flags = vma->vm_flags;
	unsigned long new_flags = (old_flags & ~VM_ACCESS_FLAGS) | prot;
	unsigned long pages = (end - start) >> PAGE_SHIFT;
	struct mm_struct *mm = vma->vm_mm;

	if (new_flags & ~(old_flags >> 4) & VM_ACCESS_FLAGS)
		return -EACCES; /* not VM_MAYREAD, or its kin */
	if (new_flags == old_flags)
		return 0;
	/* It becomes data now: do the limits have room for that? */
	if (!may_expand_vm(mm, new_flags & ~VM_ACCOUNT, pages) &&
	    may_expand_vm(mm, old_flags & ~VM_ACCOUNT, pages))
		return -ENOMEM;
	if (accountable_mapping(new_flags) && !(old_flags & VM_ACCOUNT)) {
		if (!vm_enough_memory(mm, pages))
			return -ENOMEM;
		new_flags |= VM_ACCOUNT;
	}
	vma = vma_isolate(vma, start, end);
	if (!vma)
		return -ENOMEM;
	vm_stat_account(mm, old_flags, -vma_pages(vma));
	vma->vm_flags = new_flags;
	vm_stat_account(mm, new_flags, vma_pages(vma));
	trace_vma_protect(vma, old_flags);
	change_protection(mm, start, end, new_flags);
	return 0;
}

/* Linux: do_mprotect_pkey() */
long sys_mprotect(unsigned long start, size_t len, unsigned long prot)
{
	unsigned long end = start + PAGE_ALIGN(len);
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	unsigned long part_end;
	int error = 0;

	if (start & ~PAGE_MASK)
		return -EINVAL;
	if (len == 0)
		return 0;
	if (end <= start)
		return -ENOMEM;
	if (prot & ~VM_ACCESS_FLAGS)
		return -EINVAL;

	/* What lies before a hole is changed before the hole is reported. */
	for (unsigned long part = start; part < end && !error;
	     part = part_end) {
		vma = find_vma_intersection(mm, part, part + 1);
		part_end = vma ? min(vma->vm_end, end) : end;
		error = vma ? mprotect_fixup(vma, part, part_end, prot)
			    : -ENOMEM;
	}
	/* Where flags are equal again, areas become one again. */
	vma = find_vma(mm, start - 1);
	while (vma && vma->vm_start <= end)
		if (!merge_with_next(vma))
			vma = find_vma(mm, vma->vm_end);
	return error;
}

/* ── The stack ────────────────────────────────────────────────────────── */

/* Linux: expand_downwards() and acct_stack_growth(). */
int expand_stack(struct vm_area_struct *vma, unsigned long address)
{
	struct mm_struct *mm = vma->vm_mm;
	int index = vma_index(mm, vma->vm_start);
	const struct vm_area_struct *prev;
	unsigned long pages;

	address &= PAGE_MASK;
	pages = (vma->vm_start - address) >> PAGE_SHIFT;
	if (address < MMAP_MIN_ADDR ||
	    vma->vm_end - address > rlimit(RLIMIT_STACK) ||
	    !may_expand_vm(mm, vma->vm_flags, pages))
		return -ENOMEM;
	prev = index > 0 ? mm->areas[index - 1] : NULL;
	if (prev && (prev->vm_flags & VM_ACCESS_FLAGS) &&
	    address - prev->vm_end < STACK_GUARD)
		return -ENOMEM;
	vma_set_range(vma, address, vma->vm_end);
	return 0;
}

/* ── Address spaces ───────────────────────────────────────────────────── */

extern pgd_t swapper_pg_dir[PTRS_PER_PGD];

/* The kernel's quarter of the directory is the same in each. */
struct mm_struct *mm_alloc(void)
{
	struct mm_struct *mm = kzalloc(sizeof(*mm));
	struct page *page;

	if (!mm)
		return NULL;
	page = get_zeroed_page();
	if (!page) {
		kfree(mm);
		return NULL;
	}
	mm->pgd = page_address(page);
	memcpy(mm->pgd + pgd_index(PAGE_OFFSET),
	       swapper_pg_dir + pgd_index(PAGE_OFFSET),
	       (PTRS_PER_PGD - pgd_index(PAGE_OFFSET)) * sizeof(pgd_t));
	mm->mm_users = 1;
	mm->mmap_base = MMAP_BASE;
	return mm;
}

/* The program that runs in it: nobody may write to that file meanwhile. */
void set_mm_exe_file(struct mm_struct *mm, struct inode *file)
{
	mm->exe_file = file;
	if (!file)
		return;
	inode_get(file);
	file->i_writecount--;
}

/*
 * The same promises, area by area, and through copy_page_range() the same
 * frames. Linux: dup_mm() and dup_mmap() in kernel/fork.c.
 */
struct mm_struct *dup_mm(struct mm_struct *old)
{
	const size_t layout = offsetof(struct mm_struct, mmap_base);
	struct mm_struct *mm = mm_alloc();

	if (!mm)
		return NULL;
	/* From mmap_base to env_end. */
	memcpy((char *)mm + layout, (const char *)old + layout,
	       offsetof(struct mm_struct, total_vm) - layout);
	set_mm_exe_file(mm, old->exe_file);
	for (int i = 0; i < old->map_count; i++) {
		struct vm_area_struct *vma = old->areas[i];

		if (((vma->vm_flags & VM_ACCOUNT) &&
		     !vm_enough_memory(old, vma_pages(vma))) ||
		    !vma_new(mm, vma->vm_start, vma->vm_end, vma->vm_flags,
			     vma->vm_file, vma->vm_pgoff) ||
		    copy_page_range(mm, vma) < 0) {
			mmput(mm);
			mm = NULL;
			break;
		}
	}
	flush_tlb(); /* the old one has lost rights, too */
	return mm;
}

void exit_mmap(struct mm_struct *mm)
{
	do_munmap(mm, 0, TASK_SIZE);
}

void mmput(struct mm_struct *mm)
{
	BUG_ON(mm->mm_users <= 0);
	mm->mm_users--;
	if (mm->mm_users > 0)
		return;

	exit_mmap(mm);
	BUG_ON(mm->total_vm != 0);
	BUG_ON(mm->nr_ptes != 0);
	BUG_ON(get_mm_rss(mm) != 0);
	if (mm->exe_file) {
		mm->exe_file->i_writecount++;
		inode_put(mm->exe_file);
	}
	free_pages(virt_to_page(mm->pgd), 0);
	kfree(mm->areas);
	kfree(mm);
}

void switch_mm(struct mm_struct *mm)
{
	unsigned long pgd = __pa(mm ? mm->pgd : swapper_pg_dir);

	__asm__ volatile("movl %0, %%cr3" : : "r"(pgd) : "memory");
}
