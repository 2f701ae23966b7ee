/*
 * fcntl.h - flags of open() and commands of fcntl(), and where lseek() counts
 * from, as Linux has them on i386.
 */
#ifndef ABI_FCNTL_H
#define ABI_FCNTL_H

#define O_ACCMODE   00000003
#define O_RDONLY    00000000
#define O_WRONLY    00000001
#define O_RDWR      00000002
#define O_CREAT     00000100
#define O_EXCL      00000200
#define O_NOCTTY    00000400
#define O_TRUNC     00001000
#define O_APPEND    00002000
#define O_NONBLOCK  00004000
#define O_LARGEFILE 00100000
#define O_DIRECTORY 00200000
#define O_NOFOLLOW  00400000
#define O_CLOEXEC   02000000

#define F_DUPFD         0
#define F_GETFD         1
#define F_SETFD         2
#define F_GETFL         3
#define F_SETFL         4
#define F_GETLK         5
#define F_SETLK         6
#define F_SETLKW        7
#define F_GETLK64       12
#define F_SETLK64       13
#define F_SETLKW64      14
#define F_DUPFD_CLOEXEC 1030
#define FD_CLOEXEC      1

#define F_RDLCK 0
#define F_WRLCK 1
#define F_UNLCK 2

struct flock {
	short l_type; /* F_RDLCK … */
	short l_whence; /* what l_start counts from */
	long l_start, l_len; /* length 0: up to any end */
	int l_pid;
};

struct flock64 { /* the same, for the commands that end in 64 */
	short l_type, l_whence;
	long long l_start, l_len;
	int l_pid;
} __attribute__((packed, aligned(4)));

#define AT_FDCWD            (-100) /* paths count from the current directory */
#define AT_SYMLINK_NOFOLLOW 0x100
#define AT_EACCESS          0x200 /* faccessat2() */
#define AT_REMOVEDIR        0x200
#define AT_NO_AUTOMOUNT     0x800
#define AT_EMPTY_PATH       0x1000 /* "" means the descriptor itself */
#define AT_STATX_SYNC_TYPE  0x6000

#ifndef R_OK
#define R_OK 4 /* access() */
#define W_OK 2
#define X_OK 1
#define F_OK 0
#endif

#ifndef SEEK_SET
#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2
#endif

#endif
