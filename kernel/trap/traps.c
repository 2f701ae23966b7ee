/*
 * traps.c - exceptions: what a program did wrong costs it its life, what the
 * kernel did wrong stops the machine, with a report. Page faults are not among
 * them; they are the normal way for memory to appear (mm/fault.c).
 * Linux: arch/x86/kernel/traps.c.
 */
#include "abi/misc.h"
#include "dev/dev.h"
#include "lib/printk.h"
#include "mm/mm.h"
#include "proc/signal.h"
#include "proc/task.h"
#include "trace/trace.h"
#include "trap/trap.h"

#define PAGE_FAULT    14
#define NR_EXCEPTIONS 32

void do_irq(unsigned int irq);

/* Intel SDM 3A, table 6-1, and the signal that Linux sends for each. */
static const struct exception {
	const char *name;
	int signal;
	int code; /* si_code */
} exceptions[NR_EXCEPTIONS] = {
	[0] = { "divide error", SIGFPE, FPE_INTDIV },
	[1] = { "debug", SIGTRAP, SI_KERNEL },
	[2] = { "non-maskable interrupt", 0, 0 },
	[3] = { "breakpoint", SIGTRAP, SI_KERNEL },
	[4] = { "overflow", SIGSEGV, SI_KERNEL },
	[5] = { "bound range exceeded", SIGSEGV, SI_KERNEL },
	[6] = { "invalid opcode", SIGILL, ILL_ILLOPN },
	[7] = { "device not available", SIGFPE, SI_KERNEL },
	[10] = { "invalid TSS", SIGSEGV, SI_KERNEL },
	[11] = { "segment not present", SIGBUS, SI_KERNEL },
	[12] = { "stack-segment fault", SIGBUS, SI_KERNEL },
	[13] = { "general protection fault (ring 3 may not do this)", SIGSEGV,
		 SI_KERNEL },
	[14] = { "page fault", SIGSEGV, SI_KERNEL },
	[16] = { "x87 floating-point error", SIGFPE, SI_KERNEL },
	[17] = { "alignment check", SIGBUS, SI_KERNEL },
	[18] = { "machine check", 0, 0 },
	[19] = { "SIMD floating-point exception", SIGFPE, SI_KERNEL },
};

static unsigned long read_cr2(void)
{
	unsigned long address;

	__asm__ volatile("movl %%cr2, %0" : "=r"(address));
	return address;
}

/* The error code of a page fault in words (Intel SDM 3A, 4.7). */
static void show_page_fault(unsigned long error_code)
{
	unsigned long address = read_cr2();

	pr_warn("  cr2 %08lx: %s of a page that is %s, from ring %d%s\n",
		address, error_code & X86_PF_WRITE ? "write" : "read",
		error_code & X86_PF_PROT ? "present but protected"
					 : "not present",
		error_code & X86_PF_USER ? 3 : 0,
		address < PAGE_SIZE   ? " (a NULL pointer)"
		: address < TASK_SIZE ? " (a user address, outside uaccess)"
				      : "");
}

static void show_regs(const struct pt_regs *regs)
{
	bool user = user_mode(regs);
	bool has_sp = user || regs->vector == DOUBLE_FAULT;
	unsigned long sp = has_sp ? regs->sp : (unsigned long)&regs->sp;

	pr_warn("  task %s[%d], vector %lu, error code 0x%lx\n", current->comm,
		current->pid, regs->vector, regs->orig_ax);
	pr_warn("  eip %08lx  cs %04lx  eflags %08lx  esp %08lx  ss %04lx\n",
		regs->ip, regs->cs & 0xffff, regs->flags, sp,
		(user ? regs->ss : KERNEL_DS) & 0xffff);
	pr_warn("  eax %08lx  ebx %08lx  ecx %08lx  edx %08lx\n", regs->ax,
		regs->bx, regs->cx, regs->dx);
	pr_warn("  esi %08lx  edi %08lx  ebp %08lx  cr3 %08lx\n", regs->si,
		regs->di, regs->bp, read_cr3());
	if (regs->vector == PAGE_FAULT)
		show_page_fault(regs->orig_ax);
	if (!user)
		dump_stack(regs->ip, regs->bp);
}

void die(const char *what, const struct pt_regs *regs)
{
	pr_warn("Oops: %s\n", what);
	show_regs(regs);
	panic("%s", what);
}

/* Its address is in the page below the stack: that is what the page is for. */
void do_double_fault(void)
{
	unsigned long guard = (unsigned long)current->stack;
	bool overflow = read_cr2() - guard < PAGE_SIZE;
	struct pt_regs regs;

	registers_at_double_fault(&regs);
	die(overflow ? "kernel stack overflow" : "double fault", &regs);
}

static void do_exception(struct pt_regs *regs)
{
	const struct exception *exception = &exceptions[regs->vector];
	const char *name = exception->name ? exception->name : "exception";

	if (!user_mode(regs) || !exception->signal)
		die(name, regs);

	if (!has_handler(exception->signal))
		pr_warn("%s[%d]: %s at ip 0x%lx (error code 0x%lx): killed by "
			"signal %d\n",
			current->comm, current->pid, name, regs->ip,
			regs->orig_ax, exception->signal);
	if (trace_on(TRACE_SIGNAL))
		trace_printf("signal_generate",
			     "sig=%d comm=%s pid=%d rule=\"%s\"",
			     exception->signal, current->comm, current->pid,
			     name);
	force_sig_fault(exception->signal, exception->code,
			exception->code == SI_KERNEL ? 0 : regs->ip);
}

/* Called by entry.asm for every exception and every interrupt. */
void do_trap(struct pt_regs *regs)
{
	if (regs->vector == PAGE_FAULT)
		do_page_fault(regs, regs->orig_ax, read_cr2());
	else if (regs->vector < NR_EXCEPTIONS)
		do_exception(regs);
	else
		do_irq(regs->vector - IRQ_VECTOR);

	if (user_mode(regs))
		exit_to_user_mode(regs);
}
