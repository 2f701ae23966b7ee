/*
 * errno.c - from the kernel's way to report an error to C's: -1 and errno.
 */
#include <errno.h>
#include <stdarg.h>
#include <unistd.h>
#include "syscall.h"

#define MAX_ERRNO 4095 /* Linux's include/linux/err.h */

int errno;

long __syscall_ret(unsigned long result)
{
	if (result < (unsigned long)-MAX_ERRNO)
		return (long)result;
	errno = (int)-result;
	return -1;
}

long syscall(long number, ...)
{
	long argument[6];
	va_list arguments;

	va_start(arguments, number);
	for (int i = 0; i < 6; i++)
		argument[i] = va_arg(arguments, long);
	va_end(arguments);
	return __syscall_ret(__syscall(number, argument[0], argument[1],
				       argument[2], argument[3], argument[4],
				       argument[5]));
}
