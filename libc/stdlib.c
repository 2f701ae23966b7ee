/*
 * stdlib.c - numbers: from text, absolute values, and the rand() sequence.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>

/* The value of a digit in any base; 99 for what is none. */
static int digit_value(char c)
{
	if (isdigit((unsigned char)c))
		return c - '0';
	if (isalpha((unsigned char)c))
		return tolower((unsigned char)c) - 'a' + 10;
	return 99;
}

/* What the text says, before any type limits it: the sign, and the rest. */
struct number {
	unsigned long long value; /* without the sign */
	bool negative;
	bool overflow; /* more than ULLONG_MAX */
};

static bool has_hexadecimal_prefix(const char *text)
{
	return text[0] == '0' && (text[1] | 32) == 'x' &&
	       isxdigit((unsigned char)text[2]);
}

/* The reading that the four functions share; errno is only set for BASE. */
static struct number parse(const char *text, char **end, int base)
{
	struct number number = { 0, false, false };
	const char *start = text;
	int digit;

	if (base < 0 || base == 1 || base > 36) {
		errno = EINVAL;
		goto out;
	}
	while (isspace((unsigned char)*text))
		text++;
	if (*text == '-' || *text == '+')
		number.negative = *text++ == '-';
	if ((base == 0 || base == 16) && has_hexadecimal_prefix(text)) {
		base = 16;
		text += 2;
	} else if (base == 0) {
		base = *text == '0' ? 8 : 10;
	}
	for (; (digit = digit_value(*text)) < base; text++) {
		start = text + 1; /* a number ends here */
		if (__builtin_mul_overflow(number.value, base, &number.value) ||
		    __builtin_add_overflow(number.value, digit, &number.value))
			number.overflow = true;
	}
out:
	if (end)
		*end = (char *)start;
	return number;
}

/* NUMBER as a signed value between -MAXIMUM - 1 and MAXIMUM. */
static long long to_signed(struct number number, long long maximum)
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

static unsigned long long to_unsigned(struct number number,
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
	return to_signed(parse(text, end, base), LONG_MAX);
}

long long strtoll(const char *restrict text, char **restrict end, int base)
{
	return to_signed(parse(text, end, base), LLONG_MAX);
}

unsigned long strtoul(const char *restrict text, char **restrict end, int base)
{
	return to_unsigned(parse(text, end, base), ULONG_MAX);
}

unsigned long long strtoull(const char *restrict text, char **restrict end,
			    int base)
{
	return to_unsigned(parse(text, end, base), ULLONG_MAX);
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

int abs(int number)
{
	return number < 0 ? -number : number;
}

long labs(long number)
{
	return number < 0 ? -number : number;
}

long long llabs(long long number)
{
	return number < 0 ? -number : number;
}

intmax_t imaxabs(intmax_t number)
{
	return llabs(number);
}

/*
 * A linear congruential generator with the multiplier of Knuth's MMIX (The Art
 * of Computer Programming 2, 3.3.4). Its low bits are poor, so the high ones
 * are returned.
 */
static unsigned long long random_state = 1;

void srand(unsigned int seed)
{
	random_state = seed;
}

int rand(void)
{
	random_state =
		random_state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (int)(random_state >> 33);
}
