/*
 * string.c - memory and strings. memcpy() and memset() are what malloc's
 * calloc() and realloc() and stdio spend their time in, so they use the
 * processor's string instructions, which move four bytes a step; the rest is
 * plain C.
 */
#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

/* gcc must not see a strlen() in strlen()'s loop and make it call itself. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("no-tree-loop-distribute-patterns")
#endif

/* ── Memory ───────────────────────────────────────────────────────────── */

void *mempcpy(void *restrict to, const void *restrict from, size_t count)
{
	size_t words = count / 4;

	count %= 4;
	__asm__ volatile("rep movsl"
			 : "+D"(to), "+S"(from), "+&c"(words)
			 :
			 : "memory");
	__asm__ volatile("rep movsb"
			 : "+D"(to), "+S"(from), "+c"(count)
			 :
			 : "memory");
	return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t count)
{
	mempcpy(to, from, count);
	return to;
}

/* Backwards where forwards would overwrite what is still to be copied. */
void *memmove(void *to, const void *from, size_t count)
{
	char *destination = to;
	const char *source = from;

	if ((uintptr_t)to - (uintptr_t)from >= count)
		return memcpy(to, from, count);
	while (count-- > 0)
		destination[count] = source[count];
	return to;
}

void *memset(void *to, int byte, size_t count)
{
	uint32_t pattern = (unsigned char)byte * 0x01010101u;
	size_t words = count / 4;
	void *next = to;

	count %= 4;
	__asm__ volatile("rep stosl"
			 : "+D"(next), "+&c"(words)
			 : "a"(pattern)
			 : "memory");
	__asm__ volatile("rep stosb"
			 : "+D"(next), "+c"(count)
			 : "a"(pattern)
			 : "memory");
	return to;
}

int memcmp(const void *a, const void *b, size_t count)
{
	const unsigned char *first = a;
	const unsigned char *second = b;

	for (size_t i = 0; i < count; i++)
		if (first[i] != second[i])
			return first[i] - second[i];
	return 0;
}

void *memccpy(void *restrict to, const void *restrict from, int end,
	      size_t count)
{
	const char *found = memchr(from, end, count);

	if (!found) {
		memcpy(to, from, count);
		return NULL;
	}
	return mempcpy(to, from, found + 1 - (const char *)from);
}

void *memchr(const void *memory, int byte, size_t count)
{
	const unsigned char *bytes = memory;

	for (size_t i = 0; i < count; i++)
		if (bytes[i] == (unsigned char)byte)
			return (void *)(bytes + i);
	return NULL;
}

void *memrchr(const void *memory, int byte, size_t count)
{
	const unsigned char *bytes = memory;

	while (count-- > 0)
		if (bytes[count] == (unsigned char)byte)
			return (void *)(bytes + count);
	return NULL;
}

void *memmem(const void *memory, size_t count, const void *wanted,
	     size_t wanted_count)
{
	const char *bytes = memory;

	for (; count >= wanted_count; bytes++, count--)
		if (memcmp(bytes, wanted, wanted_count) == 0)
			return (void *)bytes;
	return NULL;
}

/* ── Strings: length and copies ───────────────────────────────────────── */

size_t strlen(const char *string)
{
	const char *end = string;

	while (*end)
		end++;
	return end - string;
}

size_t strnlen(const char *string, size_t maximum)
{
	size_t length = 0;

	while (length < maximum && string[length])
		length++;
	return length;
}

char *stpcpy(char *restrict to, const char *restrict from)
{
	while ((*to = *from++))
		to++;
	return to;
}

char *strcpy(char *restrict to, const char *restrict from)
{
	stpcpy(to, from);
	return to;
}

char *stpncpy(char *restrict to, const char *restrict from, size_t count)
{
	size_t length = strnlen(from, count);

	memcpy(to, from, length);
	return memset(to + length, 0, count - length);
}

char *strncpy(char *restrict to, const char *restrict from, size_t count)
{
	stpncpy(to, from, count);
	return to;
}

char *strcat(char *restrict to, const char *restrict from)
{
	strcpy(to + strlen(to), from);
	return to;
}

char *strncat(char *restrict to, const char *restrict from, size_t count)
{
	char *end = to + strlen(to);
	size_t length = strnlen(from, count);

	memcpy(end, from, length);
	end[length] = '\0';
	return to;
}

size_t strlcpy(char *restrict to, const char *restrict from, size_t size)
{
	size_t length = strlen(from);

	if (size > 0) {
		size_t fits = length < size ? length : size - 1;

		memcpy(to, from, fits);
		to[fits] = '\0';
	}
	return length;
}

size_t strlcat(char *restrict to, const char *restrict from, size_t size)
{
	size_t length = strnlen(to, size);

	return length + strlcpy(to + length, from, size - length);
}

size_t strxfrm(char *restrict to, const char *restrict from, size_t size)
{
	return strlcpy(to, from, size);
}

/* ── Strings: comparison ──────────────────────────────────────────────── */

int strcmp(const char *a, const char *b)
{
	for (; *a && *a == *b; a++)
		b++;
	return (unsigned char)*a - (unsigned char)*b;
}

int strncmp(const char *a, const char *b, size_t count)
{
	for (; count > 0; a++, b++, count--)
		if (*a == '\0' || *a != *b)
			return (unsigned char)*a - (unsigned char)*b;
	return 0;
}

int strcoll(const char *a, const char *b)
{
	return strcmp(a, b);
}

int strncasecmp(const char *a, const char *b, size_t count)
{
	for (; count > 0; a++, b++, count--) {
		int first = tolower((unsigned char)*a);
		int second = tolower((unsigned char)*b);

		if (first == 0 || first != second)
			return first - second;
	}
	return 0;
}

int strcasecmp(const char *a, const char *b)
{
	return strncasecmp(a, b, SIZE_MAX);
}

/* ── Strings: searching ───────────────────────────────────────────────── */

char *strchrnul(const char *string, int character)
{
	while (*string && *string != (char)character)
		string++;
	return (char *)string;
}

char *strchr(const char *string, int character)
{
	char *found = strchrnul(string, character);

	return *found == (char)character ? found : NULL;
}

char *strrchr(const char *string, int character)
{
	return memrchr(string, character, strlen(string) + 1);
}

size_t strspn(const char *string, const char *set)
{
	size_t length = 0;

	while (string[length] && strchr(set, string[length]))
		length++;
	return length;
}

size_t strcspn(const char *string, const char *set)
{
	size_t length = 0;

	while (string[length] && !strchr(set, string[length]))
		length++;
	return length;
}

char *strpbrk(const char *string, const char *set)
{
	string += strcspn(string, set);
	return *string ? (char *)string : NULL;
}

char *strstr(const char *string, const char *wanted)
{
	size_t length = strlen(wanted);

	for (; strncmp(string, wanted, length) != 0; string++)
		if (*string == '\0')
			return NULL;
	return (char *)string;
}

char *strcasestr(const char *string, const char *wanted)
{
	size_t length = strlen(wanted);

	for (; strncasecmp(string, wanted, length) != 0; string++)
		if (*string == '\0')
			return NULL;
	return (char *)string;
}

char *strsep(char **restrict string, const char *restrict set)
{
	char *start = *string;

	if (!start)
		return NULL;
	*string = strpbrk(start, set);
	if (*string)
		*(*string)++ = '\0';
	return start;
}

char *strtok_r(char *restrict string, const char *restrict set,
	       char **restrict state)
{
	char *end;

	if (!string)
		string = *state;
	string += strspn(string, set);
	end = string + strcspn(string, set);
	*state = *end ? end + 1 : end;
	*end = '\0';
	return end > string ? string : NULL;
}

char *strtok(char *restrict string, const char *restrict set)
{
	static char *state;

	return strtok_r(string, set, &state);
}

/* ── Older names, and bits ────────────────────────────────────────────── */

int bcmp(const void *a, const void *b, size_t count)
{
	return memcmp(a, b, count);
}

void bcopy(const void *from, void *to, size_t count)
{
	memmove(to, from, count);
}

void bzero(void *to, size_t count)
{
	memset(to, 0, count);
}

char *index(const char *string, int character)
{
	return strchr(string, character);
}

char *rindex(const char *string, int character)
{
	return strrchr(string, character);
}

int ffsll(long long number)
{
	int bit = 1;

	if (number == 0)
		return 0;
	for (; !(number & 1); bit++)
		number >>= 1;
	return bit;
}

int ffsl(long number)
{
	return ffsll(number);
}

int ffs(int number)
{
	return ffsll(number);
}
