/*
 * malloc.h - what C libraries on Linux offer beside <stdlib.h>'s malloc().
 */
#ifndef _MALLOC_H
#define _MALLOC_H

#include <stdlib.h>
#include <sys/cdefs.h>

__BEGIN_DECLS

/*
 * memalign - SIZE bytes whose address is a multiple of ALIGNMENT, a power of
 * two. NULL: ENOMEM, or EINVAL when ALIGNMENT is not one.
 */
void *memalign(size_t alignment, size_t size) __attribute__((malloc));

/*
 * malloc_usable_size - how many bytes the block at POINTER really has: what
 * was asked for or a little more. 0 for NULL.
 */
size_t malloc_usable_size(void *pointer);

__END_DECLS

#endif
