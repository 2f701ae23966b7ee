/*
 * malloc_chunk.h - what the heap looks like in memory: chunks with boundary
 * tags, and the arena that holds them together. malloc.c works on it;
 * malloc_info.c, gdb and you read it. The names are those of glibc's malloc.
 *
 * The heap is cut into chunks without gaps. A chunk is a header, one word, and
 * the block that the program gets. Sizes are multiples of 8, which leaves the
 * low bits of the header to flags. A free chunk has its size in its last word
 * too. By these boundary tags free() finds both neighbours without a search,
 * and merges with those that are free: two free chunks never touch.
 *
 *     in use                            free
 *     +---------------+---+---+---+     +---------------+---+---+---+ <- chunk
 *     | size          | 0 | P | 1 |     | size          | 0 | 1 | 0 |
 *     +---------------+---+---+---+     +---------------+---+---+---+ <- block
 *     | what the program stores:  |     | next chunk in its bin     |
 *     | size - 4 bytes            |     +---------------------------+
 *     |                           |     | what points at this chunk |
 *     |                           |     +---------------------------+
 *     |                           |     : (what was left there)     :
 *     |                           |     +---------------------------+
 *     |                           |     | size                      |
 *     +---------------------------+     +---------------------------+
 *
 * A cached chunk is between the two: given back, but its neighbours have not
 * been told. Only its own flags (1 P 0) and its first word have changed.
 */
#ifndef MALLOC_CHUNK_H
#define MALLOC_CHUNK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chunk {
	size_t head; /* size in bytes, and the flags */
	struct chunk *next; /* free: in its bin */
	struct chunk **link; /* free: the pointer to this chunk, there */
};

#define IN_USE          ((size_t)1) /* this chunk belongs to the program */
#define PREVIOUS_IN_USE ((size_t)2) /* the one before is not free: no footer */
#define CACHED          ((size_t)4) /* waits in the cache for its size */
#define MAPPED          (IN_USE | CACHED) /* no chunk of the heap: a mapping */
#define FLAGS           ((size_t)7)

#define WORD      sizeof(size_t)
#define ALIGNMENT 8 /* of blocks; a chunk begins one word before */
#define MIN_CHUNK 16 /* bytes: header, two pointers, footer */
#define PAGE      4096
#define KIB       1024

_Static_assert(MIN_CHUNK == 4 * WORD, "the layout is for 32-bit machines");

/*
 * Bins are lists of free chunks: below SMALL_MAX of one size each, so the first
 * is as good as any, above four for each doubling of the size. These small
 * sizes have a cache, too: a stack of blocks that begin with a link. Chunks up
 * to CACHE_MAX are always cached, the others in a large heap only.
 */
#define CACHE_MAX  128
#define SMALL_MAX  512
#define LARGE_MAX  (512 * 1024) /* from here on all are in the last bin */
#define SMALL_BINS (SMALL_MAX / ALIGNMENT)
#define BIN_COUNT  (SMALL_BINS + 10 * 4)

struct bin {
	void *cached;
	struct chunk *first;
};

/* A block that is a mapping of its own: this stands before it. */
struct mapping {
	struct mapping *next;
	struct mapping **link; /* the pointer to this mapping */
	size_t unused; /* so that the block is aligned to 16 */
	size_t head; /* bytes, whole pages, and MAPPED */
};

/*
 * A stretch of memory that chunks fill, up to END, before which stands the
 * header of an empty chunk that is always in use. There is one segment, as
 * long as nobody else moves the break.
 */
struct segment {
	struct segment *next; /* the one before this */
	char *end; /* the newest segment's is in malloc_state */
	size_t unused; /* blocks are aligned, their headers are not */
	struct chunk first[];
};

/* The heap. The newest segment ends in the top chunk, which has no header. */
struct malloc_state {
	struct chunk *top; /* memory that no block has reached yet */
	char *end; /* of the newest segment: the break, mostly */
	char *low, *high; /* all segments are in between */
	char *quick_high; /* the same; NULL: free() goes the long way */
	size_t quick_limit; /* so does malloc() from that request on */
	size_t bytes; /* in all segments */
	struct segment *segments; /* the newest first */
	struct mapping *mappings;
	struct bin bins[BIN_COUNT + 1]; /* the last is always empty, … */
	uint32_t bin_map[BIN_COUNT / 32 + 1]; /* … but it has its bit here */
	size_t pad_min, pad_max; /* bytes that sbrk() adds to the need */
	size_t trim_threshold; /* bytes; a larger top is cut to half of that */
	size_t mmap_threshold; /* bytes; such a chunk gets a mapping */
	size_t step; /* which the top has entered last, see at_step() */
	uint8_t searches; /* counts them, up to 256 */
	bool trimmed; /* free() has, and the heap has not grown since */
	bool learning; /* thresholds follow the program: nobody has set one */
	bool marking; /* MALLOC_TRACE is set, or may be: nobody has looked */
};

extern struct malloc_state main_arena;

static inline struct chunk *chunk_at(const void *p, ptrdiff_t offset)
{
	return (struct chunk *)((char *)p + offset);
}

static inline struct chunk *chunk_of(const void *block)
{
	return chunk_at(block, -(ptrdiff_t)WORD);
}

static inline void *block_of(const struct chunk *c)
{
	return (char *)c + WORD;
}

static inline size_t size_of(const struct chunk *c)
{
	return c->head & ~FLAGS;
}

static inline size_t top_size(void)
{
	return (size_t)main_arena.end - WORD - (size_t)main_arena.top;
}

/* Can P point into a chunk? One that was overwritten mostly cannot. */
static inline bool in_heap(const void *p)
{
	return (char *)p >= main_arena.low && (char *)p < main_arena.high;
}

static inline bool is_mapped(const void *block)
{
	return !in_heap(block) || (chunk_of(block)->head & FLAGS) == MAPPED;
}

static inline size_t round_up(size_t n, size_t multiple)
{
	return (n + multiple - 1) & -multiple;
}

/* Bytes of the chunk for a block of REQUEST bytes, at most PTRDIFF_MAX. */
static inline size_t chunk_size_for(size_t request)
{
	if (request < MIN_CHUNK - WORD)
		request = MIN_CHUNK - WORD;
	return round_up(request + WORD, ALIGNMENT);
}

/* The number of the bin for free chunks of SIZE bytes. */
static inline unsigned int bin_of(size_t size)
{
	unsigned int log2;

	if (size < SMALL_MAX)
		return size / ALIGNMENT;
	if (size >= LARGE_MAX)
		return BIN_COUNT - 1;
	log2 = 31 ^ __builtin_clz(size);
	return SMALL_BINS + (log2 - 9) * 4 + (size >> (log2 - 2)) % 4;
}

/* Empties the caches, cuts the top to PAD bytes. False: it is no larger. */
bool __heap_trim(size_t pad);

/* Stops the program if BLOCK is not in use, in the name of CALLER. */
void __heap_check(const void *block, const char *caller);

/*
 * malloc_trace.c: tells of a step, and returns whether somebody wants to know
 * of the next. The first call reads the environment. Weak, so that malloc.c
 * does without it as well.
 */
bool __heap_mark(const char *format, ...)
	__attribute__((weak, format(printf, 1, 2)));

#define mark(...)                                                      \
	do {                                                           \
		if (__builtin_expect(main_arena.marking, 0))           \
			main_arena.marking = __heap_mark &&            \
					     __heap_mark(__VA_ARGS__); \
	} while (0)

#endif
