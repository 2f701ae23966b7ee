/*
 * wchar.h - characters of 32 bits: Unicode; in files and strings UTF-8. There
 * are no streams of them: no wprintf().
 */
#ifndef _WCHAR_H
#define _WCHAR_H

#include <sys/cdefs.h>
#include <stddef.h>
#include <stdint.h>

#define WEOF ((wint_t)-1)

typedef __WINT_TYPE__ wint_t;
typedef unsigned long wctype_t;

/* What was read of a character that is not complete. */
typedef struct {
	unsigned int value, missing;
} mbstate_t;

__BEGIN_DECLS

/*
 * mbrtowc - the character that the SIZE bytes at BYTES begin with, into
 **RESULT. Returns its length in bytes; 0: it is 0; -1: EILSEQ, not valid; -2:
 *all SIZE bytes are the beginning of one. wcrtomb - the reverse, into BYTES
 *(MB_CUR_MAX of them). STATE may be NULL. RESULT may be NULL.
 */
size_t mbrtowc(wchar_t *__restrict result, const char *__restrict bytes,
	       size_t size, mbstate_t *__restrict state);
size_t wcrtomb(char *__restrict bytes, wchar_t character,
	       mbstate_t *__restrict state);
size_t mbrlen(const char *__restrict bytes, size_t size,
	      mbstate_t *__restrict state);
int mbsinit(const mbstate_t *state);
size_t mbsrtowcs(wchar_t *__restrict to, const char **__restrict from,
		 size_t count, mbstate_t *__restrict state);
size_t wcsrtombs(char *__restrict to, const wchar_t **__restrict from,
		 size_t size, mbstate_t *__restrict state);
wint_t btowc(int byte);
int wctob(wint_t character);

/* As the functions of <string.h>. */
size_t wcslen(const wchar_t *string);
wchar_t *wcscpy(wchar_t *__restrict to, const wchar_t *__restrict from);
wchar_t *wcsncpy(wchar_t *__restrict to, const wchar_t *__restrict from,
		 size_t count);
wchar_t *wcscat(wchar_t *__restrict to, const wchar_t *__restrict from);
int wcscmp(const wchar_t *a, const wchar_t *b);
int wcsncmp(const wchar_t *a, const wchar_t *b, size_t count);
wchar_t *wcschr(const wchar_t *string, wchar_t character);
wchar_t *wcsrchr(const wchar_t *string, wchar_t character);
wchar_t *wmemcpy(wchar_t *__restrict to, const wchar_t *__restrict from,
		 size_t count);
wchar_t *wmemmove(wchar_t *to, const wchar_t *from, size_t count);
wchar_t *wmemset(wchar_t *to, wchar_t character, size_t count);
int wmemcmp(const wchar_t *a, const wchar_t *b, size_t count);
wchar_t *wmemchr(const wchar_t *memory, wchar_t character, size_t count);

/* Columns on a terminal: 1, of control characters -1, of 0 0. */
int wcwidth(wchar_t character);

__END_DECLS

#endif
