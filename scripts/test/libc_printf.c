/*
 * libc_printf.c - printf's conversions with all their flags, widths and
 * precisions: 200 000 cases, one line of output each.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include "libc_cases.h"

#define CASES 200000

/* A % with flags, width and precision; *STARS int arguments belong to it. */
static char *pick_specification(char *next, const char *flags, int *stars)
{
	int kind;

	*stars = 0;
	*next++ = '%';
	while (*flags && pick(2))
		*next++ = flags[pick(strlen(flags))];
	kind = pick(4);
	if (kind == 0) {
		*next++ = '*';
		++*stars;
	} else if (kind == 1) {
		next += sprintf(next, "%d", 1 + (int)pick(30));
	}
	kind = pick(5);
	if (kind == 0) {
		*next++ = '.';
		*next++ = '*';
		++*stars;
	} else if (kind == 1) {
		next += sprintf(next, ".%d", (int)pick(30));
	} else if (kind == 2 && pick(4) == 0) {
		*next++ = '.';
	}
	return next;
}

/* Calls snprintf with the arguments for the stars, and VALUE. */
#define FORMAT(value)                                                \
	(stars == 0   ? snprintf(text, room, format, value)          \
	 : stars == 1 ? snprintf(text, room, format, star[0], value) \
		      : snprintf(text, room, format, star[0], star[1], value))

static const char *const lengths[] = { "hh", "h", "", "l", "ll", "j", "z", "t" };

static void integer_case(void)
{
	char format[64], text[128];
	int star[2] = { (int)pick(60) - 30, (int)pick(40) - 10 };
	int length = pick(8);
	long long value = pick_integer();
	size_t room = pick(4) ? sizeof(text) : pick(20);
	char letter = "dioxXu"[pick(6)];
	const char *flags = strchr("di", letter) ? "-+ 0'"
			    : letter == 'u'      ? "-0'"
						 : "-#0";
	int stars, result;
	char *next = pick_specification(format, flags, &stars);

	sprintf(next, "%s%c|", lengths[length], letter);
	memset(text, 'z', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	if (length == 4 || length == 5)
		result = FORMAT(value);
	else
		result = FORMAT((int)value);
	printf("%s %lld: %d [%s]\n", format, value, result, text);
}

static void text_case(void)
{
	static const char *const strings[] = {
		"", "a", "hello, world", "tab\tand \x80\xff",
		"a string that is longer than most of the fields are"
	};
	char format[64], text[128] = "";
	int star[2] = { (int)pick(60) - 30, (int)pick(40) - 10 };
	const char *string = strings[pick(5)];
	size_t room = pick(4) ? sizeof(text) : 1 + pick(20);
	int stars, result;
	char *next = pick_specification(format, "-", &stars);

	strcpy(next, "s|");
	result = FORMAT(string);
	printf("%s: %d [%s]\n", format, result, text);
}

static void character_and_pointer_case(void)
{
	char text[128] = "";
	int width = (int)pick(40) - 20;
	char c = 1 + pick(255);
	void *pointer = pick(8) ? (void *)(uintptr_t)pick(UINT32_MAX) : NULL;
	int result = snprintf(text, sizeof(text), "%*c|%5c|%-3c|%%|%*p|%p",
			      width, c, c, c, width, pointer, pointer);

	printf("%d %d: %d [%s]\n", width, c, result, text);
}

/* All of one call together: each takes its own argument, and no other. */
static void mixed_case(void)
{
	char text[512];
	long long wide = pick_integer();
	int narrow = pick_integer();
	double real = (int)pick_integer() / 1024.0;
	int result = snprintf(text, sizeof(text),
			      "%d %s %lld %c %#llx %a %hhu %p %.3s %La %5d%%",
			      narrow, "one", wide, 'x', wide, real, narrow,
			      (void *)(uintptr_t)wide, "three",
			      (long double)real, narrow);

	printf("%d [%s]\n", result, text);
}

/* Hexadecimal floating point, the one conversion that needs no rounding. */
static void floating_case(void)
{
	static const char *const formats[] = { "%a",    "%A",   "%+a",
					       "% a",   "%30a", "%-30a",
					       "%030a", "%#a",  "%+030A" };
	const char *format = formats[pick(9)];
	union {
		uint64_t bits;
		double value;
	} number;
	char text[128];
	int result;

	number.bits = (uint64_t)pick(UINT32_MAX) << 32 | pick(UINT32_MAX);
	if (pick(3) == 0)
		number.bits &= (uint64_t)-1 << pick(64);
	if (pick(10) == 0)
		number.bits |= 0x7ff0000000000000;
	if (pick(10) == 0)
		number.bits &= 0x800fffffffffffff;
	result = snprintf(text, sizeof(text), format, number.value);
	printf("%s %llx: %d [%s]\n", format, (unsigned long long)number.bits,
	       result, text);
}

static void single_cases(void)
{
	char text[64];

	errno = ENOENT;
	printf("%d ", snprintf(text, sizeof(text), "%m|%30m|%.3m"));
	printf("[%s]\n", text);
	printf("%s %10s %d\n", (char *)NULL, (char *)NULL, 1);
	printf("%d\n", snprintf(NULL, 0, "%s", "only measured"));
	errno = 0;
	printf("%d", snprintf(text, sizeof(text), "%*d", INT_MIN, 1));
	printf(" %d\n", errno);
	errno = 0;
	printf("%d", snprintf(text, sizeof(text), "%2147483647d ", 1));
	printf(" %d\n", errno);
	errno = 0;
	printf("%d", snprintf(text, sizeof(text), "%99999999999d", 1));
	printf(" %d\n", errno);
	errno = 0;
	printf("%d", snprintf(text, sizeof(text), "%.99999999999d", 1));
	printf(" %d\n", errno);
}

int main(void)
{
	single_cases();
	for (int i = 0; i < CASES; i++) {
		switch (pick(8)) {
		case 0:
			text_case();
			break;
		case 1:
			character_and_pointer_case();
			break;
		case 2:
			mixed_case();
			break;
		case 3:
			floating_case();
			break;
		default:
			integer_case();
		}
	}
	return 0;
}
