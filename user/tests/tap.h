/*
 * tap.h - how a test program tells its results: the Test Anything Protocol, one
 * line "ok N - what" or "not ok N - what" each, and at the end "1..N". A line
 * leaves with a write() of its own, past stdio and malloc(), which may be what
 * is tested.
 *
 * The programs run in Faultline and on Linux, and print the same there: no
 * addresses, no sizes that depend on the system. Details come with failures
 * only, on lines that begin with '#'.
 */
#ifndef TESTS_TAP_H
#define TESTS_TAP_H

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int tap_tests, tap_failures;

__attribute__((format(printf, 1, 2))) static inline void
tap_print(const char *format, ...)
{
	static char line[512];
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (length >= (int)sizeof(line))
		length = (int)sizeof(line) - 1;
	if (write(STDOUT_FILENO, line, (size_t)length) != length)
		_exit(2);
}

/* Test WHAT passed if CONDITION holds. Returns CONDITION. */
static inline bool ok(bool condition, const char *what)
{
	tap_print("%s %d - %s\n", condition ? "ok" : "not ok", ++tap_tests,
		  what);
	if (!condition)
		tap_failures++;
	return condition;
}

static inline void is_long(long got, long expected, const char *what)
{
	if (!ok(got == expected, what))
		tap_print("#      got %ld (0x%lx)\n# expected %ld (0x%lx)\n",
			  got, got, expected, expected);
}

static inline void is_string(const char *got, const char *expected,
			     const char *what)
{
	if (!ok(strcmp(got, expected) == 0, what))
		tap_print("#      got \"%s\"\n# expected \"%s\"\n", got,
			  expected);
}

/* The name of the error in a system call's RESULT, or "success". */
static inline const char *error_name(long result)
{
	static const struct {
		int number;
		const char *name;
	} names[] = {
		{ EPERM, "EPERM" },         { ENOENT, "ENOENT" },
		{ EINTR, "EINTR" },         { EIO, "EIO" },
		{ ENXIO, "ENXIO" },         { EBADF, "EBADF" },
		{ ESRCH, "ESRCH" },         { ECHILD, "ECHILD" },
		{ EPIPE, "EPIPE" },         { ENOTEMPTY, "ENOTEMPTY" },
		{ EAGAIN, "EAGAIN" },       { ENOMEM, "ENOMEM" },
		{ EACCES, "EACCES" },       { EFAULT, "EFAULT" },
		{ EEXIST, "EEXIST" },       { ENODEV, "ENODEV" },
		{ ENOTDIR, "ENOTDIR" },     { EISDIR, "EISDIR" },
		{ EINVAL, "EINVAL" },       { EMFILE, "EMFILE" },
		{ ENOTTY, "ENOTTY" },       { ENOSPC, "ENOSPC" },
		{ ESPIPE, "ESPIPE" },       { EROFS, "EROFS" },
		{ ERANGE, "ERANGE" },       { ENAMETOOLONG, "ENAMETOOLONG" },
		{ ENOSYS, "ENOSYS" },       { EOVERFLOW, "EOVERFLOW" },
		{ EBUSY, "EBUSY" },         { EXDEV, "EXDEV" },
		{ ETXTBSY, "ETXTBSY" },     { EFBIG, "EFBIG" },
		{ ENOEXEC, "ENOEXEC" },     { E2BIG, "E2BIG" },
		{ ELOOP, "ELOOP" },         { EDEADLK, "EDEADLK" },
		{ ETIMEDOUT, "ETIMEDOUT" },
	};

	if ((unsigned long)result < (unsigned long)-4095)
		return "success";
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].number == -result)
			return names[i].name;
	return "another error";
}

/* RESULT of a system call is to be the error named EXPECTED (or "success"). */
static inline void is_error(long result, const char *expected, const char *what)
{
	if (!ok(strcmp(error_name(result), expected) == 0, what))
		tap_print("#      got %s (%ld)\n# expected %s\n",
			  error_name(result), result, expected);
}

/* The last line. Returns the exit status: 0 if all passed, else 1. */
static inline int done_testing(void)
{
	tap_print("1..%d\n", tap_tests);
	return tap_failures == 0 ? 0 : 1;
}

#endif
