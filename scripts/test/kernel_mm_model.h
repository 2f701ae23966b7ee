/*
 * kernel_mm_model.h - what an address space should be, page by page, without
 * areas, trees or page tables: the model that kernel/mm is compared with.
 */
#ifndef KERNEL_MM_MODEL_H
#define KERNEL_MM_MODEL_H

#include "lib/types.h"
#include "mm/mm.h"

#define USER_PAGES (TASK_SIZE >> PAGE_SHIFT)
#define NO_FILE    (-1)

/* What a page has got. */
enum page_state { NOTHING, ZERO_PAGE, FILE_PAGE, OWN_PAGE };

struct page_model {
	unsigned int flags; /* VM_*; 0: not mapped */
	int file; /* or NO_FILE */
	unsigned long pgoff; /* page of the file */
	enum page_state state;
	bool writable; /* OWN_PAGE: writing does not fault */
	bool written; /* word 0 is stamp, not what it was at first */
	unsigned long stamp;
};

extern struct page_model model[USER_PAGES];

/* An address space for the current task, with break and stack; it goes. */
struct mm_struct *start_mm(void);
void end_mm(void);

#define START_BRK 0x08100800UL /* start_mm()'s: not at the start of a page */

/* mmap.c's system calls: the kernel reaches them through its table. */
unsigned long sys_brk(unsigned long brk);
long sys_mmap_pgoff(unsigned long addr, unsigned long len, unsigned long prot,
		    unsigned long flags, unsigned long fd, unsigned long pgoff);
long sys_munmap(unsigned long addr, size_t len);
long sys_mprotect(unsigned long start, size_t len, unsigned long prot);

/*
 * The system calls: done by the kernel and by the model; the results must be
 * the same. They return it.
 */
long try_brk(unsigned long brk);
long try_mmap(unsigned long addr, unsigned long len, unsigned long prot,
	      unsigned long flags, long fd, unsigned long pgoff);
long try_munmap(unsigned long start, unsigned long len);
long try_mprotect(unsigned long start, unsigned long len, unsigned long prot);

/* The same for a page fault below a VM_GROWSDOWN area: does it grow? */
bool model_expand_stack(unsigned long address);

#define WINDOW       0x1ffe0000UL /* it needs two page tables */
#define WINDOW_PAGES 96UL

/* One of the above with random arguments, mostly in the window. */
void random_call(void);

/* Areas that can be one are one; all are in order, counted and balanced. */
void check_areas(struct mm_struct *mm);

/* The same, and they are what the model says, and what the events say. */
void check_model(struct mm_struct *mm);

/* After calls that failed for want of memory: the model takes over what is. */
void model_adopt(struct mm_struct *mm);

#endif
