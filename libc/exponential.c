/*
 * exponential.c - e^x and its inverse, and all that follows from them: powers,
 * logarithms, hyperbolic functions and their inverses. See x87.h.
 */
#include "x87.h"

/* Beyond +-LARGE e^x is surely too large, or too small, for a long double. */
#define LARGE 12000

static long double clamp(long double x, long double limit)
{
	return x > limit ? limit : x < -limit ? -limit : x;
}

/* e^x - 1 for |x| <= 0.35: x (1 + x/2 (1 + x/3 (1 + ...))). */
static long double expm1_series(long double x)
{
	long double sum = 1;

	for (int n = 17; n > 1; n--)
		sum = 1 + sum * x / n;
	return x * sum;
}

/* e^x = 2^n e^r, with r = x - n ln 2: subtracted in two parts, to be exact. */
long double expl(long double x)
{
	long double n, rest;

	x = clamp(x, LARGE);
	n = round_to_integer(x * LOG2E);
	rest = x - n * LN2_HIGH - n * LN2_LOW;
	return scale(1 + expm1_series(rest), n);
}

long double exp2l(long double x)
{
	long double n;

	x = clamp(x, 2 * LARGE);
	n = round_to_integer(x);
	return scale(1 + expm1_series((x - n) * LN2), n);
}

long double expm1l(long double x)
{
	if (fabsl(x) < 0.34L)
		return expm1_series(x);
	return expl(x) - 1;
}

/* log((1 + s) / (1 - s)) for |s| < 0.18: 2 (s + s^3/3 + s^5/5 + ...), less the
 * first term. */
static long double log_series(long double s)
{
	long double square = s * s, sum = 0;

	for (int n = 27; n > 1; n -= 2)
		sum = sum * square + 1.0L / n;
	return 2 * s * square * sum;
}

/*
 * X, positive, as 2^*n times a factor near 1, between sqrt(1/2) and sqrt(2).
 */
static long double normalize(long double x, int *n)
{
	long double factor = frexpl(x, n);

	if (factor < 0.70710678L) {
		factor *= 2;
		--*n;
	}
	return factor;
}

/* log2(x) is *n + log2(result); the logarithm of the result is in *log. */
static int log_parts(long double x, long double *log)
{
	long double factor, s;
	int n;

	factor = normalize(x, &n);
	s = (factor - 1) / (factor + 1);
	*log = 2 * s + log_series(s);
	return n;
}

/* The logarithms of 0, negative numbers, INFINITY and NAN. */
static long double no_log(long double x)
{
	if (x < 0)
		return square_root(-1);
	return x == 0 ? -1 / fabsl(x) : x;
}

static int has_log(long double x)
{
	return x > 0 && !isinf(x);
}

long double logl(long double x)
{
	long double log;
	int n;

	if (!has_log(x))
		return no_log(x);
	n = log_parts(x, &log);
	return n * LN2 + log;
}

long double log2l(long double x)
{
	long double log;
	int n;

	if (!has_log(x))
		return no_log(x);
	n = log_parts(x, &log);
	return n + log * LOG2E;
}

long double log10l(long double x)
{
	return logl(x) * LOG10E;
}

long double log1pl(long double x)
{
	long double s = x / (2 + x);

	return fabsl(x) < 0.3L ? 2 * s + log_series(s) : logl(1 + x);
}

/* ── Powers ──────────────────────────────────────────────────────────── */

/*
 * x^y for positive x = 2^n f: that is 2^(n y) e^(y log f). An error in log f is
 * multiplied by y log f, which may be 700; so log f is taken in two parts, of
 * which the first has so few bits that its product with y is exact.
 */
static long double positive_power(long double x, long double y)
{
	long double factor, s, s_high, s_low, exponent, whole, high, low, more;
	int n;

	factor = normalize(x, &n);
	s = (factor - 1) / (factor + 1);
	s_high = round_to_integer(s * 1024) / 1024;
	s_low = ((factor - 1) - s_high * (factor + 1)) / (factor + 1);
	high = 2 * s_high;
	low = 2 * s_low + log_series(s);

	exponent = n * y;
	whole = round_to_integer(exponent);
	more = round_to_integer(y * high * LOG2E);
	high = y * high - more * LN2_HIGH;
	low = y * low - more * LN2_LOW + (exponent - whole) * LN2;
	return scale(expl(high + low), whole + more);
}

static int is_integer(long double x)
{
	return round_to_integer(x) == x;
}

long double powl(long double x, long double y)
{
	long double size = fabsl(x), sign = 1, magnitude;

	if (y == 0 || x == 1)
		return 1;
	if (isnan(x) || isnan(y))
		return x + y;
	if (signbit(x) && !isinf(y)) {
		if (is_integer(y) && !is_integer(y / 2))
			sign = -1;
		else if (!is_integer(y) && x != 0 && !isinf(x))
			return square_root(-1);
	}
	if (isinf(y)) {
		if (size == 1)
			return 1;
		return (size > 1) == (y > 0) ? INFINITY : 0;
	}
	if (size == 0)
		return sign * (y > 0 ? 0 : 1 / (size * size));
	if (isinf(size))
		return sign * (y > 0 ? INFINITY : 0);

	magnitude = y * logl(size);
	if (fabsl(magnitude) >= LARGE)
		return sign * expl(magnitude);
	return sign * positive_power(size, y);
}

long double sqrtl(long double x)
{
	return square_root(x);
}

/* A good guess, and a step of Newton's. */
long double cbrtl(long double x)
{
	long double root;

	if (x == 0 || !isfinite(x))
		return x;
	root = copysignl(expl(logl(fabsl(x)) / 3), x);
	return root - (root - x / (root * root)) / 3;
}

/* sqrt(x^2 + y^2), the greater of them taken out: squares may be too large. */
long double hypotl(long double x, long double y)
{
	long double ratio;

	x = fabsl(x);
	y = fabsl(y);
	if (isinf(x) || isinf(y))
		return INFINITY;
	if (x < y)
		return hypotl(y, x);
	if (y == 0)
		return x;
	ratio = y / x;
	return x * square_root(1 + ratio * ratio);
}

/* ── Hyperbolic functions ────────────────────────────────────────────── */

long double sinhl(long double x)
{
	long double size = fabsl(x), e;

	if (size > 64)
		return copysignl(expl(size) / 2, x);
	e = expm1l(size);
	return copysignl((e + e / (e + 1)) / 2, x);
}

long double coshl(long double x)
{
	return (expl(x) + expl(-x)) / 2;
}

long double tanhl(long double x)
{
	long double e = expm1l(2 * fabsl(clamp(x, 64)));

	return copysignl(e / (e + 2), x);
}

/* From here on log(2 x) is the result in all digits. */
#define LARGE_AREA 1e10L

long double asinhl(long double x)
{
	long double size = fabsl(x), square = size * size;

	if (size > LARGE_AREA)
		return copysignl(logl(size) + LN2, x);
	return copysignl(log1pl(size + square / (1 + square_root(1 + square))),
			 x);
}

long double acoshl(long double x)
{
	long double above = x - 1;

	if (x < 1)
		return square_root(-1);
	if (x > LARGE_AREA)
		return logl(x) + LN2;
	return log1pl(above + square_root(2 * above + above * above));
}

long double atanhl(long double x)
{
	long double size = fabsl(x);

	if (size > 1)
		return square_root(-1);
	return copysignl(log1pl(2 * size / (1 - size)) / 2, x);
}

NARROW(exp)
NARROW(exp2)
NARROW(expm1)
NARROW(log)
NARROW(log2)
NARROW(log10)
NARROW(log1p)
NARROW2(pow)
NARROW(cbrt)
NARROW2(hypot)
NARROW(sinh)
NARROW(cosh)
NARROW(tanh)
NARROW(asinh)
NARROW(acosh)
NARROW(atanh)

/* Of 53 bits from the start: rounded to 64 and then to 53, it would be wrong
 * sometimes. */
double sqrt(double x)
{
	unsigned short control, narrow;
	long double root = x;

	__asm__("fnstcw %0" : "=m"(control));
	narrow = (control & ~0x300) | 0x200;
	__asm__ volatile("fldcw %1\n\tfsqrt\n\tfldcw %2"
			 : "+t"(root)
			 : "m"(narrow), "m"(control));
	return root;
}

float sqrtf(float x)
{
	return square_root(x);
}
