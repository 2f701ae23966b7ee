/*
 * process.c - new processes: fork(), wait(); who they are, and the groups that
 * they form. exec.c is about new programs.
 */
#include <sys/wait.h>
#include <unistd.h>
#include "syscall.h"

pid_t fork(void)
{
	return SYSCALL(fork);
}

pid_t vfork(void)
{
	return fork();
}

pid_t getpid(void)
{
	return __syscall(__NR_getpid);
}

uid_t getuid(void)
{
	return __syscall(__NR_getuid32);
}

uid_t geteuid(void)
{
	return __syscall(__NR_geteuid32);
}

gid_t getgid(void)
{
	return __syscall(__NR_getgid32);
}

gid_t getegid(void)
{
	return __syscall(__NR_getegid32);
}

pid_t getppid(void)
{
	return __syscall(__NR_getppid);
}

int setpgid(pid_t pid, pid_t group)
{
	return SYSCALL(setpgid, pid, group);
}

pid_t getpgid(pid_t pid)
{
	return SYSCALL(getpgid, pid);
}

pid_t getpgrp(void)
{
	return __syscall(__NR_getpgrp);
}

pid_t setsid(void)
{
	return SYSCALL(setsid);
}

pid_t getsid(pid_t pid)
{
	return SYSCALL(getsid, pid);
}

unsigned int alarm(unsigned int seconds)
{
	return __syscall(__NR_alarm, seconds);
}

int pause(void)
{
	return SYSCALL(pause);
}

pid_t waitpid(pid_t pid, int *status, int options)
{
	return wait4(pid, status, options, NULL);
}

pid_t wait(int *status)
{
	return wait4(-1, status, 0, NULL);
}
