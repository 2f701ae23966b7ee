/*
 * malloc.c - the promises of malloc() and its kin to every program, whatever
 * is behind them: alignment, blocks that do not overlap and keep their
 * content, zeroes, errors.
 */
#include <limits.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>

#include "tap.h"

/* The compiler knows malloc() and free(); here it shall not. */
static void *(*volatile do_malloc)(size_t) = malloc;
static void *(*volatile do_calloc)(size_t, size_t) = calloc;
static void *(*volatile do_realloc)(void *, size_t) = realloc;
static void (*volatile do_free)(void *) = free;

static bool is_aligned(const void *pointer, size_t alignment)
{
	return ((uintptr_t)pointer & (alignment - 1)) == 0;
}

/* Is every one of the SIZE bytes at BLOCK the byte VALUE? */
static bool filled(const void *block, int value, size_t size)
{
	const unsigned char *bytes = block;

	for (size_t i = 0; i < size; i++)
		if (bytes[i] != (unsigned char)value)
			return false;
	return true;
}

static void sizes(void)
{
	bool aligned = true, usable = true, intact = true;
	static void *blocks[2000];

	for (size_t size = 0; size < 2000; size++) {
		void *block = do_malloc(size);

		if (block == NULL || !is_aligned(block, 8))
			aligned = false;
		if (malloc_usable_size(block) < size)
			usable = false;
		memset(block, (int)size, size);
		blocks[size] = block;
	}
	for (size_t size = 0; size < 2000; size++) {
		if (!filled(blocks[size], (int)size, size))
			intact = false;
		do_free(blocks[size]);
	}
	ok(aligned, "blocks of 0 to 1999 bytes, aligned to 8");
	ok(usable, "malloc_usable_size() is at least what was asked for");
	ok(intact, "they do not overlap: each keeps its content");
}

static void zero_bytes(void)
{
	void *one = do_malloc(0), *two = do_malloc(0);

	ok(one != NULL && two != NULL && one != two,
	   "malloc(0) twice: two different pointers");
	do_free(one);
	do_free(two);
	do_free(NULL);
	ok(true, "free(NULL) does nothing");
}

static void large(void)
{
	const size_t size = 3000000;
	unsigned char *block = do_malloc(size), *other;

	ok(block != NULL && is_aligned(block, 8), "a block of 3 MB");
	memset(block, 7, size);
	other = do_malloc(size);
	memset(other, 8, size);
	ok(filled(block, 7, size) && filled(other, 8, size),
	   "and another: both keep their content");
	do_free(block);
	ok(filled(other, 8, size), "also when one is freed");
	do_free(other);
}

static void errors(void)
{
	const size_t too_large[] = {
		SIZE_MAX,        SIZE_MAX - 1,     SIZE_MAX - 8,
		SIZE_MAX - 4096, SIZE_MAX / 2 + 1, (size_t)PTRDIFF_MAX + 1
	};
	bool refused = true;
	void *block;

	for (size_t i = 0; i < sizeof(too_large) / sizeof(size_t); i++) {
		errno = 0;
		if (do_malloc(too_large[i]) != NULL || errno != ENOMEM)
			refused = false;
	}
	ok(refused, "more than PTRDIFF_MAX bytes: ENOMEM");
	errno = 0;
	ok(do_calloc(SIZE_MAX / 2, 3) == NULL && errno == ENOMEM,
	   "calloc() whose product wraps: ENOMEM");
	errno = 0;
	ok(do_calloc(65536, 65536) == NULL && errno == ENOMEM,
	   "calloc() whose product wraps to 0: ENOMEM");
	block = do_malloc(100);
	memset(block, 5, 100);
	errno = 0;
	ok(do_realloc(block, SIZE_MAX - 100) == NULL && errno == ENOMEM,
	   "realloc() to too much: ENOMEM");
	ok(filled(block, 5, 100), "the block is as it was");
	errno = EXDEV;
	do_free(block);
	ok(errno == EXDEV, "free() leaves errno alone");
}

static void zeroed(void)
{
	bool zero = true;

	for (int round = 0; round < 3; round++) {
		for (size_t size = 1; size < 400000; size = size * 3 + 1) {
			void *dirty = do_malloc(size), *clean;

			memset(dirty, 0xee, size);
			do_free(dirty);
			clean = do_calloc(size, 1);
			if (clean == NULL || !filled(clean, 0, size))
				zero = false;
			memset(clean, 0xdd, size);
			do_free(clean);
		}
	}
	ok(zero, "calloc() is zero, also where something was before");
	ok(do_calloc(0, 10) != NULL, "calloc() of nothing: a pointer");
}

static void resizing(void)
{
	unsigned char *block = do_realloc(NULL, 10);
	size_t size = 10;
	bool intact = true;

	ok(block != NULL, "realloc(NULL, 10) is malloc(10)");
	memset(block, 1, size);
	while (size < 1000000) { /* up, across every kind of block */
		size_t larger = size * 3 / 2;

		block = do_realloc(block, larger);
		if (!filled(block, 1, size))
			intact = false;
		memset(block, 1, larger);
		size = larger;
	}
	ok(intact, "growing to 1 MB keeps the content");
	intact = true;
	while (size > 1) { /* and down */
		size /= 2;
		block = do_realloc(block, size);
		if (!filled(block, 1, size))
			intact = false;
	}
	ok(intact, "so does shrinking to 1 byte");
	do_free(block);
}

static void two_growing(void)
{
	unsigned char *one = NULL, *two = NULL;
	bool intact = true;

	for (size_t size = 100; size < 200000; size += size / 4) {
		one = do_realloc(one, size);
		two = do_realloc(two, size);
		memset(one, 1, size);
		memset(two, 2, size);
		if (!filled(one, 1, size) || !filled(two, 2, size))
			intact = false;
	}
	ok(intact, "two blocks that grow in turns do not meet");
	do_free(one);
	do_free(two);
}

static void aligned(void)
{
	bool good = true;
	void *block;

	for (size_t alignment = 8; alignment <= 65536; alignment *= 2) {
		for (size_t size = 1; size < 10000; size = size * 7 + 3) {
			if (posix_memalign(&block, alignment, size) != 0 ||
			    !is_aligned(block, alignment)) {
				good = false;
				continue;
			}
			memset(block, 3, size);
			do_free(block);
		}
	}
	ok(good, "posix_memalign(): 8 to 65536, usable, freed");
	ok(posix_memalign(&block, 24, 100) == EINVAL,
	   "an alignment that is no power of two: EINVAL");
	ok(posix_memalign(&block, 2, 100) == EINVAL,
	   "an alignment less than a pointer's size: EINVAL");
	block = aligned_alloc(4096, 8192);
	ok(block != NULL && is_aligned(block, 4096), "aligned_alloc()");
	block = do_realloc(block, 20000);
	ok(block != NULL, "such a block can be realloc()ed");
	do_free(block);
}

/* 40 000 steps over 256 slots; each block carries its own mark. */
static void long_run(void)
{
	static struct {
		unsigned char *block;
		size_t size;
	} slots[256];
	unsigned int number = 1;
	bool intact = true;

	for (int step = 0; step < 40000; step++) {
		unsigned int slot, kind;
		size_t size;

		number = number * 1103515245 + 12345;
		slot = (number >> 16) & 255;
		kind = (number >> 24) & 7;
		number = number * 1103515245 + 12345;
		size = (number >> 8) % (kind == 0 ? 20000 : 300);

		if (slots[slot].block != NULL &&
		    !filled(slots[slot].block, (int)slot, slots[slot].size))
			intact = false;
		if (kind < 2) {
			do_free(slots[slot].block);
			slots[slot].block = NULL;
			slots[slot].size = 0;
			continue;
		}
		slots[slot].block =
			do_realloc(slots[slot].block, size == 0 ? 1 : size);
		slots[slot].size = size;
		memset(slots[slot].block, (int)slot, size);
	}
	for (int slot = 0; slot < 256; slot++)
		do_free(slots[slot].block);
	ok(intact, "40000 steps of malloc(), realloc() and free()");
}

int main(void)
{
	sizes();
	zero_bytes();
	large();
	errors();
	zeroed();
	resizing();
	two_growing();
	aligned();
	long_run();
	return done_testing();
}
