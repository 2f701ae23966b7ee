/*
 * environ.c - the environment: strings NAME=value, which crt0.asm found on the
 * stack above argv.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char **environ;

char *getenv(const char *name)
{
	size_t length = strlen(name);

	for (char **entry = environ; *entry; entry++)
		if (strncmp(*entry, name, length) == 0 &&
		    (*entry)[length] == '=')
			return *entry + length + 1;
	return NULL;
}
