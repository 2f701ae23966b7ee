/*
 * buddy.c - sizes are powers of two, as for the kernel's frames
 * (kernel/mm/page_alloc.c): a block is cut in halves until it fits, and two
 * free halves, "buddies", become one again. The buddy's place is the own one
 * with one bit flipped, so there is no search; half a block may be waste.
 *
 *     order 6 |                       64                      |
 *     order 5 |          32           |          32           |
 *     order 4 |    16     |    16     |
 */
#include "simple.h"

#define MIN_ORDER 4 /* 16 bytes: header and two pointers */
#define MAX_ORDER 30
#define STEP      16 /* order of the least that sbrk() gives: 64 KiB */

struct block {
	unsigned short order; /* 2^order bytes, header included */
	unsigned short is_free;
	unsigned int unused;
	struct block *next, **link; /* free: in its list */
};

#define HEADER offsetof(struct block, next)

static struct block *free_lists[MAX_ORDER + 1];
static char *heap;
static size_t heap_size; /* what is a multiple of it, is aligned to it */

static void list_insert(struct block *b, unsigned int order)
{
	b->order = order;
	b->is_free = 1;
	b->next = free_lists[order];
	b->link = &free_lists[order];
	if (b->next)
		b->next->link = &b->next;
	*b->link = b;
}

static void list_remove(struct block *b)
{
	b->is_free = 0;
	*b->link = b->next;
	if (b->next)
		b->next->link = b->link;
}

/* Makes the heap longer by blocks that lie where their sizes say. */
static int grow(unsigned int order)
{
	unsigned int most = order < STEP ? STEP : order;
	size_t end;

	if (!heap) {
		heap = sbrk(0);
		if (sbrk(-(uintptr_t)heap & 15) == (void *)-1)
			return 0;
		heap += -(uintptr_t)heap & 15;
	}
	end = (heap_size + (2UL << most) - 1) & -(1UL << most);
	if (heap + heap_size != sbrk(0) || sbrk(end - heap_size) == (void *)-1)
		return 0;
	while (heap_size < end) {
		unsigned int fits = most;

		while (heap_size & ((1UL << fits) - 1))
			fits--;
		list_insert((struct block *)(heap + heap_size), fits);
		heap_size += 1UL << fits;
	}
	return 1;
}

void *malloc(size_t request)
{
	unsigned int order = MIN_ORDER;
	unsigned int from;
	struct block *b;

	while (order <= MAX_ORDER && (1UL << order) - HEADER < request)
		order++;
	for (from = order; from <= MAX_ORDER && !free_lists[from];)
		from++;
	if (from > MAX_ORDER) {
		if (order > MAX_ORDER || !grow(order))
			return no_memory();
		return malloc(request);
	}
	b = free_lists[from];
	list_remove(b);
	while (from > order) { /* the upper half is free again */
		from--;
		list_insert((struct block *)((char *)b + (1UL << from)), from);
	}
	b->order = order;
	return &b->next;
}

void free(void *block)
{
	struct block *b = (struct block *)((char *)block - HEADER);
	size_t place, other;
	unsigned int order;

	if (!block)
		return;
	place = (char *)b - heap;
	for (order = b->order; order < MAX_ORDER; order++) {
		other = place ^ 1UL << order;
		b = (struct block *)(heap + other);
		if (other + (1UL << order) > heap_size || !b->is_free ||
		    b->order != order)
			break;
		list_remove(b);
		place &= ~(1UL << order);
	}
	list_insert((struct block *)(heap + place), order);
}

size_t malloc_usable_size(void *block)
{
	struct block *b = (struct block *)((char *)block - HEADER);

	return block ? (1UL << b->order) - HEADER : 0;
}
