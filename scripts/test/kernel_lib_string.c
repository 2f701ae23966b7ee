/*
 * kernel_lib_string.c - kernel/lib/string.c against plain loops and against
 * the host's libc: every length, alignment and overlap that the string
 * instructions could get wrong. Compiled as kernel_lib_vsnprintf.c is.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *kernel_memcpy(void *to, const void *from, size_t size);
void *kernel_memmove(void *to, const void *from, size_t size);
void *kernel_memset(void *memory, int byte, size_t size);
int kernel_memcmp(const void *a, const void *b, size_t size);
size_t kernel_strlen(const char *string);
size_t kernel_strnlen(const char *string, size_t size);
int kernel_strcmp(const char *a, const char *b);
int kernel_strncmp(const char *a, const char *b, size_t size);
char *kernel_strchr(const char *string, int character);
size_t kernel_strscpy(char *to, const char *from, size_t size);

#define SIZE     160
#define MAX_COPY 70

static unsigned long cases;
static unsigned long failures;

#define CHECK(condition, ...)                \
	do {                                 \
		cases++;                     \
		if (!(condition)) {          \
			failures++;          \
			printf(__VA_ARGS__); \
			printf("\n");        \
		}                            \
	} while (0)

static unsigned char memory[SIZE], expected[SIZE];

static void fill(void)
{
	for (int i = 0; i < SIZE; i++)
		memory[i] = expected[i] = i * 7 + 1;
}

/* Slow and certain: through a copy of its own. */
static void move_expected(int to, int from, int size)
{
	unsigned char copy[SIZE];

	for (int i = 0; i < size; i++)
		copy[i] = expected[from + i];
	for (int i = 0; i < size; i++)
		expected[to + i] = copy[i];
}

static void test_copies(void)
{
	for (int size = 0; size <= MAX_COPY; size++)
		for (int from = 0; from < 8; from++)
			for (int to = MAX_COPY + 8; to < MAX_COPY + 16; to++) {
				fill();
				move_expected(to, from, size);
				CHECK(kernel_memcpy(memory + to, memory + from,
						    size) == memory + to &&
					      memcmp(memory, expected, SIZE) ==
						      0,
				      "memcpy %d bytes from %d to %d", size,
				      from, to);
			}
	for (int size = 0; size <= MAX_COPY; size++)
		for (int from = 40; from < 44; from++)
			for (int to = 0; to < 88; to++) {
				fill();
				move_expected(to, from, size);
				CHECK(kernel_memmove(memory + to, memory + from,
						     size) == memory + to &&
					      memcmp(memory, expected, SIZE) ==
						      0,
				      "memmove %d bytes from %d to %d", size,
				      from, to);
			}
	for (int size = 0; size <= MAX_COPY; size++)
		for (int to = 0; to < 8; to++) {
			fill();
			for (int i = 0; i < size; i++)
				expected[to + i] = 0xa5;
			CHECK(kernel_memset(memory + to, 0xdeada5, size) ==
					      memory + to &&
				      memcmp(memory, expected, SIZE) == 0,
			      "memset %d bytes at %d", size, to);
		}
}

static int sign(int number)
{
	return (number > 0) - (number < 0);
}

/* Copies of the strings end where ASan's guard begins. */
static void test_pair(const char *a, const char *b)
{
	char *left = strdup(a), *right = strdup(b);

	CHECK(sign(kernel_strcmp(left, right)) == sign(strcmp(a, b)),
	      "strcmp \"%s\" \"%s\"", a, b);
	for (size_t size = 0; size < 8; size++) {
		size_t both = strlen(a) < strlen(b) ? strlen(a) : strlen(b);

		CHECK(sign(kernel_strncmp(left, right, size)) ==
			      sign(strncmp(a, b, size)),
		      "strncmp \"%s\" \"%s\" %zu", a, b, size);
		if (size > both + 1)
			continue;
		CHECK(sign(kernel_memcmp(left, right, size)) ==
			      sign(memcmp(a, b, size)),
		      "memcmp \"%s\" \"%s\" %zu", a, b, size);
	}
	free(left);
	free(right);
}

static void test_one(const char *text)
{
	char *string = strdup(text);

	CHECK(kernel_strlen(string) == strlen(text), "strlen \"%s\"", text);
	for (size_t size = 0; size < 8; size++) {
		char *to = malloc(size);
		size_t length = kernel_strscpy(to, string, size);
		size_t fits = size ? strnlen(text, size - 1) : 0;

		CHECK(kernel_strnlen(string, size) == strnlen(text, size),
		      "strnlen \"%s\" %zu", text, size);
		CHECK(length == fits &&
			      (!size || (!to[fits] && !memcmp(to, text, fits))),
		      "strscpy \"%s\" %zu", text, size);
		free(to);
	}
	for (int c = -128; c < 128; c++) {
		char *found = kernel_strchr(string, c);
		char *libc_found = strchr(string, c);

		CHECK(found == libc_found, "strchr \"%s\" %d", text, c);
	}
	free(string);
}

int main(void)
{
	static const char *const texts[] = {
		"",    "a",    "b",    "ab",    "abc",   "abd",
		"abe", "abcd", "\xff", "a\x80", "a\x7f", "abcdefg",
		"A",   "aB",   "tty0", "ttyS0", "ttyS1", "ttyS10",
	};
	const size_t count = sizeof(texts) / sizeof(texts[0]);

	test_copies();
	for (size_t i = 0; i < count; i++) {
		test_one(texts[i]);
		for (size_t j = 0; j < count; j++)
			test_pair(texts[i], texts[j]);
	}
	printf("%lu cases, %lu failures\n", cases, failures);
	return failures != 0;
}
