/*
 * mmap.c - where mmap() puts memory, and what it refuses. Most of it happens
 * on ground of the test's own, where nothing else is mapped.
 */
#include "kernel_call.h"
#include "tap.h"

#define RW         (PROT_READ | PROT_WRITE)
#define REPLACE    (ANONYMOUS | MAP_FIXED)
#define NO_REPLACE (ANONYMOUS | MAP_FIXED_NOREPLACE)
#define GROUND     32ul /* pages */

static unsigned long ground;

static unsigned long page(unsigned long number)
{
	return ground + number * PAGE;
}

static void fresh_ground(void)
{
	kernel_munmap(ground, GROUND * PAGE);
}

static void refused(void)
{
	const struct {
		unsigned long address, length;
		int flags;
		const char *expected, *what;
	} table[] = {
		{ 0, 0, ANONYMOUS, "EINVAL", "length 0" },
		{ 0, 0xffffffff, ANONYMOUS, "ENOMEM",
		  "a length that wraps when rounded up" },
		{ 0, 0xfffff000, ANONYMOUS, "ENOMEM", "4 GiB - 1 page" },
		{ 0, PAGE, MAP_ANONYMOUS, "EINVAL",
		  "neither MAP_SHARED nor MAP_PRIVATE" },
		{ 0, PAGE, MAP_ANONYMOUS | MAP_SHARED | MAP_PRIVATE, "EINVAL",
		  "both MAP_SHARED and MAP_PRIVATE" },
		{ 0, PAGE, MAP_ANONYMOUS | 4, "EINVAL", "a type unheard of" },
		{ 0, PAGE, MAP_PRIVATE, "EBADF", "no file, not anonymous" },
		{ page(1) + 1, PAGE, REPLACE, "EINVAL",
		  "MAP_FIXED, not page-aligned" },
		{ page(1) + 1, PAGE, NO_REPLACE, "EINVAL",
		  "MAP_FIXED_NOREPLACE, not page-aligned" },
		{ page(1), 0, REPLACE, "EINVAL", "MAP_FIXED, length 0" },
		{ 0xfffff000, 2 * PAGE, REPLACE, "ENOMEM",
		  "MAP_FIXED over the end of the addresses" },
		{ 0xfffff000, PAGE, REPLACE, "ENOMEM",
		  "MAP_FIXED in the last page" },
		{ page(1), 0xfffff000, REPLACE, "ENOMEM",
		  "MAP_FIXED, a length that wraps" },
	};
	unsigned long promised = total_vm();

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		is_error(kernel_mmap(table[i].address, table[i].length, RW,
				     table[i].flags),
			 table[i].expected, table[i].what);
	is_long((long)total_vm(), (long)promised, "nothing was promised");
	is_string(areas(ground, GROUND), "hole 32", "nothing was mapped");
}

static void hints(void)
{
	unsigned long got;

	is_long(kernel_mmap(page(4), PAGE, RW, ANONYMOUS) - (long)ground,
		4 * PAGE, "a hint where there is room is honoured");
	is_long(kernel_mmap(page(8) + 123, PAGE, RW, ANONYMOUS) - (long)ground,
		8 * PAGE, "a hint inside a page is rounded down");
	got = (unsigned long)kernel_mmap(page(4), PAGE, RW, ANONYMOUS);
	ok(got != page(4) && can_write(got),
	   "a hint where something is: another place");
	kernel_munmap(got, PAGE);
	got = (unsigned long)kernel_mmap(page(3), 2 * PAGE, RW, ANONYMOUS);
	ok(got != page(3) && can_write(got + PAGE),
	   "a hint whose end meets something: another place");
	kernel_munmap(got, 2 * PAGE);
	got = (unsigned long)kernel_mmap(0xfffff000, PAGE, RW, ANONYMOUS);
	ok(page_down(got) == got && can_write(got),
	   "a hint in the last page: another place");
	kernel_munmap(got, PAGE);
	fresh_ground();
}

static void placement(void)
{
	unsigned long high, low;

	high = (unsigned long)kernel_mmap(0, 3 * PAGE, RW, ANONYMOUS);
	low = (unsigned long)kernel_mmap(0, 2 * PAGE, RW, ANONYMOUS);
	is_long((long)(high - low), 2 * PAGE,
		"without a hint the next area is right below the last");
	is_string(areas(low, 5), "rw-p 5", "and both become one");
	kernel_munmap(high, PAGE);
	is_long(kernel_mmap(0, PAGE, RW, ANONYMOUS) - (long)low, 2 * PAGE,
		"the highest hole that is large enough is taken first");
	is_string(areas(low, 5), "rw-p 5", "and closes");
	kernel_munmap(low, 5 * PAGE);

	high = (unsigned long)kernel_mmap(0, 1, RW, ANONYMOUS);
	is_string(areas(high, 1), "rw-p 1", "one byte is one page");
	kernel_munmap(high, 1);
	high = (unsigned long)kernel_mmap(0, PAGE + 1, RW, ANONYMOUS);
	is_string(areas(high, 2), "rw-p 2", "a page and a byte are two pages");
	kernel_munmap(high, PAGE + 1);
}

static void fixed(void)
{
	volatile char *memory = (volatile char *)ground;

	is_long(kernel_mmap(page(0), 5 * PAGE, RW, REPLACE) == (long)ground, 1,
		"MAP_FIXED on free ground");
	for (int i = 0; i < 5; i++)
		memory[i * PAGE] = 'x';
	is_long(kernel_mmap(page(2), PAGE, RW, REPLACE) - (long)ground,
		2 * PAGE, "MAP_FIXED over the third page");
	is_string(areas(ground, 6), "rw-p 5, hole 1", "still one area");
	ok(memory[2 * PAGE] == 0, "the third page is new: 0");
	ok(memory[1 * PAGE] == 'x' && memory[3 * PAGE] == 'x',
	   "its neighbours have kept their content");
	kernel_mmap(page(1), 2 * PAGE, PROT_READ, REPLACE);
	is_string(areas(ground, 6), "rw-p 1, r--p 2, rw-p 2, hole 1",
		  "MAP_FIXED with other rights splits");
	kernel_mmap(page(0), 6 * PAGE, PROT_NONE, REPLACE);
	is_string(areas(ground, 6), "---p 6", "MAP_FIXED over three areas");
	fresh_ground();

	is_long(kernel_mmap(page(2), 2 * PAGE, RW, NO_REPLACE) - (long)ground,
		2 * PAGE, "MAP_FIXED_NOREPLACE on free ground");
	is_error(kernel_mmap(page(2), PAGE, RW, NO_REPLACE), "EEXIST",
		 "MAP_FIXED_NOREPLACE on it again");
	is_error(kernel_mmap(page(3), 2 * PAGE, RW, NO_REPLACE), "EEXIST",
		 "overlapping its end");
	is_error(kernel_mmap(page(1), 2 * PAGE, RW, NO_REPLACE), "EEXIST",
		 "overlapping its beginning");
	is_error(kernel_mmap(page(0), 8 * PAGE, RW, NO_REPLACE), "EEXIST",
		 "around it");
	is_long(kernel_mmap(page(4), PAGE, RW, NO_REPLACE) - (long)ground,
		4 * PAGE, "right behind it");
	is_long(kernel_mmap(page(1), PAGE, RW, NO_REPLACE) - (long)ground, PAGE,
		"right before it");
	is_string(areas(ground, 6), "hole 1, rw-p 4, hole 1", "all are one");
	fresh_ground();
}

static void merging(void)
{
	kernel_mmap(page(0), PAGE, RW, REPLACE);
	kernel_mmap(page(2), PAGE, RW, REPLACE);
	is_string(areas(ground, 3), "rw-p 1, hole 1, rw-p 1", "two areas");
	kernel_mmap(page(1), PAGE, PROT_READ, REPLACE);
	is_string(areas(ground, 3), "rw-p 1, r--p 1, rw-p 1",
		  "one between, with other rights");
	kernel_mmap(page(1), PAGE, RW, REPLACE);
	is_string(areas(ground, 3), "rw-p 3", "with the same rights: one area");
	kernel_mmap(page(3), 2 * PAGE, RW, REPLACE);
	is_string(areas(ground, 6), "rw-p 5, hole 1", "one more behind");
	fresh_ground();
}

/* The combinations of rights, as the maps and the kernel's probes see them. */
static void protections(void)
{
	const struct {
		int prot;
		const char *areas, *rights, *what;
	} table[] = {
		{ PROT_NONE, "---p 1", "-", "PROT_NONE" },
		{ PROT_READ, "r--p 1", "r", "PROT_READ" },
		{ PROT_READ | PROT_WRITE, "rw-p 1", "rw", "read, write" },
		{ PROT_READ | PROT_EXEC, "r-xp 1", "r", "read, execute" },
		{ PROT_READ | PROT_WRITE | PROT_EXEC, "rwxp 1", "rw", "all" },
		{ PROT_WRITE, "-w-p 1", "rw",
		  "PROT_WRITE alone: the CPU cannot forbid reading then" },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		kernel_mmap(page(0), PAGE, table[i].prot, REPLACE);
		is_string(areas(ground, 1), table[i].areas, table[i].what);
		is_string(rights(ground), table[i].rights, "its rights");
	}
	fresh_ground();
}

/* To promise is free: far more than there is memory. */
static void large(void)
{
	unsigned long length = 768ul << 20;
	long got = kernel_mmap(0, length, RW, ANONYMOUS | MAP_NORESERVE);

	ok(page_down(got) == (unsigned long)got, "768 MiB can be mapped");
	ok(can_write((unsigned long)got), "the first byte can be written");
	ok(can_write((unsigned long)got + length - 1), "and the last");
	is_error(kernel_munmap((unsigned long)got, length), "success",
		 "and given back");
}

int main(void)
{
	unsigned long promised;

	ground = free_ground(GROUND);
	can_write(0); /* opens its file */
	promised = total_vm();

	refused();
	hints();
	placement();
	fixed();
	merging();
	protections();
	large();
	is_long((long)total_vm(), (long)promised,
		"in the end as much is promised as in the beginning");
	return done_testing();
}
