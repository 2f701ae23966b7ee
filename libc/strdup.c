/*
 * strdup.c - copies of strings in memory from malloc().
 */
#include <stdlib.h>
#include <string.h>

char *strndup(const char *string, size_t count)
{
	size_t length = strnlen(string, count);
	char *copy = malloc(length + 1);

	if (!copy)
		return NULL;
	copy[length] = '\0';
	return memcpy(copy, string, length);
}

char *strdup(const char *string)
{
	return strndup(string, strlen(string));
}
