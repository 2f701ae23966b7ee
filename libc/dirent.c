/*
 * dirent.c - reading directories: getdents64() fills a buffer with entries of
 * different lengths, readdir() steps from one to the next.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "syscall.h"

struct __directory {
	int fd;
	size_t next, end; /* what is unread in the buffer */
	off_t position; /* of the next entry, as the kernel counts */
	char buffer[4096] __attribute__((aligned(8)));
};

DIR *fdopendir(int fd)
{
	DIR *directory = malloc(sizeof(*directory));

	if (!directory)
		return NULL;
	directory->fd = fd;
	directory->next = directory->end = 0;
	directory->position = 0;
	return directory;
}

DIR *opendir(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory;

	if (fd < 0)
		return NULL;
	directory = fdopendir(fd);
	if (!directory)
		close(fd);
	return directory;
}

struct dirent *readdir(DIR *directory)
{
	struct dirent *entry;

	if (directory->next == directory->end) {
		long size = SYSCALL(getdents64, directory->fd,
				    directory->buffer,
				    sizeof(directory->buffer));

		if (size <= 0)
			return NULL;
		directory->next = 0;
		directory->end = size;
	}
	entry = (struct dirent *)(directory->buffer + directory->next);
	directory->next += entry->d_reclen;
	directory->position = entry->d_off;
	return entry;
}

int dirfd(DIR *directory)
{
	return directory->fd;
}

int closedir(DIR *directory)
{
	int fd = directory->fd;

	free(directory);
	return close(fd);
}

long telldir(DIR *directory)
{
	return directory->position;
}

void seekdir(DIR *directory, long position)
{
	lseek(directory->fd, position, SEEK_SET);
	directory->next = directory->end = 0;
	directory->position = position;
}

void rewinddir(DIR *directory)
{
	seekdir(directory, 0);
}

int alphasort(const struct dirent **a, const struct dirent **b)
{
	return strcoll((*a)->d_name, (*b)->d_name);
}

int scandir(const char *path, struct dirent ***list,
	    int (*wanted)(const struct dirent *),
	    int (*compare)(const struct dirent **, const struct dirent **))
{
	DIR *directory = opendir(path);
	struct dirent **found = NULL, **more, *entry;
	int count = 0;

	if (!directory)
		return -1;
	while ((entry = readdir(directory))) {
		if (wanted && !wanted(entry))
			continue;
		more = reallocarray(found, count + 1, sizeof(*found));
		if (!more)
			goto fail;
		found = more;
		found[count] = malloc(entry->d_reclen);
		if (!found[count])
			goto fail;
		memcpy(found[count++], entry, entry->d_reclen);
	}
	closedir(directory);
	if (compare && count > 0)
		qsort(found, count, sizeof(*found),
		      (int (*)(const void *, const void *))compare);
	*list = found;
	return count;
fail:
	while (count > 0)
		free(found[--count]);
	free(found);
	closedir(directory);
	return -1;
}
