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
 * Linux: mm/memory.c, which adds swap, huge pages, userfaultfd and locking.
 */
#include "abi/errno.h"
#include "fs/fs.h"
#include "lib/printk.h"
#include "mm/mm.h"
#include "mm/vma.h"
#include "proc/task.h"
#include "trace/mm_trace.h"

#define _PAGE_PROTNONE  0x200 /* a bit the CPU leaves to us, P clear */
#define FLUSH_ALL_ABOVE 32 /* pages; Linux's tlb_single_page_flush_ceiling */

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

static void flush_tlb_range(unsigned long start, unsigned long end)
{
	if ((end - start) >> PAGE_SHIFT > FLUSH_ALL_ABOVE) {
		flush_tlb();
		return;
	}
	for (; start < end; start += PAGE_SIZE)
		flush_tlb_page(start);
}

/* ── Page tables ──────────────────────────────────────────────────────── */

static pte_t *pte_table(struct mm_struct *mm, unsigned long address)
{
	pgd_t entry = mm->pgd[pgd_index(address)];

	return entry ? __va(entry & PAGE_MASK) : NULL;
}

pte_t *pte_lookup(struct mm_struct *mm, unsigned long address)
{
	pte_t *table = pte_table(mm, address);

	return table ? table + pte_index(address) : NULL;
}

/* The same, but a missing page table is made. NULL: no frame left. */
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
	pte_t *table = pte_table(mm, address);

	if (!table || virt_to_page(table)->pt_used)
		return;
	mm->pgd[pgd_index(address)] = 0;
	flush_tlb_page(address);
	mm->nr_ptes--;
	free_pages(virt_to_page(table), 0);
}

/* All changes of entries go through here, so that pt_used is right. */
static void set_pte(pte_t *pte, pte_t value)
{
	struct page *table = virt_to_page(pte);

	table->pt_used += (value != 0) - (*pte != 0);
	*pte = value;
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

static void add_rss(struct mm_struct *mm, int counter, long pages)
{
	unsigned long rss;

	mm->rss_stat[counter] += pages;
	rss = mm->rss_stat[MM_FILEPAGES] + mm->rss_stat[MM_ANONPAGES];
	if (rss > mm->hiwater_rss)
		mm->hiwater_rss = rss;
	trace_rss_stat(mm, counter);
}

/* ── Faults ───────────────────────────────────────────────────────────── */

/* Memory that nobody has used yet: zeroes (Linux: do_anonymous_page()). */
static enum fault_kind do_anonymous_page(struct vm_area_struct *vma, pte_t *pte,
					 unsigned int flags)
{
	struct page *page;

	/* Who only reads shares the one frame of zeroes, for nothing. */
	if (!(flags & FAULT_FLAG_WRITE)) {
		get_page(zero_page);
		set_pte(pte, mk_pte(zero_page, vma->vm_flags, false));
		return FAULT_ANON_READ;
	}
	page = get_zeroed_page();
	if (!page)
		return FAULT_OOM;
	set_pte(pte, mk_pte(page, vma->vm_flags, true));
	add_rss(vma->vm_mm, MM_ANONPAGES, 1);
	return FAULT_ANON_WRITE;
}

/*
 * A page of a file (Linux: do_read_fault(), do_cow_fault(), do_shared_fault()).
 * Reading maps the page cache's frame itself, which all programs share; so does
 * writing to a shared mapping; writing to a private one gets a copy.
 */
static enum fault_kind do_fault(struct vm_area_struct *vma,
				unsigned long address, pte_t *pte,
				unsigned int flags)
{
	unsigned long index = linear_page_index(vma, address);
	loff_t position = (loff_t)index << PAGE_SHIFT;
	bool shared = vma->vm_flags & VM_SHARED;
	struct page *cached, *copy;

	if (position >= vma->vm_file->i_size)
		return FAULT_SIGBUS;
	cached = grab_cache_page(vma->vm_file, position, false);
	if (IS_ERR(cached))
		return FAULT_OOM;

	if (shared || !(flags & FAULT_FLAG_WRITE)) {
		get_page(cached);
		set_pte(pte, mk_pte(cached, vma->vm_flags, shared));
		add_rss(vma->vm_mm, MM_FILEPAGES, 1);
		return shared ? FAULT_FILE_SHARED : FAULT_FILE_READ;
	}
	copy = alloc_page();
	if (!copy)
		return FAULT_OOM;
	copy_page(page_address(copy), page_address(cached));
	set_pte(pte, mk_pte(copy, vma->vm_flags, true));
	add_rss(vma->vm_mm, MM_ANONPAGES, 1);
	return FAULT_FILE_COPY;
}

/*
 * A write to a page that is there but read-only, in an area that allows
 * writing (Linux: do_wp_page()): who shares the frame, with a relative, with
 * the page cache, or as the zero page, gets a copy; a frame that is this
 * address space's alone, or is to be shared, is made writable.
 */
static enum fault_kind do_wp_page(struct vm_area_struct *vma,
				  unsigned long address, pte_t *pte)
{
	struct mm_struct *mm = vma->vm_mm;
	struct page *old = pfn_to_page(pte_pfn(*pte));
	bool was_zero = old == zero_page;
	bool was_file = old->flags & PG_cache;
	struct page *copy;

	if ((vma->vm_flags & VM_SHARED) || (!was_zero && old->_refcount == 1)) {
		set_pte(pte, mk_pte(old, vma->vm_flags, true));
		flush_tlb_page(address);
		return FAULT_REUSE;
	}
	copy = was_zero ? get_zeroed_page() : alloc_page();
	if (!copy)
		return FAULT_OOM;
	if (!was_zero)
		copy_page(page_address(copy), page_address(old));
	set_pte(pte, mk_pte(copy, vma->vm_flags, true));
	flush_tlb_page(address);
	put_page(old);
	if (was_file)
		add_rss(mm, MM_FILEPAGES, -1);
	if (was_zero || was_file)
		add_rss(mm, MM_ANONPAGES, 1);
	if (was_zero)
		return FAULT_ZERO_UPGRADE;
	return was_file ? FAULT_FILE_COPY : FAULT_COW;
}

/*
 * Make ADDRESS, which lies in VMA and which VMA's rights allow, usable.
 * Linux: handle_mm_fault() and handle_pte_fault().
 */
enum fault_kind handle_mm_fault(struct vm_area_struct *vma,
				unsigned long address, unsigned int flags)
{
	struct mm_struct *mm = vma->vm_mm;
	pte_t *pte = pte_alloc(mm, address);
	enum fault_kind kind;
	pte_t before, after;

	if (!pte) {
		mm->fault_count[FAULT_OOM]++;
		trace_handle_mm_fault(FAULT_OOM, vma, address, 0, 0);
		return FAULT_OOM;
	}
	before = *pte;

	if (!before && vma->vm_file)
		kind = do_fault(vma, address, pte, flags);
	else if (!before)
		kind = do_anonymous_page(vma, pte, flags);
	else if ((flags & FAULT_FLAG_WRITE) && !(before & _PAGE_RW))
		kind = do_wp_page(vma, address, pte);
	else
		kind = FAULT_SPURIOUS;

	after = *pte;
	if (!after)
		pte_free_if_empty(mm, address);
	if ((flags & FAULT_FLAG_STACK) && kind == FAULT_ANON_WRITE)
		kind = FAULT_STACK_GROWTH;
	mm->fault_count[kind]++;
	trace_handle_mm_fault(kind, vma, address, before, after);
	return kind;
}

/* ── Sharing, for fork ────────────────────────────────────────────────── */

/* Both lose the rights in LOST: who tries first, meets do_wp_page(). */
static void copy_entries(pte_t *to, pte_t *from, unsigned int count, pte_t lost,
			 long *rss)
{
	unsigned int used = 0;

	for (; count; count--, from++, to++) {
		struct page *page;

		if (!*from)
			continue;
		page = pfn_to_page(pte_pfn(*from));
		*from &= ~lost;
		*to = *from;
		page->_refcount++;
		used++;
		if (page->flags & PG_cache)
			rss[MM_FILEPAGES]++;
		else if (page != zero_page)
			rss[MM_ANONPAGES]++;
	}
	virt_to_page(to - 1)->pt_used += used;
}

int copy_page_range(struct mm_struct *mm, struct vm_area_struct *vma)
{
	long rss[NR_MM_COUNTERS] = { 0 };
	unsigned long address = vma->vm_start;
	pte_t lost = vma->vm_flags & VM_SHARED ? 0 : _PAGE_RW;
	unsigned long table_end;
	int error = 0;

	for (; address < vma->vm_end && !error; address = table_end) {
		pte_t *from = pte_lookup(vma->vm_mm, address);
		pte_t *to;

		table_end = min(ALIGN_DOWN(address, PGDIR_SIZE) + PGDIR_SIZE,
				vma->vm_end);
		if (!from)
			continue;
		to = pte_alloc(mm, address);
		if (to)
			copy_entries(to, from,
				     (table_end - address) >> PAGE_SHIFT, lost,
				     rss);
		else
			error = -ENOMEM;
	}
	for (int i = 0; i < NR_MM_COUNTERS; i++)
		if (rss[i])
			add_rss(mm, i, rss[i]);
	return error;
}

/* ── Moving, for mremap ───────────────────────────────────────────────── */

/* All tables first, so that nothing can fail half-way. */
int move_page_tables(struct mm_struct *mm, unsigned long from, unsigned long to,
		     unsigned long len)
{
	for (unsigned long i = 0; i < len; i += PAGE_SIZE) {
		pte_t *pte = pte_lookup(mm, from + i);

		if (pte && *pte && !pte_alloc(mm, to + i)) {
			unmap_page_range(mm, to, to + len);
			return -ENOMEM;
		}
	}
	for (unsigned long i = 0; i < len; i += PAGE_SIZE) {
		pte_t *pte = pte_lookup(mm, from + i);

		if (!pte || !*pte)
			continue;
		set_pte(pte_lookup(mm, to + i), *pte);
		set_pte(pte, 0);
	}
	flush_tlb_range(from, from + len);
	return 0;
}

/* ── Taking away ──────────────────────────────────────────────────────── */

/* The frame behind PTE is no longer mapped at ADDRESS. */
static void zap_pte(struct mm_struct *mm, pte_t *pte)
{
	struct page *page = pfn_to_page(pte_pfn(*pte));
	bool cached = page->flags & PG_cache;

	set_pte(pte, 0);
	if (page != zero_page)
		add_rss(mm, cached ? MM_FILEPAGES : MM_ANONPAGES, -1);
	put_page(page);
}

void unmap_page_range(struct mm_struct *mm, unsigned long start,
		      unsigned long end)
{
	unsigned long address = start;

	while (address < end) {
		unsigned long table_end =
			min(ALIGN_DOWN(address, PGDIR_SIZE) + PGDIR_SIZE, end);
		pte_t *pte = pte_lookup(mm, address);

		if (pte) {
			for (; address < table_end; address += PAGE_SIZE, pte++)
				if (*pte)
					zap_pte(mm, pte);
			pte_free_if_empty(mm, table_end - 1);
		}
		address = table_end;
	}
	flush_tlb_range(start, end);
}

/*
 * Linux: unmap_mapping_range(), which finds the areas in the file's i_mmap;
 * here everybody's are looked through. Private copies go as well.
 */
void unmap_mapping_range(struct inode *file, unsigned long index)
{
	struct task_struct *task;
	struct vm_area_struct *vma;

	list_for_each_entry(task, &init_task.tasks, tasks) {
		for (vma = task->mm ? task->mm->mmap : NULL; vma;
		     vma = vma->vm_next) {
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
	for (unsigned long address = start; address < end;
	     address += PAGE_SIZE) {
		pte_t *pte = pte_lookup(mm, address);
		struct page *page;

		if (!pte) {
			address = ALIGN_DOWN(address, PGDIR_SIZE) + PGDIR_SIZE -
				  PAGE_SIZE;
			continue;
		}
		if (!*pte)
			continue;
		page = pfn_to_page(pte_pfn(*pte));
		set_pte(pte, mk_pte(page, vm_flags, *pte & _PAGE_RW));
	}
	flush_tlb_range(start, end);
}
