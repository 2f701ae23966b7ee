/*
 * file.h - what is behind stdio's FILE: one buffer between a program and a
 * descriptor. At any time it holds bytes read ahead (next … end), or bytes not
 * yet written (pending), or nothing.
 */
#ifndef LIBC_FILE_H
#define LIBC_FILE_H

#include <stdio.h>

#define FILE_READ      0x01 /* opened for it */
#define FILE_WRITE     0x02
#define FILE_APPEND    0x04 /* writes go to the end */
#define FILE_EOF       0x08 /* the end was met: feof() */
#define FILE_ERROR     0x10 /* ferror() */
#define FILE_ALLOCATED 0x20 /* fclose() frees it */

#define MODE_UNDECIDED (-1) /* line buffered if it is a terminal: see later */
#define UNGETC_ROOM    8 /* bytes kept free in front of buffer for ungetc() */

struct __file {
	int fd;
	unsigned int flags; /* FILE_… */
	int mode; /* _IO?BF, or MODE_UNDECIDED before the first use */
	unsigned char *buffer;
	size_t size; /* of buffer, bytes */
	unsigned char *next; /* to be read by the program next */
	unsigned char *end; /* of what was read ahead */
	size_t pending; /* bytes at buffer that the kernel has not got yet */
	struct __file *following; /* in the list of open streams */
};

extern struct __file *__open_files;

void __flush_all(void); /* for exit(): every stream in order */

#endif
