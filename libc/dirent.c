/*
 * dirent.c - reading directories: getdents64() fills a buffer with entries of
 * different lengths, readdir() steps from one to the next.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include "syscall.h"

struct __directory {
	int fd;
	size_t next, end; /* what is unread in the buffer */
	char buffer[4096] __attribute__((aligned(8)));
};

DIR *opendir(const char *path)
{
	DIR *directory;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return NULL;
	directory = malloc(sizeof(*directory));
	if (!directory) {
		close(fd);
		return NULL;
	}
	directory->fd = fd;
	directory->next = directory->end = 0;
	return directory;
}

struct dirent *readdir(DIR *directory)
{
	struct dirent *entry;

	if (directory->next == directory->end) {
		long size = __syscall_ret(__syscall(
			__NR_getdents64, directory->fd, directory->buffer,
			sizeof(directory->buffer)));

		if (size <= 0)
			return NULL;
		directory->next = 0;
		directory->end = size;
	}
	entry = (struct dirent *)(directory->buffer + directory->next);
	directory->next += entry->d_reclen;
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
