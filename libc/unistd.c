/*
 * unistd.c - the system calls on descriptors: wrappers of one line each.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>
#include "syscall.h"

ssize_t read(int fd, void *buffer, size_t count)
{
	return SYSCALL(read, fd, buffer, count);
}

ssize_t write(int fd, const void *buffer, size_t count)
{
	return SYSCALL(write, fd, buffer, count);
}

ssize_t writev(int fd, const struct iovec *vector, int count)
{
	return SYSCALL(writev, fd, vector, count);
}

ssize_t readv(int fd, const struct iovec *vector, int count)
{
	return SYSCALL(readv, fd, vector, count);
}

ssize_t pread(int fd, void *buffer, size_t count, off_t offset)
{
	return SYSCALL(pread64, fd, buffer, count, (long)offset,
		       (long)(offset >> 32));
}

ssize_t pwrite(int fd, const void *buffer, size_t count, off_t offset)
{
	return SYSCALL(pwrite64, fd, buffer, count, (long)offset,
		       (long)(offset >> 32));
}

int fsync(int fd)
{
	return SYSCALL(fsync, fd);
}

int fdatasync(int fd)
{
	return SYSCALL(fdatasync, fd);
}

void sync(void)
{
	SYSCALL(sync);
}

int ftruncate(int fd, off_t length)
{
	return SYSCALL(ftruncate64, fd, (long)length, (long)(length >> 32));
}

int openat(int directory, const char *path, int flags, ...)
{
	mode_t mode = 0;

	if (flags & O_CREAT) {
		va_list arguments;

		va_start(arguments, flags);
		mode = va_arg(arguments, mode_t);
		va_end(arguments);
	}
	return SYSCALL(openat, directory, path, flags | O_LARGEFILE, mode);
}

int open(const char *path, int flags, ...)
{
	mode_t mode = 0;

	if (flags & O_CREAT) {
		va_list arguments;

		va_start(arguments, flags);
		mode = va_arg(arguments, mode_t);
		va_end(arguments);
	}
	return SYSCALL(open, path, flags | O_LARGEFILE, mode);
}

int close(int fd)
{
	return SYSCALL(close, fd);
}

/*
 * A position has 64 bits and a register 32: _llseek takes the two halves, and
 * has to return the new position through memory.
 */
off_t lseek(int fd, off_t offset, int whence)
{
	off_t result;

	if (SYSCALL(_llseek, fd, (long)(offset >> 32), (long)offset, &result,
		    whence) < 0)
		return -1;
	return result;
}

int fcntl(int fd, int command, ...)
{
	va_list arguments;
	long argument;

	va_start(arguments, command);
	argument = va_arg(arguments, long);
	va_end(arguments);
	return SYSCALL(fcntl64, fd, command, argument);
}

int dup(int fd)
{
	return fcntl(fd, F_DUPFD, 0);
}

int dup2(int fd, int to)
{
	return SYSCALL(dup2, fd, to);
}

int dup3(int fd, int to, int flags)
{
	return SYSCALL(dup3, fd, to, flags);
}

int pipe2(int fds[2], int flags)
{
	return SYSCALL(pipe2, fds, flags);
}

int pipe(int fds[2])
{
	return SYSCALL(pipe, fds);
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list arguments;
	void *argument;

	va_start(arguments, request);
	argument = va_arg(arguments, void *);
	va_end(arguments);
	return SYSCALL(ioctl, fd, request, argument);
}
