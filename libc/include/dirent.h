/*
 * dirent.h - what is in a directory.
 */
#ifndef _DIRENT_H
#define _DIRENT_H

#include <sys/types.h>
#include <sys/cdefs.h>

__BEGIN_DECLS

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
#define DT_BLK     6
#define DT_SOCK    12

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

/*
 * fdopendir - as opendir(), of an open directory. rewinddir - begin again, with
 * what is there now. telldir, seekdir - where reading is, and go back there.
 */
DIR *fdopendir(int fd);
void rewinddir(DIR *directory);
long telldir(DIR *directory);
void seekdir(DIR *directory, long position);

/*
 * scandir - the entries of PATH for which WANTED says yes (NULL: all), in the
 * order of COMPARE (NULL: none), each in memory from malloc(), in an array that
 * is too: *LIST. Returns how many; -1: as opendir(). alphasort - by name.
 */
int scandir(const char *path, struct dirent ***list,
	    int (*wanted)(const struct dirent *),
	    int (*compare)(const struct dirent **, const struct dirent **));
int alphasort(const struct dirent **a, const struct dirent **b);

__END_DECLS

#endif
