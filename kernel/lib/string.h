/*
 * string.h - the string and memory functions of C that the kernel uses.
 * gcc and clang may call the first four by themselves.
 */
#ifndef LIB_STRING_H
#define LIB_STRING_H

#include "lib/types.h"

void *memcpy(void *to, const void *from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *memory, int byte, size_t size);
int memcmp(const void *a, const void *b, size_t size);

size_t strlen(const char *string);
size_t strnlen(const char *string, size_t size);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t size);
char *strchr(const char *string, int character);

/* A decimal number at *TEXT, of 9 digits at most; *TEXT moves behind it. */
long parse_long(const char **text);

/*
 * Copy FROM to the SIZE bytes at TO, cut to fit and always terminated.
 * Returns the length copied.
 */
size_t strscpy(char *to, const char *from, size_t size);

#endif
