/*
 * fcntl.h - opening files, and properties of descriptors.
 */
#ifndef _FCNTL_H
#define _FCNTL_H

#include <abi/fcntl.h>
#include <sys/types.h>
#include <sys/cdefs.h>

/* Accepted, and mean nothing here. */
#define O_SYNC    04010000
#define O_DSYNC   010000
#define O_NDELAY  O_NONBLOCK
#define O_NOATIME 01000000
#define O_DIRECT  040000
#define F_SETOWN  8
#define F_GETOWN  9
#define FNONBLOCK O_NONBLOCK

__BEGIN_DECLS

/*
 * open - open PATH. FLAGS: one of O_RDONLY, O_WRONLY, O_RDWR, and O_… more.
 * With O_CREAT one argument more, the permissions (mode_t). Returns a
 * descriptor; -1: ENOENT, EACCES, EMFILE …
 */
int open(const char *path, int flags, ...);
int openat(int directory, const char *path, int flags, ...);
int creat(const char *path, mode_t mode);

/*
 * fcntl - do COMMAND, an F_… number, with descriptor FD; most have one
 * argument more. -1: EBADF, EINVAL, EMFILE.
 */
int fcntl(int fd, int command, ...);

__END_DECLS

#endif
