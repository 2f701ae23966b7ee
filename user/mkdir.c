/*
 * mkdir.c - make directories.
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
		puts("usage: mkdir DIRECTORY…\n"
		     "Makes each DIRECTORY; the one above must be there.");
		return 0;
	}
	if (argc == 1) {
		fprintf(stderr, "mkdir: which? mkdir --help says more\n");
		return 2;
	}
	for (int i = 1; i < argc; i++) {
		if (mkdir(argv[i], 0777) < 0) {
			fprintf(stderr, "mkdir: %s: %s\n", argv[i],
				strerror(errno));
			status = 1;
		}
	}
	return status;
}
