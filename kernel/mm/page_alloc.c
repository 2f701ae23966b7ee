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
#include "mm/fail_page_alloc.h"
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

/* The first frame of the lowest order that has one and is large enough. */
static struct page *smallest_free_block(unsigned int order)
{
	for (; order <= MAX_ORDER; order++)
		if (!list_empty(&free_area[order].free_list))
			return list_first_entry(&free_area[order].free_list,
						struct page, lru);
	return NULL;
}

struct page *alloc_pages(unsigned int order)
{
	unsigned int current_order;
	struct page *page;

	if (unlikely(fail_page_alloc_enabled) && should_fail_alloc_page(order))
		return NULL;
	page = smallest_free_block(order);
	if (!page)
		return NULL;
	current_order = page->order;
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

static struct page *find_buddy(struct page *page, unsigned int order)
{
	unsigned long buddy_pfn = page_to_pfn(page) ^ (1UL << order);
	struct page *buddy = pfn_to_page(buddy_pfn);

	if (buddy_pfn >= max_low_pfn)
		return NULL;
	if (!(buddy->flags & PG_buddy) || buddy->order != order)
		return NULL;
	return buddy;
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

	if (page)
		clear_page(page_address(page));
	return page;
}

void clear_page(void *page)
{
	unsigned long words = PAGE_SIZE / 4;

	__asm__ volatile("rep stosl"
			 : "+D"(page), "+c"(words)
			 : "a"(0)
			 : "memory");
}

void copy_page(void *to, const void *from)
{
	unsigned long words = PAGE_SIZE / 4;

	__asm__ volatile("rep movsl"
			 : "+D"(to), "+S"(from), "+c"(words)
			 :
			 : "memory");
}

/* In blocks as large as alignment and the end of the range allow. */
void free_bootmem(unsigned long start, unsigned long end)
{
	unsigned long pfn = ALIGN_UP(start, PAGE_SIZE) >> PAGE_SHIFT;
	unsigned long end_pfn = min(end >> PAGE_SHIFT, max_low_pfn);
	unsigned int order;

	while (pfn < end_pfn) {
		order = 0;
		while (order < MAX_ORDER && !(pfn & (1UL << order)) &&
		       pfn + (2UL << order) <= end_pfn)
			order++;
		for (unsigned long i = pfn; i < pfn + (1UL << order); i++) {
			BUG_ON(mem_map[i].flags != PG_reserved);
			mem_map[i].flags = 0;
			mem_map[i]._refcount = 0;
		}
		totalram_pages += 1UL << order;
		free_block(pfn_to_page(pfn), order);
		pfn += 1UL << order;
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
