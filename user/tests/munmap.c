/*
 * munmap.c - taking memory away: whole areas, their ends, their middles,
 * several at once, and none.
 */
#include "kernel_call.h"
#include "tap.h"

#define RW     (PROT_READ | PROT_WRITE)
#define GROUND 16ul /* pages */

static unsigned long ground;

static unsigned long page(unsigned long number)
{
	return ground + number * PAGE;
}

/* Map the pages that have a letter in PICTURE: w, r; '.' is a hole. */
static void build(const char *picture)
{
	kernel_munmap(ground, GROUND * PAGE);
	for (unsigned long i = 0; picture[i] != '\0'; i++) {
		if (picture[i] == '.')
			continue;
		kernel_mmap(page(i), PAGE, picture[i] == 'w' ? RW : PROT_READ,
			    ANONYMOUS | MAP_FIXED);
	}
}

static void refused(void)
{
	const struct {
		unsigned long address, length;
		const char *what;
	} table[] = {
		{ page(1), 0, "length 0" },
		{ page(1) + 1, PAGE, "not page-aligned" },
		{ page(1) + 0xfff, 1, "not page-aligned, one byte" },
		{ page(1), 0xffffffff, "a length that wraps when rounded up" },
		{ page(1), 0xfffff000, "a length that reaches over the end" },
		{ 0xfffff000, PAGE, "the last page" },
		{ 0xfffff000, 2 * PAGE, "over the end of the addresses" },
	};

	build("wwww");
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		is_error(kernel_munmap(table[i].address, table[i].length),
			 "EINVAL", table[i].what);
	is_string(areas(ground, 5), "rw-p 4, hole 1", "all is still there");
}

static void cuts(void)
{
	const struct {
		const char *picture;
		unsigned long first, pages;
		const char *expected, *what;
	} table[] = {
		{ "wwwww", 0, 5, "hole 16", "exactly one area" },
		{ "wwwww", 0, 2, "hole 2, rw-p 3, hole 11", "its beginning" },
		{ "wwwww", 3, 2, "rw-p 3, hole 13", "its end" },
		{ "wwwww", 2, 1, "rw-p 2, hole 1, rw-p 2, hole 11",
		  "its middle" },
		{ ".wwww", 0, 3, "hole 3, rw-p 2, hole 11",
		  "a hole and its beginning" },
		{ "wwww.", 2, 9, "rw-p 2, hole 14", "its end and a hole" },
		{ "ww..ww", 1, 4, "rw-p 1, hole 4, rw-p 1, hole 10",
		  "across two areas and the hole between" },
		{ "wwrrww", 1, 4, "rw-p 1, hole 4, rw-p 1, hole 10",
		  "across two borders" },
		{ "w.r.w.r.w", 0, 16, "hole 16", "five areas at once" },
		{ "w.r.w.r.w", 1, 7, "rw-p 1, hole 7, rw-p 1, hole 7",
		  "all but the first and the last" },
		{ "....", 0, 16, "hole 16", "nothing: that is no error" },
		{ "w..w", 1, 2, "rw-p 1, hole 2, rw-p 1, hole 12",
		  "a hole: no error" },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		build(table[i].picture);
		is_error(kernel_munmap(page(table[i].first),
				       table[i].pages * PAGE),
			 "success", table[i].what);
		is_string(areas(ground, GROUND), table[i].expected,
			  "  the maps show it");
	}
	build("ww");
	is_error(kernel_munmap(page(0), 1), "success", "one byte is one page");
	is_string(areas(ground, 3), "hole 1, rw-p 1, hole 1", "  of two");
}

static void contents(void)
{
	volatile char *memory = (volatile char *)ground;

	build("wwwww");
	for (int i = 0; i < 5; i++)
		memory[i * PAGE] = (char)('a' + i);
	kernel_munmap(page(2), PAGE);
	ok(memory[PAGE] == 'b' && memory[3 * PAGE] == 'd',
	   "the neighbours keep their content");
	is_string(rights(page(2)), "-", "what is gone cannot be touched");
	kernel_mmap(page(2), PAGE, RW, ANONYMOUS | MAP_FIXED);
	ok(memory[2 * PAGE] == 0, "mapped again, it reads as zero");
	is_string(areas(ground, 6), "rw-p 5, hole 1", "and it is one area");
}

/* 4 MiB touched and unmapped, many times: more than the machine has. */
static void frames_come_back(void)
{
	const unsigned long length = 4ul << 20;
	bool good = true;

	for (int round = 0; round < 50 && good; round++) {
		long at = kernel_mmap(0, length, RW, ANONYMOUS);

		if (page_down(at) != (unsigned long)at) {
			good = false;
			break;
		}
		for (unsigned long i = 0; i < length; i += PAGE)
			*(volatile char *)((unsigned long)at + i) = 1;
		if (kernel_munmap((unsigned long)at, length) != 0)
			good = false;
	}
	ok(good, "50 times map, touch and unmap 4 MiB");
}

/* The hole that a page table covers exactly: 4 MiB, aligned. */
static void page_tables(void)
{
	const unsigned long table = 4ul << 20;
	unsigned long area = (unsigned long)kernel_mmap(
		0, 4 * table, RW, ANONYMOUS | MAP_NORESERVE);
	unsigned long at = (area + table - 1) & ~(table - 1);

	for (unsigned long i = 0; i < 3 * table; i += table / 2)
		*(volatile unsigned long *)(at + i) = i + 1;
	kernel_munmap(at + table, table);
	ok(*(volatile unsigned long *)(at + table / 2) == table / 2 + 1 &&
		   *(volatile unsigned long *)(at + 2 * table) == 2 * table + 1,
	   "4 MiB gone, what is below and above has its content");
	is_string(rights(at + table), "-", "they cannot be touched");
	kernel_mmap(at + table, table, RW,
		    ANONYMOUS | MAP_FIXED | MAP_NORESERVE);
	ok(*(volatile unsigned long *)(at + table + table / 2) == 0,
	   "mapped again, they read as zero");
	kernel_munmap(area, 4 * table);
}

int main(void)
{
	unsigned long promised;

	ground = free_ground(GROUND);
	can_write(0); /* opens its file */
	promised = total_vm();

	refused();
	cuts();
	contents();
	kernel_munmap(ground, GROUND * PAGE);
	frames_come_back();
	page_tables();
	is_long((long)total_vm(), (long)promised,
		"in the end as much is promised as in the beginning");
	return done_testing();
}
