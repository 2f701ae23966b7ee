/*
 * x87.h - what the files of <math.h> share: the parts of a long double, and the
 * few instructions of the x87 that C has no word for.
 *
 * All functions are computed in long double, whose 64 bits of precision are 11
 * more than double has: so a result that is a few units wrong there is right to
 * 1 ulp as a double. Only + - * / and the instructions below are used, whose
 * results are the same on each processor and in each emulator; not fsin or
 * f2xm1, whose last bits differ.
 */
#ifndef LIBC_X87_H
#define LIBC_X87_H

#include <math.h>
#include <stdint.h>

/* Bit 63 of the mantissa is the digit before the point: 1, but for 0 and
 * subnormal numbers. */
union x87 {
	long double value;
	struct {
		uint64_t mantissa;
		uint16_t sign_exponent;
	};
};

#define EXPONENT_MASK 0x7fff /* in sign_exponent: all ones is INFINITY or NAN */
#define EXPONENT_BIAS 16383 /* of 1.0 */

#define LN2      0.693147180559945309417232121458176568L
#define LN2_HIGH 0x1.62e42fefp-1L /* its first 33 bits */
#define LN2_LOW  7.4406171100123968473771410e-11L
#define LOG2E    1.44269504088896340735992468100189214L
#define LOG10E   0.434294481903251827651128918916605082L
#define PI       3.14159265358979323846264338327950288L

/* X, to an integer as the rounding mode says. */
static inline long double round_to_integer(long double x)
{
	__asm__("frndint" : "+t"(x));
	return x;
}

/* X * 2^N. */
static inline long double scale(long double x, long double n)
{
	__asm__("fscale" : "+t"(x) : "u"(n));
	return x;
}

static inline long double square_root(long double x)
{
	__asm__("fsqrt" : "+t"(x));
	return x;
}

/* From NAMEl(), NAME() and NAMEf(): rounded to their precision. */
#define NARROW(name)               \
	double name(double x)      \
	{                          \
		return name##l(x); \
	}                          \
	float name##f(float x)     \
	{                          \
		return name##l(x); \
	}

#define NARROW2(name)                   \
	double name(double x, double y) \
	{                               \
		return name##l(x, y);   \
	}                               \
	float name##f(float x, float y) \
	{                               \
		return name##l(x, y);   \
	}

#endif
