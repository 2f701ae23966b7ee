/*
 * kmalloc.c - small objects for the kernel's own use.
 *
 * A slab is one frame cut into objects of one size, a power of two; its free
 * objects form a list that starts in its struct page. Sizes above half a page
 * are whole frames. A slab whose last object comes back is given back, so
 * the number of free frames is exact at any time.
 *
 *     kmalloc_caches[6]  ─→ struct page ─→ struct page ─→ …   (some are free)
 *                            │ freelist
 *                            ↓
 *     frame  [used][free]─→[free]  [used][used][free]─→ NULL
 *
 * Linux: mm/slub.c, which adds per-CPU slabs and NUMA.
 */
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/mm.h"

#define SMALLEST_ORDER 4 /* 16 bytes */

/* Slabs with at least one free object, by its order: 2^order bytes. */
static struct list_head kmalloc_caches[PAGE_SHIFT];

void kmalloc_init(void)
{
	for (unsigned int i = 0; i < PAGE_SHIFT; i++)
		INIT_LIST_HEAD(&kmalloc_caches[i]);
}

static unsigned int object_order(size_t size)
{
	if (size <= 1U << SMALLEST_ORDER)
		return SMALLEST_ORDER;
	return 32 - __builtin_clz(size - 1);
}

/* A free object holds the address of the next. */
static void put_object(struct page *page, void *object)
{
	*(void **)object = page->freelist;
	page->freelist = object;
}

static struct page *new_slab(unsigned int order)
{
	struct page *page = alloc_page();

	if (!page)
		return NULL;
	page->flags |= PG_slab;
	page->freelist = NULL;
	page->inuse = 0;
	page->object_size = 1U << order;
	for (unsigned long end = PAGE_SIZE; end; end -= page->object_size)
		put_object(page, (char *)page_address(page) + end -
					 page->object_size);
	list_add(&page->slab_list, &kmalloc_caches[order]);
	return page;
}

static void *kmalloc_large(unsigned int order)
{
	struct page *page = alloc_pages(order);

	if (!page)
		return NULL;
	page->alloc_order = order;
	return page_address(page);
}

void *kmalloc(size_t size)
{
	unsigned int order = object_order(size);
	struct page *page;
	void *object;

	if (order >= PAGE_SHIFT)
		return kmalloc_large(order - PAGE_SHIFT);
	if (list_empty(&kmalloc_caches[order]))
		page = new_slab(order);
	else
		page = list_first_entry(&kmalloc_caches[order], struct page,
					slab_list);
	if (!page)
		return NULL;

	object = page->freelist;
	page->freelist = *(void **)object;
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
	if (!page->freelist)
		list_add(&page->slab_list,
			 &kmalloc_caches[object_order(page->object_size)]);
	put_object(page, object);
	page->inuse--;
	if (page->inuse == 0) {
		list_del(&page->slab_list);
		free_pages(page, 0);
	}
}
