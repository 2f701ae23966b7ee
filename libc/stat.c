/*
 * stat.c - what is known of a file: the kernel's struct stat64, in the order
 * that history gave it, becomes C's struct stat.
 */
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
		.st_atime = from->st_atime,
		.st_mtime = from->st_mtime,
		.st_ctime = from->st_ctime,
	};
}

int stat(const char *path, struct stat *result)
{
	struct kernel_stat64 status;

	if (__syscall_ret(__syscall(__NR_stat64, path, &status)) < 0)
		return -1;
	convert(&status, result);
	return 0;
}

int fstat(int fd, struct stat *result)
{
	struct kernel_stat64 status;

	if (__syscall_ret(__syscall(__NR_fstat64, fd, &status)) < 0)
		return -1;
	convert(&status, result);
	return 0;
}

int lstat(const char *path, struct stat *result)
{
	struct kernel_stat64 status;

	if (__syscall_ret(__syscall(__NR_lstat64, path, &status)) < 0)
		return -1;
	convert(&status, result);
	return 0;
}

int mkdir(const char *path, mode_t mode)
{
	return __syscall_ret(__syscall(__NR_mkdir, path, mode));
}
