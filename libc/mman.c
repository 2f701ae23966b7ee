/*
 * mman.c - mmap() and its kin: what the system call cannot express is refused
 * here, the rest is the kernel's to judge.
 */
#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>
#include "syscall.h"

#define PAGE_SHIFT 12

/* mmap2 counts the offset in pages, so that 32 bits reach 16 TiB far. */
void *mmap(void *address, size_t length, int protection, int flags, int fd,
	   off_t offset)
{
	uint64_t page = (uint64_t)offset >> PAGE_SHIFT;

	if ((offset & ((1 << PAGE_SHIFT) - 1)) || page > UINT32_MAX) {
		errno = EINVAL;
		return MAP_FAILED;
	}
	if (length > PTRDIFF_MAX) { /* pointers into it could not be compared */
		errno = ENOMEM;
		return MAP_FAILED;
	}
	return (void *)SYSCALL(mmap2, address, length, protection, flags, fd,
			       (uint32_t)page);
}

int munmap(void *address, size_t length)
{
	return SYSCALL(munmap, address, length);
}

int mprotect(void *address, size_t length, int protection)
{
	return SYSCALL(mprotect, address, length, protection);
}

int madvise(void *address, size_t length, int advice)
{
	return SYSCALL(madvise, address, length, advice);
}

int mincore(void *address, size_t length, unsigned char *resident)
{
	return SYSCALL(mincore, address, length, resident);
}

/* Elsewhere a place may follow FLAGS, with MREMAP_FIXED. */
void *mremap(void *address, size_t old_length, size_t new_length, int flags,
	     ...)
{
	return (void *)SYSCALL(mremap, address, old_length, new_length, flags);
}
