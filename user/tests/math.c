/*
 * math.c - real numbers: every bit of a result is the same here as on Linux,
 * whatever computes it, a processor or an emulator. Prints results in full.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include "tap.h"

static void show(const char *name, double x, double y, double result)
{
	union {
		double value;
		uint64_t bits;
	} exact = { .value = result };

	printf("# %s(%a, %a) = %016llx\n", name, x, y,
	       (unsigned long long)exact.bits);
}

#define ONE(name)                 \
	{                         \
#name, name, NULL \
	}
#define TWO(name)                 \
	{                         \
#name, NULL, name \
	}

static const struct {
	const char *name;
	double (*one)(double);
	double (*two)(double, double);
} functions[] = {
	ONE(sin),   ONE(cos),   ONE(tan),   ONE(asin),      ONE(acos),
	ONE(atan),  ONE(sinh),  ONE(cosh),  ONE(tanh),      ONE(asinh),
	ONE(acosh), ONE(atanh), ONE(exp),   ONE(exp2),      ONE(expm1),
	ONE(log),   ONE(log2),  ONE(log10), ONE(log1p),     ONE(sqrt),
	ONE(cbrt),  ONE(erf),   ONE(erfc),  ONE(tgamma),    ONE(lgamma),
	ONE(rint),  ONE(floor), ONE(ceil),  ONE(round),     TWO(pow),
	TWO(atan2), TWO(hypot), TWO(fmod),  TWO(remainder),
};

int main(void)
{
	double x = 0.0123;

	for (int round = 0; round < 12; round++, x *= -3.7) {
		for (unsigned int i = 0;
		     i < sizeof(functions) / sizeof(functions[0]); i++) {
			double y = x / 2 + 1.3, size = fabs(x), result;

			if (functions[i].one) {
				result = functions[i].one(x);
				if (!isnan(result))
					show(functions[i].name, x, 0, result);
			} else {
				result = functions[i].two(size, y);
				show(functions[i].name, size, y, result);
			}
		}
	}
	fflush(stdout);
	ok(sin(0.0) == 0 && cos(0.0) == 1, "sin(0), cos(0)");
	ok(pow(2, 10) == 1024 && sqrt(1e100) == 1e50, "powers and roots");
	ok(isnan(log(-1.0)) && log(0.0) == -INFINITY, "log() of -1 and 0");
	return done_testing();
}
