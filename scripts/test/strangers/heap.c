/*
 * heap.c - a program nobody wrote for Faultline: it lets glibc's malloc drive
 * brk() and mmap(), with blocks that grow and shrink, all of them checked.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS      1000
#define OPERATIONS 60000

static struct {
	unsigned char *block;
	size_t size;
} slots[SLOTS];

static unsigned int state = 1;

static unsigned int next_random(void)
{
	state = state * 1103515245 + 12345;
	return state >> 8;
}

static size_t some_size(void)
{
	unsigned int kind = next_random() % 100;

	if (kind < 80)
		return next_random() % 500;
	if (kind < 98)
		return next_random() % 20000;
	return next_random() % 200000;
}

static void check(int slot)
{
	for (size_t i = 0; i < slots[slot].size; i += 97) {
		if (slots[slot].block[i] != (unsigned char)slot) {
			printf("slot %d is damaged at %zu\n", slot, i);
			exit(1);
		}
	}
}

int main(void)
{
	size_t total = 0;

	for (int i = 0; i < OPERATIONS; i++) {
		int slot = next_random() % SLOTS;
		size_t size = some_size();

		check(slot);
		if (next_random() % 3 == 0) {
			free(slots[slot].block);
			slots[slot].block = NULL;
			size = 0;
		} else {
			slots[slot].block =
				realloc(slots[slot].block, size ? size : 1);
			if (!slots[slot].block)
				return 2;
			memset(slots[slot].block, slot, size);
		}
		slots[slot].size = size;
		total += size;
	}
	for (int i = 0; i < SLOTS; i++) {
		check(i);
		free(slots[i].block);
	}
	malloc_trim(0);
	printf("%zu bytes in all\n", total);
	return 0;
}
