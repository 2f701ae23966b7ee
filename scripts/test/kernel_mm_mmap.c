/*
 * kernel_mm_mmap.c - tests of kernel/mm/mmap.c and vma.c: random system calls
 * against the model, the edges as tables, and no memory at every point where
 * some is asked for. Nothing is touched here: not one page fault.
 */
#include "kernel_mm_host.h"
#include "kernel_mm_model.h"

#include "abi/errno.h"
#include "abi/mman.h"
#include "fs/fs.h"
#include "lib/string.h"
#include "proc/task.h"

#define FRAMES 2048
#define RW     (PROT_READ | PROT_WRITE)
#define ANON   (MAP_PRIVATE | MAP_ANONYMOUS)

/* ── Random histories ─────────────────────────────────────────────────── */

static void random_history(unsigned long seed)
{
	unsigned long before;
	struct mm_struct *mm;

	random_start(seed);
	start_memory(FRAMES);
	open_files();
	before = nr_free_pages;
	mm = start_mm();
	for (test_step = 0; test_step < 4000; test_step++) {
		random_call();
		check_areas(mm);
		if (test_step % 40 == 0)
			check_model(mm);
	}
	check_model(mm);
	CHECK_EQ(mm->nr_ptes, 0);
	end_mm();
	CHECK_EQ(nr_free_pages, before);
	close_all_files();
}

TEST(mmap_random_1)
{
	random_history(1);
}

TEST(mmap_random_2)
{
	random_history(2);
}

TEST(mmap_random_3)
{
	random_history(3);
}

/* ── Edges: what Linux answers ────────────────────────────────────────── */

#define MAPPED 0x30000000UL /* 4 pages are there, then a hole, then 2 */

static void start_edges(void)
{
	start_memory(FRAMES);
	open_files();
	start_mm();
	try_mmap(MAPPED, 0x4000, RW, ANON | MAP_FIXED, -1, 0);
	try_mmap(MAPPED + 0x5000, 0x2000, PROT_READ, ANON | MAP_FIXED, -1, 0);
}

TEST(mmap_edges)
{
	static const struct {
		unsigned long addr, len, prot, flags;
		long fd;
		unsigned long pgoff;
		long result;
	} cases[] = {
		/* length */
		{ 0, 0, RW, ANON, -1, 0, -EINVAL },
		{ 0, 1, RW, ANON, -1, 0, MMAP_BASE - 0x1000 },
		{ 0, 0x1001, RW, ANON, -1, 0, MMAP_BASE - 0x3000 },
		{ 0, 0xfffff001, RW, ANON, -1, 0, -ENOMEM },
		{ 0, 0xffffffff, RW, ANON, -1, 0, -ENOMEM },
		{ 0, TASK_SIZE, RW, ANON, -1, 0, -ENOMEM },
		{ 0, 0xc0001000, RW, ANON, -1, 0, -ENOMEM },
		/* type */
		{ 0, 4096, RW, MAP_ANONYMOUS, -1, 0, -EINVAL },
		{ 0, 4096, RW, MAP_ANONYMOUS | 0xf, -1, 0, -EINVAL },
		/* hints: taken if free, else placed; the low ones go up */
		{ 0x20000000, 4096, RW, ANON, -1, 0, 0x20000000 },
		{ 0x20002fff, 4096, RW, ANON, -1, 0, 0x20002000 },
		{ 0x800, 4096, RW, ANON, -1, 0, MMAP_BASE - 0x4000 }, /* none */
		{ 0x1000, 4096, PROT_READ, ANON, -1, 0, MMAP_MIN_ADDR },
		{ MAPPED + 0x4000, 4096, RW, ANON, -1, 0, MAPPED + 0x4000 },
		{ MAPPED + 0x1000, 4096, RW, ANON, -1, 0, MMAP_BASE - 0x5000 },
		{ 0xfffff000, 4096, RW, ANON, -1, 0, MMAP_BASE - 0x6000 },
		/* a hint may not be in the guard gap of the stack */
		{ STACK_TOP - 0x3000, 4096, RW, ANON, -1, 0,
		  MMAP_BASE - 0x7000 },
		/* fixed */
		{ 0x20000001, 4096, RW, ANON | MAP_FIXED, -1, 0, -EINVAL },
		{ 0, 4096, RW, ANON | MAP_FIXED, -1, 0, -EPERM },
		{ 0xf000, 4096, RW, ANON | MAP_FIXED, -1, 0, -EPERM },
		{ 0x10000, 4096, RW, ANON | MAP_FIXED, -1, 0, 0x10000 },
		{ TASK_SIZE, 4096, RW, ANON | MAP_FIXED, -1, 0, -ENOMEM },
		{ 0xbffff000, 8192, RW, ANON | MAP_FIXED, -1, 0, -ENOMEM },
		{ 0xfffff000, 4096, RW, ANON | MAP_FIXED, -1, 0, -ENOMEM },
		{ 0xbffff000, 4096, PROT_NONE, ANON | MAP_FIXED, -1, 0,
		  0xbffff000 },
		{ MAPPED + 0x1000, 4096, PROT_READ, ANON | MAP_FIXED, -1, 0,
		  MAPPED + 0x1000 },
		{ MAPPED + 0x3000, 4096, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0,
		  -EEXIST },
		{ MAPPED + 0x8000, 4096, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0,
		  MAPPED + 0x8000 },
		{ MAPPED + 0x8001, 4096, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0,
		  -EINVAL },
		/* files */
		{ 0, 4096, RW, MAP_PRIVATE, -1, 0, -EBADF },
		{ 0, 4096, RW, MAP_PRIVATE, 60, 0, -EBADF },
		{ 0, 4096, RW, MAP_PRIVATE, 64, 0, -EBADF },
		{ 0, 4096, RW, MAP_PRIVATE, WRITE_ONLY, 0, -EACCES },
		{ 0, 4096, RW, MAP_PRIVATE, DEVICE, 0, -ENODEV },
		{ 0, 4096, RW, MAP_PRIVATE, 0, 0xffffffff, -EOVERFLOW },
		{ 0, 8192, RW, MAP_PRIVATE, 0, 0xfffffffe, -EOVERFLOW },
		{ 0, 8192, RW, MAP_PRIVATE, 0, 0xfffffffd, MMAP_BASE - 0x9000 },
		{ 0, 4096, RW, MAP_PRIVATE, 0, 10 * FILE_PAGES,
		  MMAP_BASE - 0xa000 },
		/* an anonymous one has no offset */
		{ 0, 4096, RW, ANON, -1, 0xffffffff, MMAP_BASE - 0xb000 },
	};

	start_edges();
	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		test_step = i;
		CHECK_EQ(try_mmap(cases[i].addr, cases[i].len, cases[i].prot,
				  cases[i].flags, cases[i].fd, cases[i].pgoff),
			 cases[i].result);
		check_model(current->mm);
	}
	end_mm();
	close_all_files();
}

TEST(munmap_edges)
{
	static const struct {
		unsigned long start, len;
		long result;
	} cases[] = {
		{ MAPPED, 0, -EINVAL },
		{ MAPPED + 1, 4096, -EINVAL },
		{ MAPPED, 0xffffffff, -EINVAL },
		{ MAPPED, TASK_SIZE, -EINVAL },
		{ TASK_SIZE, 0, -EINVAL },
		{ TASK_SIZE, 4096, -EINVAL },
		{ 0xfffff000, 4096, -EINVAL },
		{ TASK_SIZE - 4096, 4097, -EINVAL },
		{ TASK_SIZE - 4096, 4096, 0 },
		{ 0, 4096, 0 }, /* nothing there: fine */
		{ MAPPED + 0x4000, 4096, 0 },
		{ MAPPED + 0x1000, 1, 0 }, /* in the middle */
		{ MAPPED, 4096, 0 }, /* all of an area */
		{ MAPPED + 0x3000, 0x2001, 0 }, /* two parts and a hole */
		{ 0, MMAP_BASE, 0 }, /* all but the stack */
		{ 0, TASK_SIZE, 0 },
	};

	start_edges();
	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		test_step = i;
		CHECK_EQ(try_munmap(cases[i].start, cases[i].len),
			 cases[i].result);
		check_model(current->mm);
	}
	CHECK_EQ(current->mm->total_vm, 0);
	end_mm();
	close_all_files();
}

TEST(mprotect_edges)
{
	static const struct {
		unsigned long start, len, prot;
		long result;
	} cases[] = {
		{ MAPPED + 1, 4096, RW, -EINVAL },
		{ MAPPED + 1, 0, RW, -EINVAL },
		{ MAPPED, 0, RW, 0 },
		{ MAPPED, 0, 0x100, 0 },
		{ MAPPED, 4096, 0x100, -EINVAL },
		{ MAPPED, 0xffffffff, RW, -ENOMEM },
		{ MAPPED, 0xd0000000, RW, -ENOMEM },
		{ 0xfffff000, 4096, RW, -ENOMEM },
		{ TASK_SIZE, 4096, RW, -ENOMEM },
		{ 0x10000, 4096, RW, -ENOMEM }, /* nothing there */
		{ MAPPED + 0x4000, 0x2000, RW, -ENOMEM },
		{ MAPPED + 0x1000, 1, PROT_READ, 0 }, /* cut in three */
		{ MAPPED, 0x4000, PROT_NONE, 0 }, /* and one again */
		{ MAPPED + 0x2000, 0x4000, PROT_READ, -ENOMEM }, /* a hole */
		{ MAPPED, 0x2000, PROT_READ | PROT_EXEC, 0 },
		{ MAPPED, 0x4000, RW, 0 },
		{ STACK_TOP - 4096, 4096, PROT_READ, 0 },
	};

	start_edges();
	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		test_step = i;
		CHECK_EQ(try_mprotect(cases[i].start, cases[i].len,
				      cases[i].prot),
			 cases[i].result);
		check_model(current->mm);
	}
	end_mm();
	close_all_files();
}

TEST(brk_edges)
{
	static const unsigned long failures[] = {
		0,
		1,
		START_BRK - 1,
		START_BRK - 4096,
		TASK_SIZE + 1,
		0xfffff000,
		0xffffffff,
		0x80000000 + START_BRK,
	};
	struct mm_struct *mm;
	unsigned long brk = START_BRK + 10 * PAGE_SIZE;

	start_memory(FRAMES);
	mm = start_mm();
	CHECK_EQ(try_brk(START_BRK), START_BRK);
	CHECK_EQ(mm->map_count, 1); /* the stack: no area for no heap */
	CHECK_EQ(try_brk(START_BRK + 1), START_BRK + 1);
	CHECK_EQ(mm->map_count, 1); /* still the page where bss ends */
	CHECK_EQ(try_brk(brk), brk);
	CHECK_EQ(mm->map_count, 2);
	check_model(mm);

	/* Refused: the old break is what is and what is returned. */
	try_mmap(0x80000000, PAGE_SIZE, RW, ANON | MAP_FIXED, -1, 0);
	for (unsigned int i = 0; i < ARRAY_SIZE(failures); i++) {
		test_step = i;
		CHECK_EQ(try_brk(failures[i]), brk);
	}
	check_model(mm);

	/* A page must stay free in front of what lies above. */
	CHECK_EQ(try_brk(0x80000000), brk);
	CHECK_EQ(try_brk(0x7ffff001), brk);
	CHECK_EQ(try_brk(0x7ffff000), 0x7ffff000);
	CHECK_EQ(try_brk(START_BRK), START_BRK);
	try_munmap(0x80000000, PAGE_SIZE);

	/* Up to the guard gap of the stack, less a page. */
	brk = STACK_TOP - PAGE_SIZE - STACK_GUARD - PAGE_SIZE;
	CHECK_EQ(try_brk(brk + 1), START_BRK);
	CHECK_EQ(try_brk(brk), brk);
	check_model(mm);
	CHECK_EQ(try_brk(START_BRK), START_BRK);

	/* With nothing above: to the last page. */
	try_munmap(STACK_TOP - PAGE_SIZE, PAGE_SIZE);
	CHECK_EQ(try_brk(TASK_SIZE + 1), START_BRK);
	CHECK_EQ(try_brk(TASK_SIZE), START_BRK);
	CHECK_EQ(try_brk(TASK_SIZE - PAGE_SIZE), TASK_SIZE - PAGE_SIZE);
	check_model(mm);
	end_mm();
}

/* What grows together is one area, and needs no memory for a second. */
TEST(areas_merge)
{
	struct mm_struct *mm;

	start_memory(FRAMES);
	open_files();
	mm = start_mm();
	fail_allocation(2);
	try_mmap(MAPPED, 0x1000, RW, ANON | MAP_FIXED, -1, 0);
	fail_allocation(1);
	try_mmap(MAPPED + 0x1000, 0x1000, RW, ANON | MAP_FIXED, -1, 0);
	try_mmap(MAPPED - 0x1000, 0x1000, RW, ANON | MAP_FIXED, -1, 0);
	CHECK_EQ(mm->map_count, 2);
	fail_allocation(0);
	/* a bridge between two */
	try_mmap(MAPPED + 0x3000, 0x1000, RW, ANON | MAP_FIXED, -1, 0);
	CHECK_EQ(mm->map_count, 3);
	fail_allocation(1);
	try_mmap(MAPPED + 0x2000, 0x1000, RW, ANON | MAP_FIXED, -1, 0);
	CHECK_EQ(mm->map_count, 2);
	CHECK(!allocation_failed());
	fail_allocation(0);

	/* files: only what continues in the file, too */
	try_mmap(0x50000000, 0x2000, RW, MAP_PRIVATE | MAP_FIXED, 0, 5);
	try_mmap(0x50002000, 0x2000, RW, MAP_PRIVATE | MAP_FIXED, 0, 7);
	CHECK_EQ(mm->map_count, 3);
	try_mmap(0x50004000, 0x1000, RW, MAP_PRIVATE | MAP_FIXED, 0, 8);
	try_mmap(0x50005000, 0x1000, RW, MAP_PRIVATE | MAP_FIXED, 1, 9);
	try_mmap(0x4ffff000, 0x1000, RW, MAP_PRIVATE | MAP_FIXED, 0, 5);
	CHECK_EQ(mm->map_count, 6);
	check_model(mm);
	end_mm();
	close_all_files();
}

/* Offsets of more than 2 GiB within one area. */
TEST(huge_file_mapping)
{
	struct mm_struct *mm;

	start_memory(FRAMES);
	open_files();
	mm = start_mm();
	try_mmap(0x10000000, 0xa0000000, PROT_READ, MAP_PRIVATE | MAP_FIXED, 0,
		 0x90000);
	check_model(mm);
	try_munmap(0x10000000, 0x98000000); /* the beginning goes */
	check_model(mm);
	try_mmap(0x10000000, 0x98000000, PROT_READ, MAP_PRIVATE | MAP_FIXED, 0,
		 0x90000); /* and comes back, in front */
	CHECK_EQ(mm->map_count, 2);
	check_model(mm);
	try_munmap(0xa8000000, 0x1000); /* a hole far up */
	check_model(mm);
	end_mm();
	close_all_files();
}

/* ── No memory ────────────────────────────────────────────────────────── */

/* Calls that need memory for areas, after which the outcome can be told. */
static long call_brk(void)
{
	struct mm_struct *mm = current->mm;
	unsigned long old = mm->brk;

	return sys_brk(START_BRK + 0x8000) == old ? -ENOMEM : 0;
}

static long call_mmap(void)
{
	return sys_mmap_pgoff(0, 0x3000, PROT_READ, ANON, -1, 0);
}

static long call_mmap_file(void)
{
	return sys_mmap_pgoff(0, 0x3000, RW, MAP_PRIVATE, 1, 0);
}

static long call_mmap_middle(void)
{
	return sys_mmap_pgoff(MAPPED + 0x1000, 0x1000, PROT_EXEC,
			      ANON | MAP_FIXED, -1, 0);
}

static long call_munmap_middle(void)
{
	return sys_munmap(MAPPED + 0x1000, 0x1000);
}

static long call_mprotect_middle(void)
{
	return sys_mprotect(MAPPED + 0x1000, 0x1000, PROT_READ);
}

static long call_mprotect_two(void)
{
	return sys_mprotect(MAPPED + 0x3000, 0x3000, PROT_NONE);
}

static const struct {
	long (*call)(void);
	/* where a failure may leave its traces: [start, end); else nowhere */
	unsigned long start, end;
} calls[] = {
	{ call_brk, 0, 0 },
	{ call_mmap, 0, 0 },
	{ call_mmap_file, 0, 0 },
	{ call_munmap_middle, 0, 0 },
	/* as on Linux, what was there is gone by then */
	{ call_mmap_middle, MAPPED + 0x1000, MAPPED + 0x2000 },
	{ call_mprotect_middle, 0, 0 },
	{ call_mprotect_two, MAPPED + 0x3000, MAPPED + 0x6000 },
};

static struct page_model model_before[USER_PAGES];

static void check_unchanged_outside(unsigned long start, unsigned long end)
{
	for (unsigned long i = 0; i < USER_PAGES; i++) {
		if (i >= start >> PAGE_SHIFT && i < end >> PAGE_SHIFT)
			continue;
		CHECK_EQ(model[i].flags, model_before[i].flags);
		CHECK_EQ(model[i].file, model_before[i].file);
		CHECK_EQ(model[i].pgoff, model_before[i].pgoff);
	}
}

/* Let allocation COUNT of calls[INDEX] fail. False: it needs fewer. */
static bool call_fails_at(unsigned int index, unsigned long count)
{
	unsigned long frames_before = nr_free_pages;
	struct mm_struct *mm = start_mm();
	bool failed;
	long result;

	try_mmap(MAPPED, 0x4000, RW, ANON | MAP_FIXED, -1, 0);
	try_mmap(MAPPED + 0x4000, 0x2000, RW, MAP_PRIVATE | MAP_FIXED, 0, 0);
	memcpy(model_before, model, sizeof(model));

	fail_allocation(count);
	result = calls[index].call();
	failed = allocation_failed();
	fail_allocation(0);

	check_areas(mm);
	check_events(mm);
	if (failed) {
		CHECK_EQ(result, -ENOMEM);
		model_adopt(mm);
		check_unchanged_outside(calls[index].start, calls[index].end);
	} else {
		CHECK(!IS_ERR_VALUE(result));
	}
	end_mm();
	CHECK_EQ(nr_free_pages, frames_before);
	return failed;
}

TEST(no_memory_for_areas)
{
	start_memory(FRAMES);
	open_files();
	for (unsigned int i = 0; i < ARRAY_SIZE(calls); i++) {
		unsigned long count = 1;

		test_seed = i;
		while (call_fails_at(i, count)) {
			count++;
			test_step = count;
		}
		CHECK(count > 1); /* the call did ask for memory */
	}
	close_all_files();
}

TEST(no_memory_for_mm)
{
	unsigned long before, count;

	start_memory(FRAMES);
	before = nr_free_pages;
	for (count = 1;; count++) {
		struct mm_struct *mm;

		fail_allocation(count);
		mm = mm_alloc();
		if (mm) {
			fail_allocation(0);
			mmput(mm);
			break;
		}
		CHECK(allocation_failed());
		CHECK_EQ(nr_free_pages, before);
	}
	CHECK(count > 2); /* the structure, the directory */
	CHECK_EQ(nr_free_pages, before);
}

/* Not one frame left: most calls fail, nothing breaks, nothing leaks. */
TEST(random_calls_without_memory)
{
	unsigned long before;
	struct mm_struct *mm;

	random_start(7);
	start_memory(FRAMES);
	open_files();
	before = nr_free_pages;
	mm = start_mm();
	for (test_step = 0; test_step < 40; test_step++)
		random_call();
	take_frames(0);
	for (; test_step < 3000; test_step++) {
		unsigned long start =
			WINDOW + (random_below(WINDOW_PAGES) << PAGE_SHIFT);
		unsigned long len = (1 + random_below(8)) << PAGE_SHIFT;
		unsigned long prot = random_below(8);

		switch (random_below(4)) {
		case 0:
			sys_mmap_pgoff(start, len, prot, ANON | MAP_FIXED, -1,
				       0);
			break;
		case 1:
			sys_munmap(start, len);
			break;
		case 2:
			sys_mprotect(start, len, prot);
			break;
		default:
			sys_brk(START_BRK + random_below(40 << PAGE_SHIFT));
		}
		check_areas(mm);
		if (test_step % 40 == 0)
			check_events(mm);
	}
	give_frames();
	end_mm();
	CHECK_EQ(nr_free_pages, before);
	close_all_files();
}

TEST(max_map_count)
{
	const unsigned long base = 0x10000000;
	unsigned long before, total_vm, addr;
	struct mm_struct *mm;

	start_memory(4096);
	before = nr_free_pages;
	mm = start_mm();
	try_brk(START_BRK + 0x4000);
	for (addr = base; mm->map_count < MAX_MAP_COUNT; addr += 2 * PAGE_SIZE)
		CHECK_EQ(sys_mmap_pgoff(addr, PAGE_SIZE,
					addr & 0x2000 ? RW : PROT_READ,
					ANON | MAP_FIXED, -1, 0),
			 addr);
	check_areas(mm);

	total_vm = mm->total_vm;
	/* Neither a new area nor a cut: … */
	CHECK_EQ(sys_mmap_pgoff(0, PAGE_SIZE, RW, ANON, -1, 0), -ENOMEM);
	CHECK_EQ(sys_munmap((START_BRK & PAGE_MASK) + 0x2000, PAGE_SIZE),
		 -ENOMEM);
	CHECK_EQ(sys_mprotect((START_BRK & PAGE_MASK) + 0x2000, PAGE_SIZE,
			      PROT_READ),
		 -ENOMEM);
	CHECK_EQ(mm->map_count, MAX_MAP_COUNT);
	/* What a fixed mapping would have replaced is still there. */
	CHECK_EQ(sys_mmap_pgoff((START_BRK & PAGE_MASK) + 0x3000, 0x2000,
				PROT_EXEC, ANON | MAP_FIXED, -1, 0),
		 -ENOMEM);
	CHECK_EQ(mm->total_vm, total_vm);
	check_areas(mm);
	/* … an area may grow, shrink and go. */
	CHECK_EQ(sys_brk(START_BRK + 0x5000), START_BRK + 0x5000);
	CHECK_EQ(sys_brk(START_BRK + 0x3000), START_BRK + 0x3000);
	CHECK_EQ(sys_munmap(base, PAGE_SIZE), 0);
	CHECK_EQ(mm->map_count, MAX_MAP_COUNT - 1);
	CHECK_EQ(sys_munmap((START_BRK & PAGE_MASK) + 0x2000, PAGE_SIZE), 0);
	CHECK_EQ(mm->map_count, MAX_MAP_COUNT);
	check_areas(mm);
	check_events(mm);
	end_mm();
	CHECK_EQ(nr_free_pages, before);
}
