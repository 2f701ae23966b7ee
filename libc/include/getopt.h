/*
 * getopt.h - options on the command line.
 */
#ifndef _GETOPT_H
#define _GETOPT_H

#include <sys/cdefs.h>

__BEGIN_DECLS

/*
 * getopt - the next option of ARGV. OPTIONS: the letters there are, a colon
 * after those with an argument, which comes in optarg. Returns the letter; -1:
 * none left, ARGV goes on at optind; '?' for one unknown or without argument,
 * after a message unless opterr is 0, with the letter in optopt. A colon in
 * front of OPTIONS: no message, and ':' for a missing argument. A + there stops
 * at the first word that is no option; else such words are moved behind the
 * options. Two colons: an argument that may be missing (-ofile).
 */
int getopt(int argc, char *const argv[], const char *options);
extern char *optarg;
extern int optind, optopt, opterr;

/*
 * getopt_long - also knows options of several letters: --name, --name=argument,
 * or a beginning that fits only one. LONG_OPTIONS ends with zeroes. For these it
 * returns val, or, unless flag is NULL, sets *flag to val and returns 0; *INDEX
 * (unless INDEX is NULL) tells which it was. getopt_long_only: with one - too.
 */
struct option {
	const char *name;
	int has_arg; /* no_argument … */
	int *flag;
	int val;
};

#define no_argument       0
#define required_argument 1
#define optional_argument 2

int getopt_long(int argc, char *const argv[], const char *options,
		const struct option *long_options, int *index);
int getopt_long_only(int argc, char *const argv[], const char *options,
		     const struct option *long_options, int *index);

__END_DECLS

#endif
