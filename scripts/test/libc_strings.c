/*
 * libc_strings.c - string.h, strings.h and ctype.h: 40 000 rounds, in each of
 * them every function once, on strings that are likely to have much in common.
 * Addresses are printed as offsets, orders as signs.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "libc_cases.h"

#define ROUNDS 40000
#define SIZE   48

extern void *memrchr(const void *, int, size_t);
extern void *memmem(const void *, size_t, const void *, size_t);
extern void *mempcpy(void *, const void *, size_t);
extern char *strchrnul(const char *, int);
extern char *stpcpy(char *, const char *);
extern char *stpncpy(char *, const char *, size_t);

static int sign(int order)
{
	return (order > 0) - (order < 0);
}

static int offset(const void *found, const void *start)
{
	return found ? (int)((const char *)found - (const char *)start) : -1;
}

/* LENGTH characters from a small alphabet and a 0; more letters behind. */
static void pick_string(char *string, unsigned int length)
{
	for (int i = 0; i < SIZE; i++)
		string[i] = "abAB,\x80\xff"[pick(7)];
	string[length] = '\0';
}

/* SIZE bytes, such as they are, in one word. */
static void show(const char *name, const char *memory)
{
	printf(" %s=", name);
	for (int i = 0; i < SIZE; i++)
		putchar(memory[i] ? memory[i] : '.');
}

static void search_and_compare(const char *a, const char *b, const char *few)
{
	int c = pick(6) ? a[pick(SIZE)] : 'q';
	size_t count = pick(SIZE);

	printf("%d %d", (int)strlen(a), (int)strnlen(a, count));
	printf(" %d %d %d", sign(strcmp(a, b)), sign(strncmp(a, b, count)),
	       sign(memcmp(a, b, count)));
	printf(" %d %d", sign(strcasecmp(a, b)),
	       sign(strncasecmp(a, b, count)));
	printf(" %d %d", offset(strchr(a, c), a), offset(strrchr(a, c), a));
	printf(" %d %d", offset(strchr(a, 0), a), offset(strrchr(a, 0), a));
	printf(" %d", offset(strchrnul(a, c), a));
	printf(" %d %d", offset(memchr(a, c, count), a),
	       offset(memrchr(a, c, count), a));
	printf(" %d %d", offset(strstr(a, few), a),
	       offset(memmem(a, count, few, strlen(few)), a));
	printf(" %d %d %d", (int)strspn(a, few), (int)strcspn(a, few),
	       offset(strpbrk(a, few), a));
}

/* Each result at an odd place in a larger piece of memory, shown as a whole. */
static void copy(const char *a, const char *b)
{
	char memory[2 * SIZE];
	char *to = memory + pick(4);
	size_t length = strlen(b);
	size_t count = pick(SIZE / 2);

	memset(memory, '-', sizeof(memory));
	printf(" %d", offset(memcpy(to, a, count), to));
	show("memcpy", memory);
	printf(" %d", offset(mempcpy(to, b, count), to));
	printf(" %d", offset(memset(to + pick(8), 0x100 + 'm', count), to));
	show("memset", memory);
	printf(" %d", offset(strcpy(to, b), to));
	show("strcpy", memory);
	printf(" %d", offset(stpcpy(to, a), to));
	printf(" %d", offset(strncpy(to, b, count), to));
	show("strncpy", memory);
	printf(" %d", offset(stpncpy(to, a, count), to));
	show("stpncpy", memory);
	memory[length % SIZE] = '\0';
	memory[SIZE - 1] = '\0';
	to = memory;
	printf(" %d", offset(strncat(to, a, count), to));
	show("strncat", memory);
	memory[SIZE / 2] = '\0';
	printf(" %d", offset(strcat(to, b), to));
	show("strcat", memory);
	memcpy(memory, a, SIZE);
	memcpy(memory + SIZE, b, SIZE);
	to = memory + pick(SIZE / 2);
	printf(" %d", offset(memmove(to, memory + pick(SIZE / 2), count), to));
	show("memmove", memory);
}

static void cut(char *string, const char *set)
{
	char *state;
	char *piece = strtok_r(string, set, &state);
	char *twin = strdup(string);
	char *part = strndup(string, 3);

	printf(" %s %s", twin, part);
	free(twin);
	free(part);
	for (; piece; piece = strtok_r(NULL, set, &state))
		printf(" <%s>", piece);
}

static void characters(void)
{
	for (int c = -1; c < 256; c++)
		printf("%d: %d%d%d%d%d%d%d%d%d%d%d%d%d %d %d\n", c,
		       !!isalnum(c), !!isalpha(c), !!isblank(c), !!iscntrl(c),
		       !!isdigit(c), !!isgraph(c), !!islower(c), !!isprint(c),
		       !!ispunct(c), !!isspace(c), !!isupper(c), !!isxdigit(c),
		       c >= 0 && !!isascii(c), tolower(c), toupper(c));
}

int main(void)
{
	char a[SIZE], b[SIZE], few[SIZE], tokens[SIZE];

	characters();
	for (int i = -1; i <= 40; i++)
		printf("%s\n", strerror(i));
	for (int i = 0; i < ROUNDS; i++) {
		pick_string(a, pick(SIZE));
		pick_string(b, pick(SIZE / 2));
		if (pick(3) == 0)
			memcpy(b, a, pick(SIZE / 2));
		b[SIZE / 2 - 1] = '\0';
		pick_string(few, pick(4));
		memcpy(tokens, a, SIZE);
		search_and_compare(a, b, few);
		copy(a, b);
		cut(tokens, few);
		putchar('\n');
	}
	return 0;
}
