/*
 * mallocbench.c - what an allocator costs, in time and in memory. Five kinds of
 * work, made of the same numbers each time; each runs in a process of its own,
 * with a heap that nobody has used. `make bench-malloc` links this file with
 * one allocator after the other and compares them.
 *
 * A nanosecond is an instruction under `scripts/run --icount`.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SLOTS 4096

static void *block[SLOTS];
static size_t length[SLOTS]; /* bytes that were asked for */
static unsigned long operations;
static size_t live, peak; /* of the bytes asked for */

static uint32_t next_random(uint32_t below)
{
	static uint32_t state = 1;

	state = state * 1664525 + 1013904223;
	return (state >> 8) % below;
}

static void count(size_t old, size_t new)
{
	operations++;
	live += new - old;
	if (live > peak)
		peak = live;
}

static void *check(void *memory)
{
	if (!memory) {
		perror("mallocbench");
		exit(1);
	}
	return memory;
}

static void put(unsigned int slot, size_t size)
{
	block[slot] = check(malloc(size));
	memset(block[slot], 1, size);
	count(0, size);
	length[slot] = size;
}

static void drop(unsigned int slot)
{
	free(block[slot]);
	block[slot] = NULL;
	count(length[slot], 0);
	length[slot] = 0;
}

static void grow(unsigned int slot, size_t size)
{
	char *larger = check(realloc(block[slot], size));

	if (size > length[slot])
		memset(larger + length[slot], 1, size - length[slot]);
	block[slot] = larger;
	count(length[slot], size);
	length[slot] = size;
}

/* Small blocks come and go, one of a kind after the other: an interpreter. */
static void small_blocks(void)
{
	for (int i = 0; i < 60000; i++) {
		unsigned int slot = next_random(SLOTS);

		if (block[slot])
			drop(slot);
		else
			put(slot, 8 + next_random(13) * 4);
	}
}

/* A tree is built, searched in, and torn down: a compiler. */
static void build_and_drop(void)
{
	for (int round = 0; round < 6; round++) {
		for (unsigned int slot = 0; slot < SLOTS; slot++)
			put(slot, 16 + next_random(4) * 16);
		for (unsigned int slot = 0; slot < SLOTS; slot++)
			drop(slot);
	}
}

/* Strings and arrays that get longer: a text editor. */
static void growing(void)
{
	for (int i = 0; i < 20000; i++) {
		unsigned int slot = next_random(200);

		if (length[slot] > 6000)
			drop(slot);
		else
			grow(slot, length[slot] + 1 + next_random(300));
	}
}

/* Most are small and some are large; old and young lie side by side. */
static void mixed(void)
{
	for (int i = 0; i < 30000; i++) {
		unsigned int slot = next_random(1000);

		if (block[slot])
			drop(slot);
		else
			put(slot, 1 + next_random(1u << (4 + next_random(9))));
	}
}

/* Few, large, and short-lived: buffers. */
static void large_blocks(void)
{
	for (int i = 0; i < 300; i++) {
		unsigned int slot = next_random(8);

		if (block[slot])
			drop(slot);
		else
			put(slot, 20000 + next_random(300000));
	}
}

static const struct {
	const char *name;
	void (*run)(void);
} works[] = {
	{ "small", small_blocks }, { "tree", build_and_drop },
	{ "growing", growing },    { "mixed", mixed },
	{ "large", large_blocks },
};

/* A line of /proc/self/status, in KiB. */
static long status_of(const char *name)
{
	char line[128];
	long value = 0;
	FILE *file = fopen("/proc/self/status", "r");

	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, name, strlen(name)))
			value = atol(line + strlen(name) + 1);
	if (file)
		fclose(file);
	return value;
}

static void measure(int work)
{
	struct timespec start, end;
	long resident = status_of("VmRSS");
	double time;

	clock_gettime(CLOCK_MONOTONIC, &start);
	works[work].run();
	clock_gettime(CLOCK_MONOTONIC, &end);
	time = (end.tv_sec - start.tv_sec) * 1e9 + end.tv_nsec - start.tv_nsec;
	resident = status_of("VmHWM") - resident;
	printf("%-8s %7lu operations %8ld ns each, %6lu KiB asked for, "
	       "%6ld KiB taken\n",
	       works[work].name, operations, (long)(time / operations),
	       (unsigned long)peak / 1024, resident);
}

int main(int argc, char *argv[])
{
	if (argc > 1) {
		int asked = !strcmp(argv[1], "--help");

		fprintf(asked ? stdout : stderr,
			"usage: mallocbench\n"
			"Measure the malloc() that this program is linked with.\n"
			"In nanoseconds; under scripts/run --icount these are "
			"instructions.\n");
		return asked ? 0 : 2;
	}
	for (size_t i = 0; i < sizeof(works) / sizeof(works[0]); i++) {
		int status;
		pid_t child = fork();

		if (child < 0) {
			perror("mallocbench: fork");
			return 1;
		}
		if (!child) {
			measure(i);
			exit(0);
		}
		waitpid(child, &status, 0);
		if (status)
			return 1;
	}
	return 0;
}
