/*
 * bump.c - the simplest allocator: a pointer that moves up, and free() that
 * does nothing. No search, no reuse. It shows what the others pay for, and
 * what they save: compare with `make bench-malloc`.
 *
 *     |size|block     |size|block  |          |
 *     ^ heap                       ^ next     ^ end: the program break
 */
#include "simple.h"

#define STEP (64 * 1024) /* bytes that sbrk() adds to the need */

static char *next, *end;

void *malloc(size_t request)
{
	size_t size = (request + 2 * ALIGNMENT - 1) & -ALIGNMENT;
	char *memory;

	if (request > PTRDIFF_MAX - STEP)
		return no_memory();
	if ((size_t)(end - next) < size) {
		memory = sbrk(size + STEP);
		if (memory == (char *)-1)
			return no_memory();
		if (memory != end) /* the first time, or others moved it */
			next = memory + (-(uintptr_t)memory & (ALIGNMENT - 1));
		end = memory + size + STEP;
	}
	memory = next;
	next += size;
	*(size_t *)memory = size - ALIGNMENT;
	return memory + ALIGNMENT;
}

void free(void *block)
{
}

size_t malloc_usable_size(void *block)
{
	return block ? *(size_t *)((char *)block - ALIGNMENT) : 0;
}
