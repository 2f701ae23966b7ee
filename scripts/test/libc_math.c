/*
 * libc_math.c - <math.h> against glibc's. Ours are linked with our_ in front of
 * their names; the measure is glibc's long double function, whose 11 bits more
 * show also fractions of an ulp (the distance to the next double). Prints the
 * greatest error of each function; status 1 if it is more than may be, or if an
 * infinity, a NAN or the sign of a 0 is not the same.
 */
#define _GNU_SOURCE
#include <fenv.h>
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include "libc_cases.h"

#define ROUNDS 20000

static bool failed;
static long double worst, worst_x, worst_y;

static const double special[] = {
	0.0,         -0.0,        INFINITY,
	-INFINITY,   NAN,         1,
	-1,          0.5,         -0.5,
	2,           -2,          3,
	-3,          1.5,         -1.5,
	2.5,         -2.5,        DBL_MIN,
	-DBL_MIN,    DBL_MAX,     -DBL_MAX,
	5e-324,      -5e-324,     0x1p52,
	-0x1p52,     0x1p53,      0x1p53 + 2,
	0x1p63,      -0x1p63,     1e300,
	710,         -745,        -746,
	1e-300,      1e22,        170,
	M_PI,        M_PI_2,      -M_PI_4,
	1000,        -1000.5,     0x1p-60,
	1 - 0x1p-53, 1 + 0x1p-52, 6381956970095103 * 0x1p797,
};

#define SPECIALS (sizeof(special) / sizeof(special[0]))

/* Any magnitude; or between LOW and HIGH. */
static double pick_real(double low, double high)
{
	union {
		uint64_t bits;
		double value;
	} any;

	any.bits = (uint64_t)pick(UINT32_MAX) << 32 | pick(UINT32_MAX);
	if (pick(3) > 0 || isnan(any.value))
		return low +
		       (high - low) * (pick(UINT32_MAX) / (double)UINT32_MAX +
				       pick(UINT32_MAX) * 0x1p-64);
	return any.value;
}

/* How many ulps OURS is wrong; huge where it is another kind of number. */
static void judge(long double ours, long double right, int bits, int least,
		  long double x, long double y)
{
	long double error, limit = bits == 53 ? DBL_MAX : FLT_MAX;
	volatile double as_double = right;
	volatile float as_float = right;
	long double rounded = bits == 53 ? as_double : as_float;
	int exponent;

	if (isnan(right) || isnan(ours))
		error = isnan(right) && isnan(ours) ? 0 : HUGE_VALL;
	else if (isinf(rounded) || isinf(ours))
		error = rounded == ours ||
					fabsl(rounded) >= limit &&
						fabsl(ours) >= limit &&
						signbit(ours) == signbit(right)
				? 0
				: HUGE_VALL;
	else if (signbit(ours) != signbit(right) && rounded == 0)
		error = HUGE_VALL;
	else {
		frexpl(right, &exponent);
		if (exponent < least || right == 0)
			exponent = least;
		error = fabsl(ours - right) / ldexpl(1, exponent - bits);
	}
	if (error > worst) {
		worst = error;
		worst_x = x;
		worst_y = y;
	}
}

static void report(const char *name, double allowed)
{
	printf("%-12s %.3Lf\n", name, worst);
	if (worst > allowed) {
		printf("# more than %g: x = %.20Lg, y = %.20Lg\n", allowed,
		       worst_x, worst_y);
		failed = true;
	}
	worst = 0;
}

#define BODY(name, expression, allowed, bits, least, type)                   \
	do {                                                                 \
		extern __typeof__(name) our_##name;                          \
		for (unsigned int i = 0; i < ROUNDS + SPECIALS; i++) {       \
			type x = i < SPECIALS ? special[i]                   \
					      : pick_real(low, high);        \
			judge(our_##name(x), expression, bits, least, x, 0); \
		}                                                            \
		report(#name, allowed);                                      \
	} while (0)

/* NAME and NAMEf: any number, and more often from LOW to HIGH. */
#define ONE_AS(name, reference, low_, high_, allowed)                  \
	do {                                                           \
		double low = low_, high = high_;                       \
		BODY(name, reference(x), allowed, 53, -1021, double);  \
		BODY(name##f, reference(x), allowed, 24, -125, float); \
	} while (0)

#define ONE(name, low, high, allowed) ONE_AS(name, name##l, low, high, allowed)

#define BODY2(name, reference, allowed, bits, least, type)                    \
	do {                                                                  \
		extern __typeof__(name) our_##name;                           \
		for (unsigned int i = 0; i < ROUNDS + SPECIALS * SPECIALS;    \
		     i++) {                                                   \
			type x = i < SPECIALS * SPECIALS                      \
					 ? special[i / SPECIALS]              \
					 : pick_real(low, high);              \
			type y = i < SPECIALS * SPECIALS                      \
					 ? special[i % SPECIALS]              \
					 : pick_real(low, high);              \
			judge(our_##name(x, y), reference(x, y), bits, least, \
			      x, y);                                          \
		}                                                             \
		report(#name, allowed);                                       \
	} while (0)

#define TWO_AS(name, reference, low_, high_, allowed)                \
	do {                                                         \
		double low = low_, high = high_;                     \
		BODY2(name, reference, allowed, 53, -1021, double);  \
		BODY2(name##f, reference, allowed, 24, -125, float); \
	} while (0)

#define TWO(name, low, high, allowed) TWO_AS(name, name##l, low, high, allowed)

/* Functions to an integer type: as glibc's, where the result fits. */
#define INTEGER(name, limit)                                            \
	do {                                                            \
		extern __typeof__(name) our_##name;                     \
		for (unsigned int i = 0; i < ROUNDS + SPECIALS; i++) {  \
			double x = i < SPECIALS ? special[i]            \
						: pick_real(-1e3, 1e3); \
			if (!(fabs(x) < limit))                         \
				continue;                               \
			if (our_##name(x) != name(x))                   \
				worst = HUGE_VALL, worst_x = x;         \
		}                                                       \
		report(#name, 0);                                       \
	} while (0)

static void with_pointers(void)
{
	extern __typeof__(frexp) our_frexp;
	extern __typeof__(modf) our_modf;
	extern __typeof__(remquo) our_remquo;
	extern __typeof__(ldexp) our_ldexp;
	extern __typeof__(ilogb) our_ilogb;

	for (unsigned int i = 0; i < ROUNDS + SPECIALS; i++) {
		double x = i < SPECIALS ? special[i] : pick_real(-1e3, 1e3);
		double y = pick_real(-9, 9), mine, theirs;
		int n, m, shift = (int)pick(2500) - 1250;

		judge(our_frexp(x, &n), frexp(x, &m), 53, -1021, x, n);
		if (isfinite(x) && n != m)
			worst = HUGE_VALL, worst_x = x;
		judge(our_modf(x, &mine), modf(x, &theirs), 53, -1021, x, 0);
		judge(mine, theirs, 53, -1021, x, 1);
		judge(our_remquo(x, y, &n), remquo(x, y, &m), 53, -1021, x, y);
		if (isfinite(x) && isfinite(y) && y != 0 &&
		    ((n ^ m) & 7 && (n + m) & 7))
			worst = HUGE_VALL, worst_x = x, worst_y = y;
		judge(our_ldexp(x, shift), ldexp(x, shift), 53, -1021, x,
		      shift);
		if (isfinite(x) && our_ilogb(x) != ilogb(x))
			worst = HUGE_VALL, worst_x = x;
	}
	report("parts", 0);
}

/* Triples with much cancellation, with results between two doubles. */
static void fused(void)
{
	extern __typeof__(fma) our_fma;
	extern __typeof__(fmaf) our_fmaf;

	for (int i = 0; i < 10 * ROUNDS; i++) {
		double x = pick_real(-2, 2), y = pick_real(-2, 2);
		double z = pick(2) ? -x * y : pick_real(-2, 2);
		float a = x, b = y, c = z;

		if (pick(4) == 0)
			z = ldexp(pick_real(-2, 2), -(int)pick(120));
		judge(our_fma(x, y, z), fma(x, y, z), 53, -1021, x, y);
		judge(our_fmaf(a, b, c), fmaf(a, b, c), 24, -125, a, b);
	}
	report("fma", 0);
}

/* What glibc's i386 powl(-INFINITY, -0x1p63) should be. */
static long double right_power(long double x, long double y)
{
	return isinf(x) ? pow(x, y) : powl(x, y);
}

/* glibc's acoshl(-0.0), linked statically, is -INFINITY. */
static long double right_acosh(long double x)
{
	return x < 1 ? NAN : acoshl(x);
}

/* C leaves open which 0 it is: ours is the first. */
static long double right_maximum(long double x, long double y)
{
	return x == y ? x : fmaxl(x, y);
}

static long double right_minimum(long double x, long double y)
{
	return x == y ? x : fminl(x, y);
}

/* Near the zeros at 1 and 2, and those of negative numbers, only the absolute
 * error is small. */
static void log_gamma(void)
{
	extern __typeof__(lgamma) our_lgamma;
	extern int our_signgam;

	for (unsigned int i = 0; i < ROUNDS + SPECIALS; i++) {
		double x = i < SPECIALS ? special[i] : pick_real(-20, 200);
		long double right = lgammal(x);

		if (fabsl(right) < 1)
			judge(our_lgamma(x) + 2.0L, right + 2, 53, -1021, x, 0);
		else
			judge(our_lgamma(x), right, 53, -1021, x, 0);
		if (x != 0 && isfinite(right) && our_signgam != signgam)
			worst = HUGE_VALL, worst_x = x;
	}
	report("lgamma", 0.8);
}

static void rounding(void)
{
	ONE(floor, -1e3, 1e3, 0.001);
	ONE(ceil, -1e3, 1e3, 0.001);
	ONE(trunc, -1e3, 1e3, 0.001);
	ONE(round, -1e3, 1e3, 0.001);
	ONE(rint, -1e3, 1e3, 0.001);
	ONE(nearbyint, -1e3, 1e3, 0.001);
}

int main(void)
{
	ONE(sin, -1e5, 1e5, 0.51);
	ONE(cos, -1e5, 1e5, 0.51);
	ONE(tan, -1e5, 1e5, 0.51);
	ONE(asin, -1, 1, 0.51);
	ONE(acos, -1, 1, 0.51);
	ONE(atan, -10, 10, 0.51);
	TWO(atan2, -10, 10, 0.51);
	ONE(sinh, -20, 20, 0.51);
	ONE(cosh, -20, 20, 0.51);
	ONE(tanh, -5, 5, 0.51);
	ONE(asinh, -20, 20, 0.51);
	ONE_AS(acosh, right_acosh, 1, 20, 0.51);
	ONE(atanh, -1, 1, 0.51);
	ONE(exp, -750, 720, 0.51);
	ONE(exp2, -1080, 1030, 0.51);
	ONE(expm1, -2, 2, 0.51);
	ONE(log, 0, 10, 0.51);
	ONE(log2, 0, 10, 0.51);
	ONE(log10, 0, 10, 0.51);
	ONE(log1p, -1, 2, 0.51);
	TWO_AS(pow, right_power, -40, 40, 0.52);
	TWO_AS(pow, right_power, 0, 2, 0.52);
	ONE(sqrt, 0, 10, 0.5);
	ONE(cbrt, -10, 10, 0.51);
	TWO(hypot, -10, 10, 0.51);
	rounding();
	for (int mode = 0; mode < 3; mode++) {
		static const int modes[] = { FE_DOWNWARD, FE_UPWARD,
					     FE_TOWARDZERO };

		fesetround(modes[mode]);
		rounding();
		fesetround(FE_TONEAREST);
	}
	TWO(fmod, -1e3, 1e3, 0.001);
	TWO(remainder, -1e3, 1e3, 0.001);
	ONE(logb, -10, 10, 0);
	ONE(fabs, -10, 10, 0.001);
	TWO(copysign, -10, 10, 0.001);
	TWO_AS(fmax, right_maximum, -10, 10, 0.001);
	TWO_AS(fmin, right_minimum, -10, 10, 0.001);
	TWO(fdim, -10, 10, 0.5);
	INTEGER(lrint, 0x1p31);
	INTEGER(lround, 2147483647);
	INTEGER(llrint, 0x1p63);
	INTEGER(llround, 0x1p63);
	with_pointers();
	fused();
	do {
		double low = -10, high = 10;
		BODY2(nextafter, nextafter, 0, 53, -1021, double);
		BODY2(nextafterf, nextafterf, 0, 24, -125, float);
		BODY2(nextafterl, nextafterl, 0, 53, -1021, double);
	} while (0);
	ONE(erf, -6, 6, 0.55);
	ONE(erfc, -6, 27, 0.75);
	ONE(tgamma, -10, 171, 0.75);
	log_gamma();
	return failed;
}
