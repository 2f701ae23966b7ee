/*
 * path.c - the system calls on files by name: wrappers of one line each.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "syscall.h"

#define __NR_link 9 /* not in our table: ENOSYS */

int creat(const char *path, mode_t mode)
{
	return open(path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

int chdir(const char *path)
{
	return SYSCALL(chdir, path);
}

int fchdir(int fd)
{
	return SYSCALL(fchdir, fd);
}

/* The kernel returns the length. */
char *getcwd(char *buffer, size_t size)
{
	char path[PATH_MAX];

	if (!buffer)
		return getcwd(path, sizeof(path)) ? strdup(path) : NULL;
	return SYSCALL(getcwd, buffer, size) < 0 ? NULL : buffer;
}

int link(const char *from, const char *to)
{
	return SYSCALL(link, from, to);
}

int symlink(const char *target, const char *path)
{
	return SYSCALL(symlink, target, path);
}

ssize_t readlink(const char *restrict path, char *restrict buffer, size_t size)
{
	return SYSCALL(readlink, path, buffer, size);
}

int unlink(const char *path)
{
	return SYSCALL(unlink, path);
}

int unlinkat(int directory, const char *path, int flags)
{
	return SYSCALL(unlinkat, directory, path, flags);
}

int rmdir(const char *path)
{
	return SYSCALL(rmdir, path);
}

int mkdir(const char *path, mode_t mode)
{
	return SYSCALL(mkdir, path, mode);
}

int mkdirat(int directory, const char *path, mode_t mode)
{
	return SYSCALL(mkdirat, directory, path, mode);
}

int mknod(const char *path, mode_t mode, dev_t device)
{
	return SYSCALL(mknod, path, mode, (long)device);
}

int mkfifo(const char *path, mode_t mode)
{
	return mknod(path, S_IFIFO | mode, 0);
}

int rename(const char *from, const char *to)
{
	return SYSCALL(rename, from, to);
}

int access(const char *path, int mode)
{
	return SYSCALL(access, path, mode);
}

int faccessat(int directory, const char *path, int mode, int flags)
{
	return SYSCALL(faccessat2, directory, path, mode, flags);
}

int chmod(const char *path, mode_t mode)
{
	return SYSCALL(chmod, path, mode);
}

int fchmod(int fd, mode_t mode)
{
	return SYSCALL(fchmod, fd, mode);
}

/* The call has no flags. */
int fchmodat(int directory, const char *path, mode_t mode, int flags)
{
	if (flags != 0) {
		errno = flags == AT_SYMLINK_NOFOLLOW ? ENOTSUP : EINVAL;
		return -1;
	}
	return SYSCALL(fchmodat, directory, path, mode);
}

mode_t umask(mode_t mask)
{
	return SYSCALL(umask, mask);
}

int chown(const char *path, uid_t user, gid_t group)
{
	return SYSCALL(chown32, path, user, group);
}

int lchown(const char *path, uid_t user, gid_t group)
{
	return SYSCALL(lchown32, path, user, group);
}

int fchown(int fd, uid_t user, gid_t group)
{
	return SYSCALL(fchown32, fd, user, group);
}

int truncate(const char *path, off_t length)
{
	return SYSCALL(truncate64, path, (long)length, (long)(length >> 32));
}
