/*
 * setenv.c - changing the environment. The first change moves the vector from
 * the stack, where the kernel put it, to the heap. Strings that are replaced
 * stay where they are: somebody may have them from getenv().
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char **heap; /* environ, if it is from malloc() */

/* The entry of NAME, LENGTH characters; without one, the NULL at the end. */
static char **find(const char *name, size_t length)
{
	char **entry = environ;

	while (*entry &&
	       (strncmp(*entry, name, length) != 0 || (*entry)[length] != '='))
		entry++;
	return entry;
}

/* 0, or -1 with EINVAL. */
static int check_name(const char *name)
{
	if (*name && !strchr(name, '='))
		return 0;
	errno = EINVAL;
	return -1;
}

/* Put TEXT, whose name has LENGTH characters, in. 0 or -1. */
static int put(char *text, size_t length)
{
	char **entry = find(text, length), **copy;
	size_t count = 0;

	if (!*entry) {
		while (environ[count])
			count++;
		copy = reallocarray(environ == heap ? heap : NULL, count + 2,
				    sizeof(*copy));
		if (!copy)
			return -1;
		if (environ != heap)
			memcpy(copy, environ, count * sizeof(*copy));
		copy[count + 1] = NULL;
		environ = heap = copy;
		entry = copy + count;
	}
	*entry = text;
	return 0;
}

int setenv(const char *name, const char *value, int overwrite)
{
	char *text;

	if (check_name(name) < 0)
		return -1;
	if (!overwrite && getenv(name))
		return 0;
	if (asprintf(&text, "%s=%s", name, value) < 0)
		return -1;
	if (put(text, strlen(name)) == 0)
		return 0;
	free(text);
	return -1;
}

int putenv(char *text)
{
	size_t length = strcspn(text, "=");

	if (!text[length])
		return unsetenv(text);
	return put(text, length);
}

int unsetenv(const char *name)
{
	if (check_name(name) < 0)
		return -1;
	for (char **entry = find(name, strlen(name)); *entry; entry++)
		entry[0] = entry[1];
	return 0;
}

int clearenv(void)
{
	*environ = NULL;
	return 0;
}

char *secure_getenv(const char *name)
{
	return getenv(name);
}
