/*
 * signal.h - signals, seen from the rest of the kernel.
 */
#ifndef PROC_SIGNAL_H
#define PROC_SIGNAL_H

#include "abi/signal.h"
#include "lib/types.h"

struct pt_regs;
struct task_struct;

/*
 * What an interrupted system call returns. No program sees it: the call is
 * made again, or, when a handler without SA_RESTART ran, it was -EINTR.
 */
#define ERESTARTSYS 512

/* What a task does on signals: of a size that exec and fork can copy. */
struct sighand {
	struct kernel_sigaction action[NSIG];
	unsigned short sender[NSIG]; /* pid, for si_pid */
};

/* Send SIGNAL to TASK, on behalf of CURRENT. */
void send_signal(struct task_struct *task, int signal);

/*
 * CURRENT itself did something that cannot go on: CODE and ADDRESS are for the
 * handler. If there is none, or it is blocked, the task ends.
 */
void force_sig_fault(int signal, int code, unsigned long address);

/* Does CURRENT have a handler that SIGNAL would reach now? */
bool has_handler(int signal);

/* Deliver what is pending before ring 3 goes on with REGS. */
void do_signal(struct pt_regs *regs);

/* exec: handlers are gone with the program that had them. */
void flush_signal_handlers(struct task_struct *task);

/* fork: the child has the parent's actions, and nothing pending. 0, -ENOMEM */
int copy_signals(struct task_struct *child);

#endif
