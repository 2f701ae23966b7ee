/*
 * strtod.c - floating-point numbers from text, each the nearest one there is,
 * from the middle between two the even one.
 *
 * A decimal number is doubled or halved until it has 64 bits before its point;
 * what is behind it then decides, like the remainder of any division, how to
 * round.
 */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include "decimal.h"
#include "scan.h"

const struct floating __float = { 24, -149, 128 };
const struct floating __double = { 53, -1074, 1024 };
const struct floating __long_double_kind = { 64, -16445, 16384 };

/* What is behind a number's lowest bit: half of it, and anything below. */
#define REST_BELOW 1
#define REST_HALF  2

/* The low bit of *MANTISSA becomes the half bit. */
static void halve(struct binary *number, int *rest)
{
	*rest = (number->mantissa & 1 ? REST_HALF : 0) |
		(*rest ? REST_BELOW : 0);
	number->mantissa >>= 1;
	number->exponent++;
}

static bool rounds_up(const struct binary *number, int rest)
{
	return (rest & REST_HALF) &&
	       ((rest & REST_BELOW) || (number->mantissa & 1));
}

/* The number of that KIND that is nearest. ERANGE: too large, or too small. */
static void round_binary(struct binary *number, int rest,
			 const struct floating *kind)
{
	bool tiny;

	if (number->mantissa == 0)
		return;
	for (; !(number->mantissa >> 63); number->exponent--)
		number->mantissa <<= 1;
	for (int i = kind->bits; i < 64; i++)
		halve(number, &rest);
	/* On the x86 a number is tiny if it is so after rounding to the bits */
	tiny = number->exponent < kind->lowest;
	if (number->exponent == kind->lowest - 1 && rounds_up(number, rest) &&
	    (number->mantissa + 1) << (64 - kind->bits) == 0)
		tiny = false;
	while (number->exponent < kind->lowest)
		halve(number, &rest);
	if (tiny && rest)
		errno = ERANGE;
	if (rounds_up(number, rest) && ++number->mantissa == 0) {
		number->mantissa = 1ULL << 63; /* it was 2^64 */
		number->exponent++;
	}
	if (number->mantissa == 0)
		return;
	while (!(number->mantissa >> 63) &&
	       number->exponent > __long_double_kind.lowest) {
		number->mantissa <<= 1;
		number->exponent--;
	}
	if (number->exponent + 64 > kind->highest) {
		number->kind = BINARY_INFINITE;
		errno = ERANGE;
	}
}

/* LETTER, a sign, digits. *ACCEPTED grows if all are there; else 0. */
static int read_exponent(struct input *input, int letter, size_t *accepted)
{
	int exponent = 0;
	bool negative;

	if (lower(input->c) != letter)
		return 0;
	__input_next(input);
	negative = input->c == '-';
	if (input->c == '-' || input->c == '+')
		__input_next(input);
	for (; isdigit(input->c); __input_next(input)) {
		if (exponent < 100000000) /* more is all the same */
			exponent = 10 * exponent + input->c - '0';
		*accepted = input->taken + 1;
	}
	return negative ? -exponent : exponent;
}

/* ── Decimal ──────────────────────────────────────────────────────────── */

/*
 * The digits, into limbs from DECIMAL_FRONT on. Returns the place of the
 * decimal point, in digits behind the first of them that is not 0.
 */
static int read_digits(struct input *input, struct decimal *number,
		       size_t *accepted)
{
	uint32_t *limb = &number->limb[DECIMAL_FRONT];
	int count = 0; /* of digits in limb[] */
	int place = 0;
	bool point = false;
	bool any = *accepted > 0;

	for (;; __input_next(input)) {
		int digit = input->c - '0';

		if (input->c == '.' && !point) {
			point = true;
			continue;
		}
		if (!isdigit(input->c))
			break;
		any = true;
		if (count == 0 && digit == 0) {
			place -= point;
			continue;
		}
		place += !point;
		if (count == LIMB_DIGITS * (DECIMAL_LIMBS - DECIMAL_FRONT)) {
			limb[count / LIMB_DIGITS - 1] |= digit > 0;
			continue;
		}
		if (count % LIMB_DIGITS == 0)
			limb[count / LIMB_DIGITS] = 0;
		limb[count / LIMB_DIGITS] *= 10;
		limb[count / LIMB_DIGITS] += digit;
		count++;
	}
	for (; count % LIMB_DIGITS; count++)
		limb[count / LIMB_DIGITS] *= 10;
	number->first = DECIMAL_FRONT;
	number->last = DECIMAL_FRONT + count / LIMB_DIGITS;
	if (any)
		*accepted = input->taken;
	return place;
}

/* To 64 bits and a rest. */
static struct binary to_binary(struct decimal *number, int *rest)
{
	struct binary binary = { 0 };
	uint32_t fraction;
	int shift;

	/* First to 10^9 … 10^18, whose number of bits is easily counted. */
	for (; number->first < number->point - 2; binary.exponent += 9)
		__decimal_shift(number, -9);
	for (; number->first > number->point - 2; binary.exponent -= 29)
		__decimal_shift(number, 29);
	shift = __builtin_clzll(__decimal_whole(number));
	__decimal_shift(number, shift);
	binary.exponent -= shift;
	binary.mantissa = __decimal_whole(number);
	fraction = __decimal_limb(number, number->point);
	if (fraction >= LIMB / 2) {
		*rest |= REST_HALF;
		fraction -= LIMB / 2;
	}
	if (fraction || number->last > number->point + 1)
		*rest |= REST_BELOW;
	return binary;
}

static struct binary read_decimal(struct input *input, int *rest,
				  size_t *accepted)
{
	struct decimal number;
	int place = read_digits(input, &number, accepted);
	int limbs;

	if (*accepted)
		place += read_exponent(input, 'e', accepted);
	if (number.first == number.last)
		return (struct binary){ 0 };
	/* 10^±5000 is beyond all kinds, and there is room for it. */
	place = place > 5000 ? 5000 : place < -5000 ? -5000 : place;
	limbs = (place + 5400) / LIMB_DIGITS - 600;
	number.point = DECIMAL_FRONT + limbs;
	for (place -= limbs * LIMB_DIGITS; place > 0; place--)
		__decimal_multiply(&number, 10);
	return to_binary(&number, rest);
}

/* ── Hexadecimal ──────────────────────────────────────────────────────── */

/* Bit by bit: those beyond 64 are the rest. *ACCEPTED stays if no digit is. */
static struct binary read_hexadecimal(struct input *input, int *rest,
				      size_t *accepted)
{
	struct binary number = { 0 };
	bool point = false;
	bool any = false;
	int dropped = 0;

	for (;; __input_next(input)) {
		int c = lower(input->c);
		int digit = isdigit(c) ? c - '0' : c - 'a' + 10;

		if (c == '.' && !point) {
			point = true;
			continue;
		}
		if (!isxdigit(c))
			break;
		any = true;
		number.exponent -= point ? 4 : 0;
		for (int bit = 8; bit > 0; bit /= 2) {
			if (!(number.mantissa >> 63)) {
				number.mantissa *= 2;
				number.mantissa += digit & bit ? 1 : 0;
				continue;
			}
			if (digit & bit)
				*rest |= dropped ? REST_BELOW : REST_HALF;
			dropped++;
		}
	}
	number.exponent += dropped;
	if (any) {
		*accepted = input->taken;
		number.exponent += read_exponent(input, 'p', accepted);
	}
	if (number.exponent < -40000) /* beyond all kinds */
		number.exponent = -40000;
	return number;
}

/* ── All of them ──────────────────────────────────────────────────────── */

/* How many of the next characters are WORD's, in either case; these are read. */
static int read_word(struct input *input, const char *word)
{
	int length = 0;

	for (; word[length] && lower(input->c) == word[length]; length++)
		__input_next(input);
	return length;
}

/* nan, or nan(characters). Returns how many characters it is. */
static size_t read_nan(struct input *input)
{
	size_t accepted;

	if (read_word(input, "nan") < 3)
		return 0;
	accepted = input->taken;
	if (input->c == '(') {
		do
			__input_next(input);
		while (isalnum(input->c) || input->c == '_');
		if (input->c == ')') {
			__input_next(input);
			accepted = input->taken;
		}
	}
	return accepted;
}

size_t __read_floating(struct input *input, const struct floating *kind,
		       long double *result)
{
	struct binary number = { 0 };
	bool negative = input->c == '-';
	size_t accepted = 0;
	int rest = 0;

	if (input->c == '-' || input->c == '+')
		__input_next(input);
	if (lower(input->c) == 'n') {
		number.kind = BINARY_NAN;
		accepted = read_nan(input);
	} else if (lower(input->c) == 'i') {
		size_t start = input->taken;
		int length = read_word(input, "infinity");

		number.kind = BINARY_INFINITE;
		if (length >= 3)
			accepted = start + (length < 8 ? 3 : 8);
	} else {
		if (input->c == '0') {
			__input_next(input);
			accepted = input->taken;
		}
		if (accepted && lower(input->c) == 'x') {
			__input_next(input);
			number = read_hexadecimal(input, &rest, &accepted);
		} else {
			number = read_decimal(input, &rest, &accepted);
		}
		round_binary(&number, rest, kind);
	}
	number.negative = negative;
	*result = accepted ? __long_double(number) : 0;
	return accepted;
}

static long double convert(const char *text, char **end,
			   const struct floating *kind)
{
	struct input input = { .text = text };
	long double number;
	size_t accepted;

	while (isspace((unsigned char)*input.text))
		input.text++;
	if (end)
		*end = (char *)input.text;
	__input_start(&input, SIZE_MAX);
	accepted = __read_floating(&input, kind, &number);
	if (end)
		*end = accepted ? *end + accepted : (char *)text;
	return number;
}

float strtof(const char *restrict text, char **restrict end)
{
	return convert(text, end, &__float);
}

double strtod(const char *restrict text, char **restrict end)
{
	return convert(text, end, &__double);
}

long double strtold(const char *restrict text, char **restrict end)
{
	return convert(text, end, &__long_double_kind);
}

double atof(const char *text)
{
	return strtod(text, NULL);
}
