/*
 * limits.c - to the end of what a program can have: of addresses, of areas.
 * Each time the kernel says ENOMEM, and goes on as before once all is given
 * back.
 */
#include "kernel_call.h"
#include "tap.h"

#define RW  (PROT_READ | PROT_WRITE)
#define MIB (1024ul * 1024)

/* Areas of SIZE until mmap() refuses; then all are unmapped. How many? */
static unsigned long map_all(unsigned long size, long *error)
{
	static unsigned long at[8192];
	unsigned long count = 0;

	*error = 0;
	while (count < sizeof(at) / sizeof(at[0])) {
		long address =
			kernel_mmap(0, size, RW, ANONYMOUS | MAP_NORESERVE);

		if (page_down(address) != (unsigned long)address) {
			*error = address;
			break;
		}
		at[count++] = (unsigned long)address;
	}
	for (unsigned long i = 0; i < count; i++)
		kernel_munmap(at[i], size);
	return count;
}

static void addresses(void)
{
	unsigned long promised = total_vm();
	unsigned long count;
	long error;

	count = map_all(64 * MIB, &error);
	is_error(error, "ENOMEM", "mmap() until the addresses are used up");
	ok(count >= 40 && count < 64, "that is after 2.5 to 4 GiB");
	is_long((long)total_vm(), (long)promised, "all is given back");
	ok(map_all(64 * MIB, &error) == count, "and again: as many");
	ok(map_all(MIB, &error) >= 64 * count, "in pieces of 1 MiB: not fewer");
	is_long((long)total_vm(), (long)promised, "all is given back");
}

/* Only the headers are touched: this is about addresses, not about frames. */
static void malloc_null(void)
{
	static void *blocks[1024];
	int count = 0;

	errno = 0;
	while (count < 1024) {
		blocks[count] = malloc(8 * MIB);
		if (blocks[count] == NULL)
			break;
		count++;
	}
	ok(count >= 320 && count < 512 && errno == ENOMEM,
	   "malloc(8 MiB) until NULL, ENOMEM: after 2.5 to 4 GiB");
	while (count-- > 0)
		free(blocks[count]);
	blocks[0] = malloc(8 * MIB);
	ok(blocks[0] != NULL, "after free() it succeeds again");
	free(blocks[0]);
}

/* The heap, up to whatever is in its way. */
static void heap(void)
{
	unsigned long first = (unsigned long)kernel_call(SYS_brk, 0);
	unsigned long start = page_up(first), top = start;
	unsigned long wall = start + 256 * MIB;
	unsigned long step;

	ok(kernel_mmap(wall, PAGE, PROT_NONE,
		       ANONYMOUS | MAP_FIXED_NOREPLACE) == (long)wall,
	   "a wall 256 MiB above the heap");
	for (step = 16 * MIB; step >= PAGE; step /= 2)
		while (kernel_call(SYS_brk, (long)(top + step)) ==
		       (long)(top + step))
			top += step;
	is_long((long)((wall - top) / PAGE), 1,
		"brk() gets up to the page before it");
	ok(can_write(top - 1), "the last byte can be written");
	kernel_call(SYS_brk, (long)first);
	ok(!can_write(top - 1), "brk() back: not any more");
	kernel_munmap(wall, PAGE);
}

/* Every other page gets other rights, until there may be no more areas. */
static void areas_without_end(void)
{
	const unsigned long pages = 70000;
	unsigned long ground = (unsigned long)kernel_mmap(
		0, pages * PAGE, PROT_NONE, ANONYMOUS | MAP_NORESERVE);
	unsigned long i;
	long result = 0;

	for (i = 1; i < pages; i += 2) {
		result = kernel_mprotect(ground + i * PAGE, PAGE, PROT_READ);
		if (result != 0)
			break;
	}
	is_error(result, "ENOMEM", "areas until there may be no more");
	is_error(kernel_munmap(ground, pages * PAGE), "success",
		 "they can all be unmapped at once");
	is_string(areas(ground, pages), "hole 70000", "and are gone");
	result = kernel_mmap(0, PAGE, RW, ANONYMOUS);
	ok(can_write((unsigned long)result), "a new one can be mapped");
	kernel_munmap((unsigned long)result, PAGE);
}

int main(void)
{
	can_write(0); /* opens its file */

	addresses();
	malloc_null();
	heap();
	areas_without_end();
	return done_testing();
}
