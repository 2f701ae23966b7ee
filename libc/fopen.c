/*
 * fopen.c - opening and closing streams. A stream and its buffer are one block
 * from malloc().
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "file.h"

/* What MODE asks of open(); -1 if it is no mode. */
static int open_flags(const char *mode)
{
	int flags;

	switch (*mode) {
	case 'r':
		flags = O_RDONLY;
		break;
	case 'w':
		flags = O_WRONLY | O_CREAT | O_TRUNC;
		break;
	case 'a':
		flags = O_WRONLY | O_CREAT | O_APPEND;
		break;
	default:
		errno = EINVAL;
		return -1;
	}
	if (strchr(mode, '+'))
		flags = (flags & ~O_ACCMODE) | O_RDWR;
	if (strchr(mode, 'x'))
		flags |= O_EXCL;
	if (strchr(mode, 'e'))
		flags |= O_CLOEXEC;
	return flags;
}

static unsigned int file_flags(int flags)
{
	int access = flags & O_ACCMODE;

	return FILE_ALLOCATED | (access != O_WRONLY ? FILE_READ : 0) |
	       (access != O_RDONLY ? FILE_WRITE : 0) |
	       (flags & O_APPEND ? FILE_APPEND : 0);
}

FILE *fopen(const char *restrict path, const char *restrict mode)
{
	int flags = open_flags(mode);
	unsigned char *memory;
	FILE *file;
	int fd;

	if (flags < 0)
		return NULL;
	file = malloc(sizeof(*file) + UNGETC_ROOM + BUFSIZ);
	if (!file)
		return NULL;
	fd = open(path, flags, 0666);
	if (fd < 0) {
		free(file);
		return NULL;
	}
	if ((flags & O_APPEND) && (flags & O_ACCMODE) == O_WRONLY)
		lseek(fd, 0, SEEK_END); /* so that ftell() tells the truth */
	memory = (unsigned char *)(file + 1) + UNGETC_ROOM;
	*file = (FILE){
		.fd = fd,
		.flags = file_flags(flags),
		.mode = MODE_UNDECIDED,
		.buffer = memory,
		.size = BUFSIZ,
		.next = memory,
		.end = memory,
		.following = __open_files,
	};
	__open_files = file;
	return file;
}

int fclose(FILE *file)
{
	int result = fflush(file);
	FILE **link;

	for (link = &__open_files; *link; link = &(*link)->following) {
		if (*link == file) {
			*link = file->following;
			break;
		}
	}
	if (close(file->fd) < 0)
		result = EOF;
	if (file->flags & FILE_ALLOCATED)
		free(file);
	return result;
}
