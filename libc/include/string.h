/*
 * string.h - strings (characters up to a final 0) and memory (COUNT bytes).
 * Comparisons are of unsigned chars: negative, 0 or positive, as the first
 * operand is less than, equal to or greater than the second. Areas must not
 * overlap, except for memmove().
 */
#ifndef _STRING_H
#define _STRING_H

#include <stddef.h>
#include <strings.h>
#include <sys/cdefs.h>

__BEGIN_DECLS

/* Memory. The first three return TO. */
void *memcpy(void *__restrict to, const void *__restrict from, size_t count);
void *memmove(void *to, const void *from, size_t count);
void *memset(void *to, int byte, size_t count);
void *mempcpy(void *__restrict to, const void *__restrict from,
	      size_t count); /* returns the end of the copy */
int memcmp(const void *a, const void *b, size_t count);
void *memchr(const void *memory, int byte, size_t count); /* first, or NULL */
void *memrchr(const void *memory, int byte, size_t count); /* last, or NULL */
void *memmem(const void *memory, size_t count, const void *wanted,
	     size_t wanted_count); /* where WANTED begins, or NULL */

/* As memcpy(), up to the byte END, behind which it returns TO; or NULL. */
void *memccpy(void *__restrict to, const void *__restrict from, int end,
	      size_t count);

/* Length in bytes, without the 0; strnlen() looks at MAXIMUM bytes at most. */
size_t strlen(const char *string);
size_t strnlen(const char *string, size_t maximum);

/*
 * Copying, the 0 included; TO must have the room. They return TO, but stpcpy()
 * and stpncpy() the end of what they wrote. strncpy() and stpncpy() write
 * exactly COUNT bytes: cut, without a 0, or filled up with 0s. strncat()
 * appends at most COUNT characters and always a 0.
 */
char *strcpy(char *__restrict to, const char *__restrict from);
char *strncpy(char *__restrict to, const char *__restrict from, size_t count);
char *stpcpy(char *__restrict to, const char *__restrict from);
char *stpncpy(char *__restrict to, const char *__restrict from, size_t count);
char *strcat(char *__restrict to, const char *__restrict from);
char *strncat(char *__restrict to, const char *__restrict from, size_t count);

/*
 * As much as fits into SIZE bytes, and always a 0 unless SIZE is 0; strlcat()
 * behind what is in TO. Return the length that it would have had: from SIZE on
 * something was cut.
 */
size_t strlcpy(char *__restrict to, const char *__restrict from, size_t size);
size_t strlcat(char *__restrict to, const char *__restrict from, size_t size);

/* A copy in memory from malloc(), of COUNT characters at most. NULL: ENOMEM. */
char *strdup(const char *string);
char *strndup(const char *string, size_t count);

/* Comparing, at most COUNT characters. In the C locale strcoll is strcmp. */
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t count);
int strcoll(const char *a, const char *b);

/* Make of FROM what strcmp() orders as strcoll() FROM: strlcpy(). */
size_t strxfrm(char *__restrict to, const char *__restrict from, size_t size);

/*
 * Searching: the address of what was found in STRING, or NULL; strchrnul()
 * gives the address of the final 0 instead of NULL. The final 0 can be
 * searched for too.
 */
char *strchr(const char *string, int character); /* first */
char *strrchr(const char *string, int character); /* last */
char *strchrnul(const char *string, int character);
char *strstr(const char *string, const char *wanted);
char *strcasestr(const char *string, const char *wanted); /* in either case */
char *strpbrk(const char *string, const char *set); /* any of SET */

/* How many characters at the start are all in SET, or all not in SET. */
size_t strspn(const char *string, const char *set);
size_t strcspn(const char *string, const char *set);

/*
 * strtok_r - the next piece of a string that is cut at any characters of SET.
 * STRING: what to cut (0s are written into it), NULL on the calls after the
 * first; *STATE is the function's own. NULL: no piece left. strtok() keeps the
 * state itself: one string at a time.
 */
char *strtok_r(char *__restrict string, const char *__restrict set,
	       char **__restrict state);
char *strtok(char *__restrict string, const char *__restrict set);

/*
 * strsep - the next piece of **STRING, up to a character of SET, and that may
 * be empty; *STRING moves behind it, NULL after the last. NULL: no piece left.
 */
char *strsep(char **__restrict string, const char *__restrict set);

/*
 * An E… number in words. The result may change with the next call; strerror_r()
 * writes it to BUFFER. 0; EINVAL: no such number; ERANGE: more than SIZE.
 */
char *strerror(int number);
int strerror_r(int number, char *buffer, size_t size);

/* A SIG… number in words. The result may change with the next call. */
char *strsignal(int number);

/* Their names: "ENOENT"; without the SIG, "SEGV". NULL: there is none. */
const char *strerrorname_np(int number);
const char *sigabbrev_np(int number);

__END_DECLS

#endif
