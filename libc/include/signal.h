/*
 * signal.h - signals: events that interrupt a program. A process that a signal
 * ended has the exit status 128 + number in a shell. Structures and numbers are
 * Linux's of i386, except for sigset_t, of which Linux's libcs use more bits.
 */
#ifndef _SIGNAL_H
#define _SIGNAL_H

#include <stddef.h>
#include <sys/types.h>
#include <abi/signal.h> /* SIG… SA_… SEGV_MAPERR … */
#include <sys/cdefs.h>

__BEGIN_DECLS

/* Numbers that only kill() sends here. */
#define SIGXCPU   24
#define SIGXFSZ   25
#define SIGVTALRM 26
#define SIGPROF   27
#define SIGIO     29
#define SIGPWR    30
#define SIGSYS    31
#define SIGSTKFLT 16
#define SIGPOLL   SIGIO
#define SIGIOT    SIGABRT
#define SIGCLD    SIGCHLD
#define SIGRTMIN  32
#define SIGRTMAX  64
#define _NSIG     NSIG

/* si_code that this kernel never says. */
#define SI_QUEUE    (-1)
#define SI_TIMER    (-2)
#define CLD_DUMPED  3
#define CLD_TRAPPED 4
#define FPE_INTOVF  2
#define FPE_FLTDIV  3
#define FPE_FLTOVF  4
#define FPE_FLTUND  5
#define FPE_FLTRES  6
#define FPE_FLTINV  7
#define FPE_FLTSUB  8
#define ILL_ILLOPC  1
#define ILL_PRVOPC  5
#define BUS_ADRALN  1
#define BUS_OBJERR  3
#define TRAP_TRACE  2

#define SA_NOMASK  SA_NODEFER
#define SA_ONESHOT SA_RESETHAND

typedef void (*sighandler_t)(int signal);
typedef sighandler_t sig_t;
typedef int sig_atomic_t;

#define SIG_DFL ((sighandler_t)0) /* what the system does by itself */
#define SIG_IGN ((sighandler_t)1) /* nothing */
#define SIG_ERR ((sighandler_t)-1)

/* What a handler with SA_SIGINFO is told of its signal. */
typedef struct {
	int si_signo;
	int si_errno;
	int si_code; /* SEGV_MAPERR …, or who sent it */
	union {
		struct {
			pid_t pid;
			uid_t uid;
			int status;
		} sender;
		void *address;
		int pad[29];
	} fields;
} siginfo_t;

#define si_pid    fields.sender.pid /* of the sender, or the child */
#define si_uid    fields.sender.uid
#define si_status fields.sender.status /* SIGCHLD: how it ended */
#define si_addr   fields.address /* SIGSEGV, SIGBUS, SIGFPE, SIGILL: where */

/*
 * sa_flags: SA_SIGINFO (call sa_sigaction, with three arguments), SA_ONSTACK
 * (on the stack of sigaltstack()), SA_RESTART (begin interrupted calls anew: no
 * EINTR), SA_NODEFER (may interrupt its own handler), SA_RESETHAND (once only),
 * and for SIGCHLD SA_NOCLDSTOP (only when one ends), SA_NOCLDWAIT (ended
 * children vanish).
 */
struct sigaction {
	union {
		sighandler_t handler;
		void (*action)(int signal, siginfo_t *info, void *context);
	} function;
	sigset_t sa_mask; /* what has to wait meanwhile, besides the signal */
	int sa_flags; /* SA_… */
};

#define sa_handler   function.handler
#define sa_sigaction function.action

/* An alternate stack, for handlers that run when the usual one is full. */
typedef struct {
	void *ss_sp; /* its lowest address */
	int ss_flags;
	size_t ss_size; /* bytes */
} stack_t;

#define SIGSTKSZ 8192 /* bytes that are enough for most handlers */

/*
 * The third argument of a handler with SA_SIGINFO: the program where it was
 * interrupted. What the handler changes in there is loaded when it returns.
 */
enum {
	REG_GS,
	REG_FS,
	REG_ES,
	REG_DS,
	REG_EDI,
	REG_ESI,
	REG_EBP,
	REG_ESP,
	REG_EBX,
	REG_EDX,
	REG_ECX,
	REG_EAX,
	REG_TRAPNO,
	REG_ERR,
	REG_EIP,
	REG_CS,
	REG_EFL,
	REG_UESP,
	REG_SS,
	NGREG
};

typedef struct {
	int gregs[NGREG];
	void *fpregs;
	unsigned long oldmask;
	unsigned long cr2; /* the address of a page fault */
} mcontext_t;

typedef struct ucontext {
	unsigned long uc_flags;
	struct ucontext *uc_link;
	stack_t uc_stack;
	mcontext_t uc_mcontext;
	sigset_t uc_sigmask;
} ucontext_t;

/*
 * Sets of signals. 0; -1: EINVAL, there is no such signal. sigismember(): 1 if
 * SIGNAL is in *SET, 0 if not.
 */
int sigemptyset(sigset_t *set);
int sigfillset(sigset_t *set);
int sigaddset(sigset_t *set, int signal);
int sigdelset(sigset_t *set, int signal);
int sigismember(const sigset_t *set, int signal);

/*
 * sigaction - what SIGNAL does from now on: *ACTION, unless that is NULL. *OLD
 *	(unless OLD is NULL): what it did before. 0; -1: EINVAL (SIGKILL and
 *	SIGSTOP do what they do), EFAULT.
 * signal - the same in short: calls begun anew, the handler stays. Returns the
 *	old handler, or SIG_ERR.
 */
int sigaction(int signal, const struct sigaction *__restrict action,
	      struct sigaction *__restrict old);
sighandler_t signal(int signal, sighandler_t handler);

/*
 * sigprocmask - which signals have to wait. HOW: SIG_BLOCK adds those in *SET,
 *	SIG_UNBLOCK takes them out, SIG_SETMASK replaces all. SET NULL: none;
 **OLD, unless OLD is NULL, gets the set as it was. sigpending - which do wait
 *at the moment, into *SET. sigaltstack - set the alternate stack to *STACK;
 **OLD: as it was. 0; -1: EINVAL, EFAULT, ENOMEM (stack too small), EPERM (it is
 *in use).
 */
int sigprocmask(int how, const sigset_t *__restrict set,
		sigset_t *__restrict old);
int sigpending(sigset_t *set);
int sigaltstack(const stack_t *__restrict stack, stack_t *__restrict old);

/* sigsuspend - wait for a handler, with the mask SET meanwhile. -1, EINTR. */
int sigsuspend(const sigset_t *set);

/*
 * kill - send SIGNAL to process PID; 0: to this process's group; -1: to all but
 * this one; -N: to group N, as killpg(N). SIGNAL 0 only asks if it is there.
 * raise - to this process. 0; -1: ESRCH, EINVAL, EPERM.
 */
int kill(pid_t pid, int signal);
int killpg(pid_t group, int signal);
int raise(int signal);

/* "TEXT: what the signal means" on stderr. <string.h> has strsignal(). */
void psignal(int signal, const char *text);

/* After a handler of SIGNAL, calls fail with EINTR (FLAG 1), or go on (0). */
int siginterrupt(int signal, int flag);

__END_DECLS

#endif
