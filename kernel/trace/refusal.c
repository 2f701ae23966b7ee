/*
 * refusal.c - why a program was refused an access: the sentence that a student
 * reads in the log and in the event signal_generate. Linux only prints the
 * addresses ("segfault at …", arch/x86/mm/fault.c, show_signal_msg()).
 */
#include "abi/signal.h"
#include "lib/printk.h"
#include "mm/mm.h"
#include "proc/signal.h"
#include "proc/task.h"
#include "trace/mm_trace.h"

static char rule[192];

#define say(...)  snprintf(rule, sizeof(rule), __VA_ARGS__)
#define HEAP_NEAR (1UL << 27) /* so far above the break it is still meant */

static const char *access_name(const struct pt_regs *regs,
			       unsigned long error_code, unsigned long address)
{
	if (error_code & X86_PF_WRITE)
		return "write to";
	/* Without NX the CPU does not tell a fetch from a read: eip does. */
	return address == regs->ip ? "jump to" : "read of";
}

static void area_rule(const struct vm_area_struct *vma,
		      unsigned long error_code)
{
	char name[64], flags[5];

	vma_name(vma, name, sizeof(name));
	say("the area 0x%lx-0x%lx %s %s does not allow %s", vma->vm_start,
	    vma->vm_end, vma_flags_text(vma->vm_flags, flags),
	    name[0] ? name : "(anonymous)",
	    error_code & X86_PF_WRITE ? "writing" : "any access");
}

/* Just below a stack: what keeps it from growing there? */
static void stack_rule(const struct vm_area_struct *vma, unsigned long address)
{
	unsigned long pages = (vma->vm_start - address) >> PAGE_SHIFT;
	unsigned long limit = STACK_GUARD;
	const char *name = "into the guard gap";

	if (vma->vm_end - address > rlimit(RLIMIT_STACK)) {
		limit = rlimit(RLIMIT_STACK);
		name = "beyond its limit";
	} else if (!may_expand_vm(vma->vm_mm, vma->vm_flags, pages)) {
		limit = rlimit(RLIMIT_AS);
		name = "beyond the address space's limit";
	}
	say("no area there: the stack above, 0x%lx-0x%lx, may not grow %s of "
	    "%lu KiB",
	    vma->vm_start, vma->vm_end, name, limit >> 10);
}

static void explain_refusal(const struct vm_area_struct *vma,
			    unsigned long error_code, unsigned long address)
{
	const struct mm_struct *mm = current->mm;

	if (address >= TASK_SIZE)
		say("addresses from 0x%lx on are the kernel's", TASK_SIZE);
	else if (address < PAGE_SIZE)
		say("a NULL pointer: page 0 is never mapped");
	else if (vma && vma->vm_start <= address)
		area_rule(vma, error_code);
	else if (vma && (vma->vm_flags & VM_GROWSDOWN) &&
		 (vma->vm_end - address) / 2 <= rlimit(RLIMIT_STACK))
		stack_rule(vma, address);
	else if (mm->brk > mm->start_brk && address >= mm->brk &&
		 address < PAGE_ALIGN(mm->brk) + HEAP_NEAR)
		say("no area there: it lies %lu bytes above the program "
		    "break 0x%lx",
		    address - mm->brk, mm->brk);
	else
		say("no area there: nothing is mapped at this address");
}

void report_refusal(const struct pt_regs *regs,
		    const struct vm_area_struct *vma, unsigned long error_code,
		    unsigned long address, int signal)
{
	const char *access = access_name(regs, error_code, address);

	if (signal == SIGSEGV)
		explain_refusal(vma, error_code, address);
	else
		say("the page lies behind the end of its file");
	/* A program that handles the signal knows what it does: no log. */
	if (!has_handler(signal)) {
		pr_warn("%s[%d]: %s 0x%lx refused (page %s): %s\n",
			current->comm, current->pid, access, address,
			error_code & X86_PF_PROT ? "present" : "not present",
			rule);
		pr_warn("%s[%d]: killed by signal %d at ip 0x%lx, error_code "
			"0x%lx\n",
			current->comm, current->pid, signal, regs->ip,
			error_code);
	}
	if (trace_on(TRACE_SIGNAL))
		trace_printf("signal_generate",
			     "sig=%d comm=%s pid=%d rule=\"%s 0x%lx: %s\"",
			     signal, current->comm, current->pid, access,
			     address, rule);
}
