/*
 * mlock.c - msync() and mlock(): of little use where there is neither disk nor
 * swap; the kernel checks their arguments.
 */
#include <sys/mman.h>
#include "syscall.h"

int msync(void *address, size_t length, int flags)
{
	return SYSCALL(msync, address, length, flags);
}

int mlock(const void *address, size_t length)
{
	return SYSCALL(mlock, address, length);
}

int munlock(const void *address, size_t length)
{
	return SYSCALL(munlock, address, length);
}

int mlockall(int flags)
{
	return SYSCALL(mlockall, flags);
}

int munlockall(void)
{
	return SYSCALL(munlockall);
}
