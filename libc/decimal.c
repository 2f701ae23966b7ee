/*
 * decimal.c - long multiplication and division, as on paper but with digits
 * from 0 to 999 999 999. Nothing is rounded unless that is asked for, so the
 * digits of every double and long double are exact.
 */
#include <stdbool.h>
#include "decimal.h"

/* sign, 15 bits of exponent, 64 of mantissa: its highest bit is not implied. */
union x87 {
	long double value;
	struct {
		uint64_t mantissa;
		uint16_t head;
	} bits;
};

#define EXPONENT_INFINITE 0x7fff
#define EXPONENT_BIAS     (16383 + 63) /* of the mantissa's lowest bit */

struct binary __binary(long double value)
{
	union x87 x87 = { .value = value };
	int exponent = x87.bits.head & EXPONENT_INFINITE;
	struct binary number = {
		.mantissa = x87.bits.mantissa,
		.exponent = (exponent ? exponent : 1) - EXPONENT_BIAS,
		.negative = x87.bits.head >> 15,
	};

	if (exponent == EXPONENT_INFINITE)
		number.kind = number.mantissa << 1 ? BINARY_NAN
						   : BINARY_INFINITE;
	return number;
}

long double __long_double(struct binary number)
{
	union x87 x87 = { .bits.mantissa = number.mantissa };

	if (number.kind != BINARY_FINITE) {
		x87.bits.head = EXPONENT_INFINITE;
		x87.bits.mantissa = number.kind == BINARY_NAN ? 3ULL << 62
							      : 1ULL << 63;
	} else if (number.mantissa >> 63) {
		x87.bits.head = number.exponent + EXPONENT_BIAS;
	}
	x87.bits.head |= number.negative << 15;
	return x87.value;
}

uint32_t __decimal_limb(const struct decimal *number, int index)
{
	if (index < number->first || index >= number->last)
		return 0;
	return number->limb[index];
}

uint64_t __decimal_whole(const struct decimal *number)
{
	uint64_t whole = 0;

	for (int i = number->point - 3; i < number->point; i++)
		whole = whole * LIMB + __decimal_limb(number, i);
	return whole;
}

/* Keep the promise that first and last limb are not 0. */
static void trim(struct decimal *number)
{
	while (number->first < number->last && !number->limb[number->first])
		number->first++;
	while (number->first < number->last && !number->limb[number->last - 1])
		number->last--;
}

/* FACTOR is less than LIMB, so what is carried fits into one limb more. */
void __decimal_multiply(struct decimal *number, uint32_t factor)
{
	uint64_t carry = 0;

	for (int i = number->last - 1; i >= number->first; i--) {
		carry += (uint64_t)number->limb[i] * factor;
		number->limb[i] = carry % LIMB;
		carry /= LIMB;
	}
	if (carry)
		number->limb[--number->first] = carry;
	trim(number);
}

/*
 * By 2 to the BITS, at most 9, which divides LIMB: the remainder of each limb
 * makes a whole number of the next one's units. What has no room at the end
 * leaves a trace there, so that no rounding takes the number for less.
 */
static void divide(struct decimal *number, int bits)
{
	uint32_t carry = 0;

	for (int i = number->first; i < number->last; i++) {
		uint32_t remainder = number->limb[i] & ((1u << bits) - 1);

		number->limb[i] = (number->limb[i] >> bits) + carry;
		carry = remainder * (LIMB >> bits);
	}
	if (carry && number->last < DECIMAL_LIMBS)
		number->limb[number->last++] = carry;
	else if (carry)
		number->limb[number->last - 1] |= 1;
	trim(number);
}

/* Multiply by 2 to the EXPONENT. */
void __decimal_shift(struct decimal *number, int exponent)
{
	for (; exponent >= 29; exponent -= 29)
		__decimal_multiply(number, 1 << 29);
	if (exponent > 0)
		__decimal_multiply(number, 1 << exponent);
	for (; exponent <= -9; exponent += 9)
		divide(number, 9);
	if (exponent < 0)
		divide(number, -exponent);
}

void __decimal_set(struct decimal *number, struct binary value)
{
	int trailing = value.mantissa ? __builtin_ctzll(value.mantissa) : 0;

	number->first = DECIMAL_FRONT;
	number->last = number->point = DECIMAL_FRONT + 3;
	value.mantissa >>= trailing;
	for (int i = number->last; i-- > number->first;) {
		number->limb[i] = value.mantissa % LIMB;
		value.mantissa /= LIMB;
	}
	trim(number);
	__decimal_shift(number, value.exponent + trailing);
}

static uint32_t power_of_ten(int exponent)
{
	uint32_t power = 1;

	while (exponent-- > 0)
		power *= 10;
	return power;
}

int __decimal_start(const struct decimal *number)
{
	int position = number->first * LIMB_DIGITS;

	if (number->first == number->last)
		return number->point * LIMB_DIGITS - 1;
	while (__decimal_digit(number, position) == 0)
		position++;
	return position;
}

int __decimal_digit(const struct decimal *number, int position)
{
	uint32_t limb = __decimal_limb(number, position / LIMB_DIGITS);

	return limb / power_of_ten(LIMB_DIGITS - 1 - position % LIMB_DIGITS) %
	       10;
}

/* To the nearest; from the middle between two to the even one. */
void __decimal_round(struct decimal *number, int end)
{
	int i = (end - 1) / LIMB_DIGITS; /* where the last digit kept is */
	uint32_t unit = power_of_ten(LIMB_DIGITS - 1 - (end - 1) % LIMB_DIGITS);
	uint32_t limb = __decimal_limb(number, i);
	uint64_t dropped =
		(uint64_t)(limb % unit) * LIMB + __decimal_limb(number, i + 1);
	uint64_t half = (uint64_t)unit * LIMB / 2;
	bool odd = limb / unit % 2 || number->last > i + 2;

	if (i >= number->last)
		return;
	if (i < number->first)
		number->first = i;
	number->last = i + 1;
	number->limb[i] = limb - limb % unit;
	if (dropped > half || (dropped == half && odd))
		number->limb[i] += unit;
	for (; number->limb[i] >= LIMB; number->limb[i]++) {
		number->limb[i] -= LIMB;
		if (i-- == number->first)
			number->limb[--number->first] = 0;
	}
	trim(number);
}
