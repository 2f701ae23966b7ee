/*
 * malloc_align.c - memalign(): a block at a multiple of more than ALIGNMENT is
 * cut out of a larger one. The parts before and behind it are freed, as if the
 * program had asked for them.
 */
#include <errno.h>
#include <malloc.h>
#include "malloc_chunk.h"

void *memalign(size_t alignment, size_t request)
{
	const size_t most = PTRDIFF_MAX - 2 * MIN_CHUNK;
	size_t threshold = main_arena.mmap_threshold;
	struct chunk *c;
	size_t lead;
	char *block;

	if (!alignment || (alignment & (alignment - 1))) {
		errno = EINVAL;
		return NULL;
	}
	if (alignment <= ALIGNMENT)
		return malloc(request);
	if (alignment > most || request > most - alignment) {
		errno = ENOMEM;
		return NULL;
	}
	mark("memalign: alignment=%zu request=%zu chunk_size=%zu", alignment,
	     request, chunk_size_for(request));
	main_arena.mmap_threshold = SIZE_MAX; /* a mapping cannot be cut */
	block = malloc(request + alignment + MIN_CHUNK);
	main_arena.mmap_threshold = threshold;
	if (!block)
		return NULL;
	lead = -(size_t)block & (alignment - 1);
	if (lead && lead < MIN_CHUNK)
		lead += alignment;
	if (lead) {
		c = chunk_of(block + lead);
		c->head = size_of(chunk_of(block)) - lead;
		c->head |= IN_USE | PREVIOUS_IN_USE;
		chunk_of(block)->head -= size_of(c);
		free(block);
	}
	return realloc(block + lead, request ? request : 1);
}
