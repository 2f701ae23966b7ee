/*
 * oom.c - take memory until there is none. Each MiB is touched, so it needs
 * its frames; malloc() alone would go on for as long as there are addresses.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIB (1024ul * 1024)

int main(int argc, char **argv)
{
	unsigned long limit = 4096;

	if (argc > 1 && strcmp(argv[1], "--help") == 0) {
		puts("usage: oom [LIMIT]\n"
		     "Allocate and touch one MiB after the other and say how "
		     "far it got, up to\nLIMIT (4096) MiB. The kernel kills "
		     "it when no frame is left; the status is\n1 if malloc() "
		     "failed first.");
		return 0;
	}
	if (argc > 1)
		limit = strtoul(argv[1], NULL, 10);

	for (unsigned long mib = 1; mib <= limit; mib++) {
		char *block = malloc(MIB);

		if (block == NULL) {
			perror("oom: malloc");
			return 1;
		}
		memset(block, 1, MIB);
		printf("%lu MiB\n", mib);
		fflush(stdout);
	}
	return 0;
}
