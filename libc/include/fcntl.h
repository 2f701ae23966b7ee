/*
 * fcntl.h - opening files, and properties of descriptors.
 */
#ifndef _FCNTL_H
#define _FCNTL_H

#include <abi/fcntl.h>
#include <sys/types.h>

/*
 * open - open PATH. FLAGS: one of O_RDONLY, O_WRONLY, O_RDWR, and O_… more.
 * With O_CREAT one argument more, the permissions (mode_t). Returns a
 * descriptor; -1: ENOENT, EACCES, EMFILE …
 */
int open(const char *path, int flags, ...);

/*
 * fcntl - do COMMAND, an F_… number, with descriptor FD; most have one
 * argument more. -1: EBADF, EINVAL, EMFILE.
 */
int fcntl(int fd, int command, ...);

#endif
