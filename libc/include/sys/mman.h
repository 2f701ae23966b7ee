/*
 * sys/mman.h - areas of a program's address space. Addresses and lengths count
 * in bytes; the kernel maps whole pages of 4096.
 */
#ifndef _SYS_MMAN_H
#define _SYS_MMAN_H

#include <stddef.h>
#include <sys/types.h>
#include <abi/mman.h>
#include <sys/cdefs.h>

__BEGIN_DECLS

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

/*
 * msync - write changes to the file: here they are in it at once.
 * mlock … munlockall - keep in memory: here all is.
 * 0; -1: ENOMEM where nothing is mapped, EINVAL.
 */
int msync(void *address, size_t length, int flags);
int mlock(const void *address, size_t length);
int munlock(const void *address, size_t length);
int mlockall(int flags);
int munlockall(void);

/*
 * mremap - make the mapping of OLD_LENGTH bytes at ADDRESS one of NEW_LENGTH,
 *	with MREMAP_MAYMOVE at another address, if need be. Returns where it
 *	is, or MAP_FAILED: EINVAL for MREMAP_FIXED, which Linux has.
 * madvise - say how the pages there will be used (MADV_…).
 * mincore - set bit 0 of RESIDENT[i] if page i there is in memory, or clear it.
 *	-1: ENOMEM where nothing is mapped.
 */
void *mremap(void *address, size_t old_length, size_t new_length, int flags,
	     ...);
int madvise(void *address, size_t length, int advice);
int mincore(void *address, size_t length, unsigned char *resident);

__END_DECLS

#endif
