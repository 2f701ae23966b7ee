/*
 * allocator_check.c - is this an allocator? Linked with one of libc/malloc/ or
 * with a student's: blocks are filled with patterns that must still be there
 * when they are freed, grown or shrunk; no two blocks may overlap, calloc()
 * gives zeroes, addresses are aligned, and when no memory is left malloc()
 * says so, and goes on working.
 *
 * usage: allocator_check SEED OPERATIONS
 */
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define SLOTS 500

#define CHECK(condition)                                                \
	do {                                                            \
		if (!(condition)) {                                     \
			fprintf(stderr, "%d: not true: %s\n", __LINE__, \
				#condition);                            \
			exit(1);                                        \
		}                                                       \
	} while (0)

static unsigned char *block[SLOTS];
static size_t length[SLOTS];
static uint32_t state;

static uint32_t next_random(uint32_t below)
{
	state = state * 1664525 + 1013904223;
	return (state >> 8) % below;
}

/* Mostly small, sometimes zero, sometimes large. */
static size_t next_size(void)
{
	uint32_t kind = next_random(20);

	if (kind == 0)
		return 0;
	return 1 + next_random(kind < 15 ? 100 : kind < 19 ? 3000 : 60000);
}

static void fill(int slot)
{
	for (size_t i = 0; i < length[slot]; i++)
		block[slot][i] = slot * 7 + i;
}

static void check(int slot, size_t size)
{
	for (size_t i = 0; i < size; i++)
		CHECK(block[slot][i] == (unsigned char)(slot * 7 + i));
}

static void new_block(int slot, void *memory, size_t size)
{
	CHECK(memory != NULL);
	CHECK((uintptr_t)memory % 8 == 0);
	CHECK(malloc_usable_size(memory) >= size);
	block[slot] = memory;
	length[slot] = size;
}

static void step(void)
{
	int slot = next_random(SLOTS);
	size_t size = next_size();
	uint32_t what = next_random(4);
	void *memory;

	if (block[slot] && what == 0 && size) {
		check(slot, length[slot]);
		memory = realloc(block[slot], size);
		CHECK(memory != NULL);
		block[slot] = memory;
		check(slot, size < length[slot] ? size : length[slot]);
		new_block(slot, memory, size);
	} else if (block[slot]) {
		check(slot, length[slot]);
		free(block[slot]);
		block[slot] = NULL;
		return;
	} else if (what == 1) {
		new_block(slot, calloc(1, size), size);
		for (size_t i = 0; i < size; i++)
			CHECK(block[slot][i] == 0);
	} else {
		new_block(slot, malloc(size), size);
	}
	fill(slot);
}

static void no_memory(void)
{
	struct rlimit limit = { 16 << 20, 16 << 20 };
	void *list = NULL;
	void **memory;

	CHECK(!setrlimit(RLIMIT_AS, &limit));
	errno = 0;
	while ((memory = malloc(100000))) {
		*memory = list;
		list = memory;
	}
	CHECK(errno == ENOMEM);
	while (list) {
		memory = list;
		list = *memory;
		free(memory);
	}
	for (int slot = 0; slot < SLOTS; slot++)
		if (block[slot])
			check(slot, length[slot]);
}

int main(int argc, char *argv[])
{
	volatile size_t huge = SIZE_MAX / 2;

	CHECK(argc == 3);
	state = atoi(argv[1]);
	free(NULL);
	for (int i = atoi(argv[2]); i > 0; i--)
		step();
	errno = 0;
	CHECK(!malloc(huge + 2) && errno == ENOMEM);
	CHECK(!malloc(SIZE_MAX - huge / huge));
	CHECK(!calloc(huge, 3) && errno == ENOMEM);
	CHECK(!realloc(NULL, huge + 2));
	no_memory();
	return 0;
}
