/*
 * kernel_mm_memory.c - tests of kernel/mm/memory.c, fault.c and uaccess.c: a
 * program reads and writes at random between random system calls. Before each
 * access the model says which fault it takes, if any; afterwards page tables,
 * reference counts and every frame in use must be what the model says.
 */
#include "kernel_mm_host.h"
#include "kernel_mm_model.h"

#include "abi/errno.h"
#include "abi/misc.h"
#include "abi/mman.h"
#include "fs/fs.h"
#include "lib/string.h"
#include "mm/vma.h"
#include "proc/task.h"

#define FRAMES        2048
#define RW            (PROT_READ | PROT_WRITE)
#define ANON          (MAP_PRIVATE | MAP_ANONYMOUS)
#define FIXED         (ANON | MAP_FIXED)
#define FILE_FIXED    (MAP_PRIVATE | MAP_FIXED)
#define TABLE         0x30000000UL /* where a page table begins */
#define WORDS         (PAGE_SIZE / sizeof(unsigned long))
#define PAGE_PROTNONE 0x200 /* as in memory.c */

static unsigned long expected_faults[NR_FAULT_KINDS];
static long expected_hiwater;

static const char *const kind_names[NR_FAULT_KINDS] = {
	"anon_write",   "anon_read", "zero_upgrade", "file_read",
	"file_shared",  "file_copy", "cow_copy",     "reuse",
	"stack_growth", "spurious",  "refused",      "sigbus",
	"oom",
};

/* ── What must be, from the model ─────────────────────────────────────── */

/* The one word of a page that tests write. */
static unsigned int stamp_word(unsigned long page)
{
	return page * 37 % WORDS;
}

static unsigned long expected_word(unsigned long page, unsigned int word)
{
	const struct page_model *p = &model[page];

	if (p->written && word == stamp_word(page))
		return p->stamp;
	return p->file == NO_FILE ? 0 : file_word(p->file, p->pgoff, word);
}

static pte_t expected_pte_flags(const struct page_model *p)
{
	pte_t flags = _PAGE_PRESENT | _PAGE_USER | _PAGE_ACCESSED;

	if (!(p->flags & VM_ACCESS_FLAGS))
		return PAGE_PROTNONE;
	if (p->state == OWN_PAGE && p->writable)
		flags |= _PAGE_RW | _PAGE_DIRTY;
	return flags;
}

static bool table_exists(unsigned long page)
{
	unsigned long first = page & ~(PTRS_PER_PTE - 1UL);

	for (unsigned long i = first; i < first + PTRS_PER_PTE; i++)
		if (model[i].state != NOTHING)
			return true;
	return false;
}

/* ── What is: every entry, every frame ────────────────────────────────── */

struct census {
	unsigned long tables, zero, file, own;
	unsigned long cached[NR_FILES][FILE_PAGES]; /* mapped how often */
};

static void check_own_page(unsigned long page, struct page *frame)
{
	const unsigned long *words = page_address(frame);

	CHECK(frame != zero_page && frame->flags == 0);
	CHECK_EQ(frame->_refcount, 1);
	for (unsigned int i = 0; i < WORDS; i++)
		CHECK_EQ(words[i], expected_word(page, i));
}

static void check_pte(unsigned long page, pte_t pte, struct census *census)
{
	const struct page_model *p = &model[page];
	struct page *frame = pfn_to_page(pte_pfn(pte));

	if (p->state == NOTHING) {
		CHECK_EQ(pte, 0);
		return;
	}
	CHECK_EQ(pte & ~PAGE_MASK, expected_pte_flags(p));
	CHECK(pte_pfn(pte) >= FIRST_FREE_PFN && pte_pfn(pte) < max_low_pfn);
	switch (p->state) {
	case ZERO_PAGE:
		CHECK(frame == zero_page);
		census->zero++;
		break;
	case FILE_PAGE:
		CHECK(frame == find_get_page(file_inode(p->file), p->pgoff));
		census->cached[p->file][p->pgoff]++;
		census->file++;
		break;
	default:
		check_own_page(page, frame);
		census->own++;
	}
}

static void check_table(struct mm_struct *mm, unsigned int index,
			struct census *census)
{
	unsigned long first = (unsigned long)index * PTRS_PER_PTE;
	pgd_t entry = mm->pgd[index];
	pte_t *table = __va(entry & PAGE_MASK);
	struct page *frame = pfn_to_page(pte_pfn(entry));
	unsigned int used = 0;

	if (!entry) {
		CHECK(!table_exists(first));
		return;
	}
	for (unsigned int i = 0; i < PTRS_PER_PTE; i++) {
		check_pte(first + i, table[i], census);
		used += table[i] != 0;
	}
	CHECK(used > 0);
	CHECK_EQ(frame->pt_used, used);
	CHECK_EQ(frame->flags, PG_table);
	CHECK_EQ(frame->_refcount, 1);
	census->tables++;
}

static unsigned long check_file_pages(const struct census *census)
{
	unsigned long count = 0;

	for (unsigned int file = 0; file < NR_FILES; file++) {
		for (unsigned int i = 0; i < FILE_PAGES; i++) {
			struct page *frame = find_get_page(file_inode(file), i);
			const unsigned long *words;

			if (!frame)
				continue;
			count++;
			words = page_address(frame);
			for (unsigned int w = 0; w < WORDS; w += 61)
				CHECK_EQ(words[w], file_word(file, i, w));
			CHECK_EQ(frame->_refcount, 1 + census->cached[file][i]);
		}
	}
	return count;
}

static void check_memory(struct mm_struct *mm)
{
	static struct census census;
	unsigned long slabs = 0, cached;

	memset(&census, 0, sizeof(census));
	check_model(mm);
	for (unsigned int i = 0; i < pgd_index(TASK_SIZE); i++)
		check_table(mm, i, &census);
	cached = check_file_pages(&census);

	CHECK_EQ(mm->nr_ptes, census.tables);
	CHECK_EQ(mm->rss_stat[MM_FILEPAGES], census.file);
	CHECK_EQ(mm->rss_stat[MM_ANONPAGES], census.own);
	CHECK_EQ(zero_page->_refcount, 1 + census.zero);
	for (unsigned int w = 0; w < WORDS; w++)
		CHECK_EQ(((unsigned long *)page_address(zero_page))[w], 0);
	for (int i = 0; i < NR_FAULT_KINDS; i++)
		CHECK_EQ(mm->fault_count[i], expected_faults[i]);
	CHECK_EQ(max(mm->hiwater_rss, get_mm_rss(mm)), expected_hiwater);

	/* Each frame that is not free belongs to one of these. */
	for (unsigned long pfn = FIRST_FREE_PFN; pfn < max_low_pfn; pfn++)
		slabs += (mem_map[pfn].flags & PG_slab) != 0;
	CHECK_EQ(frames_taken,
		 1 + slabs + cached + 1 + census.tables + census.own);
	CHECK_EQ(nr_free_pages, totalram_pages - frames_taken);
}

/* ── One access ───────────────────────────────────────────────────────── */

struct outcome {
	int kind; /* enum fault_kind, or NO_FAULT */
	int signal; /* 0, or what kills the program */
	enum page_state state; /* of the page afterwards */
	unsigned int frames; /* that it takes, tables counted */
};

#define NO_FAULT (-1)

static struct outcome refused(int kind, int signal, enum page_state state)
{
	return (struct outcome){ kind, signal, state, 0 };
}

/* A first touch. GREW: the stack did for it. */
static struct outcome first_touch(unsigned long page, bool write, bool grew)
{
	const struct page_model *p = &model[page];
	unsigned int table = table_exists(page) ? 0 : 1;

	if (p->file != NO_FILE && p->pgoff >= FILE_PAGES) {
		struct outcome outcome = refused(FAULT_SIGBUS, SIGBUS, NOTHING);

		outcome.frames = table; /* while it lasts */
		return outcome;
	}
	if (p->file != NO_FILE) {
		if (!find_get_page(file_inode(p->file), p->pgoff))
			table++; /* the hole is filled */
		if (write)
			return (struct outcome){ FAULT_FILE_COPY, 0, OWN_PAGE,
						 table + 1 };
		return (struct outcome){ FAULT_FILE_READ, 0, FILE_PAGE, table };
	}
	if (!write)
		return (struct outcome){ FAULT_ANON_READ, 0, ZERO_PAGE, table };
	return (struct outcome){ grew ? FAULT_STACK_GROWTH : FAULT_ANON_WRITE,
				 0, OWN_PAGE, table + 1 };
}

/* The rules, once more (fault.c and memory.c have the others). */
static struct outcome predict(unsigned long address, bool write)
{
	unsigned long page = address >> PAGE_SHIFT;
	const struct page_model *p;
	bool grew = false;

	if (address >= TASK_SIZE)
		return refused(FAULT_REFUSED, SIGSEGV, NOTHING);
	p = &model[page];
	if (!p->flags) {
		grew = model_expand_stack(address);
		if (!grew)
			return refused(FAULT_REFUSED, SIGSEGV, NOTHING);
	}
	if (!(p->flags & (write ? VM_WRITE : VM_ACCESS_FLAGS)))
		return refused(FAULT_REFUSED, SIGSEGV, p->state);

	switch (p->state) {
	case NOTHING:
		return first_touch(page, write, grew);
	case ZERO_PAGE:
		if (write)
			return (struct outcome){ FAULT_ZERO_UPGRADE, 0,
						 OWN_PAGE, 1 };
		break;
	case FILE_PAGE:
		if (write)
			return (struct outcome){ FAULT_FILE_COPY, 0, OWN_PAGE,
						 1 };
		break;
	case OWN_PAGE:
		if (write && !p->writable)
			return (struct outcome){ FAULT_REUSE, 0, OWN_PAGE, 0 };
		break;
	}
	return (struct outcome){ NO_FAULT, 0, p->state, 0 };
}

/* The address of the page's stamp, so that what is read can be checked. */
static unsigned long stamp_address(unsigned long address)
{
	return (address & PAGE_MASK) +
	       stamp_word(address >> PAGE_SHIFT) * sizeof(unsigned long);
}

static void update_hiwater(struct mm_struct *mm)
{
	long rss = mm->rss_stat[MM_FILEPAGES] + mm->rss_stat[MM_ANONPAGES];

	expected_hiwater = max(expected_hiwater, rss);
}

/* FAIL: which allocation of this access fails; 0: none. The signal, or 0. */
static int try_access(unsigned long address, bool write, unsigned int fail_at)
{
	struct mm_struct *mm = current->mm;
	struct page_model *p;
	struct outcome outcome;
	unsigned long stamp = random_below(0xffffffff);
	unsigned long word = 0;
	int signal;

	address = stamp_address(address);
	p = address < TASK_SIZE ? &model[address >> PAGE_SHIFT] : NULL;
	outcome = predict(address, write);
	if ((fail_at && fail_at <= outcome.frames) ||
	    outcome.frames > nr_free_pages)
		outcome = refused(FAULT_OOM, SIGKILL, NOTHING);

	last_fault[0] = '\0';
	fail_allocation(fail_at);
	signal = write ? cpu_write(address, stamp) : cpu_read(address, &word);
	fail_allocation(0);

	CHECK_EQ(signal, outcome.signal);
	if (outcome.kind == NO_FAULT) {
		CHECK_EQ(last_fault[0], 0);
	} else {
		if (strcmp(last_fault, kind_names[outcome.kind]) != 0)
			fail(__FILE__, __LINE__, "0x%lx: fault %s, not %s",
			     address, last_fault, kind_names[outcome.kind]);
		expected_faults[outcome.kind]++;
	}
	update_hiwater(mm);
	if (!p || signal)
		return signal;
	p->state = outcome.state;
	if (write) {
		p->writable = true;
		p->written = true;
		p->stamp = stamp;
	} else {
		CHECK_EQ(word,
			 expected_word(address >> PAGE_SHIFT,
				       stamp_word(address >> PAGE_SHIFT)));
	}
	return 0;
}

static int try_write(unsigned long address)
{
	return try_access(address, true, 0);
}

static int try_read(unsigned long address)
{
	return try_access(address, false, 0);
}

static unsigned long frames_before;

static struct mm_struct *start_program(unsigned long frames)
{
	start_memory(frames);
	frames_before = nr_free_pages;
	open_files();
	return start_mm();
}

/* It ends, and everything is as before it. */
static void end_program(void)
{
	check_memory(current->mm);
	end_mm();
	CHECK_EQ(zero_page->_refcount, 1);
	close_all_files();
	CHECK_EQ(nr_free_pages, frames_before);
	CHECK_EQ(frames_taken, 1);
}

static bool last_kind_is(enum fault_kind kind)
{
	return strcmp(last_fault, kind_names[kind]) == 0;
}

/* ── Random programs ──────────────────────────────────────────────────── */

static unsigned long random_address(void)
{
	switch (random_below(16)) {
	case 0:
	case 1:
		return (START_BRK & PAGE_MASK) + random_below(44 << PAGE_SHIFT);
	case 2:
		return MMAP_BASE - 1 - random_below(128 << PAGE_SHIFT);
	case 3: /* the stack, by and by */
		return STACK_TOP - 1 - random_below(64 << PAGE_SHIFT);
	case 4: /* its limit */
		if (random_below(16) == 0)
			return STACK_TOP - rlimit(RLIMIT_STACK) +
			       random_below(8 << PAGE_SHIFT) - 4 * PAGE_SIZE;
		return random_below(0xffffffff);
	default:
		return WINDOW - 8 * PAGE_SIZE +
		       random_below((WINDOW_PAGES + 16) << PAGE_SHIFT);
	}
}

static void random_program(unsigned long seed)
{
	struct mm_struct *mm;

	random_start(seed);
	mm = start_program(FRAMES);
	for (test_step = 0; test_step < 8000; test_step++) {
		if (random_below(6) == 0)
			random_call();
		else
			try_access(random_address(), random_below(2),
				   random_below(16) ? 0 : 1 + random_below(2));
		if (test_step % 160 == 0)
			check_memory(mm);
	}
	/* Everywhere but where there is nothing to do, and without a fork(). */
	for (int kind = 0; kind < NR_FAULT_KINDS; kind++)
		CHECK(expected_faults[kind] || kind == FAULT_SPURIOUS ||
		      kind == FAULT_COW || kind == FAULT_FILE_SHARED);
	end_program();
}

TEST(faults_random_1)
{
	random_program(1);
}

TEST(faults_random_2)
{
	random_program(2);
}

TEST(faults_random_3)
{
	random_program(3);
}

/* A handful of frames: most accesses find none, and take none. */
TEST(faults_random_without_frames)
{
	random_start(4);
	start_program(FRAMES);
	for (unsigned long i = 0; i < 32; i++) {
		try_mmap(TABLE + i * PGDIR_SIZE, 2 * PAGE_SIZE, RW, FIXED, -1,
			 0);
		try_mmap(TABLE + i * PGDIR_SIZE + 2 * PAGE_SIZE, 4 * PAGE_SIZE,
			 RW, FILE_FIXED, i % NR_FILES, i);
	}
	take_frames(25);
	for (test_step = 0; test_step < 4000; test_step++) {
		unsigned long address = TABLE + random_below(32) * PGDIR_SIZE +
					random_below(6 << PAGE_SHIFT);

		try_access(address, random_below(2), 0);
		if (random_below(16) == 0) /* all of an area: needs no memory */
			try_munmap(address & ~(PGDIR_SIZE - 1), 2 * PAGE_SIZE);
		if (expected_faults[FAULT_OOM] % 50 == 1)
			try_mprotect(TABLE, 2 * PAGE_SIZE, RW);
	}
	CHECK(expected_faults[FAULT_OOM] > 100);
	give_frames();
	end_program();
}

/* ── One thing at a time ──────────────────────────────────────────────── */

TEST(first_touch_takes_one_frame)
{
	struct mm_struct *mm = start_program(FRAMES);
	unsigned long before;

	try_brk(START_BRK + 0x100000);
	before = nr_free_pages;
	CHECK_EQ(try_write(START_BRK + 0x1000), 0);
	CHECK(last_kind_is(FAULT_ANON_WRITE));
	CHECK_EQ(nr_free_pages, before - 2); /* the frame, the page table */
	CHECK_EQ(try_write(START_BRK + 0x2000), 0);
	CHECK_EQ(nr_free_pages, before - 3);
	CHECK_EQ(try_write(START_BRK + 0x2000), 0);
	CHECK_EQ(try_read(START_BRK + 0x2000), 0);
	CHECK_EQ(nr_free_pages, before - 3);
	check_memory(mm);
	try_brk(START_BRK);
	CHECK_EQ(nr_free_pages, before);
	end_program();
}

TEST(reading_shares_the_zero_page)
{
	struct mm_struct *mm = start_program(FRAMES);
	unsigned long before;

	try_mmap(TABLE, 100 * PAGE_SIZE, RW, FIXED, -1, 0);
	CHECK_EQ(try_read(TABLE), 0);
	before = nr_free_pages;
	for (unsigned long i = 0; i < 100; i++)
		CHECK_EQ(try_read(TABLE + i * PAGE_SIZE), 0);
	CHECK_EQ(nr_free_pages, before);
	CHECK_EQ(zero_page->_refcount, 101);
	CHECK_EQ(mm->rss_stat[MM_ANONPAGES], 0);
	CHECK_EQ(try_write(TABLE + 5 * PAGE_SIZE), 0);
	CHECK(last_kind_is(FAULT_ZERO_UPGRADE));
	CHECK_EQ(nr_free_pages, before - 1);
	CHECK_EQ(zero_page->_refcount, 100);
	check_memory(mm);
	end_program();
}

TEST(file_pages_are_shared_then_copied)
{
	struct mm_struct *mm = start_program(FRAMES);
	struct page *cached = find_get_page(file_inode(1), 7);

	try_mmap(WINDOW, 8 * PAGE_SIZE, RW, FILE_FIXED, 1, 4);
	CHECK_EQ(try_read(WINDOW + 3 * PAGE_SIZE), 0);
	CHECK(last_kind_is(FAULT_FILE_READ));
	CHECK_EQ(cached->_refcount, 2);
	CHECK_EQ(try_write(WINDOW + 3 * PAGE_SIZE), 0);
	CHECK(last_kind_is(FAULT_FILE_COPY));
	CHECK_EQ(cached->_refcount, 1);
	CHECK_EQ(try_write(WINDOW + 4 * PAGE_SIZE), 0);
	CHECK(last_kind_is(FAULT_FILE_COPY));
	check_memory(mm);

	/* What lies behind the end of the file is not there. */
	try_mmap(WINDOW, 2 * PAGE_SIZE, RW, FILE_FIXED, 1, FILE_PAGES - 1);
	CHECK_EQ(try_read(WINDOW), 0);
	CHECK_EQ(try_read(WINDOW + PAGE_SIZE), SIGBUS);
	CHECK_EQ(try_write(WINDOW + PAGE_SIZE), SIGBUS);
	end_program();
}

TEST(prot_none_and_back_keeps_contents)
{
	struct mm_struct *mm = start_program(FRAMES);

	try_mmap(WINDOW, 4 * PAGE_SIZE, RW, FIXED, -1, 0);
	CHECK_EQ(try_write(WINDOW), 0);
	CHECK_EQ(try_read(WINDOW + PAGE_SIZE), 0); /* the zero page */
	try_mprotect(WINDOW, 4 * PAGE_SIZE, PROT_NONE);
	check_memory(mm);
	for (unsigned long i = 0; i < 4; i++) {
		CHECK_EQ(try_read(WINDOW + i * PAGE_SIZE), SIGSEGV);
		CHECK_EQ(try_write(WINDOW + i * PAGE_SIZE), SIGSEGV);
	}
	try_mprotect(WINDOW, 4 * PAGE_SIZE, PROT_READ);
	CHECK_EQ(try_read(WINDOW), 0); /* checks the word, too */
	CHECK_EQ(try_write(WINDOW), SIGSEGV);
	try_mprotect(WINDOW, 4 * PAGE_SIZE, RW);
	CHECK_EQ(try_write(WINDOW), 0);
	CHECK(last_kind_is(FAULT_REUSE));
	check_memory(mm);
	try_mprotect(WINDOW, 4 * PAGE_SIZE, PROT_NONE);
	try_munmap(WINDOW, 2 * PAGE_SIZE);
	CHECK_EQ(mm->nr_ptes, 0);
	end_program();
}

static pte_t pte_of(struct mm_struct *mm, unsigned long address)
{
	return *pte_lookup(mm, address);
}

static void enter(struct mm_struct *mm)
{
	current->mm = mm;
	switch_mm(mm);
}

TEST(fork_shares_frames_until_somebody_writes)
{
	struct mm_struct *parent = start_program(FRAMES);
	unsigned long address = START_BRK + 0x1000;
	unsigned long before, original, word;
	struct mm_struct *child;
	struct page *frame;

	try_brk(START_BRK + 0x100000);
	CHECK_EQ(try_write(address), 0);
	CHECK_EQ(cpu_read(address, &original), 0);
	frame = pfn_to_page(pte_pfn(pte_of(parent, address)));
	before = nr_free_pages;

	other_address_space = true;
	child = dup_mm(parent);
	CHECK(child);
	CHECK_EQ(frame->_refcount, 2);
	CHECK_EQ(pte_of(child, address), pte_of(parent, address));
	CHECK(!(pte_of(parent, address) & _PAGE_RW));
	CHECK_EQ(child->brk, parent->brk);
	CHECK_EQ(child->map_count, parent->map_count);
	CHECK_EQ(child->total_vm, parent->total_vm);
	CHECK_EQ(child->rss_stat[MM_ANONPAGES], parent->rss_stat[MM_ANONPAGES]);
	cpu_check_tlb();

	enter(child);
	CHECK_EQ(cpu_write(address, original + 1), 0);
	CHECK_EQ(child->fault_count[FAULT_COW], 1);
	CHECK_EQ(frame->_refcount, 1);
	CHECK_EQ(cpu_read(address, &word), 0);
	CHECK_EQ(word, original + 1);

	enter(parent);
	CHECK_EQ(cpu_read(address, &word), 0);
	CHECK_EQ(word, original);
	CHECK_EQ(cpu_write(address, original), 0);
	CHECK_EQ(parent->fault_count[FAULT_REUSE], 1);
	CHECK_EQ(pte_pfn(pte_of(parent, address)), page_to_pfn(frame));

	mmput(child);
	CHECK_EQ(nr_free_pages, before);
	other_address_space = false;
}

TEST(fork_without_memory_gives_back_what_it_took)
{
	struct mm_struct *parent = start_program(FRAMES);
	struct mm_struct *child;
	unsigned int n = 0;
	unsigned long before;

	try_mmap(TABLE, 4 * PAGE_SIZE, RW, FIXED, -1, 0);
	try_mmap(TABLE + PGDIR_SIZE, 4 * PAGE_SIZE, RW, FILE_FIXED, 0, 0);
	CHECK_EQ(try_write(TABLE), 0);
	CHECK_EQ(try_write(TABLE + PGDIR_SIZE), 0);
	before = nr_free_pages;
	other_address_space = true;
	do {
		fail_allocation(++n);
		child = dup_mm(parent);
		fail_allocation(0);
		if (child)
			mmput(child);
		CHECK_EQ(nr_free_pages, before);
	} while (!child);
	CHECK(n > 5);
	other_address_space = false;
}

TEST(page_tables_come_and_go)
{
	struct mm_struct *mm = start_program(FRAMES);
	unsigned long before;

	try_mmap(TABLE, 64 << 20, RW, FIXED, -1, 0);
	before = nr_free_pages;
	for (unsigned long offset = 0; offset < 64 << 20; offset += 1 << 20)
		CHECK_EQ(try_write(TABLE + offset), 0);
	CHECK_EQ(mm->nr_ptes, 16);
	CHECK_EQ(nr_free_pages, before - 64 - 16);
	check_memory(mm);
	/* Three of the four pages of the first table, all of the second. */
	try_munmap(TABLE + (1 << 20), 7 << 20);
	CHECK_EQ(mm->nr_ptes, 15);
	check_memory(mm);
	try_munmap(TABLE, PAGE_SIZE);
	CHECK_EQ(mm->nr_ptes, 14);
	CHECK_EQ(nr_free_pages, before - 56 - 14);
	try_mprotect(TABLE + (8 << 20), 56 << 20, PROT_READ);
	check_memory(mm);
	try_munmap(TABLE, 64 << 20);
	CHECK_EQ(mm->nr_ptes, 0);
	end_program();
}

/* Between what is there, page tables are missing: none is passed over. */
TEST(mprotect_passes_over_missing_tables)
{
	start_program(FRAMES);
	try_mmap(TABLE, 8 * PGDIR_SIZE, RW, FIXED, -1, 0);
	CHECK_EQ(try_write(TABLE + 2 * PGDIR_SIZE), 0);
	CHECK_EQ(try_write(TABLE + 5 * PGDIR_SIZE - PAGE_SIZE), 0);
	CHECK_EQ(try_write(TABLE + 7 * PGDIR_SIZE), 0);
	try_mprotect(TABLE + PAGE_SIZE, 8 * PGDIR_SIZE - PAGE_SIZE, PROT_READ);
	CHECK_EQ(current->mm->nr_ptes, 3);
	check_memory(current->mm);
	CHECK_EQ(try_write(TABLE + 2 * PGDIR_SIZE), SIGSEGV);
	end_program();
}

/* The program comes back to an access that another fault has settled. */
TEST(spurious_fault_changes_nothing)
{
	struct mm_struct *mm = start_program(FRAMES);
	struct vm_area_struct *vma;

	try_mmap(WINDOW, PAGE_SIZE, RW, FIXED, -1, 0);
	CHECK_EQ(try_write(WINDOW), 0);
	vma = find_vma(mm, WINDOW);
	CHECK_EQ(handle_mm_fault(vma, WINDOW, FAULT_FLAG_WRITE),
		 FAULT_SPURIOUS);
	CHECK_EQ(handle_mm_fault(vma, WINDOW, 0), FAULT_SPURIOUS);
	expected_faults[FAULT_SPURIOUS] += 2;
	end_program();
}

/* ── The stack ────────────────────────────────────────────────────────── */

TEST(stack_grows_to_its_limit)
{
	struct mm_struct *mm = start_program(4096);
	const unsigned long lowest = STACK_TOP - rlimit(RLIMIT_STACK);

	CHECK_EQ(try_write(STACK_TOP - 0x5000), 0);
	CHECK(last_kind_is(FAULT_STACK_GROWTH));
	CHECK_EQ(mm->stack_vm, 5);
	CHECK_EQ(try_read(STACK_TOP - 0x7000), 0);
	CHECK(last_kind_is(FAULT_ANON_READ));
	CHECK_EQ(try_write(lowest - PAGE_SIZE), SIGSEGV);
	CHECK(strstr(last_rule, "limit of 8192 KiB"));
	CHECK_EQ(try_write(lowest), 0);
	CHECK_EQ(try_write(lowest - PAGE_SIZE), SIGSEGV);
	CHECK_EQ(mm->stack_vm, rlimit(RLIMIT_STACK) >> PAGE_SHIFT);
	end_program();
}

TEST(stack_keeps_its_guard_gap)
{
	const unsigned long below = STACK_TOP - 0x400000;
	const unsigned long lowest = below + PAGE_SIZE + STACK_GUARD;

	start_program(FRAMES);
	try_mmap(below, PAGE_SIZE, PROT_READ, FIXED, -1, 0);
	CHECK_EQ(try_write(lowest - PAGE_SIZE), SIGSEGV);
	CHECK(strstr(last_rule, "guard gap"));
	CHECK_EQ(try_write(lowest), 0);
	CHECK_EQ(try_write(lowest - PAGE_SIZE), SIGSEGV);
	/* What nobody can touch needs no guard. */
	try_mprotect(below, PAGE_SIZE, PROT_NONE);
	CHECK_EQ(try_write(below + PAGE_SIZE), 0);
	CHECK_EQ(try_write(below), SIGSEGV);
	end_program();
}

/* ── Refusals explain themselves ──────────────────────────────────────── */

TEST(refusals_name_the_rule)
{
	static const struct {
		unsigned long address;
		bool write;
		const char *rule;
	} cases[] = {
		{ 0, false, "NULL pointer" },
		{ 0x800, true, "NULL pointer" },
		{ TASK_SIZE, true, "the kernel's" },
		{ 0xfffff000, false, "the kernel's" },
		{ 0x50000000, true, "nothing is mapped" },
		{ START_BRK + 0x5000, true, "above the program break" },
		{ WINDOW, true, "r--p" },
		{ WINDOW + PAGE_SIZE, false, "any access" },
		{ WINDOW + 2 * PAGE_SIZE, true, "/file2" },
	};

	start_program(FRAMES);
	try_brk(START_BRK + 0x1000);
	try_mmap(WINDOW, PAGE_SIZE, PROT_READ, FIXED, -1, 0);
	try_mmap(WINDOW + PAGE_SIZE, PAGE_SIZE, PROT_NONE, FIXED, -1, 0);
	try_mmap(WINDOW + 2 * PAGE_SIZE, PAGE_SIZE, PROT_READ | PROT_EXEC,
		 FILE_FIXED, 2, 0);
	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		test_step = i;
		CHECK_EQ(try_access(cases[i].address, cases[i].write, 0),
			 SIGSEGV);
		if (!strstr(last_rule, cases[i].rule))
			fail(__FILE__, __LINE__, "the rule says: %s",
			     last_rule);
	}
	end_program();
}

/* ── The kernel's own accesses: system calls with the program's pointers ─ */

static unsigned long to_user(unsigned long to, const void *from,
			     unsigned long size)
{
	copy_is_to_user = true;
	return copy_to_user((void *)to, from, size);
}

static unsigned long from_user(void *to, unsigned long from, unsigned long size)
{
	copy_is_to_user = false;
	return copy_from_user(to, (const void *)from, size);
}

TEST(copies_take_the_same_faults)
{
	struct mm_struct *mm = start_program(FRAMES);
	static char there[3 * 4096], back[3 * 4096];
	const unsigned long size = sizeof(there);

	for (unsigned long i = 0; i < size; i++)
		there[i] = i * 7 + (i >> 8);
	try_mmap(WINDOW, 4 * PAGE_SIZE, RW, FIXED, -1, 0);
	CHECK_EQ(to_user(WINDOW + 100, there, size), 0);
	CHECK_EQ(mm->fault_count[FAULT_ANON_WRITE], 4);
	CHECK_EQ(from_user(back, WINDOW + 100, size), 0);
	CHECK(memcmp(there, back, size) == 0);
	copy_is_to_user = true;
	CHECK_EQ(clear_user((void *)(WINDOW + 200), 50), 0);
	CHECK_EQ(from_user(back, WINDOW + 100, size), 0);
	CHECK(memcmp(there, back, 100) == 0 && back[100] == 0 &&
	      back[149] == 0 && back[150] == there[150]);

	/* As far as it goes; the rest is counted. No signal, no message. */
	last_signal = 0;
	CHECK_EQ(to_user(WINDOW + 4 * PAGE_SIZE - 10, there, 30), 20);
	CHECK_EQ(from_user(back, WINDOW + 4 * PAGE_SIZE - 10, 30), 20);
	copy_is_to_user = true;
	CHECK_EQ(clear_user((void *)(WINDOW - 10), 30), 30);
	CHECK_EQ(clear_user((void *)(WINDOW + 10), 3 * PAGE_SIZE), 0);
	CHECK_EQ(clear_user((void *)(WINDOW + 10), 5 * PAGE_SIZE),
		 PAGE_SIZE + 10);
	CHECK_EQ(clear_user((void *)(TASK_SIZE - 1), 2), 2);
	sys_mprotect(WINDOW, PAGE_SIZE, PROT_READ);
	CHECK_EQ(to_user(WINDOW + 10, there, 30), 30);
	CHECK_EQ(from_user(back, WINDOW + 10, 30), 0);
	CHECK_EQ(last_signal, 0);
	CHECK_EQ(to_user(0, there, 30), 30);

	/* Never the kernel's half, however the numbers wrap. */
	CHECK_EQ(to_user(TASK_SIZE, there, 1), 1);
	CHECK_EQ(to_user(TASK_SIZE - 1, there, 2), 2);
	CHECK_EQ(from_user(back, 0xffffffff, 2), 2);
	CHECK_EQ(from_user(back, WINDOW, 0xf0000000), 0xf0000000);
	CHECK(access_ok((void *)TASK_SIZE, 0) && access_ok(NULL, TASK_SIZE));
	CHECK(!access_ok((void *)1, TASK_SIZE));
	CHECK(!access_ok((void *)WINDOW, -1UL));

	/* Out of frames: the program dies, the copy ends. */
	try_mmap(WINDOW + PGDIR_SIZE, PAGE_SIZE, RW, FIXED, -1, 0);
	take_frames(0);
	CHECK_EQ(to_user(WINDOW + PGDIR_SIZE, there, 4), 4);
	CHECK_EQ(last_signal, SIGKILL);
	give_frames();
	end_mm();
	close_all_files();
	CHECK_EQ(nr_free_pages, frames_before);
}

TEST(strings_from_user)
{
	static const char text[] = "fault";
	static char buffer[64];
	const char *top = (const char *)(TASK_SIZE - 3);
	const unsigned long end = WINDOW + PAGE_SIZE;

	start_program(FRAMES);
	try_mmap(WINDOW, PAGE_SIZE, RW, FIXED, -1, 0);
	try_mmap(TASK_SIZE - PAGE_SIZE, PAGE_SIZE, RW, FIXED, -1, 0);
	CHECK_EQ(to_user(end - 6, text, 6), 0);
	copy_is_to_user = false;
	CHECK_EQ(strncpy_from_user(buffer, (char *)end - 6, 64), 5);
	CHECK(strcmp(buffer, text) == 0);
	CHECK_EQ(strncpy_from_user(buffer, (char *)end - 6, 6), 5);
	CHECK_EQ(strncpy_from_user(buffer, (char *)end - 6, 5), 5);
	CHECK_EQ(strncpy_from_user(buffer, (char *)end - 6, 0), 0);
	CHECK_EQ(strncpy_from_user(buffer, (char *)end - 6, -1), -EFAULT);

	/* No end before the page ends; before the program's memory ends. */
	CHECK_EQ(to_user(end - 1, text, 1), 0);
	copy_is_to_user = false;
	CHECK_EQ(strncpy_from_user(buffer, (char *)end - 6, 64), -EFAULT);
	CHECK_EQ(to_user(TASK_SIZE - 3, text, 3), 0);
	copy_is_to_user = false;
	CHECK_EQ(strncpy_from_user(buffer, top, 3), 3);
	CHECK_EQ(strncpy_from_user(buffer, top, 4), -EFAULT);
	CHECK_EQ(to_user(TASK_SIZE - 1, "", 1), 0);
	copy_is_to_user = false;
	CHECK_EQ(strncpy_from_user(buffer, top, 64), 2);
	CHECK_EQ(strncpy_from_user(buffer, (char *)TASK_SIZE, 4), -EFAULT);
	CHECK_EQ(strncpy_from_user(buffer, NULL, 4), -EFAULT);
	end_mm();
	close_all_files();
	CHECK_EQ(nr_free_pages, frames_before);
}
