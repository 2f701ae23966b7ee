/*
 * div.c - quotient and remainder together.
 */
#include <inttypes.h>
#include <stdlib.h>

div_t div(int number, int divisor)
{
	return (div_t){ number / divisor, number % divisor };
}

ldiv_t ldiv(long number, long divisor)
{
	return (ldiv_t){ number / divisor, number % divisor };
}

lldiv_t lldiv(long long number, long long divisor)
{
	return (lldiv_t){ number / divisor, number % divisor };
}

imaxdiv_t imaxdiv(intmax_t number, intmax_t divisor)
{
	return (imaxdiv_t){ number / divisor, number % divisor };
}
