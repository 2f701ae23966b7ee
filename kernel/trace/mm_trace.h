/*
 * mm_trace.h - the events of the memory manager, each a test of one bit when
 * it is off (Linux: include/trace/events/kmem.h and mmap.h), and the sentence
 * that a refused access gets. The formats are in mm_trace.c.
 */
#ifndef TRACE_MM_TRACE_H
#define TRACE_MM_TRACE_H

#include "mm/mm_types.h"
#include "trace/trace.h"

/* "0x8048000-0x804c000 r-xp /bin/tour", until it is called again. */
const char *area_text(const struct vm_area_struct *vma, unsigned long start,
		      unsigned long end);

void __trace_rss_stat(struct mm_struct *mm, int counter);
void __trace_vma_protect(const struct vm_area_struct *vma,
			 unsigned long old_flags);
void __trace_handle_mm_fault(enum fault_kind kind,
			     const struct vm_area_struct *vma,
			     unsigned long address, pte_t before, pte_t after);

#define if_traced(event, call)       \
	do {                         \
		if (trace_on(event)) \
			call;        \
	} while (0)

#define trace_page_fault(user, address, ip, error_code)                     \
	if_traced((user) ? TRACE_PAGE_FAULT_USER : TRACE_PAGE_FAULT_KERNEL, \
		  trace_printf((user) ? "page_fault_user"                   \
				      : "page_fault_kernel",                \
			       "address=0x%lx ip=0x%lx error_code=0x%lx",   \
			       address, ip, error_code))
#define trace_mm_page(event, name, page, order)                              \
	if_traced(event, trace_printf(name, "page=0x%lx pfn=0x%lx order=%u", \
				      (unsigned long)(page),                 \
				      page_to_pfn(page), order))
#define trace_mm_page_alloc(...) \
	trace_mm_page(TRACE_MM_PAGE_ALLOC, "mm_page_alloc", __VA_ARGS__)
#define trace_mm_page_free(...) \
	trace_mm_page(TRACE_MM_PAGE_FREE, "mm_page_free", __VA_ARGS__)
#define trace_rss_stat(...) \
	if_traced(TRACE_RSS_STAT, __trace_rss_stat(__VA_ARGS__))
#define trace_vma(...) if_traced(TRACE_VMA, trace_printf(__VA_ARGS__))
#define trace_vma_map(vma)         \
	trace_vma("vma_map", "%s", \
		  area_text(vma, (vma)->vm_start, (vma)->vm_end))
#define trace_vma_unmap(...) \
	trace_vma("vma_unmap", "%s", area_text(__VA_ARGS__))
#define trace_vma_adjust(vma, old_start, old_end)                        \
	trace_vma("vma_adjust", "0x%lx-0x%lx -> %s", old_start, old_end, \
		  area_text(vma, (vma)->vm_start, (vma)->vm_end))
#define trace_vma_protect(...) \
	if_traced(TRACE_VMA, __trace_vma_protect(__VA_ARGS__))
#define trace_brk_move(mm, old_brk)                               \
	trace_vma("brk_move", "start_brk=0x%lx brk=0x%lx->0x%lx", \
		  (mm)->start_brk, old_brk, (mm)->brk)
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
