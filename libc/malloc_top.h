/*
 * malloc_top.h - the top chunk, behind all others, and the break behind it: how
 * the heap grows and shrinks.
 */
#ifndef MALLOC_TOP_H
#define MALLOC_TOP_H

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>
#include "malloc_bins.h"

#define SEGMENT_MIN (1024 * KIB) /* bytes to map if the break is stuck */
#define DOUBLE_MAX  (64 * KIB) /* a smaller heap doubles when it grows */

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

/*
 * LENGTH bytes of new memory are a segment. The old top becomes free; if it is
 * too small for a chunk, the old segment ends with it.
 */
static slow_path void add_segment(char *memory, size_t length)
{
	struct segment *s = (void *)round_up((size_t)memory, ALIGNMENT);
	size_t rest = top_size() < MIN_CHUNK ? 0 : top_size();
	struct chunk *last = chunk_at(heap.top, rest);

	if (heap.segments) {
		set_end((char *)last + WORD);
		heap.segments->end = heap.end;
		last->head = IN_USE | (rest ? 0 : PREVIOUS_IN_USE);
		if (rest)
			bin_insert(heap.top, rest);
	}
	s->next = heap.segments;
	heap.segments = s;
	heap.top = s->first;
	heap.end = (char *)s;
	if (!heap.low || heap.low > heap.end)
		heap.low = heap.end;
	set_end((char *)((size_t)(memory + length) & -ALIGNMENT));
}

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

#endif
