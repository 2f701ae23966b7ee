/*
 * memory.c - page tables, and what page faults put there. Every page of user
 * memory appears through handle_mm_fault(); nothing else fills an entry.
 *
 *   address   31        22 21        12 11          0
 *             │ pgd index │ pte index  │  offset    │
 *                 │            │
 *     mm->pgd ────┴─→ table ───┴─→ PTE: frame number │ P RW US … A D
 *
 * Three kinds of entries: 0, nothing there yet; present; and _PAGE_PROTNONE,
 * a frame that is there but may not be touched (PROT_NONE). A page table
 * counts its entries (pt_used) and goes back when the last one does.
 *
 * What decides is noinline, so that a debugger stops in it, and sees it.
 *
 * Linux: mm/memory.c, which adds swap, huge pages, userfaultfd and locking.
 */
#include "abi/errno.h"
#include "fs/fs.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "mm/vma.h"
#include "proc/task.h"
#include "trace/mm_trace.h"

#define _PAGE_PROTNONE 0x200 /* a bit the CPU leaves to us, P clear */

/* ── The TLB ──────────────────────────────────────────────────────────── */

void flush_tlb_page(unsigned long address)
{
	__asm__ volatile("invlpg (%0)" : : "r"(address) : "memory");
}

void flush_tlb(void)
{
	unsigned long cr3;

	__asm__ volatile("movl %%cr3, %0\n\tmovl %0, %%cr3"
			 : "=r"(cr3)
			 :
			 : "memory");
}

/* ── Page tables ──────────────────────────────────────────────────────── */

/* pte_lookup(), but a missing page table is made. NULL: no frame left. */
static pte_t *pte_alloc(struct mm_struct *mm, unsigned long address)
{
	pte_t *pte = pte_lookup(mm, address);
	struct page *page;

	if (pte)
		return pte;
	page = get_zeroed_page();
	if (!page)
		return NULL;
	page->flags |= PG_table;
	page->pt_used = 0;
	mm->nr_ptes++;
	mm->pgd[pgd_index(address)] = (page_to_pfn(page) << PAGE_SHIFT) |
				      _PAGE_PRESENT | _PAGE_RW | _PAGE_USER;
	return pte_lookup(mm, address);
}

/* Give the page table for ADDRESS back if no entry of it is in use. */
static void pte_free_if_empty(struct mm_struct *mm, unsigned long address)
{
	pte_t *pte = pte_lookup(mm, address);

	if (!pte || virt_to_page(pte)->pt_used)
		return;
	mm->pgd[pgd_index(address)] = 0;
	flush_tlb_page(address);
	mm->nr_ptes--;
	free_pages(virt_to_page(pte), 0);
}

/* An entry comes into use, or goes out of it: so pt_used is right. */
static void set_pte(pte_t *pte, pte_t value)
{
	*pte = value;
	virt_to_page(pte)->pt_used++;
}

static void clear_pte(pte_t *pte)
{
	*pte = 0;
	virt_to_page(pte)->pt_used--;
}

/* What the CPU is to allow on FRAME for VM_FLAGS; WRITABLE may say less. */
static pte_t mk_pte(struct page *page, unsigned long vm_flags, bool writable)
{
	pte_t pte = page_to_pfn(page) << PAGE_SHIFT;

	if (!(vm_flags & VM_ACCESS_FLAGS))
		return pte | _PAGE_PROTNONE;
	pte |= _PAGE_PRESENT | _PAGE_USER | _PAGE_ACCESSED;
	if (writable && (vm_flags & VM_WRITE))
		pte |= _PAGE_RW | _PAGE_DIRTY;
	return pte;
}

/* Linux: mm_counter() */
static int mm_counter(const struct page *page)
{
	return page->flags & PG_cache ? MM_FILEPAGES : MM_ANONPAGES;
}

/* The zero page is everybody's, and does not count. */
static inline void add_rss(struct mm_struct *mm, const struct page *page,
			   long number)
{
	if (page == zero_page)
		return;
	mm->rss_stat[mm_counter(page)] += number;
	trace_rss_stat(mm, mm_counter(page));
}

/* PAGE, which PTE holds from now on, is there for the program. */
static inline void map_page(struct vm_area_struct *vma, pte_t *pte,
			    struct page *page, bool writable)
{
	set_pte(pte, mk_pte(page, vma->vm_flags, writable));
	add_rss(vma->vm_mm, page, 1);
}

/* A frame with the same content, or NULL. */
static struct page *page_copy(const struct page *page)
{
	struct page *copy = alloc_page();

	if (copy)
		memcpy(page_address(copy), page_address(page), PAGE_SIZE);
	return copy;
}

/* ── Faults ───────────────────────────────────────────────────────────── */

/* Memory that nobody has used yet: zeroes (Linux: do_anonymous_page()). */
static noinline enum fault_kind
do_anonymous_page(struct vm_area_struct *vma, pte_t *pte, unsigned int flags)
{
	struct page *page;

	/* Who only reads shares the one frame of zeroes, for nothing. */
	if (!(flags & FAULT_FLAG_WRITE)) {
		get_page(zero_page);
		map_page(vma, pte, zero_page, false);
		return FAULT_ANON_READ;
	}
	page = get_zeroed_page();
	if (!page)
		return FAULT_OOM;
	map_page(vma, pte, page, true);
	return FAULT_ANON_WRITE;
}

/*
 * A page of a file (Linux: do_read_fault(), do_cow_fault(), do_shared_fault()).
 * Reading maps the page cache's frame itself, which all programs share; so does
 * writing to a shared mapping; writing to a private one gets a copy.
 */
static noinline enum fault_kind do_fault(struct vm_area_struct *vma,
					 unsigned long address, pte_t *pte,
					 unsigned int flags)
{
	unsigned long index = linear_page_index(vma, address);
	loff_t position = (loff_t)index << PAGE_SHIFT;
	bool shared = vma->vm_flags & VM_SHARED;
	struct page *page;

	if (position >= vma->vm_file->i_size)
		return FAULT_SIGBUS;
	page = grab_cache_page(vma->vm_file, position);
	if (IS_ERR(page))
		return FAULT_OOM;
	if (shared || !(flags & FAULT_FLAG_WRITE)) {
		get_page(page);
		map_page(vma, pte, page, shared);
		return shared ? FAULT_FILE_SHARED : FAULT_FILE_READ;
	}
	page = page_copy(page);
	if (!page)
		return FAULT_OOM;
	map_page(vma, pte, page, true);
	return FAULT_FILE_COPY;
}

/*
 * A write to a page that is there but read-only, in an area that allows
 * writing (Linux: do_wp_page()): who shares the frame, with a relative, with
 * the page cache, or as the zero page, gets a copy; a frame that is this
 * address space's alone, or is to be shared, is made writable.
 */
static noinline enum fault_kind do_wp_page(struct vm_area_struct *vma,
					   unsigned long address, pte_t *pte)
{
	struct page *old = pfn_to_page(pte_pfn(*pte));
	enum fault_kind kind = old == zero_page        ? FAULT_ZERO_UPGRADE
			       : old->flags & PG_cache ? FAULT_FILE_COPY
						       : FAULT_COW;
	struct page *copy;

	if ((vma->vm_flags & VM_SHARED) ||
	    (old != zero_page && old->_refcount == 1)) {
		*pte = mk_pte(old, vma->vm_flags, true);
		flush_tlb_page(address);
		return FAULT_REUSE;
	}
	copy = page_copy(old);
	if (!copy)
		return FAULT_OOM;
	*pte = mk_pte(copy, vma->vm_flags, true);
	flush_tlb_page(address);
	if (kind != FAULT_COW) {
		add_rss(vma->vm_mm, old, -1);
		add_rss(vma->vm_mm, copy, 1);
	}
	put_page(old);
	return kind;
}

/* Which of them is it? */
static enum fault_kind handle_pte_fault(struct vm_area_struct *vma,
					unsigned long address, pte_t *pte,
					unsigned int flags)
{
	if (!*pte && vma->vm_file)
		return do_fault(vma, address, pte, flags);
	if (!*pte)
		return do_anonymous_page(vma, pte, flags);
	if ((flags & FAULT_FLAG_WRITE) && !(*pte & _PAGE_RW))
		return do_wp_page(vma, address, pte);
	return FAULT_SPURIOUS;
}

/* Make ADDRESS, which lies in VMA and which VMA's rights allow, usable. */
enum fault_kind handle_mm_fault(struct vm_area_struct *vma,
				unsigned long address, unsigned int flags)
{
	struct mm_struct *mm = vma->vm_mm;
	pte_t *pte = pte_alloc(mm, address);
	pte_t before = pte ? *pte : 0;
	enum fault_kind kind = FAULT_OOM;

	if (pte)
		kind = handle_pte_fault(vma, address, pte, flags);
	if ((flags & FAULT_FLAG_STACK) && kind == FAULT_ANON_WRITE)
		kind = FAULT_STACK_GROWTH;
	mm->fault_count[kind]++;
	trace_handle_mm_fault(kind, vma, address, before, pte ? *pte : 0);
	if (pte && !*pte)
		pte_free_if_empty(mm, address);
	return kind;
}

/* ── Sharing, for fork ────────────────────────────────────────────────── */

/* Both lose the right to write: who tries first, meets do_wp_page(). */
int copy_page_range(struct mm_struct *mm, struct vm_area_struct *vma)
{
	pte_t lost = vma->vm_flags & VM_SHARED ? 0 : _PAGE_RW;
	struct mm_struct *old = vma->vm_mm;
	unsigned long address = vma->vm_start, end = vma->vm_end;
	unsigned long table_end = 0; /* of what TABLE is for */
	pte_t *from, *table = NULL;

	for_each_pte(from, old, address, end) {
		struct page *page = pfn_to_page(pte_pfn(*from));

		if (address >= table_end) {
			table_end = ALIGN_DOWN(address, PGDIR_SIZE);
			table = pte_alloc(mm, table_end);
			if (!table)
				break;
			table_end += PGDIR_SIZE;
		}
		page->_refcount++;
		if (page != zero_page)
			mm->rss_stat[mm_counter(page)]++;
		*from &= ~lost;
		set_pte(table + pte_index(address), *from);
	}
	trace_rss_stat(mm, MM_FILEPAGES);
	trace_rss_stat(mm, MM_ANONPAGES);
	return from ? -ENOMEM : 0;
}

/* ── Moving, for mremap ───────────────────────────────────────────────── */

int move_page_tables(struct mm_struct *mm, unsigned long from, unsigned long to,
		     unsigned long len)
{
	unsigned long address = from;
	pte_t *pte;

	for_each_pte(pte, mm, address, from + len) {
		pte_t *new = pte_alloc(mm, to + (address - from));

		if (!new) { /* the way back has its tables still */
			move_page_tables(mm, to, from, address - from);
			return -ENOMEM;
		}
		set_pte(new, *pte);
		clear_pte(pte);
	}
	flush_tlb();
	return 0;
}

/* ── Taking away ──────────────────────────────────────────────────────── */

/* The frame behind PTE is no longer mapped there. */
static void zap_pte(struct mm_struct *mm, pte_t *pte)
{
	struct page *page = pfn_to_page(pte_pfn(*pte));

	clear_pte(pte);
	add_rss(mm, page, -1);
	put_page(page);
}

void unmap_page_range(struct mm_struct *mm, unsigned long start,
		      unsigned long end)
{
	unsigned long address = start;
	pte_t *pte;

	mm->hiwater_rss = max(mm->hiwater_rss, get_mm_rss(mm));
	for_each_pte(pte, mm, address, end)
		zap_pte(mm, pte);
	for (address = ALIGN_DOWN(start, PGDIR_SIZE); address < end;
	     address += PGDIR_SIZE)
		pte_free_if_empty(mm, address);
	flush_tlb();
}

/*
 * Linux: unmap_mapping_range(), which finds the areas in the file's i_mmap;
 * here everybody's are looked through. Private copies go as well.
 */
void unmap_mapping_range(struct inode *file, unsigned long index)
{
	struct task_struct *task;

	list_for_each_entry(task, &init_task.tasks, tasks) {
		for (int i = 0; task->mm && i < task->mm->map_count; i++) {
			const struct vm_area_struct *vma = task->mm->areas[i];
			unsigned long kept = index - min(index, vma->vm_pgoff);

			if (vma->vm_file == file &&
			    kept < (unsigned long)vma_pages(vma))
				unmap_page_range(task->mm,
						 vma->vm_start +
							 (kept << PAGE_SHIFT),
						 vma->vm_end);
		}
	}
}

/* Only takes rights from entries; what is granted anew, faults find out. */
void change_protection(struct mm_struct *mm, unsigned long start,
		       unsigned long end, unsigned long vm_flags)
{
	unsigned long address = start;
	pte_t *pte;

	for_each_pte(pte, mm, address, end)
		*pte = mk_pte(pfn_to_page(pte_pfn(*pte)), vm_flags,
			      *pte & _PAGE_RW);
	flush_tlb();
}
