/*
 * firstfit.c - the allocator of Kernighan and Ritchie's book (8.7): one list
 * of all free chunks, ordered by address. malloc() takes the first that is
 * large enough, free() finds the place by walking and merges with both
 * neighbours. Short, tight, and slow when the list is long.
 *
 *     free_list → |size|next| … → |size|next| … → NULL
 */
#include "simple.h"

#define STEP (16 * 1024) /* bytes that sbrk() gives at least */

struct chunk {
	size_t size; /* bytes, header included */
	struct chunk *next; /* free: the next by address */
};

static struct chunk *free_list;

static int grow(size_t size)
{
	size_t length = size < STEP ? STEP : size;
	struct chunk *c;

	length += -(uintptr_t)sbrk(0) & (ALIGNMENT - 1);
	c = sbrk(length);
	if (c == (struct chunk *)-1)
		return 0;
	c = (struct chunk *)(((uintptr_t)c + ALIGNMENT - 1) & -ALIGNMENT);
	c->size = length & -ALIGNMENT;
	free(c + 1);
	return 1;
}

void *malloc(size_t request)
{
	size_t size = (request + sizeof(struct chunk) + ALIGNMENT - 1) &
		      -ALIGNMENT;
	struct chunk **link;
	struct chunk *c;

	if (request > PTRDIFF_MAX - STEP)
		return no_memory();
	do {
		for (link = &free_list; *link; link = &(*link)->next) {
			c = *link;
			if (c->size < size)
				continue;
			if (c->size - size <= sizeof(struct chunk)) {
				*link = c->next;
			} else { /* the end of it: the list stays as it is */
				c->size -= size;
				c = (struct chunk *)((char *)c + c->size);
				c->size = size;
			}
			return c + 1;
		}
	} while (grow(size));
	return no_memory();
}

static int touches(const struct chunk *c, const struct chunk *next)
{
	return (const char *)c + c->size == (const char *)next;
}

void free(void *block)
{
	struct chunk *c = (struct chunk *)block - 1;
	struct chunk *previous = NULL;
	struct chunk *next = free_list;

	if (!block)
		return;
	while (next && next < c) {
		previous = next;
		next = next->next;
	}
	c->next = next;
	if (next && touches(c, next)) {
		c->size += next->size;
		c->next = next->next;
	}
	if (previous && touches(previous, c)) {
		previous->size += c->size;
		previous->next = c->next;
	} else if (previous) {
		previous->next = c;
	} else {
		free_list = c;
	}
}

size_t malloc_usable_size(void *block)
{
	return block ? ((struct chunk *)block)[-1].size - sizeof(struct chunk)
		     : 0;
}
