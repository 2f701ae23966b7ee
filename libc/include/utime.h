/*
 * utime.h - set when a file was read and written; <sys/stat.h> has it finer.
 */
#ifndef _UTIME_H
#define _UTIME_H

#include <sys/cdefs.h>
#include <sys/types.h>

struct utimbuf {
	time_t actime; /* last read, seconds since 1970 */
	time_t modtime; /* last written */
};

__BEGIN_DECLS

int utime(const char *path, const struct utimbuf *times); /* NULL: now */

__END_DECLS

#endif
