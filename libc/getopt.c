/*
 * getopt.c - options on the command line: letters after a minus sign, and words
 * after two.
 */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *optarg;
int optind = 1;
int optopt;
int opterr = 1;

static int within; /* in argv[optind], the letters read so far */

static bool is_option(const char *word)
{
	return word[0] == '-' && word[1] != '\0';
}

/* Move the word at FROM down to TO; those between move up. */
static void move_down(char **argv, int from, int to)
{
	char *word = argv[from];

	for (; from > to; from--)
		argv[from] = argv[from - 1];
	argv[to] = word;
}

/* Its result after a mistake: '?', or ':' if OPTIONS begins with it. */
static int wrong(const char *options, bool missing)
{
	return missing && options[*options == '+'] == ':' ? ':' : '?';
}

static bool is_loud(const char *options)
{
	return opterr && options[*options == '+'] != ':';
}

static int letter(int argc, char **argv, const char *options)
{
	const char *word = argv[optind];
	const char *known;

	if (within == 0)
		within = 1;
	optopt = (unsigned char)word[within++];
	known = optopt == ':' || optopt == '+' ? NULL : strchr(options, optopt);
	word += within;
	if (!*word) {
		optind++;
		within = 0;
	}
	if (!known) {
		if (is_loud(options))
			fprintf(stderr, "%s: invalid option -- '%c'\n", argv[0],
				optopt);
		return '?';
	}
	if (known[1] != ':')
		return optopt;

	/* Its argument is the rest of the word, or the next word. */
	optarg = NULL;
	if (within) {
		optarg = (char *)word;
		optind++;
		within = 0;
	} else if (known[2] == ':') {
		return optopt;
	} else if (optind < argc) {
		optarg = argv[optind++];
	} else {
		if (is_loud(options))
			fprintf(stderr,
				"%s: option requires an argument -- '%c'\n",
				argv[0], optopt);
		return wrong(options, true);
	}
	return optopt;
}

/*
 * Which of the LONG options NAME is, LENGTH characters: it may be the beginning
 * of one, if not of others that mean something else. -1: none, -2: several.
 */
static int find(const struct option *options, const char *name, size_t length)
{
	int found = -1;

	for (int i = 0; options[i].name; i++) {
		if (strncmp(options[i].name, name, length) != 0)
			continue;
		if (strlen(options[i].name) == length)
			return i;
		if (found == -1)
			found = i;
		else if (found >= 0 &&
			 (options[i].has_arg != options[found].has_arg ||
			  options[i].flag != options[found].flag ||
			  options[i].val != options[found].val))
			found = -2;
	}
	return found;
}

static int word(int argc, char **argv, const char *options,
		const struct option *long_options, int *index)
{
	const char *full = argv[optind++];
	const char *name = full + strspn(full, "-");
	size_t length = strcspn(name, "=");
	int dashes = name - full;
	int number = find(long_options, name, length);
	const struct option *option = long_options + number;
	const char *problem = NULL;
	bool missing = false;

	optopt = 0;
	if (number < 0) {
		if (is_loud(options) && number == -1)
			fprintf(stderr, "%s: unrecognized option '%.*s%.*s'\n",
				argv[0], dashes, full, (int)length, name);
		else if (is_loud(options))
			fprintf(stderr, "%s: option '%s' is ambiguous\n",
				argv[0], full);
		return '?';
	}
	optarg = name[length] ? (char *)name + length + 1 : NULL;
	if (optarg && option->has_arg == no_argument)
		problem = "doesn't allow an argument";
	if (!optarg && option->has_arg == required_argument) {
		missing = optind >= argc;
		if (missing)
			problem = "requires an argument";
		else
			optarg = argv[optind++];
	}
	if (problem) {
		optopt = option->flag ? 0 : option->val;
		if (is_loud(options))
			fprintf(stderr, "%s: option '%.*s%s' %s\n", argv[0],
				dashes, full, option->name, problem);
		return wrong(options, missing);
	}
	if (index)
		*index = number;
	if (!option->flag)
		return option->val;
	*option->flag = option->val;
	return 0;
}

static int next(int argc, char **argv, const char *options,
		const struct option *long_options, int *index, bool only)
{
	int skipped, first, used, result;

	if (optind == 0) { /* begin again */
		optind = 1;
		within = 0;
	}
	optarg = NULL;
	skipped = optind;
	if (*options != '+' && !getenv("POSIXLY_CORRECT"))
		while (optind < argc && !is_option(argv[optind]))
			optind++;
	if (optind >= argc || !is_option(argv[optind])) {
		optind = skipped;
		return -1;
	}
	first = optind;
	if (within) {
		result = letter(argc, argv, options);
	} else if (strcmp(argv[optind], "--") == 0) {
		optind++;
		result = -1;
	} else if (long_options &&
		   (argv[optind][1] == '-' ||
		    (only &&
		     (argv[optind][2] || !strchr(options, argv[optind][1]))))) {
		result = word(argc, argv, options, long_options, index);
	} else {
		result = letter(argc, argv, options);
	}

	/* What was used goes in front of what was skipped. */
	used = optind - first;
	for (int i = 0; i < used; i++)
		move_down(argv, first + i, skipped + i);
	optind = skipped + used;
	return result;
}

int getopt(int argc, char *const argv[], const char *options)
{
	return next(argc, (char **)argv, options, NULL, NULL, false);
}

int getopt_long(int argc, char *const argv[], const char *options,
		const struct option *long_options, int *index)
{
	return next(argc, (char **)argv, options, long_options, index, false);
}

int getopt_long_only(int argc, char *const argv[], const char *options,
		     const struct option *long_options, int *index)
{
	return next(argc, (char **)argv, options, long_options, index, true);
}
