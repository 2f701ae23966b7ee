/*
 * fnmatch.h - patterns for names.
 */
#ifndef _FNMATCH_H
#define _FNMATCH_H

#include <sys/cdefs.h>

#define FNM_NOMATCH  1
#define FNM_NOESCAPE 2 /* a backslash is a character like others */
#define FNM_PATHNAME 1 /* a / is only matched by a / */
#define FNM_PERIOD   4 /* so is a . in front of a name */
#define FNM_CASEFOLD 16 /* in upper and lower case */

__BEGIN_DECLS

/*
 * Does TEXT match PATTERN? In it * is any text, ? any character, [a-z] and
 * [!a-z] one of a set or one of the others, [[:alpha:]] of a kind. 0: yes.
 */
int fnmatch(const char *pattern, const char *text, int flags);

__END_DECLS

#endif
