/*
 * err.c - messages on stderr that begin with the program's name.
 */
#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "syscall.h"

static void message(const char *format, va_list arguments, bool reason)
{
	const char *slash = strrchr(__argv[0], '/');
	int error = errno;

	fprintf(stderr, "%s: ", slash ? slash + 1 : __argv[0]);
	if (format)
		vfprintf(stderr, format, arguments);
	if (reason)
		fprintf(stderr, "%s%s", format ? ": " : "", strerror(error));
	fputc('\n', stderr);
	errno = error;
}

void vwarn(const char *format, va_list arguments)
{
	message(format, arguments, true);
}

void vwarnx(const char *format, va_list arguments)
{
	message(format, arguments, false);
}

void verr(int status, const char *format, va_list arguments)
{
	message(format, arguments, true);
	exit(status);
}

void verrx(int status, const char *format, va_list arguments)
{
	message(format, arguments, false);
	exit(status);
}

void warn(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vwarn(format, arguments);
	va_end(arguments);
}

void warnx(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vwarnx(format, arguments);
	va_end(arguments);
}

void err(int status, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	verr(status, format, arguments);
}

void errx(int status, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	verrx(status, format, arguments);
}
