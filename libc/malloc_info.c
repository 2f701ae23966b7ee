/*
 * malloc_info.c - looks at the heap as malloc.c left it: a walk over all of its
 * chunks, and what glibc tells of a heap, from that walk.
 */
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <sys/mman.h>
#include "include/malloc_walk.h"
#include "malloc_chunk.h"

static enum chunk_kind kind_of(const struct chunk *c)
{
	if (c == main_arena.top)
		return CHUNK_TOP;
	if (c->head & IN_USE)
		return CHUNK_IN_USE;
	return c->head & CACHED ? CHUNK_CACHED : CHUNK_FREE;
}

bool malloc_walk(malloc_visit *visit, void *argument)
{
	const char *end = main_arena.end;
	struct segment *s;
	struct mapping *m;
	struct chunk *c;
	size_t size;

	for (s = main_arena.segments; s; s = s->next) {
		end = s == main_arena.segments ? main_arena.end : s->end;
		for (c = s->first; (char *)c + WORD < end;
		     c = chunk_at(c, size)) {
			size = c == main_arena.top ? top_size() : size_of(c);
			if (!visit(c, size, kind_of(c), argument))
				return false;
		}
	}
	for (m = main_arena.mappings; m; m = m->next)
		if (!visit(m, m->head & ~FLAGS, CHUNK_MAPPED, argument))
			return false;
	return true;
}

static bool count(void *address, size_t size, enum chunk_kind kind,
		  void *argument)
{
	struct mallinfo2 *info = argument;

	switch (kind) {
	case CHUNK_IN_USE:
		info->uordblks += size;
		break;
	case CHUNK_CACHED:
		info->smblks++;
		info->fsmblks += size;
		break;
	case CHUNK_TOP:
		info->keepcost = size;
		__attribute__((fallthrough));
	case CHUNK_FREE:
		info->ordblks++;
		info->fordblks += size;
		break;
	case CHUNK_MAPPED:
		info->hblks++;
		info->hblkhd += size;
		break;
	}
	return true;
}

struct mallinfo2 mallinfo2(void)
{
	struct mallinfo2 info = { .arena = main_arena.bytes };

	malloc_walk(count, &info);
	info.fordblks += info.fsmblks;
	return info;
}

void malloc_stats(void)
{
	struct mallinfo2 info = mallinfo2();

	fprintf(stderr,
		"Arena 0:\n"
		"system bytes     = %10zu\n"
		"in use bytes     = %10zu\n"
		"Total (incl. mmap):\n"
		"system bytes     = %10zu\n"
		"in use bytes     = %10zu\n"
		"max mmap regions = %10zu\n"
		"max mmap bytes   = %10zu\n",
		info.arena, info.uordblks, info.arena + info.hblkhd,
		info.uordblks + info.hblkhd, info.hblks, info.hblkhd);
}

static bool print_chunk(void *address, size_t size, enum chunk_kind kind,
			void *stream)
{
	static const char *const names[] = {
		[CHUNK_IN_USE] = "in use", [CHUNK_CACHED] = "cached",
		[CHUNK_FREE] = "free",     [CHUNK_TOP] = "top",
		[CHUNK_MAPPED] = "mapped",
	};

	fprintf(stream, "<chunk address=\"%p\" size=\"%zu\" state=\"%s\"",
		address, size, names[kind]);
	if (kind == CHUNK_FREE)
		fprintf(stream, " bin=\"%u\"", bin_of(size));
	fprintf(stream, "/>\n");
	return true;
}

int malloc_info(int options, FILE *stream)
{
	if (options) {
		errno = EINVAL;
		return -1;
	}
	fprintf(stream, "<malloc version=\"1\">\n");
	malloc_walk(print_chunk, stream);
	fprintf(stream, "</malloc>\n");
	return 0;
}

/* Whole pages inside free chunks go back; what is written there later faults. */
static bool drop_pages(void *address, size_t size, enum chunk_kind kind,
		       void *dropped)
{
	size_t start = round_up((size_t)address + sizeof(struct chunk), PAGE);
	size_t end = ((size_t)address + size - WORD) & -PAGE;

	if (kind == CHUNK_FREE && start < end &&
	    !madvise((void *)start, end - start, MADV_DONTNEED))
		*(int *)dropped = 1;
	return true;
}

int malloc_trim(size_t pad)
{
	int dropped = __heap_trim(pad);

	malloc_walk(drop_pages, &dropped);
	return dropped;
}

size_t malloc_usable_size(void *block)
{
	if (!block)
		return 0;
	__heap_check(block, "malloc_usable_size()");
	return size_of(chunk_of(block)) -
	       (is_mapped(block) ? sizeof(struct mapping) : WORD);
}
