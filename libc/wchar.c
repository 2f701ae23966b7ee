/*
 * wchar.c - wide strings, and conversion from and to UTF-8: a character below
 * 128 is a byte; of others the first byte begins with as many ones as there are
 * bytes, and those that follow begin with 10 and have six bits each.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

/* ── One character ────────────────────────────────────────────────────── */

#define ILLEGAL    ((size_t)-1)
#define INCOMPLETE ((size_t)-2)

static size_t illegal(mbstate_t *state)
{
	state->missing = 0;
	errno = EILSEQ;
	return ILLEGAL;
}

/*
 * With its second byte in, can VALUE become a character? MISSING bytes are
 * still to come. Not one that would do with fewer bytes, half a pair of UTF-16,
 * or anything beyond Unicode.
 */
static int is_possible(unsigned int value, unsigned int missing)
{
	if (missing == 1)
		return value >= 0x800 >> 6 && value >> 5 != 0xd800 >> 11;
	if (missing == 2)
		return value >= 0x10000 >> 12 && value <= 0x10ffff >> 12;
	return 1;
}

size_t mbrtowc(wchar_t *restrict result, const char *restrict bytes,
	       size_t size, mbstate_t *restrict state)
{
	static mbstate_t own;
	size_t used = 0;

	if (!state)
		state = &own;
	if (!bytes)
		return state->missing ? illegal(state) : 0;
	for (; used < size; used++) {
		unsigned char byte = bytes[used];

		if (state->missing) {
			unsigned int first = state->value < 16;

			if ((byte & 0xc0) != 0x80)
				return illegal(state);
			state->value = state->value << 6 | (byte & 0x3f);
			state->missing--;
			if (first && !is_possible(state->value, state->missing))
				return illegal(state);
		} else if (byte < 0x80) {
			state->value = byte;
		} else if (byte >= 0xc2 && byte < 0xe0) {
			state->value = byte & 0x1f;
			state->missing = 1;
		} else if (byte >= 0xe0 && byte < 0xf0) {
			state->value = byte & 0x0f;
			state->missing = 2;
		} else if (byte >= 0xf0 && byte < 0xf5) {
			state->value = byte & 0x07;
			state->missing = 3;
		} else {
			return illegal(state);
		}
		if (state->missing == 0) {
			if (result)
				*result = state->value;
			return state->value ? used + 1 : 0;
		}
	}
	return INCOMPLETE;
}

size_t wcrtomb(char *restrict bytes, wchar_t character,
	       mbstate_t *restrict state)
{
	unsigned int c = character;
	int more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;

	if (!bytes)
		return 1;
	if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) {
		errno = EILSEQ;
		return ILLEGAL;
	}
	*bytes = more ? (0xf00 >> more & 0xff) | c >> 6 * more : c;
	for (int i = 1; i <= more; i++)
		bytes[i] = 0x80 | (c >> 6 * (more - i) & 0x3f);
	return more + 1;
}

size_t mbrlen(const char *restrict bytes, size_t size,
	      mbstate_t *restrict state)
{
	static mbstate_t own;

	return mbrtowc(NULL, bytes, size, state ? state : &own);
}

int mbsinit(const mbstate_t *state)
{
	return !state || state->missing == 0;
}

int mbtowc(wchar_t *restrict result, const char *restrict bytes, size_t size)
{
	mbstate_t state = { 0, 0 };
	size_t length;

	if (!bytes)
		return 0; /* UTF-8 has no state between characters */
	length = mbrtowc(result, bytes, size, &state);
	return length == INCOMPLETE ? (int)illegal(&state) : (int)length;
}

int mblen(const char *bytes, size_t size)
{
	return mbtowc(NULL, bytes, size);
}

int wctomb(char *bytes, wchar_t character)
{
	return bytes ? (int)wcrtomb(bytes, character, NULL) : 0;
}

wint_t btowc(int byte)
{
	return byte >= 0 && byte < 128 ? (wint_t)byte : WEOF;
}

int wctob(wint_t character)
{
	return character < 128 ? (int)character : -1;
}

/* ── Strings from and to UTF-8 ────────────────────────────────────────── */

size_t mbsrtowcs(wchar_t *restrict to, const char **restrict from, size_t count,
		 mbstate_t *restrict state)
{
	static mbstate_t own;
	const char *bytes = *from;
	size_t done = 0, length;
	wchar_t character;

	if (!state)
		state = &own;
	for (; !to || done < count; done++) {
		length = mbrtowc(&character, bytes, MB_LEN_MAX, state);
		if (length == ILLEGAL || length == INCOMPLETE)
			return illegal(state);
		if (to)
			to[done] = character;
		if (length == 0) {
			bytes = NULL;
			break;
		}
		bytes += length;
	}
	if (to)
		*from = bytes;
	return done;
}

size_t wcsrtombs(char *restrict to, const wchar_t **restrict from, size_t size,
		 mbstate_t *restrict state)
{
	const wchar_t *next = *from;
	size_t done = 0, length;
	char bytes[MB_LEN_MAX];

	for (;; next++) {
		length = wcrtomb(bytes, *next, state);
		if (length == ILLEGAL)
			return ILLEGAL;
		if (to && length > size - done)
			break;
		if (to)
			memcpy(to + done, bytes, length);
		if (*next == 0) {
			next = NULL;
			break;
		}
		done += length;
	}
	if (to)
		*from = next;
	return done;
}

size_t mbstowcs(wchar_t *restrict to, const char *from, size_t count)
{
	mbstate_t state = { 0, 0 };

	return mbsrtowcs(to, &from, count, &state);
}

size_t wcstombs(char *restrict to, const wchar_t *from, size_t size)
{
	return wcsrtombs(to, &from, size, NULL);
}

/* ── Wide strings ─────────────────────────────────────────────────────── */

size_t wcslen(const wchar_t *string)
{
	return wcschr(string, 0) - string;
}

wchar_t *wmemcpy(wchar_t *restrict to, const wchar_t *restrict from,
		 size_t count)
{
	return memcpy(to, from, count * sizeof(*to));
}

wchar_t *wmemmove(wchar_t *to, const wchar_t *from, size_t count)
{
	return memmove(to, from, count * sizeof(*to));
}

wchar_t *wmemset(wchar_t *to, wchar_t character, size_t count)
{
	for (size_t i = 0; i < count; i++)
		to[i] = character;
	return to;
}

wchar_t *wcscpy(wchar_t *restrict to, const wchar_t *restrict from)
{
	return wmemcpy(to, from, wcslen(from) + 1);
}

wchar_t *wcsncpy(wchar_t *restrict to, const wchar_t *restrict from,
		 size_t count)
{
	size_t i;

	for (i = 0; i < count && from[i]; i++)
		to[i] = from[i];
	wmemset(to + i, 0, count - i);
	return to;
}

wchar_t *wcscat(wchar_t *restrict to, const wchar_t *restrict from)
{
	wcscpy(to + wcslen(to), from);
	return to;
}

static int order(wchar_t a, wchar_t b)
{
	return (a > b) - (a < b);
}

int wcsncmp(const wchar_t *a, const wchar_t *b, size_t count)
{
	for (; count > 0; a++, b++, count--)
		if (*a == 0 || *a != *b)
			return order(*a, *b);
	return 0;
}

int wcscmp(const wchar_t *a, const wchar_t *b)
{
	return wcsncmp(a, b, SIZE_MAX);
}

int wmemcmp(const wchar_t *a, const wchar_t *b, size_t count)
{
	for (; count > 0; a++, b++, count--)
		if (*a != *b)
			return order(*a, *b);
	return 0;
}

wchar_t *wmemchr(const wchar_t *memory, wchar_t character, size_t count)
{
	for (; count > 0; memory++, count--)
		if (*memory == character)
			return (wchar_t *)memory;
	return NULL;
}

wchar_t *wcschr(const wchar_t *string, wchar_t character)
{
	for (; *string != character; string++)
		if (*string == 0)
			return NULL;
	return (wchar_t *)string;
}

wchar_t *wcsrchr(const wchar_t *string, wchar_t character)
{
	const wchar_t *end = string + wcslen(string);

	for (; *end != character; end--)
		if (end == string)
			return NULL;
	return (wchar_t *)end;
}
