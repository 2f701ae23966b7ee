/*
 * stdlib.c - absolute values, and the rand() sequence.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>

int abs(int number)
{
	return number < 0 ? -number : number;
}

long labs(long number)
{
	return number < 0 ? -number : number;
}

long long llabs(long long number)
{
	return number < 0 ? -number : number;
}

intmax_t imaxabs(intmax_t number)
{
	return llabs(number);
}

/*
 * A linear congruential generator with the multiplier of Knuth's MMIX (The Art
 * of Computer Programming 2, 3.3.4). Its low bits are poor, so the high ones
 * are returned.
 */
static unsigned long long random_state = 1;

void srand(unsigned int seed)
{
	random_state = seed;
}

int rand(void)
{
	random_state =
		random_state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (int)(random_state >> 33);
}
