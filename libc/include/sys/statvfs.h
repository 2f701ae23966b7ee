/*
 * sys/statvfs.h - how full a file system is.
 */
#ifndef _SYS_STATVFS_H
#define _SYS_STATVFS_H

#include <sys/cdefs.h>
#include <sys/types.h>

struct statvfs {
	unsigned long f_bsize, f_frsize; /* bytes of a block */
	fsblkcnt_t f_blocks, f_bfree, f_bavail;
	fsfilcnt_t f_files, f_ffree, f_favail;
	unsigned long f_fsid, f_flag, f_namemax;
};

__BEGIN_DECLS

/* That of PATH, or of file FD. 0; -1: as open(). */
int statvfs(const char *__restrict path, struct statvfs *__restrict result);
int fstatvfs(int fd, struct statvfs *result);

__END_DECLS

#endif
