/*
 * glob.h - the files that match a pattern.
 */
#ifndef _GLOB_H
#define _GLOB_H

#include <sys/cdefs.h>
#include <stddef.h>

#define GLOB_ERR      0x01 /* stop at a directory that cannot be read */
#define GLOB_MARK     0x02 /* a / behind directories */
#define GLOB_NOSORT   0x04
#define GLOB_DOOFFS   0x08 /* gl_offs NULLs in front */
#define GLOB_NOCHECK  0x10 /* no match: PATTERN itself */
#define GLOB_APPEND   0x20 /* to those of an earlier call */
#define GLOB_NOESCAPE 0x40

#define GLOB_NOSPACE 1
#define GLOB_ABORTED 2
#define GLOB_NOMATCH 3

typedef struct {
	size_t gl_pathc; /* how many */
	char **gl_pathv; /* the paths, and NULL */
	size_t gl_offs;
	int gl_flags;
} glob_t;

__BEGIN_DECLS

/*
 * glob - the paths that match PATTERN, as fnmatch() has it, in *RESULT, sorted.
 * FAILED (or NULL) is called with directories that cannot be read, and their
 * E… numbers; not 0: stop. Returns 0 or GLOB_NOMATCH …
 */
int glob(const char *pattern, int flags,
	 int (*failed)(const char *path, int error), glob_t *result);
void globfree(glob_t *result);

__END_DECLS

#endif
