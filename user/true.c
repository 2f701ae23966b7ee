/*
 * true.c - succeed: the status is 0.
 */
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		puts("usage: true\nDo nothing; the status is 0.");
	return 0;
}
