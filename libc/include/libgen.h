/*
 * libgen.h - the parts of a path.
 */
#ifndef _LIBGEN_H
#define _LIBGEN_H

#include <sys/cdefs.h>

__BEGIN_DECLS

/*
 * basename - the last name in PATH; dirname - what is in front of it, "." if
 * there is nothing. Both may write into PATH, and return a part of it.
 */
char *basename(char *path);
char *dirname(char *path);

__END_DECLS

#endif
