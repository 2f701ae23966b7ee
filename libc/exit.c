/*
 * exit.c - the ways a program ends: exit() in good order, _exit() at once,
 * abort() by a signal.
 */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include "file.h"
#include "syscall.h"

#define ATEXIT_MAX 32 /* what C guarantees */

static void (*handlers[ATEXIT_MAX])(void);
static int handler_count;

int atexit(void (*handler)(void))
{
	if (handler_count == ATEXIT_MAX)
		return -1;
	handlers[handler_count++] = handler;
	return 0;
}

/* A handler may register another, or call exit(): each still runs once. */
void exit(int status)
{
	while (handler_count > 0)
		handlers[--handler_count]();
	__flush_all();
	_exit(status);
}

void _exit(int status)
{
	for (;;)
		__syscall(__NR_exit_group, status);
}

void _Exit(int status)
{
	_exit(status);
}

#ifndef __NR_kill
#define __NR_kill 37 /* Linux's number, where the table has no kill() yet */
#endif

/*
 * A kernel without signals refuses kill(), and a process that ignores SIGABRT
 * survives it: both then end with the status a shell shows for SIGABRT.
 */
void abort(void)
{
	__syscall(__NR_kill, getpid(), SIGABRT);
	_exit(128 + SIGABRT);
}
