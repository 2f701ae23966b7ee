/*
 * exec.h - what exec.c and those who know a format of programs share.
 */
#ifndef PROC_EXEC_H
#define PROC_EXEC_H

#include "lib/types.h"

struct inode;

/* The strings of argv, and those of envp, one behind the other. */
struct arguments {
	char *text;
	size_t size, room; /* bytes of text, and space for it */
	int argc, envc;
};

/*
 * Replace CURRENT's program by that of an ELF file; PATH is the name it is told
 * and known by. 0 or -errno: -ENOEXEC, it is none that runs here.
 */
int load_elf_binary(struct inode *inode, const char *path,
		    const struct arguments *arguments);

#endif
