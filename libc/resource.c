/*
 * resource.c - how much of each thing a process may have, and had.
 */
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include "syscall.h"

int getrlimit(int resource, struct rlimit *limit)
{
	return SYSCALL(ugetrlimit, resource, limit);
}

int setrlimit(int resource, const struct rlimit *limit)
{
	return SYSCALL(setrlimit, resource, limit);
}

/* The kernel's structure, with 32 bits for the seconds. */
struct kernel_rusage {
	struct old_timeval32 utime, stime;
	long others[14];
};

static void convert(const struct kernel_rusage *from, struct rusage *to)
{
	to->ru_utime =
		(struct timeval){ from->utime.tv_sec, from->utime.tv_usec };
	to->ru_stime =
		(struct timeval){ from->stime.tv_sec, from->stime.tv_usec };
	memcpy(&to->ru_maxrss, from->others, sizeof(from->others));
}

int getrusage(int who, struct rusage *usage)
{
	struct kernel_rusage result;

	if (SYSCALL(getrusage, who, &result) < 0)
		return -1;
	convert(&result, usage);
	return 0;
}

pid_t wait4(pid_t pid, int *status, int options, struct rusage *usage)
{
	struct kernel_rusage result;
	pid_t child =
		SYSCALL(wait4, pid, status, options, usage ? &result : NULL);

	if (child > 0 && usage)
		convert(&result, usage);
	return child;
}

pid_t wait3(int *status, int options, struct rusage *usage)
{
	return wait4(-1, status, options, usage);
}
