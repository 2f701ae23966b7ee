/*
 * status.c - end with the status that the command line asks for, by one of the
 * ways to end. `status 7` returns 7 from main(); `status 7 exit` and `status 7
 * _exit` call these; `status 7 call` makes the older system call, exit.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel_call.h"

static void at_exit(void)
{
	puts("flushed by exit()");
}

int main(int argc, char **argv)
{
	int status = argc > 1 ? atoi(argv[1]) : 0;
	const char *way = argc > 2 ? argv[2] : "return";

	atexit(at_exit);
	if (strcmp(way, "exit") == 0)
		exit(status);
	if (strcmp(way, "_exit") == 0)
		_exit(status);
	if (strcmp(way, "call") == 0)
		kernel_call(SYS_exit, status);
	return status;
}
