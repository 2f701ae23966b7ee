/*
 * math.h - functions of real numbers. Each takes and returns double; with an f
 * behind its name float, with an l long double. Angles are in radians.
 *
 * Results are within 1 ulp (the distance to the next double) of the true value
 * unless a comment says otherwise; they are computed on the x87, which has 11
 * bits more. A result that does not exist is NAN, one too large HUGE_VAL with
 * its sign; errno is not set (math_errhandling), but the exceptions of <fenv.h>
 * are raised.
 */
#ifndef _MATH_H
#define _MATH_H

#include <sys/cdefs.h>

#define HUGE_VAL  __builtin_huge_val()
#define HUGE_VALF __builtin_huge_valf()
#define HUGE_VALL __builtin_huge_vall()
#define INFINITY  __builtin_inff()
#define NAN       __builtin_nanf("")

/* What the processor computes with: every type on its stack. */
typedef long double float_t;
typedef long double double_t;

#define MATH_ERRNO       1
#define MATH_ERREXCEPT   2
#define math_errhandling MATH_ERREXCEPT

#define M_E        2.7182818284590452354
#define M_LOG2E    1.4426950408889634074
#define M_LOG10E   0.43429448190325182765
#define M_LN2      0.69314718055994530942
#define M_LN10     2.30258509299404568402
#define M_PI       3.14159265358979323846
#define M_PI_2     1.57079632679489661923
#define M_PI_4     0.78539816339744830962
#define M_1_PI     0.31830988618379067154
#define M_2_PI     0.63661977236758134308
#define M_2_SQRTPI 1.12837916709551257390
#define M_SQRT2    1.41421356237309504880
#define M_SQRT1_2  0.70710678118654752440
#define MAXFLOAT   3.40282346638528859812e+38F

/* Kinds of numbers. */
#define FP_NAN       0
#define FP_INFINITE  1
#define FP_ZERO      2
#define FP_SUBNORMAL 3
#define FP_NORMAL    4

#define fpclassify(x)                                                      \
	__builtin_fpclassify(FP_NAN, FP_INFINITE, FP_NORMAL, FP_SUBNORMAL, \
			     FP_ZERO, x)
#define isfinite(x) __builtin_isfinite(x)
#define isinf(x)    __builtin_isinf_sign(x)
#define isnan(x)    __builtin_isnan(x)
#define isnormal(x) __builtin_isnormal(x)
#define signbit(x)  (__builtin_signbit(x) != 0)

/* Some configure scripts look for functions. */
#ifndef __cplusplus
int(isinf)(double x);
int(isnan)(double x);
#endif

/* Comparisons that raise nothing for NAN, and are false. */
#define isgreater(x, y)      __builtin_isgreater(x, y)
#define isgreaterequal(x, y) __builtin_isgreaterequal(x, y)
#define isless(x, y)         __builtin_isless(x, y)
#define islessequal(x, y)    __builtin_islessequal(x, y)
#define islessgreater(x, y)  __builtin_islessgreater(x, y)
#define isunordered(x, y)    __builtin_isunordered(x, y)

#define FP_ILOGB0   (-2147483647 - 1)
#define FP_ILOGBNAN (-2147483647 - 1)

/* Each function three times: NAME, NAMEf, NAMEl. */
#define __MATH1(result, name)    \
	result name(double x);   \
	result name##f(float x); \
	result name##l(long double x)
#define __MATH(name)            \
	double name(double x);  \
	float name##f(float x); \
	long double name##l(long double x)
#define __MATH2(name)                    \
	double name(double x, double y); \
	float name##f(float x, float y); \
	long double name##l(long double x, long double y)
#define __MATH_INT(name, type)          \
	double name(double x, type n);  \
	float name##f(float x, type n); \
	long double name##l(long double x, type n)

__BEGIN_DECLS

/*
 * Angles. The functions of the circle are exact to 1 ulp up to 2^31; beyond
 * that the error grows: see trigonometry.c. atan2(y, x): the angle of the
 * point (x, y), from -pi to pi.
 */
__MATH(sin);
__MATH(cos);
__MATH(tan);
__MATH(asin);
__MATH(acos);
__MATH(atan);
__MATH2(atan2);
void sincos(double x, double *sine, double *cosine);

__MATH(sinh);
__MATH(cosh);
__MATH(tanh);
__MATH(asinh);
__MATH(acosh);
__MATH(atanh);

/* Powers and logarithms. expm1: e^x - 1; log1p: log(1 + x), near 0 as well. */
__MATH(exp);
__MATH(exp2);
__MATH(expm1);
__MATH(log);
__MATH(log2);
__MATH(log10);
__MATH(log1p);
__MATH2(pow);
__MATH(sqrt);
__MATH(cbrt);
__MATH2(hypot); /* sqrt(x * x + y * y), without overflow */

/*
 * To an integer: up, down, towards 0, half away from 0 (round), and as
 * fesetround() says: rint, nearbyint (raises no FE_INEXACT), lrint, llrint.
 */
__MATH(ceil);
__MATH(floor);
__MATH(trunc);
__MATH(round);
__MATH(rint);
__MATH(nearbyint);
__MATH1(long, lround);
__MATH1(long long, llround);
__MATH1(long, lrint);
__MATH1(long long, llrint);

/*
 * Remainders, exact. fmod: x - n * y with n cut to an integer; remainder: with
 * the nearest n, whose low bits remquo() leaves in *QUOTIENT. modf: the
 * fraction of X, the integer in *WHOLE.
 */
__MATH2(fmod);
__MATH2(remainder);
double remquo(double x, double y, int *quotient);
float remquof(float x, float y, int *quotient);
long double remquol(long double x, long double y, int *quotient);
double modf(double x, double *whole);
float modff(float x, float *whole);
long double modfl(long double x, long double *whole);

/*
 * The parts of a number. frexp: X = result * 2^*EXPONENT, the result from 0.5
 * up to 1. ldexp, scalbn, scalbln: x * 2^n. logb, ilogb: the exponent of X.
 */
double frexp(double x, int *exponent);
float frexpf(float x, int *exponent);
long double frexpl(long double x, int *exponent);
__MATH_INT(ldexp, int);
__MATH_INT(scalbn, int);
__MATH_INT(scalbln, long);
__MATH(logb);
__MATH1(int, ilogb);
__MATH(fabs);
__MATH2(copysign); /* |x| with the sign of y */
__MATH2(nextafter); /* the next number from x towards y */
double nexttoward(double x, long double y);
float nexttowardf(float x, long double y);
long double nexttowardl(long double x, long double y);
double nan(const char *ignored);
float nanf(const char *ignored);
long double nanl(const char *ignored);

__MATH2(fmax); /* NAN counts as missing */
__MATH2(fmin);
__MATH2(fdim); /* x - y, or 0 if that is negative */
double fma(double x, double y, double z); /* x * y + z, rounded once */
float fmaf(float x, float y, float z);
long double fmal(long double x, long double y, long double z);

/* The error function, its complement; gamma, the logarithm of |gamma|. */
__MATH(erf);
__MATH(erfc);
__MATH(tgamma);
__MATH(lgamma);
extern int signgam; /* the sign of gamma, after lgamma() */

__END_DECLS

#undef __MATH1
#undef __MATH
#undef __MATH2
#undef __MATH_INT

#endif
