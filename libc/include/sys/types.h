/*
 * sys/types.h - the types of the system interface, as Linux has them on i386
 * for programs with 64-bit files and 64-bit time.
 */
#ifndef _SYS_TYPES_H
#define _SYS_TYPES_H

#include <stddef.h>

typedef int ssize_t; /* bytes, or -1 */
typedef long long off_t; /* a position in a file, bytes */
typedef long long time_t; /* seconds since 1970 */
typedef int clockid_t;
typedef int pid_t;
typedef unsigned int id_t; /* a process or a group */
typedef unsigned int uid_t;
typedef unsigned int gid_t;
typedef unsigned int mode_t;
typedef unsigned int nlink_t;
typedef unsigned long long dev_t;
typedef unsigned long long ino_t;
typedef long blksize_t;
typedef long long blkcnt_t;

#endif
