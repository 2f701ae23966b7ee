/*
 * kmalloc.c - small objects for the kernel's own use.
 *
 * A slab is one frame cut into objects of one size, a power of two; its free
 * objects form a list that starts in its struct page. Sizes above half a page
 * are whole frames. A slab whose last object comes back is given back, so
 * the number of free frames is exact at any time.
 *
 *     kmalloc_caches[64] ─→ struct page ─→ struct page ─→ …   (some are free)
 *                            │ freelist
 *                            ↓
 *     frame  [used][free]─→[free]  [used][used][free]─→ NULL
 *
 * Linux: mm/slub.c, which adds per-CPU slabs and NUMA.
 */
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/mm.h"

#define SMALLEST_OBJECT 16 /* bytes: room for a struct free_object */
#define LARGEST_OBJECT  2048
#define NR_CACHES       8 /* 16, 32 … 2048 */
#define FREE_MAGIC      0xf4eeb10cUL

/* What a free object holds; the magic hints at one that is freed twice. */
struct free_object {
	struct free_object *next;
	unsigned long magic;
};

/* Slabs with at least one free object, by size. */
static struct list_head kmalloc_caches[NR_CACHES];

void kmalloc_init(void)
{
	for (unsigned int i = 0; i < NR_CACHES; i++)
		INIT_LIST_HEAD(&kmalloc_caches[i]);
}

static unsigned int cache_index(size_t size)
{
	unsigned int index = 0;

	while (((size_t)SMALLEST_OBJECT << index) < size)
		index++;
	return index;
}

static void put_object(struct page *page, void *object)
{
	struct free_object *free = object;

	free->magic = FREE_MAGIC;
	free->next = page->freelist;
	page->freelist = free;
}

static struct page *new_slab(unsigned int index)
{
	unsigned long size = (unsigned long)SMALLEST_OBJECT << index;
	struct page *page = alloc_page();
	char *frame;

	if (!page)
		return NULL;
	page->flags |= PG_slab;
	page->freelist = NULL;
	page->inuse = 0;
	page->object_size = size;
	frame = page_address(page);
	for (unsigned long offset = PAGE_SIZE; offset > 0; offset -= size)
		put_object(page, frame + offset - size);
	list_add(&page->slab_list, &kmalloc_caches[index]);
	return page;
}

/* More than LARGEST_OBJECT: 2^order whole frames. */
static void *kmalloc_large(size_t size)
{
	unsigned int order = 0;
	struct page *page;

	while (order <= MAX_ORDER && (PAGE_SIZE << order) < size)
		order++;
	if (order > MAX_ORDER)
		return NULL;
	page = alloc_pages(order);
	if (!page)
		return NULL;
	page->alloc_order = order;
	return page_address(page);
}

void *kmalloc(size_t size)
{
	struct free_object *object;
	struct page *page;
	unsigned int index;

	if (size > LARGEST_OBJECT)
		return kmalloc_large(size);

	index = cache_index(size);
	if (!list_empty(&kmalloc_caches[index]))
		page = list_first_entry(&kmalloc_caches[index], struct page,
					slab_list);
	else
		page = new_slab(index);
	if (!page)
		return NULL;

	object = page->freelist;
	BUG_ON(object->magic != FREE_MAGIC);
	object->magic = 0;
	page->freelist = object->next;
	page->inuse++;
	if (!page->freelist)
		list_del(&page->slab_list);
	return object;
}

void *kzalloc(size_t size)
{
	void *object = kmalloc(size);

	if (object)
		memset(object, 0, size);
	return object;
}

/* A live object may hold the magic by chance, so the list has the last word. */
static bool is_free(struct page *page, struct free_object *object)
{
	struct free_object *free;

	if (object->magic != FREE_MAGIC)
		return false;
	for (free = page->freelist; free; free = free->next)
		if (free == object)
			return true;
	return false;
}

void kfree(void *object)
{
	struct page *page;

	if (!object)
		return;
	page = virt_to_page(object);
	if (!(page->flags & PG_slab)) {
		BUG_ON((unsigned long)object & ~PAGE_MASK);
		free_pages(page, page->alloc_order);
		return;
	}

	BUG_ON((unsigned long)object & (page->object_size - 1));
	BUG_ON(is_free(page, object));
	if (!page->freelist)
		list_add(&page->slab_list,
			 &kmalloc_caches[cache_index(page->object_size)]);
	put_object(page, object);
	page->inuse--;
	if (page->inuse == 0) {
		list_del(&page->slab_list);
		free_pages(page, 0);
	}
}
