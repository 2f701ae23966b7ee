/*
 * numbers.c - a program nobody wrote for Faultline: floating point, 64-bit
 * arithmetic, qsort and long jumps out of glibc.
 */
#include <math.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static jmp_buf back;

static int by_value(const void *a, const void *b)
{
	double left = *(const double *)a;
	double right = *(const double *)b;

	return (left > right) - (left < right);
}

static void climb(int depth)
{
	if (depth == 0)
		longjmp(back, 42);
	climb(depth - 1);
}

int main(void)
{
	double values[100];
	unsigned long long product = 1;
	volatile int round = 0;
	int value;

	for (int i = 0; i < 100; i++)
		values[i] = sin(i) * exp(i / 20.0);
	qsort(values, 100, sizeof(values[0]), by_value);
	for (int i = 0; i < 100; i += 9)
		printf("%.12g %a\n", values[i], values[i]);
	for (int i = 1; i <= 20; i++)
		product *= i;
	printf("%llu %llu %llu\n", product, product / 1234567,
	       product % 1234567);
	printf("%.3f %e %g\n", strtod("3.14159", NULL), 6.02214e23, 1.0 / 3);
	value = setjmp(back);
	printf("setjmp %d\n", value);
	if (round++ < 3)
		climb(round * 10);
	return value;
}
