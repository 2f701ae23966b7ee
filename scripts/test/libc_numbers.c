/*
 * libc_numbers.c - the strtol() family on 120 000 texts: numbers, near-numbers
 * and nonsense; qsort() and bsearch() on arrays of many kinds.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "libc_cases.h"

#define CASES 120000

/* Digits, mostly such as BASE has; now and then something else. */
static void pick_text(char *text, int base)
{
	static const char *const starts[] = { "",   "",    "",   " ",  "\t\n",
					      "-",  "+",   " -", "+-", "0x",
					      "0X", "-0x", "0",  "x" };
	int digits = pick(24);

	if (base < 2 || base > 36)
		base = pick(3) ? 10 : 16;
	text += sprintf(text, "%s", starts[pick(14)]);
	if (pick(2)) {
		long long number = pick_integer();

		sprintf(text, pick(2) ? "%lld" : "%#llx", number);
		return;
	}
	while (digits-- > 0) {
		*text++ = "0123456789abcdefghijklmnopqrstuvwxyz"[pick(base)];
		if (pick(40) == 0)
			text[-1] = "GZ gz.-@[`{\x80"[pick(12)];
	}
	*text = '\0';
}

#define CONVERT(function, format)                               \
	do {                                                    \
		char *end = text;                               \
		errno = 0;                                      \
		printf(" " format, function(text, &end, base)); \
		printf(" %d %d", (int)(end - text), errno);     \
	} while (0)

static void conversion_case(void)
{
	static const int bases[] = { 0, 8, 10, 16, 2, 36, 1, -1, 37 };
	char text[64];
	int base = pick(3) ? bases[pick(9)] : 2 + (int)pick(35);

	pick_text(text, base);
	printf("%d <%s>", base, text);
	CONVERT(strtol, "%ld");
	CONVERT(strtoul, "%lu");
	CONVERT(strtoll, "%lld");
	CONVERT(strtoull, "%llu");
	CONVERT(strtoimax, "%" PRIdMAX);
	CONVERT(strtoumax, "%" PRIuMAX);
	printf(" %ld %lld", atol(text), atoll(text));
	printf(" %d\n", atoi(text));
}

struct element {
	int key;
	char rest[13]; /* a size that is no multiple of a word */
};

static long comparisons;

static int by_key(const void *a, const void *b)
{
	const struct element *first = a;
	const struct element *second = b;

	comparisons++;
	return (first->key > second->key) - (first->key < second->key);
}

static int key_at(int kind, int i, int count)
{
	switch (kind) {
	case 0:
		return i;
	case 1:
		return count - i;
	case 2:
		return 7;
	case 3:
		return i < count / 2 ? i : count - i;
	case 4:
		return pick(4);
	default:
		return pick(1000000);
	}
}

/* Elements must arrive whole, and in order; equal ones in any order. */
static void sort_case(int kind, int count)
{
	struct element *array = calloc(count + 1, sizeof(*array));
	long limit = 16;
	long sum = 0;
	int whole = 1;

	for (int i = 0; i < count; i++) {
		array[i].key = key_at(kind, i, count);
		sprintf(array[i].rest, "%d", array[i].key);
	}
	array[count].key = 4711;
	for (int i = count; i > 0; i /= 2)
		limit += 2 * count; /* 2 n log2 n */
	comparisons = 0;
	qsort(array, count, sizeof(*array), by_key);
	printf("sort %d %d %s", kind, count,
	       comparisons <= limit ? "" : "too many comparisons");
	for (int i = 0; i < count; i++) {
		whole &= atoi(array[i].rest) == array[i].key;
		sum = sum * 31 + array[i].key;
		if (i > 0 && array[i - 1].key > array[i].key)
			printf(" disorder");
	}
	printf(" %s %ld %d", whole ? "whole" : "torn", sum, array[count].key);
	for (int i = 0; i < 20; i++) {
		struct element wanted = { .key = key_at(kind, i, count) };
		struct element *found =
			bsearch(&wanted, array, count, sizeof(*array), by_key);

		printf(" %d", found ? found->key : -1);
	}
	putchar('\n');
	free(array);
}

int main(void)
{
	static const int counts[] = { 0, 1, 2, 3, 4, 5, 10, 100, 1000, 20000 };

	for (int i = 0; i < CASES; i++)
		conversion_case();
	for (int kind = 0; kind < 6; kind++)
		for (int i = 0; i < 10; i++)
			sort_case(kind, counts[i]);
	printf("%d %ld %lld\n", abs(-5), labs(LONG_MIN + 1),
	       llabs(LLONG_MIN + 1));
	return 0;
}
