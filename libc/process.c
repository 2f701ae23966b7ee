/*
 * process.c - new processes and new programs: fork(), exec, wait(); and the
 * groups that processes form.
 */
#include <errno.h>
#include <stdbool.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "syscall.h"

pid_t fork(void)
{
	return __syscall_ret(__syscall(__NR_fork));
}

pid_t getppid(void)
{
	return __syscall(__NR_getppid);
}

int setpgid(pid_t pid, pid_t group)
{
	return __syscall_ret(__syscall(__NR_setpgid, pid, group));
}

pid_t getpgid(pid_t pid)
{
	return __syscall_ret(__syscall(__NR_getpgid, pid));
}

pid_t getpgrp(void)
{
	return __syscall(__NR_getpgrp);
}

pid_t setsid(void)
{
	return __syscall_ret(__syscall(__NR_setsid));
}

pid_t getsid(pid_t pid)
{
	return __syscall_ret(__syscall(__NR_getsid, pid));
}

unsigned int alarm(unsigned int seconds)
{
	return __syscall(__NR_alarm, seconds);
}

int pause(void)
{
	return __syscall_ret(__syscall(__NR_pause));
}

pid_t wait4(pid_t pid, int *status, int options, struct rusage *usage)
{
	return __syscall_ret(
		__syscall(__NR_wait4, pid, status, options, usage));
}

pid_t waitpid(pid_t pid, int *status, int options)
{
	return wait4(pid, status, options, NULL);
}

pid_t wait(int *status)
{
	return wait4(-1, status, 0, NULL);
}

int execve(const char *path, char *const argv[], char *const envp[])
{
	return __syscall_ret(__syscall(__NR_execve, path, argv, envp));
}

int execv(const char *path, char *const argv[])
{
	return execve(path, argv, environ);
}

/* A name without a slash is looked for in each directory of PATH. */
int execvp(const char *file, char *const argv[])
{
	const char *directory = getenv("PATH");
	char path[PATH_MAX];
	bool denied = false;

	if (strchr(file, '/') || !directory)
		return execv(file, argv);
	for (;;) {
		size_t length = strcspn(directory, ":");
		int size = snprintf(path, sizeof(path), "%.*s%s%s", (int)length,
				    directory, length ? "/" : "", file);

		if (size < (int)sizeof(path))
			execv(path, argv);
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
