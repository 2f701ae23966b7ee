/*
 * resource.c - how much of each thing a process may have.
 */
#include <sys/resource.h>
#include "syscall.h"

int getrlimit(int resource, struct rlimit *limit)
{
	return __syscall_ret(__syscall(__NR_ugetrlimit, resource, limit));
}

int setrlimit(int resource, const struct rlimit *limit)
{
	return __syscall_ret(__syscall(__NR_setrlimit, resource, limit));
}
