/*
 * head.c - the first lines of a file.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
	FILE *file = stdin;
	long lines = 10;
	int first = 1;
	int c;

	if (argc > 1 && strcmp(argv[1], "--help") == 0) {
		puts("usage: head [-n N | -N] [FILE]\n"
		     "Prints the first N lines, 10 if not told, of FILE or of "
		     "standard input.");
		return 0;
	}
	if (argc > 1 && argv[1][0] == '-' && argv[1][1]) {
		const char *number = argv[1] + 1 + (argv[1][1] == 'n');
		char *end;

		if (!*number && argc > 2)
			number = argv[++first];
		lines = strtol(number, &end, 10);
		first++;
		if (!*number || *end || lines < 0) {
			fprintf(stderr, "head: %s: not a number\n", number);
			return 2;
		}
	}
	if (first < argc)
		file = fopen(argv[first], "r");
	if (!file) {
		fprintf(stderr, "head: %s: %s\n", argv[first], strerror(errno));
		return 1;
	}
	while (lines > 0 && (c = getc(file)) != EOF) {
		putchar(c);
		lines -= c == '\n';
	}
	return ferror(file) || fflush(stdout) != 0;
}
