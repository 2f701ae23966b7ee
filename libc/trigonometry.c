/*
 * trigonometry.c - sine, cosine and tangent, and their inverses. See x87.h.
 */
#include "x87.h"

/*
 * pi/2 in four parts, the first three of 33 bits: their products with integers
 * below 2^31 are exact.
 */
static const long double half_pi[] = { 0x1921fb544p-32L, 0x10b4611a6p-66L,
				       0x13198a2e0p-101L,
				       8.4784276603688995699736538e-32L };

/* 2/pi, 32 bits in each: two words before the point, the rest behind. */
static const uint32_t two_over_pi[] = {
	0x00000000, 0x00000000, 0xa2f9836e, 0x4e441529, 0xfc2757d1, 0xf534ddc0,
	0xdb629599, 0x3c439041, 0xfe5163ab, 0xdebbc561, 0xb7246e3a, 0x424dd2e0,
	0x06492eea, 0x09d1921c, 0xfe1deb1c, 0xb129a73e, 0xe88235f5, 0x2ebb4484,
	0xe99c7026, 0xb45f7e41, 0x3991d639, 0x835339f4, 0x9c845f8b, 0xbdf9283b,
	0x1ff897ff, 0xde05980f, 0xef2f118b, 0x5a0a6d1f, 0x6d367ecf, 0x27cb09b7,
	0x4f463f66, 0x9e5fea2d, 0x7527bac7, 0xebe5f17b, 0x3d0739f7, 0x8a5292ea,
	0x6bfb5fb1, 0x1f8d5d08, 0x56033046, 0xfc7b6bab,
};

#define WORDS 7 /* of 2/pi that matter for one number */

/*
 * X / (pi/2) for large X, without the multiples of 4 in it (M. Payne and R.
 * Hanek, "Radian reduction for trigonometric functions", 1983). X is an integer
 * of 64 bits times 2^e; in its product with 2/pi, words that are whole
 * multiples of 4 are left out from the start, and those too small to matter.
 * What is left is a number of 7 words with two bits before its point.
 */
static int reduce_large(long double x, long double *rest)
{
	union x87 bits = { .value = x };
	int e = (bits.sign_exponent & EXPONENT_MASK) - EXPONENT_BIAS - 63;
	const uint32_t *words = two_over_pi + (e + 62) / 32;
	uint32_t product[WORDS] = { 0 }, inverted, quarters;
	long double fraction = 0;

	for (int half = 0; half < 2; half++) {
		uint32_t factor = bits.mantissa >> 32 * half;
		uint64_t sum = 0;

		for (int i = half; i < WORDS; i++) {
			sum = (sum >> 32) + product[i] +
			      (uint64_t)factor * words[WORDS - 1 - i + half];
			product[i] = sum;
		}
	}
	for (int i = WORDS - 1; i >= 0; i--) {
		uint64_t pair = (uint64_t)product[i] << 32;

		if (i > 0)
			pair |= product[i - 1];
		product[i] = pair << (e + 62) % 32 >> 32;
	}

	/* Half a quarter and more counts as the next one, less something. */
	quarters = product[WORDS - 1] >> 30;
	inverted = product[WORDS - 1] & 1u << 29 ? UINT32_MAX : 0;
	product[WORDS - 1] = (product[WORDS - 1] ^ inverted) & 0x3fffffff;
	for (int i = 0; i < WORDS - 1; i++)
		fraction = (fraction + (product[i] ^ inverted)) / 0x1p32L;
	fraction = (fraction + product[WORDS - 1]) / 0x1p30L;
	*rest = (inverted ? -fraction : fraction) * (PI / 2);
	return inverted ? quarters + 1 : quarters;
}

/*
 * X = n pi/2 + *REST, with |*REST| <= pi/4; returns n, or n modulo 4. NAN for
 * INFINITY, and from 2^1024 on (where only long doubles go).
 */
static int reduce(long double x, long double *rest)
{
	long double n;
	int quarters;

	if (!(fabsl(x) < 0x1p1024L)) {
		*rest = x - x;
		if (isfinite(x))
			*rest = NAN;
		return 0;
	}
	if (fabsl(x) >= 0x1p31L) {
		quarters = reduce_large(fabsl(x), rest);
		if (x > 0)
			return quarters;
		*rest = -*rest;
		return -quarters;
	}
	n = round_to_integer(x * (2 / PI));
	for (int i = 0; i < 4 && n != 0; i++) /* -0 stays -0 */
		x -= n * half_pi[i];
	*rest = x;
	return n;
}

/* x (1 - x^2/(2*3) (1 - x^2/(4*5) (1 - ...))) for |x| <= pi/4. */
static long double sine_series(long double x)
{
	long double sum = 1;

	for (int n = 20; n > 0; n -= 2)
		sum = 1 - sum * x * x / (n * (n + 1));
	return x * sum;
}

/* 1 - x^2/(1*2) (1 - x^2/(3*4) (1 - ...)) */
static long double cosine_series(long double x)
{
	long double sum = 1;

	for (int n = 21; n > 0; n -= 2)
		sum = 1 - sum * x * x / (n * (n + 1));
	return sum;
}

/* The sine of QUARTERS right angles and REST more. */
static long double sine(int quarters, long double rest)
{
	long double result = quarters & 1 ? cosine_series(rest)
					  : sine_series(rest);

	return quarters & 2 ? -result : result;
}

long double sinl(long double x)
{
	long double rest;
	int quarters = reduce(x, &rest);

	return sine(quarters, rest);
}

long double cosl(long double x)
{
	long double rest;
	int quarters = reduce(x, &rest);

	return sine(quarters + 1, rest);
}

long double tanl(long double x)
{
	long double rest;
	int quarters = reduce(x, &rest);

	return sine(quarters, rest) / sine(quarters + 1, rest);
}

void sincos(double x, double *sine, double *cosine)
{
	*sine = sin(x);
	*cosine = cos(x);
}

/* ── The inverse functions ───────────────────────────────────────────── */

/*
 * For 0 <= x <= 1. The tangent of half the angle is x / (1 + sqrt(1 + x^2)):
 * halved three times it is small enough for x - x^3/3 + x^5/5 - ...
 */
static long double angle(long double x)
{
	long double square, sum = 0;

	for (int i = 0; i < 3; i++)
		x = x / (1 + square_root(1 + x * x));
	square = x * x;
	for (int n = 21; n > 1; n -= 2)
		sum = 1.0L / n - sum * square;
	return 8 * (x - x * square * sum);
}

long double atanl(long double x)
{
	long double size = fabsl(x), result;

	result = size > 1 ? PI / 2 - angle(1 / size) : angle(size);
	return copysignl(result, x);
}

long double atan2l(long double y, long double x)
{
	long double result;

	if (isnan(x) || isnan(y))
		return x + y;
	if (y == 0)
		result = 0;
	else if (isinf(x) && isinf(y))
		result = PI / 4;
	else
		result = atanl(fabsl(y / x));
	return copysignl(signbit(x) ? PI - result : result, y);
}

long double asinl(long double x)
{
	return atan2l(x, square_root((1 - x) * (1 + x)));
}

long double acosl(long double x)
{
	return atan2l(square_root((1 - x) * (1 + x)), x);
}

NARROW(sin)
NARROW(cos)
NARROW(tan)
NARROW(asin)
NARROW(acos)
NARROW(atan)
NARROW2(atan2)
