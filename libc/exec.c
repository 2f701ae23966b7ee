/*
 * exec.c - the ways to begin another program: all come down to execve().
 */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "syscall.h"

int execve(const char *path, char *const argv[], char *const envp[])
{
	return SYSCALL(execve, path, argv, envp);
}

int execv(const char *path, char *const argv[])
{
	return execve(path, argv, environ);
}

/* A name without a slash is looked for in each directory of PATH. */
int execvpe(const char *file, char *const argv[], char *const envp[])
{
	const char *directory = getenv("PATH");
	char path[PATH_MAX];
	bool denied = false;

	if (strchr(file, '/') || !directory)
		return execve(file, argv, envp);
	for (;;) {
		size_t length = strcspn(directory, ":");
		int size = snprintf(path, sizeof(path), "%.*s%s%s", (int)length,
				    directory, length ? "/" : "", file);

		if (size < (int)sizeof(path))
			execve(path, argv, envp);
		if (errno == EACCES)
			denied = true;
		else if (errno != ENOENT && errno != ENOTDIR)
			return -1;
		if (!directory[length])
			break;
		directory += length + 1;
	}
	if (denied)
		errno = EACCES;
	return -1;
}

int execvp(const char *file, char *const argv[])
{
	return execvpe(file, argv, environ);
}

/* The list ends with NULL; behind that, for execle(), comes the environment. */
enum { PLAIN, SEARCH, ENVIRONMENT };

static int exec_list(const char *path, const char *argument, va_list arguments,
		     int how)
{
	char **envp = environ;
	size_t count = 1;
	va_list copy;

	va_copy(copy, arguments);
	while (va_arg(copy, char *))
		count++;
	if (how == ENVIRONMENT)
		envp = va_arg(copy, char **);
	va_end(copy);

	char *argv[count + 1];

	argv[0] = (char *)argument;
	for (size_t i = 1; i <= count; i++)
		argv[i] = va_arg(arguments, char *);
	return how == SEARCH ? execvpe(path, argv, envp)
			     : execve(path, argv, envp);
}

#define EXEC_LIST(name, how)                                        \
	int name(const char *path, const char *argument, ...)       \
	{                                                           \
		va_list arguments;                                  \
		int result;                                         \
                                                                    \
		va_start(arguments, argument);                      \
		result = exec_list(path, argument, arguments, how); \
		va_end(arguments);                                  \
		return result;                                      \
	}

EXEC_LIST(execl, PLAIN)
EXEC_LIST(execlp, SEARCH)
EXEC_LIST(execle, ENVIRONMENT)
