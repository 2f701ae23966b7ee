/*
 * mm_trace.h - the events of the memory manager, each a test of one bit when
 * it is off (Linux: include/trace/events/kmem.h and mmap.h), and the sentence
 * that a refused access gets. The formats are in mm_trace.c.
 */
#ifndef TRACE_MM_TRACE_H
#define TRACE_MM_TRACE_H

#include "mm/mm_types.h"
#include "trace/trace.h"

void __trace_page_fault(bool user, unsigned long address, unsigned long ip,
			unsigned long error_code);
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

#define if_traced(event, call)       \
	do {                         \
		if (trace_on(event)) \
			call;        \
	} while (0)

#define trace_page_fault(user, ...)                                         \
	if_traced((user) ? TRACE_PAGE_FAULT_USER : TRACE_PAGE_FAULT_KERNEL, \
		  __trace_page_fault(user, __VA_ARGS__))
#define trace_mm_page_alloc(page, order) \
	if_traced(TRACE_MM_PAGE_ALLOC,   \
		  __trace_mm_page("mm_page_alloc", page, order))
#define trace_mm_page_free(page, order) \
	if_traced(TRACE_MM_PAGE_FREE,   \
		  __trace_mm_page("mm_page_free", page, order))
#define trace_rss_stat(...) \
	if_traced(TRACE_RSS_STAT, __trace_rss_stat(__VA_ARGS__))
#define trace_vma_map(vma)   \
	if_traced(TRACE_VMA, \
		  __trace_vma("vma_map", vma, (vma)->vm_start, (vma)->vm_end))
#define trace_vma_unmap(...) \
	if_traced(TRACE_VMA, __trace_vma("vma_unmap", __VA_ARGS__))
#define trace_vma_adjust(...) \
	if_traced(TRACE_VMA, __trace_vma_adjust(__VA_ARGS__))
#define trace_vma_protect(...) \
	if_traced(TRACE_VMA, __trace_vma_protect(__VA_ARGS__))
#define trace_brk_move(...) if_traced(TRACE_VMA, __trace_brk_move(__VA_ARGS__))
#define trace_handle_mm_fault(...) \
	if_traced(TRACE_HANDLE_MM_FAULT, __trace_handle_mm_fault(__VA_ARGS__))

/* ── refusal.c ────────────────────────────────────────────────────────── */

struct pt_regs;

/*
 * CURRENT's access to ADDRESS ends in SIGNAL: say which rule refused it, in
 * the log and as an event. VMA is find_vma()'s answer: it may lie above.
 */
void report_refusal(const struct pt_regs *regs,
		    const struct vm_area_struct *vma, unsigned long error_code,
		    unsigned long address, int signal);

#endif
