/*
 * kill.c - send a signal to processes.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The whole of TEXT as a number into *RESULT. 0 or -1. */
static int parse_number(const char *text, int *result)
{
	char *end;

	*result = (int)strtol(text, &end, 10);
	return *text && !*end ? 0 : -1;
}

/* "9", "KILL" and "SIGKILL" are the same. Returns -1 for what is none. */
static int parse_signal(const char *text)
{
	int number;

	if (parse_number(text, &number) == 0)
		return number >= 0 && number < NSIG ? number : -1;
	if (strncmp(text, "SIG", 3) == 0)
		text += 3;
	for (number = 1; number < NSIG; number++)
		if (sigabbrev_np(number) &&
		    strcmp(sigabbrev_np(number), text) == 0)
			return number;
	return -1;
}

static int usage(FILE *stream)
{
	fputs("usage: kill [-SIGNAL] PROCESS...\n"
	      "       kill -l\n"
	      "Send SIGNAL, a name or number, to the processes with these "
	      "numbers, a group if\nnegative; without SIGNAL it is TERM. -0 only "
	      "asks whether they are there. -l lists\nthe names.\n",
	      stream);
	return stream == stdout ? 0 : 2;
}

int main(int argc, char **argv)
{
	int signal = SIGTERM;
	int first = 1;
	int status = 0;

	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return usage(stdout);
	if (argc == 2 && strcmp(argv[1], "-l") == 0) {
		for (int i = 1; i < NSIG; i++)
			if (sigabbrev_np(i))
				printf("%2d %-6s %s\n", i, sigabbrev_np(i),
				       strsignal(i));
		return 0;
	}
	if (argc > 1 && argv[1][0] == '-') {
		signal = parse_signal(argv[1] + 1);
		first = 2;
	}
	if (signal < 0 || first >= argc)
		return usage(stderr);
	for (int i = first; i < argc; i++) {
		int process;

		if (parse_number(argv[i], &process) < 0) {
			fprintf(stderr, "kill: %s: not a number\n", argv[i]);
			status = 1;
		} else if (kill(process, signal) < 0) {
			fprintf(stderr, "kill: %s: %s\n", argv[i],
				strerror(errno));
			status = 1;
		}
	}
	return status;
}
