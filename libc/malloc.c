/*
 * malloc.c - the heap of a program: malloc(), free(), calloc() and realloc()
 * over two system calls, brk() for the many small blocks and mmap() for the
 * large ones. Read malloc_chunk.h first, which shows what a chunk looks like,
 * then malloc_bins.h, where the free ones wait, and malloc_map.h, the large
 * blocks; here are the top chunk, giving back, taking, and the functions that
 * programs call. There are no locks: programs have one thread.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "malloc_map.h"

#define SEGMENT_MIN (1024 * KIB) /* bytes to map if the break is stuck */
#define CACHE_SHARE 512 /* more of the heap than this part in caches is much */
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

/* ── The top chunk ────────────────────────────────────────────────────── */

/* The newest segment ends at END now. */
static void set_end(char *end)
{
	if (end > heap.high || heap.end == heap.high)
		heap.high = end;
	heap.quick_high = heap.marking ? NULL : heap.high;
	heap.quick_limit = heap.marking ? 0 : CACHE_MAX - WORD + 1;
	heap.bytes += (size_t)end - (size_t)heap.end;
	heap.end = end;
}

/* LENGTH bytes of new memory are a segment. The old top becomes free. */
static slow_path void add_segment(char *memory, size_t length)
{
	struct segment *s = (void *)round_up((size_t)memory, ALIGNMENT);
	size_t rest = top_size();

	if (heap.segments) {
		heap.segments->end = heap.end;
		heap.top->head = rest | IN_USE | PREVIOUS_IN_USE;
		chunk_at(heap.top, rest)->head = IN_USE | PREVIOUS_IN_USE;
		if (rest >= MIN_CHUNK) {
			chunk_at(heap.top, rest)->head = IN_USE;
			bin_insert(heap.top, rest);
		}
	}
	s->next = heap.segments;
	heap.segments = s;
	heap.top = s->first;
	heap.end = (char *)s;
	if (!heap.low || heap.low > heap.end)
		heap.low = heap.end;
	set_end((char *)((size_t)(memory + length) & -ALIGNMENT));
}

#define DOUBLE_MAX (64 * KIB) /* a smaller heap doubles when it grows */

/*
 * Makes the top hold SIZE bytes; false: there is no memory. If something is in
 * the way of the break, or a limit, a mapping will do. A program that grows
 * again after free() has trimmed its heap may keep twice as much from now on:
 * one that goes up and down would pay with page faults each time.
 */
static slow_path bool grow(size_t size)
{
	size_t need = size + sizeof(struct segment) + WORD;
	size_t pad = heap.bytes < DOUBLE_MAX ? heap.bytes : DOUBLE_MAX;
	char *memory = (char *)-1;
	size_t length;

	if (top_size() >= size)
		return true;
	if (heap.trimmed && heap.learning)
		heap.trim_threshold *= 2;
	heap.trimmed = false;
	pad = pad < heap.bytes / 16 ? heap.bytes / 16 : pad;
	pad = pad < heap.pad_min ? heap.pad_min : pad;
	pad = pad > heap.pad_max ? heap.pad_max : pad;
	length = round_up(need - top_size() + pad, PAGE);
	if (length <= PTRDIFF_MAX)
		memory = sbrk(length);
	if (memory == (char *)-1) {
		length =
			round_up(need < SEGMENT_MIN ? SEGMENT_MIN : need, PAGE);
		memory = mmap(NULL, length, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (memory == MAP_FAILED)
			return false;
	}
	if (memory == heap.end)
		set_end(memory + length);
	else
		add_segment(memory, length);
	mark("malloc_grow: length=%zu start=%p end=%p top_size=%zu", length,
	     memory, memory + length, top_size());
	return grow(size);
}

/* Moves the break down to leave the top PAD bytes. False: it did not move. */
static slow_path bool trim_top(size_t pad)
{
	char *end = (char *)round_up((size_t)heap.top + WORD + pad, PAGE);
	intptr_t length = heap.end - end;
	int saved_errno = errno;

	if (length <= 0 || sbrk(0) != heap.end || sbrk(-length) != heap.end) {
		errno = saved_errno;
		return false;
	}
	set_end(end);
	mark("free_trim: sbrk=-%zu new_break=%p top_size=%zu", length, end,
	     top_size());
	return true;
}

/* ── Giving back ──────────────────────────────────────────────────────── */

/*
 * Merges chunk C with its free neighbours, into the top or for a bin. IN_USE
 * is cleared even where a merge swallows the header: a second free() of the
 * same block finds it.
 */
static slow_path void give_back(struct chunk *c)
{
	size_t size = size_of(c);
	struct chunk *next = chunk_at(c, size);

	c->head &= ~(IN_USE | CACHED);
	if (!(c->head & PREVIOUS_IN_USE)) {
		c = chunk_at(c, -((size_t *)c)[-1]);
		bin_remove(c);
		size += size_of(c);
		mark("free_coalesce: chunk=%p size=%zu with=previous", c, size);
	}
	if (next == heap.top) {
		heap.top = c;
		mark("free_top: top=%p top_size=%zu", c, top_size());
		if (unlikely(top_size() > heap.trim_threshold))
			heap.trimmed = trim_top(heap.trim_threshold / 2);
		return;
	}
	if (next->head & (IN_USE | CACHED)) {
		next->head &= ~PREVIOUS_IN_USE;
	} else {
		bin_remove(next);
		size += size_of(next);
		mark("free_coalesce: chunk=%p size=%zu with=next", c, size);
	}
	bin_insert(c, size);
	mark("free_bin: chunk=%p size=%zu bin=%u", c, size, bin_of(size));
}

/* Empties the caches from SIZE on: neighbours learn of each other. */
static slow_path void consolidate(size_t size)
{
	void *block;

	mark("malloc_consolidate: from=%zu", size);
	for (; size < SMALL_MAX; size += ALIGNMENT)
		while ((block = take_cached(size)))
			give_back(chunk_of(block));
}

bool __heap_trim(size_t pad)
{
	consolidate(MIN_CHUNK);
	return trim_top(pad);
}

/* ── Taking ───────────────────────────────────────────────────────────── */

#define STEP (64 * KIB)

/*
 * Does the break have to move for SIZE bytes, or the top enter another STEP than
 * the last time? (Not each time that a block comes and goes across the border.)
 */
static inline bool at_step(size_t size)
{
	size_t step = ((size_t)heap.top - (size_t)heap.low + size) / STEP;

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
		consolidate(CACHE_MAX + ALIGNMENT);
	c = find_chunk(size);
	if (!c && at_step(size) && much_cached(heap.bytes / CACHE_SHARE)) {
		consolidate(MIN_CHUNK);
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
