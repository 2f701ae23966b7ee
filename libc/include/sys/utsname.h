/*
 * sys/utsname.h - which system is this?
 */
#ifndef _SYS_UTSNAME_H
#define _SYS_UTSNAME_H

#include <abi/misc.h> /* struct utsname: sysname, release, machine … */
#include <sys/cdefs.h>

__BEGIN_DECLS

int uname(struct utsname *result); /* 0; -1: EFAULT */

__END_DECLS

#endif
