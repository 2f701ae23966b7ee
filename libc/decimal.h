/*
 * decimal.h - a decimal number that can be multiplied and divided by powers of
 * two without losing a digit: the way between binary floating point and text,
 * for printf() in one direction and strtod() and scanf() in the other.
 */
#ifndef LIBC_DECIMAL_H
#define LIBC_DECIMAL_H

#include <stdint.h>

#define LIMB_DIGITS 9
#define LIMB        1000000000 /* a limb is a digit in this base */

/*
 * The largest long double has 4933 digits, the smallest ends 16445 places
 * behind the point; there is room to grow by the one in front of the first
 * limb, by the other behind it.
 */
#define DECIMAL_FRONT 560
#define DECIMAL_LIMBS (DECIMAL_FRONT + 1840)

/* Limbs outside first … last - 1 are 0; the last one is not. */
struct decimal {
	int first, last;
	int point; /* the limb behind the decimal point */
	uint32_t limb[DECIMAL_LIMBS]; /* most significant first */
};

/* A long double as the x87 has it: MANTISSA times 2 to the EXPONENT. */
struct binary {
	uint64_t mantissa; /* highest bit set, unless 0 or subnormal */
	int exponent;
	enum { BINARY_FINITE, BINARY_INFINITE, BINARY_NAN } kind;
	int negative;
};

struct binary __binary(long double value);
long double __long_double(struct binary number);

void __decimal_set(struct decimal *number, struct binary value);
void __decimal_multiply(struct decimal *number, uint32_t factor);
void __decimal_shift(struct decimal *number, int exponent);
uint32_t __decimal_limb(const struct decimal *number, int index);
uint64_t __decimal_whole(const struct decimal *number); /* less than 2^64 */

/*
 * Decimal digits are counted from the start of limb[]: the first digit that is
 * not 0 (of the number 0: the one before the point), any digit, and rounding
 * to the digits before END.
 */
int __decimal_start(const struct decimal *number);
int __decimal_digit(const struct decimal *number, int position);
void __decimal_round(struct decimal *number, int end);

#endif
