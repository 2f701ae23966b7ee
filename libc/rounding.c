/*
 * rounding.c - real numbers to integers, remainders, and the parts of a number.
 * All results but those of the logarithm are exact. See x87.h.
 */
#include <fenv.h>
#include <limits.h>
#include "x87.h"

/* ── To an integer ────────────────────────────────────────────────────── */

long double rintl(long double x)
{
	return round_to_integer(x);
}

long double nearbyintl(long double x)
{
	fenv_t environment;
	int before = fetestexcept(FE_INEXACT);

	x = round_to_integer(x);
	if (!before && fetestexcept(FE_INEXACT)) {
		fegetenv(&environment);
		environment.__status &= ~FE_INEXACT;
		fesetenv(&environment);
	}
	return x;
}

/* In whichever way the processor rounds, it is at most one too much. */
long double floorl(long double x)
{
	long double rounded = round_to_integer(x);

	return copysignl(rounded > x ? rounded - 1 : rounded, x);
}

long double ceill(long double x)
{
	return -floorl(-x);
}

long double truncl(long double x)
{
	return signbit(x) ? ceill(x) : floorl(x);
}

long double roundl(long double x)
{
	long double whole = truncl(x);

	if (fabsl(x - whole) >= 0.5L)
		whole += copysignl(1, x);
	return copysignl(whole, x);
}

#define TO_INTEGER(type, name, rounded)  \
	type name##l(long double x)      \
	{                                \
		return (type)rounded(x); \
	}                                \
	type name(double x)              \
	{                                \
		return name##l(x);       \
	}                                \
	type name##f(float x)            \
	{                                \
		return name##l(x);       \
	}

TO_INTEGER(long, lrint, round_to_integer)
TO_INTEGER(long long, llrint, round_to_integer)
TO_INTEGER(long, lround, roundl)
TO_INTEGER(long long, llround, roundl)

/* ── Remainders ───────────────────────────────────────────────────────── */

/*
 * INSTRUCTION takes off at most 2^63 times Y, and says so by a bit of the
 * status word: then again. Other bits there are the lowest of the quotient.
 */
#define REMAINDER(instruction, x, y, status)                 \
	do {                                                 \
		__asm__ volatile(instruction "\n\tfnstsw %1" \
				 : "+t"(x), "=a"(status)     \
				 : "u"(y));                  \
	} while (status & 0x400)

long double fmodl(long double x, long double y)
{
	unsigned short status;

	REMAINDER("fprem", x, y, status);
	return x;
}

long double remquol(long double x, long double y, int *quotient)
{
	int negative = signbit(x) != signbit(y);
	unsigned short status;
	int low;

	REMAINDER("fprem1", x, y, status);
	low = (status >> 9 & 1) | (status >> 13 & 2) | (status >> 6 & 4);
	*quotient = negative ? -low : low;
	return x;
}

long double remainderl(long double x, long double y)
{
	int ignored;

	return remquol(x, y, &ignored);
}

double remquo(double x, double y, int *quotient)
{
	return remquol(x, y, quotient);
}

float remquof(float x, float y, int *quotient)
{
	return remquol(x, y, quotient);
}

int(isinf)(double x)
{
	return isinf(x);
}

int(isnan)(double x)
{
	return isnan(x);
}

long double modfl(long double x, long double *whole)
{
	*whole = truncl(x);
	return copysignl(isinf(x) ? 0 : x - *whole, x);
}

double modf(double x, double *whole)
{
	*whole = trunc(x);
	return copysign(isinf(x) ? 0 : x - *whole, x);
}

float modff(float x, float *whole)
{
	*whole = truncf(x);
	return copysignf(isinf(x) ? 0 : x - *whole, x);
}

/* ── The parts of a number ────────────────────────────────────────────── */

long double fabsl(long double x)
{
	return __builtin_fabsl(x);
}

long double copysignl(long double x, long double y)
{
	return signbit(x) == signbit(y) ? x : -x;
}

long double frexpl(long double x, int *exponent)
{
	union x87 bits = { .value = x };

	*exponent = 0;
	if (x == 0 || !isfinite(x))
		return x;
	if (!(bits.sign_exponent & EXPONENT_MASK)) { /* subnormal */
		x = frexpl(x * 0x1p64L, exponent);
		*exponent -= 64;
		return x;
	}
	*exponent = (bits.sign_exponent & EXPONENT_MASK) - EXPONENT_BIAS + 1;
	bits.sign_exponent -= *exponent;
	return bits.value;
}

double frexp(double x, int *exponent)
{
	return frexpl(x, exponent);
}

float frexpf(float x, int *exponent)
{
	return frexpl(x, exponent);
}

#define SCALE(name, type)                          \
	long double name##l(long double x, type n) \
	{                                          \
		return scale(x, n);                \
	}                                          \
	double name(double x, type n)              \
	{                                          \
		return scale(x, n);                \
	}                                          \
	float name##f(float x, type n)             \
	{                                          \
		return scale(x, n);                \
	}

SCALE(ldexp, int)
SCALE(scalbn, int)
SCALE(scalbln, long)

long double logbl(long double x)
{
	int exponent;

	if (x == 0)
		return -1 / fabsl(x);
	if (!isfinite(x))
		return x * x;
	frexpl(x, &exponent);
	return exponent - 1;
}

int ilogbl(long double x)
{
	if (x == 0)
		return FP_ILOGB0;
	if (isnan(x))
		return FP_ILOGBNAN;
	return isinf(x) ? INT_MAX : (int)logbl(x);
}

int ilogb(double x)
{
	return ilogbl(x);
}

int ilogbf(float x)
{
	return ilogbl(x);
}

/* ── Neighbours ───────────────────────────────────────────────────────── */

/*
 * Read as integers, numbers of one sign are in order: the neighbour of one is
 * the integer one more or less.
 */
#define NEXT(name, type, integer)                                     \
	type name(type x, long double y)                              \
	{                                                             \
		union {                                               \
			type value;                                   \
			integer bits;                                 \
		} next = { .value = x };                              \
		volatile type raises;                                 \
                                                                      \
		if (isnan(x) || isnan(y))                             \
			return x + y;                                 \
		if (x == y)                                           \
			return y;                                     \
		if (x == 0) {                                         \
			next.bits = 1;                                \
			next.value = copysignl(next.value, y);        \
		} else {                                              \
			next.bits += (x < y) == (x > 0) ? 1 : -1;     \
		}                                                     \
		raises = next.value * next.value; /* or underflows */ \
		(void)raises;                                         \
		return next.value;                                    \
	}

NEXT(nexttoward, double, uint64_t)
NEXT(nexttowardf, float, uint32_t)

double nextafter(double x, double y)
{
	return nexttoward(x, y);
}

float nextafterf(float x, float y)
{
	return nexttowardf(x, y);
}

long double nextafterl(long double x, long double y)
{
	union x87 bits = { .value = x };

	if (isnan(x) || isnan(y))
		return x + y;
	if (x == y)
		return y;
	if (x == 0) {
		bits.mantissa = 1;
		return copysignl(bits.value, y);
	}
	if ((x < y) == (x > 0)) {
		if (++bits.mantissa == 0) {
			bits.mantissa = 1ULL << 63;
			bits.sign_exponent++;
		} else if (bits.mantissa == 1ULL << 63 &&
			   !(bits.sign_exponent & EXPONENT_MASK)) {
			bits.sign_exponent++; /* subnormal no longer */
		}
		return bits.value;
	}
	if (bits.mantissa-- == 1ULL << 63 &&
	    bits.sign_exponent & EXPONENT_MASK) {
		if ((--bits.sign_exponent & EXPONENT_MASK) != 0)
			bits.mantissa |= 1ULL << 63;
	}
	return bits.value;
}

long double nexttowardl(long double x, long double y)
{
	return nextafterl(x, y);
}

/* ── Of two numbers ───────────────────────────────────────────────────── */

long double fmaxl(long double x, long double y)
{
	return isnan(x) || y > x ? y : x;
}

long double fminl(long double x, long double y)
{
	return isnan(x) || y < x ? y : x;
}

long double fdiml(long double x, long double y)
{
	if (isnan(x) || isnan(y))
		return x + y;
	return x > y ? x - y : 0;
}

double nan(const char *ignored)
{
	return NAN;
}

float nanf(const char *ignored)
{
	return NAN;
}

long double nanl(const char *ignored)
{
	return NAN;
}

NARROW(rint)
NARROW(nearbyint)
NARROW(floor)
NARROW(ceil)
NARROW(trunc)
NARROW(round)
NARROW2(fmod)
NARROW2(remainder)
NARROW(fabs)
NARROW2(copysign)
NARROW(logb)
NARROW2(fmax)
NARROW2(fmin)
NARROW2(fdim)
