/*
 * page_alloc.c - physical frames: who holds which, and which are free.
 *
 * The buddy system. A free block is 2^order frames, aligned to its size. Its
 * buddy is the block beside it of the same size, with which it forms one block
 * of the next order: frame numbers that differ in bit `order` alone.
 *
 *     order 2   |       0–3       |       4–7       |
 *     order 1   |  0–1   |  2–3   |  4–5   |  6–7   |
 *     order 0   | 0 | 1  | 2 | 3  | 4 | 5  | 6 | 7  |   5's buddy is 4
 *
 * alloc_pages() halves a larger block until it fits; free_pages() joins a
 * block with its buddy as long as that is free too. Linux: mm/page_alloc.c,
 * which adds zones, migrate types, per-CPU lists and reclaim.
 */
#include "lib/printk.h"
#include "lib/string.h"
#include "trace/fail_page_alloc.h"
#include "mm/mm.h"
#include "trace/mm_trace.h"

static struct free_area {
	struct list_head free_list; /* of blocks, by their first frame */
	unsigned long nr_free; /* blocks */
} free_area[MAX_ORDER + 1];

struct page *mem_map;
unsigned long max_low_pfn;
unsigned long totalram_pages;
unsigned long nr_free_pages;
unsigned long vm_events[NR_VM_EVENT_ITEMS];
struct page *zero_page;

static void add_to_free_list(struct page *page, unsigned int order)
{
	page->flags |= PG_buddy;
	page->order = order;
	list_add(&page->lru, &free_area[order].free_list);
	free_area[order].nr_free++;
}

static void del_from_free_list(struct page *page)
{
	list_del(&page->lru);
	free_area[page->order].nr_free--;
	page->flags &= ~PG_buddy;
}

struct page *alloc_pages(unsigned int order)
{
	unsigned int current_order = order;
	struct page *page;

	if (unlikely(fail_page_alloc_enabled) && should_fail_alloc_page(order))
		return NULL;
	while (current_order <= MAX_ORDER && !free_area[current_order].nr_free)
		current_order++;
	if (current_order > MAX_ORDER)
		return NULL;
	page = list_first_entry(&free_area[current_order].free_list,
				struct page, lru);
	del_from_free_list(page);

	/* Keep the lower half, give the upper back, until it fits. */
	while (current_order > order) {
		current_order--;
		add_to_free_list(page + (1UL << current_order), current_order);
	}

	BUG_ON(page->_refcount != 0);
	page->_refcount = 1;
	nr_free_pages -= 1UL << order;
	vm_events[PGALLOC_NORMAL] += 1UL << order;
	trace_mm_page_alloc(page, order);
	return page;
}

/* The block beside PAGE's, if it is free as a whole. */
static struct page *find_buddy(struct page *page, unsigned int order)
{
	unsigned long buddy_pfn = page_to_pfn(page) ^ (1UL << order);
	struct page *buddy = pfn_to_page(buddy_pfn);
	bool is_free = buddy_pfn < max_low_pfn && (buddy->flags & PG_buddy) &&
		       buddy->order == order;

	return is_free ? buddy : NULL;
}

static void free_block(struct page *page, unsigned int order)
{
	struct page *buddy;

	nr_free_pages += 1UL << order;
	while (order < MAX_ORDER && (buddy = find_buddy(page, order))) {
		del_from_free_list(buddy);
		if (buddy < page)
			page = buddy;
		order++;
	}
	add_to_free_list(page, order);
}

/* A frame with another holder, or none (freed twice), is a bug of ours. */
void free_pages(struct page *page, unsigned int order)
{
	BUG_ON(page->flags & (PG_reserved | PG_buddy));
	BUG_ON(page->_refcount != 1);
	page->_refcount = 0;
	page->flags = 0;
	vm_events[PGFREE] += 1UL << order;
	trace_mm_page_free(page, order);
	free_block(page, order);
}

void get_page(struct page *page)
{
	BUG_ON(page->_refcount <= 0);
	page->_refcount++;
}

struct page *get_zeroed_page(void)
{
	struct page *page = alloc_page();

	if (page) /* one instruction, rep stos, without a call */
		__builtin_memset(page_address(page), 0, PAGE_SIZE);
	return page;
}

void free_bootmem(unsigned long start, unsigned long end)
{
	unsigned long pfn = ALIGN_UP(start, PAGE_SIZE) >> PAGE_SHIFT;
	unsigned long end_pfn = min(end >> PAGE_SHIFT, max_low_pfn);

	for (; pfn < end_pfn; pfn++) {
		struct page *page = pfn_to_page(pfn);

		BUG_ON(page->flags != PG_reserved);
		page->flags = 0;
		page->_refcount = 0;
		totalram_pages++;
		free_block(page, 0);
	}
}

/* Every frame reserved, until free_bootmem() says otherwise. */
void page_alloc_init(void)
{
	for (unsigned int order = 0; order <= MAX_ORDER; order++)
		INIT_LIST_HEAD(&free_area[order].free_list);
	for (unsigned long pfn = 0; pfn < max_low_pfn; pfn++) {
		mem_map[pfn].flags = PG_reserved;
		mem_map[pfn]._refcount = 1;
	}
}

unsigned long buddy_free_blocks(unsigned int order)
{
	return free_area[order].nr_free;
}
