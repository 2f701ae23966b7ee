/*
 * kernel_mm_model.c - a second opinion on brk(), mmap(), munmap() and
 * mprotect(): the same calls on an array with one element per page of the
 * address space. It is slow and simple, and it knows Linux's rules.
 */
#include "kernel_mm_host.h"
#include "kernel_mm_model.h"

#include "abi/errno.h"
#include "abi/mman.h"
#include "fs/fs.h"
#include "lib/string.h"
#include "mm/vma.h"
#include "proc/task.h"

#define GUARD_PAGES (STACK_GUARD >> PAGE_SHIFT)
#define MAY_FLAGS   (VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC)

struct page_model model[USER_PAGES];

static const struct page_model unmapped = { .file = NO_FILE };

/* ── Pages ────────────────────────────────────────────────────────────── */

static bool mapped(unsigned long page)
{
	return page < USER_PAGES && model[page].flags;
}

static bool any_mapped(unsigned long start, unsigned long end)
{
	for (unsigned long i = start; i < end; i++)
		if (mapped(i))
			return true;
	return false;
}

/* Does PAGE belong to the same area as the page below it? */
static bool continues(unsigned long page)
{
	const struct page_model *this = &model[page];
	const struct page_model *below = &model[page - 1];

	return this->flags && this->flags == below->flags &&
	       this->file == below->file &&
	       (this->file == NO_FILE || this->pgoff == below->pgoff + 1);
}

static bool stack_starts_at(unsigned long page)
{
	return (model[page].flags & VM_GROWSDOWN) && !continues(page);
}

static void map_pages(unsigned long start, unsigned long end,
		      unsigned int flags, int file, unsigned long pgoff)
{
	for (unsigned long i = start; i < end; i++) {
		model[i] = unmapped;
		model[i].flags = flags;
		model[i].file = file;
		if (file != NO_FILE)
			model[i].pgoff = pgoff + (i - start);
	}
}

static void unmap_pages(unsigned long start, unsigned long end)
{
	for (unsigned long i = start; i < end; i++)
		model[i] = unmapped;
}

/* ── Checks ───────────────────────────────────────────────────────────── */

static bool mergeable(const struct vm_area_struct *left,
		      const struct vm_area_struct *right)
{
	unsigned long pages = (left->vm_end - left->vm_start) >> PAGE_SHIFT;

	return left->vm_end == right->vm_start &&
	       left->vm_flags == right->vm_flags &&
	       left->vm_file == right->vm_file &&
	       (!left->vm_file || left->vm_pgoff + pages == right->vm_pgoff);
}

void check_areas(struct mm_struct *mm)
{
	const struct vm_area_struct *prev = NULL;
	unsigned long total = 0, accounted = 0, data = 0, exec = 0, stack = 0;

	CHECK(mm->map_count <= mm->areas_room);
	for (int i = 0; i < mm->map_count; i++) {
		const struct vm_area_struct *vma = mm->areas[i];
		unsigned long pages = (vma->vm_end - vma->vm_start) >>
				      PAGE_SHIFT;

		CHECK(vma->vm_mm == mm);
		CHECK(vma->vm_start < vma->vm_end);
		CHECK(((vma->vm_start | vma->vm_end) & ~PAGE_MASK) == 0);
		CHECK(vma->vm_start >= MMAP_MIN_ADDR);
		CHECK(vma->vm_end <= TASK_SIZE);
		if (prev) {
			CHECK(prev->vm_end <= vma->vm_start);
			CHECK(!mergeable(prev, vma));
		}
		prev = vma;
		total += pages;
		if (vma->vm_flags & VM_ACCOUNT)
			accounted += pages;
		if (vma->vm_flags & VM_GROWSDOWN)
			stack += pages;
		else if (vma->vm_flags & VM_WRITE)
			data += pages;
		else if (vma->vm_flags & VM_EXEC)
			exec += pages;
	}
	CHECK_EQ(mm->total_vm, total);
	CHECK_EQ(vm_committed_as, accounted);
	CHECK_EQ(mm->data_vm, data);
	CHECK_EQ(mm->exec_vm, exec);
	CHECK_EQ(mm->stack_vm, stack);
	CHECK(mm->hiwater_vm >= total);
}

static unsigned long model_pages(void)
{
	unsigned long pages = 0;

	for (unsigned long i = 0; i < USER_PAGES; i++)
		pages += model[i].flags != 0;
	return pages;
}

static int file_of(const struct vm_area_struct *vma)
{
	return vma->vm_file ? vma->vm_file - file_inode(0) : NO_FILE;
}

void check_model(struct mm_struct *mm)
{
	check_areas(mm);
	for (int index = 0; index < mm->map_count; index++) {
		const struct vm_area_struct *vma = mm->areas[index];
		unsigned long first = vma->vm_start >> PAGE_SHIFT;

		for (unsigned long i = first; i < vma->vm_end >> PAGE_SHIFT;
		     i++) {
			CHECK_EQ(vma->vm_flags, model[i].flags);
			CHECK_EQ(file_of(vma), model[i].file);
			if (vma->vm_file)
				CHECK_EQ(vma->vm_pgoff + (i - first),
					 model[i].pgoff);
		}
	}
	CHECK_EQ(mm->total_vm, model_pages());
	check_events(mm);
	cpu_check_tlb();
}

void model_adopt(struct mm_struct *mm)
{
	unmap_pages(0, USER_PAGES);
	for (int i = 0; i < mm->map_count; i++) {
		const struct vm_area_struct *vma = mm->areas[i];

		map_pages(vma->vm_start >> PAGE_SHIFT,
			  vma->vm_end >> PAGE_SHIFT, vma->vm_flags,
			  file_of(vma), vma->vm_pgoff);
	}
}

/* ── An address space ─────────────────────────────────────────────────── */

struct mm_struct *start_mm(void)
{
	struct mm_struct *mm = mm_alloc();

	CHECK(mm);
	sysctl_overcommit_memory = OVERCOMMIT_ALWAYS;
	current->mm = mm;
	forget_events();
	unmap_pages(0, USER_PAGES);
	mm->start_brk = START_BRK;
	mm->brk = START_BRK;
	mm->start_stack = STACK_TOP - 16;
	switch_mm(mm);
	CHECK_EQ(do_brk_flags(mm, STACK_TOP - PAGE_SIZE, PAGE_SIZE,
			      VM_GROWSDOWN),
		 0);
	map_pages((STACK_TOP >> PAGE_SHIFT) - 1, STACK_TOP >> PAGE_SHIFT,
		  VM_READ | VM_WRITE | VM_GROWSDOWN | MAY_FLAGS | VM_ACCOUNT,
		  NO_FILE, 0);
	check_model(mm);
	return mm;
}

void end_mm(void)
{
	mmput(current->mm);
	current->mm = NULL;
}

/* ── Calls take no frame but for the areas themselves ─────────────────── */

static unsigned long slab_frames(void)
{
	unsigned long slabs = 0;

	for (unsigned long pfn = FIRST_FREE_PFN; pfn < max_low_pfn; pfn++)
		slabs += (mem_map[pfn].flags & PG_slab) != 0;
	return slabs;
}

static struct {
	unsigned long nr_ptes, other_frames;
	long rss;
} before;

static unsigned long other_frames(void)
{
	return frames_taken - slab_frames();
}

static void begin_call(struct mm_struct *mm)
{
	before.nr_ptes = mm->nr_ptes;
	before.rss = mm->rss_stat[MM_ANONPAGES] + mm->rss_stat[MM_FILEPAGES];
	before.other_frames = other_frames();
}

static void end_call(struct mm_struct *mm)
{
	CHECK(mm->nr_ptes <= before.nr_ptes);
	CHECK(mm->rss_stat[MM_ANONPAGES] + mm->rss_stat[MM_FILEPAGES] <=
	      before.rss);
	CHECK(other_frames() <= before.other_frames);
}

/* ── brk ──────────────────────────────────────────────────────────────── */

static unsigned long model_brk(unsigned long brk)
{
	struct mm_struct *mm = current->mm;
	unsigned long old_end = (mm->brk + PAGE_SIZE - 1) >> PAGE_SHIFT;
	unsigned long new_end = ((unsigned long long)brk + PAGE_SIZE - 1) >>
				PAGE_SHIFT;

	if (brk < mm->start_brk || brk > TASK_SIZE)
		return mm->brk;
	if (new_end <= old_end) {
		unmap_pages(new_end, old_end);
		return brk;
	}
	/* A page must stay free between the heap and the next area … */
	if (new_end == USER_PAGES || any_mapped(old_end, new_end + 1))
		return mm->brk;
	/* … and if that is a stack, its guard gap. */
	for (unsigned long i = new_end; i < USER_PAGES; i++) {
		if (!mapped(i))
			continue;
		if (stack_starts_at(i) && new_end + 1 + GUARD_PAGES > i)
			return mm->brk;
		break;
	}
	map_pages(old_end, new_end, VM_READ | VM_WRITE | MAY_FLAGS | VM_ACCOUNT,
		  NO_FILE, 0);
	return brk;
}

long try_brk(unsigned long brk)
{
	unsigned long expected = model_brk(brk);
	unsigned long result;

	begin_call(current->mm);
	result = sys_brk(brk);
	CHECK_EQ(result, expected);
	CHECK_EQ(current->mm->brk, expected);
	end_call(current->mm);
	return result;
}

/* ── mmap ─────────────────────────────────────────────────────────────── */

/* How far the guard gap of a stack at or above page HIGH reaches below it. */
static unsigned long guard_below(unsigned long high)
{
	unsigned long page = high;

	while (page < USER_PAGES && !mapped(page))
		page++;
	if (page == USER_PAGES || !stack_starts_at(page) ||
	    page >= high + GUARD_PAGES)
		return 0;
	return high + GUARD_PAGES - page;
}

/* The highest free place in pages [LOW, HIGH), or 0. */
static unsigned long topdown(unsigned long pages, unsigned long low,
			     unsigned long high)
{
	unsigned long guard = guard_below(high);
	unsigned long run = 0; /* free pages seen in a row */
	unsigned long page;

	for (page = high; page-- > low;) {
		if (mapped(page)) {
			run = 0;
			guard = stack_starts_at(page) ? GUARD_PAGES : 0;
		} else if (guard) {
			guard--;
		} else if (++run == pages) {
			return page;
		}
	}
	return 0;
}

/* Linux: get_unmapped_area() with a hint, arch_get_unmapped_area_topdown() */
static long place(unsigned long addr, unsigned long pages)
{
	unsigned long hint = addr >> PAGE_SHIFT;
	unsigned long page;

	if (pages > (TASK_SIZE - MMAP_MIN_ADDR) >> PAGE_SHIFT)
		return -ENOMEM;
	if (hint) {
		hint = max(hint, MMAP_MIN_ADDR >> PAGE_SHIFT);
		if (hint + pages <= USER_PAGES &&
		    !any_mapped(hint, hint + pages) &&
		    !guard_below(hint + pages))
			return hint << PAGE_SHIFT;
	}
	page = topdown(pages, MMAP_MIN_ADDR >> PAGE_SHIFT,
		       MMAP_BASE >> PAGE_SHIFT);
	if (!page)
		page = topdown(pages, MMAP_BASE >> PAGE_SHIFT,
			       STACK_TOP >> PAGE_SHIFT);
	return page ? (long)(page << PAGE_SHIFT) : -ENOMEM;
}

static long model_mmap(unsigned long addr, unsigned long len,
		       unsigned long prot, unsigned long flags, long fd,
		       unsigned long pgoff)
{
	unsigned long long pages = ((unsigned long long)len + PAGE_SIZE - 1) >>
				   PAGE_SHIFT;
	unsigned int vm_flags = MAY_FLAGS | (prot & 7) |
				(prot & PROT_WRITE ? VM_ACCOUNT : 0);
	unsigned long first;

	if (!(flags & MAP_ANONYMOUS)) {
		if (fd < 0 || fd > DEVICE)
			return -EBADF;
		if (fd == WRITE_ONLY)
			return -EACCES;
		if (fd == DEVICE)
			return -ENODEV;
	} else {
		fd = NO_FILE;
		pgoff = 0;
	}
	if ((flags & MAP_TYPE) != MAP_PRIVATE || len == 0)
		return -EINVAL;
	if (pages > 0xfffff)
		return -ENOMEM;
	if (pgoff + pages > 0xffffffffULL)
		return -EOVERFLOW;
	if (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) {
		first = addr >> PAGE_SHIFT;
		if (addr + (pages << PAGE_SHIFT) > TASK_SIZE)
			return -ENOMEM;
		if (addr % PAGE_SIZE)
			return -EINVAL;
		if (addr < MMAP_MIN_ADDR)
			return -EPERM;
		if ((flags & MAP_FIXED_NOREPLACE) &&
		    any_mapped(first, first + pages))
			return -EEXIST;
	} else {
		long result = place(addr, pages);

		if (IS_ERR_VALUE(result))
			return result;
		first = (unsigned long)result >> PAGE_SHIFT;
	}
	map_pages(first, first + pages, vm_flags, fd, pgoff);
	return first << PAGE_SHIFT;
}

long try_mmap(unsigned long addr, unsigned long len, unsigned long prot,
	      unsigned long flags, long fd, unsigned long pgoff)
{
	long expected = model_mmap(addr, len, prot, flags, fd, pgoff);
	long result;

	begin_call(current->mm);
	result = sys_mmap_pgoff(addr, len, prot, flags, fd, pgoff);
	CHECK_EQ(result, expected);
	end_call(current->mm);
	return result;
}

/* ── munmap, mprotect ─────────────────────────────────────────────────── */

static long model_munmap(unsigned long start, unsigned long len)
{
	unsigned long long end = (unsigned long long)start + len;

	if (start % PAGE_SIZE || end > TASK_SIZE || len == 0)
		return -EINVAL;
	unmap_pages(start >> PAGE_SHIFT, (end + PAGE_SIZE - 1) >> PAGE_SHIFT);
	return 0;
}

long try_munmap(unsigned long start, unsigned long len)
{
	long expected = model_munmap(start, len);
	long result;

	begin_call(current->mm);
	result = sys_munmap(start, len);
	CHECK_EQ(result, expected);
	end_call(current->mm);
	return result;
}

static long model_mprotect(unsigned long start, unsigned long len,
			   unsigned long prot)
{
	unsigned long long pages = ((unsigned long long)len + PAGE_SIZE - 1) >>
				   PAGE_SHIFT;
	unsigned long first = start >> PAGE_SHIFT;

	if (start % PAGE_SIZE)
		return -EINVAL;
	if (len == 0)
		return 0;
	if (pages > 0xfffff || first + pages > 0xfffff)
		return -ENOMEM;
	if (prot > 7)
		return -EINVAL;
	for (unsigned long i = first; i < first + pages; i++) {
		if (!mapped(i))
			return -ENOMEM; /* what lies before is changed */
		model[i].flags = (model[i].flags & ~VM_ACCESS_FLAGS) | prot;
		if (prot & PROT_WRITE)
			model[i].flags |= VM_ACCOUNT;
		if (!(prot & PROT_WRITE))
			model[i].writable = false;
	}
	return 0;
}

long try_mprotect(unsigned long start, unsigned long len, unsigned long prot)
{
	long expected = model_mprotect(start, len, prot);
	long result;

	begin_call(current->mm);
	result = sys_mprotect(start, len, prot);
	CHECK_EQ(result, expected);
	end_call(current->mm);
	return result;
}

/* ── The stack ────────────────────────────────────────────────────────── */

bool model_expand_stack(unsigned long address)
{
	unsigned long page = address >> PAGE_SHIFT;
	unsigned long start, end, below;

	for (start = page; start < USER_PAGES && !mapped(start); start++)
		;
	if (start == USER_PAGES || !(model[start].flags & VM_GROWSDOWN))
		return false;
	for (end = start + 1; end < USER_PAGES && continues(end); end++)
		;
	if (page << PAGE_SHIFT < MMAP_MIN_ADDR ||
	    end - page > rlimit(RLIMIT_STACK) >> PAGE_SHIFT)
		return false;
	for (below = page; below > 0 && !mapped(below - 1); below--)
		;
	if (below && (model[below - 1].flags & VM_ACCESS_FLAGS) &&
	    page - below < GUARD_PAGES)
		return false;
	map_pages(page, start, model[start].flags, model[start].file,
		  model[start].pgoff - (start - page));
	return true;
}

/* ── Random calls ─────────────────────────────────────────────────────── */

static unsigned long random_prot(void)
{
	static const unsigned char prots[] = { 0, 1, 3, 3, 3, 5, 7, 2, 4 };

	return prots[random_below(sizeof(prots))];
}

/*
 * A stack that nobody may touch can grow until it meets another such, and
 * then there are two areas that could be one. Linux leaves it at that, and
 * so does Faultline; here it is avoided.
 */
static unsigned long prot_for_stack(unsigned long prot)
{
	return prot ? prot : PROT_READ;
}

static bool any_stack(unsigned long start, unsigned long length)
{
	unsigned long first = start >> PAGE_SHIFT;

	for (unsigned long i = first; i <= first + (length >> PAGE_SHIFT); i++)
		if (model[i].flags & VM_GROWSDOWN)
			return true;
	return false;
}

/* Bytes: whole pages, or a little less. */
static unsigned long random_length(unsigned long max_pages)
{
	unsigned long length = (1 + random_below(max_pages)) << PAGE_SHIFT;

	return random_below(4) ? length : length - random_below(PAGE_SIZE);
}

static unsigned long random_place(void)
{
	return WINDOW + (random_below(WINDOW_PAGES) << PAGE_SHIFT);
}

/* More than one, which no system call makes. */
static void random_stack(void)
{
	unsigned long addr = random_place();
	unsigned long len = PAGE_ALIGN(random_length(16));
	unsigned long first = addr >> PAGE_SHIFT;

	try_munmap(addr, len);
	begin_call(current->mm);
	CHECK_EQ(do_brk_flags(current->mm, addr, len, VM_GROWSDOWN), 0);
	map_pages(first, first + (len >> PAGE_SHIFT),
		  VM_READ | VM_WRITE | VM_GROWSDOWN | MAY_FLAGS | VM_ACCOUNT,
		  NO_FILE, 0);
	end_call(current->mm);
}

static void random_mmap(void)
{
	unsigned long addr = random_place();
	unsigned long flags = MAP_PRIVATE;
	long fd = -1;
	unsigned long pgoff = 0;
	unsigned long prot = random_prot();

	if (random_below(2))
		flags |= MAP_FIXED;
	else if (random_below(8) == 0)
		flags |= MAP_FIXED_NOREPLACE;
	else if (random_below(2))
		addr = random_below(3) ? 0 : random_below(0xffffffff);
	if (random_below(3)) {
		flags |= MAP_ANONYMOUS;
	} else {
		/* Often what would continue a neighbour. */
		fd = random_below(NR_FILES);
		pgoff = (addr - WINDOW) >> PAGE_SHIFT;
		if (random_below(4) == 0 || pgoff > WINDOW_PAGES)
			pgoff = random_below(FILE_PAGES);
	}
	try_mmap(addr, random_length(16), prot, flags, fd, pgoff);
}

static void random_brk(void)
{
	struct mm_struct *mm = current->mm;

	switch (random_below(4)) {
	case 0: /* within the page, usually */
		try_brk(mm->brk + random_below(64) - 32);
		break;
	case 1: /* what mmap() may have taken */
		try_brk(WINDOW + random_below(WINDOW_PAGES << PAGE_SHIFT));
		break;
	default:
		try_brk(START_BRK + random_below(40 << PAGE_SHIFT));
	}
}

static void random_mprotect(void)
{
	unsigned long start = random_place();
	unsigned long length = random_length(12);
	unsigned long prot = random_prot();

	if (any_stack(start, length))
		prot = prot_for_stack(prot);
	try_mprotect(start, length, prot);
}

void random_call(void)
{
	struct mm_struct *mm = current->mm;

	switch (random_below(10)) {
	case 0:
	case 1:
		random_brk();
		break;
	case 2:
	case 3:
		try_munmap(random_place(), random_length(12));
		break;
	case 4: /* something of the heap, the stack, or placed top-down */
		if (random_below(2))
			try_munmap(START_BRK & PAGE_MASK, random_length(8));
		else
			try_munmap(MMAP_BASE -
					   (random_below(128) << PAGE_SHIFT),
				   random_length(64));
		break;
	case 5:
	case 6:
	case 7:
		random_mprotect();
		break;
	default:
		if (random_below(16) == 0)
			random_stack();
		else
			random_mmap();
	}
	/* The heap must not wander up for good. */
	if (mm->brk > START_BRK + (64 << PAGE_SHIFT))
		try_brk(START_BRK);
}
