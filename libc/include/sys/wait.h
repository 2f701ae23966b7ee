/*
 * sys/wait.h - how a child ended.
 */
#ifndef _SYS_WAIT_H
#define _SYS_WAIT_H

#include <abi/sched.h>
#include <signal.h>
#include <sys/types.h>
#include <sys/cdefs.h>

__BEGIN_DECLS

struct rusage;

/*
 * Wait for a child to end. PID is its number; -1: any one; 0: any of this
 * process's group; -N: of group N. OPTIONS: WUNTRACED and WCONTINUED wait for
 * one that is stopped, or goes on, as well; WNOHANG does not wait. *STATUS,
 * unless STATUS is NULL, tells what became of it. Returns its process number;
 * 0: WNOHANG, and there are no news; -1: ECHILD, there is no such child; EINTR;
 * EINVAL.
 */
pid_t wait(int *status);
pid_t waitpid(pid_t pid, int *status, int options);
pid_t wait3(int *status, int options, struct rusage *usage);
pid_t wait4(pid_t pid, int *status, int options,
	    struct rusage *usage); /* which is NULL, or gets what it used */

/* It called exit() or returned from main(), with this status. */
#define WIFEXITED(status)   (((status)&0x7f) == 0)
#define WEXITSTATUS(status) (((status) >> 8) & 0xff)

/* A signal killed it, this one. */
#define WIFSIGNALED(status) (((status)&0x7f) != 0 && ((status)&0x7f) != 0x7f)
#define WTERMSIG(status)    ((status)&0x7f)

#define WCOREDUMP(status) (((status)&0x80) != 0)

/* A signal stopped it, this one; SIGCONT let it go on. */
#define WIFSTOPPED(status)   (((status)&0xff) == 0x7f)
#define WSTOPSIG(status)     (((status) >> 8) & 0xff)
#define WIFCONTINUED(status) ((status) == 0xffff)

__END_DECLS

#endif
