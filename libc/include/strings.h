/*
 * strings.h - comparison that ignores the case of letters; result as
 * strcmp()'s. strncasecmp() looks at COUNT characters at most.
 */
#ifndef _STRINGS_H
#define _STRINGS_H

#include <stddef.h>
#include <sys/cdefs.h>

__BEGIN_DECLS

int strcasecmp(const char *a, const char *b);
int strncasecmp(const char *a, const char *b, size_t count);

/* Older names: of memcmp(), memmove() (FROM comes first), memset() to 0. */
int bcmp(const void *a, const void *b, size_t count);
void bcopy(const void *from, void *to, size_t count);
void bzero(void *to, size_t count);
char *index(const char *string, int character); /* strchr() */
char *rindex(const char *string, int character); /* strrchr() */

/* Which is the lowest bit that is 1? 1 is bit 0; 0: there is none. */
int ffs(int number);
int ffsl(long number);
int ffsll(long long number);

__END_DECLS

#endif
