/*
 * malloc_host.c - libc/malloc*.c as an ordinary program of the host, where the
 * sanitizers work, beside the host's own malloc. The files are included, so that
 * their lists can be walked; what it asks of the kernel goes through functions
 * here, which count, place blocks at known addresses, and fail when told to.
 *
 * usage: malloc_host TEST [ARGUMENT...]      see main(); exit 0: passed
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHECK(condition)                                                    \
	do {                                                                \
		if (!(condition)) {                                         \
			printf("%s:%d: not true: %s\n", __FILE__, __LINE__, \
			       #condition);                                 \
			exit(1);                                            \
		}                                                           \
	} while (0)

/* The kernel's part. The heap is here, mappings come downwards from its end. */
#define ARENA      ((char *)0x60000000)
#define ARENA_SIZE 0x20000000u
#define HEAP_LIMIT (ARENA + ARENA_SIZE / 2)

static char *program_break;
static char *break_limit = HEAP_LIMIT;
static char *lowest_mapping = ARENA + ARENA_SIZE;
static bool host_kernel; /* use the host's sbrk() and mmap() */
static size_t mapped; /* bytes in mappings */
static int memory_calls; /* of sbrk() that grow, and mmap() */
static int fail_from = INT_MAX, fail_to = INT_MAX;
static bool fail_trim;
static int shrink_calls, munmap_calls, other_calls, opened_fd, moved_fd;

static char *page_up(char *p)
{
	return (char *)(((uintptr_t)p + 4095) & ~4095u);
}

static void open_arena(char *first_break)
{
	void *p = mmap(ARENA, ARENA_SIZE, PROT_NONE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE |
			       MAP_FIXED_NOREPLACE,
		       -1, 0);

	CHECK(p == ARENA);
	program_break = first_break;
	if (first_break > ARENA)
		CHECK(!mprotect(ARENA, page_up(first_break) - ARENA,
				PROT_READ | PROT_WRITE));
}

static bool call_fails(void)
{
	memory_calls++;
	if (memory_calls < fail_from || memory_calls > fail_to)
		return false;
	errno = ENOMEM;
	return true;
}

/* As brk(2): whole pages beyond the break are not there. */
static void *test_sbrk(intptr_t increment)
{
	char *old = program_break;
	char *new;

	if (increment > 0 && call_fails())
		return (void *)-1;
	if (increment < 0)
		shrink_calls++;
	if (host_kernel)
		return sbrk(increment);
	new = old + increment;
	if ((increment > 0 && increment > break_limit - old) ||
	    (increment < 0 && fail_trim)) {
		errno = ENOMEM;
		return (void *)-1;
	}
	if (page_up(new) > page_up(old))
		CHECK(!mprotect(page_up(old), page_up(new) - page_up(old),
				PROT_READ | PROT_WRITE));
	if (page_up(new) < page_up(old))
		CHECK(mmap(page_up(new), page_up(old) - page_up(new), PROT_NONE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE |
				   MAP_FIXED,
			   -1, 0) == page_up(new));
	program_break = new;
	return old;
}

static void *test_mmap(void *address, size_t length, int protection, int flags,
		       int fd, off_t offset)
{
	void *p;

	if (call_fails())
		return MAP_FAILED;
	if (!host_kernel) {
		CHECK(!address && length % 4096 == 0);
		if (length > (size_t)(lowest_mapping - HEAP_LIMIT)) {
			errno = ENOMEM;
			return MAP_FAILED;
		}
		lowest_mapping -= length;
		address = lowest_mapping;
		flags |= MAP_FIXED;
	}
	p = mmap(address, length, protection, flags, fd, offset);
	if (p != MAP_FAILED)
		mapped += length;
	return p;
}

static int test_munmap(void *address, size_t length)
{
	munmap_calls++;
	CHECK((uintptr_t)address % 4096 == 0 && length % 4096 == 0 && length);
	CHECK(length <= mapped);
	mapped -= length;
	if (!host_kernel && address == lowest_mapping)
		lowest_mapping += length;
	return munmap(address, length);
}

/* A mapping that moves always does here. */
static void *test_mremap(void *old, size_t old_length, size_t length, int flags)
{
	void *p;

	CHECK(flags == MREMAP_MAYMOVE);
	if (old_length == length)
		return old;
	p = test_mmap(NULL, length, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return p;
	memcpy(p, old, length < old_length ? length : old_length);
	test_munmap(old, old_length);
	return p;
}

static int test_open(const char *path, int flags)
{
	other_calls++;
	CHECK(flags == (O_WRONLY | O_APPEND));
	opened_fd = open(path, flags);
	return opened_fd;
}

static int test_fcntl(int fd, int command, int argument)
{
	other_calls++;
	moved_fd = fcntl(fd, command, argument);
	return moved_fd;
}

static int test_close(int fd)
{
	other_calls++;
	return close(fd);
}

static ssize_t test_write(int fd, const void *buffer, size_t count)
{
	other_calls++;
	if (fd != STDERR_FILENO)
		printf("%.*s\n", (int)count, (const char *)buffer);
	return write(fd, buffer, count);
}

#define malloc             T_malloc
#define free               T_free
#define calloc             T_calloc
#define realloc            T_realloc
#define reallocarray       T_reallocarray
#define memalign           T_memalign
#define aligned_alloc      T_aligned_alloc
#define posix_memalign     T_posix_memalign
#define malloc_usable_size T_malloc_usable_size
#define valloc             T_valloc
#define malloc_stats       T_malloc_stats
#define malloc_trim        T_malloc_trim
#define mremap             test_mremap
#define sbrk               test_sbrk
#define mmap               test_mmap
#define munmap             test_munmap
#define open               test_open
#define fcntl              test_fcntl
#define close              test_close
#define write              test_write
#include "malloc.c"
#include "malloc_align.c"
#include "malloc_info.c"
#include "malloc_more.c"
#include "malloc_trace.c"
#undef open
#undef fcntl
#undef close
#undef write

struct seen {
	char *end; /* of the chunk before, in its segment */
	bool previous_in_use;
	unsigned int in_use, free, mapped;
	size_t cached_bytes, bytes;
};

static bool see(void *address, size_t size, enum chunk_kind kind,
		void *argument)
{
	struct seen *seen = argument;
	struct chunk *c = address;
	struct segment *s;

	if (kind == CHUNK_MAPPED) {
		seen->mapped++;
		CHECK(size % PAGE == 0);
		return true;
	}
	CHECK(size % ALIGNMENT == 0 && (uintptr_t)block_of(c) % ALIGNMENT == 0);
	for (s = heap.segments; s; s = s->next)
		if (c == s->first)
			seen->previous_in_use = true;
		else if ((char *)c == seen->end)
			break;
	seen->end = (char *)c + size;
	if (kind == CHUNK_TOP) {
		CHECK(seen->previous_in_use);
		CHECK(c == heap.top && seen->end + WORD == heap.end);
		return true;
	}
	CHECK(!!(c->head & PREVIOUS_IN_USE) == seen->previous_in_use);
	CHECK(size >= MIN_CHUNK || (size == 8 && kind == CHUNK_IN_USE));
	seen->previous_in_use = kind != CHUNK_FREE;
	if (kind == CHUNK_IN_USE) {
		seen->in_use += size >= MIN_CHUNK;
	} else if (kind == CHUNK_CACHED) {
		CHECK(size < SMALL_MAX);
		seen->cached_bytes += size;
	} else {
		CHECK(c->head & PREVIOUS_IN_USE);
		CHECK(chunk_at(c, size - WORD)->head == size);
		seen->free++;
	}
	return true;
}

static size_t cached_bytes(void)
{
	struct seen seen = { 0 };

	CHECK(malloc_walk(see, &seen));
	return seen.cached_bytes;
}

/*
 * Walks the whole heap. Every byte is in one chunk; tags, flags, caches and
 * bins agree; no two free chunks touch. Returns how many chunks are in use.
 */
static unsigned int check_heap(void)
{
	struct seen seen = { 0 };
	unsigned int listed = 0, mapped_blocks = 0, bin;
	struct chunk **link, *c;
	size_t bytes = 0, cached = 0;
	struct mapping *m;
	struct segment *s;
	void *block;

	CHECK(malloc_walk(see, &seen));
	for (s = heap.segments; s; s = s->next)
		bytes += (s == heap.segments ? heap.end : s->end) - (char *)s;
	CHECK(bytes == heap.bytes);
	for (m = heap.mappings; m; m = m->next, mapped_blocks++)
		CHECK(*m->link == m);
	CHECK(mapped_blocks == seen.mapped);
	for (bin = 0; bin < BIN_COUNT; bin++) {
		link = &heap.bins[bin].first;
		CHECK(!*link == !(heap.bin_map[bin / 32] >> bin % 32 & 1));
		for (; (c = *link); link = &c->next, listed++) {
			CHECK(bin_of(size_of(c)) == bin);
			CHECK((c->head & FLAGS) == PREVIOUS_IN_USE);
			CHECK(c->link == link);
		}
		block = heap.bins[bin].cached;
		for (; block; block = *(void **)block) {
			c = chunk_of(block);
			CHECK((c->head & ~PREVIOUS_IN_USE) ==
			      (bin * 8 | CACHED));
			cached += size_of(c);
		}
	}
	CHECK(!heap.bins[BIN_COUNT].first);
	CHECK(listed == seen.free);
	CHECK(cached == seen.cached_bytes);
	return seen.in_use;
}

/* Random operations against a model. */
struct slot {
	unsigned char *block;
	size_t size;
	uint32_t seed;
};

static uint32_t random_state;

static uint32_t random_below(uint32_t limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return random_state % limit;
}

static size_t random_size(void)
{
	uint32_t kind = random_below(1000);

	if (kind < 700)
		return random_below(128);
	if (kind < 950)
		return random_below(2000);
	if (kind < 993)
		return random_below(30000);
	return random_below(400000);
}

static void fill(struct slot *s)
{
	size_t i;

	s->seed = random_below(UINT32_MAX);
	for (i = 0; i < s->size; i++)
		s->block[i] = (s->seed + i * 2654435761u) >> 24;
}

static void check_content(const struct slot *s, const unsigned char *block,
			  size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		CHECK(block[i] ==
		      (unsigned char)((s->seed + i * 2654435761u) >> 24));
}

static void release_slot(struct slot *s)
{
	int saved_errno = random_below(1000);

	check_content(s, s->block, s->size);
	errno = saved_errno;
	free(s->block);
	CHECK(errno == saved_errno);
	s->block = NULL;
}

/* Every block is where it should be and of the size that was asked for. */
static void new_block(struct slot *s, void *block, size_t size,
		      size_t alignment)
{
	CHECK(block);
	CHECK((uintptr_t)block % alignment == 0);
	CHECK(malloc_usable_size(block) >= size);
	s->block = block;
	s->size = size;
}

static void random_step(struct slot *s)
{
	static const size_t alignments[] = { 4, 8, 16, 64, 256, 4096, 16384 };
	size_t size = random_size();
	size_t alignment = alignments[random_below(7)];
	uint32_t operation = random_below(100);
	void *block = NULL;
	size_t i;

	if (s->block && operation < 60) {
		release_slot(s);
		return;
	}
	if (s->block) {
		size = operation < 80 ? size : s->size + random_below(200);
		block = realloc(s->block, size ? size : 1);
		check_content(s, block, s->size < size ? s->size : size);
		new_block(s, block, size, 8);
	} else if (operation < 70) {
		new_block(s, malloc(size), size, 8);
	} else if (operation < 85) {
		new_block(s, calloc(size, 1), size, 8);
		for (i = 0; i < size; i++)
			CHECK(s->block[i] == 0);
	} else if (operation < 90) {
		CHECK(!posix_memalign(&block, alignment, size));
		new_block(s, block, size, alignment);
	} else if (operation < 95) {
		new_block(s, memalign(alignment, size), size, alignment);
	} else {
		new_block(s, reallocarray(NULL, size, 1), size, 8);
	}
	fill(s);
}

static unsigned int count_blocks(const struct slot *slots, unsigned int count)
{
	unsigned int in_heap_count = 0;
	unsigned int i;

	for (i = 0; i < count; i++)
		if (slots[i].block && !is_mapped(slots[i].block))
			in_heap_count++;
	return in_heap_count;
}

/* After everything is freed, all that is left is a top of a fair size. */
static void check_empty(void)
{
	CHECK(check_heap() == 0);
	malloc_trim(0);
	CHECK(check_heap() == 0 && cached_bytes() == 0);
	if (heap.segments && !heap.segments->next) {
		CHECK(heap.top == heap.segments->first);
		CHECK(top_size() < PAGE);
		CHECK(mapped == 0);
	}
}

static void test_random(uint32_t seed, int operations, bool foreign)
{
	enum { SLOTS = 1500 };
	static struct slot slots[SLOTS];
	unsigned char *others[64];
	int other_count = 0;
	int i;

	random_state = seed;
	for (i = 0; i < operations; i++) {
		random_step(&slots[random_below(SLOTS)]);
		if (i % 2000 == 0)
			CHECK(check_heap() == count_blocks(slots, SLOTS));
		if (foreign && i % 5000 == 0 && other_count < 64) {
			others[other_count] = sbrk(other_count * 7 + 1);
			memset(others[other_count], other_count,
			       other_count * 7 + 1);
			other_count++;
		}
	}
	for (i = 0; i < SLOTS; i++)
		if (slots[i].block)
			release_slot(&slots[i]);
	for (i = 0; i < other_count * 7 - 6; i++)
		CHECK(others[other_count - 1][i] == other_count - 1);
	CHECK(foreign == (heap.segments->next != NULL));
	check_empty();
}

/* A run that comes by every call for memory; any of them may fail. */
static void scripted_run(int *failures)
{
	struct slot slots[48] = { 0 };
	unsigned int i;
	void *block;

	for (i = 0; i < 48; i++) {
		slots[i].size = i % 6 == 5 ? 150000 + i * 4096 : 10000 + i * 64;
		errno = 0;
		if (i % 8 == 7)
			block = memalign(4096, slots[i].size);
		else if (i % 8 == 4)
			block = calloc(slots[i].size, 1);
		else
			block = malloc(slots[i].size);
		CHECK(block || errno == ENOMEM);
		*failures += !block;
		slots[i].block = block;
		if (block)
			fill(&slots[i]);
		check_heap();
	}
	for (i = 0; i < 48; i++) {
		if (!slots[i].block)
			continue;
		errno = 0;
		block = realloc(slots[i].block, slots[i].size * 3);
		CHECK(block || errno == ENOMEM);
		*failures += !block;
		if (block)
			slots[i].block = block;
		check_content(&slots[i], slots[i].block, slots[i].size);
		check_heap();
		if (i % 2)
			release_slot(&slots[i]);
	}
	for (i = 0; i < 48; i += 2)
		if (slots[i].block)
			release_slot(&slots[i]);
	CHECK(check_heap() == 0);
}

/*
 * Fails the calls for memory FIRST to LAST. The blocks that were given out are
 * whole and nothing is lost: a second run after it gets all that it asks for.
 * Returns how many requests failed.
 */
static int failing_run(int first, int last)
{
	int failures = 0, none = 0;
	size_t segment_bytes = 0;
	struct segment *s;

	fail_from = first;
	fail_to = last;
	scripted_run(&failures);
	for (s = heap.segments; s; s = s->next)
		if ((char *)s >= HEAP_LIMIT)
			segment_bytes +=
				(s == heap.segments ? heap.end : s->end) -
				(char *)s;
	CHECK(mapped == segment_bytes);
	fail_from = INT_MAX;
	scripted_run(&none);
	CHECK(none == 0);
	return failures;
}

/*
 * Each call for memory fails in turn, alone or with all that come after it,
 * each in a process of its own. One failure alone is made good: a mapping
 * serves for the break, the break for a mapping.
 */
static void test_failures(bool alone)
{
	int calls, failures, n, status;

	fflush(stdout);
	if (!fork()) {
		failures = 0;
		scripted_run(&failures);
		_exit(memory_calls);
	}
	wait(&status);
	CHECK(WIFEXITED(status));
	calls = WEXITSTATUS(status);
	CHECK(calls > 10);
	for (n = 1;; n++) {
		fflush(stdout);
		if (!fork()) {
			failures = failing_run(n, alone ? n : INT_MAX);
			_exit(failures ? 2 : 0);
		}
		wait(&status);
		CHECK(WIFEXITED(status));
		status = WEXITSTATUS(status);
		if (n > calls)
			break;
		CHECK(status == (alone ? 0 : 2));
	}
	CHECK(status == 0);
	printf("%d\n", n - 1);
}

/* The break cannot pass LIMIT: mappings serve, of which there are few. */
static void test_obstructed(void)
{
	enum { BLOCKS = 20000 };
	static unsigned char *blocks[BLOCKS];
	int i;

	break_limit = ARENA + 200000;
	for (i = 0; i < BLOCKS; i++) {
		blocks[i] = malloc(100);
		CHECK(blocks[i]);
		memset(blocks[i], i, 100);
	}
	CHECK(mapped && mapped < 3 * 1024 * 1024);
	CHECK(memory_calls < 40);
	CHECK(check_heap() == BLOCKS);
	for (i = 0; i < BLOCKS; i++) {
		CHECK(blocks[i][0] == (unsigned char)i &&
		      blocks[i][99] == (unsigned char)i);
		free(blocks[i]);
	}
	check_empty();
}

/* Somebody else takes from the break, even before the first malloc(). */
static void test_foreign(void)
{
	unsigned char *foreign, *first, *second, *third;

	first = malloc(1000);
	CHECK((uintptr_t)first % 8 == 0 && !heap.segments->next);
	foreign = sbrk(101);
	memset(foreign, 0xee, 101);
	second = malloc(2000);
	CHECK(second < foreign);
	third = malloc(100000);
	CHECK(third > foreign && (uintptr_t)third % 8 == 0);
	CHECK(heap.segments->next && !heap.segments->next->next);
	memset(second, 1, 2000);
	memset(third, 1, 100000);
	CHECK(foreign[0] == 0xee && foreign[100] == 0xee);
	CHECK(check_heap() == 3);
	/* What was left of the first segment is used again. */
	free(second);
	CHECK(malloc(2000) == second);
	free(second);
	free(first);
	free(third);
	CHECK(foreign[0] == 0xee && foreign[100] == 0xee);
	/* And behind the heap: then it must not be trimmed. */
	third = malloc(120000);
	first = malloc(120000);
	second = malloc(120000);
	foreign = sbrk(5000);
	free(second);
	free(first);
	free(third);
	CHECK(!malloc_trim(0) || program_break == (char *)foreign + 5000);
	CHECK(program_break == (char *)foreign + 5000);
	CHECK(check_heap() == 0);
}

/* The break is moved when the top is used up, or too small to be a chunk. */
static void test_small_top(void)
{
	struct segment *old_segment;
	char *last[2];
	size_t i;

	CHECK(malloc(100));
	for (i = 0; i < 2; i++) {
		last[i] = malloc(top_size() - 8 * i - 4);
		CHECK(top_size() == 8 * i);
		old_segment = heap.segments;
		CHECK(sbrk(3));
		CHECK(malloc(100));
		CHECK(heap.segments->next == old_segment);
	}
	CHECK(check_heap() == 5);
	free(last[0]);
	CHECK(check_heap() == 4);
	free(last[1]);
	CHECK(check_heap() == 3);
	malloc_trim(0);
	CHECK(check_heap() == 3);
}

/* Of two chunks that would do, from the same bin, the better one is taken. */
static void test_best(void)
{
	char *small, *large;

	CHECK(malloc(100));
	large = malloc(1100);
	CHECK(malloc(100));
	small = malloc(1036);
	CHECK(malloc(100));
	free(small);
	free(large);
	CHECK(bin_of(1104) == bin_of(1040) && heap.bins[bin_of(1104)].first);
	CHECK(malloc(1036) == small);
	CHECK(malloc(1036) == large);
	CHECK(malloc(50) == large + 1040);
	CHECK(check_heap() == 6);
}

static void refused(void *block, int error)
{
	CHECK(!block);
	CHECK(errno == error);
	errno = 0;
	CHECK(check_heap() == 1);
}

static void test_limits(void)
{
	char *keep = malloc(100);
	void *untouched = keep;
	char *a, *b;

	errno = 0;
	strcpy(keep, "keep");
	refused(malloc((size_t)PTRDIFF_MAX + 1), ENOMEM);
	refused(malloc(PTRDIFF_MAX), ENOMEM);
	refused(malloc(PTRDIFF_MAX - 4096), ENOMEM);
	refused(malloc(SIZE_MAX), ENOMEM);
	refused(malloc(SIZE_MAX - 3), ENOMEM);
	refused(calloc(65536, 65536), ENOMEM);
	refused(calloc(65537, 65536), ENOMEM);
	refused(calloc(SIZE_MAX, 2), ENOMEM);
	refused(calloc(2, SIZE_MAX / 2 + 2), ENOMEM);
	refused(realloc(keep, SIZE_MAX), ENOMEM);
	refused(realloc(keep, (size_t)PTRDIFF_MAX + 1), ENOMEM);
	refused(realloc(keep, PTRDIFF_MAX), ENOMEM);
	refused(realloc(NULL, SIZE_MAX), ENOMEM);
	refused(reallocarray(keep, 65537, 65536), ENOMEM);
	refused(reallocarray(keep, SIZE_MAX, SIZE_MAX), ENOMEM);
	refused(memalign(16, SIZE_MAX), ENOMEM);
	refused(memalign(4096, PTRDIFF_MAX), ENOMEM);
	refused(memalign(0x80000000u, 1), ENOMEM);
	refused(memalign(0x80000000u, PTRDIFF_MAX), ENOMEM);
	refused(memalign(0x40000000u, 0x3fffffff), ENOMEM);
	refused(memalign(0, 1), EINVAL);
	refused(memalign(24, 1), EINVAL);
	refused(aligned_alloc(3, 1), EINVAL);
	CHECK(posix_memalign(&untouched, 2, 1) == EINVAL);
	CHECK(posix_memalign(&untouched, 0, 1) == EINVAL);
	CHECK(posix_memalign(&untouched, 12, 1) == EINVAL);
	CHECK(posix_memalign(&untouched, 4096, SIZE_MAX) == ENOMEM);
	CHECK(untouched == keep && errno == 0);
	CHECK(!strcmp(keep, "keep"));

	a = malloc(0);
	b = malloc(0);
	CHECK(a && b && a != b);
	CHECK(malloc_usable_size(a) == 12 && malloc_usable_size(NULL) == 0);
	CHECK(realloc(a, 0) == NULL && errno == 0);
	CHECK(malloc(12) == a);
	free(a);
	a = calloc(0, 1000);
	CHECK(a);
	free(a);
	free(b);
	a = realloc(NULL, 0);
	CHECK(a);
	free(a);
	a = aligned_alloc(64, 64);
	CHECK(a && (uintptr_t)a % 64 == 0);
	free(a);
	free(NULL);
	free(keep);
	check_empty();
}

/* The break goes down, errno stays; free() also keeps it when brk() fails. */
static void test_trim(void)
{
	char *blocks[20];
	char *high;
	int round, i;

	for (round = 0; round < 2; round++) {
		fail_trim = round == 0;
		for (i = 0; i < 20; i++) {
			blocks[i] = malloc(100000);
			memset(blocks[i], 1, 100000);
		}
		high = program_break;
		CHECK(high > ARENA + 2000000);
		for (i = 0; i < 20; i++) {
			errno = 77;
			free(blocks[i]);
			CHECK(errno == 77);
		}
		CHECK(shrink_calls);
		CHECK(check_heap() == 0);
		if (fail_trim)
			CHECK(program_break == high);
	}
	CHECK(program_break < ARENA + 300000);
	CHECK((uintptr_t)program_break % 4096 == 0);
	CHECK(top_size() >= 128 * KIB && top_size() <= 256 * KIB);

	/* At the threshold no system call per malloc() and free(). */
	i = memory_calls + shrink_calls;
	for (round = 0; round < 1000; round++)
		free(malloc(120000));
	CHECK(memory_calls + shrink_calls - i <= 2);

	high = malloc(200000);
	CHECK(mapped >= 200000 && mapped < 210000);
	errno = 77;
	free(high);
	CHECK(mapped == 0 && munmap_calls == 1 && errno == 77);
}

/*
 * A heap that goes up and down again and again is trimmed less each time, until
 * it is not any more: then no system call at all. Nobody asked for it to stay,
 * so malloc_trim() is not one of these times, nor is a threshold that was set.
 */
static void test_saw(void)
{
	char *blocks[100];
	int round, i, calls = 0, shrinks = 0;

	for (round = 0; round < 10; round++) {
		calls = memory_calls;
		shrinks = shrink_calls;
		for (i = 0; i < 100; i++)
			blocks[i] = malloc(10000);
		for (i = 0; i < 100; i++)
			free(blocks[i]);
		CHECK(round || shrink_calls == 1);
	}
	CHECK(memory_calls == calls && shrink_calls == shrinks);
	CHECK(heap.trim_threshold == 1024 * KIB);
	CHECK(malloc_trim(0) && heap.bytes <= 8192);
	CHECK(malloc(100000) && heap.trim_threshold == 1024 * KIB);

	heap.learning = false;
	heap.trim_threshold = 100 * KIB;
	for (round = 0; round < 2; round++) {
		shrinks = shrink_calls;
		for (i = 0; i < 100; i++)
			blocks[i] = malloc(10000);
		for (i = 0; i < 100; i++)
			free(blocks[i]);
		CHECK(shrink_calls > shrinks);
	}
	CHECK(heap.trim_threshold == 100 * KIB);
}

/* The path that the tour shows; in place means no copy and no new chunk. */
static void test_places(void)
{
	char *a = malloc(300), *b = malloc(300), *c = malloc(300);
	char *wall, *large, *small;

	CHECK(memory_calls == 1);
	CHECK(program_break == ARENA + 12 * 1024);
	CHECK(b == a + 304 && c == b + 304);
	free(b);
	CHECK(malloc(300) == b);
	free(a);
	free(b); /* merges with a */
	CHECK(malloc(604) == a);
	free(a);
	CHECK(malloc(200) == a); /* splits */
	CHECK(malloc(396) == a + 208);
	free(a + 208);

	strcpy(a, "stays");
	CHECK(realloc(a, 300) == a); /* by the next chunk, and splits it */
	CHECK(realloc(a, 604) == a); /* all of it */
	CHECK(realloc(a, 252) == a); /* shrinks; the rest is free */
	CHECK(malloc(300) == a + 256);
	CHECK(realloc(c, 5000) == c); /* by the top */
	CHECK(memory_calls == 1);
	CHECK(realloc(c, 140000) == c); /* by the top, grown */
	CHECK(memory_calls == 2 && mapped == 0);
	wall = malloc(1000);
	CHECK(realloc(c, 150000) != c && mapped);
	CHECK(!strcmp(a, "stays"));
	free(wall);

	small = malloc(50); /* cached: last in, first out, not merged */
	wall = malloc(50);
	free(small);
	free(wall);
	CHECK(cached_bytes() == 112);
	CHECK(malloc(50) == wall && malloc(50) == small);
	free(wall);
	free(small);
	malloc_trim(0);
	CHECK(cached_bytes() == 0 && malloc(104) == small);

	large = malloc(300000);
	strcpy(large, "stays");
	munmap_calls = 0;
	CHECK(realloc(large, 299500) == large && munmap_calls == 0);
	large = realloc(large, 200000);
	CHECK(malloc_usable_size(large) < 205000);
	large = realloc(large, 400000);
	CHECK(!strcmp(large, "stays"));
	large = realloc(large, 4000);
	CHECK(!strcmp(large, "stays") && malloc_usable_size(large) == 4080);
	free(large);
	check_heap();
}

/* In a large heap chunks that were cut together are neighbours, cached. */
static void test_batch(void)
{
	char *first, *second;
	int i;

	for (i = 0; i < 100; i++)
		CHECK(malloc(20000));
	CHECK(heap.bytes > 2000000 && heap.bytes < 2200000);
	first = malloc(60);
	CHECK(cached_bytes() == 7 * 64);
	second = malloc(60);
	CHECK(second == first + 64);
	CHECK(check_heap() == 102);
	free(first);
	free(second);
	malloc_trim(0);
	CHECK(cached_bytes() == 0 && check_heap() == 100);
}

/*
 * Middle sizes wait in a cache if the heap is large, until there have been many
 * searches; in a small heap they do not.
 */
static void test_middle(void)
{
	char *block, *wall;
	int i;

	block = malloc(300);
	wall = malloc(24);
	free(block);
	CHECK(cached_bytes() == 0 && heap.bins[304 / 8].first);
	CHECK(malloc(300) == block);
	for (i = 0; i < 100; i++)
		CHECK(malloc(20000));
	free(block);
	free(wall);
	CHECK(cached_bytes() == 304 + 32 && malloc(300) == block);
	free(block);
	CHECK(malloc(508) && malloc(508));
	CHECK(cached_bytes() == 304 + 32);
	for (i = 0; i < 256; i++)
		CHECK(malloc(508));
	CHECK(cached_bytes() == 32 && malloc(24) == wall);
	free(wall);
	CHECK(check_heap() == 100 + 2 + 256);
}

/* Before the break moves, the caches are emptied if there is much in them. */
static void test_consolidation(void)
{
	char *blocks[1000], *end;
	int i, calls;

	for (i = 0; i < 1000; i++)
		blocks[i] = malloc(60);
	end = heap.end;
	calls = memory_calls;
	for (i = 0; i < 1000; i++)
		free(blocks[i]);
	CHECK(cached_bytes() == 64000);
	CHECK(malloc(60000) == blocks[0]);
	CHECK(cached_bytes() == 0);
	CHECK(memory_calls == calls && heap.end == end);
	free(malloc(100));
	CHECK(malloc(top_size() + 10000) && memory_calls == calls + 1);
	CHECK(cached_bytes() == 104); /* not much */
	check_heap();
}

/*
 * So they are when the top enters another 64 KiB, but not once more when a
 * block comes and goes there.
 */
static void test_step(void)
{
	char *blocks[1000], *large;
	int i, calls;

	large = malloc(100000);
	blocks[0] = malloc(100000);
	free(blocks[0]);
	free(large);
	for (i = 0; i < 1000; i++)
		blocks[i] = malloc(60);
	CHECK(heap.top < (struct chunk *)(heap.low + 100000));
	calls = memory_calls;
	for (i = 0; i < 1000; i += 2)
		free(blocks[i]);
	CHECK(cached_bytes() == 32000);
	large = malloc(70000);
	CHECK(cached_bytes() == 0 && memory_calls == calls);
	for (i = 1; i < 1000; i += 4)
		free(blocks[i]);
	CHECK(cached_bytes() == 16000);
	free(large);
	CHECK(malloc(70000) == large && cached_bytes() == 16000);
	check_heap();
}

/* The thresholds move with what is freed, as far as nobody has set one. */
static void test_thresholds(void)
{
	CHECK(heap.mmap_threshold == 128 * KIB);
	free(malloc(300000));
	CHECK(heap.mmap_threshold == 303104 && munmap_calls == 1);
	free(malloc(300000));
	CHECK(munmap_calls == 1 && heap.trim_threshold == 2 * 303104);
	free(malloc(600000));
	CHECK(heap.mmap_threshold == 303104);
	heap.trim_threshold = 5000000; /* more than that has been learnt */
	free(malloc(400000));
	CHECK(heap.mmap_threshold == 401408 && heap.trim_threshold == 5000000);
}

static void test_settings(void)
{
	char *block;

	setenv("MALLOC_MMAP_THRESHOLD_", "10000", 1);
	setenv("MALLOC_TRIM_THRESHOLD_", "50000", 1);
	setenv("MALLOC_TOP_PAD_", "0", 1);
	block = malloc(20000);
	CHECK(heap.mmap_threshold == 10000 && mapped == 20480);
	free(block);
	CHECK(heap.mmap_threshold == 10000);
	CHECK(heap.trim_threshold == 50000);
	CHECK(malloc(4000) && program_break == ARENA + 4096);
}

/* A child has the same heap, and its own. */
static void test_fork(void)
{
	struct slot slots[200] = { 0 };
	int i, status;
	pid_t child;

	random_state = 5;
	for (i = 0; i < 2000; i++)
		random_step(&slots[random_below(200)]);
	child = fork();
	CHECK(child >= 0);
	random_state = child ? 6 : 7;
	for (i = 0; i < 2000; i++)
		random_step(&slots[random_below(200)]);
	CHECK(check_heap() == count_blocks(slots, 200));
	if (!child)
		_exit(0);
	CHECK(wait(&status) == child && status == 0);
	for (i = 0; i < 200; i++)
		if (slots[i].block)
			release_slot(&slots[i]);
	check_empty();
}

/* What mallinfo2() says is what is there; free pages inside go back. */
static void test_info(void)
{
	char *a = malloc(50000), *b = malloc(200), *c = malloc(200000);
	char *small = malloc(20);
	unsigned char resident[16];
	struct mallinfo2 info;

	memset(a, 1, 50000);
	free(small);
	info = mallinfo2();
	CHECK(info.arena == heap.bytes && info.hblks == 1);
	CHECK(info.hblkhd == 200704 && info.uordblks == 50008 + 208);
	CHECK(info.smblks == 1 && info.fsmblks == 24);
	CHECK(info.ordblks == 1 && info.keepcost == top_size());
	CHECK(info.fordblks == top_size() + 24);
	free(a);
	CHECK(malloc_trim(0) == 1);
	CHECK(!mincore(page_up(a), sizeof(resident) * 0 + 8 * 4096, resident));
	CHECK(!(resident[0] & 1) && !(resident[7] & 1));
	CHECK(mallinfo2().ordblks == 2);
	CHECK(malloc_trim(0) == 1); /* it does not remember */
	free(b);
	free(c);
	CHECK(malloc_trim(0) == 1 && malloc_trim(0) == 0);
	CHECK(heap.bytes == 4096 || heap.bytes < 8192);
	check_empty();
}

/* Misuses. Each prints the block and then must not return. */
static char *shown(char *block)
{
	printf("%p\n", block);
	fflush(stdout);
	return block;
}

static void test_misuse(int number)
{
	char *a, *b, *c;
	char stack[64] = { 0 };

	switch (number) {
	case 0: /* free twice */
		a = malloc(24);
		free(a);
		free(shown(a));
		break;
	case 1: /* with another block's in between */
		a = malloc(24);
		malloc(24);
		b = malloc(24);
		malloc(24);
		free(a);
		free(b);
		free(shown(a));
		break;
	case 2:
		a = malloc(2000);
		malloc(24);
		free(a);
		free(shown(a));
		break;
	case 3: /* the header was swallowed by a merge */
		a = malloc(2000);
		b = malloc(2000);
		malloc(24);
		free(a);
		free(b);
		free(shown(b));
		break;
	case 4: /* inside a block */
		a = malloc(200);
		memset(a, 0x41, 200);
		free(shown(a + 16));
		break;
	case 5:
		malloc(24);
		free(shown((char *)(((uintptr_t)stack + 31) & ~15u)));
		break;
	case 6: /* 8 bytes over the end */
		malloc(44);
		a = malloc(44);
		b = malloc(44);
		malloc(44);
		memset(a, 0x41, 52);
		free(shown(b));
		break;
	case 7: /* 8 bytes before the start */
		malloc(44);
		a = malloc(44);
		malloc(44);
		memset(a - 8, 0xff, 8);
		free(shown(a));
		break;
	case 8: /* a freed block is written, then its size used */
		a = malloc(24);
		malloc(24);
		free(a);
		*(char **)a = shown((char *)0x41414140);
		malloc(24);
		malloc(24);
		break;
	case 9: /* one byte over the end */
		a = malloc(28);
		malloc(28);
		a[28] = 0x41;
		free(shown(a));
		break;
	case 10:
		a = malloc(200000);
		free(a);
		free(shown(a));
		break;
	case 11:
		a = malloc(600);
		malloc(24);
		free(a);
		c = realloc(shown(a), 1000);
		printf("%p\n", c);
		break;
	case 12: /* over the tags of a free chunk, found by a merge */
		a = malloc(300);
		b = malloc(300);
		malloc(300);
		free(b);
		memset(a, 0x42, 308);
		shown(b - 4);
		free(a);
		break;
	case 13: /* a large block, written before its start */
		a = malloc(200000);
		memset(a - 4, 0xff, 4);
		free(shown(a));
		break;
	case 14: /* not aligned, before it what could be a header */
		a = malloc(64);
		((size_t *)a)[0] = 32 | IN_USE | PREVIOUS_IN_USE;
		((size_t *)a)[8] = 32 | IN_USE | PREVIOUS_IN_USE;
		free(shown(a + 4));
		break;
	case 15: /* after the memory has gone back to the kernel */
		a = malloc(100000);
		b = malloc(100000);
		c = malloc(100000);
		free(a);
		free(b);
		free(c);
		free(shown(c));
		break;
	case 16: /* as 6, seen from the block that was overflown */
		a = malloc(44);
		malloc(44);
		memset(a, 0, 52);
		free(shown(a));
		break;
	case 17:
		a = malloc(600);
		malloc(24);
		free(a);
		printf("%zu\n", malloc_usable_size(shown(a)));
		break;
	case 18: /* as 8, in a bin */
	case 19: /* the other pointer */
		a = malloc(600);
		malloc(24);
		free(a);
		((char **)a)[number - 18] = a + 200;
		shown(a - 4);
		malloc(600);
		break;
	case 20: /* the last word, which says where the chunk begins */
		a = malloc(600);
		b = malloc(600);
		malloc(24);
		free(a);
		((size_t *)b)[-2] = 304;
		shown(b - 4 - 304);
		free(b);
		break;
	case 21: /* as 8, seen when the caches are emptied */
		a = malloc(24);
		malloc(24);
		free(a);
		*(char **)shown(a) = (char *)0x41414140;
		malloc_trim(0);
		break;
	case 22: /* 8 bytes over the end, seen then, too */
		a = malloc(24);
		b = malloc(24);
		memset(a, 'A', 32);
		shown(b - 4);
		malloc_trim(0);
		break;
	}
	printf("not stopped\n");
}

/* What test_malloc.py expects line by line. */
static void test_marks(void)
{
	char *a, *b, *c, *d, *large;

	printf("# first\n");
	a = malloc(100);
	printf("# more\n");
	b = malloc(500);
	c = calloc(25, 4);
	printf("# into a bin, and back\n");
	free(b);
	b = malloc(200);
	printf("# merge\n");
	free(b);
	free(a);
	printf("# realloc\n");
	c = realloc(c, 1000);
	c = realloc(c, 300);
	a = malloc(100);
	b = malloc(100);
	free(b);
	a = realloc(a, 200);
	b = realloc(NULL, 300);
	d = malloc(50);
	b = realloc(b, 400);
	printf("# large\n");
	large = malloc(200000);
	large = realloc(large, 150000);
	free(large);
	printf("# aligned\n");
	large = memalign(64, 10);
	printf("# top\n");
	free(large);
	CHECK(realloc(d, 0) == NULL);
	free(b);
	free(a);
	free(c);
	printf("# refused\n");
	errno = 5;
	CHECK(!malloc(SIZE_MAX));
	printf("# trim\n");
	malloc_trim(0);
	heap.marking = false;
	a = malloc(100000);
	b = malloc(100000);
	c = malloc(100000);
	free(c);
	free(b);
	heap.marking = true;
	heap.quick_high = NULL;
	heap.quick_limit = 0;
	free(a);
	CHECK(moved_fd >= 60 && (fcntl(moved_fd, F_GETFD) & FD_CLOEXEC));
	CHECK(fcntl(opened_fd, F_GETFD) == -1);
}

/* Without MALLOC_TRACE there are no other system calls than for memory. */
static void test_silence(void)
{
	int failures = 0;

	scripted_run(&failures);
	CHECK(failures == 0 && other_calls == 0 && marks == -1);
	printf("calls=%d\n", memory_calls + shrink_calls + munmap_calls);
}

/* The same with MALLOC_TRACE: marks do not change what malloc does. */
static void test_noise(void)
{
	int failures = 0;

	scripted_run(&failures);
	CHECK(failures == 0 && other_calls > 100 && marks == moved_fd);
	printf("calls=%d\n", memory_calls + shrink_calls + munmap_calls);
}

static int argument(int argc, char **argv, int i)
{
	return i < argc ? atoi(argv[i]) : 0;
}

int main(int argc, char **argv)
{
	const char *test = argc > 1 ? argv[1] : "";

	setvbuf(stdout, NULL, _IOLBF, 0);
	host_kernel = !strcmp(test, "native");
	if (!host_kernel)
		open_arena(!strcmp(test, "foreign") ? ARENA + 4109 : ARENA);
	if (!strcmp(test, "random"))
		test_random(argument(argc, argv, 2), argument(argc, argv, 3),
			    false);
	else if (!strcmp(test, "random-foreign"))
		test_random(argument(argc, argv, 2), argument(argc, argv, 3),
			    true);
	else if (host_kernel)
		test_random(argument(argc, argv, 2), argument(argc, argv, 3),
			    false);
	else if (!strcmp(test, "failure-alone"))
		test_failures(true);
	else if (!strcmp(test, "failure-from"))
		test_failures(false);
	else if (!strcmp(test, "obstructed"))
		test_obstructed();
	else if (!strcmp(test, "foreign"))
		test_foreign();
	else if (!strcmp(test, "small-top"))
		test_small_top();
	else if (!strcmp(test, "best"))
		test_best();
	else if (!strcmp(test, "limits"))
		test_limits();
	else if (!strcmp(test, "trim"))
		test_trim();
	else if (!strcmp(test, "saw"))
		test_saw();
	else if (!strcmp(test, "places"))
		test_places();
	else if (!strcmp(test, "batch"))
		test_batch();
	else if (!strcmp(test, "middle"))
		test_middle();
	else if (!strcmp(test, "consolidation"))
		test_consolidation();
	else if (!strcmp(test, "step"))
		test_step();
	else if (!strcmp(test, "thresholds"))
		test_thresholds();
	else if (!strcmp(test, "settings"))
		test_settings();
	else if (!strcmp(test, "fork"))
		test_fork();
	else if (!strcmp(test, "info"))
		test_info();
	else if (!strcmp(test, "misuse"))
		test_misuse(argument(argc, argv, 2));
	else if (!strcmp(test, "marks"))
		test_marks();
	else if (!strcmp(test, "silence"))
		test_silence();
	else if (!strcmp(test, "noise"))
		test_noise();
	else
		return 2;
	return 0;
}
