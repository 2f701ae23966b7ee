/*
 * syscall.h - libc's own way to the kernel, for the files of this folder.
 */
#ifndef LIBC_SYSCALL_H
#define LIBC_SYSCALL_H

#include <sys/syscall.h>

/* syscall.asm: the system call NUMBER; the kernel's result as it is. */
long __syscall(long number, ...);

/*
 * The kernel says "failed" by a result from -4095 to -1, minus the error
 * number. Of such a result make -1 and errno; leave others as they are.
 */
long __syscall_ret(unsigned long result);

#endif
