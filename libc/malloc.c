/*
 * malloc.c - the heap of a program: malloc(), free(), calloc() and realloc()
 * over two system calls, brk() for the many small blocks and mmap() for the
 * large ones. Read malloc_chunk.h first, which shows what a chunk looks like,
 * then malloc_bins.h, where the free ones wait, malloc_top.h, how the heap
 * grows, and malloc_map.h, the large blocks; here are giving back, taking, and
 * the functions that programs call. There are no locks: programs have one
 * thread.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "malloc_map.h"
#include "malloc_top.h"

#define CACHE_SHARE 128 /* more of the heap than this part in caches is much */
#define LARGE_SHARE 1024 /* a chunk of this part is worth a cache */
#define BATCH_SHARE 2048 /* this part of it is cut at once … */
#define BATCH_MAX   512 /* … but not more bytes than that */

struct malloc_state main_arena = {
	.top = (struct chunk *)-WORD, /* empty: it ends a word below 0 */
	.bin_map[BIN_COUNT / 32] = 1u << BIN_COUNT % 32,
	.pad_min = 8 * KIB,
	.pad_max = 128 * KIB,
	.trim_threshold = 256 * KIB,
	.mmap_threshold = 128 * KIB,
	.learning = true,
	.marking = true,
};

/* ── Giving back ──────────────────────────────────────────────────────── */

/* From C to NEXT nothing is in use: one chunk, the top or one in a bin. */
static inline void settle(struct chunk *c, struct chunk *next)
{
	size_t size = (char *)next - (char *)c;

	if (next == heap.top) {
		heap.top = c;
		mark("free_top: top=%p top_size=%zu", c, top_size());
		if (unlikely(top_size() > heap.trim_threshold))
			heap.trimmed = trim_top(heap.trim_threshold / 2);
		return;
	}
	next->head &= ~PREVIOUS_IN_USE;
	bin_insert(c, size);
	mark("free_bin: chunk=%p size=%zu bin=%u", c, size, bin_of(size));
}

/*
 * Merges chunk C with its free neighbours. IN_USE is cleared even where a merge
 * swallows the header: a second free() of the same block finds it.
 */
static slow_path void give_back(struct chunk *c)
{
	struct chunk *next = chunk_at(c, size_of(c));

	c->head &= ~(IN_USE | CACHED);
	if (!(c->head & PREVIOUS_IN_USE)) {
		c = chunk_at(c, -((size_t *)c)[-1]);
		bin_remove(c);
		mark("free_coalesce: chunk=%p size=%td with=previous", c,
		     (char *)next - (char *)c);
	}
	if (next != heap.top && !(next->head & (IN_USE | CACHED))) {
		bin_remove(next);
		next = chunk_at(next, size_of(next));
		mark("free_coalesce: chunk=%p size=%td with=next", c,
		     (char *)next - (char *)c);
	}
	settle(c, next);
}

/* Empties the caches above CACHE_MAX, block by block. */
static slow_path void empty_large_caches(void)
{
	size_t size = CACHE_MAX + ALIGNMENT;
	void *block;

	mark("malloc_consolidate: from=%zu", size);
	for (; size < SMALL_MAX; size += ALIGNMENT)
		while ((block = take_cached(size)))
			give_back(chunk_of(block));
}

/*
 * Empties all caches in one walk over the heap: each run of chunks that are not
 * in use is one from now on. To follow the links instead would touch as many
 * chunks, but in an order in which no hardware fetches them beforehand.
 */
static slow_path void consolidate(void)
{
	struct chunk *c, *next, *end;

	mark("malloc_consolidate: from=%d", MIN_CHUNK);
	empty_bins();
	for (struct segment *s = heap.segments; s; s = s->next) {
		end = s == heap.segments ? heap.top : chunk_at(s->end, -WORD);
		for (c = s->first; c < end; c = next) {
			next = next_chunk(c, end);
			if (c->head & IN_USE)
				continue;
			while (next < end && !(next->head & IN_USE))
				next = next_chunk(next, end);
			settle(c, next);
		}
	}
}

bool __heap_trim(size_t pad)
{
	consolidate();
	return trim_top(pad);
}

/* ── Taking ───────────────────────────────────────────────────────────── */

#define STEP_MIN (64 * KIB)

/*
 * Does the break have to move for SIZE bytes, or the top enter another step than
 * the last time? (Not each time that a block comes and goes across the border.)
 * The steps of a large heap are a sixteenth of it: to look is worth them.
 */
static inline bool at_step(size_t size)
{
	size_t length = heap.bytes / 16 < STEP_MIN ? STEP_MIN : heap.bytes / 16;
	size_t step = ((size_t)heap.top - (size_t)heap.low + size) / length;

	if (top_size() >= size && step == heap.step)
		return false;
	heap.step = step;
	return true;
}

/*
 * A chunk of SIZE bytes, or of BATCH if there is one; NULL: no memory. What is
 * cached cannot merge: so all caches are emptied before the top makes a step,
 * if there is much in them, and those for larger sizes with each 256th search.
 */
static slow_path struct chunk *take_chunk(size_t size, size_t batch)
{
	struct chunk *c;
	size_t rest;

	if (unlikely(++heap.searches == 0))
		empty_large_caches();
	c = find_chunk(size);
	if (!c && at_step(size) && much_cached(heap.bytes / CACHE_SHARE)) {
		consolidate();
		c = find_chunk(size);
	}
	if (!c) {
		mark("malloc_search: found=none");
		if (unlikely(top_size() < batch) && !grow(batch = size))
			return NULL;
		c = heap.top;
		heap.top = chunk_at(c, batch);
		c->head = batch | IN_USE | PREVIOUS_IN_USE;
		mark("malloc_top: chunk=%p size=%zu top=%p top_size=%zu", c,
		     batch, heap.top, top_size());
		return c;
	}
	bin_remove(c);
	batch = size_of(c) < batch ? size : batch;
	rest = size_of(c) - batch;
	mark("malloc_search: found=bin bin=%u chunk=%p size=%zu rest=%zu",
	     bin_of(size_of(c)), c, size_of(c), rest);
	c->head |= IN_USE;
	if (rest >= MIN_CHUNK) {
		c->head -= rest;
		bin_insert(chunk_at(c, batch), rest);
	} else {
		chunk_at(c, size_of(c))->head |= PREVIOUS_IN_USE;
	}
	return c;
}

/*
 * One of a size that is always cached. In a large heap others will follow:
 * several are cut at once, and all but the first cached.
 */
static slow_path struct chunk *take_small(size_t size)
{
	size_t batch = size;
	struct chunk *c, *slice;

	while (batch * 2 <= BATCH_MAX && batch * 2 <= heap.bytes / BATCH_SHARE)
		batch *= 2;
	c = take_chunk(size, batch);
	while (c && size_of(c) >= 2 * size) {
		c->head -= size;
		slice = chunk_at(c, size_of(c));
		slice->head = size | CACHED | PREVIOUS_IN_USE;
		cache_insert(block_of(slice), size);
		mark("malloc_slice: chunk=%p size=%zu", slice, size);
	}
	return c;
}

/* Makes chunk C one of SIZE bytes where it is; false if it cannot be. */
static inline bool resize(struct chunk *c, size_t size)
{
	size_t more = size - size_of(c);
	struct chunk *next = chunk_at(c, size_of(c));

	if (size > size_of(c) && next == heap.top) {
		if (!grow(more) || next != heap.top)
			return false;
		heap.top = chunk_at(c, size);
		c->head += more;
	} else if (size > size_of(c)) {
		if ((next->head & (IN_USE | CACHED)) || size_of(next) < more)
			return false;
		bin_remove(next);
		c->head += size_of(next);
		chunk_at(c, size_of(c))->head |= PREVIOUS_IN_USE;
	}
	if (size_of(c) - size >= MIN_CHUNK) {
		next = chunk_at(c, size);
		next->head = (size_of(c) - size) | IN_USE | PREVIOUS_IN_USE;
		c->head -= size_of(next);
		give_back(next);
	}
	return true;
}

/* ── What programs call ───────────────────────────────────────────────── */

void __heap_check(const void *block, const char *caller)
{
	if (!is_mapped(block))
		check_chunk(chunk_of(block), caller);
	else if (mapping_is_damaged(block))
		fatal(caller, "invalid pointer, or already freed:", block);
}

static void *no_memory(void)
{
	errno = ENOMEM;
	return NULL;
}

/* A block of REQUEST bytes, by all the ways there are. */
static slow_path void *allocate(size_t request)
{
	size_t size = chunk_size_for(request);
	struct chunk *c = NULL;
	void *block = NULL;

	mark("malloc: request=%zu chunk_size=%zu", request, size);
	if (request > PTRDIFF_MAX)
		c = NULL; /* no machine has that: SIZE is wrong, perhaps */
	else if (size < SMALL_MAX && (block = take_cached(size)))
		mark("malloc_search: found=cache chunk=%p size=%zu",
		     chunk_of(block), size);
	else if (size <= CACHE_MAX)
		c = take_small(size);
	else if (size < heap.mmap_threshold ||
		 !(block = map_block(NULL, request)))
		c = take_chunk(size, size);
	block = c ? block_of(c) : block;
	mark("malloc_return: pointer=0x%zx", (size_t)block);
	return block ? block : no_memory();
}

/*
 * The quick way: the block that was given back last, if one of this size was.
 * REQUEST is forgotten, it would take a register: any of the same size will do.
 */
void *malloc(size_t request)
{
	size_t size;
	void *block;

	if (request >= heap.quick_limit)
		return allocate(request);
	size = chunk_size_for(request);
	block = *cache_for(size);
	if (unlikely(!in_heap(block) || !uncache(block, size)))
		return allocate(size - WORD);
	return block;
}

/* Chunk C is the program's no longer: it is cached, or merged. */
static inline void release_chunk(struct chunk *c)
{
	size_t size = size_of(c);

	if (size > CACHE_MAX &&
	    (size >= SMALL_MAX || size > heap.bytes / LARGE_SHARE)) {
		give_back(c);
		return;
	}
	c->head ^= IN_USE | CACHED;
	cache_insert(block_of(c), size);
	mark("free_cache: chunk=%p size=%zu", c, size);
}

/* Frees BLOCK by all the ways there are. */
static slow_path void release(void *block)
{
	struct chunk *c;

	if (!block)
		return;
	__heap_check(block, "free()");
	c = chunk_of(block);
	mark("free: pointer=%p chunk=%p size=%zu", block, c, size_of(c));
	if (is_mapped(block))
		unmap_block((struct mapping *)block - 1);
	else
		release_chunk(c);
}

/* The same, if it is not for free()'s quick way for its size only. */
static slow_path void release_large(void *block)
{
	struct chunk *c = chunk_of(block);

	if (wrong_with(c, size_of(c)))
		release(block);
	else
		release_chunk(c);
}

void free(void *block)
{
	if (!in_quick_heap(block))
		release(block);
	else if (!cache(block))
		release_large(block);
}

void *calloc(size_t count, size_t size)
{
	size_t request;
	void *block;

	if (__builtin_mul_overflow(count, size, &request))
		return no_memory();
	mark("calloc: request=%zu", request);
	block = malloc(request);
	if (!block || is_mapped(block)) /* a new mapping is zero */
		return block;
	return memset(block, 0, request);
}

void *realloc(void *old, size_t request)
{
	struct chunk *c;
	size_t size = chunk_size_for(request);
	void *block = NULL;

	if (!old)
		return malloc(request);
	__heap_check(old, "realloc()");
	c = chunk_of(old);
	mark("realloc: old=%p request=%zu chunk_size=%zu", old, request, size);
	if (!request) {
		free(old);
		return NULL;
	}
	if (request > PTRDIFF_MAX)
		return no_memory();
	if (is_mapped(old))
		block = map_block((struct mapping *)old - 1, request);
	else if (resize(c, size))
		block = old;
	if (block) {
		mark("realloc_in_place: pointer=%p", block);
		return block;
	}
	block = malloc(request);
	if (!block)
		return NULL;
	size = size_of(c) - (is_mapped(old) ? sizeof(struct mapping) : WORD);
	memcpy(block, old, size < request ? size : request);
	free(old);
	return block;
}
