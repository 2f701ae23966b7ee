/*
 * strsignal.c - the signals in words, and by name.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#define SIGNAL(name, message) [SIG##name] = { #name, message }

static const struct {
	const char *name, *message;
} signals[] = {
	SIGNAL(HUP, "Hangup"),
	SIGNAL(INT, "Interrupt"),
	SIGNAL(QUIT, "Quit"),
	SIGNAL(ILL, "Illegal instruction"),
	SIGNAL(TRAP, "Trace/breakpoint trap"),
	SIGNAL(ABRT, "Aborted"),
	SIGNAL(BUS, "Bus error"),
	SIGNAL(FPE, "Floating point exception"),
	SIGNAL(KILL, "Killed"),
	SIGNAL(USR1, "User defined signal 1"),
	SIGNAL(SEGV, "Segmentation fault"),
	SIGNAL(USR2, "User defined signal 2"),
	SIGNAL(PIPE, "Broken pipe"),
	SIGNAL(ALRM, "Alarm clock"),
	SIGNAL(TERM, "Terminated"),
	[16] = { "STKFLT", "Stack fault" },
	SIGNAL(CHLD, "Child exited"),
	SIGNAL(CONT, "Continued"),
	SIGNAL(STOP, "Stopped (signal)"),
	SIGNAL(TSTP, "Stopped"),
	SIGNAL(TTIN, "Stopped (tty input)"),
	SIGNAL(TTOU, "Stopped (tty output)"),
	SIGNAL(URG, "Urgent I/O condition"),
	SIGNAL(XCPU, "CPU time limit exceeded"),
	SIGNAL(XFSZ, "File size limit exceeded"),
	SIGNAL(VTALRM, "Virtual timer expired"),
	SIGNAL(PROF, "Profiling timer expired"),
	SIGNAL(WINCH, "Window changed"),
	SIGNAL(IO, "I/O possible"),
	SIGNAL(PWR, "Power failure"),
	SIGNAL(SYS, "Bad system call"),
};

char *strsignal(int number)
{
	static char unknown[sizeof("Unknown signal -2147483648")];

	if (number > 0 &&
	    number < (int)(sizeof(signals) / sizeof(signals[0])) &&
	    signals[number].message)
		return (char *)signals[number].message;
	sprintf(unknown, "Unknown signal %d", number);
	return unknown;
}

const char *sigabbrev_np(int number)
{
	if (number < 0 || number >= (int)(sizeof(signals) / sizeof(signals[0])))
		return NULL;
	return signals[number].name;
}

void psignal(int number, const char *text)
{
	const char *between = text && *text ? ": " : "";

	fprintf(stderr, "%s%s%s\n", text ? text : "", between,
		strsignal(number));
}
