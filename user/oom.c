/*
 * oom.c - take memory until there is none. Each MiB is touched, so it needs
 * its frames; malloc() alone would go on for as long as there are addresses.
 * And what if somebody else has it all? Not the one who asks is killed then,
 * but the largest.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB (1024ul * 1024)

/* KiB that are free, as /proc/meminfo says. */
static unsigned long mem_free(void)
{
	char text[512];
	FILE *file = fopen("/proc/meminfo", "r");
	size_t size = file ? fread(text, 1, sizeof(text) - 1, file) : 0;
	const char *line;

	if (file)
		fclose(file);
	text[size] = '\0';
	line = strstr(text, "MemFree:");
	return line ? strtoul(line + 8, NULL, 10) : 0;
}

/* Take all but a MiB, say so by closing DONE, and keep it. */
static void take_all(int done)
{
	char *page;

	while (mem_free() > 1024 && (page = malloc(16384)))
		memset(page, 1, 16384);
	close(done);
	for (;;)
		pause();
}

/* A large child sleeps; a small parent needs 4 MiB more than are free. */
static int bystander(void)
{
	int status, ready[2];
	pid_t child;
	char byte, *block;

	if (pipe(ready) < 0 || (child = fork()) < 0) {
		perror("oom");
		return 1;
	}
	if (child == 0)
		take_all(ready[1]);
	close(ready[1]);
	if (read(ready[0], &byte, 1) == 0)
		puts("The child has taken all memory but one MiB, and sleeps.");
	fflush(stdout);
	block = malloc(4 * MIB);
	memset(block, 1, 4 * MIB);
	puts("The parent has touched 4 MiB, and is alive.");
	waitpid(child, &status, 0);
	printf("The child has ended by signal %d.\n", WTERMSIG(status));
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL ? 0 : 1;
}

int main(int argc, char **argv)
{
	unsigned long limit = 4096;
	char *end = "";

	if (argc > 1 && strcmp(argv[1], "--help") == 0) {
		puts("usage: oom [LIMIT]\n"
		     "       oom bystander\n"
		     "Allocate and touch one MiB after the other and say how "
		     "far it got, up to\nLIMIT (4096) MiB. The kernel kills "
		     "it when no frame is left; the status is\n1 if malloc() "
		     "failed first.\n"
		     "With bystander a child takes the memory and sleeps, "
		     "and it is the parent that\nneeds some: the largest is "
		     "killed, not the one who asks.");
		return 0;
	}
	if (argc > 1 && strcmp(argv[1], "bystander") == 0)
		return bystander();
	if (argc > 1)
		limit = strtoul(argv[1], &end, 10);
	if (*end || limit == 0) {
		fprintf(stderr, "oom: %s: not a number of MiB\n", argv[1]);
		return 2;
	}

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
