/*
 * sys/types.h - the types of the system interface, as Linux has them on i386
 * for programs with 64-bit files and 64-bit time.
 */
#ifndef _SYS_TYPES_H
#define _SYS_TYPES_H

#include <stddef.h>
#include <stdint.h>

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
typedef unsigned long long fsblkcnt_t;
typedef unsigned long long fsfilcnt_t;
typedef off_t loff_t;
typedef off_t off64_t;
typedef long clock_t;
typedef int key_t;
typedef long suseconds_t;
typedef unsigned int useconds_t;
typedef char *caddr_t;
typedef unsigned long long sigset_t; /* bit 0: signal 1 … */

struct timespec {
	time_t tv_sec; /* seconds */
	long tv_nsec; /* and nanoseconds, 0 … 999 999 999 */
};

/* BSD's names. */
typedef unsigned char u_char;
typedef unsigned short u_short;
typedef unsigned int u_int;
typedef unsigned long u_long;
typedef unsigned int uint;
typedef unsigned short ushort;
typedef unsigned long ulong;
typedef unsigned char u_int8_t;
typedef unsigned short u_int16_t;
typedef unsigned int u_int32_t;
typedef unsigned long long u_int64_t;

#include <sys/select.h> /* BSD has it here, and programs count on it */

#endif
