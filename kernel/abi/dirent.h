/*
 * dirent.h - an entry of a directory as getdents64() tells it: Linux's struct
 * linux_dirent64. Each begins at a multiple of 8.
 */
#ifndef ABI_DIRENT_H
#define ABI_DIRENT_H

struct linux_dirent64 {
	unsigned long long d_ino;
	long long d_off; /* where reading goes on behind it */
	unsigned short d_reclen; /* bytes, with the padding behind the name */
	unsigned char d_type; /* DT_*: the bits of S_IFMT, shifted by 12 */
	char d_name[];
};

#endif
