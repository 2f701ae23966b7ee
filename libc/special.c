/*
 * special.c - the error function, gamma, and fma(). See x87.h.
 */
#include "x87.h"

#define SQRT_PI 1.77245385090551602729816748334114518L

/* e^(-x^2): of x its first 32 bits, whose square is exact, apart. */
static long double gauss(long double x)
{
	long double high = round_to_integer(x * 0x1p24L) / 0x1p24L;

	return expl(-high * high) * expl((high - x) * (high + x));
}

/* 2/sqrt(pi) e^(-x^2) x (1 + 2x^2/3 (1 + 2x^2/5 (1 + ...))) */
static long double erf_series(long double x)
{
	long double sum = 1;

	for (int n = 101; n > 1; n -= 2)
		sum = 1 + sum * 2 * x * x / n;
	return 2 / SQRT_PI * gauss(x) * x * sum;
}

/* For x >= 2 a continued fraction: e^(-x^2)/sqrt(pi) / (x + (1/2) / (x + (2/2)
 * / (x + (3/2) / ...))). */
static long double erfc_fraction(long double x)
{
	long double below = x;

	for (int n = 140; n > 0; n--)
		below = x + 0.5L * n / below;
	return gauss(x) / SQRT_PI / below;
}

long double erfl(long double x)
{
	long double size = fabsl(x);

	if (!(size > 2))
		return erf_series(x);
	return copysignl(size > 7 ? 1 : 1 - erfc_fraction(size), x);
}

long double erfcl(long double x)
{
	if (x > 200)
		return 0;
	return x > 2 ? erfc_fraction(x) : 1 - erfl(x);
}

/* ── Gamma ────────────────────────────────────────────────────────────── */

#define STIRLING_FROM 24 /* where the series is exact enough */

/* log(gamma(x) / (sqrt(2 pi) x^(x - 1/2) e^-x)): 1/(12x) - 1/(360x^3) + ... */
static long double stirling(long double x)
{
	static const long double terms[] = {
		1 / 12.0L,           -1 / 360.0L,       1 / 1260.0L,
		-1 / 1680.0L,        1 / 1188.0L,       -691 / 360360.0L,
		1 / 156.0L,          -3617 / 122400.0L, 43867 / 244188.0L,
		-174611 / 125400.0L,
	};
	long double sum = 0;

	for (int i = 9; i >= 0; i--)
		sum = sum / (x * x) + terms[i];
	return sum / x;
}

/* gamma(x) = gamma(x + n) / (x (x + 1) ... (x + n - 1)), for positive x. */
static long double positive_gamma(long double x)
{
	long double product = 1;

	for (; x < STIRLING_FROM; x++)
		product *= x;
	if (x > 1800)
		return HUGE_VALL * x;
	return square_root(2 * PI) * powl(x, x - 0.5L) * expl(-x) *
	       expl(stirling(x)) / product;
}

/* sin(pi x), without the error of pi x */
static long double sine_of_pi(long double x)
{
	return sinl(PI * remainderl(x, 2));
}

long double tgammal(long double x)
{
	if (x > 0 || isnan(x))
		return positive_gamma(x);
	if (x == 0)
		return 1 / x;
	if (round_to_integer(x) == x)
		return square_root(-1);
	return PI / (sine_of_pi(x) * positive_gamma(1 - x));
}

int signgam;

long double lgammal(long double x)
{
	long double sine;

	signgam = 1;
	if (isinf(x))
		return INFINITY;
	if (isnan(x))
		return x;
	if (x <= 0) {
		if (round_to_integer(x) == x)
			return 1 / fabsl(x - x);
		sine = sine_of_pi(x);
		x = logl(PI / fabsl(sine)) - lgammal(1 - x);
		signgam = sine < 0 ? -1 : 1;
		return x;
	}
	if (x < STIRLING_FROM)
		return logl(positive_gamma(x));
	return (x - 0.5L) * (logl(x) - 1) + (logl(2 * PI) - 1) / 2 +
	       stirling(x);
}

/* ── x * y + z, rounded once ──────────────────────────────────────────── */

/* *A + *B as a rounded sum in *A and in *B what that is wrong by (Knuth). */
static void two_sum(long double *a, long double *b)
{
	long double sum = *a + *b;
	long double part = sum - *a;
	long double error = (*a - (sum - part)) + (*b - part);

	*a = sum;
	*b = error;
}

/* X without its last 32 bits. */
static long double first_half(long double x)
{
	union x87 bits = { .value = x };

	bits.mantissa &= ~0xffffffffULL;
	return bits.value;
}

/*
 * The sum rounded to 64 bits, and in *REST what is left, or for a sum that is
 * not finite 0. x * y is computed exactly, from halves (Dekker).
 */
static long double exact_fma(long double x, long double y, long double z,
			     long double *rest)
{
	long double x1 = first_half(x), x2 = x - x1;
	long double y1 = first_half(y), y2 = y - y1;
	long double sum = x * y, low, lower = z;

	*rest = 0;
	if (!isfinite(sum) || !isfinite(z) || sum == 0)
		return sum + z;
	low = ((x1 * y1 - sum) + x1 * y2 + x2 * y1) + x2 * y2;
	two_sum(&sum, &lower);
	two_sum(&lower, &low);
	two_sum(&sum, &lower);
	*rest = lower != 0 ? lower : low;
	return sum;
}

/*
 * Rounding twice is wrong where the first result is just between two doubles;
 * so when something was left, make the last bit 1 ("round to odd").
 */
static long double odd_fma(long double x, long double y, long double z)
{
	union x87 bits;
	long double rest;

	bits.value = exact_fma(x, y, z, &rest);
	if (rest != 0 && !(bits.mantissa & 1))
		return nextafterl(bits.value,
				  rest > 0 ? HUGE_VALL : -HUGE_VALL);
	return bits.value;
}

long double fmal(long double x, long double y, long double z)
{
	long double rest;

	return exact_fma(x, y, z, &rest);
}

double fma(double x, double y, double z)
{
	return odd_fma(x, y, z);
}

float fmaf(float x, float y, float z)
{
	return odd_fma(x, y, z);
}

NARROW(erf)
NARROW(erfc)
NARROW(tgamma)
NARROW(lgamma)
