/*
 * kernel_lib_vsnprintf.c - kernel/lib/vsnprintf.c against the host's printf,
 * over all combinations that the kernel has of flags, widths, sizes,
 * conversions and interesting values. test_kernel_lib.py compiles it for
 * i386 under ASan and UBSan, with the kernel's functions renamed to kernel_….
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int kernel_vsnprintf(char *buffer, size_t size, const char *format,
		     va_list args);
int kernel_snprintf(char *buffer, size_t size, const char *format, ...);

static unsigned long cases;
static unsigned long failures;

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Both printfs with the same arguments, and every way of cutting it short. */
static void compare(const char *format, ...)
{
	char expected[512];
	char result[512];
	va_list args;
	int length, kernel_length;

	va_start(args, format);
	length = vsnprintf(expected, sizeof(expected), format, args);
	va_end(args);
	va_start(args, format);
	kernel_length = kernel_vsnprintf(result, sizeof(result), format, args);
	va_end(args);
	cases++;
	if (length != kernel_length || strcmp(expected, result)) {
		failures++;
		printf("\"%s\": \"%s\" (%d) instead of \"%s\" (%d)\n", format,
		       result, kernel_length, expected, length);
	}
}

/* From a heap buffer of exactly SIZE bytes, which ASan guards. */
static void compare_cut(size_t size, const char *format, ...)
{
	char expected[512] = "";
	char *result = malloc(size);
	va_list args;
	int length, kernel_length;

	va_start(args, format);
	length = vsnprintf(expected, size, format, args);
	va_end(args);
	va_start(args, format);
	kernel_length = kernel_vsnprintf(result, size, format, args);
	va_end(args);
	cases++;
	if (length != kernel_length || (size && strcmp(expected, result))) {
		failures++;
		printf("\"%s\" cut to %zu: length %d instead of %d\n", format,
		       size, kernel_length, length);
	}
	free(result);
}

static void expect(const char *result, const char *expected)
{
	cases++;
	if (strcmp(result, expected)) {
		failures++;
		printf("\"%s\" instead of \"%s\"\n", result, expected);
	}
}

static const char *const flags[] = { "", "-", "0" };
static const char *const widths[] = { "", "1", "5", "12", "30" };
static const char *const sizes[] = { "", "l" };

static const long values[] = {
	0,          1,          -1,         7,          8,
	10,         -99,        127,        128,        255,
	256,        -32768,     65535,      0x7fffffff, -0x7fffffff - 1,
	0xffffffff, 0xc0101234, 1234567890,
};

static void test_numbers(const char *flag, const char *width)
{
	char format[32];

	if (*flag && !*width)
		return;
	for (size_t s = 0; s < COUNT(sizes); s++)
		for (const char *c = "duxo"; *c; c++)
			for (size_t v = 0; v < COUNT(values); v++) {
				sprintf(format, "%%%s%s%s%c", flag, width,
					sizes[s], *c);
				compare(format, values[v]);
			}
}

static void test_text(const char *flag, const char *width)
{
	static const char *const texts[] = { "", "a", "hello",
					     "a rather long text" };
	char format[32];

	if (*flag == '0')
		return;
	for (size_t t = 0; t < COUNT(texts); t++) {
		sprintf(format, "%%%s%ss", flag, width);
		compare(format, texts[t]);
	}
	sprintf(format, "%%%s%sc", flag, width);
	compare(format, 'x');
}

/* What we do not know is printed as it stands; the arguments are left alone. */
static void test_unknown(void)
{
	char result[64];

	kernel_snprintf(result, sizeof(result), "%y and %d", 5);
	expect(result, "%y and 5");
	kernel_snprintf(result, sizeof(result), "at the end %");
	expect(result, "at the end %");
	kernel_snprintf(result, sizeof(result), "at the end %-5l");
	expect(result, "at the end %-5l");
}

int main(void)
{
	for (size_t f = 0; f < COUNT(flags); f++)
		for (size_t w = 0; w < COUNT(widths); w++) {
			test_numbers(flags[f], widths[w]);
			test_text(flags[f], widths[w]);
		}
	compare("100%% of %s and %d%c", "it", -5, '!');
	compare("");
	test_unknown();
	for (size_t size = 0; size < 40; size++)
		compare_cut(size, "%s: %06x, %-8d|%lu", "a name", 0xbeef, -42,
			    1234567890UL);
	compare("%300d|", 5);
	printf("%lu cases, %lu failures\n", cases, failures);
	return failures != 0;
}
