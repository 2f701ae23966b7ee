/*
 * malloc_map.h - large blocks: each is a mapping of its own, which the kernel
 * makes, moves and takes back. malloc.c decides which blocks these are.
 */
#ifndef MALLOC_MAP_H
#define MALLOC_MAP_H

#include <errno.h>
#include <sys/mman.h>
#include "malloc_bins.h"

#define LEARN_MAX (512 * KIB) /* bytes; whoever frees more may map it again */

/* A mapped block of REQUEST bytes: a new one, or what M becomes. */
static void *map_block(struct mapping *m, size_t request)
{
	size_t length = round_up(request + sizeof(*m), PAGE);

	if (m) {
		m = mremap(m, m->head & ~FLAGS, length, MREMAP_MAYMOVE);
	} else {
		m = mmap(NULL, length, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (m != MAP_FAILED) {
			m->next = heap.mappings;
			m->link = &heap.mappings;
		}
	}
	if (m == MAP_FAILED)
		return NULL;
	m->head = length | MAPPED;
	*m->link = m;
	if (m->next)
		m->next->link = &m->next;
	mark("malloc_mmap: length=%zu address=%p", length, m);
	return m + 1;
}

/* The kernel knows whether there is a page before BLOCK to look at. */
static inline bool mapping_is_damaged(const void *block)
{
	const struct mapping *m = (const struct mapping *)block - 1;
	unsigned char resident;

	return (size_t)m % PAGE ||
	       (m != heap.mappings &&
		mincore((void *)m, PAGE, &resident) < 0) ||
	       m->head % PAGE != MAPPED || *m->link != m;
}

/* A program that frees such blocks will want more: they are not worth it. */
static void unmap_block(struct mapping *m)
{
	size_t length = m->head & ~FLAGS;
	int saved_errno = errno;

	if (heap.learning && length > heap.mmap_threshold &&
	    length <= LEARN_MAX) {
		heap.mmap_threshold = length;
		if (heap.trim_threshold < 2 * length)
			heap.trim_threshold = 2 * length;
	}
	*m->link = m->next;
	if (m->next)
		m->next->link = m->link;
	munmap(m, length);
	errno = saved_errno;
	mark("free_munmap: address=%p length=%zu", m, length);
}

#endif
