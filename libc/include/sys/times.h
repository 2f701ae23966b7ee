/*
 * sys/times.h - time on the processor.
 */
#ifndef _SYS_TIMES_H
#define _SYS_TIMES_H

#include <sys/cdefs.h>
#include <sys/types.h>

/* In units of 1 / sysconf(_SC_CLK_TCK) seconds. */
struct tms {
	clock_t tms_utime, tms_stime; /* of this process, and in the kernel */
	clock_t tms_cutime, tms_cstime; /* of the children waited for */
};

__BEGIN_DECLS

clock_t times(struct tms *result); /* returns the time since some point */

__END_DECLS

#endif
