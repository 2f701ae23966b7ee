/*
 * resource.h - limits of a process, as Linux has them on i386.
 */
#ifndef ABI_RESOURCE_H
#define ABI_RESOURCE_H

#define RLIMIT_STACK  3
#define RLIMIT_NOFILE 7
#define RLIM_NLIMITS  16

#define RLIM_INFINITY   (~0UL)
#define RLIM64_INFINITY (~0ULL)

struct rlimit {
	unsigned long rlim_cur;
	unsigned long rlim_max;
};

struct rlimit64 {
	unsigned long long rlim_cur;
	unsigned long long rlim_max;
};

#endif
