/*
 * heap.c - draws the heap: which chunks malloc() has made of it, and which of
 * its pages have a frame. The arguments are calls of malloc() and free(), done
 * one after the other; after each the picture is drawn again.
 */
#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE        4096
#define CELL        64 /* bytes that one letter stands for */
#define PAGES_SHOWN 12
#define BLOCKS      64

static void *blocks[BLOCKS];
static int block_count;

static const struct {
	const char *name;
	char letter;
} kinds[] = {
	[CHUNK_IN_USE] = { "in use", '#' }, [CHUNK_CACHED] = { "cached", 'c' },
	[CHUNK_FREE] = { "free", '.' },     [CHUNK_TOP] = { "top", '-' },
	[CHUNK_MAPPED] = { "mapped", 'm' },
};

/* The number of the block in the chunk at ADDRESS, or 0: it is not ours. */
static int block_in(const char *address, size_t size)
{
	for (int i = 0; i < block_count; i++)
		if ((char *)blocks[i] >= address &&
		    (char *)blocks[i] < address + size)
			return i + 1;
	return 0;
}

static bool list_chunk(void *address, size_t size, enum chunk_kind kind,
		       void *argument)
{
	int block = block_in(address, size);

	printf("    %-10p %9zu  %s", address, size, kinds[kind].name);
	if (block && kind != CHUNK_TOP)
		printf(", block %d", block);
	printf("\n");
	return true;
}

/* One page as a row of letters; what the walk fills. */
struct page {
	uintptr_t address;
	char cells[PAGE / CELL + 1];
};

static bool draw_chunk(void *address, size_t size, enum chunk_kind kind,
		       void *argument)
{
	struct page *page = argument;
	uintptr_t start = (uintptr_t)address;
	uintptr_t end = start + size;

	for (size_t i = 0; i < PAGE / CELL; i++) {
		uintptr_t cell = page->address + i * CELL;

		/* Where chunks share a cell, what is in use is shown. */
		if (start < cell + CELL && cell < end &&
		    page->cells[i] != kinds[CHUNK_IN_USE].letter)
			page->cells[i] = kinds[kind].letter;
	}
	return true;
}

struct range {
	uintptr_t start, end;
};

static bool find_range(void *address, size_t size, enum chunk_kind kind,
		       void *argument)
{
	struct range *heap = argument;

	if (kind == CHUNK_MAPPED)
		return true;
	if (!heap->start)
		heap->start = (uintptr_t)address & -PAGE;
	heap->end = ((uintptr_t)address + size + PAGE) & -PAGE;
	return true;
}

static void draw(void)
{
	struct range heap = { 0, 0 };
	int shown = 0, absent = 0;

	printf("    chunk           size  state\n");
	malloc_walk(list_chunk, NULL);
	malloc_walk(find_range, &heap);
	for (uintptr_t at = heap.start; at < heap.end; at += PAGE) {
		struct page page = { .address = at };
		unsigned char resident = 0;

		mincore((void *)at, PAGE, &resident);
		if (!(resident & 1)) {
			absent++;
			continue;
		}
		if (shown++ >= PAGES_SHOWN)
			continue;
		memset(page.cells, ' ', PAGE / CELL);
		malloc_walk(draw_chunk, &page);
		printf("    %08lx |%s|\n", (unsigned long)at, page.cells);
	}
	if (shown > PAGES_SHOWN)
		printf("    … and %d more pages with frames\n",
		       shown - PAGES_SHOWN);
	printf("    pages of the heap with a frame: %d, without: %d\n\n", shown,
	       absent);
}

static bool allocate(size_t size)
{
	void *block = malloc(size);

	if (!block) {
		perror("heap: malloc");
		return false;
	}
	blocks[block_count++] = block;
	printf("block %d = malloc(%zu) = %p\n", block_count, size, block);
	return true;
}

static bool release(long number)
{
	if (number > block_count || !blocks[number - 1]) {
		fprintf(stderr, "heap: there is no block %ld to free\n",
			number);
		return false;
	}
	printf("free(block %ld)\n", number);
	free(blocks[number - 1]);
	blocks[number - 1] = NULL;
	return true;
}

int main(int argc, char *argv[])
{
	/* The stream's own buffer is not to stand in the picture. */
	static char buffer[4096];

	setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	if (argc < 2 || !strcmp(argv[1], "--help")) {
		fprintf(argc < 2 ? stderr : stdout,
			"usage: heap SIZE|-N …\n"
			"Draw the heap after each of these: SIZE is "
			"malloc(SIZE), -N frees the block\nof the Nth malloc(). "
			"A letter stands for %d bytes of a page that has a "
			"frame:\n"
			"# in use, c cached, . free, - top.\n\n"
			"  heap 100 100 -1 100     a block is used again\n"
			"  heap 3000 3000 3000 -1 -2\n"
			"                          two free neighbours are one\n"
			"  heap 100000             a promise: hardly a frame\n",
			CELL);
		return argc < 2 ? 2 : 0;
	}
	for (int i = 1; i < argc; i++) {
		char *end;
		long value = strtol(argv[i], &end, 10);

		if (*end || !*argv[i] || block_count == BLOCKS) {
			fprintf(stderr, "heap: %s: %s\n", argv[i],
				*end ? "not a number" : "too many blocks");
			return 2;
		}
		if (!(value < 0 ? release(-value) : allocate(value)))
			return 1;
		draw();
	}
	return 0;
}
