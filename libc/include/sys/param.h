/*
 * sys/param.h - BSD's names of limits, and small macros.
 */
#ifndef _SYS_PARAM_H
#define _SYS_PARAM_H

#include <endian.h>
#include <limits.h>
#include <sys/types.h>

#define MAXPATHLEN     PATH_MAX
#define MAXHOSTNAMELEN HOST_NAME_MAX
#define NBBY           CHAR_BIT
#define DEV_BSIZE      512

#define MIN(a, b)        (((a) < (b)) ? (a) : (b))
#define MAX(a, b)        (((a) > (b)) ? (a) : (b))
#define howmany(x, unit) (((x) + ((unit)-1)) / (unit))
#define roundup(x, unit) (howmany(x, unit) * (unit))

#endif
