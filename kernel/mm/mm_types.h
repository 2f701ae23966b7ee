/*
 * mm_types.h - the data model of the memory manager in one place: a physical
 * frame, an area of an address space, an address space. The names are those
 * of Linux's include/linux/mm_types.h.
 *
 *   task ── mm_struct ──┬── vm_area_struct  [start, end) rights, file
 *             │  brk    ├── vm_area_struct  [heap]
 *             │         └── vm_area_struct  [stack]
 *             └── pgd ── page tables ── PTE ──── struct page ── the frame
 *
 * The upper half is a promise: what the program may use. The lower half is
 * what it has got so far. Page faults turn the one into the other.
 */
#ifndef MM_MM_TYPES_H
#define MM_MM_TYPES_H

#include "lib/list.h"
#include "lib/types.h"

#define PAGE_SHIFT 12
#define PAGE_SIZE  (1UL << PAGE_SHIFT)
#define PAGE_MASK  (~(PAGE_SIZE - 1))

#define PAGE_ALIGN(address) ALIGN_UP((unsigned long)(address), PAGE_SIZE)

/* An entry of a page table or of the page directory (Intel SDM 3A, 4.3). */
typedef unsigned long pte_t;
typedef unsigned long pgd_t;

/*
 * One per physical frame, in the array mem_map. _refcount says how many hold
 * the frame: page-table entries, the page cache, the kernel. At 0 it is free.
 */
struct page {
	unsigned int flags; /* PG_* */
	int _refcount;
	union {
		struct { /* free: the head of a block in the buddy lists */
			struct list_head lru;
			unsigned int order; /* block of 2^order frames */
		};
		struct { /* kmalloc: a frame cut into objects of one size */
			struct list_head slab_list;
			void *freelist;
			unsigned short inuse; /* objects given out */
			unsigned short object_size; /* bytes */
		};
		unsigned int pt_used; /* a page table: entries not 0 */
		unsigned int alloc_order; /* in use: alloc_pages' order */
	};
};

#define PG_reserved (1u << 0) /* never ours to give: firmware, kernel image */
#define PG_buddy    (1u << 1) /* head of a block on a buddy list */
#define PG_slab     (1u << 2) /* cut up by kmalloc */
#define PG_table    (1u << 3) /* a page table of some mm_struct */
#define PG_cache    (1u << 4) /* content of a file: the page cache */

struct inode;
struct mm_struct;

/*
 * An area: a range of pages with the same rights and the same source. Areas
 * of one mm_struct never overlap; neighbours that could be one, are one.
 */
struct vm_area_struct {
	unsigned long vm_start; /* first address */
	unsigned long vm_end; /* first address behind */
	unsigned long vm_flags; /* VM_* */
	struct inode *vm_file; /* where its pages come from; NULL: zeroes */
	unsigned long vm_pgoff; /* page of the file; without: vm_start's */
	struct mm_struct *vm_mm;
};

#define VM_READ      0x00000001
#define VM_WRITE     0x00000002
#define VM_EXEC      0x00000004
#define VM_SHARED    0x00000008
#define VM_MAYREAD   0x00000010 /* mprotect() may allow it */
#define VM_MAYWRITE  0x00000020
#define VM_MAYEXEC   0x00000040
#define VM_MAYSHARE  0x00000080 /* MAP_SHARED, though perhaps read-only */
#define VM_GROWSDOWN 0x00000100 /* grows downwards when touched: the stack */
#define VM_ACCOUNT   0x00100000 /* counted in vm_committed_as */
#define VM_NORESERVE 0x00200000 /* never counted: MAP_NORESERVE */

#define VM_ACCESS_FLAGS (VM_READ | VM_WRITE | VM_EXEC)

/* What the resident pages of an address space are (rss_stat). */
enum {
	MM_FILEPAGES, /* page cache frames, mapped */
	MM_ANONPAGES, /* frames of its own */
	NR_MM_COUNTERS,
};

/* What became of page faults (fault_count). */
enum fault_kind {
	FAULT_ANON_WRITE, /* a zeroed frame of its own */
	FAULT_ANON_READ, /* the shared zero page */
	FAULT_ZERO_UPGRADE, /* zero page was mapped; now a frame of its own */
	FAULT_FILE_READ, /* the page cache's frame, mapped */
	FAULT_FILE_SHARED, /* the same, writable: what is written is shared */
	FAULT_FILE_COPY, /* a private copy of the page cache's frame */
	FAULT_COW, /* fork's shared frame written: a copy of one's own */
	FAULT_REUSE, /* read-only, but nobody else's: made writable */
	FAULT_STACK_GROWTH, /* anonymous write below the stack's area */
	FAULT_SPURIOUS, /* nothing to do: the entry was there already */
	FAULT_REFUSED, /* the rules say no */
	FAULT_SIGBUS, /* a page behind the end of its file */
	FAULT_OOM, /* no frame left */
	NR_FAULT_KINDS,
};

/*
 * An address space. brk() and mmap() change this structure and its areas and
 * nothing else; only faults fill pgd.
 *
 *   0x08048000   start_code … end_code    text
 *                start_data … end_data    data, bss
 *                start_brk … brk          the heap, grows up
 *                       …
 *                       ↓ mmap_base       mmap() places top-down
 *   0xbffff000   start_stack              the stack, grows down
 */
struct mm_struct {
	struct vm_area_struct **areas; /* by address (vma_order.c) */
	int map_count; /* number of areas */
	int areas_room; /* what fits into the array */
	struct vm_area_struct *mmap_cache; /* find_vma's last answer */

	pgd_t *pgd; /* the page directory, as the kernel sees it */
	int mm_users; /* tasks that live here */

	unsigned long mmap_base; /* mmap() places areas below this */
	unsigned long start_code, end_code, start_data, end_data;
	unsigned long start_brk, brk, start_stack;
	unsigned long arg_start, arg_end, env_start, env_end;

	/* promised, in pages */
	unsigned long total_vm;
	unsigned long data_vm; /* private and writable, not stack */
	unsigned long exec_vm; /* executable, not writable */
	unsigned long stack_vm;

	/* got, in pages */
	long rss_stat[NR_MM_COUNTERS];
	unsigned long nr_ptes; /* page tables, the directory not counted */
	unsigned long hiwater_rss; /* the most before pages went away */
	unsigned long hiwater_vm;

	unsigned long fault_count[NR_FAULT_KINDS];
	struct inode *exe_file;
};

#endif
