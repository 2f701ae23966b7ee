/*
 * sys/stat.h - what is known of a file.
 */
#ifndef _SYS_STAT_H
#define _SYS_STAT_H

#include <sys/types.h>
#include <abi/stat.h> /* S_IFREG …, S_ISREG() … */

#define S_IRWXU 0700 /* the owner may read, write, execute */
#define S_IRUSR 0400
#define S_IWUSR 0200
#define S_IXUSR 0100
#define S_IRWXG 0070 /* its group */
#define S_IRGRP 0040
#define S_IWGRP 0020
#define S_IXGRP 0010
#define S_IRWXO 0007 /* everybody else */
#define S_IROTH 0004
#define S_IWOTH 0002
#define S_IXOTH 0001

struct stat {
	dev_t st_dev;
	ino_t st_ino;
	mode_t st_mode; /* kind (S_IF…) and permissions */
	nlink_t st_nlink;
	uid_t st_uid;
	gid_t st_gid;
	dev_t st_rdev;
	off_t st_size; /* bytes */
	blksize_t st_blksize; /* a good size for read(), bytes */
	blkcnt_t st_blocks; /* of 512 bytes */
	time_t st_atime; /* last read, seconds since 1970 */
	time_t st_mtime; /* last written */
	time_t st_ctime; /* last change of what is in here */
};

/*
 * stat, fstat - of the file PATH, or that of descriptor FD, into *RESULT.
 * lstat - of PATH, without following it if it is a symbolic link.
 * mkdir - make the directory PATH, with permissions MODE.
 * 0; -1: ENOENT, ENOTDIR, EBADF, EFAULT, EEXIST.
 */
int stat(const char *path, struct stat *result);
int fstat(int fd, struct stat *result);
int lstat(const char *path, struct stat *result);
int mkdir(const char *path, mode_t mode);

#endif
