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

/* The linker's table of destructors, the counterpart of crt0.asm's. */
extern void (*__fini_array_start[])(void);
extern void (*__fini_array_end[])(void);
static void (**destructor)(void) = __fini_array_end;

/* A handler may register another, or call exit(): each still runs once. */
void exit(int status)
{
	while (handler_count > 0)
		handlers[--handler_count]();
	while (destructor > __fini_array_start)
		(*--destructor)();
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

/*
 * A process that ignores SIGABRT, or handles it, ends all the same: then with
 * the status that a shell shows for it.
 */
void abort(void)
{
	sigset_t set = 1ULL << (SIGABRT - 1);

	sigprocmask(SIG_UNBLOCK, &set, NULL);
	raise(SIGABRT);
	signal(SIGABRT, SIG_DFL);
	raise(SIGABRT);
	_exit(128 + SIGABRT);
}
