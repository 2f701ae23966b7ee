/*
 * simple.h - the rest of the family for an allocator that defines malloc(),
 * free() and malloc_usable_size() and then includes this file: calloc() and
 * realloc() the plain way, and memalign() for no more than malloc() gives.
 */
#ifndef MALLOC_SIMPLE_H
#define MALLOC_SIMPLE_H

#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ALIGNMENT 8 /* of each block: the header has as many bytes */

static void *no_memory(void)
{
	errno = ENOMEM;
	return NULL;
}

void *calloc(size_t count, size_t size)
{
	size_t request;
	void *block;

	if (__builtin_mul_overflow(count, size, &request))
		return no_memory();
	block = malloc(request);
	return block ? memset(block, 0, request) : NULL;
}

void *realloc(void *old, size_t request)
{
	size_t usable = malloc_usable_size(old);
	void *block;

	if (old && !request) {
		free(old);
		return NULL;
	}
	if (old && request <= usable)
		return old;
	block = malloc(request);
	if (old && block) {
		memcpy(block, old, usable);
		free(old);
	}
	return block;
}

void *memalign(size_t alignment, size_t request)
{
	return alignment <= ALIGNMENT ? malloc(request) : no_memory();
}

#endif
