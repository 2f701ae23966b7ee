/*
 * echo.c - print the arguments, with a space between them and a newline
 * behind them (with -n: without the newline).
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	bool newline = true;
	int first = 1;

	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		puts("usage: echo [-n] [WORD]...\n"
		     "Print the WORDs on one line; with -n do not end the "
		     "line.");
		return 0;
	}
	if (argc > 1 && strcmp(argv[1], "-n") == 0) {
		newline = false;
		first = 2;
	}

	for (int i = first; i < argc; i++) {
		if (i > first)
			putchar(' ');
		fputs(argv[i], stdout);
	}
	if (newline)
		putchar('\n');
	return fflush(stdout) == 0 ? 0 : 1;
}
