/*
 * random.c - more sequences of pseudo-random numbers, beside rand(). All are
 * linear congruential generators of 64 bits, of which the high ones are used.
 */
#include <stdlib.h>

#define MULTIPLIER 6364136223846793005ULL /* Knuth's MMIX */
#define INCREMENT  1442695040888963407ULL

static unsigned long long random_state = 1;

static unsigned int step(unsigned long long *state)
{
	*state = *state * MULTIPLIER + INCREMENT;
	return *state >> 33;
}

void srandom(unsigned int seed)
{
	random_state = seed;
}

long random(void)
{
	return step(&random_state);
}

/* There are only 32 bits of *SEED: spread them, and come back to 32. */
int rand_r(unsigned int *seed)
{
	unsigned long long state = *seed;

	step(&state);
	*seed = state ^ state >> 32;
	return step(&state);
}

/* POSIX prescribes this one: 48 bits, drand48() gives all of them. */
static unsigned long long state48 = 0x1234abcd330eULL;

static unsigned long long step48(void)
{
	state48 = (state48 * 0x5deece66dULL + 11) & 0xffffffffffffULL;
	return state48;
}

void srand48(long seed)
{
	state48 = (unsigned long long)(unsigned long)seed << 16 | 0x330e;
}

double drand48(void)
{
	return step48() / 281474976710656.0;
}

long lrand48(void)
{
	return step48() >> 17;
}

long mrand48(void)
{
	return (int)(step48() >> 16);
}
