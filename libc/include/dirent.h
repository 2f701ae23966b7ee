/*
 * dirent.h - what is in a directory.
 */
#ifndef _DIRENT_H
#define _DIRENT_H

#include <sys/types.h>

/* One name: Linux's struct linux_dirent64. */
struct dirent {
	ino_t d_ino; /* number of the file */
	off_t d_off;
	unsigned short d_reclen; /* bytes of this entry */
	unsigned char d_type; /* DT_…, DT_UNKNOWN: ask stat() */
	char d_name[256];
};

#define DT_UNKNOWN 0
#define DT_FIFO    1
#define DT_CHR     2
#define DT_DIR     4
#define DT_REG     8
#define DT_LNK     10

typedef struct __directory DIR;

/*
 * opendir - begin to read directory PATH. NULL: ENOENT, ENOTDIR, ENOMEM …
 * readdir - the next name; "." and ".." are among them, in no order. Valid
 *	until the next call. NULL: that was all, or with errno set an error.
 * dirfd - the descriptor behind it.
 * closedir - end. 0 or -1.
 */
DIR *opendir(const char *path);
struct dirent *readdir(DIR *directory);
int dirfd(DIR *directory);
int closedir(DIR *directory);

#endif
