/*
 * assert.c - what happens when an assertion is false.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

void __assert_fail(const char *condition, const char *file, unsigned int line,
		   const char *function)
{
	fflush(NULL); /* what was printed before is seen before */
	fprintf(stderr, "%s:%u: %s: Assertion `%s' failed.\n", file, line,
		function, condition);
	abort();
}
