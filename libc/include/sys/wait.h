/*
 * sys/wait.h - how a child ended.
 */
#ifndef _SYS_WAIT_H
#define _SYS_WAIT_H

#include <abi/sched.h>
#include <sys/types.h>

struct rusage;

/*
 * Wait for a child to end: any one, or PID if that is positive. With WNOHANG
 * in OPTIONS do not wait. *STATUS, unless STATUS is NULL, tells how it ended.
 * Returns its process number; 0: WNOHANG, and none has ended; -1: ECHILD,
 * there is no such child; EINTR; EINVAL.
 */
pid_t wait(int *status);
pid_t waitpid(pid_t pid, int *status, int options);
pid_t wait4(pid_t pid, int *status, int options, struct rusage *usage);

/* It called exit() or returned from main(), with this status. */
#define WIFEXITED(status)   (((status)&0x7f) == 0)
#define WEXITSTATUS(status) (((status) >> 8) & 0xff)

/* A signal killed it, this one. */
#define WIFSIGNALED(status) (((status)&0x7f) != 0 && ((status)&0x7f) != 0x7f)
#define WTERMSIG(status)    ((status)&0x7f)

#endif
