/*
 * strtol.c - integers from text. One reader for all types and for scanf();
 * each type then has its limits.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include "file.h"
#include "scan.h"

void __input_start(struct input *input, size_t width)
{
	input->width = width;
	input->taken = (size_t)-1;
	__input_next(input);
}

void __input_next(struct input *input)
{
	if (++input->taken == input->width)
		input->c = EOF;
	else if (input->file)
		input->c = getc(input->file);
	else
		input->c = *input->text ? (unsigned char)*input->text++ : EOF;
}

/* What was read last is still in front of what comes next. */
size_t __input_end(struct input *input)
{
	if (input->c != EOF && input->file)
		input->file->next--;
	else if (input->c != EOF)
		input->text--;
	return input->taken;
}

/* The value of a digit in any base; 99 for what is none. */
static int digit_value(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = lower(c);
	return c >= 'a' && c <= 'z' ? c - 'a' + 10 : 99;
}

size_t __read_integer(struct input *input, int base, struct integer *number)
{
	size_t accepted = 0;
	int digit;

	*number = (struct integer){ .negative = input->c == '-' };
	if (input->c == '-' || input->c == '+')
		__input_next(input);
	if (input->c == '0' && (base == 0 || base == 16)) {
		__input_next(input);
		accepted = input->taken;
		if (base == 0)
			base = 8;
		if (lower(input->c) == 'x') {
			__input_next(input);
			base = 16;
		}
	}
	if (base == 0)
		base = 10;
	for (; (digit = digit_value(input->c)) < base; __input_next(input)) {
		accepted = input->taken + 1;
		if (__builtin_mul_overflow(number->value, base,
					   &number->value) ||
		    __builtin_add_overflow(number->value, digit,
					   &number->value))
			number->overflow = true;
	}
	return accepted;
}

static struct integer parse(const char *text, char **end, int base)
{
	struct input input = { .text = text };
	struct integer number = { 0 };
	size_t accepted = 0;

	while (isspace((unsigned char)*input.text))
		input.text++;
	if (base < 0 || base == 1 || base > 36) {
		errno = EINVAL;
	} else {
		const char *start = input.text;

		__input_start(&input, SIZE_MAX);
		accepted = __read_integer(&input, base, &number);
		if (accepted)
			text = start + accepted;
	}
	if (end)
		*end = (char *)text;
	return number;
}

long long __to_signed(struct integer number, long long maximum)
{
	unsigned long long limit = maximum;

	if (number.negative)
		limit++;
	if (number.overflow || number.value > limit) {
		errno = ERANGE;
		number.value = limit;
	}
	return number.negative ? -number.value : number.value;
}

unsigned long long __to_unsigned(struct integer number,
				 unsigned long long maximum)
{
	if (number.overflow || number.value > maximum) {
		errno = ERANGE;
		return maximum;
	}
	return number.negative ? -number.value : number.value;
}

long strtol(const char *restrict text, char **restrict end, int base)
{
	return __to_signed(parse(text, end, base), LONG_MAX);
}

long long strtoll(const char *restrict text, char **restrict end, int base)
{
	return __to_signed(parse(text, end, base), LLONG_MAX);
}

unsigned long strtoul(const char *restrict text, char **restrict end, int base)
{
	return __to_unsigned(parse(text, end, base), ULONG_MAX);
}

unsigned long long strtoull(const char *restrict text, char **restrict end,
			    int base)
{
	return __to_unsigned(parse(text, end, base), ULLONG_MAX);
}

intmax_t strtoimax(const char *text, char **end, int base)
{
	return strtoll(text, end, base);
}

uintmax_t strtoumax(const char *text, char **end, int base)
{
	return strtoull(text, end, base);
}

int atoi(const char *text)
{
	return strtol(text, NULL, 10);
}

long atol(const char *text)
{
	return strtol(text, NULL, 10);
}

long long atoll(const char *text)
{
	return strtoll(text, NULL, 10);
}
