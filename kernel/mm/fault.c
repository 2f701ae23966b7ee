/*
 * fault.c - the page fault, from the CPU's exception to the decision.
 *
 *   the CPU: no entry for cr2, or its rights forbid the access → exception 14
 *     do_page_fault     who, where, what for
 *       find_vma        has the program been promised this address?
 *       expand_stack    … or does it lie just below the stack?
 *       access_error    … and for this kind of access?
 *       handle_mm_fault then make it true (memory.c); the access runs again
 *       bad_area        if not: SIGSEGV with the rule that refused it, or,
 *                       inside a system call, -EFAULT
 *
 * Linux: arch/x86/mm/fault.c.
 */
#include "abi/misc.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "mm/mm_trace.h"
#include "proc/signal.h"
#include "proc/task.h"

#define RULE_TEXT 192

static const char *access_name(const struct pt_regs *regs,
			       unsigned long error_code, unsigned long address)
{
	if (error_code & X86_PF_WRITE)
		return "write to";
	/* Without NX the CPU does not tell a fetch from a read: eip does. */
	return address == regs->ip ? "jump to" : "read of";
}

/*
 * Why ADDRESS may not be used: the sentence that a student sees. VMA is
 * find_vma()'s answer, so it may lie above ADDRESS or be NULL.
 */
static void explain_refusal(char *text, const struct mm_struct *mm,
			    const struct vm_area_struct *vma,
			    unsigned long error_code, unsigned long address)
{
	char area[64];
	char flags[5];

	if (address >= TASK_SIZE) {
		snprintf(text, RULE_TEXT,
			 "addresses from 0x%lx on are the "
			 "kernel's",
			 TASK_SIZE);
	} else if (address < PAGE_SIZE) {
		snprintf(text, RULE_TEXT,
			 "a NULL pointer: page 0 is never "
			 "mapped");
	} else if (vma && vma->vm_start <= address) {
		vma_name(vma, area, sizeof(area));
		snprintf(text, RULE_TEXT,
			 "the area 0x%lx-0x%lx %s %s does not "
			 "allow %s",
			 vma->vm_start, vma->vm_end,
			 vma_flags_text(vma->vm_flags, flags),
			 area[0] ? area : "(anonymous)",
			 error_code & X86_PF_WRITE ? "writing" : "any access");
	} else if (vma && (vma->vm_flags & VM_GROWSDOWN) &&
		   (vma->vm_end - address) / 2 <= rlimit(RLIMIT_STACK)) {
		unsigned long limit = STACK_GUARD;
		const char *name = "into the guard gap";

		if (vma->vm_end - address > rlimit(RLIMIT_STACK)) {
			limit = rlimit(RLIMIT_STACK);
			name = "beyond its limit";
		} else if (!may_expand_vm(mm, vma->vm_flags,
					  (vma->vm_start - address) >>
						  PAGE_SHIFT)) {
			limit = rlimit(RLIMIT_AS);
			name = "beyond the address space's limit";
		}
		snprintf(text, RULE_TEXT,
			 "no area there: the stack above, 0x%lx-0x%lx, may not "
			 "grow %s of %lu KiB",
			 vma->vm_start, vma->vm_end, name, limit >> 10);
	} else if (address >= mm->brk &&
		   address < PAGE_ALIGN(mm->brk) + (1UL << 27) &&
		   mm->brk > mm->start_brk) {
		snprintf(text, RULE_TEXT,
			 "no area there: it lies %lu bytes "
			 "above the program break 0x%lx",
			 address - mm->brk, mm->brk);
	} else {
		snprintf(text, RULE_TEXT,
			 "no area there: nothing is mapped at "
			 "this address");
	}
}

static void report_refusal(const struct pt_regs *regs, unsigned long error_code,
			   unsigned long address, int signal, const char *rule)
{
	/* A program that handles the signal knows what it does: no log. */
	if (!has_handler(signal)) {
		pr_warn("%s[%d]: %s 0x%lx refused (page %s): %s\n",
			current->comm, current->pid,
			access_name(regs, error_code, address), address,
			error_code & X86_PF_PROT ? "present" : "not present",
			rule);
		pr_warn("%s[%d]: killed by signal %d at ip 0x%lx, error_code "
			"0x%lx\n",
			current->comm, current->pid, signal, regs->ip,
			error_code);
	}
	if (trace_on(TRACE_SIGNAL))
		trace_printf("signal_generate",
			     "sig=%d comm=%s pid=%d "
			     "rule=\"%s 0x%lx: %s\"",
			     signal, current->comm, current->pid,
			     access_name(regs, error_code, address), address,
			     rule);
}

/* Refused: -EFAULT for a system call that was ready for it, else a signal. */
static void bad_area(struct pt_regs *regs, const struct vm_area_struct *vma,
		     unsigned long error_code, unsigned long address)
{
	bool inside = vma && vma->vm_start <= address;
	char rule[RULE_TEXT];

	if (current->mm) {
		current->mm->fault_count[FAULT_REFUSED]++;
		trace_handle_mm_fault(FAULT_REFUSED, inside ? vma : NULL,
				      address, 0, 0);
	}
	if (!user_mode(regs)) {
		if (fixup_exception(regs))
			return;
		die("page fault in the kernel", regs);
	}
	explain_refusal(rule, current->mm, vma, error_code, address);
	report_refusal(regs, error_code, address, SIGSEGV, rule);
	force_sig_fault(SIGSEGV, inside ? SEGV_ACCERR : SEGV_MAPERR, address);
}

/* The rules say yes, but there was nothing to give. */
static void fault_failed(struct pt_regs *regs, enum fault_kind kind,
			 unsigned long error_code, unsigned long address)
{
	if (!user_mode(regs)) {
		if (!fixup_exception(regs))
			die("page fault in the kernel", regs);
	} else if (kind == FAULT_SIGBUS) {
		report_refusal(regs, error_code, address, SIGBUS,
			       "the page lies behind the end of its file");
		force_sig_fault(SIGBUS, BUS_ADRERR, address);
	}
}

/* Does VMA forbid this kind of access? */
static bool access_error(unsigned long error_code,
			 const struct vm_area_struct *vma)
{
	if (error_code & X86_PF_WRITE)
		return !(vma->vm_flags & VM_WRITE);
	/* Readable, writable, executable: to this CPU all can be read. */
	return !(vma->vm_flags & VM_ACCESS_FLAGS);
}

static void trace_page_fault(const struct pt_regs *regs,
			     unsigned long error_code, unsigned long address)
{
	bool user = user_mode(regs);

	if (trace_on(user ? TRACE_PAGE_FAULT_USER : TRACE_PAGE_FAULT_KERNEL))
		trace_printf(user ? "page_fault_user" : "page_fault_kernel",
			     "address=0x%lx ip=0x%lx error_code=0x%lx", address,
			     regs->ip, error_code);
}

void do_page_fault(struct pt_regs *regs, unsigned long error_code,
		   unsigned long address)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	unsigned int flags = 0;
	enum fault_kind kind;

	/* The kernel itself touches user memory in uaccess only. */
	if (!user_mode(regs) &&
	    (!mm || address >= TASK_SIZE || !may_fault(regs->ip)))
		die("page fault in the kernel", regs);

	vm_events[PGFAULT]++;
	trace_page_fault(regs, error_code, address);
	if (error_code & X86_PF_WRITE)
		flags |= FAULT_FLAG_WRITE;

	if (address >= TASK_SIZE) {
		bad_area(regs, NULL, error_code, address);
		return;
	}
	vma = find_vma(mm, address);
	if (!vma) {
		bad_area(regs, NULL, error_code, address);
		return;
	}
	if (address < vma->vm_start) {
		if (!(vma->vm_flags & VM_GROWSDOWN) ||
		    expand_stack(vma, address) < 0) {
			bad_area(regs, vma, error_code, address);
			return;
		}
		flags |= FAULT_FLAG_STACK;
	}
	if (access_error(error_code, vma)) {
		bad_area(regs, vma, error_code, address);
		return;
	}

	do
		kind = handle_mm_fault(vma, address, flags);
	while (unlikely(kind == FAULT_OOM) && out_of_memory());
	if (unlikely(kind == FAULT_OOM || kind == FAULT_SIGBUS))
		fault_failed(regs, kind, error_code, address);
}
