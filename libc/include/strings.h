/*
 * strings.h - comparison that ignores the case of letters; result as
 * strcmp()'s. strncasecmp() looks at COUNT characters at most.
 */
#ifndef _STRINGS_H
#define _STRINGS_H

#include <stddef.h>

int strcasecmp(const char *a, const char *b);
int strncasecmp(const char *a, const char *b, size_t count);

#endif
