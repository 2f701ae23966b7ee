/*
 * kernel_mm_kmalloc.c - tests of kernel/mm/kmalloc.c: objects of random sizes
 * that are filled to the last byte, and the ways to misuse kfree().
 */
#include "kernel_mm_host.h"

#include "lib/string.h"
#include "mm/mm.h"

#define FRAMES      2048
#define MAX_OBJECTS 20000

struct object {
	unsigned char *memory;
	size_t size;
	unsigned char pattern;
};

static struct object objects[MAX_OBJECTS];
static int nr_objects;

static void fill(struct object *object)
{
	for (size_t i = 0; i < object->size; i++)
		object->memory[i] = object->pattern + i;
}

/* Nobody else has written there: no two objects overlap. */
static void check(const struct object *object)
{
	for (size_t i = 0; i < object->size; i++)
		CHECK_EQ(object->memory[i],
			 (unsigned char)(object->pattern + i));
}

static bool allocate(size_t size)
{
	struct object *object = &objects[nr_objects];

	object->size = size;
	object->pattern = random_below(256);
	object->memory = kmalloc(size);
	if (!object->memory)
		return false;
	CHECK_EQ((unsigned long)object->memory % 8, 0);
	fill(object);
	nr_objects++;
	return true;
}

static void release(int index)
{
	check(&objects[index]);
	kfree(objects[index].memory);
	nr_objects--;
	objects[index] = objects[nr_objects];
}

static size_t random_size(void)
{
	switch (random_below(8)) {
	case 0:
		return 1 + random_below(3 * PAGE_SIZE);
	case 1:
		return 1 + random_below(2048);
	case 2: /* the edges of the sizes */
		return (16UL << random_below(8)) + random_below(3) - 1;
	default:
		return random_below(200);
	}
}

static void random_history(unsigned long seed)
{
	unsigned long before;
	bool out_of_memory = false;
	unsigned int growing = 0;

	random_start(seed);
	start_memory(FRAMES);
	before = nr_free_pages;
	for (test_step = 0; test_step < 100000; test_step++) {
		if (test_step % 4000 == 0)
			growing = 3 + 4 * random_below(2);
		if (nr_objects && random_below(10) >= growing)
			release(random_below(nr_objects));
		else if (nr_objects < MAX_OBJECTS && !allocate(random_size()))
			out_of_memory = true;
	}
	CHECK(out_of_memory); /* the history has been there, too */
	while (nr_objects)
		release(random_below(nr_objects));
	CHECK_EQ(nr_free_pages, before);
}

TEST(kmalloc_random_1)
{
	random_history(1);
}

TEST(kmalloc_random_2)
{
	random_history(2);
}

/* A slab takes its frame with the first object and leaves with the last. */
TEST(kmalloc_slabs_come_and_go)
{
	unsigned long before;

	start_memory(FRAMES);
	before = nr_free_pages;
	for (size_t size = 16; size <= 2048; size *= 2) {
		unsigned long per_slab = PAGE_SIZE / size;

		for (unsigned long i = 0; i < 3 * per_slab; i++) {
			CHECK(allocate(size));
			CHECK_EQ(before - nr_free_pages, i / per_slab + 1);
			/* one byte less is the same size of object */
			CHECK_EQ(virt_to_page(objects[i].memory)->object_size,
				 size);
		}
		while (nr_objects)
			release(0);
		CHECK_EQ(nr_free_pages, before);
	}
	for (unsigned int order = 0; order <= MAX_ORDER && order < 9; order++) {
		void *memory = kmalloc(PAGE_SIZE << order);

		CHECK_EQ(before - nr_free_pages, 1UL << order);
		kfree(memory);
		CHECK_EQ(nr_free_pages, before);
	}
}

TEST(kmalloc_exhaustion)
{
	unsigned long before;

	start_memory(FRAMES);
	before = nr_free_pages;
	CHECK(!kmalloc((PAGE_SIZE << MAX_ORDER) + 1));
	CHECK(!kmalloc(~0UL));
	CHECK(!kzalloc(~0UL - PAGE_SIZE));
	CHECK_EQ(nr_free_pages, before);

	while (allocate(1024))
		;
	CHECK_EQ(nr_free_pages, 0);
	CHECK_EQ(nr_objects, before * 4);
	CHECK(!kmalloc(16) && !kzalloc(16) && !kmalloc(PAGE_SIZE));
	release(nr_objects / 2); /* one place in a full slab */
	CHECK(!kmalloc(512));
	CHECK(allocate(600));
	while (nr_objects)
		release(nr_objects - 1);
	CHECK_EQ(nr_free_pages, before);
}

TEST(kzalloc_is_zero)
{
	start_memory(FRAMES);
	random_start(1);
	for (test_step = 0; test_step < 3000; test_step++) {
		size_t size = random_size();
		unsigned char *memory = kmalloc(size);

		memset(memory, 0xff, size);
		kfree(memory);
		memory = kzalloc(size);
		for (size_t i = 0; i < size; i++)
			CHECK_EQ(memory[i], 0);
		if (random_below(4)) /* some stay */
			kfree(memory);
	}
	kfree(NULL);
}

TEST(kfree_misuse_is_caught)
{
	static char *first, *alone, *large;
	unsigned long before;

	start_memory(FRAMES);
	first = kmalloc(64);
	CHECK(kmalloc(64)); /* keeps the slab */
	alone = kmalloc(512);
	large = kmalloc(2 * PAGE_SIZE);
	before = nr_free_pages;

	EXPECT_BUG(kfree(first + 8)); /* not the beginning of an object */
	EXPECT_BUG(kfree(first + 32));
	EXPECT_BUG(kfree(large + PAGE_SIZE));
	EXPECT_BUG(kfree(large + 16));
	EXPECT_BUG(kfree(__va(PAGE_SIZE))); /* not kmalloc's at all */
	kfree(first);
	kfree(alone);
	EXPECT_BUG(kfree(alone)); /* the slab is gone */
	kfree(large);
	EXPECT_BUG(kfree(large));
	CHECK_EQ(nr_free_pages, before + 3);
}
