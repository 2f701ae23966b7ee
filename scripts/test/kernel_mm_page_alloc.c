/*
 * kernel_mm_page_alloc.c - tests of kernel/mm/page_alloc.c: long random
 * histories against a model that knows one thing, which frame belongs to
 * which block. Because buddies are always joined at once, that alone
 * determines the free lists.
 */
#include "kernel_mm_host.h"

#include "lib/string.h"
#include "mm/mm.h"

#define FREE     (-1)
#define RESERVED (-2)

struct block {
	struct page *page;
	unsigned int order;
	int holders;
};

static int *owner; /* by frame: index in blocks, FREE or RESERVED */
static struct block *blocks;
static int nr_blocks;

/* ── The model ────────────────────────────────────────────────────────── */

static void start_model(unsigned long frames)
{
	owner = malloc(frames * sizeof(*owner));
	blocks = malloc(frames * sizeof(*blocks));
	nr_blocks = 0;
	for (unsigned long pfn = 0; pfn < frames; pfn++)
		owner[pfn] = RESERVED;
}

static void set_owner(unsigned long pfn, unsigned long end, int value)
{
	for (; pfn < end; pfn++)
		owner[pfn] = value;
}

/* Are the frames of the block all free? */
static bool is_free(unsigned long pfn, unsigned int order)
{
	if (pfn + (1UL << order) > max_low_pfn)
		return false;
	for (unsigned long i = pfn; i < pfn + (1UL << order); i++)
		if (owner[i] != FREE)
			return false;
	return true;
}

/* What the free lists must be: the largest aligned blocks of free frames. */
static void check_free_lists(void)
{
	unsigned long expected[MAX_ORDER + 1] = { 0 };
	unsigned long total = 0;
	unsigned long pfn = 0;

	while (pfn < max_low_pfn) {
		unsigned int order = 0;

		if (owner[pfn] != FREE) {
			CHECK(!(mem_map[pfn].flags & PG_buddy));
			pfn++;
			continue;
		}
		while (order < MAX_ORDER && !(pfn & (1UL << order)) &&
		       is_free(pfn, order + 1))
			order++;
		CHECK(mem_map[pfn].flags == PG_buddy);
		CHECK_EQ(mem_map[pfn].order, order);
		for (unsigned long i = 1; i < 1UL << order; i++)
			CHECK_EQ(mem_map[pfn + i].flags, 0);
		expected[order]++;
		total += 1UL << order;
		pfn += 1UL << order;
	}
	for (unsigned int order = 0; order <= MAX_ORDER; order++)
		CHECK_EQ(buddy_free_blocks(order), expected[order]);
	CHECK_EQ(nr_free_pages, total);
}

/* ── Random histories ─────────────────────────────────────────────────── */

static bool some_block_fits(unsigned int order)
{
	for (; order <= MAX_ORDER; order++)
		if (buddy_free_blocks(order))
			return true;
	return false;
}

static void allocate(unsigned int order)
{
	bool fits = some_block_fits(order);
	unsigned long before = nr_free_pages;
	struct page *page = alloc_pages(order);
	unsigned long pfn;

	CHECK_EQ(page != NULL, fits);
	CHECK_EQ(nr_free_pages, before - (page ? 1UL << order : 0));
	if (!page)
		return;
	pfn = page_to_pfn(page);
	CHECK_EQ(pfn & ((1UL << order) - 1), 0);
	CHECK(is_free(pfn, order)); /* no overlap with any other block */
	CHECK_EQ(page->_refcount, 1);
	CHECK_EQ(page->flags, 0);
	set_owner(pfn, pfn + (1UL << order), nr_blocks);
	blocks[nr_blocks].page = page;
	blocks[nr_blocks].order = order;
	blocks[nr_blocks].holders = 1;
	nr_blocks++;
}

static void forget_block(int index)
{
	unsigned long pfn = page_to_pfn(blocks[index].page);

	set_owner(pfn, pfn + (1UL << blocks[index].order), FREE);
	nr_blocks--;
	if (index == nr_blocks)
		return;
	blocks[index] = blocks[nr_blocks];
	pfn = page_to_pfn(blocks[index].page);
	set_owner(pfn, pfn + (1UL << blocks[index].order), index);
}

/* One holder lets go: put_page() for single frames, else free_pages(). */
static void release(int index)
{
	struct block *block = &blocks[index];
	unsigned long before = nr_free_pages;
	unsigned long size = 1UL << block->order;

	if (block->holders > 1) {
		put_page(block->page);
		block->holders--;
		CHECK_EQ(block->page->_refcount, block->holders);
		CHECK_EQ(nr_free_pages, before);
		return;
	}
	if (block->order == 0 && random_below(2))
		put_page(block->page);
	else
		free_pages(block->page, block->order);
	CHECK_EQ(nr_free_pages, before + size);
	forget_block(index);
}

static void hold(int index)
{
	get_page(blocks[index].page);
	blocks[index].holders++;
	CHECK_EQ(blocks[index].page->_refcount, blocks[index].holders);
}

/* Small orders are the frequent ones. */
static unsigned int random_order(void)
{
	return random_below(2) ? 0 : random_below(MAX_ORDER + 1);
}

static void random_history(unsigned long frames, unsigned long seed)
{
	unsigned long free_at_start, blocks_at_start[MAX_ORDER + 1];
	unsigned int growing = 1;

	random_start(seed);
	start_allocator(frames);
	start_model(frames);
	/* A hole in the middle of memory, as PCs have. */
	free_bootmem(FIRST_FREE_PFN << PAGE_SHIFT, 700UL << PAGE_SHIFT);
	free_bootmem(801UL << PAGE_SHIFT, frames << PAGE_SHIFT);
	set_owner(FIRST_FREE_PFN, 700, FREE);
	set_owner(801, frames, FREE);
	check_free_lists();
	free_at_start = nr_free_pages;
	CHECK_EQ(totalram_pages, free_at_start);
	for (unsigned int order = 0; order <= MAX_ORDER; order++)
		blocks_at_start[order] = buddy_free_blocks(order);

	for (test_step = 0; test_step < 200000; test_step++) {
		/* Towards exhaustion, towards emptiness, in turn. */
		if (test_step % 5000 == 0)
			growing = 2 + 3 * random_below(2);
		if (nr_blocks && random_below(8) == 0)
			hold(random_below(nr_blocks));
		else if (!nr_blocks || random_below(8) < growing)
			allocate(random_order());
		else
			release(random_below(nr_blocks));
		if (test_step % 1000 == 0)
			check_free_lists();
	}
	while (nr_blocks)
		release(nr_blocks - 1);
	check_free_lists();
	CHECK_EQ(nr_free_pages, free_at_start);
	CHECK_EQ(frames_taken, 0);
	for (unsigned int order = 0; order <= MAX_ORDER; order++)
		CHECK_EQ(buddy_free_blocks(order), blocks_at_start[order]);
}

TEST(buddy_random_4133_frames)
{
	random_history(4133, 1);
}

TEST(buddy_random_2047_frames)
{
	random_history(2047, 2);
}

TEST(buddy_random_12289_frames)
{
	random_history(12289, 3);
}

/* ── The ends ─────────────────────────────────────────────────────────── */

TEST(buddy_exhaustion)
{
	const unsigned long frames = 3000;
	unsigned long total, count = 0;

	start_allocator(frames);
	start_model(frames);
	free_bootmem(FIRST_FREE_PFN << PAGE_SHIFT, frames << PAGE_SHIFT);
	set_owner(FIRST_FREE_PFN, frames, FREE);
	total = nr_free_pages;
	CHECK_EQ(total, frames - FIRST_FREE_PFN);

	for (; nr_free_pages; count++)
		allocate(0);
	CHECK_EQ(count, total);
	for (unsigned int order = 0; order <= MAX_ORDER; order++)
		CHECK(!alloc_pages(order));
	CHECK(!get_zeroed_page());
	check_free_lists();

	/* Every other frame: half of memory is free, but no two in a row. */
	for (unsigned long pfn = FIRST_FREE_PFN; pfn < frames; pfn += 2)
		release(owner[pfn]);
	CHECK_EQ(nr_free_pages, total / 2);
	CHECK(!alloc_pages(1));
	check_free_lists();
	while (nr_blocks)
		release(nr_blocks - 1);
	CHECK_EQ(nr_free_pages, total);
	CHECK(!alloc_pages(MAX_ORDER + 1));
	check_free_lists();
}

TEST(zeroed_pages_are_zero)
{
	start_memory(512);
	for (int round = 0; round < 2; round++) {
		struct page *pages[64];

		for (unsigned int i = 0; i < ARRAY_SIZE(pages); i++) {
			unsigned long *words;

			pages[i] = get_zeroed_page();
			words = page_address(pages[i]);
			for (unsigned int w = 0; w < PAGE_SIZE / 4; w++) {
				CHECK_EQ(words[w], 0);
				words[w] = 0xffffffff;
			}
		}
		for (unsigned int i = 0; i < ARRAY_SIZE(pages); i++)
			free_pages(pages[i], 0);
	}
}

/* Each is caught before anything has changed. */
TEST(buddy_misuse_is_caught)
{
	static struct page *page, *block, *high;
	unsigned long before;

	start_memory(512);
	page = alloc_page();
	block = alloc_pages(3);
	high = alloc_page();
	free_pages(high, 0);
	before = nr_free_pages;

	EXPECT_BUG(free_pages(pfn_to_page(0), 0)); /* reserved */
	EXPECT_BUG(put_page(pfn_to_page(FIRST_FREE_PFN - 1)));
	EXPECT_BUG(free_pages(high, 0)); /* freed twice */
	EXPECT_BUG(put_page(high));
	EXPECT_BUG(get_page(high)); /* free */
	EXPECT_BUG(free_pages(block + 1, 0)); /* the middle of a block */
	EXPECT_BUG(get_page(block + 1));
	get_page(page);
	EXPECT_BUG(free_pages(page, 0)); /* somebody else holds it */
	put_page(page);
	put_page(page);
	EXPECT_BUG(put_page(page)); /* underflow */
	free_pages(block, 3);
	EXPECT_BUG(free_pages(block, 3));
	EXPECT_BUG(free_pages(block + 1, 0)); /* inside a free block */
	EXPECT_BUG(free_bootmem(100UL << PAGE_SHIFT, 101UL << PAGE_SHIFT));
	CHECK_EQ(nr_free_pages, before + 9);
}

/* Parts of pages at the ends of a range belong to somebody else. */
TEST(bootmem_odd_ranges)
{
	static const struct {
		unsigned long start, end; /* bytes */
		unsigned long first, last; /* frames freed: [first, last) */
	} ranges[] = {
		{ 0x20000, 0x20000, 0, 0 },
		{ 0x20001, 0x21fff, 0, 0 },
		{ 0x20001, 0x22000, 0x21, 0x22 },
		{ 0x23000, 0x24001, 0x23, 0x24 },
		{ 0x25800, 0x24800, 0, 0 },
		{ 0x25fff, 0x49fff, 0x26, 0x49 },
		{ 0x4a000, 0x4a0000, 0x4a, 0x4a0 },
		{ 0x4a1000, 0xfffff000, 0x4a1, 0xb33 }, /* beyond memory */
	};

	start_allocator(0xb33);
	start_model(0xb33);
	for (unsigned int i = 0; i < ARRAY_SIZE(ranges); i++) {
		test_step = i;
		free_bootmem(ranges[i].start, ranges[i].end);
		set_owner(ranges[i].first, ranges[i].last, FREE);
		check_free_lists();
		CHECK_EQ(totalram_pages, nr_free_pages);
	}
}
