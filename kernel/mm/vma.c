/*
 * vma.c - single areas of an address space: made, grown, merged with a
 * neighbour, cut in two, taken away, and counted. The system calls that do
 * these things are in mmap.c, the order of the areas in vma_order.c.
 * Linux: mm/vma.c.
 */
#include "mm/vma.h"

#include "abi/errno.h"
#include "fs/fs.h"
#include "lib/printk.h"
#include "mm/mm.h"
#include "trace/mm_trace.h"

/* ── Finding ──────────────────────────────────────────────────────────── */

/* Programs touch the same area again and again: the last answer first. */
struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long address)
{
	struct vm_area_struct *vma = mm->mmap_cache;
	int index;

	if (vma && vma->vm_start <= address && address < vma->vm_end)
		return vma;
	index = vma_index(mm, address);
	if (index == mm->map_count)
		return NULL;
	mm->mmap_cache = mm->areas[index];
	return mm->mmap_cache;
}

struct vm_area_struct *find_vma_intersection(struct mm_struct *mm,
					     unsigned long start,
					     unsigned long end)
{
	struct vm_area_struct *vma = find_vma(mm, start);

	return vma && vma->vm_start < end ? vma : NULL;
}

/* ── Accounting: what has been promised ───────────────────────────────── */

void vm_stat_account(struct mm_struct *mm, unsigned long vm_flags, long pages)
{
	mm->total_vm += pages;
	if (vm_flags & VM_ACCOUNT)
		vm_committed_as += pages;
	if (mm->total_vm > mm->hiwater_vm)
		mm->hiwater_vm = mm->total_vm;
	if (vm_flags & VM_GROWSDOWN)
		mm->stack_vm += pages;
	else if ((vm_flags & (VM_EXEC | VM_WRITE)) == VM_EXEC)
		mm->exec_vm += pages;
	else if ((vm_flags & (VM_WRITE | VM_SHARED)) == VM_WRITE)
		mm->data_vm += pages;
}

/* ── Areas: making, merging, splitting ────────────────────────────────── */

void vma_set_range(struct vm_area_struct *vma, unsigned long start,
		   unsigned long end)
{
	unsigned long old_start = vma->vm_start;
	unsigned long old_end = vma->vm_end;
	long pages = vma_pages(vma);

	vma->vm_pgoff = linear_page_index(vma, start);
	vma->vm_start = start;
	vma->vm_end = end;
	vm_stat_account(vma->vm_mm, vma->vm_flags, vma_pages(vma) - pages);
	trace_vma_adjust(vma, old_start, old_end);
}

struct vm_area_struct *vma_new(struct mm_struct *mm, unsigned long start,
			       unsigned long end, unsigned long vm_flags,
			       struct inode *file, unsigned long pgoff)
{
	struct vm_area_struct *vma = NULL;

	if (mm->map_count < MAX_MAP_COUNT)
		vma = kzalloc(sizeof(*vma));
	if (!vma)
		return NULL;
	vma->vm_mm = mm;
	vma->vm_start = start;
	vma->vm_end = end;
	vma->vm_flags = vm_flags;
	vma->vm_file = file;
	vma->vm_pgoff = pgoff;
	if (vma_link(mm, vma) < 0) {
		kfree(vma);
		return NULL;
	}
	if (file)
		inode_get(file);
	vm_stat_account(mm, vm_flags, vma_pages(vma));
	return vma;
}

static void vma_free(struct vm_area_struct *vma)
{
	vm_stat_account(vma->vm_mm, vma->vm_flags, -vma_pages(vma));
	vma_unlink(vma->vm_mm, vma);
	if (vma->vm_file)
		inode_put(vma->vm_file);
	kfree(vma);
}

/* Is what lies, or is to lie, at ADDRESS of one kind and source with VMA? */
static bool can_merge(const struct vm_area_struct *vma, unsigned long address,
		      unsigned long vm_flags, const struct inode *file,
		      unsigned long pgoff)
{
	return vma->vm_flags == vm_flags && vma->vm_file == file &&
	       linear_page_index(vma, address) == pgoff;
}

bool merge_with_next(struct vm_area_struct *vma)
{
	struct vm_area_struct *next = find_vma(vma->vm_mm, vma->vm_end);
	unsigned long end;

	if (!next || vma->vm_end != next->vm_start ||
	    !can_merge(vma, next->vm_start, next->vm_flags, next->vm_file,
		       next->vm_pgoff))
		return false;
	end = next->vm_end;
	vma_free(next);
	vma_set_range(vma, vma->vm_start, end);
	return true;
}

/* Linux: vma_merge(), which knows eight cases. */
int vma_add(struct mm_struct *mm, unsigned long start, unsigned long end,
	    unsigned long vm_flags, struct inode *file, unsigned long pgoff)
{
	struct vm_area_struct *next = find_vma(mm, start);
	struct vm_area_struct *prev = find_vma(mm, start - 1);
	struct vm_area_struct *vma;

	if (!file)
		pgoff = start >> PAGE_SHIFT;
	if (prev && prev->vm_end == start &&
	    can_merge(prev, start, vm_flags, file, pgoff)) {
		vma_set_range(prev, prev->vm_start, end);
		if (next && next->vm_start == end)
			merge_with_next(prev);
		return 0;
	}
	if (next && next->vm_start == end &&
	    can_merge(next, start, vm_flags, file, pgoff)) {
		vma_set_range(next, start, next->vm_end);
		return 0;
	}
	vma = vma_new(mm, start, end, vm_flags, file, pgoff);
	if (!vma)
		return -ENOMEM;
	trace_vma_map(vma);
	return 0;
}

int split_vma(struct vm_area_struct *vma, unsigned long address)
{
	unsigned long end = vma->vm_end;
	struct vm_area_struct *upper;

	vma_set_range(vma, vma->vm_start, address);
	upper = vma_new(vma->vm_mm, address, end, vma->vm_flags, vma->vm_file,
			linear_page_index(vma, address));
	if (!upper) {
		vma_set_range(vma, vma->vm_start, end);
		return -ENOMEM;
	}
	trace_vma_map(upper);
	return 0;
}

struct vm_area_struct *vma_isolate(struct vm_area_struct *vma,
				   unsigned long start, unsigned long end)
{
	if (start > vma->vm_start) {
		if (split_vma(vma, start) < 0)
			return NULL;
		vma = find_vma(vma->vm_mm, start);
	}
	return end < vma->vm_end && split_vma(vma, end) < 0 ? NULL : vma;
}

void vma_cut(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	struct mm_struct *mm = vma->vm_mm;
	bool whole = start == vma->vm_start && end == vma->vm_end;

	trace_vma_unmap(vma, start, end);
	if (start > vma->vm_start)
		vma_set_range(vma, vma->vm_start, start);
	else if (end < vma->vm_end)
		vma_set_range(vma, end, vma->vm_end);
	unmap_page_range(mm, start, end);
	if (whole)
		vma_free(vma);
}
