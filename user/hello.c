/*
 * hello.c - the smallest useful program: one line, and an exit status.
 */
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "--help") == 0) {
		puts("usage: hello\n"
		     "Print a line and exit with status 0.");
		return 0;
	}
	puts("Hello, world!");
	return 0;
}
