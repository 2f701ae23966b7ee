/*
 * rm.c - remove files, and directories that are empty.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int status = 0;

	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		puts("usage: rm FILE…\n"
		     "Removes each FILE; a directory, only if it is empty.");
		return 0;
	}
	if (argc == 1) {
		fprintf(stderr, "rm: which? rm --help says more\n");
		return 2;
	}
	for (int i = 1; i < argc; i++) {
		if (remove(argv[i]) < 0) {
			fprintf(stderr, "rm: %s: %s\n", argv[i],
				strerror(errno));
			status = 1;
		}
	}
	return status;
}
