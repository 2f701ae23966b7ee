/*
 * mremap.c - mappings that grow, shrink and move with what is in them; and
 * what madvise() gives back and mincore() sees.
 */
#include "kernel_call.h"
#include "tap.h"

#define RW     (PROT_READ | PROT_WRITE)
#define GROUND 32ul /* pages */

#define MAYMOVE 1
#define FIXED   2

#define DONTNEED 4

static unsigned long ground;

static unsigned long page(unsigned long number)
{
	return ground + number * PAGE;
}

static void map(unsigned long first, unsigned long pages)
{
	kernel_mmap(page(first), pages * PAGE, RW, ANONYMOUS | MAP_FIXED);
}

static void clear(void)
{
	kernel_munmap(ground, GROUND * PAGE);
}

static long mremap_pages(unsigned long first, unsigned long old_pages,
			 unsigned long new_pages, int flags, unsigned long to)
{
	return kernel_call(SYS_mremap, (long)page(first),
			   (long)(old_pages * PAGE), (long)(new_pages * PAGE),
			   flags, (long)page(to));
}

/* Word 5 of COUNT pages from FIRST on says which page it was. */
static void stamp(unsigned long first, unsigned long count)
{
	for (unsigned long i = 0; i < count; i++)
		((volatile unsigned long *)page(first + i))[5] = i + 1;
}

static bool stamped(unsigned long address, unsigned long count)
{
	for (unsigned long i = 0; i < count; i++)
		if (((volatile unsigned long *)(address + i * PAGE))[5] !=
		    i + 1)
			return false;
	return true;
}

static void refused(void)
{
	const struct {
		unsigned long address, old_length, new_length;
		int flags;
		unsigned long to;
		const char *error, *what;
	} table[] = {
		{ page(0) + 1, PAGE, PAGE, 0, 0, "EINVAL", "not page-aligned" },
		{ page(0), PAGE, 0, 0, 0, "EINVAL", "new length 0" },
		{ page(0), PAGE, PAGE, 64, 0, "EINVAL", "flags unheard of" },
		{ page(0), PAGE, 2 * PAGE, FIXED, page(8), "EINVAL",
		  "MREMAP_FIXED alone" },
		{ page(9), PAGE, 2 * PAGE, MAYMOVE, 0, "EFAULT",
		  "nothing is there" },
		{ page(0), 4 * PAGE, 5 * PAGE, MAYMOVE, 0, "EFAULT",
		  "more than is there" },
		{ page(0), 2 * PAGE, 4 * PAGE, 0, 0, "ENOMEM",
		  "it may not move, and something is in the way" },
	};

	map(0, 2);
	kernel_mmap(page(2), PAGE, PROT_READ, ANONYMOUS | MAP_FIXED);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		is_error(kernel_call(SYS_mremap, (long)table[i].address,
				     (long)table[i].old_length,
				     (long)table[i].new_length, table[i].flags,
				     (long)table[i].to),
			 table[i].error, table[i].what);
	is_string(areas(ground, 4), "rw-p 2, r--p 1, hole 1",
		  "all is still there");
	clear();
}

static void sizes(void)
{
	map(0, 4);
	stamp(0, 4);
	is_long(mremap_pages(0, 4, 2, 0, 0) - (long)ground, 0, "shrink");
	is_string(areas(ground, 6), "rw-p 2, hole 4", "  the maps show it");
	is_long(mremap_pages(0, 2, 6, 0, 0) - (long)ground, 0,
		"grow where there is room");
	is_string(areas(ground, 8), "rw-p 6, hole 2", "  the maps show it");
	ok(stamped(ground, 2), "  what was in it is in it");
	is_long(((long *)page(2))[5], 0, "  what it had lost is zero");
	is_long(mremap_pages(0, 6, 6, 0, 0) - (long)ground, 0, "as it is");
	clear();
}

static void moves(void)
{
	long moved;

	map(0, 4);
	stamp(0, 4);
	kernel_mmap(page(4), PAGE, PROT_READ, ANONYMOUS | MAP_FIXED);
	moved = mremap_pages(0, 4, 8, MAYMOVE, 0);
	ok(moved != (long)ground && page_down(moved) == (unsigned long)moved,
	   "no room: it moves");
	ok(stamped(moved, 4), "  with all that was in it");
	is_string(areas(ground, 6), "hole 4, r--p 1, hole 1",
		  "  nothing is left behind");
	kernel_munmap(moved, 8 * PAGE);
	clear();

	map(0, 5);
	stamp(0, 4);
	moved = mremap_pages(1, 2, 4, MAYMOVE, 0);
	ok(moved != (long)page(1), "the middle cannot grow: it moves");
	is_long(((long *)moved)[5], 2, "  with what was in it");
	is_long(((long *)(moved + PAGE))[5], 3, "  in each page");
	is_long(((long *)(moved + 2 * PAGE))[5], 0, "  what is new is zero");
	is_string(areas(ground, 6), "rw-p 1, hole 2, rw-p 2, hole 1",
		  "  it leaves a hole");
	is_long(((long *)page(3))[5], 4, "  with both its sides whole");
	kernel_munmap(moved, 4 * PAGE);
	clear();
}

static void advice(void)
{
	unsigned char there[4] = { 9, 9, 9, 9 };

	map(0, 4);
	stamp(1, 2);
	is_error(kernel_call(SYS_mincore, (long)ground, 4 * PAGE, (long)there),
		 "success", "mincore()");
	ok(!there[0] && there[1] & 1 && there[2] & 1 && !there[3],
	   "  two pages are there");
	is_error(kernel_call(SYS_madvise, (long)page(1), PAGE, DONTNEED),
		 "success", "MADV_DONTNEED");
	is_long(((long *)page(1))[5], 0, "  the page reads as zero");
	ok(stamped(page(2) - PAGE, 2) == false && ((long *)page(2))[5] == 2,
	   "  its neighbour does not");
	is_string(areas(ground, 5), "rw-p 4, hole 1",
		  "  the area is as it was");
	is_error(kernel_call(SYS_madvise, (long)page(1), PAGE, 999), "EINVAL",
		 "advice unheard of");
	is_error(kernel_call(SYS_madvise, (long)page(1) + 1, PAGE, DONTNEED),
		 "EINVAL", "not page-aligned");
	is_error(kernel_call(SYS_madvise, (long)page(2), 4 * PAGE, DONTNEED),
		 "ENOMEM", "a hole behind it");
	is_long(((long *)page(2))[5], 0, "  but what is mapped is done");
	is_error(kernel_call(SYS_mincore, (long)ground, 6 * PAGE, (long)there),
		 "ENOMEM", "mincore() over a hole");
	is_error(kernel_call(SYS_mincore, (long)ground, PAGE, 16), "EFAULT",
		 "mincore() to a bad address");
	is_error(kernel_call(SYS_mincore, (long)ground + 1, PAGE, (long)there),
		 "EINVAL", "mincore() not page-aligned");
	clear();
}

int main(void)
{
	ground = free_ground(GROUND);
	refused();
	sizes();
	moves();
	advice();
	return done_testing();
}
