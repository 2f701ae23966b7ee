/*
 * mprotect.c - changing rights: what is refused, how areas split and merge,
 * and that the pages themselves stay what they are.
 */
#include "kernel_call.h"
#include "tap.h"

#define RW     (PROT_READ | PROT_WRITE)
#define RX     (PROT_READ | PROT_EXEC)
#define GROUND 8ul /* pages, all mapped rw at the start of each test */

static unsigned long ground;

static const char constant[] = "constant";

static unsigned long page(unsigned long number)
{
	return ground + number * PAGE;
}

static volatile char *byte(unsigned long number)
{
	return (volatile char *)page(number);
}

static void fresh_ground(void)
{
	kernel_mmap(ground, GROUND * PAGE, RW, ANONYMOUS | MAP_FIXED);
}

static void refused(void)
{
	const struct {
		unsigned long address, length;
		int prot;
		const char *expected, *what;
	} table[] = {
		{ page(1) + 1, PAGE, RW, "EINVAL", "not page-aligned" },
		{ page(1), PAGE, 0x100, "EINVAL", "rights unheard of" },
		{ page(1), PAGE, RW | 0x03000000, "EINVAL",
		  "PROT_GROWSDOWN and PROT_GROWSUP" },
		{ page(1), 0, RW, "success", "length 0" },
		{ page(GROUND), 0, RW, "success", "length 0, nothing there" },
		{ page(1), 0xffffffff, RW, "ENOMEM",
		  "a length that wraps when rounded up" },
		{ page(1), 0xfffff000, RW, "ENOMEM",
		  "a length that reaches over the end" },
		{ page(GROUND), PAGE, RW, "ENOMEM", "where nothing is" },
		{ page(GROUND - 1), 2 * PAGE, RW, "ENOMEM",
		  "the last page and one where nothing is" },
		{ 0, PAGE, RW, "ENOMEM", "page 0" },
		{ 0xfffff000, PAGE, RW, "ENOMEM", "the last page" },
	};

	fresh_ground();
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		is_error(kernel_mprotect(table[i].address, table[i].length,
					 table[i].prot),
			 table[i].expected, table[i].what);
	is_string(areas(ground, GROUND + 1), "rw-p 8, hole 1",
		  "nothing has changed");
}

static void split_and_merge(void)
{
	const struct {
		unsigned long first, pages;
		int prot;
		const char *expected, *what;
	} table[] = {
		{ 2, 2, PROT_READ, "rw-p 2, r--p 2, rw-p 4", "the middle" },
		{ 2, 1, RW, "rw-p 3, r--p 1, rw-p 4", "half of it back" },
		{ 3, 1, RW, "rw-p 8", "the rest: one area again" },
		{ 0, 2, PROT_READ, "r--p 2, rw-p 6", "the beginning" },
		{ 2, 1, PROT_READ, "r--p 3, rw-p 5", "the border moves up" },
		{ 2, 1, RW, "r--p 2, rw-p 6", "the border moves down" },
		{ 6, 2, PROT_NONE, "r--p 2, rw-p 4, ---p 2", "the end" },
		{ 1, 6, RX, "r--p 1, r-xp 6, ---p 1", "across three areas" },
		{ 1, 6, RX, "r--p 1, r-xp 6, ---p 1", "the same once more" },
		{ 0, 8, RW, "rw-p 8", "all of it: one area" },
		{ 0, 8, PROT_READ, "r--p 8", "a whole area, in place" },
		{ 0, 8, RW, "rw-p 8", "and back" },
	};

	fresh_ground();
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		is_error(kernel_mprotect(page(table[i].first),
					 table[i].pages * PAGE, table[i].prot),
			 "success", table[i].what);
		is_string(areas(ground, GROUND), table[i].expected,
			  "  the maps show it");
	}
	is_error(kernel_mprotect(page(3), 1, PROT_READ), "success",
		 "one byte is one page");
	is_string(areas(ground, GROUND), "rw-p 3, r--p 1, rw-p 4",
		  "  the maps show it");

	/* With a hole, Linux changes what comes before it, then complains. */
	fresh_ground();
	kernel_munmap(page(4), PAGE);
	is_error(kernel_mprotect(page(2), 4 * PAGE, PROT_READ), "ENOMEM",
		 "across a hole");
	is_string(areas(ground, GROUND), "rw-p 2, r--p 2, hole 1, rw-p 3",
		  "  what lies before the hole has changed");
}

static void touched_pages(void)
{
	fresh_ground();
	*byte(0) = 'a';
	*byte(1) = 'b';
	*byte(2) = 'c';

	kernel_mprotect(page(1), PAGE, PROT_READ);
	is_string(rights(page(1)), "r", "a page that was written, now r--");
	ok(*byte(1) == 'b', "its content is there");
	is_string(rights(page(3)), "rw", "the others can still be written");
	kernel_mprotect(page(1), PAGE, PROT_NONE);
	is_string(rights(page(1)), "-", "now ---");
	kernel_mprotect(page(1), PAGE, RW);
	ok(*byte(1) == 'b', "now rw- again, with its content");
	*byte(1) = 'B';
	ok(*byte(0) == 'a' && *byte(1) == 'B' && *byte(2) == 'c',
	   "it can be written; the neighbours have kept theirs");
}

static void untouched_pages(void)
{
	fresh_ground();
	kernel_mprotect(page(1), 4 * PAGE, PROT_NONE);
	is_string(rights(page(1)), "-", "an untouched page, now ---");
	kernel_mprotect(page(1), 4 * PAGE, PROT_READ);
	ok(*byte(2) == 0, "now r--: it reads as zero");
	is_string(rights(page(2)), "r", "and cannot be written");
	kernel_mprotect(page(1), 4 * PAGE, RW);
	is_string(rights(page(3)), "rw", "now rw-: it can be written");
	*byte(2) = 'z';
	ok(*byte(2) == 'z' && *byte(1) == 0 && *byte(4) == 0,
	   "also the one that was read: the zero page is left alone");
}

/* The program's own constants: pages of a file, mapped private. */
static void file_pages(void)
{
	unsigned long at = page_down(constant);
	volatile char *first = (volatile char *)constant;

	ok(*first == 'c', "a constant");
	is_string(can_write((unsigned long)constant + 8) ? "rw" : "r", "r",
		  "cannot be written");
	is_error(kernel_mprotect(at, 2 * PAGE, RW), "success",
		 "until its page is made rw-");
	*first = 'C';
	is_string(constant, "Constant", "then it changes");
	is_error(kernel_mprotect(at, 2 * PAGE, PROT_READ), "success",
		 "and r-- again");
	is_string(constant, "Constant", "it stays as written");
}

/* Code that the program writes itself, and runs: mov $42, %eax; ret. */
static void execute(void)
{
	static const unsigned char code[] = { 0xb8, 42, 0, 0, 0, 0xc3 };
	int (*function)(void) = (int (*)(void))page(0);

	fresh_ground();
	memcpy((void *)page(0), code, sizeof(code));
	is_error(kernel_mprotect(page(0), PAGE, RX), "success",
		 "a page with code, now r-x");
	is_long(function(), 42, "the code runs");
	is_string(can_write(page(0)) ? "rw" : "r", "r", "the page is closed");
}

int main(void)
{
	ground = free_ground(GROUND + 1);
	can_write(0); /* opens its file */

	refused();
	split_and_merge();
	touched_pages();
	untouched_pages();
	file_pages();
	execute();
	return done_testing();
}
