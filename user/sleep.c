/*
 * sleep.c - wait for some seconds.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* "1.25" to seconds and nanoseconds. Returns 0; -1: that is no number. */
static int parse(const char *text, struct timespec *result)
{
	long digit = 100000000;
	char *end;

	if (!isdigit((unsigned char)*text))
		return -1;
	result->tv_sec = strtol(text, &end, 10);
	result->tv_nsec = 0;
	if (*end == '.')
		for (end++; isdigit((unsigned char)*end); digit /= 10)
			result->tv_nsec += (*end++ - '0') * digit;
	return *end ? -1 : 0;
}

int main(int argc, char **argv)
{
	struct timespec duration;

	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		puts("usage: sleep SECONDS\n"
		     "Wait; SECONDS may have a fraction, as in 0.5.");
		return 0;
	}
	if (argc != 2 || parse(argv[1], &duration) < 0) {
		fputs("usage: sleep SECONDS\n", stderr);
		return 2;
	}
	if (nanosleep(&duration, NULL) < 0) {
		perror("sleep");
		return 1;
	}
	return 0;
}
