/*
 * bench.c - what the path costs, in instructions. Under QEMU's -icount shift=0
 * the time-stamp counter counts the guest's instructions, the kernel's too,
 * and each run gives the same numbers. (Elsewhere these are cycles.)
 *
 * Each figure is the least of many rounds, minus what measuring nothing takes.
 * Linux's figures are those of Linux 6.1 for i386 in the same set-up.
 */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE     4096ul
#define MIB      (1024ul * 1024)
#define ROUNDS   40
#define AREAS    10000ul
#define RESIDENT (16 * MIB)

static inline unsigned long long rdtsc(void)
{
	unsigned long long value;

	__asm__ volatile("rdtsc" : "=A"(value) : : "memory");
	return value;
}

/* The bare system call: libc's way there is not what is measured. */
static inline long kernel(long number, unsigned long first)
{
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(number), "b"(first)
			 : "memory");
	return result;
}

static inline void store(void *address)
{
	*(volatile char *)address = 1;
}

static inline void load(void *address)
{
	(void)*(volatile char *)address;
}

static void *map(size_t size, int prot)
{
	void *memory =
		mmap(NULL, size, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED) {
		perror("bench: mmap");
		exit(2);
	}
	return memory;
}

static char *at; /* the address that is measured */

static void nothing(void)
{
}

static void do_getpid(void)
{
	kernel(SYS_getpid, 0);
}

/* ── brk: `at` is the break, page-aligned, whenever nothing is measured ─── */

static void brk_start(void)
{
	unsigned long brk = (unsigned long)kernel(SYS_brk, 0);

	at = (char *)((brk + PAGE - 1) & ~(PAGE - 1));
	kernel(SYS_brk, (unsigned long)at);
}

static void brk_up(void)
{
	kernel(SYS_brk, (unsigned long)at + PAGE);
}

static void brk_up_mib(void)
{
	kernel(SYS_brk, (unsigned long)at + MIB);
}

static void brk_down(void)
{
	kernel(SYS_brk, (unsigned long)at);
}

static void brk_up_touch(void)
{
	brk_up();
	store(at);
}

static void write_at(void)
{
	store(at);
}

static void read_at(void)
{
	load(at);
}

static void brk_up_read(void)
{
	brk_up();
	load(at);
}

/* ── mmap ─────────────────────────────────────────────────────────────── */

static void map_page(void)
{
	at = map(PAGE, PROT_READ | PROT_WRITE);
}

static void unmap_page(void)
{
	munmap(at, PAGE);
}

static void map_unmap(void)
{
	map_page();
	unmap_page();
}

static void map_touch_unmap(void)
{
	map_page();
	store(at);
	unmap_page();
}

static void map_touched_page(void)
{
	map_page();
	store(at);
}

static void protect(void)
{
	mprotect(at, PAGE, PROT_READ);
}

static void map_touched_mib(void)
{
	at = map(MIB, PROT_READ | PROT_WRITE);
	for (unsigned long i = 0; i < MIB; i += PAGE)
		store(at + i);
}

static void unmap_mib(void)
{
	munmap(at, MIB);
}

/* ── The stack: each round one page further down ──────────────────────── */

static void stack_start(void)
{
	char here;

	at = (char *)((unsigned long)&here & ~(PAGE - 1)) - 16 * PAGE;
	load(at);
}

static void stack_next(void)
{
	at -= PAGE;
}

/* ── Faults among few areas and among many ────────────────────────────── */

static char *region; /* AREAS pages */

static void one_area_start(void)
{
	region = map(AREAS * PAGE, PROT_READ | PROT_WRITE);
	at = region;
}

/* Every other page gets other rights: as many areas as there are pages. */
static void many_areas_start(void)
{
	one_area_start();
	for (unsigned long i = 1; i < AREAS; i += 2) {
		if (mprotect(region + i * PAGE, PAGE, PROT_READ) < 0) {
			perror("bench: mprotect");
			exit(2);
		}
	}
}

/* Another page; its neighbour is touched so that the page table exists. */
static void another_page(void)
{
	at += (AREAS / ROUNDS - 4) / 2 * 2 * PAGE;
	store(at + 2 * PAGE);
}

static void region_end(void)
{
	munmap(region, AREAS * PAGE);
}

/* ── Processes ────────────────────────────────────────────────────────── */

static void fork_exit_wait(void)
{
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	waitpid(child, NULL, 0);
}

/*
 * execve(): a child replaces itself by this program, which tells the time from
 * then to its main(). Letters carry the time: they cost nothing to make.
 */
#define TIME_LETTERS 16

static char *program;

static void report_entry(unsigned long long now, const char *letters)
{
	unsigned long long start = 0;

	for (int i = 0; i < TIME_LETTERS; i++)
		start |= (unsigned long long)(letters[i] - 'a') << (4 * i);
	now -= start;
	write(STDOUT_FILENO, &now, sizeof(now));
}

static void exec_program(int output)
{
	char letters[TIME_LETTERS + 1] = "";
	char *argv[] = { program, (char *)"--entry", letters, NULL };
	unsigned long long start;

	dup2(output, STDOUT_FILENO);
	start = rdtsc();
	for (int i = 0; i < TIME_LETTERS; i++)
		letters[i] = 'a' + (start >> (4 * i) & 15);
	execv(program, argv);
	_exit(2);
}

static unsigned long exec_to_main(void)
{
	unsigned long long best = ~0ull;

	for (int round = 0; round < ROUNDS; round++) {
		unsigned long long time = ~0ull;
		int fds[2];

		pipe(fds);
		if (fork() == 0)
			exec_program(fds[1]);
		close(fds[1]);
		read(fds[0], &time, sizeof(time));
		close(fds[0]);
		wait(NULL);
		if (time < best)
			best = time;
	}
	return (unsigned long)best;
}

/* 16 MiB that have their frames. */
static void fill_region(void)
{
	region = map(RESIDENT, PROT_READ | PROT_WRITE);
	for (size_t i = 0; i < RESIDENT; i += PAGE)
		store(region + i);
}

static void empty_region(void)
{
	munmap(region, RESIDENT);
}

/* The child sleeps, if one may call it that, while the parent measures. */
static pid_t sharer;

static void share_page(void)
{
	map_touched_page();
	sharer = fork();
	if (sharer == 0)
		for (;;)
			pause();
}

static void unshare_page(void)
{
	kill(sharer, SIGKILL);
	waitpid(sharer, NULL, 0);
	unmap_page();
}

/* ── malloc ───────────────────────────────────────────────────────────── */

static void malloc_free(void)
{
	void *volatile block = malloc(100); /* volatile: not to be dropped */

	free(block);
}

/* ── The table ────────────────────────────────────────────────────────── */

static const struct {
	const char *name;
	unsigned long target; /* at most, instructions; 0: none is set */
	unsigned long linux_figure; /* 0: not known */
	void (*start)(void); /* once */
	void (*before)(void); /* before each round */
	void (*measured)(void);
	void (*after)(void); /* after each round */
	void (*end)(void); /* once */
} table[] = {
	{ "getpid()", 150, 335, nothing, nothing, do_getpid, nothing, nothing },
	{ "brk() up by one page", 700, 3106, brk_start, nothing, brk_up,
	  brk_down, nothing },
	{ "brk() up by one MiB", 700, 3106, brk_start, nothing, brk_up_mib,
	  brk_down, nothing },
	{ "brk() down by one touched page", 0, 7312, brk_start, brk_up_touch,
	  brk_down, nothing, nothing },
	{ "first write to a heap page", 1900, 3216, brk_start, brk_up, write_at,
	  brk_down, nothing },
	{ "first read of a heap page", 0, 1173, brk_start, brk_up, read_at,
	  brk_down, nothing },
	{ "first write after a read", 0, 3753, brk_start, brk_up_read, write_at,
	  brk_down, nothing },
	{ "mmap() and munmap() of a page", 0, 12894, nothing, nothing,
	  map_unmap, nothing, nothing },
	{ "the same with a write between", 0, 19948, nothing, nothing,
	  map_touch_unmap, nothing, nothing },
	{ "first write to a mapped page", 1900, 3216, map_touched_page,
	  map_page, write_at, unmap_page, nothing },
	{ "mprotect() of a touched page", 0, 2734, nothing, map_touched_page,
	  protect, unmap_page, nothing },
	{ "write to the next stack page", 0, 3248, stack_start, stack_next,
	  write_at, nothing, nothing },
	{ "munmap() of a touched MiB", 0, 299218, nothing, map_touched_mib,
	  unmap_mib, nothing, nothing },
	{ "first write, 1 area", 1900, 0, one_area_start, another_page,
	  write_at, nothing, region_end },
	{ "first write, 10000 areas", 1900, 0, many_areas_start, another_page,
	  write_at, nothing, region_end },
	{ "fork(), exit, wait()", 25000, 99359, nothing, nothing,
	  fork_exit_wait, nothing, nothing },
	{ "the same, 16 MiB resident", 400000, 1550572, fill_region, nothing,
	  fork_exit_wait, nothing, empty_region },
	{ "copy-on-write", 3000, 5130, nothing, share_page, write_at,
	  unshare_page, nothing },
	{ "malloc(100) and free()", 0, 0, malloc_free, nothing, malloc_free,
	  nothing, nothing },
};

#define ROWS (sizeof(table) / sizeof(table[0]))

/* The least number of instructions of MEASURED, its call included. */
static unsigned long least(void (*before)(void), void (*measured)(void),
			   void (*after)(void))
{
	void (*volatile call)(void) = measured; /* not to be inlined */
	unsigned long long best = ~0ull;

	for (int round = 0; round < ROUNDS; round++) {
		unsigned long long start, end;

		before();
		start = rdtsc();
		call();
		end = rdtsc();
		after();
		if (end - start < best)
			best = end - start;
	}
	return (unsigned long)best;
}

static void print_number(unsigned long number)
{
	if (number > 0)
		printf("%10lu", number);
	else
		printf("%10s", "-");
}

/* Returns whether the target is missed. */
static bool print_row(const char *name, unsigned long figure,
		      unsigned long target, unsigned long linux_figure)
{
	bool missed = target > 0 && figure > target;

	printf("%-32s", name);
	print_number(figure);
	print_number(target);
	print_number(linux_figure);
	puts(missed ? "  missed" : "");
	return missed;
}

int main(int argc, char **argv)
{
	unsigned long long now = rdtsc();
	bool check = argc == 2 && strcmp(argv[1], "--check") == 0;
	unsigned long empty;
	int missed = 0;

	program = argv[0];
	if (argc == 3 && strcmp(argv[1], "--entry") == 0) {
		report_entry(now, argv[2]);
		return 0;
	}
	if (argc > 1 && !check) {
		bool asked = strcmp(argv[1], "--help") == 0;

		fputs("usage: bench [--check]\n"
		      "Print what system calls, page faults and malloc() cost, "
		      "in instructions when\nrun under QEMU's -icount shift=0. "
		      "With --check the status is 1 if a target\nis missed. "
		      "Needs a CPU with a time-stamp counter (Pentium).\n",
		      asked ? stdout : stderr);
		return asked ? 0 : 2;
	}

	printf("%-32s%10s%10s%10s\n", "", "measured", "target", "Linux");
	empty = least(nothing, nothing, nothing);
	for (size_t i = 0; i < ROWS; i++) {
		unsigned long figure;

		table[i].start();
		figure = least(table[i].before, table[i].measured,
			       table[i].after) -
			 empty;
		table[i].end();

		missed += print_row(table[i].name, figure, table[i].target,
				    table[i].linux_figure);
	}
	fflush(stdout);
	missed +=
		print_row("execve() to main()", exec_to_main(), 40000, 124963);
	return check && missed > 0 ? 1 : 0;
}
