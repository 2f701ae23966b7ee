/*
 * sys/resource.h - how much of each thing a process may have.
 */
#ifndef _SYS_RESOURCE_H
#define _SYS_RESOURCE_H

#include <abi/resource.h> /* RLIMIT_AS …, struct rlimit */
#include <abi/sched.h> /* RUSAGE_SELF */
#include <sys/cdefs.h>
#include <sys/time.h>

__BEGIN_DECLS

typedef unsigned long rlim_t;

/* What a process used; the kernel counts only the first. */
struct rusage {
	struct timeval ru_utime; /* time on the processor */
	struct timeval ru_stime;
	long ru_maxrss, ru_ixrss, ru_idrss, ru_isrss;
	long ru_minflt, ru_majflt, ru_nswap;
	long ru_inblock, ru_oublock, ru_msgsnd, ru_msgrcv, ru_nsignals;
	long ru_nvcsw, ru_nivcsw;
};

/* Of WHO: RUSAGE_SELF, RUSAGE_CHILDREN. 0; -1: EINVAL, EFAULT. */
int getrusage(int who, struct rusage *usage);

/*
 * Ask for, and set, the limit of RESOURCE (RLIMIT_…); children inherit it.
 * 0; -1: EINVAL, EPERM, EFAULT.
 */
int getrlimit(int resource, struct rlimit *limit);
int setrlimit(int resource, const struct rlimit *limit);

__END_DECLS

#endif
