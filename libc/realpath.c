/*
 * realpath.c - a path without symbolic links, "." and "..". The kernel knows
 * that of an open file: /proc/self/fd.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* On Linux nothing is opened; Faultline ignores that, and opens it. */
#define O_PATH 010000000

char *realpath(const char *restrict path, char *restrict result)
{
	char link[sizeof("/proc/self/fd/-2147483648")], real[PATH_MAX];
	int fd = open(path, O_PATH | O_NONBLOCK | O_CLOEXEC);
	ssize_t length;

	if (fd < 0)
		return NULL;
	sprintf(link, "/proc/self/fd/%d", fd);
	length = readlink(link, real, sizeof(real) - 1);
	close(fd);
	if (length < 0)
		return NULL;
	real[length] = '\0';
	return result ? strcpy(result, real) : strdup(real);
}
