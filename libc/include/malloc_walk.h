/*
 * malloc_walk.h - what the heap consists of, for programs that want to look.
 * Faultline only; <malloc.h> includes it.
 */
#ifndef _MALLOC_WALK_H
#define _MALLOC_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/cdefs.h>

__BEGIN_DECLS

/*
 * malloc_walk - call VISIT(ADDRESS, SIZE, KIND, ARGUMENT) for each chunk, in
 * the order of addresses within each stretch of the heap, then for each
 * mapping, as long as it returns true. SIZE is in bytes, header included; VISIT
 * must not call malloc() or free(). Returns false if VISIT did.
 */
enum chunk_kind {
	CHUNK_IN_USE,
	CHUNK_CACHED, /* freed, and kept for the next malloc() of that size */
	CHUNK_FREE,
	CHUNK_TOP,
	CHUNK_MAPPED, /* ADDRESS is where the mapping begins */
};
typedef bool malloc_visit(void *address, size_t size, enum chunk_kind kind,
			  void *argument);
bool malloc_walk(malloc_visit *visit, void *argument);

__END_DECLS

#endif
