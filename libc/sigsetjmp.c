/*
 * sigsetjmp.c - jumps that restore the mask of signals: behind the six
 * registers of setjmp() come its two words, and whether they are to be used.
 */
#include <setjmp.h>
#include <signal.h>
#include <string.h>

#define MASK  6
#define SAVED 8

void __save_mask(sigjmp_buf context, int mask)
{
	context[SAVED] = mask;
	if (mask)
		sigprocmask(SIG_SETMASK, NULL, (sigset_t *)&context[MASK]);
}

void siglongjmp(sigjmp_buf context, int value)
{
	if (context[SAVED])
		sigprocmask(SIG_SETMASK, (sigset_t *)&context[MASK], NULL);
	longjmp(context, value);
}
