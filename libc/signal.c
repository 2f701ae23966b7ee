/*
 * signal.c - signals: what they do, which of them wait, and sending them.
 */
#include <errno.h>
#include <signal.h>
#include <unistd.h>
#include "syscall.h"

/* sigreturn.asm: where a handler returns to, with and without SA_SIGINFO. */
void __restore_rt(void);
void __restore(void);

static int is_signal(int signal)
{
	if (signal >= 1 && signal < NSIG)
		return 1;
	errno = EINVAL;
	return 0;
}

static sigset_t bit_of(int signal)
{
	return 1ULL << (signal - 1);
}

int sigemptyset(sigset_t *set)
{
	*set = 0;
	return 0;
}

int sigfillset(sigset_t *set)
{
	*set = ~0ULL;
	return 0;
}

int sigaddset(sigset_t *set, int signal)
{
	if (!is_signal(signal))
		return -1;
	*set |= bit_of(signal);
	return 0;
}

int sigdelset(sigset_t *set, int signal)
{
	if (!is_signal(signal))
		return -1;
	*set &= ~bit_of(signal);
	return 0;
}

int sigismember(const sigset_t *set, int signal)
{
	if (!is_signal(signal))
		return -1;
	return (*set & bit_of(signal)) != 0;
}

int sigaction(int signal, const struct sigaction *restrict action,
	      struct sigaction *restrict old)
{
	struct kernel_sigaction new_action, old_action;
	void (*restorer)(void) = __restore;
	long result;

	if (action && action->sa_flags & SA_SIGINFO)
		restorer = __restore_rt;
	if (action)
		new_action = (struct kernel_sigaction){
			.handler = (unsigned long)action->sa_handler,
			.flags = action->sa_flags | SA_RESTORER,
			.restorer = (unsigned long)restorer,
			.mask = action->sa_mask,
		};
	result = __syscall(__NR_rt_sigaction, signal,
			   action ? &new_action : NULL,
			   old ? &old_action : NULL, sizeof(sigset_t));
	if (__syscall_ret(result) < 0)
		return -1;
	if (old)
		*old = (struct sigaction){
			.sa_handler = (sighandler_t)old_action.handler,
			.sa_flags = old_action.flags & ~SA_RESTORER,
			.sa_mask = old_action.mask,
		};
	return 0;
}

sighandler_t signal(int signal, sighandler_t handler)
{
	struct sigaction action = { .sa_handler = handler,
				    .sa_flags = SA_RESTART };
	struct sigaction old;

	if (sigaction(signal, &action, &old) < 0)
		return SIG_ERR;
	return old.sa_handler;
}

int sigprocmask(int how, const sigset_t *restrict set, sigset_t *restrict old)
{
	return SYSCALL(rt_sigprocmask, how, set, old, sizeof(sigset_t));
}

int sigpending(sigset_t *set)
{
	return SYSCALL(rt_sigpending, set, sizeof(sigset_t));
}

int sigaltstack(const stack_t *restrict stack, stack_t *restrict old)
{
	return SYSCALL(sigaltstack, stack, old);
}

int kill(pid_t pid, int signal)
{
	return SYSCALL(kill, pid, signal);
}

int killpg(pid_t group, int signal)
{
	if (group < 0) {
		errno = EINVAL;
		return -1;
	}
	return kill(-group, signal);
}

int sigsuspend(const sigset_t *set)
{
	return SYSCALL(rt_sigsuspend, set, sizeof(*set));
}

int raise(int signal)
{
	return kill(getpid(), signal);
}

int siginterrupt(int signal, int flag)
{
	struct sigaction action;

	if (sigaction(signal, NULL, &action) < 0)
		return -1;
	if (flag)
		action.sa_flags &= ~SA_RESTART;
	else
		action.sa_flags |= SA_RESTART;
	return sigaction(signal, &action, NULL);
}
