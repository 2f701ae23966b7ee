/*
 * false.c - fail: the status is 1.
 */
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		puts("usage: false\nDo nothing; the status is 1.");
		return 0;
	}
	return 1;
}
