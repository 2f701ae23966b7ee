/*
 * libc_cases.h - the fixed sequence of pseudo-random numbers from which the
 * libc_*.c programs make their cases. Each of them is compiled twice, with our
 * libc and with the host's; test_libc.py compares what the two print.
 */
#ifndef LIBC_CASES_H
#define LIBC_CASES_H

#include <stdint.h>

static uint32_t case_state = 1;

/* A number from 0 to LIMIT - 1: xorshift32 (Marsaglia 2003). */
static uint32_t pick(uint32_t limit)
{
	case_state ^= case_state << 13;
	case_state ^= case_state >> 17;
	case_state ^= case_state << 5;
	return case_state % limit;
}

/* Integers near the edges of the types, and others of any magnitude. */
static inline long long pick_integer(void)
{
	static const long long edges[] = {
		0,
		1,
		8,
		127,
		128,
		255,
		32767,
		32768,
		65535,
		INT32_MAX,
		INT32_MAX + 1LL,
		UINT32_MAX,
		UINT32_MAX + 1LL,
		INT64_MAX,
		INT64_MIN,
	};
	uint64_t value;

	if (pick(3) == 0) {
		value = edges[pick(sizeof(edges) / sizeof(edges[0]))];
		value += pick(3) - 1;
	} else {
		value = (uint64_t)pick(UINT32_MAX) << 32 | pick(UINT32_MAX);
		value >>= pick(64);
	}
	return pick(2) ? value : -value;
}

#endif
