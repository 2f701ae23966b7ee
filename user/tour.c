/*
 * tour.c - what happens in the kernel when a program calls malloc()? Twelve
 * steps, each of which says what it is about to do, does it, and shows what
 * the system says has changed: the program break, the memory promised
 * (VmSize), the memory in frames (VmRSS), the page faults taken so far. Each
 * then checks its own claim.
 *
 * On Linux the program runs, too, but a claim may fail there: not every Linux
 * counts frames exactly at any time, and another malloc has other habits.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE         4096ul
#define PAGE_UP(x)   (((unsigned long)(x) + PAGE - 1) & ~(PAGE - 1))
#define PAGE_DOWN(x) ((unsigned long)(x) & ~(PAGE - 1))

#define BLOCK_SIZE 100000
#define CUT_SIZE   600
#define CUTS       10
#define LARGE_SIZE (1024 * 1024)
#define TOP_SIZE   4000
#define TOPS       100

static char *block; /* step 1's, used until the end */
static char *page; /* in it, page-aligned: step 3 touches it first */
static char *cut[CUTS]; /* step 5's small blocks */
static char *given_back; /* step 11 had it, step 12 touches it */

static int broken_claims;
static bool die; /* --die */

/* ── What the system says ─────────────────────────────────────────────── */

struct figures {
	unsigned long brk; /* an address */
	unsigned long vm_size; /* bytes promised */
	unsigned long rss; /* bytes in frames */
	unsigned long faults; /* number of page faults */
};

/*
 * The whole of a file under /proc, in memory that malloc() has no part in:
 * to look must not change what is looked at.
 */
static char *read_proc(const char *path)
{
	static char text[8192];
	size_t length = 0;
	ssize_t count;
	int fd = open(path, O_RDONLY);

	if (fd < 0) {
		perror(path);
		exit(2);
	}
	while ((count = read(fd, text + length, sizeof(text) - 1 - length)) > 0)
		length += (size_t)count;
	close(fd);
	text[length] = '\0';
	return text;
}

/* statm has VmSize and VmRSS, in pages; stat has, in field 10, the faults. */
static void look(struct figures *figures)
{
	char *text = strrchr(read_proc("/proc/self/stat"), ')');

	for (int field = 2; field < 10; field++)
		text = strchr(text + 1, ' ');
	figures->faults = strtoul(text, NULL, 10);

	text = read_proc("/proc/self/statm");
	figures->vm_size = strtoul(text, &text, 10) * PAGE;
	figures->rss = strtoul(text, NULL, 10) * PAGE;
	figures->brk = (unsigned long)sbrk(0);
}

static void show(const struct figures *before, const struct figures *after)
{
	printf("             before       after        change\n");
	printf("    brk      0x%08lx   0x%08lx   %+ld bytes\n", before->brk,
	       after->brk, (long)(after->brk - before->brk));
	printf("    VmSize   %6lu KiB   %6lu KiB   %+ld KiB\n",
	       before->vm_size / 1024, after->vm_size / 1024,
	       (long)(after->vm_size - before->vm_size) / 1024);
	printf("    VmRSS    %6lu KiB   %6lu KiB   %+ld KiB\n",
	       before->rss / 1024, after->rss / 1024,
	       (long)(after->rss - before->rss) / 1024);
	printf("    faults   %6lu       %6lu       %+ld\n", before->faults,
	       after->faults, (long)(after->faults - before->faults));
}

/* ── Saying it, and checking it ───────────────────────────────────────── */

static void claim(bool holds, const char *text)
{
	printf("  %s %s\n", holds ? "[true]" : "[NOT TRUE]", text);
	if (!holds)
		broken_claims++;
}

static bool same_promise(const struct figures *before,
			 const struct figures *after)
{
	return after->brk == before->brk && after->vm_size == before->vm_size;
}

static bool same_all(const struct figures *before, const struct figures *after)
{
	return same_promise(before, after) && after->rss == before->rss &&
	       after->faults == before->faults;
}

/* Are the SIZE bytes at MEMORY all zero? */
static bool all_zero(const volatile char *memory, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (memory[i] != 0)
			return false;
	return true;
}

/* ── The steps ────────────────────────────────────────────────────────── */

static void first_malloc(void)
{
	struct figures before, after;
	unsigned long frames;

	printf("  block = malloc(%d). malloc has no memory yet.\n", BLOCK_SIZE);
	look(&before);
	block = malloc(BLOCK_SIZE);
	look(&after);
	printf("  block is at %p.\n", (void *)block);
	show(&before, &after);

	claim(after.brk - before.brk >= BLOCK_SIZE &&
		      block >= (char *)before.brk &&
		      block + BLOCK_SIZE <= (char *)after.brk,
	      "the break moved up, and the block lies in between");
	claim(after.vm_size - before.vm_size ==
		      PAGE_UP(after.brk) - PAGE_UP(before.brk),
	      "VmSize grew by just that: the kernel promised these pages");
	frames = (after.rss - before.rss) / PAGE;
	claim(frames <= 2 && after.faults - before.faults == frames,
	      "hardly a page has a frame yet: only where malloc wrote\n"
	      "         notes of its own, such as the size in front of the block");
}

static void brk_moves_a_number(void)
{
	const intptr_t size = 16 * PAGE;
	struct figures before, up, down;

	printf("  sbrk(%ld), as malloc did, but nobody writes anything "
	       "there.\n",
	       (long)size);
	look(&before);
	sbrk(size);
	look(&up);
	show(&before, &up);
	claim(up.brk == before.brk + (unsigned long)size &&
		      up.vm_size == before.vm_size + (unsigned long)size,
	      "the break moved, VmSize grew: the kernel changed mm->brk and\n"
	      "         the end of the [heap] area");
	claim(up.rss == before.rss && up.faults == before.faults,
	      "it took no frame for it");

	printf("  sbrk(-%ld).\n", (long)size);
	sbrk(-size);
	look(&down);
	show(&up, &down);
	claim(same_all(&before, &down), "all is as it was before");
}

static void first_touch(void)
{
	struct figures before, after;
	unsigned long pages;

	page = (char *)PAGE_DOWN(block + BLOCK_SIZE / 2);
	printf("  *page = 1, where page = %p is in the middle of the block,\n"
	       "  and no instruction has touched that page yet.\n",
	       (void *)page);
	look(&before);
	*(volatile char *)page = 1;
	look(&after);
	show(&before, &after);

	pages = (after.rss - before.rss) / PAGE;
	claim(after.faults - before.faults == 1, "one page fault");
	claim(pages == 1, "it took exactly one frame");
	claim(all_zero(page + 1, PAGE - 1),
	      "and the kernel had zeroed it: the other 4095 bytes are 0");
	claim(same_promise(&before, &after), "the promise did not change");
}

static void rest_of_the_page(void)
{
	struct figures before, after;

	printf("  memset(page + 1, 2, 4095).\n");
	look(&before);
	memset(page + 1, 2, PAGE - 1);
	look(&after);
	show(&before, &after);

	claim(same_all(&before, &after),
	      "nothing changed: the page is there, the kernel was not asked");
}

static void many_blocks(void)
{
	struct figures before, after;
	bool equal = true;

	printf("  %d times malloc(%d).\n", CUTS, CUT_SIZE);
	look(&before);
	for (int i = 0; i < CUTS; i++)
		cut[i] = malloc(CUT_SIZE);
	look(&after);
	for (int i = 1; i < CUTS; i++)
		if (cut[i] - cut[i - 1] != cut[1] - cut[0])
			equal = false;
	printf("  They are at %p ... %p, %ld bytes apart.\n", (void *)cut[0],
	       (void *)cut[CUTS - 1], (long)(cut[1] - cut[0]));
	show(&before, &after);

	claim(same_promise(&before, &after),
	      "no brk(): they are slices of what the first malloc() got");
	claim(equal && cut[1] - cut[0] >= CUT_SIZE,
	      "one lies right behind the other");
	claim(after.rss - before.rss < (CUTS * CUT_SIZE) + 2 * PAGE,
	      "frames were taken only for the pages that malloc wrote to");
}

static void free_list(void)
{
	struct figures before, after;
	char *old = cut[4], *again;

	printf("  free() the fifth of them, at %p, then malloc(%d).\n",
	       (void *)old, CUT_SIZE);
	look(&before);
	free(cut[4]);
	again = malloc(CUT_SIZE);
	look(&after);
	cut[4] = again;
	printf("  malloc() returned %p.\n", (void *)again);
	show(&before, &after);

	claim(again == old, "the block came back, at the same address");
	claim(same_all(&before, &after),
	      "nothing else changed: malloc() is a function of the library;\n"
	      "         the kernel heard of neither call");
}

static void coalescing(void)
{
	const size_t size = 3 * CUT_SIZE;
	struct figures before, after;
	char *first = cut[2], *together;

	printf("  free() the third, the fifth and the fourth: neighbours. "
	       "Then\n"
	       "  malloc(%zu), too large for any one of them.\n",
	       size);
	look(&before);
	free(cut[2]);
	free(cut[4]);
	free(cut[3]);
	together = malloc(size);
	look(&after);
	cut[2] = together;
	cut[3] = NULL;
	cut[4] = NULL;
	printf("  malloc() returned %p.\n", (void *)together);
	show(&before, &after);

	claim(together == first, "it is where the third was: the three had "
				 "become one free block");
	claim(same_all(&before, &after), "nothing else changed");
}

static void large_block(void)
{
	struct figures before, after, at_first;
	char *large;

	printf("  large = malloc(%d).\n", LARGE_SIZE);
	look(&at_first);
	large = malloc(LARGE_SIZE);
	look(&after);
	printf("  large is at %p.\n", (void *)large);
	show(&at_first, &after);
	claim(after.brk == at_first.brk && (unsigned long)large > after.brk,
	      "the break did not move: mmap() made an area of its own");
	claim(after.vm_size - at_first.vm_size >= LARGE_SIZE,
	      "which VmSize counts");

	printf("  Touch 10 of its pages.\n");
	look(&before);
	for (int i = 1; i <= 10; i++)
		((volatile char *)PAGE_UP(large))[i * PAGE] = 1;
	look(&after);
	show(&before, &after);
	claim(after.faults - before.faults == 10 &&
		      after.rss - before.rss == 10 * PAGE,
	      "ten faults, ten frames");

	printf("  free(large).\n");
	look(&before);
	free(large);
	look(&after);
	show(&before, &after);
	claim(after.vm_size == at_first.vm_size && after.rss == at_first.rss,
	      "munmap() gave all of it back: the area and the frames");
}

static void zero_page(void)
{
	struct figures before, after;
	bool zero;

	page += 4 * PAGE;
	printf("  Read all bytes of another untouched page of block, at %p.\n",
	       (void *)page);
	look(&before);
	zero = all_zero(page, PAGE);
	look(&after);
	show(&before, &after);

	claim(zero, "they are 0");
	claim(after.faults - before.faults == 1, "there was one page fault");
	claim(after.rss == before.rss,
	      "but no frame was taken: every page like "
	      "this shows the\n"
	      "         same frame, the zero page");
}

static void zero_page_write(void)
{
	struct figures before, after;

	printf("  *page = 1, in the page that was only read so far.\n");
	look(&before);
	*(volatile char *)page = 1;
	look(&after);
	show(&before, &after);

	claim(after.faults - before.faults == 1,
	      "a page fault again, for the zero page is mapped read-only");
	claim(after.rss - before.rss == PAGE,
	      "now the page has a frame of its own");
}

static void trimming(void)
{
	static char *top[TOPS];
	struct figures before, after;

	printf("  %d times malloc(%d) and memset(): the break moves up "
	       "again.\n",
	       TOPS, TOP_SIZE);
	for (int i = 0; i < TOPS; i++) {
		top[i] = malloc(TOP_SIZE);
		memset(top[i], 3, TOP_SIZE);
	}
	given_back = (char *)PAGE_DOWN(top[TOPS - 1]);
	printf("  Free them all; no block in use lies above them.\n");
	look(&before);
	for (int i = 0; i < TOPS; i++)
		free(top[i]);
	look(&after);
	show(&before, &after);

	claim(after.brk < before.brk,
	      "the break moved down: malloc() trimmed the top of its heap");
	claim(before.vm_size - after.vm_size ==
		      PAGE_UP(before.brk) - PAGE_UP(after.brk),
	      "VmSize shrank by just that");
	claim(after.rss < before.rss, "and the frames were freed");
}

/*
 * The kernel may not touch the program's memory either where the program may
 * not; so it can be asked, and its answer be shown.
 */
static void touch_given_back(void)
{
	struct figures before, after;
	int fd = open("/proc/self/stat", O_RDONLY);
	ssize_t count;
	int error;

	printf("  %p was part of a block in the last step; the break is below\n"
	       "  it now. read() of one byte to there: the kernel is to touch "
	       "it.\n",
	       (void *)given_back);
	look(&before);
	errno = 0;
	count = read(fd, given_back, 1);
	error = errno;
	look(&after);
	close(fd);
	printf("  read() returned %ld: %s.\n", (long)count, strerror(error));
	show(&before, &after);

	claim((unsigned long)given_back >= PAGE_UP(after.brk) && count == -1 &&
		      error == EFAULT,
	      "refused, for the address belongs to no area (EFAULT)");
	claim(after.rss == before.rss && same_promise(&before, &after),
	      "and nothing was taken for it");
	if (!die) {
		printf("  `tour --die` does it without the kernel's help: "
		       "*%p = 1.\n",
		       (void *)given_back);
		return;
	}
	printf("  Now without the kernel's help: *%p = 1. This is the end.\n",
	       (void *)given_back);
	fflush(stdout);
	*(volatile char *)given_back = 1;
	claim(false, "the store should have killed the program");
}

static const struct {
	const char *title;
	void (*function)(void);
} steps[] = {
	{ "The first malloc() gets its memory from brk()", first_malloc },
	{ "brk() only moves a number", brk_moves_a_number },
	{ "The first touch takes one frame, zeroed", first_touch },
	{ "The rest of that page costs nothing", rest_of_the_page },
	{ "malloc() cuts one stretch into many blocks", many_blocks },
	{ "A block from the free list needs no kernel", free_list },
	{ "Free neighbours become one block", coalescing },
	{ "A large block comes from mmap(), goes with munmap()", large_block },
	{ "Reading untouched memory shows the zero page", zero_page },
	{ "Writing it then takes a frame", zero_page_write },
	{ "What is free at the top goes back to the kernel", trimming },
	{ "Touching what was given back is refused", touch_given_back },
};

#define STEPS (sizeof(steps) / sizeof(steps[0]))

/* ── Getting ready ────────────────────────────────────────────────────── */

/*
 * The program's own text, data and stack come to memory by page faults as
 * well. Touch all of it now, so that later only the steps' own faults count.
 */
static void warm_up(void)
{
	volatile char stack[4 * PAGE];
	const char *line = read_proc("/proc/self/maps");

	for (size_t i = 0; i < sizeof(stack); i += PAGE)
		stack[i] = 0;

	while (*line != '\0') {
		char *rest;
		unsigned long start = strtoul(line, &rest, 16);
		unsigned long end = strtoul(rest + 1, &rest, 16);
		const char *rights = rest + 1;
		const char *end_of_line = strchr(line, '\n');

		if (start >= (unsigned long)sbrk(0))
			break; /* behind the program: the stack and others */
		for (unsigned long at = start; at < end; at += PAGE) {
			volatile char *byte = (volatile char *)at;

			if (rights[0] != 'r' || end_of_line[-1] == ']')
				continue; /* not [heap] */
			if (rights[1] == 'w')
				*byte = *byte;
			else
				(void)*byte;
		}
		line = end_of_line + 1;
	}
}

static void usage(FILE *stream)
{
	fputs("usage: tour [--die] [LAST]\n"
	      "       tour --list\n"
	      "Show step by step what malloc() and the kernel do; stop after "
	      "step LAST.\n"
	      "  --die   end with a store that the kernel refuses: status 139\n"
	      "  --list  print the titles of the steps\n"
	      "The status is 1 if a claim did not hold.\n",
	      stream);
}

int main(int argc, char **argv)
{
	/* Lines leave at once, in order with what the kernel has to say. */
	static char buffer[256] __attribute__((aligned(256)));
	unsigned long last = STEPS;
	struct figures figures;

	setvbuf(stdout, buffer, _IOLBF, sizeof(buffer));
	for (int i = 1; i < argc; i++) {
		char *end = argv[i];

		if (strcmp(argv[i], "--help") == 0) {
			usage(stdout);
			return 0;
		}
		if (strcmp(argv[i], "--list") == 0) {
			for (size_t step = 0; step < STEPS; step++)
				printf("%2zu. %s\n", step + 1,
				       steps[step].title);
			return 0;
		}
		if (strcmp(argv[i], "--die") == 0) {
			die = true;
			continue;
		}
		last = strtoul(argv[i], &end, 10);
		if (*argv[i] == '\0' || *end != '\0' || last < 1 ||
		    last > STEPS) {
			usage(stderr);
			return 2;
		}
	}

	warm_up();
	look(&figures);
	printf("What happens in the kernel when a program calls malloc()?\n");
	for (size_t step = 0; step < last; step++) {
		printf("\nStep %zu. %s\n", step + 1, steps[step].title);
		steps[step].function();
	}

	if (broken_claims > 0) {
		printf("\n%d claims did not hold.\n", broken_claims);
		return 1;
	}
	printf("\nAll claims held.\n");
	return 0;
}
