/*
 * libgen.c - the parts of a path.
 */
#include <libgen.h>
#include <string.h>

/* The end of PATH without slashes there, but not before its second character. */
static char *end_of(char *path, char *end)
{
	while (end > path + 1 && end[-1] == '/')
		end--;
	return end;
}

char *basename(char *path)
{
	char *end, *start;

	if (!path || !*path)
		return ".";
	end = end_of(path, path + strlen(path));
	*end = '\0';
	start = strrchr(path, '/');
	return start && start[1] ? start + 1 : path;
}

char *dirname(char *path)
{
	char *end;

	if (!path || !*path)
		return ".";
	end = end_of(path, path + strlen(path));
	while (end > path && end[-1] != '/')
		end--;
	if (end == path)
		return *path == '/' ? "/" : ".";
	*end_of(path, end) = '\0';
	return path;
}
