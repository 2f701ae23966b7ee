/*
 * remove.c - take a name out of the tree, whatever it names.
 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

int remove(const char *path)
{
	int result = unlink(path);

	return result < 0 && errno == EISDIR ? rmdir(path) : result;
}
