/*
 * sys/resource.h - how much of each thing a process may have.
 */
#ifndef _SYS_RESOURCE_H
#define _SYS_RESOURCE_H

#include <abi/resource.h> /* RLIMIT_AS …, struct rlimit */

typedef unsigned long rlim_t;

/*
 * Ask for, and set, the limit of RESOURCE (RLIMIT_…); children inherit it.
 * 0; -1: EINVAL, EPERM, EFAULT.
 */
int getrlimit(int resource, struct rlimit *limit);
int setrlimit(int resource, const struct rlimit *limit);

#endif
