/*
 * libc_scanf.c - the scanf family: 150 000 formats made at random, each with
 * an input that more or less matches, through sscanf(), and the same inputs
 * one after the other through fscanf() from a file (first argument).
 */
#include <limits.h>
/* From 2.38 on glibc reads 0b1 as C23 does, for who wants GNU's extensions. */
#undef __GLIBC_USE_C2X_STRTOL
#undef __GLIBC_USE_C23_STRTOL
#define __GLIBC_USE_C2X_STRTOL 0
#define __GLIBC_USE_C23_STRTOL 0
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "libc_cases.h"

#define CASES   150000
#define TARGETS 4

static char targets[TARGETS][1024] __attribute__((aligned(16)));

static void add(char *text, const char *more)
{
	strcat(text, more);
}

static void add_digits(char *text, const char *digits, int count)
{
	char *next = strchr(text, '\0');

	while (count-- > 0)
		*next++ = digits[pick(strlen(digits))];
	*next = '\0';
}

static const char *const lengths[] = { "hh", "h", "", "l", "ll", "j", "z", "t" };

/* What an integer conversion may meet. */
static void integer_input(char *input)
{
	static const char *const starts[] = { "", "", "-", "+", "0", "-0" };
	const char *digits;

	add(input, starts[pick(6)]);
	if (pick(30) == 0)
		add(input, "9999999999999999999999");
	digits = pick(3) ? "0123456789" : "01234567abcdfg";
	add_digits(input, digits, pick(pick(2) ? 5 : 22));
}

static void floating_input(char *input, int whole)
{
	static const char *const words[] = { "inf", "Infinity", "-nan",
					     "in",  "infi",     "infinix",
					     "nax", ".",        "-." };

	if (pick(6) == 0) {
		add(input, words[pick(9)]);
		return;
	}
	if (pick(3) == 0)
		add(input, pick(2) ? "-" : "+");
	add_digits(input, "0123456789", pick(4));
	if (pick(2))
		add(input, ".");
	add_digits(input, "0123456789", pick(20));
	if (whole && pick(3) == 0)
		sprintf(strchr(input, '\0'), "e%d", (int)pick(700) - 350);
}

static void add_conversion(char *format, char *input, int *assigned)
{
	static const char *const sets[] = { "[a-z]",   "[^a-z]", "[]x]",
					    "[^]x]",   "[a-]",   "[0-9.-]",
					    "[z-a]",   "[abc]",  "[^\n]",
					    "[a-cx-z]" };
	static const char *const floating[] = { "", "l", "L" };
	int suppress = pick(8) == 0;
	int limited = pick(4) == 0;
	char *next = strchr(format, '\0');

	next += sprintf(next, "%%%s", suppress ? "*" : "");
	if (limited)
		next += sprintf(next, "%d", 1 + (int)pick(12));
	switch (pick(9)) {
	case 0:
		strcpy(next, "s");
		add_digits(input, "abcwyz0.-]", 1 + pick(20));
		break;
	case 1:
		strcpy(next, "c");
		add_digits(input, "abc wyz", pick(13));
		break;
	case 2:
		strcpy(next, sets[pick(10)]);
		add_digits(input, "abcwyz0.-]", pick(20));
		break;
	case 3:
		strcpy(next, floating[pick(3)]);
		add_digits(format, "aefgAEFG", 1);
		floating_input(input, !limited);
		break;
	case 4:
		strcpy(strrchr(format, '%'), "%n");
		suppress = 0;
		break;
	default:
		strcpy(next, lengths[pick(8)]);
		add_digits(format, "diouxX", 1);
		integer_input(input);
	}
	*assigned += !suppress;
}

static void make_case(char *format, char *input)
{
	static const char *const between[] = { " ",  "",  ",", " , ",
					       "%%", ";", "\n" };
	int assigned = 0;

	*format = *input = '\0';
	for (int i = 0; i < 6 && assigned < TARGETS; i++) {
		int separator = pick(7);

		if (pick(6) == 0)
			add(input, " ");
		add_conversion(format, input, &assigned);
		add(format, between[separator]);
		if (pick(12))
			add(input, separator == 4 ? "%" : between[separator]);
		if (pick(6) == 0)
			add(input, "\t ");
	}
	if (pick(20) == 0 && !strchr(input, 'e'))
		input[pick(strlen(input) + 1)] = '\0';
}

static void show(int result)
{
	printf(" %d:", result);
	for (int i = 0; i < TARGETS; i++) {
		int last = sizeof(targets[i]) - 1;

		while (last >= 0 && targets[i][last] == 'z')
			last--;
		putchar(' ');
		for (int at = 0; at <= last; at++)
			printf("%02x", (unsigned char)targets[i][at]);
	}
	putchar('\n');
}

#define ALL targets[0], targets[1], targets[2], targets[3]

/*
 * In C 0x, 1e or 0x1p without a digit do not match; glibc takes them for 0, 1
 * and 1. So these prefixes are not among what is made at random.
 */
static void prefix_cases(void)
{
	static const char *const cases[][2] = {
		{ "%x", "0x1fz" },   { "%i", "-0X1f" },
		{ "%3i", "0x1f" },   { "%i", "0179" },
		{ "%i", "09" },      { "%o", "0x1" },
		{ "%d", "0x1" },     { "%x", "-0XfFfFfFfF" },
		{ "%5x", "+0x1ff" }, { "%f", "0x1.8p1z" },
		{ "%a", "-0X.1" },   { "%g", "0x1p-130" },
		{ "%e", "1e5000" },  { "%f", "1e-5000" },
		{ "%f", "1E+2e" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint32_t value = 0;
		int end = 0;
		char format[20];
		int result;

		sprintf(format, "%s%%n", cases[i][0]);
		result = sscanf(cases[i][1], format, &value, &end);
		printf("%s %d %x %d\n", cases[i][0], result, (unsigned)value,
		       end);
	}
}

static void single_cases(void)
{
	char *text = NULL, *more = NULL;
	wchar_t wide[20] = { 0 };
	long double number = 0;
	void *pointer = NULL;
	int result, n = -1;

	result = sscanf("allocated text", "%ms %m[a-t]%n", &text, &more, &n);
	printf("%d %s %s %d\n", result, text, more, n);
	free(text);
	free(more);
	result = sscanf("  a-word-that-is-longer-than-thirty-two-characters",
			"%ms", &text);
	printf("%d %s\n", result, text);
	free(text);
	result = sscanf("wide", "%ls", wide);
	printf("%d %x %x %x\n", result, (int)wide[0], (int)wide[3],
	       (int)wide[4]);
	result = sscanf("0xbeef (nil)", "%p %n", &pointer, &n);
	printf("%d %p %d\n", result, pointer, n);
	result = sscanf("1.5e-4931", "%Lf", &number);
	printf("%d %La\n", result, number);
	result = sscanf("", "%d", &n);
	printf("%d\n", result);
	result = sscanf("   ", " %d", &n);
	printf("%d\n", result);
	result = sscanf("x", "y%d", &n);
	printf("%d\n", result);
	result = sscanf("12", "%*d%d", &n);
	printf("%d\n", result);
	result = sscanf("99999999999999999999", "%d", &n);
	printf("%d %d\n", result, n);
}

int main(int argc, char **argv)
{
	FILE *file = fopen(argv[argc - 1], "w+");
	char format[256], input[512];
	int c;

	single_cases();
	prefix_cases();
	for (int i = 0; i < CASES; i++) {
		make_case(format, input);
		/* Of "nax" glibc takes the x too, "1e" for 1 with %2f. */
		if (i % 8 == 0 && !strpbrk(input, "ine"))
			fprintf(file, "%s\n", input);
		memset(targets, 'z', sizeof(targets));
		printf("<%s> <%s>", format, input);
		show(sscanf(input, format, ALL));
	}
	rewind(file);
	while (!feof(file)) {
		int assigned = 0;

		*format = *input = '\0';
		add_conversion(format, input, &assigned);
		memset(targets, 'z', sizeof(targets));
		printf("<%s> %ld", format, ftell(file));
		show(fscanf(file, format, ALL));
		if (pick(2) && (c = getc(file)) != EOF)
			printf("%c %d\n", c, pick(2) ? ungetc('a', file) : 0);
	}
	fclose(file);
	return 0;
}
