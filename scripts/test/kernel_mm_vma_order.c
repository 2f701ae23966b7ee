/*
 * kernel_mm_vma_order.c - tests of kernel/mm/vma_order.c: areas put in, taken
 * out and moved at random, compared with the same areas in an array of ours.
 */
#include "kernel_mm_host.h"
#include "kernel_mm_model.h"

#include "abi/errno.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "mm/vma.h"

#define MAX_AREAS 10000
#define FRAMES    1024

static struct mm_struct mm;
static struct vm_area_struct *areas[MAX_AREAS]; /* by address */
static int nr_areas;

/* ── The model ────────────────────────────────────────────────────────── */

static unsigned long end_of(int index)
{
	return index < 0 ? 0 : areas[index]->vm_end;
}

static unsigned long start_of(int index)
{
	return index < nr_areas ? areas[index]->vm_start : TASK_SIZE;
}

/* Index of the first area that ends above ADDRESS; nr_areas: none. */
static int search(unsigned long address)
{
	int low = 0, high = nr_areas;

	while (low < high) {
		int middle = (low + high) / 2;

		if (areas[middle]->vm_end > address)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static void check_find(unsigned long address)
{
	int index = search(address);

	CHECK(find_vma(&mm, address) ==
	      (index < nr_areas ? areas[index] : NULL));
}

static unsigned long brute_force_topdown(unsigned long len, unsigned long low,
					 unsigned long high)
{
	for (int i = nr_areas; i >= 0; i--) {
		unsigned long start = max(end_of(i - 1), low);
		unsigned long end = start_of(i);

		if (i < nr_areas && (areas[i]->vm_flags & VM_GROWSDOWN))
			end = end > STACK_GUARD ? end - STACK_GUARD : 0;
		end = min(end, high);
		if (start < end && end - start >= len)
			return end - len;
	}
	return 0;
}

static void check_unmapped_area(void)
{
	unsigned long low = (1 + random_below(USER_PAGES)) << PAGE_SHIFT;
	unsigned long high = (1 + random_below(USER_PAGES)) << PAGE_SHIFT;
	unsigned long len = (1 + random_below(600)) << PAGE_SHIFT;

	if (random_below(2))
		low = PAGE_SIZE;
	if (random_below(2))
		high = TASK_SIZE;
	if (random_below(8) == 0)
		len = (1 + random_below(USER_PAGES)) << PAGE_SHIFT;
	if (nr_areas && random_below(4) == 0) { /* a close fit, or not quite */
		int index = random_below(nr_areas);

		low = areas[index]->vm_end - PAGE_SIZE * random_below(2);
		high = areas[index]->vm_end + PAGE_SIZE * random_below(4);
		high = min(high, TASK_SIZE);
		len = PAGE_SIZE * (1 + random_below(3));
	}
	CHECK_EQ(unmapped_area_topdown(&mm, len, low, high),
		 brute_force_topdown(len, low, high));
}

/* Every boundary of every area, and the array. */
static void check_all(void)
{
	CHECK(mm.map_count <= mm.areas_room);
	CHECK_EQ(mm.map_count, nr_areas);
	for (int i = 0; i < nr_areas; i++) {
		const struct vm_area_struct *vma = areas[i];

		CHECK(mm.areas[i] == vma);
		check_find(vma->vm_start - 1);
		check_find(vma->vm_start);
		check_find(vma->vm_end - 1);
		check_find(vma->vm_end);
	}
}

/* ── Changes ──────────────────────────────────────────────────────────── */

static void link_area(int index, unsigned long start, unsigned long end,
		      unsigned long flags)
{
	struct vm_area_struct *vma = malloc(sizeof(*vma));

	memset(vma, 0x5a, sizeof(*vma)); /* nothing is taken for granted */
	vma->vm_start = start;
	vma->vm_end = end;
	vma->vm_flags = flags;
	vma->vm_mm = &mm;
	CHECK_EQ(vma_link(&mm, vma), 0);
	memmove(&areas[index + 1], &areas[index],
		(nr_areas - index) * sizeof(areas[0]));
	areas[index] = vma;
	nr_areas++;
}

static void unlink_area(int index)
{
	vma_unlink(&mm, areas[index]);
	free(areas[index]); /* ASan sees who still points there */
	nr_areas--;
	memmove(&areas[index], &areas[index + 1],
		(nr_areas - index) * sizeof(areas[0]));
}

/* Of an address space without areas: the next test has other memory. */
static void forget_order(void)
{
	kfree(mm.areas);
	mm.areas = NULL;
	mm.areas_room = 0;
	mm.mmap_cache = NULL;
}

/* Pages of [FROM, TO], both ends included. */
static unsigned long random_page(unsigned long from, unsigned long to)
{
	return from +
	       (random_below(((to - from) >> PAGE_SHIFT) + 1) << PAGE_SHIFT);
}

static void random_link(void)
{
	unsigned long start = random_page(PAGE_SIZE, TASK_SIZE - PAGE_SIZE);
	int index = search(start);
	unsigned long limit = start_of(index);

	if (limit <= start)
		return; /* taken */
	if (random_below(2)) /* leave no gap in front */
		start = max(end_of(index - 1), PAGE_SIZE);
	limit = min(limit, start + 64 * PAGE_SIZE);
	link_area(index, start, random_page(start + PAGE_SIZE, limit),
		  random_below(8) ? 0 : VM_GROWSDOWN);
}

static void random_move(void)
{
	int index = random_below(nr_areas);
	struct vm_area_struct *vma = areas[index];
	unsigned long low = max(end_of(index - 1), PAGE_SIZE);
	unsigned long high = start_of(index + 1);

	if (random_below(2))
		vma->vm_start = random_page(low, vma->vm_end - PAGE_SIZE);
	else
		vma->vm_end = random_page(vma->vm_start + PAGE_SIZE, high);
}

/* Around SIZE areas, STEPS changes; all is checked every INTERVAL changes. */
static void random_history(unsigned long seed, int size, unsigned long steps,
			   unsigned long interval)
{
	random_start(seed);
	for (test_step = 0; test_step < steps; test_step++) {
		unsigned int kind = random_below(8);

		if (kind < 2 && nr_areas)
			random_move();
		else if (kind < 5 && nr_areas >= size)
			unlink_area(random_below(nr_areas));
		else if (kind == 5 && nr_areas)
			unlink_area(random_below(nr_areas));
		else if (nr_areas < size)
			random_link();
		check_find(random_below(TASK_SIZE));
		if (interval < 1000 || test_step % 8 == 0)
			check_unmapped_area();
		if (test_step % interval == 0)
			check_all();
	}
	check_all();
	while (nr_areas) {
		unlink_area(random_below(nr_areas));
		if (nr_areas < 50 || nr_areas % interval == 0)
			check_all();
	}
	CHECK(!mm.map_count);
	forget_order();
}

TEST(vma_order_random_few_areas)
{
	start_memory(FRAMES);
	for (unsigned long seed = 1; seed <= 10; seed++)
		random_history(seed, 1 + seed * 4, 3000, 1);
}

TEST(vma_order_random_hundreds)
{
	start_memory(FRAMES);
	random_history(11, 300, 20000, 50);
}

TEST(vma_order_random_10000_areas)
{
	start_memory(FRAMES);
	random_history(12, MAX_AREAS, 40000, 5000);
}

/* In rising, falling and zigzag order. */
TEST(vma_order_ordered_10000_areas)
{
	start_memory(FRAMES);
	for (int order = 0; order < 3; order++) {
		for (unsigned long i = 0; i < MAX_AREAS; i++) {
			unsigned long from_below = order == 0 ||
						   (order == 2 && i % 2 == 0);
			unsigned long place = order == 2 ? i / 2 : i;
			unsigned long start =
				from_below ? (1 + 2 * place) << PAGE_SHIFT
					   : TASK_SIZE - ((2 + 2 * place)
							  << PAGE_SHIFT);

			link_area(search(start), start, start + PAGE_SIZE, 0);
		}
		check_all();
		while (nr_areas)
			unlink_area(order == 1 ? nr_areas - 1 : 0);
		CHECK(!mm.map_count);
	}
}

TEST(vma_link_refuses_overlap)
{
	static struct vm_area_struct *vma;

	start_memory(FRAMES);
	link_area(0, 0x10000, 0x20000, 0);
	link_area(1, 0x30000, 0x40000, 0);
	vma = malloc(sizeof(*vma));
	vma->vm_start = 0x1f000;
	vma->vm_end = 0x30000;
	EXPECT_BUG(vma_link(&mm, vma));
	vma->vm_start = 0x20000;
	vma->vm_end = 0x31000;
	EXPECT_BUG(vma_link(&mm, vma));
	vma->vm_end = 0x20000;
	EXPECT_BUG(vma_link(&mm, vma));
	check_all();
}

/* The array grows with its areas: without memory for that nothing changes. */
TEST(vma_link_without_memory)
{
	struct vm_area_struct vma = { .vm_start = 0xa0000000,
				      .vm_end = 0xa0001000 };

	start_memory(FRAMES);
	for (int i = 0; i < 2048; i++)
		link_area(i, (1 + 2 * i) << PAGE_SHIFT,
			  (2 + 2 * i) << PAGE_SHIFT, 0);
	take_frames(0);
	CHECK_EQ(vma_link(&mm, &vma), -ENOMEM);
	check_all();
	give_frames();
	CHECK_EQ(vma_link(&mm, &vma), 0);
	vma_unlink(&mm, &vma);
	check_all();
}
