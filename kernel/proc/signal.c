/*
 * signal.c - signals. One is sent by setting a bit; it is delivered when the
 * task is about to go on in ring 3. Then its action decides: nothing, the end
 * of the task, or a handler. For a handler the kernel lays a frame on the
 * program's stack that looks as if the program had called it, with all
 * registers in it; sigreturn() takes them from there again.
 *
 *     sp before → ┌───────────────────────────────┐
 *                 │ FPU state                     │
 *                 │ ucontext: registers, mask     │
 *                 │ siginfo                       │
 *                 │ signal, &siginfo, &ucontext   │  the arguments
 *     sp after  → │ return address: the restorer  │
 *                 └───────────────────────────────┘
 *
 * Linux: kernel/signal.c, arch/x86/kernel/signal.c.
 */
#include "proc/signal.h"

#include "abi/errno.h"
#include "abi/sched.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/task.h"
#include "trace/trace.h"
#include "trap/trap.h"

#define HANDLER_DEFAULT 0
#define HANDLER_IGNORE  1

#define MASK(signal) (1ULL << ((signal)-1))

/* Nothing can be done about these. */
#define UNBLOCKABLE (MASK(SIGKILL) | MASK(SIGSTOP))

/* Without a handler these do nothing, those stop the task, others end it. */
#define IGNORED_BY_DEFAULT \
	(MASK(SIGCHLD) | MASK(SIGCONT) | MASK(SIGURG) | MASK(SIGWINCH))
#define STOP_SIGNALS \
	(MASK(SIGSTOP) | MASK(SIGTSTP) | MASK(SIGTTIN) | MASK(SIGTTOU))

/* What a program may set in eflags: the status flags, TF, DF, AC. */
#define EFLAGS_USER 0x40dd5UL

#define INT_80_SIZE 2 /* bytes of the instruction */
#define MXCSR       6 /* the word of what FXSAVE stores */
#define MXCSR_VALID 0xffbfUL /* other bits make FXRSTOR fault */

struct rt_sigframe {
	unsigned long return_address;
	unsigned long signal;
	unsigned long info_pointer, context_pointer;
	struct kernel_siginfo info;
	struct kernel_ucontext context;
	uint8_t trampoline[8]; /* for who brings no restorer */
	unsigned long fpu[FPU_SIZE / sizeof(long)];
};

/* ── Sending ──────────────────────────────────────────────────────────── */

/* pending_signal: the first that can be delivered now, the end before all. */
static void recalc_pending(struct task_struct *task)
{
	uint64_t ready = task->pending & ~task->blocked;

	if (ready & MASK(SIGKILL))
		ready = MASK(SIGKILL);
	task->pending_signal = ready ? __builtin_ctzll(ready) + 1 : 0;
}

static void set_blocked(uint64_t mask)
{
	current->blocked = mask & ~UNBLOCKABLE;
	recalc_pending(current);
}

/* Is nothing what TASK does on SIGNAL? Linux: sig_task_ignored() */
static bool action_is_none(const struct task_struct *task, int signal)
{
	unsigned long handler = task->action[signal - 1].handler;

	return handler == HANDLER_IGNORE ||
	       (handler == HANDLER_DEFAULT &&
		(IGNORED_BY_DEFAULT & MASK(signal)));
}

/* Would SIGNAL do nothing? Not if it is blocked: that may change. */
static bool is_ignored(const struct task_struct *task, int signal)
{
	return !(task->blocked & MASK(signal)) && action_is_none(task, signal);
}

/* Stop and continue undo each other, whatever the program does on them. */
static void stop_or_continue(struct task_struct *task, int signal)
{
	if (STOP_SIGNALS & MASK(signal))
		task->pending &= ~MASK(SIGCONT);
	if (signal != SIGCONT)
		return;
	task->pending &= ~STOP_SIGNALS;
	if (task->state == TASK_STOPPED) {
		task->state = TASK_RUNNING;
		task->exit_code = CONTINUED_CODE;
		notify_parent(task);
	}
}

/* One of a kind waits at most; Linux queues those from 32 up. */
static void queue_signal(struct task_struct *task, int signal,
			 struct signal_info info)
{
	if (task->state == TASK_ZOMBIE)
		return;
	stop_or_continue(task, signal);
	if (!is_ignored(task, signal) && !(task->pending & MASK(signal))) {
		task->info[signal - 1] = info;
		task->pending |= MASK(signal);
	}
	recalc_pending(task);
	if (signal == SIGKILL ||
	    (task->pending_signal && task->state == TASK_INTERRUPTIBLE))
		task->state = TASK_RUNNING;
}

void send_signal(struct task_struct *task, int signal, int code)
{
	struct signal_info info = { .code = code };

	if (code != SI_KERNEL)
		info.pid_or_addr = current->pid;
	queue_signal(task, signal, info);
}

/* What SIGCHLD tells of a child: STATUS is wait()'s. */
static struct signal_info child_info(int pid, int status)
{
	if (status == CONTINUED_CODE)
		return (struct signal_info){ CLD_CONTINUED, pid, SIGCONT };
	if ((status & 0xff) == STOPPED_CODE)
		return (struct signal_info){ CLD_STOPPED, pid, status >> 8 };
	if (status & 0x7f)
		return (struct signal_info){ CLD_KILLED, pid, status & 0x7f };
	return (struct signal_info){ CLD_EXITED, pid, status >> 8 };
}

bool notify_parent(struct task_struct *task)
{
	const struct kernel_sigaction *action =
		&task->parent->action[SIGCHLD - 1];

	if (task->state == TASK_ZOMBIE || !(action->flags & SA_NOCLDSTOP))
		queue_signal(task->parent, SIGCHLD,
			     child_info(task->pid, task->exit_code));
	wake_up(task->parent);
	return action->handler != HANDLER_IGNORE &&
	       !(action->flags & SA_NOCLDWAIT);
}

bool signal_is_futile(int signal)
{
	return (current->blocked & MASK(signal)) || is_ignored(current, signal);
}

bool has_handler(int signal)
{
	return current->action[signal - 1].handler > HANDLER_IGNORE &&
	       !(current->blocked & MASK(signal));
}

void force_sig_fault(int signal, int code, unsigned long address)
{
	if (!has_handler(signal)) {
		current->action[signal - 1].handler = HANDLER_DEFAULT;
		current->blocked &= ~MASK(signal);
	}
	current->info[signal - 1] = (struct signal_info){ code, address, 0 };
	current->fault_address = address;
	current->pending |= MASK(signal);
	if (current->pending_signal != SIGKILL)
		current->pending_signal = signal; /* before all others */
}

/* ── Delivering ───────────────────────────────────────────────────────── */

static bool on_alternate_stack(unsigned long sp)
{
	return sp - current->altstack.ss_sp < current->altstack.ss_size;
}

static unsigned long frame_address(const struct pt_regs *regs,
				   const struct kernel_sigaction *action)
{
	unsigned long sp = regs->sp;

	if ((action->flags & SA_ONSTACK) && current->altstack.ss_size &&
	    !on_alternate_stack(sp))
		sp = current->altstack.ss_sp + current->altstack.ss_size;
	sp -= sizeof(struct rt_sigframe);
	/* The handler finds esp + 4 aligned to 16, as behind a call. */
	return ((sp + 4) & ~15UL) - 4;
}

/* Make REGS enter the handler. -EFAULT: there is no room for the frame. */
static int setup_frame(int signal, const struct kernel_sigaction *action,
		       struct pt_regs *regs)
{
	struct rt_sigframe __user *user = (void *)frame_address(regs, action);
	const struct signal_info *info = &current->info[signal - 1];
	uint64_t mask = current->restore_sigmask ? current->saved_sigmask
						 : current->blocked;
	struct rt_sigframe frame = {
		.return_address = action->flags & SA_RESTORER
					  ? action->restorer
					  : (unsigned long)user->trampoline,
		.signal = signal,
		.info_pointer = (unsigned long)&user->info,
		.context_pointer = (unsigned long)&user->context,
		.info = {
			.si_signo = signal,
			.si_code = info->code,
			.si_addr_or_pid = info->pid_or_addr,
			.si_status = info->status,
		},
		.context = {
			.uc_stack = current->altstack,
			.uc_mcontext = {
				.gs = current->gs,
				.fs = current->fs,
				.trapno = regs->vector,
				.err = regs->orig_ax,
				.sp_at_signal = regs->sp,
				.fpstate = (unsigned long)user->fpu,
				.oldmask = (unsigned long)mask,
				.cr2 = current->fault_address,
			},
			.uc_sigmask = mask,
		},
		/* mov $173 (rt_sigreturn), %eax; int $0x80 */
		.trampoline = { 0xb8, 173, 0, 0, 0, 0xcd, 0x80 },
	};

#define SAVE(name) frame.context.uc_mcontext.name = regs->name;
	FOR_EACH_REGISTER(SAVE)
	FOR_EACH_GUARDED_REGISTER(SAVE)
	memcpy(frame.fpu, current->fpu, FPU_SIZE);
	if (put_user(frame, user))
		return -EFAULT;

	current->restore_sigmask = false;
	regs->sp = (unsigned long)user;
	regs->ip = action->handler;
	regs->ax = signal; /* for handlers that take arguments in registers */
	regs->dx = (unsigned long)&user->info;
	regs->cx = (unsigned long)&user->context;
	regs->flags &= ~0x500UL; /* TF and DF are clear in a handler */
	return 0;
}

static void handle_signal(int signal, struct pt_regs *regs)
{
	struct kernel_sigaction action = current->action[signal - 1];

	if (action.flags & SA_RESETHAND)
		current->action[signal - 1].handler = HANDLER_DEFAULT;
	save_segments(&current->fs, &current->gs);
	fpu_save(current->fpu);
	if (setup_frame(signal, &action, regs) < 0)
		do_exit(SIGSEGV);
	set_blocked(current->blocked | action.mask |
		    (action.flags & SA_NODEFER ? 0 : MASK(signal)));
}

/*
 * The interrupted system call: again from the start, or -EINTR? ACTION: the
 * handler that runs first, or NULL.
 */
static void restart_syscall(struct pt_regs *regs,
			    const struct kernel_sigaction *action)
{
	long result = regs->ax;

	if (regs->vector != SYSCALL_VECTOR ||
	    (result != -ERESTARTSYS && result != -ERESTARTNOHAND))
		return;
	if (!action || (result == -ERESTARTSYS && action->flags & SA_RESTART)) {
		regs->ax = regs->orig_ax;
		regs->ip -= INT_80_SIZE;
	} else {
		regs->ax = -EINTR;
	}
	if (action)
		current->deadline = 0;
}

/*
 * Of the keys and the terminal, but not of SIGSTOP, orphans are spared: nobody
 * would let them go on. Linux: do_signal_stop(), which looks at whole groups.
 */
static void stop(int signal)
{
	if (signal != SIGSTOP && is_orphan())
		return;
	current->exit_code = signal << 8 | STOPPED_CODE;
	current->state = TASK_STOPPED;
	notify_parent(current);
	schedule();
}

void restore_saved_sigmask(void)
{
	if (!current->restore_sigmask)
		return;
	current->restore_sigmask = false;
	set_blocked(current->saved_sigmask);
}

/* Each handler is laid upon the one before: the last signal's runs first. */
void do_signal(struct pt_regs *regs)
{
	int signal;

	while ((signal = current->pending_signal)) {
		const struct kernel_sigaction *action =
			&current->action[signal - 1];

		current->pending &= ~MASK(signal);
		recalc_pending(current);
		if (is_ignored(current, signal))
			continue;
		if (trace_on(TRACE_SIGNAL))
			trace_printf("signal_deliver",
				     "sig=%d sa_handler=0x%lx", signal,
				     action->handler);
		if (action->handler != HANDLER_DEFAULT) {
			restart_syscall(regs, action);
			handle_signal(signal, regs);
		} else if (STOP_SIGNALS & MASK(signal)) {
			stop(signal);
		} else {
			do_exit(signal);
		}
	}
	restart_syscall(regs, NULL);
	restore_saved_sigmask();
}

/* ── Coming back ──────────────────────────────────────────────────────── */

/*
 * The restorer has popped POPPED bytes: the return address, and, for a plain
 * handler, the signal, too. Nothing the program wrote to the frame can give it
 * more than it had.
 */
long do_sigreturn(size_t popped)
{
	struct pt_regs *regs = current_pt_regs();
	struct rt_sigframe frame;

	if (get_user(frame, (void *)(regs->sp - popped)))
		do_exit(SIGSEGV);
#define RESTORE(name) regs->name = frame.context.uc_mcontext.name;
	FOR_EACH_REGISTER(RESTORE)
	regs->flags = (frame.context.uc_mcontext.flags & EFLAGS_USER) |
		      X86_EFLAGS_FIXED | X86_EFLAGS_IF;
	set_blocked(frame.context.uc_sigmask);
	frame.fpu[MXCSR] &= MXCSR_VALID;
	memcpy(current->fpu, frame.fpu, FPU_SIZE);
	fpu_restore(current->fpu);
	/* Whatever eax holds now is no result that means "again". */
	regs->vector = 0;
	return regs->ax;
}

/* ── The system calls ─────────────────────────────────────────────────── */

long sys_rt_sigaction(int signal, const struct kernel_sigaction __user *act,
		      struct kernel_sigaction __user *oldact, size_t size)
{
	struct kernel_sigaction action, old;

	if (size != sizeof(uint64_t) || signal < 1 || signal >= NSIG ||
	    (act && (UNBLOCKABLE & MASK(signal))))
		return -EINVAL;
	if (act && get_user(action, act))
		return -EFAULT;
	old = current->action[signal - 1];
	if (act) {
		action.mask &= ~UNBLOCKABLE;
		current->action[signal - 1] = action;
		if (action_is_none(current, signal)) /* even if it waits */
			current->pending &= ~MASK(signal);
		recalc_pending(current);
	}
	return oldact ? put_user(old, oldact) : 0;
}

long sys_rt_sigprocmask(int how, const uint64_t __user *set,
			uint64_t __user *oldset, size_t size)
{
	uint64_t old = current->blocked;
	uint64_t mask;

	if (size != sizeof(mask))
		return -EINVAL;
	if (set) {
		if (get_user(mask, set))
			return -EFAULT;
		if (how == SIG_BLOCK)
			mask |= old;
		else if (how == SIG_UNBLOCK)
			mask = old & ~mask;
		else if (how != SIG_SETMASK)
			return -EINVAL;
		set_blocked(mask);
	}
	return oldset ? put_user(old, oldset) : 0;
}

long sys_rt_sigpending(uint64_t __user *set, size_t size)
{
	uint64_t pending = current->pending & current->blocked;

	if (size > sizeof(pending))
		return -EINVAL;
	return copy_to_user(set, &pending, size) ? -EFAULT : 0;
}

long sys_pause(void)
{
	while (!current->pending_signal)
		sleep_on(&current->pending_signal);
	return -ERESTARTNOHAND;
}

/* The mask holds until a handler has been entered, or the task goes on. */
long set_user_sigmask(const uint64_t __user *unewset, size_t size)
{
	uint64_t mask;

	if (size != sizeof(mask))
		return -EINVAL;
	if (get_user(mask, unewset))
		return -EFAULT;
	current->saved_sigmask = current->blocked;
	current->restore_sigmask = true;
	set_blocked(mask);
	return 0;
}

long sys_rt_sigsuspend(const uint64_t __user *unewset, size_t size)
{
	long error = set_user_sigmask(unewset, size);

	return error ? error : sys_pause();
}

/*
 * Signal 0 only asks if there are any. A zombie is one, and notices nothing.
 * All are everybody but the caller and process 1, which is no special process
 * otherwise: it is the program that was booted for, and signals end it.
 */
long kill_tasks(int type, int id, int signal, int code)
{
	struct task_struct *task;
	long result = -ESRCH;

	list_for_each_entry(task, &init_task.tasks, tasks) {
		if (!task_is(task, type, id) ||
		    (type == P_ALL && (task == current || task->pid == 1)))
			continue;
		if (signal < 0 || signal >= NSIG)
			return -EINVAL;
		result = 0;
		if (signal)
			send_signal(task, signal, code);
	}
	return result;
}

long sys_kill(int pid, int signal)
{
	if (pid > 0)
		return kill_tasks(P_PID, pid, signal, SI_USER);
	if (pid == -1)
		return kill_tasks(P_ALL, 0, signal, SI_USER);
	if (pid == INT32_MIN)
		return -ESRCH;
	return kill_tasks(P_PGID, pid ? -pid : current->pgrp, signal, SI_USER);
}

/* tkill(), too: each thread group is one task. */
long sys_tgkill(int tgid, int pid, int signal)
{
	if (tgid <= 0 || pid <= 0)
		return -EINVAL;
	return tgid == pid ? kill_tasks(P_PID, pid, signal, SI_TKILL) : -ESRCH;
}

long sys_sigaltstack(const struct kernel_stack __user *uss,
		     struct kernel_stack __user *uoss)
{
	struct kernel_stack old = current->altstack;
	struct kernel_stack new;
	bool active = on_alternate_stack(current_pt_regs()->sp);

	old.ss_flags = !old.ss_size ? SS_DISABLE : active ? SS_ONSTACK : 0;
	if (uss) {
		if (get_user(new, uss))
			return -EFAULT;
		if (active)
			return -EPERM;
		if (new.ss_flags & ~(SS_DISABLE | SS_ONSTACK))
			return -EINVAL;
		if (new.ss_flags & SS_DISABLE)
			memset(&new, 0, sizeof(new));
		else if (new.ss_size < MINSIGSTKSZ)
			return -ENOMEM;
		current->altstack = new;
	}
	return uoss ? put_user(old, uoss) : 0;
}

/* ── exec ─────────────────────────────────────────────────────────────── */

void flush_signal_handlers(struct task_struct *task)
{
	for (int i = 0; i < NSIG - 1; i++) {
		bool ignored = task->action[i].handler == HANDLER_IGNORE;

		task->action[i] =
			(struct kernel_sigaction){ .handler = ignored };
	}
	memset(&task->altstack, 0, sizeof(task->altstack));
}
