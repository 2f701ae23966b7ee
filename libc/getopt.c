/*
 * getopt.c - options on the command line: letters after a minus sign.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

char *optarg;
int optind = 1;
int optopt;
int opterr = 1;

static int within; /* in argv[optind], the letters read so far */

static int fail(char *const argv[], const char *options, const char *what)
{
	if (*options == ':')
		return *what == 'o' ? ':' : '?';
	if (opterr)
		fprintf(stderr, "%s: %s -- '%c'\n", argv[0], what, optopt);
	return '?';
}

int getopt(int argc, char *const argv[], const char *options)
{
	const char *argument = argv[optind];
	const char *known;

	if (within == 0) {
		if (optind >= argc || argument[0] != '-' || !argument[1])
			return -1;
		if (strcmp(argument, "--") == 0) {
			optind++;
			return -1;
		}
		within = 1;
	}
	optopt = argument[within++];
	known = optopt == ':' ? NULL : strchr(options, optopt);
	if (!argument[within]) {
		optind++;
		within = 0;
	}
	if (!known)
		return fail(argv, options, "invalid option");
	if (known[1] != ':')
		return optopt;

	/* Its argument is the rest of the word, or the next word. */
	if (within) {
		optarg = (char *)argument + within;
		optind++;
		within = 0;
		return optopt;
	}
	if (optind >= argc)
		return fail(argv, options, "option requires an argument");
	optarg = argv[optind++];
	return optopt;
}
