/*
 * brk.c - the edges of brk(). The kernel's call returns the break: the new
 * one, or, when it refuses, the old one. There is no error number.
 */
#include "kernel_call.h"
#include "tap.h"

static char in_bss; /* an address below the heap */

static unsigned long brk_to(unsigned long address)
{
	return (unsigned long)kernel_call(SYS_brk, (long)address);
}

/* Everything below starts and ends with this break, page-aligned. */
static unsigned long start;

static void is_break(unsigned long got, unsigned long expected,
		     const char *what)
{
	is_long((long)(got - start), (long)(expected - start), what);
}

static void refused(void)
{
	const struct {
		unsigned long address;
		const char *what;
	} table[] = {
		{ 1, "brk(1) is refused" },
		{ PAGE, "brk() to page 1 is refused" },
		{ (unsigned long)&in_bss, "brk() into the bss is refused" },
		{ stat_field(47) - 1, "brk() one byte below start_brk" },
		{ stat_field(47) - PAGE, "brk() one page below start_brk" },
		{ 0xffffffff, "brk() to the last byte" },
		{ 0xfffff000, "brk() to the last page" },
		{ 0xfffff001, "brk() that wraps when rounded up to a page" },
		{ 0xffffe001, "brk() into the last page" },
	};
	unsigned long promised = total_vm();

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		is_break(brk_to(table[i].address), start, table[i].what);
	is_break(brk_to(0), start, "the break is where it was");
	is_long((long)total_vm(), (long)promised, "nothing was promised");
}

static void by_bytes(void)
{
	is_break(brk_to(start), start, "brk() to the break itself");
	is_break(brk_to(start + 1), start + 1, "grow by one byte");
	ok(can_write(start), "that byte can be written");
	ok(can_write(start + PAGE - 1), "so can the rest of its page");
	ok(!can_write(start + PAGE), "but not the page behind");
	is_string(areas(start, 2), "rw-p 1, hole 1", "one page is mapped");
	is_break(brk_to(start + PAGE), start + PAGE, "grow to the page's end");
	is_string(areas(start, 2), "rw-p 1, hole 1", "still one page");
	is_break(brk_to(start + PAGE + 1000), start + PAGE + 1000,
		 "grow to the middle of the next page");
	is_string(areas(start, 3), "rw-p 2, hole 1", "two pages");
	ok(can_write(start + 2 * PAGE - 1), "the last one can be written");
	is_break(brk_to(start), start, "shrink by all of it");
	ok(!can_write(start), "the first byte cannot be written any more");
	is_string(areas(start, 3), "hole 3", "nothing is mapped");
}

static void contents(void)
{
	volatile char *heap = (volatile char *)start;
	bool zero = true;

	brk_to(start + 3 * PAGE);
	for (unsigned long i = 0; i < 3 * PAGE; i++)
		if (heap[i] != 0)
			zero = false;
	ok(zero, "fresh heap reads as zero");
	for (unsigned long i = 0; i < 3 * PAGE; i++)
		heap[i] = (char)0xaa;

	is_break(brk_to(start + 100), start + 100,
		 "shrink to the first page's middle");
	ok(can_write(start + PAGE - 1), "the first page is still there");
	ok(!can_write(start + PAGE), "the second is not");
	brk_to(start + 3 * PAGE);
	is_long(heap[200], (char)0xaa,
		"grown again, the first page has kept its content");
	zero = true;
	for (unsigned long i = PAGE; i < 3 * PAGE; i++)
		if (heap[i] != 0)
			zero = false;
	ok(zero, "and the others read as zero");
	brk_to(start);
}

static void into_a_mapping(void)
{
	unsigned long wall = start + 16 * PAGE;
	unsigned long promised;

	is_long(kernel_mmap(wall, PAGE, PROT_READ,
			    ANONYMOUS | MAP_FIXED_NOREPLACE) == (long)wall,
		1, "map a page above the break");
	promised = total_vm();
	is_break(brk_to(wall + 1), start, "brk() into the mapping");
	is_break(brk_to(wall + 2 * PAGE), start, "brk() beyond the mapping");
	is_break(brk_to(wall), start, "brk() up to the mapping");
	is_break(brk_to(wall - PAGE + 1), start,
		 "brk() into the page below the mapping: a gap stays");
	is_long((long)total_vm(), (long)promised, "nothing was promised");
	is_break(brk_to(wall - PAGE), wall - PAGE,
		 "brk() up to the page before it");
	is_string(areas(start, 17), "rw-p 15, hole 1, r--p 1",
		  "the maps show it");
	is_break(brk_to(start), start, "and back");
	kernel_munmap(wall, PAGE);
}

static void with_a_hole(void)
{
	brk_to(start + 8 * PAGE);
	is_error(kernel_munmap(start + 2 * PAGE, PAGE), "success",
		 "munmap() a page of the heap");
	is_break(brk_to(0), start + 8 * PAGE, "that does not move the break");
	is_break(brk_to(start + 9 * PAGE), start + 9 * PAGE, "it can grow");
	is_string(areas(start, 10), "rw-p 2, hole 1, rw-p 6, hole 1",
		  "the hole stays");
	is_break(brk_to(start), start, "it can shrink across the hole");
	is_string(areas(start, 10), "hole 10", "all of it is gone");

	brk_to(start + 4 * PAGE);
	is_error(kernel_mprotect(start + PAGE, PAGE, PROT_NONE), "success",
		 "mprotect() a page of the heap");
	is_string(areas(start, 4), "rw-p 1, ---p 1, rw-p 2", "it is split");
	is_break(brk_to(start + 6 * PAGE), start + 6 * PAGE, "it can grow");
	is_string(areas(start, 6), "rw-p 1, ---p 1, rw-p 4",
		  "the new pages join the last part");
	brk_to(start);
}

static void many_times(void)
{
	unsigned long promised = total_vm();
	bool good = true;

	for (unsigned long i = 1; i <= 500; i++) {
		if (brk_to(start + i * PAGE) != start + i * PAGE)
			good = false;
		*(volatile char *)(start + (i - 1) * PAGE) = 1;
	}
	ok(good, "500 times up by a page, and touched");
	is_long((long)(total_vm() - promised), 500, "500 pages are promised");
	is_string(areas(start, 501), "rw-p 500, hole 1", "in one area");
	for (unsigned long i = 500; i-- > 0;)
		if (brk_to(start + i * PAGE) != start + i * PAGE)
			good = false;
	ok(good, "500 times down");
	is_long((long)(total_vm() - promised), 0, "nothing is promised");
}

/* libc's two functions over the same call. */
static void sbrk_and_brk(void)
{
	void *old = sbrk(0);

	ok(sbrk(100) == old, "sbrk(100) returns the old break");
	ok(sbrk(0) == (char *)old + 100, "and moves it by 100 bytes");
	ok(sbrk(-100) == (char *)old + 100, "sbrk(-100) as well");
	ok(sbrk(0) == old, "the break is back");
	errno = 0;
	ok(sbrk(-0x7fffffff) == (void *)-1 && errno == ENOMEM,
	   "sbrk() to below zero: ENOMEM");
	ok(brk((char *)old + PAGE) == 0, "brk() up returns 0");
	ok(brk(old) == 0, "brk() back returns 0");
	ok(sbrk(0) == old, "the break is back");
}

int main(void)
{
	unsigned long first = brk_to(0);

	ok(first != 0 && brk_to(0) == first, "brk(0) tells the break, twice");
	start = page_up(first);
	brk_to(start);
	can_write(start); /* opens its file */

	refused();
	by_bytes();
	contents();
	into_a_mapping();
	with_a_hole();
	many_times();
	brk_to(first);
	sbrk_and_brk();
	return done_testing();
}
