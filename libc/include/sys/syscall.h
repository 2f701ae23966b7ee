/*
 * sys/syscall.h - the numbers of the system calls, SYS_read and so on, for
 * syscall(). Made from kernel/abi/syscall_32.tbl.
 */
#ifndef _SYS_SYSCALL_H
#define _SYS_SYSCALL_H

#include <syscall_numbers.h>

#endif
