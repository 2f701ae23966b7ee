/*
 * sys/sysinfo.h - the system's memory and load.
 */
#ifndef _SYS_SYSINFO_H
#define _SYS_SYSINFO_H

#include <abi/misc.h> /* struct sysinfo: totalram, freeram, mem_unit … */
#include <sys/cdefs.h>

__BEGIN_DECLS

int sysinfo(struct sysinfo *info); /* 0; -1: EFAULT */

__END_DECLS

#endif
