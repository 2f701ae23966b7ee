/*
 * mm.h - the face of the memory manager: frames, small objects, address
 * spaces, faults, and the door between kernel and user memory.
 */
#ifndef MM_MM_H
#define MM_MM_H

#include "mm/mm_types.h"

/* ── The address map ──────────────────────────────────────────────────── */

#define TASK_SIZE     0xc0000000UL /* programs below, the kernel above */
#define PAGE_OFFSET   0xc0000000UL /* where frame 0 is mapped: lowmem */
#define LOWMEM_MAX    0x38000000UL /* 896 MiB: the rest is highmem, not used */
#define STACK_TOP     0xbffff000UL /* one page below the kernel, a guard */
#define MMAP_BASE     0xb8000000UL /* mmap() places below, or lower still */
#define STACK_GUARD   (256UL << PAGE_SHIFT) /* Linux's stack_guard_gap */
#define MMAP_MIN_ADDR 0x10000UL /* nothing is ever mapped below */
#define MAX_MAP_COUNT 65530 /* areas in one address space */

/* A physical address in lowmem as the kernel sees it, and back. */
#define __va(physical) ((void *)((unsigned long)(physical) + PAGE_OFFSET))
#define __pa(virtual)  ((unsigned long)(virtual) - PAGE_OFFSET)

/* ── Page-table entries: Intel SDM 3A, 4.3, table 4-6 ─────────────────── */

#define _PAGE_PRESENT  0x001
#define _PAGE_RW       0x002
#define _PAGE_USER     0x004
#define _PAGE_ACCESSED 0x020
#define _PAGE_DIRTY    0x040

#define PTRS_PER_PGD 1024
#define PTRS_PER_PTE 1024
#define PGDIR_SHIFT  22
#define PGDIR_SIZE   (1UL << PGDIR_SHIFT)

#define pgd_index(address) ((unsigned long)(address) >> PGDIR_SHIFT)
#define pte_index(address) \
	(((unsigned long)(address) >> PAGE_SHIFT) & (PTRS_PER_PTE - 1))
#define pte_pfn(pte) ((pte) >> PAGE_SHIFT)

/* ── page_alloc.c: physical frames ────────────────────────────────────── */

#define MAX_ORDER 10 /* the largest block: 2^10 frames, 4 MiB */

extern struct page *mem_map; /* one struct page per frame of lowmem */
extern unsigned long max_low_pfn; /* frames in mem_map */
extern unsigned long totalram_pages; /* frames the allocator was given */
extern unsigned long nr_free_pages; /* frames free now: exact */
extern struct page *zero_page; /* always zero, shared by all readers */

/* What has happened since the boot, for /proc/vmstat. */
enum vm_event_item {
	PGALLOC_NORMAL, /* frames */
	PGFREE,
	PGFAULT,
	OOM_KILL,
	NR_VM_EVENT_ITEMS,
};

extern unsigned long vm_events[NR_VM_EVENT_ITEMS];

#define page_to_pfn(page)     ((unsigned long)((page)-mem_map))
#define pfn_to_page(pfn)      (mem_map + (pfn))
#define page_address(page)    __va(page_to_pfn(page) << PAGE_SHIFT)
#define virt_to_page(address) pfn_to_page(__pa(address) >> PAGE_SHIFT)

/*
 * 2^ORDER frames in a row, aligned to their size, each with unknown content
 * (get_zeroed_page: one, zeroed). The first has _refcount 1. NULL: none left.
 */
struct page *alloc_pages(unsigned int order);
struct page *get_zeroed_page(void);
void free_pages(struct page *page, unsigned int order);

static inline struct page *alloc_page(void)
{
	return alloc_pages(0);
}

/* Hold a frame; let it go, which frees it when nobody else holds it. */
void get_page(struct page *page);

static inline void put_page(struct page *page)
{
	if (page->_refcount > 1)
		page->_refcount--;
	else
		free_pages(page, 0);
}

/* Hand the frames of [START, END) (physical, bytes) to the allocator. */
void free_bootmem(unsigned long start, unsigned long end);

/* Free blocks of each order, for /proc/buddyinfo. */
unsigned long buddy_free_blocks(unsigned int order);

/* ── overcommit.c ─────────────────────────────────────────────────────── */

#define OVERCOMMIT_GUESS  0
#define OVERCOMMIT_ALWAYS 1
#define OVERCOMMIT_NEVER  2

extern long sysctl_overcommit_memory; /* OVERCOMMIT_* */
extern long sysctl_overcommit_ratio; /* percent of RAM */
extern unsigned long vm_committed_as; /* pages promised so far */

unsigned long vm_commit_limit(void); /* pages, for OVERCOMMIT_NEVER */

/* May MM be promised PAGES more? Counting them is vm_stat_account()'s. */
bool vm_enough_memory(const struct mm_struct *mm, unsigned long pages);

/* ── oom_kill.c ───────────────────────────────────────────────────────── */

/* Kill the largest process. False: that is CURRENT's; else try once more. */
bool out_of_memory(void);

/* ── kmalloc.c: small kernel objects ──────────────────────────────────── */

/* SIZE bytes, aligned to 8 at least; kzalloc: zeroed. NULL: no memory. */
void *kmalloc(size_t size);
void *kzalloc(size_t size);
void kfree(void *object); /* NULL is fine */

/* ── init.c: from the boot loader's word to a running allocator ───────── */

struct multiboot_info;

/*
 * Build mem_map, then give all usable frames of lowmem to the allocator,
 * sparing the kernel and the boot modules.
 */
void mem_init(const struct multiboot_info *info);

struct file;

/* ── mmap.c, vma.c: address spaces and their areas ────────────────────── */

struct mm_struct *mm_alloc(void); /* mm_users is 1; NULL: no memory */
void mmput(struct mm_struct *mm); /* the last user frees it all */
void set_mm_exe_file(struct mm_struct *mm, struct inode *file);
void exit_mmap(struct mm_struct *mm); /* all areas go */
struct mm_struct *dup_mm(struct mm_struct *old); /* for fork(); NULL as well */
void switch_mm(struct mm_struct *mm); /* NULL: the kernel's own tables */

static inline unsigned long get_mm_rss(const struct mm_struct *mm)
{
	return mm->rss_stat[MM_FILEPAGES] + mm->rss_stat[MM_ANONPAGES];
}

/* The first area that ends above ADDRESS (it may begin above it, too). */
struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long address);

/*
 * Map LEN bytes at ADDR (page-aligned; a hint without MAP_FIXED) from FILE at
 * PGOFF pages, or zeroes if FILE is NULL. Returns the address or -errno:
 * EINVAL, ENOMEM, EEXIST (MAP_FIXED_NOREPLACE), and what FILE forbids.
 */
unsigned long do_mmap(struct mm_struct *mm, struct file *file,
		      unsigned long addr, unsigned long len, unsigned long prot,
		      unsigned long flags, unsigned long pgoff);

/* Take [START, START + LEN) away. 0, or EINVAL, ENOMEM. */
int do_munmap(struct mm_struct *mm, unsigned long start, size_t len);

/* Add anonymous memory where nothing is: heap, bss, stack. 0 or -ENOMEM. */
int do_brk_flags(struct mm_struct *mm, unsigned long addr, unsigned long len,
		 unsigned long flags);

/* Grow a VM_GROWSDOWN area down to ADDRESS. 0 or -ENOMEM. */
int expand_stack(struct vm_area_struct *vma, unsigned long address);

/* May MM have PAGES more of the kind VM_FLAGS: by its limits, and of RAM? */
bool may_expand_vm(const struct mm_struct *mm, unsigned long vm_flags,
		   unsigned long pages);

/* For people (mm_trace.c): "[heap]", the file's path, or ""; "rw-p". */
char *vma_name(const struct vm_area_struct *vma, char *buffer, size_t size);
char *vma_flags_text(unsigned long vm_flags, char text[5]);

/* ── memory.c: page tables and what faults put there ──────────────────── */

#define FAULT_FLAG_WRITE 0x1 /* the access was a write */
#define FAULT_FLAG_STACK 0x2 /* the stack grew for it */

/* Make ADDRESS in VMA usable for the access: the one way user pages appear. */
enum fault_kind handle_mm_fault(struct vm_area_struct *vma,
				unsigned long address, unsigned int flags);

/* The entry for ADDRESS, or NULL if its page table does not exist. */
static inline pte_t *pte_lookup(struct mm_struct *mm, unsigned long address)
{
	pgd_t table = mm->pgd[pgd_index(address)];

	return table ? (pte_t *)__va(table & PAGE_MASK) + pte_index(address)
		     : NULL;
}

/* PTE becomes each entry in use of [ADDRESS, END), ADDRESS what it is for. */
#define for_each_pte(pte, mm, address, end)                                \
	for (pte = NULL; (pte = next_pte(mm, pte, &address, end)) != NULL; \
	     address += PAGE_SIZE)

static inline pte_t *next_pte(struct mm_struct *mm, pte_t *pte,
			      unsigned long *address, unsigned long end)
{
	for (; *address < end; *address += PAGE_SIZE) {
		if (pte && pte_index(*address))
			pte++;
		else
			pte = pte_lookup(mm, *address);
		if (pte && *pte)
			return pte;
		if (!pte) /* none in the whole 4 MiB */
			*address |= PGDIR_SIZE - PAGE_SIZE;
	}
	return NULL;
}

/* Drop the pages of [START, END), and page tables left empty. */
void unmap_page_range(struct mm_struct *mm, unsigned long start,
		      unsigned long end);

/* Drop the pages of FILE from page INDEX on wherever they are mapped. */
void unmap_mapping_range(struct inode *file, unsigned long index);

/*
 * Give MM, a copy in the making, the entries that VMA has got in its own
 * address space: same frames; private ones that may be written, read-only.
 * 0 or -ENOMEM.
 */
int copy_page_range(struct mm_struct *mm, struct vm_area_struct *vma);

/*
 * The entries for LEN bytes at FROM move to TO, where there are none yet. All
 * or nothing: 0 or -ENOMEM.
 */
int move_page_tables(struct mm_struct *mm, unsigned long from, unsigned long to,
		     unsigned long len);

/* Bring the entries of [START, END) in line with new VM_* rights. */
void change_protection(struct mm_struct *mm, unsigned long start,
		       unsigned long end, unsigned long vm_flags);

/*
 * Take the page at ADDRESS, in lowmem, out of the kernel's map, or put it back:
 * whoever runs into it is noticed. Linux: set_memory_np()
 */
void set_memory_present(void *address, bool present);

/* Forget the TLB's copy of ADDRESS's entry; of all user entries. */
void flush_tlb_page(unsigned long address);
void flush_tlb(void);

/* ── madvise.c ────────────────────────────────────────────────────────── */

/*
 * Take the faults that touching [START, END) would take, as far as it is
 * mapped. 0, or -ENOMEM: no memory, or not all of it may be touched.
 */
int mm_populate(struct mm_struct *mm, unsigned long start, unsigned long end);

/* ── fault.c: #PF ─────────────────────────────────────────────────────── */

struct pt_regs;

/* The page-fault error code: Intel SDM 3A, 4.7. */
#define X86_PF_PROT  0x1 /* 0: not present; 1: present, not allowed */
#define X86_PF_WRITE 0x2
#define X86_PF_USER  0x4 /* the CPU was in ring 3 */

void do_page_fault(struct pt_regs *regs, unsigned long error_code,
		   unsigned long address);

/* ── uaccess.c: the only door between kernel and user memory ──────────── */

/* Is [ADDRESS, ADDRESS + SIZE) wholly below TASK_SIZE? */
bool access_ok(const void __user *address, unsigned long size);

/* Copy SIZE bytes. Returns how many could not be copied: 0 is success. */
unsigned long copy_to_user(void __user *to, const void *from,
			   unsigned long size);
unsigned long copy_from_user(void *to, const void __user *from,
			     unsigned long size);
unsigned long clear_user(void __user *to, unsigned long size);

/* One VARIABLE, of any type. 0 or -EFAULT */
#define put_user(variable, to) \
	(copy_to_user(to, &(variable), sizeof(variable)) ? -EFAULT : 0)
#define get_user(variable, from) \
	(copy_from_user(&(variable), from, sizeof(variable)) ? -EFAULT : 0)

/*
 * Copy a string with its NUL, at most SIZE bytes. Returns its length without
 * the NUL; SIZE if there was none; -EFAULT.
 */
long strncpy_from_user(char *to, const char __user *from, long size);

/* The frame for ADDRESS in MM's page tables or the page cache; NULL: none. */
struct page *follow_page(struct mm_struct *mm, unsigned long address);

/* SIZE bytes at ADDRESS of MM, as far as there are frames: how many. */
size_t access_remote_vm(struct mm_struct *mm, unsigned long address, void *to,
			size_t size);

/* Where to go on if the instruction at IP faults; 0: it may not. */
unsigned long search_exception_tables(unsigned long ip);

#endif
