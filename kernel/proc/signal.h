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
 * made again; but after a handler it is -EINTR, always with ERESTARTNOHAND,
 * and with ERESTARTSYS unless the handler has SA_RESTART.
 */
#define ERESTARTSYS    512
#define ERESTARTNOHAND 514

/* What a handler is told besides the signal's number. */
struct signal_info {
	int code; /* SI_* or CLD_* */
	unsigned long pid_or_addr;
	int status; /* of a child */
};

/* Send SIGNAL to TASK, on behalf of CURRENT, or, SI_KERNEL, of nobody. */
void send_signal(struct task_struct *task, int signal, int code);

/* Send it to the tasks that TYPE, one of P_*, and ID say. 0, -ESRCH, -EINVAL. */
long kill_tasks(int type, int id, int signal, int code);

/*
 * TASK's exit_code tells something new: send SIGCHLD, end a wait(). Returns
 * whether the parent wants to wait for its children at all.
 */
bool notify_parent(struct task_struct *task);

/*
 * CURRENT itself did something that cannot go on: CODE and ADDRESS are for the
 * handler. If there is none, or it is blocked, the task ends.
 */
void force_sig_fault(int signal, int code, unsigned long address);

/* Would SIGNAL do nothing to CURRENT, being blocked or ignored? */
bool signal_is_futile(int signal);

/* Does CURRENT have a handler that SIGNAL would reach now? */
bool has_handler(int signal);

/* Deliver what is pending before ring 3 goes on with REGS. */
void do_signal(struct pt_regs *regs);

/* exec: handlers are gone with the program that had them. */
void flush_signal_handlers(struct task_struct *task);

/* Another mask for the time of one call, which then restores it unless
 * a signal does. 0, -EINVAL, -EFAULT */
long set_user_sigmask(const uint64_t __user *unewset, size_t size);
void restore_saved_sigmask(void);

#endif
