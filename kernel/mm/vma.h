/*
 * vma.h - the areas of an address space, for the files that change them:
 * vma.c (single areas), vma_order.c (their order), mmap.c (the system calls).
 */
#ifndef MM_VMA_H
#define MM_VMA_H

#include "mm/mm_types.h"

/* ── vma.c ────────────────────────────────────────────────────────────── */

static inline long vma_pages(const struct vm_area_struct *vma)
{
	return (vma->vm_end - vma->vm_start) >> PAGE_SHIFT;
}

/* Which page of VMA's file ADDRESS shows; without a file, of all memory. */
static inline unsigned long linear_page_index(const struct vm_area_struct *vma,
					      unsigned long address)
{
	return vma->vm_pgoff + (address >> PAGE_SHIFT) -
	       (vma->vm_start >> PAGE_SHIFT);
}

/* The first area that has a byte in [START, END), or NULL. */
struct vm_area_struct *find_vma_intersection(struct mm_struct *mm,
					     unsigned long start,
					     unsigned long end);

/* PAGES more (or less) with VM_FLAGS have been promised. */
void vm_stat_account(struct mm_struct *mm, unsigned long vm_flags, long pages);

/* A new area [START, END) of MM where nothing is, or NULL: no memory. */
struct vm_area_struct *vma_new(struct mm_struct *mm, unsigned long start,
			       unsigned long end, unsigned long vm_flags,
			       struct inode *file, unsigned long pgoff);

/* The same; but a neighbour of the same kind grows instead. 0 or -ENOMEM. */
int vma_add(struct mm_struct *mm, unsigned long start, unsigned long end,
	    unsigned long vm_flags, struct inode *file, unsigned long pgoff);

/* Move VMA's ends within the free space around it; accounts for it. */
void vma_set_range(struct vm_area_struct *vma, unsigned long start,
		   unsigned long end);

/* Make VMA and the area behind it one, if they can be: true if so. */
bool merge_with_next(struct vm_area_struct *vma);

/* Cut VMA in two at ADDRESS; VMA keeps the lower part. 0 or -ENOMEM. */
int split_vma(struct vm_area_struct *vma, unsigned long address);

/* Make [START, END) of VMA an area of its own, or NULL: no memory. */
struct vm_area_struct *vma_isolate(struct vm_area_struct *vma,
				   unsigned long start, unsigned long end);

/*
 * Take [START, END) of VMA away, its beginning or its end or all of it, with
 * the pages that are there.
 */
void vma_cut(struct vm_area_struct *vma, unsigned long start,
	     unsigned long end);

/*
 * mmap.c: where LEN bytes go: to ADDR with MAP_FIXED, whatever is there; else
 * where they fit, at the hint ADDR or as high as possible. Or -errno.
 */
unsigned long get_unmapped_area(struct mm_struct *mm, unsigned long addr,
				unsigned long len, unsigned long flags);

/* ── vma_order.c ──────────────────────────────────────────────────────── */

/* The index in MM->areas of the first area that ends above ADDRESS; map_count:
 * there is none. */
int vma_index(const struct mm_struct *mm, unsigned long address);

/* Put VMA where it belongs; it must not overlap others. 0 or -ENOMEM. */
int vma_link(struct mm_struct *mm, struct vm_area_struct *vma);
void vma_unlink(struct mm_struct *mm, struct vm_area_struct *vma);

/* Where VMA begins, with the guard gap below a stack. */
unsigned long vm_start_gap(const struct vm_area_struct *vma);

/* Is nothing in LEN bytes from START on, and no stack that may grow there? */
bool range_is_free(struct mm_struct *mm, unsigned long start,
		   unsigned long len);

/* The highest free place of LEN bytes in [LOW, HIGH), or 0. LOW is not 0. */
unsigned long unmapped_area_topdown(struct mm_struct *mm, unsigned long len,
				    unsigned long low, unsigned long high);

#endif
