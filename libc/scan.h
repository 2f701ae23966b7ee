/*
 * scan.h - reading numbers character by character, from a string for strtol()
 * and strtod(), from a stream for scanf(). Nobody can go back in a stream by
 * more than one character, so no reader here needs to.
 */
#ifndef LIBC_SCAN_H
#define LIBC_SCAN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct input {
	const char *text; /* what follows the current character */
	FILE *file; /* or NULL: it comes from text */
	size_t width; /* at most this many characters are taken */
	size_t taken; /* since the start */
	int c; /* the current character, not yet taken; EOF: no more */
};

struct integer {
	uint64_t value; /* without the sign */
	bool negative;
	bool overflow; /* more than UINT64_MAX */
};

/* A kind of floating-point number: bits, and exponents of 2. */
struct floating {
	int bits; /* of the mantissa */
	int lowest; /* exponent of the smallest number */
	int highest; /* all numbers are less than 2 to this */
};

extern const struct floating __float, __double, __long_double_kind;

/*
 * Begin to take at most WIDTH characters, at least one; take the current one;
 * put it back, and return how many were taken.
 */
void __input_start(struct input *input, size_t width);
void __input_next(struct input *input);
size_t __input_end(struct input *input);

/*
 * Read as much as can begin a number. They return how many of the characters
 * are one; 0: none. BASE and errors as for strtol() and strtod().
 */
size_t __read_integer(struct input *input, int base, struct integer *number);
size_t __read_floating(struct input *input, const struct floating *kind,
		       long double *number);

/* NUMBER between -MAXIMUM - 1, or 0, and MAXIMUM; outside: the end, ERANGE. */
long long __to_signed(struct integer number, long long maximum);
unsigned long long __to_unsigned(struct integer number,
				 unsigned long long maximum);

static inline int lower(int c)
{
	return c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c;
}

#endif
