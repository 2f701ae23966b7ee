/*
 * test.c - ask a question about files, strings or numbers: the status answers.
 * The shell also calls it for [ … ].
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define YES   0
#define NO    1
#define WRONG 2

static int answer(bool yes)
{
	return yes ? YES : NO;
}

static int wrong(const char *word, const char *what)
{
	fprintf(stderr, "test: %s: %s\n", word, what);
	return WRONG;
}

static int ask_one(const char *what, const char *word)
{
	struct stat file;
	bool exists;

	if (strcmp(what, "-n") == 0)
		return answer(*word);
	if (strcmp(what, "-z") == 0)
		return answer(!*word);
	if (what[0] != '-' || !what[1] || what[2] ||
	    !strchr("edfrstwx", what[1]))
		return wrong(what, "unknown operator");
	if (what[1] == 't')
		return answer(isatty(atoi(word)));
	exists = stat(word, &file) == 0;
	switch (what[1]) {
	case 'd':
		return answer(exists && S_ISDIR(file.st_mode));
	case 'f':
		return answer(exists && S_ISREG(file.st_mode));
	case 's':
		return answer(exists && file.st_size > 0);
	case 'r':
		return answer(access(word, R_OK) == 0);
	case 'w':
		return answer(access(word, W_OK) == 0);
	case 'x':
		return answer(access(word, X_OK) == 0);
	}
	return answer(exists);
}

static int ask_two(const char *left, const char *what, const char *right)
{
	static const char *const operators[] = { "-eq", "-ne", "-lt",
						 "-le", "-gt", "-ge" };
	size_t index = 0;
	char *end;
	long a, b;

	if (strcmp(what, "=") == 0)
		return answer(strcmp(left, right) == 0);
	if (strcmp(what, "!=") == 0)
		return answer(strcmp(left, right) != 0);
	while (index < 6 && strcmp(operators[index], what) != 0)
		index++;
	if (index == 6)
		return wrong(what, "unknown operator");
	a = strtol(left, &end, 10);
	if (end == left || *end)
		return wrong(left, "not a number");
	b = strtol(right, &end, 10);
	if (end == right || *end)
		return wrong(right, "not a number");
	switch (index) {
	case 0:
		return answer(a == b);
	case 1:
		return answer(a != b);
	case 2:
		return answer(a < b);
	case 3:
		return answer(a <= b);
	case 4:
		return answer(a > b);
	}
	return answer(a >= b);
}

static int ask(int count, char **words)
{
	int result;

	switch (count) {
	case 0:
		return NO;
	case 1:
		return answer(*words[0]);
	case 2:
		if (strcmp(words[0], "!") != 0)
			return ask_one(words[0], words[1]);
		break;
	case 3:
		if (strcmp(words[0], "!") != 0)
			return ask_two(words[0], words[1], words[2]);
		break;
	}
	if (strcmp(words[0], "!") != 0)
		return wrong(words[0], "too many words");
	result = ask(count - 1, words + 1);
	return result == WRONG ? WRONG : !result;
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		puts("usage: test [!] QUESTION    or    [ QUESTION ]\n"
		     "  WORD  -n WORD  -z WORD  WORD = WORD  WORD != WORD\n"
		     "  NUMBER -eq NUMBER, and -ne -lt -le -gt -ge\n"
		     "  -e FILE (is there)  -f (a file)  -d (a directory)  "
		     "-s (not empty)\n"
		     "  -r -w -x FILE (may be read, written, executed)  "
		     "-t FD (a terminal)\n"
		     "The status is 0 for yes, 1 for no, 2 if the question "
		     "is wrong.");
		return 0;
	}
	if (strcmp(argv[0], "[") == 0 && strcmp(argv[--argc], "]") != 0) {
		fprintf(stderr, "[: the ] is missing\n");
		return 2;
	}
	argv[argc] = NULL;
	return ask(argc - 1, argv + 1);
}
