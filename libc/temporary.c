/*
 * temporary.c - files with a name that nobody else has.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "file.h"

#define NAME "/tmp/tmpXXXXXX"

/* Where the XXXXXX of PATH is; NULL and EINVAL if it does not end so. */
static char *find_place(char *path)
{
	size_t length = strlen(path);

	if (length >= 6 && strcmp(path + length - 6, "XXXXXX") == 0)
		return path + length - 6;
	errno = EINVAL;
	return NULL;
}

/* The process and a count make a name; if it is taken, the next is tried. */
static void fill_in(char *place)
{
	static const char letters[] = "0123456789abcdefghijklmnopqrstuvwxyz";
	static unsigned int count;
	unsigned int number = ((unsigned int)getpid() << 12) + count++;

	for (int i = 5; i >= 0; i--) {
		place[i] = letters[number % 36];
		number /= 36;
	}
}

int mkostemp(char *path, int flags)
{
	char *place = find_place(path);
	int fd;

	if (!place)
		return -1;
	do {
		fill_in(place);
		fd = open(path, O_RDWR | O_CREAT | O_EXCL | flags, 0600);
	} while (fd < 0 && errno == EEXIST);
	return fd;
}

int mkstemp(char *path)
{
	return mkostemp(path, 0);
}

char *mkdtemp(char *path)
{
	char *place = find_place(path);
	int result;

	if (!place)
		return NULL;
	do {
		fill_in(place);
		result = mkdir(path, 0700);
	} while (result < 0 && errno == EEXIST);
	return result < 0 ? NULL : path;
}

FILE *tmpfile(void)
{
	char name[] = NAME;
	int fd = mkstemp(name);
	FILE *file;

	if (fd < 0)
		return NULL;
	unlink(name);
	file = fdopen(fd, "w+");
	if (!file)
		close(fd);
	return file;
}

char *tmpnam(char *buffer)
{
	static char own[L_tmpnam];

	if (!buffer)
		buffer = own;
	strcpy(buffer, NAME);
	do
		fill_in(buffer + sizeof(NAME) - sizeof("XXXXXX"));
	while (access(buffer, F_OK) == 0);
	return buffer;
}
