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

int __open_flags(const char *mode)
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

	return (access != O_WRONLY ? FILE_READ : 0) |
	       (access != O_RDONLY ? FILE_WRITE : 0) |
	       (flags & O_APPEND ? FILE_APPEND : 0);
}

FILE *__new_file(int flags, size_t more)
{
	FILE *file = malloc(sizeof(*file) + UNGETC_ROOM + BUFSIZ + more);
	unsigned char *memory;

	if (!file)
		return NULL;
	memory = (unsigned char *)(file + 1) + more + UNGETC_ROOM;
	*file = (FILE){
		.operations = &__descriptor_operations,
		.fd = -1,
		.flags = file_flags(flags) | FILE_ALLOCATED,
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

/* Take FILE out of the list, and its memory away. */
static void forget(FILE *file)
{
	FILE **link = &__open_files;

	while (*link != file)
		link = &(*link)->following;
	*link = file->following;
	if (file->flags & FILE_ALLOCATED)
		free(file);
}

/* So that ftell() tells the truth from the start. */
static void go_to_end(int fd, int flags)
{
	if ((flags & O_APPEND) && (flags & O_ACCMODE) == O_WRONLY)
		lseek(fd, 0, SEEK_END);
}

FILE *fopen(const char *restrict path, const char *restrict mode)
{
	int flags = __open_flags(mode);
	FILE *file;

	if (flags < 0)
		return NULL;
	file = __new_file(flags, 0);
	if (!file)
		return NULL;
	file->fd = open(path, flags, 0666);
	if (file->fd < 0) {
		forget(file);
		return NULL;
	}
	go_to_end(file->fd, flags);
	return file;
}

FILE *fdopen(int fd, const char *mode)
{
	int flags = __open_flags(mode);
	int real = fcntl(fd, F_GETFL);
	FILE *file;

	if (flags < 0 || real < 0)
		return NULL;
	if ((real & O_ACCMODE) != O_RDWR &&
	    (real & O_ACCMODE) != (flags & O_ACCMODE)) {
		errno = EINVAL;
		return NULL;
	}
	file = __new_file(flags, 0);
	if (!file)
		return NULL;
	file->fd = fd;
	if (flags & O_APPEND)
		fcntl(fd, F_SETFL, real | O_APPEND);
	if (flags & O_CLOEXEC)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	go_to_end(fd, flags);
	return file;
}

/* The descriptor keeps its number, or programs could not replace stdout. */
FILE *freopen(const char *restrict path, const char *restrict mode,
	      FILE *restrict file)
{
	int flags = __open_flags(mode);
	char same[sizeof("/proc/self/fd/2147483647")];
	int fd = -1;

	fflush(file);
	if (!path) {
		snprintf(same, sizeof(same), "/proc/self/fd/%d", file->fd);
		path = same;
	}
	if (flags >= 0)
		fd = open(path, flags, 0666);
	if (fd >= 0 && fd != file->fd) {
		int moved = dup2(fd, file->fd);
		int saved_errno = errno;

		close(fd);
		errno = saved_errno;
		fd = moved;
		if (flags & O_CLOEXEC)
			fcntl(fd, F_SETFD, FD_CLOEXEC);
	}
	if (fd < 0) {
		int saved_errno = errno;

		fclose(file);
		errno = saved_errno;
		return NULL;
	}
	go_to_end(fd, flags);
	file->flags = (file->flags & FILE_ALLOCATED) | file_flags(flags);
	file->next = file->end = file->buffer;
	if (file->mode != _IONBF)
		file->mode = MODE_UNDECIDED;
	return file;
}

int fclose(FILE *file)
{
	int result = fflush(file);

	if (file->operations->close(file) < 0)
		result = EOF;
	forget(file);
	return result;
}
