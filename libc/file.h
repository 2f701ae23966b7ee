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

/* What a stream does to the thing behind it, as the system calls do. */
struct file_operations {
	ssize_t (*read)(FILE *file, void *to, size_t size);
	ssize_t (*write)(FILE *file, const void *from, size_t size);
	off_t (*seek)(FILE *file, off_t offset, int whence);
	int (*close)(FILE *file);
};

struct __file {
	const struct file_operations *operations;
	int fd; /* -1: none */
	int child; /* of popen() */
	unsigned int flags; /* FILE_… */
	int mode; /* _IO?BF, or MODE_UNDECIDED before the first use */
	unsigned char *buffer;
	size_t size; /* of buffer, bytes */
	unsigned char *next; /* to be read by the program next */
	unsigned char *end; /* of what was read ahead */
	size_t pending; /* bytes at buffer that the kernel has not got yet */
	struct __file *following; /* in the list of open streams */
};

extern const struct file_operations __descriptor_operations;
extern struct __file *__open_files;

/*
 * What fopen()'s MODE asks of open(), -1 and EINVAL if it is none; and a new
 * open stream with such FLAGS and MORE bytes behind it, NULL and ENOMEM.
 */
int __open_flags(const char *mode);
FILE *__new_file(int flags, size_t more);

int __fill(FILE *file); /* read ahead: 0, or EOF if nothing came */

/*
 * Copy what has been read ahead, or can be: up to LIMIT bytes, and up to the
 * byte LAST. Returns how many; 0: the end, or an error.
 */
size_t __take(FILE *file, char *to, size_t limit, int last);

void __flush_all(void); /* for exit(): every stream in order */

#endif
