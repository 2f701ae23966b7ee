/*
 * setenv.c - changing the environment. The first change moves all of it from
 * the stack, where the kernel put it, to the heap.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char **heap; /* environ, if it and its strings are from malloc() */

/* The entry of NAME; without one, the NULL at the end. */
static char **find(const char *name)
{
	size_t length = strlen(name);
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

/* Make environ ours to change, with room for one string more. 0 or -1. */
static int own(void)
{
	char **copy;
	size_t count = 0;

	while (environ[count])
		count++;
	if (environ == heap) {
		copy = reallocarray(heap, count + 2, sizeof(*copy));
		if (!copy)
			return -1;
		environ = heap = copy;
		return 0;
	}
	copy = calloc(count + 2, sizeof(*copy));
	if (!copy)
		return -1;
	for (size_t i = 0; i < count; i++) {
		copy[i] = strdup(environ[i]);
		if (!copy[i]) {
			while (i > 0)
				free(copy[--i]);
			free(copy);
			return -1;
		}
	}
	environ = heap = copy;
	return 0;
}

int setenv(const char *name, const char *value, int overwrite)
{
	char *text;
	char **entry;

	if (check_name(name) < 0)
		return -1;
	if (!overwrite && getenv(name))
		return 0;
	if (asprintf(&text, "%s=%s", name, value) < 0)
		return -1;
	if (own() < 0) {
		free(text);
		return -1;
	}
	entry = find(name);
	if (!*entry)
		entry[1] = NULL;
	free(*entry);
	*entry = text;
	return 0;
}

int unsetenv(const char *name)
{
	char **entry;

	if (check_name(name) < 0)
		return -1;
	if (!getenv(name))
		return 0;
	if (own() < 0)
		return -1;
	entry = find(name);
	free(*entry);
	for (; *entry; entry++)
		entry[0] = entry[1];
	return 0;
}
