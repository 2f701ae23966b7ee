/*
 * syscall.h - one entry per system call, made from abi/syscall_32.tbl.
 */
#ifndef TRAP_SYSCALL_H
#define TRAP_SYSCALL_H

typedef long (*syscall_function)(long, long, long, long, long, long);

struct syscall_entry {
	syscall_function function; /* NULL: no such system call */
	const char *name; /* "write" */
	const char *arguments[6]; /* names, with marks: "fd", "+buf", "count" */
};

extern const struct syscall_entry syscall_table[];
extern const unsigned int NR_syscalls;

#endif
