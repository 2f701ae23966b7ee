/*
 * malloc_bins.h - where free chunks wait, and how malloc.c finds them: bins and
 * caches. Each chunk is checked before it is believed.
 */
#ifndef MALLOC_BINS_H
#define MALLOC_BINS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "malloc_chunk.h"

#define BEST_OF 8 /* chunks of a bin that are looked at */

#define unlikely(x) __builtin_expect(!!(x), 0)
#define slow_path   __attribute__((__noinline__)) /* keeps the quick one short */
#define heap        main_arena

/* ── Misuse ───────────────────────────────────────────────────────────── */

/* Stops a program that has damaged its heap, before that does more harm. */
__attribute__((noreturn, cold)) static void
fatal(const char *caller, const char *what, const void *p)
{
	dprintf(STDERR_FILENO, "%s: %s %p\n", caller, what, p);
	abort();
}

/* What is wrong with C, of SIZE bytes, if it is to be in use. NULL: nothing. */
static inline const char *wrong_with(const struct chunk *c, size_t size)
{
	const struct chunk *next = chunk_at(c, size);

	if (size < MIN_CHUNK || (size > CACHE_MAX && size > heap.bytes) ||
	    (size_t)block_of(c) % ALIGNMENT)
		return "invalid pointer, or header overwritten before";
	if ((c->head & MAPPED) != IN_USE)
		return "double free, or use after free, of";
	if (next != heap.top && !(next->head & PREVIOUS_IN_USE))
		return "overflow: header overwritten behind";
	return NULL;
}

static inline void check_chunk(const struct chunk *c, const char *caller)
{
	const char *wrong = wrong_with(c, size_of(c));

	if (unlikely(wrong != NULL))
		fatal(caller, wrong, block_of(c));
}

/* The chunk behind C, which ends at END or before. */
static inline struct chunk *next_chunk(struct chunk *c, struct chunk *end)
{
	size_t size = size_of(c);

	if (unlikely(size < MIN_CHUNK || size > (size_t)end - (size_t)c))
		fatal("malloc", "overflow: header overwritten at", c);
	if ((c->head & MAPPED) == CACHED && c->next && !in_heap(c->next))
		fatal("malloc", "use after free, of", block_of(c));
	return chunk_at(c, size);
}

/* ── Bins ─────────────────────────────────────────────────────────────── */

/* Forgets all free chunks, the cached ones too. */
static inline void empty_bins(void)
{
	memset(heap.bins, 0, sizeof(heap.bins));
	memset(heap.bin_map, 0, sizeof(heap.bin_map));
	heap.bin_map[BIN_COUNT / 32] = 1u << BIN_COUNT % 32;
}

/* Makes C a free chunk of SIZE bytes, between others that are in use. */
static inline void bin_insert(struct chunk *c, size_t size)
{
	unsigned int bin = bin_of(size);
	struct chunk **link = &heap.bins[bin].first;
	struct chunk *next = *link;

	c->head = size | PREVIOUS_IN_USE;
	chunk_at(c, size - WORD)->head = size;
	c->next = next;
	c->link = link;
	*link = c;
	if (next)
		next->link = &c->next;
	else
		heap.bin_map[bin / 32] |= 1u << bin % 32;
}

static slow_path void bin_remove(struct chunk *c)
{
	struct chunk *next = c->next;
	struct chunk **link = c->link;
	size_t size = size_of(c);
	size_t bin;

	if (unlikely((c->head & FLAGS) != PREVIOUS_IN_USE ||
		     size > heap.bytes ||
		     chunk_at(c, size - WORD)->head != size))
		fatal("malloc", "overflow or use after free: tags damaged at",
		      c);
	if (unlikely(*link != c ||
		     (next && (!in_heap(next) || next->link != &c->next))))
		fatal("malloc", "use after free: pointers damaged at", c);
	*link = next;
	if (next)
		next->link = link;
	else if ((bin = (size_t)((char *)link - (char *)heap.bins) /
			sizeof(struct bin)) < BIN_COUNT)
		heap.bin_map[bin / 32] &= ~(1u << bin % 32);
}

/* The first bin from BIN on that is not empty, or else BIN_COUNT. */
static inline unsigned int next_bin(unsigned int bin)
{
	unsigned int word = bin / 32;
	uint32_t bits = heap.bin_map[word] & (~0u << bin % 32);

	while (!bits)
		bits = heap.bin_map[++word];
	return word * 32 + __builtin_ctz(bits);
}

/*
 * The best free chunk for SIZE bytes, or NULL: the smallest of the first few in
 * the first bin that has one. It stays where it is.
 */
static slow_path struct chunk *find_chunk(size_t size)
{
	unsigned int bin = bin_of(size);
	struct chunk *c, *best = NULL;
	size_t least = PTRDIFF_MAX;

	do {
		bin = next_bin(bin);
		c = heap.bins[bin].first;
		if (bin++ < SMALL_BINS)
			return c;
		for (int tries = BEST_OF; c && tries; c = c->next, tries--) {
			size_t over = size_of(c) - size; /* huge: too small */

			if (over < least) {
				least = over;
				best = c;
			}
		}
	} while (!best && bin <= BIN_COUNT);
	return best;
}

/* ── Caches ───────────────────────────────────────────────────────────── */

/* Can P be a block of the heap, and has nobody asked for marks? */
static inline bool in_quick_heap(const void *p)
{
	return (char *)p >= heap.low && (char *)p < heap.quick_high &&
	       (size_t)p % ALIGNMENT == 0;
}

/* The last block in the cache for SIZE. Bins are 8 bytes, too: no shifts. */
static inline void **cache_for(size_t size)
{
	_Static_assert(sizeof(struct bin) == ALIGNMENT, "see above");
	_Static_assert(offsetof(struct bin, cached) == 0, "see below");
	return (void **)((char *)heap.bins + size);
}

static inline void cache_insert(void *block, size_t size)
{
	*(void **)block = *cache_for(size);
	*cache_for(size) = block;
}

/*
 * Caches BLOCK, if it may be freed and its size is for that. One subtraction
 * tests its header: what else than a size is there would leave bits set, or a
 * large number. A neighbour of the top goes the long way, mostly.
 */
static inline bool cache(void *block)
{
	struct chunk *c = chunk_of(block);
	size_t over = c->head - (MIN_CHUNK | IN_USE);
	size_t size = (over & ~PREVIOUS_IN_USE) + MIN_CHUNK;

	if ((over & MAPPED) || over > CACHE_MAX - MIN_CHUNK + PREVIOUS_IN_USE ||
	    !(chunk_at(c, size)->head & PREVIOUS_IN_USE))
		return false;
	c->head = over + MIN_CHUNK + CACHED;
	cache_insert(block, size);
	return true;
}

/* Takes BLOCK out of the cache for SIZE, if its header says it is from there. */
static inline bool uncache(void *block, size_t size)
{
	struct chunk *c = chunk_of(block);
	size_t flags = c->head - size - CACHED;

	if (flags & ~PREVIOUS_IN_USE)
		return false;
	c->head = size + flags + IN_USE;
	*cache_for(size) = *(void **)block;
	return true;
}

/* A block from the cache for SIZE, or NULL. */
static inline void *take_cached(size_t size)
{
	void *block = *cache_for(size);

	if (block && unlikely(!in_heap(block) || !uncache(block, size)))
		fatal("malloc", "use after free, of", block);
	return block;
}

/* Do more bytes than LIMIT wait in caches? */
static inline bool much_cached(size_t limit)
{
	size_t bytes = 0;
	void *block;

	for (size_t size = MIN_CHUNK; size < SMALL_MAX; size += ALIGNMENT)
		for (block = *cache_for(size); in_heap(block) && bytes <= limit;
		     block = *(void **)block)
			bytes += size;
	return bytes > limit;
}

#endif
