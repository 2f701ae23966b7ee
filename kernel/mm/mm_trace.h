/*
 * mm_trace.h - the events of the memory manager, each a test of one bit when
 * it is off (Linux: include/trace/events/kmem.h and mmap.h). The formats are
 * in mm_trace.c.
 */
#ifndef MM_MM_TRACE_H
#define MM_MM_TRACE_H

#include "mm/mm_types.h"
#include "trace/trace.h"

void __trace_mm_page(const char *name, struct page *page, unsigned int order);
void __trace_rss_stat(struct mm_struct *mm, int counter);
void __trace_vma(const char *name, const struct vm_area_struct *vma,
		 unsigned long start, unsigned long end);
void __trace_vma_adjust(const struct vm_area_struct *vma,
			unsigned long old_start, unsigned long old_end);
void __trace_vma_protect(const struct vm_area_struct *vma,
			 unsigned long old_flags);
void __trace_brk_move(struct mm_struct *mm, unsigned long old_brk);
void __trace_handle_mm_fault(enum fault_kind kind,
			     const struct vm_area_struct *vma,
			     unsigned long address, pte_t before, pte_t after);

static inline void trace_mm_page_alloc(struct page *page, unsigned int order)
{
	if (trace_on(TRACE_MM_PAGE_ALLOC))
		__trace_mm_page("mm_page_alloc", page, order);
}

static inline void trace_mm_page_free(struct page *page, unsigned int order)
{
	if (trace_on(TRACE_MM_PAGE_FREE))
		__trace_mm_page("mm_page_free", page, order);
}

static inline void trace_rss_stat(struct mm_struct *mm, int counter)
{
	if (trace_on(TRACE_RSS_STAT))
		__trace_rss_stat(mm, counter);
}

static inline void trace_vma_map(const struct vm_area_struct *vma)
{
	if (trace_on(TRACE_VMA))
		__trace_vma("vma_map", vma, vma->vm_start, vma->vm_end);
}

/* [START, END) of VMA goes away. */
static inline void trace_vma_unmap(const struct vm_area_struct *vma,
				   unsigned long start, unsigned long end)
{
	if (trace_on(TRACE_VMA))
		__trace_vma("vma_unmap", vma, start, end);
}

static inline void trace_vma_adjust(const struct vm_area_struct *vma,
				    unsigned long old_start,
				    unsigned long old_end)
{
	if (trace_on(TRACE_VMA))
		__trace_vma_adjust(vma, old_start, old_end);
}

static inline void trace_vma_protect(const struct vm_area_struct *vma,
				     unsigned long old_flags)
{
	if (trace_on(TRACE_VMA))
		__trace_vma_protect(vma, old_flags);
}

static inline void trace_brk_move(struct mm_struct *mm, unsigned long old_brk)
{
	if (trace_on(TRACE_VMA))
		__trace_brk_move(mm, old_brk);
}

static inline void trace_handle_mm_fault(enum fault_kind kind,
					 const struct vm_area_struct *vma,
					 unsigned long address, pte_t before,
					 pte_t after)
{
	if (trace_on(TRACE_HANDLE_MM_FAULT))
		__trace_handle_mm_fault(kind, vma, address, before, after);
}

#endif
