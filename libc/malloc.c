/*
 * malloc.c - the heap of a program: malloc(), free() and their family over two
 * system calls, brk() for the many small blocks and mmap() for the large ones.
 * In this order: chunks, marks, segments and the top chunk, bins, taking,
 * giving back, large blocks, the functions that programs call.
 * There are no locks: programs have one thread.
 */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * The heap is cut into chunks without gaps. A chunk is a header, one word, and
 * the block that the program gets. Sizes are multiples of 8, which leaves the
 * low bits of the header to flags. A free chunk has its size in its last word
 * too. By these boundary tags free() finds both neighbours without a search,
 * and merges with those that are free: two free chunks never touch.
 *
 *     in use                            free
 *     +-------------------+---+---+     +-------------------+---+---+ <- chunk
 *     | size              | P | 1 |     | size              | 1 | 0 |
 *     +-------------------+---+---+     +-------------------+---+---+ <- block
 *     | what the program stores:  |     | next chunk in its bin     |
 *     | size - 4 bytes            |     +---------------------------+
 *     |                           |     | previous chunk in its bin |
 *     |                           |     +---------------------------+
 *     |                           |     : (what was left there)     :
 *     |                           |     +---------------------------+
 *     |                           |     | size                      |
 *     +---------------------------+     +---------------------------+
 */
struct chunk {
	size_t head; /* size in bytes, and the flags */
	struct chunk *next;
	struct chunk *previous;
};

#define IN_USE          ((size_t)1) /* this chunk belongs to the program */
#define PREVIOUS_IN_USE ((size_t)2) /* so does the one before: no footer */
#define MAPPED          ((size_t)4) /* a large block, on its own */
#define FLAGS           ((size_t)7)

#define WORD           sizeof(size_t)
#define ALIGNMENT      8 /* of blocks; a chunk begins one word before */
#define MIN_CHUNK      16 /* bytes: header, two pointers, footer */
#define PAGE           4096
#define MMAP_THRESHOLD (128 * 1024) /* bytes; a chunk of that size is mapped */
#define TOP_PAD        (128 * 1024) /* bytes that sbrk() adds to the need */
#define TRIM_THRESHOLD (192 * 1024) /* bytes; a larger top shrinks to TOP_PAD */
#define MMAP_SEGMENT   (1024 * 1024) /* bytes at least, if brk cannot grow */

#define unlikely(x) __builtin_expect(!!(x), 0)

_Static_assert(MIN_CHUNK == 4 * WORD, "the layout is for 32-bit machines");

static size_t round_up(size_t n, size_t multiple)
{
	return (n + multiple - 1) & -multiple;
}

static size_t distance(const void *from, const void *to)
{
	return (const char *)to - (const char *)from;
}

static struct chunk *chunk_at(const void *p, ptrdiff_t offset)
{
	return (struct chunk *)((char *)p + offset);
}

static struct chunk *chunk_of(const void *block)
{
	return chunk_at(block, -(ptrdiff_t)WORD);
}

static void *block_of(struct chunk *c)
{
	return (char *)c + WORD;
}

static size_t size_of(const struct chunk *c)
{
	return c->head & ~FLAGS;
}

static size_t *footer_of(const struct chunk *c)
{
	return &chunk_at(c, size_of(c) - WORD)->head;
}

/* Bytes of the chunk for a block of REQUEST bytes; 0 if that is too many. */
static size_t chunk_size_for(size_t request)
{
	if (request > PTRDIFF_MAX)
		return 0;
	if (request < MIN_CHUNK - WORD)
		return MIN_CHUNK;
	return round_up(request + WORD, ALIGNMENT);
}

/*
 * Marks: with MALLOC_TRACE=FILE in the environment each step below is one line
 * written to FILE by one write(). On Faultline that is the kernel's
 * trace_marker, which puts the line between its own events. Without
 * MALLOC_TRACE a mark is one branch that is never taken.
 */
enum { MARKS_OFF = 0, MARKS_UNDECIDED = -1 };

static int marks = MARKS_UNDECIDED; /* or a descriptor */

#define mark(...)                                 \
	do {                                      \
		if (unlikely(marks != MARKS_OFF)) \
			write_mark(__VA_ARGS__);  \
	} while (0)

/* Opens FILE on a descriptor out of the program's way. */
static int open_marks(void)
{
	const char *file = getenv("MALLOC_TRACE");
	int fd = file ? open(file, O_WRONLY | O_APPEND) : -1;
	int moved;

	if (fd < 0)
		return MARKS_OFF;
	moved = fcntl(fd, F_DUPFD_CLOEXEC, 60);
	close(fd);
	return moved < 0 ? MARKS_OFF : moved;
}

__attribute__((format(printf, 1, 2), noinline, cold)) static void
write_mark(const char *format, ...)
{
	int saved_errno = errno;
	char line[160];
	va_list arguments;
	int length;

	if (marks == MARKS_UNDECIDED)
		marks = open_marks();
	if (marks != MARKS_OFF) {
		va_start(arguments, format);
		length = vsnprintf(line, sizeof(line), format, arguments);
		va_end(arguments);
		if (write(marks, line, length) < 0)
			marks = MARKS_OFF;
	}
	errno = saved_errno;
}

/* Stops a program that has damaged its heap, before that does more harm. */
__attribute__((noreturn, noinline, cold)) static void
fatal(const char *caller, const char *what, const void *p)
{
	char line[160];
	int length;

	length = snprintf(line, sizeof(line), "%s: %s %p\n", caller, what, p);
	if (write(STDERR_FILENO, line, length) < 0)
		abort();
	abort();
}

/*
 * Segments are the stretches of memory that chunks fill. There is one, as long
 * as nobody else moves the break. The newest is first in the list. The last
 * part of it is the top chunk: memory that no block has reached yet. The top
 * has no header, so that taking from it touches no page beyond what is taken.
 */
struct segment {
	struct segment *next;
	struct chunk *first;
	struct chunk *end; /* here one word is left, for a header */
};

static struct segment *segments;
static char *heap_break; /* as we left it; NULL if the top is in a mapping */
static struct chunk *top;
static size_t top_size; /* bytes */

static struct segment *segment_of(const void *p)
{
	struct segment *s = segments;

	while (s && (p < (void *)s->first || p >= (void *)s->end))
		s = s->next;
	return s;
}

/*
 * Bins are lists of free chunks. Below 512 bytes each size has its own; above,
 * each power of two has eight. A bitmap shows which bins have chunks.
 */
#define SMALL_LIMIT 512 /* 2^9 */
#define SMALL_BINS  (SMALL_LIMIT / ALIGNMENT)
#define BIN_COUNT   (SMALL_BINS + 8 * (32 - 9))
#define BEST_OF     16 /* chunks looked at in one bin */

static struct chunk *bins[BIN_COUNT];
static uint32_t bin_map[(BIN_COUNT + 31) / 32];

static unsigned int bin_of(size_t size)
{
	unsigned int log2;

	if (size < SMALL_LIMIT)
		return size / ALIGNMENT;
	log2 = 31 - __builtin_clz(size);
	return SMALL_BINS + 8 * (log2 - 9) + (size >> (log2 - 3)) % 8;
}

/* The first bin from BIN on that has chunks, else BIN_COUNT or more. */
static unsigned int next_bin(unsigned int bin)
{
	uint32_t map;

	while (bin < BIN_COUNT) {
		map = bin_map[bin / 32] >> bin % 32;
		if (map)
			return bin + __builtin_ctz(map);
		bin = (bin | 31) + 1;
	}
	return bin;
}

static bool in_heap(const struct chunk *c)
{
	return segment_of(c) && (uintptr_t)c % ALIGNMENT == WORD;
}

/* A write behind a block's end, or after free(), shows in the tags. */
static void check_tags(const struct chunk *c)
{
	if (!in_heap(c) || (c->head & FLAGS) != PREVIOUS_IN_USE ||
	    size_of(c) < MIN_CHUNK ||
	    size_of(c) > distance(c, segment_of(c)->end) ||
	    *footer_of(c) != size_of(c))
		fatal("malloc",
		      "overflow or use after free: tags overwritten at", c);
}

static void bin_insert(struct chunk *c, size_t size)
{
	unsigned int bin = bin_of(size);

	c->head = size | PREVIOUS_IN_USE;
	*footer_of(c) = size;
	c->previous = NULL;
	c->next = bins[bin];
	if (c->next)
		c->next->previous = c;
	bins[bin] = c;
	bin_map[bin / 32] |= 1u << bin % 32;
}

static void bin_remove(struct chunk *c)
{
	struct chunk *next, *previous, **link;
	unsigned int bin;

	check_tags(c);
	bin = bin_of(size_of(c));
	next = c->next;
	previous = c->previous;
	link = previous ? &previous->next : &bins[bin];
	if ((previous && !in_heap(previous)) || *link != c ||
	    (next && (!in_heap(next) || next->previous != c)))
		fatal("malloc", "use after free: pointers overwritten at", c);

	*link = next;
	if (next)
		next->previous = previous;
	if (!bins[bin])
		bin_map[bin / 32] &= ~(1u << bin % 32);
}

/*
 * A free chunk of SIZE bytes or more, or NULL. In a small bin one is as good
 * as the other. In a large one it is the best of the first few; the chunks of
 * SIZE's own bin can be too small.
 */
static struct chunk *find_chunk(size_t size)
{
	unsigned int bin = next_bin(bin_of(size));
	struct chunk *best = NULL;
	struct chunk *c;
	int tries;

	if (bin < SMALL_BINS)
		return bins[bin];
	for (; bin < BIN_COUNT && !best; bin = next_bin(bin + 1)) {
		tries = BEST_OF;
		for (c = bins[bin]; c && tries--; c = c->next) {
			check_tags(c);
			if (size_of(c) < size)
				continue;
			if (!best || size_of(c) < size_of(best))
				best = c;
		}
	}
	return best;
}

/* LENGTH bytes of zeroes, whole pages, from mmap(); NULL if it fails. */
static void *map_pages(size_t length)
{
	int saved_errno = errno;
	void *pages = mmap(NULL, length, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	errno = saved_errno;
	if (pages == MAP_FAILED)
		return NULL;
	mark("malloc_mmap: length=%zu address=%p", length, pages);
	return pages;
}

/* Starts a segment in LENGTH bytes of new memory. The old top becomes free. */
static void add_segment(char *memory, size_t length)
{
	char *start = (char *)round_up((uintptr_t)memory, ALIGNMENT);
	struct segment *s = (struct segment *)start;

	if (segments && top_size >= MIN_CHUNK) {
		segments->end->head = IN_USE;
		bin_insert(top, top_size);
		mark("free_bin: chunk=%p size=%zu bin=%u", top, top_size,
		     bin_of(top_size));
	} else if (segments) {
		segments->end->head = IN_USE | PREVIOUS_IN_USE;
		if (top_size)
			top->head = top_size | IN_USE | PREVIOUS_IN_USE;
	}
	s->next = segments;
	s->first = chunk_at(start, sizeof(*s));
	s->end = chunk_of((void *)((uintptr_t)(memory + length) & -ALIGNMENT));
	segments = s;
	top = s->first;
	top_size = distance(top, s->end);
}

/*
 * Gets NEED bytes for the top, and 128 KiB beyond them as glibc does, in whole
 * pages. If somebody else has moved the break, a new segment starts there.
 */
static bool move_break(size_t need)
{
	size_t length = round_up(need + sizeof(struct segment) + TOP_PAD, PAGE);
	int saved_errno = errno;
	char *memory;

	memory = length <= PTRDIFF_MAX ? sbrk(length) : (void *)-1;
	errno = saved_errno;
	if (memory == (void *)-1)
		return false;
	if (memory == heap_break) {
		segments->end = chunk_at(segments->end, length);
		top_size += length;
	} else {
		add_segment(memory, length);
	}
	heap_break = memory + length;
	mark("malloc_grow: sbrk=%zu old_break=%p new_break=%p top_size=%zu",
	     length, memory, heap_break, top_size);
	return true;
}

/* If something is in the way of the break, or a limit, a mapping will do. */
static bool map_segment(size_t need)
{
	size_t length = round_up(need + 2 * sizeof(struct segment), PAGE);
	char *memory;

	if (length < MMAP_SEGMENT)
		length = MMAP_SEGMENT;
	memory = map_pages(length);
	if (!memory)
		return false;
	add_segment(memory, length);
	heap_break = NULL;
	return true;
}

/* Gives the kernel back what the top has beyond TOP_PAD: brk goes down. */
static void trim_top(void)
{
	intptr_t length = (top_size - TOP_PAD) & -PAGE;
	int saved_errno = errno;

	if (sbrk(0) == heap_break && sbrk(-length) == heap_break) {
		heap_break -= length;
		segments->end = chunk_at(segments->end, -length);
		top_size -= length;
		mark("free_trim: sbrk=%zd new_break=%p top_size=%zu", -length,
		     heap_break, top_size);
	}
	errno = saved_errno;
}

/* Cuts chunk C to SIZE bytes. Returns the rest, if it makes a chunk. */
static struct chunk *split(struct chunk *c, size_t size)
{
	size_t rest_size = size_of(c) - size;
	struct chunk *rest = chunk_at(c, size);

	if (rest_size < MIN_CHUNK)
		return NULL;
	c->head -= rest_size;
	rest->head = rest_size | IN_USE | PREVIOUS_IN_USE;
	mark("malloc_split: chunk=%p size=%zu remainder=%p remainder_size=%zu",
	     c, size, rest, rest_size);
	return rest;
}

/* Takes a chunk of SIZE bytes: from a bin, or else from the top. */
static struct chunk *take_chunk(size_t size)
{
	struct chunk *c = find_chunk(size);
	struct chunk *rest;

	if (c) {
		bin_remove(c);
		mark("malloc_search: found=bin bin=%u chunk=%p size=%zu",
		     bin_of(size_of(c)), c, size_of(c));
		rest = split(c, size);
		if (rest)
			bin_insert(rest, size_of(rest));
		else
			chunk_at(c, size_of(c))->head |= PREVIOUS_IN_USE;
		c->head |= IN_USE;
		return c;
	}
	mark("malloc_search: found=none");
	while (top_size < size)
		if (!move_break(size - top_size) && !map_segment(size))
			return NULL;
	c = top;
	c->head = size | IN_USE | PREVIOUS_IN_USE;
	top = chunk_at(c, size);
	top_size -= size;
	mark("malloc_top: chunk=%p size=%zu top=%p top_size=%zu", c, size, top,
	     top_size);
	return c;
}

/*
 * Gives chunk C back: merged with its free neighbours it goes to its bin, or
 * into the top. IN_USE is cleared even if a merge swallows the header: a
 * second free() of the same block finds it.
 */
static void give_back(struct chunk *c)
{
	size_t size = size_of(c);
	struct chunk *next = chunk_at(c, size);

	c->head &= ~IN_USE;
	if (!(c->head & PREVIOUS_IN_USE)) {
		c = chunk_at(c, -((size_t *)c)[-1]);
		bin_remove(c);
		size += size_of(c);
		mark("free_coalesce: chunk=%p size=%zu with=previous", c, size);
	}
	if (next == top) {
		top = c;
		top_size += size;
		mark("free_coalesce: chunk=%p size=%zu with=top", c, top_size);
		mark("free_top: top=%p top_size=%zu", top, top_size);
		if (top_size > TRIM_THRESHOLD)
			trim_top();
		return;
	}
	if (next->head & IN_USE) {
		next->head &= ~PREVIOUS_IN_USE;
	} else {
		bin_remove(next);
		size += size_of(next);
		mark("free_coalesce: chunk=%p size=%zu with=next", c, size);
	}
	bin_insert(c, size);
	mark("free_bin: chunk=%p size=%zu bin=%u", c, size, bin_of(size));
}

/*
 * A large block is a mapping of its own, which free() returns to the kernel.
 * Such blocks are found by address in these lists, not by the header before
 * them: of a block freed twice the header is no longer there to be read.
 */
struct mapping {
	struct mapping *next;
	size_t head; /* length in bytes, whole pages, and MAPPED */
};

static struct mapping *mappings[64];

/* The link to the mapping of BLOCK, or else the end of its list. */
static struct mapping **find_mapping(const void *block)
{
	struct mapping **link = &mappings[(uintptr_t)block / PAGE % 64];

	while (*link && *link + 1 != block)
		link = &(*link)->next;
	return link;
}

static void *map_block(size_t request)
{
	size_t length = round_up(request + sizeof(struct mapping), PAGE);
	struct mapping *m = map_pages(length);

	if (!m)
		return NULL;
	m->next = NULL;
	m->head = length | MAPPED;
	*find_mapping(m + 1) = m;
	return m + 1;
}

/* Unmaps the block at M except for its first LENGTH bytes. */
static void unmap_tail(struct mapping *m, size_t length)
{
	size_t rest = (m->head & ~FLAGS) - length;
	int saved_errno = errno;

	if (!length)
		*find_mapping(m + 1) = m->next;
	else
		m->head -= rest;
	munmap((char *)m + length, rest);
	errno = saved_errno;
	mark("free_munmap: address=%p length=%zu", (char *)m + length, rest);
}

/*
 * The chunk of BLOCK, for CALLER. The program is stopped, with the words
 * IF_FREE where they are true, unless BLOCK is in use and its header and the
 * one behind it are as they should be.
 */
static struct chunk *live_chunk(const void *block, const char *caller,
				const char *if_free)
{
	const struct segment *s = segment_of(block);
	struct chunk *c = chunk_of(block);
	struct chunk *next;

	if (!s && !*find_mapping(block))
		fatal(caller, "invalid pointer, or already freed:", block);
	if (!s && c->head % PAGE == MAPPED && c->head > PAGE)
		return c;
	if (!s || (uintptr_t)block % ALIGNMENT || (c->head & MAPPED) ||
	    size_of(c) < MIN_CHUNK || size_of(c) > distance(c, s->end))
		fatal(caller, "invalid pointer, or header overwritten before",
		      block);
	if (!(c->head & IN_USE))
		fatal(caller, if_free, block);
	next = chunk_at(c, size_of(c));
	if (next != top &&
	    (!(next->head & PREVIOUS_IN_USE) || (s == segments && next > top)))
		fatal(caller, "overflow: header overwritten behind", block);
	return c;
}

/* The bytes of the block in chunk C. */
static size_t usable_size(const struct chunk *c)
{
	return size_of(c) - (c->head & MAPPED ? sizeof(struct mapping) : WORD);
}

/* A block of REQUEST bytes, or NULL and ENOMEM. */
static void *allocate(size_t request)
{
	size_t size = chunk_size_for(request);
	struct chunk *c;
	void *block;

	if (size >= MMAP_THRESHOLD) {
		block = map_block(request);
		if (block)
			return block;
	}
	c = size ? take_chunk(size) : NULL;
	if (c)
		return block_of(c);
	errno = ENOMEM;
	return NULL;
}

static void release(struct chunk *c)
{
	mark("free: pointer=%p chunk=%p size=%zu", block_of(c), c, size_of(c));
	if (c->head & MAPPED)
		unmap_tail((struct mapping *)block_of(c) - 1, 0);
	else
		give_back(c);
}

/* Adds what follows chunk C to it: the top, or a free chunk of any size. */
static const char *extend(struct chunk *c, size_t size)
{
	size_t old_size = size_of(c);
	struct chunk *next = chunk_at(c, old_size);

	while (next == top && top_size < size - old_size)
		if (!move_break(size - old_size - top_size))
			return NULL;
	if (next == top) {
		top = chunk_at(c, size);
		top_size -= size - old_size;
		c->head += size - old_size;
		return "top";
	}
	if ((next->head & IN_USE) || size_of(next) < size - old_size)
		return NULL;
	bin_remove(next);
	c->head += size_of(next);
	chunk_at(c, size_of(c))->head |= PREVIOUS_IN_USE;
	return "next";
}

/* Makes chunk C, where it is, one for REQUEST bytes; false if it cannot be. */
static bool resize(struct chunk *c, size_t request)
{
	size_t size = chunk_size_for(request);
	size_t length = round_up(request + sizeof(struct mapping), PAGE);
	size_t old_size = size_of(c);
	const char *by = "shrink";
	struct chunk *rest;

	if (!size)
		return false;
	if (c->head & MAPPED) {
		if (size < MMAP_THRESHOLD || length > old_size)
			return false;
		if (length < old_size)
			unmap_tail((struct mapping *)block_of(c) - 1, length);
	} else {
		if (size > old_size)
			by = extend(c, size);
		if (!by)
			return false;
		rest = split(c, size);
		if (rest)
			give_back(rest);
	}
	if (size_of(c) != old_size)
		mark("realloc_in_place: chunk=%p old_size=%zu size=%zu by=%s",
		     c, old_size, size_of(c), by);
	return true;
}

/* The same as allocate(), at a multiple of ALIGNMENT: cut out of more. */
static void *allocate_aligned(size_t alignment, size_t request)
{
	const size_t most = PTRDIFF_MAX - MIN_CHUNK;
	struct chunk *before = NULL;
	struct chunk *c;
	struct chunk *rest;
	size_t lead;

	if (!alignment || (alignment & (alignment - 1))) {
		errno = EINVAL;
		return NULL;
	}
	if (alignment <= ALIGNMENT)
		return allocate(request);
	if (alignment <= most && request <= most - alignment)
		before = take_chunk(
			chunk_size_for(request + alignment + MIN_CHUNK));
	if (!before) {
		errno = ENOMEM;
		return NULL;
	}
	lead = -(uintptr_t)block_of(before) & (alignment - 1);
	if (lead && lead < MIN_CHUNK)
		lead += alignment;
	c = before;
	if (lead) {
		c = split(before, lead);
		give_back(before);
	}
	rest = split(c, chunk_size_for(request));
	if (rest)
		give_back(rest);
	return block_of(c);
}

static void *result(void *block)
{
	if (block)
		mark("malloc_return: pointer=%p usable=%zu", block,
		     usable_size(chunk_of(block)));
	else
		mark("malloc_return: pointer=0x0 errno=%d", errno);
	return block;
}

/*
 * The functions that programs call: <stdlib.h> and <malloc.h> say what each
 * returns. Where the standard leaves a choice it is glibc's: malloc(0) is a
 * block of its own, realloc(p, 0) frees p and returns NULL, and requests over
 * PTRDIFF_MAX bytes fail with ENOMEM.
 */
void *malloc(size_t request)
{
	mark("malloc: request=%zu chunk_size=%zu", request,
	     chunk_size_for(request));
	return result(allocate(request));
}

void free(void *block)
{
	if (block)
		release(live_chunk(block, "free()", "double free of"));
}

void *calloc(size_t count, size_t size)
{
	size_t request;
	void *block;

	if (__builtin_mul_overflow(count, size, &request))
		request = SIZE_MAX;
	mark("calloc: request=%zu chunk_size=%zu", request,
	     chunk_size_for(request));
	block = allocate(request);
	if (block && !(chunk_of(block)->head & MAPPED)) /* those are zeroes */
		memset(block, 0, request);
	return result(block);
}

void *realloc(void *old, size_t request)
{
	struct chunk *c = NULL;
	void *block;

	if (old)
		c = live_chunk(old, "realloc()", "use after free of");
	mark("realloc: old=0x%zx request=%zu chunk_size=%zu", (size_t)old,
	     request, chunk_size_for(request));
	if (old && !request) {
		release(c);
		return NULL;
	}
	if (old && resize(c, request))
		return result(old);
	block = allocate(request);
	if (old && block) {
		if (request > usable_size(c))
			request = usable_size(c);
		memcpy(block, old, request);
		release(c);
	}
	return result(block);
}

void *reallocarray(void *old, size_t count, size_t size)
{
	size_t request;

	if (__builtin_mul_overflow(count, size, &request))
		request = SIZE_MAX;
	return realloc(old, request);
}

void *memalign(size_t alignment, size_t request)
{
	mark("memalign: alignment=%zu request=%zu chunk_size=%zu", alignment,
	     request, chunk_size_for(request));
	return result(allocate_aligned(alignment, request));
}

void *aligned_alloc(size_t alignment, size_t request)
{
	return memalign(alignment, request);
}

int posix_memalign(void **result_block, size_t alignment, size_t request)
{
	int saved_errno = errno;
	int error = 0;
	void *block;

	if (alignment % sizeof(void *))
		return EINVAL;
	block = memalign(alignment, request);
	if (block)
		*result_block = block;
	else
		error = errno;
	errno = saved_errno;
	return error;
}

size_t malloc_usable_size(void *block)
{
	if (!block)
		return 0;
	return usable_size(
		live_chunk(block, "malloc_usable_size()", "use after free of"));
}
