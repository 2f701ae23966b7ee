/*
 * wc.c - count the lines, words and bytes of files.
 */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct counts {
	unsigned long lines, words, bytes;
};

static void print(const struct counts *counts, const char *name)
{
	printf("%7lu %7lu %7lu%s%s\n", counts->lines, counts->words,
	       counts->bytes, *name ? " " : "", name);
}

/* Returns 0, or 1 after a message about NAME. */
static int count(FILE *file, const char *name, struct counts *total)
{
	struct counts counts = { 0 };
	bool in_word = false;
	int c;

	while ((c = getc(file)) != EOF) {
		bool letter = !isspace(c);

		counts.bytes++;
		counts.lines += c == '\n';
		counts.words += letter && !in_word;
		in_word = letter;
	}
	if (ferror(file)) {
		fprintf(stderr, "wc: %s: %s\n", name, strerror(errno));
		return 1;
	}
	print(&counts, name);
	total->lines += counts.lines;
	total->words += counts.words;
	total->bytes += counts.bytes;
	return 0;
}

int main(int argc, char **argv)
{
	struct counts total = { 0 };
	int status = 0;

	if (argc > 1 && strcmp(argv[1], "--help") == 0) {
		puts("usage: wc [FILE]…\n"
		     "Counts the lines, words and bytes of the FILEs, or of "
		     "standard input.");
		return 0;
	}
	if (argc == 1)
		return count(stdin, "", &total);
	for (int i = 1; i < argc; i++) {
		FILE *file = fopen(argv[i], "r");

		if (file) {
			status |= count(file, argv[i], &total);
			fclose(file);
		} else {
			fprintf(stderr, "wc: %s: %s\n", argv[i],
				strerror(errno));
			status = 1;
		}
	}
	if (argc > 2)
		print(&total, "total");
	return status;
}
