/*
 * signal.h - signals: numbers, actions, and what a handler is told, as Linux
 * has them on i386 (include/uapi/asm-generic/siginfo.h, asm/sigcontext.h).
 */
#ifndef ABI_SIGNAL_H
#define ABI_SIGNAL_H

#define SIGHUP   1
#define SIGINT   2
#define SIGQUIT  3
#define SIGILL   4
#define SIGTRAP  5
#define SIGABRT  6
#define SIGBUS   7
#define SIGFPE   8
#define SIGKILL  9
#define SIGUSR1  10
#define SIGSEGV  11
#define SIGUSR2  12
#define SIGPIPE  13
#define SIGALRM  14
#define SIGTERM  15
#define SIGCHLD  17
#define SIGCONT  18
#define SIGSTOP  19
#define SIGTSTP  20
#define SIGTTIN  21
#define SIGTTOU  22
#define SIGURG   23
#define SIGWINCH 28
#define NSIG     65 /* numbers are below */

#define SIG_BLOCK   0
#define SIG_UNBLOCK 1
#define SIG_SETMASK 2

#define SA_NOCLDSTOP 0x00000001
#define SA_NOCLDWAIT 0x00000002
#define SA_SIGINFO   0x00000004
#define SA_RESTORER  0x04000000
#define SA_ONSTACK   0x08000000
#define SA_RESTART   0x10000000
#define SA_NODEFER   0x40000000
#define SA_RESETHAND 0x80000000

#define SS_ONSTACK  1
#define SS_DISABLE  2
#define MINSIGSTKSZ 2048

/* si_code: where it came from */
#define SI_USER       0 /* kill() */
#define SI_KERNEL     0x80
#define SI_TKILL      (-6)
#define CLD_EXITED    1
#define CLD_KILLED    2
#define CLD_STOPPED   5
#define CLD_CONTINUED 6
#define SEGV_MAPERR   1 /* nothing is mapped there */
#define SEGV_ACCERR   2 /* its rights forbid it */
#define BUS_ADRERR    2
#define FPE_INTDIV    1
#define ILL_ILLOPN    2

/* What rt_sigaction() is told; the handler is 0 (default) or 1 (ignore). */
struct kernel_sigaction {
	unsigned long handler;
	unsigned long flags; /* SA_* */
	unsigned long restorer;
	unsigned long long mask; /* bit N - 1: signal N */
} __attribute__((packed, aligned(4)));

/* The first words of siginfo_t; the union's members that we fill. */
struct kernel_siginfo {
	int si_signo;
	int si_errno;
	int si_code;
	unsigned long si_addr_or_pid; /* a fault's address, or the sender */
	unsigned long si_uid;
	int si_status;
	int pad[26]; /* 128 bytes in all */
};

struct kernel_stack {
	unsigned long ss_sp;
	int ss_flags;
	unsigned long ss_size; /* bytes */
};

/* The interrupted program's registers, as a handler may see and change them. */
struct kernel_sigcontext {
	unsigned long gs, fs, es, ds;
	unsigned long di, si, bp, sp, bx, dx, cx, ax;
	unsigned long trapno, err;
	unsigned long ip, cs, flags, sp_at_signal, ss;
	unsigned long fpstate, oldmask, cr2;
};

struct kernel_ucontext {
	unsigned long uc_flags, uc_link;
	struct kernel_stack uc_stack;
	struct kernel_sigcontext uc_mcontext;
	unsigned long long uc_sigmask;
} __attribute__((packed, aligned(4)));

#endif
