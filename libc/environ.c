/*
 * environ.c - what the kernel left on the stack for the program, above argv:
 * the environment, strings NAME=value, and the auxiliary vector.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>
#include "syscall.h"

char **environ;
char **__argv;

char *getenv(const char *name)
{
	size_t length = strlen(name);

	for (char **entry = environ; *entry; entry++)
		if (strncmp(*entry, name, length) == 0 &&
		    (*entry)[length] == '=')
			return *entry + length + 1;
	return NULL;
}

/* Pairs of words behind the environment as it was at the start. */
unsigned long getauxval(unsigned long type)
{
	char **entry = __argv + (long)__argv[-1] + 1;
	unsigned long *pair;

	while (*entry)
		entry++;
	for (pair = (unsigned long *)(entry + 1); pair[0] != AT_NULL; pair += 2)
		if (pair[0] == type)
			return pair[1];
	errno = ENOENT;
	return 0;
}
