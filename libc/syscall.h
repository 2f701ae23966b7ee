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

/* argv, as crt0.asm found it: argc is before it, environ and auxv behind. */
extern char **__argv;

/* Both in one: the system call NAME. */
#define SYSCALL(name, ...) \
	__syscall_ret(__syscall(__NR_##name __VA_OPT__(, ) __VA_ARGS__))

#endif
