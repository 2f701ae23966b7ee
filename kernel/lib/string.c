/*
 * string.c - the string and memory functions of C. The memory functions are
 * the string instructions of the 386: whole words, then the bytes left over
 * (Intel SDM 2, REP). They need nothing that a 486 does not have.
 * Linux: arch/x86/lib/string_32.c, lib/string.c.
 */
#include "lib/string.h"

void *memcpy(void *to, const void *from, size_t size)
{
	void *result = to;
	size_t words = size / 4;
	size_t bytes = size % 4;

	__asm__ volatile("rep movsl\n\t"
			 "movl %3, %%ecx\n\t"
			 "rep movsb"
			 : "+D"(to), "+S"(from), "+&c"(words)
			 : "r"(bytes)
			 : "memory");
	return result;
}

/*
 * Upwards is right unless TO begins inside FROM; then from the last byte
 * down, with the direction flag set and cleared again for everybody else.
 */
void *memmove(void *to, const void *from, size_t size)
{
	char *last;
	const char *last_from;

	if ((size_t)to - (size_t)from >= size)
		return memcpy(to, from, size);
	last = (char *)to + size - 1;
	last_from = (const char *)from + size - 1;
	__asm__ volatile("std\n\t"
			 "rep movsb\n\t"
			 "cld"
			 : "+D"(last), "+S"(last_from), "+c"(size)
			 :
			 : "memory");
	return to;
}

void *memset(void *memory, int byte, size_t size)
{
	void *result = memory;
	uint32_t word = (uint8_t)byte * 0x01010101u;
	size_t words = size / 4;
	size_t bytes = size % 4;

	__asm__ volatile("rep stosl\n\t"
			 "movl %3, %%ecx\n\t"
			 "rep stosb"
			 : "+D"(memory), "+&c"(words)
			 : "a"(word), "r"(bytes)
			 : "memory");
	return result;
}

int memcmp(const void *a, const void *b, size_t size)
{
	const unsigned char *left = a;
	const unsigned char *right = b;

	for (size_t i = 0; i < size; i++)
		if (left[i] != right[i])
			return left[i] - right[i];
	return 0;
}

size_t strlen(const char *string)
{
	return strnlen(string, SIZE_MAX);
}

size_t strnlen(const char *string, size_t size)
{
	size_t length = 0;

	while (length < size && string[length])
		length++;
	return length;
}

int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, SIZE_MAX);
}

int strncmp(const char *a, const char *b, size_t size)
{
	for (; size; size--, a++, b++) {
		if (*a != *b)
			return (unsigned char)*a - (unsigned char)*b;
		if (!*a)
			break;
	}
	return 0;
}

char *strchr(const char *string, int character)
{
	for (; *string != (char)character; string++)
		if (!*string)
			return NULL;
	return (char *)string;
}

long parse_long(const char **text)
{
	bool negative = **text == '-';
	long value = 0;

	*text += negative;
	while (**text >= '0' && **text <= '9' && value < 100000000)
		value = value * 10 + (*(*text)++ - '0');
	return negative ? -value : value;
}

size_t strscpy(char *to, const char *from, size_t size)
{
	size_t length;

	if (!size)
		return 0;
	length = strnlen(from, size - 1);
	memcpy(to, from, length);
	to[length] = '\0';
	return length;
}
