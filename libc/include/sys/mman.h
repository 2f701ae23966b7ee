/*
 * sys/mman.h - areas of a program's address space. Addresses and lengths count
 * in bytes; the kernel maps whole pages of 4096.
 */
#ifndef _SYS_MMAN_H
#define _SYS_MMAN_H

#include <stddef.h>
#include <sys/types.h>
#include <abi/mman.h>

#define MAP_FAILED ((void *)-1)

/*
 * mmap - map LENGTH bytes with PROTECTION (PROT_…), near ADDRESS or, with
 * MAP_FIXED, exactly there in place of what was there. FLAGS: MAP_PRIVATE or
 * MAP_SHARED, and MAP_ANONYMOUS (zeroes; FD is -1), else the content of
 * file FD from OFFSET, a multiple of the page size. Returns the address;
 * MAP_FAILED: EINVAL, ENOMEM, EBADF, EACCES, ENODEV.
 */
void *mmap(void *address, size_t length, int protection, int flags, int fd,
	   off_t offset);

/*
 * munmap - unmap the LENGTH bytes at ADDRESS, a multiple of the page size,
 *	whatever is mapped there. 0; -1: EINVAL, ENOMEM.
 * mprotect - allow PROTECTION there from now on. 0; -1: ENOMEM where nothing
 *	is mapped, EINVAL, EACCES.
 */
int munmap(void *address, size_t length);
int mprotect(void *address, size_t length, int protection);

#endif
