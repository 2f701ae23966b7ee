/*
 * malloc.h - what C libraries on Linux offer beside <stdlib.h>'s malloc().
 */
#ifndef _MALLOC_H
#define _MALLOC_H

#include <malloc_walk.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/cdefs.h>

__BEGIN_DECLS

/*
 * memalign - SIZE bytes whose address is a multiple of ALIGNMENT, a power of
 *	two. NULL: ENOMEM, or EINVAL when ALIGNMENT is not one.
 * valloc - the same at the beginning of a page.
 */
void *memalign(size_t alignment, size_t size) __attribute__((malloc));
void *valloc(size_t size) __attribute__((malloc));

/*
 * malloc_usable_size - how many bytes the block at POINTER really has: what
 * was asked for or a little more. 0 for NULL.
 */
size_t malloc_usable_size(void *pointer);

/*
 * malloc_trim - give the kernel back whole pages of free memory; at the top of
 * the heap PAD bytes stay. Returns 1 if there were any, else 0.
 */
int malloc_trim(size_t pad);

/* What there is, in bytes where it does not say a number. */
struct mallinfo2 {
	size_t arena; /* the heap, without mappings */
	size_t ordblks; /* the number of free chunks, the top among them */
	size_t smblks; /* the number of cached chunks */
	size_t hblks; /* the number of mapped blocks */
	size_t hblkhd; /* in mapped blocks */
	size_t usmblks; /* always 0 */
	size_t fsmblks; /* in cached chunks */
	size_t uordblks; /* in chunks in use */
	size_t fordblks; /* in free and cached chunks */
	size_t keepcost; /* in the top */
};

struct mallinfo2 mallinfo2(void);

/*
 * malloc_info - print that walk to STREAM as XML; OPTIONS must be 0.
 * Returns 0, or -1 and EINVAL.
 */
int malloc_info(int options, FILE *stream);

/* malloc_stats - print the most important of it to standard error. */
void malloc_stats(void);

__END_DECLS

#endif
