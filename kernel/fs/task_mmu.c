/*
 * task_mmu.c - /proc/PID/maps, smaps and pagemap: an address space, as areas,
 * as what each area has got, and page by page. Formats: proc(5). Linux:
 * fs/proc/task_mmu.c.
 */
#include "abi/errno.h"
#include "fs/fs.h"
#include "lib/printk.h"
#include "mm/mm.h"
#include "mm/vma.h"
#include "proc/task.h"

#define PATH_SIZE 512 /* bytes of a path in maps; deeper: its end */
#define PSS_SHIFT 12 /* parts of a byte, as pages are shared by several */

/* ── /proc/PID/maps ──────────────────────────────────────────────────── */

/* Linux: show_map_vma(), which has names in column 25 + sizeof(long) * 6 */
static void show_map_vma(struct seq_file *seq, const struct vm_area_struct *vma)
{
	const struct inode *file = vma->vm_file;
	char path[PATH_SIZE], flags[5];

	vma_name(vma, path, sizeof(path));
	seq_printf(seq,
		   path[0] ? "%08lx-%08lx %s %08lx 00:%02x %-10lu %s\n"
			   : "%08lx-%08lx %s %08lx 00:%02x %lu %s\n",
		   vma->vm_start, vma->vm_end,
		   vma_flags_text(vma->vm_flags, flags),
		   file ? vma->vm_pgoff << PAGE_SHIFT : 0, file ? RAMFS_DEV : 0,
		   file ? file->i_ino : 0, path);
}

void proc_maps_show(struct seq_file *seq, void *data)
{
	const struct mm_struct *mm = ((struct task_struct *)data)->mm;

	for (int i = 0; mm && i < mm->map_count; i++)
		show_map_vma(seq, mm->areas[i]);
}

/* ── /proc/PID/smaps ─────────────────────────────────────────────────── */

/* What an area has got, in bytes. Linux: struct mem_size_stats */
struct mem_size_stats {
	unsigned long resident, referenced, anonymous;
	unsigned long private[2], shared[2]; /* clean, dirty */
	uint64_t pss; /* its share of each page, << PSS_SHIFT */
};

/* The zero page is nobody's, and does not count. */
static void smaps_account(struct mem_size_stats *mss, pte_t pte)
{
	const struct page *page = pfn_to_page(pte_pfn(pte));
	bool cached = page->flags & PG_cache;
	bool dirty = pte & _PAGE_DIRTY;
	int mapcount = max(page->_refcount - cached, 1);

	if (page == zero_page)
		return;
	mss->resident += PAGE_SIZE;
	mss->pss += (PAGE_SIZE << PSS_SHIFT) / mapcount;
	(mapcount > 1 ? mss->shared : mss->private)[dirty] += PAGE_SIZE;
	if (pte & _PAGE_ACCESSED)
		mss->referenced += PAGE_SIZE;
	if (!cached)
		mss->anonymous += PAGE_SIZE;
}

void show_kib(struct seq_file *seq, const char *name, unsigned long kib)
{
	seq_printf(seq, "%-16s%8lu kB\n", name, kib);
}

static void show_smap(struct seq_file *seq, const struct vm_area_struct *vma)
{
	struct mem_size_stats mss = { 0 };
	unsigned long address = vma->vm_start;
	pte_t *pte;

	for_each_pte(pte, vma->vm_mm, address, vma->vm_end)
		smaps_account(&mss, *pte);
	show_map_vma(seq, vma);
	show_kib(seq, "Size:", PAGES_TO_KIB(vma_pages(vma)));
	show_kib(seq, "Rss:", mss.resident >> 10);
	show_kib(seq, "Pss:", mss.pss >> (PSS_SHIFT + 10));
	show_kib(seq, "Shared_Clean:", mss.shared[0] >> 10);
	show_kib(seq, "Shared_Dirty:", mss.shared[1] >> 10);
	show_kib(seq, "Private_Clean:", mss.private[0] >> 10);
	show_kib(seq, "Private_Dirty:", mss.private[1] >> 10);
	show_kib(seq, "Referenced:", mss.referenced >> 10);
	show_kib(seq, "Anonymous:", mss.anonymous >> 10);
}

void proc_smaps_show(struct seq_file *seq, void *data)
{
	const struct mm_struct *mm = ((struct task_struct *)data)->mm;

	for (int i = 0; mm && i < mm->map_count; i++)
		show_smap(seq, mm->areas[i]);
}

/* ── /proc/PID/pagemap ───────────────────────────────────────────────── */

/* 64 bits for each page of the address space (Linux: Documentation/
 * admin-guide/mm/pagemap.rst): the frame's number, and these. */
#define PM_FILE    (1ULL << 61) /* a page of a file */
#define PM_PRESENT (1ULL << 63)

static uint64_t pagemap_entry(struct mm_struct *mm, unsigned long address)
{
	const pte_t *pte = pte_lookup(mm, address);
	uint64_t entry;

	if (!pte || !*pte)
		return 0;
	entry = PM_PRESENT | pte_pfn(*pte);
	if (pfn_to_page(pte_pfn(*pte))->flags & PG_cache)
		entry |= PM_FILE;
	return entry;
}

static ssize_t pagemap_read(struct file *file, char __user *buffer, size_t size,
			    loff_t *position)
{
	const struct task_struct *task = find_task(file->f_inode->i_pid);
	uint64_t page = (uint64_t)*position / sizeof(uint64_t);
	size_t done = 0;

	if (*position % sizeof(uint64_t) || size % sizeof(uint64_t))
		return -EINVAL;
	if (!task || !task->mm)
		return 0;
	for (; done < size && page < TASK_SIZE >> PAGE_SHIFT; page++) {
		uint64_t entry = pagemap_entry(task->mm, page << PAGE_SHIFT);

		if (copy_to_user(buffer + done, &entry, sizeof(entry)))
			return -EFAULT;
		done += sizeof(entry);
	}
	*position += done;
	return done;
}

const struct file_operations pagemap_operations = {
	.read = pagemap_read,
};
