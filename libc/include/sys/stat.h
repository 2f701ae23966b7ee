/*
 * sys/stat.h - what is known of a file.
 */
#ifndef _SYS_STAT_H
#define _SYS_STAT_H

#include <abi/misc.h> /* UTIME_NOW */
#include <sys/types.h>
#include <time.h>
#include <abi/stat.h> /* S_IFREG …, S_ISREG() … */
#include <sys/cdefs.h>

__BEGIN_DECLS

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

#define S_ISVTX        01000
#define S_IREAD        S_IRUSR
#define S_IWRITE       S_IWUSR
#define S_IEXEC        S_IXUSR
#define S_IFBLK        0060000
#define S_IFSOCK       0140000
#define S_ISBLK(mode)  (((mode)&S_IFMT) == S_IFBLK)
#define S_ISSOCK(mode) (((mode)&S_IFMT) == S_IFSOCK)

#define st_atime st_atim.tv_sec
#define st_mtime st_mtim.tv_sec
#define st_ctime st_ctim.tv_sec

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
	struct timespec st_atim; /* last read, since 1970 */
	struct timespec st_mtim; /* last written */
	struct timespec st_ctim; /* last change of what is in here */
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
int fstatat(int directory, const char *__restrict path,
	    struct stat *__restrict result, int flags);
int mkdirat(int directory, const char *path, mode_t mode);

/*
 * chmod, fchmod, fchmodat - set the permissions. mknod, mkfifo - make a pipe
 * with a name (S_IFIFO). umask - the permissions that new files do not get from
 * now on; returns the mask before.
 */
int chmod(const char *path, mode_t mode);
int fchmod(int fd, mode_t mode);
int fchmodat(int directory, const char *path, mode_t mode, int flags);
int mknod(const char *path, mode_t mode, dev_t device);
int mkfifo(const char *path, mode_t mode);
mode_t umask(mode_t mask);

/*
 * utimensat - set when PATH, below DIRECTORY (AT_FDCWD: where we are), was last
 * read (TIMES[0]) and written; tv_nsec may be UTIME_NOW or UTIME_OMIT. NULL:
 * now. futimens - of an open file.
 */
int utimensat(int directory, const char *path, const struct timespec times[2],
	      int flags);
int futimens(int fd, const struct timespec times[2]);

__END_DECLS

#endif
