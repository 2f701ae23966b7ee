/*
 * stat.c - what is known of a file: the kernel's struct stat64, in the order
 * that history gave it, becomes C's struct stat.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include "syscall.h"

static void convert(const struct kernel_stat64 *from, struct stat *to)
{
	*to = (struct stat){
		.st_dev = from->st_dev,
		.st_ino = from->st_ino,
		.st_mode = from->st_mode,
		.st_nlink = from->st_nlink,
		.st_uid = from->st_uid,
		.st_gid = from->st_gid,
		.st_rdev = from->st_rdev,
		.st_size = from->st_size,
		.st_blksize = from->st_blksize,
		.st_blocks = from->st_blocks,
		.st_atim = { from->st_atim.tv_sec, from->st_atim.tv_nsec },
		.st_mtim = { from->st_mtim.tv_sec, from->st_mtim.tv_nsec },
		.st_ctim = { from->st_ctim.tv_sec, from->st_ctim.tv_nsec },
	};
}

int fstatat(int directory, const char *restrict path,
	    struct stat *restrict result, int flags)
{
	struct kernel_stat64 status;

	if (SYSCALL(fstatat64, directory, path, &status, flags) < 0)
		return -1;
	convert(&status, result);
	return 0;
}

int stat(const char *path, struct stat *result)
{
	return fstatat(AT_FDCWD, path, result, 0);
}

int lstat(const char *path, struct stat *result)
{
	return fstatat(AT_FDCWD, path, result, AT_SYMLINK_NOFOLLOW);
}

int fstat(int fd, struct stat *result)
{
	struct kernel_stat64 status;

	if (SYSCALL(fstat64, fd, &status) < 0)
		return -1;
	convert(&status, result);
	return 0;
}
