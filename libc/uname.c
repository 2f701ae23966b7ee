/*
 * uname.c - which system is this, how full is it, and its random numbers.
 */
#include <errno.h>
#include <sys/random.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include "syscall.h"

int uname(struct utsname *result)
{
	return SYSCALL(uname, result);
}

int sysinfo(struct sysinfo *info)
{
	return SYSCALL(sysinfo, info);
}

ssize_t getrandom(void *buffer, size_t size, unsigned int flags)
{
	return SYSCALL(getrandom, buffer, size, flags);
}

int getentropy(void *buffer, size_t size)
{
	if (size <= 256 && getrandom(buffer, size, 0) == (ssize_t)size)
		return 0;
	errno = EIO;
	return -1;
}
