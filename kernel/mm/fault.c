/*
 * fault.c - the page fault, from the CPU's exception to the decision.
 *
 *   the CPU: no entry for cr2, or its rights forbid the access → exception 14
 *     do_page_fault     who, where, what for
 *       find_vma        has the program been promised this address?
 *       expand_stack    … or does it lie just below the stack?
 *       access_error    … and for this kind of access?
 *       handle_mm_fault then make it true (memory.c); the access runs again
 *       bad_area        if not: SIGSEGV, with the rule that refused it
 *                       (trace/refusal.c), or, inside a system call, -EFAULT
 *
 * Linux: arch/x86/mm/fault.c.
 */
#include "abi/misc.h"
#include "mm/mm.h"
#include "proc/signal.h"
#include "proc/task.h"
#include "trace/mm_trace.h"

/*
 * The access does not happen: SIGNAL, or, inside a system call, which was ready
 * for it, -EFAULT.
 */
static void fault_failed(struct pt_regs *regs, const struct vm_area_struct *vma,
			 unsigned long error_code, unsigned long address,
			 int signal, int code)
{
	if (!user_mode(regs)) {
		regs->ip = search_exception_tables(regs->ip);
		return;
	}
	report_refusal(regs, vma, error_code, address, signal);
	force_sig_fault(signal, code, address);
}

/* The rules say no. (noinline: to stop here in a debugger) */
static noinline void bad_area(struct pt_regs *regs,
			      const struct vm_area_struct *vma,
			      unsigned long error_code, unsigned long address)
{
	bool inside = vma && vma->vm_start <= address;

	current->mm->fault_count[FAULT_REFUSED]++;
	trace_handle_mm_fault(FAULT_REFUSED, inside ? vma : NULL, address, 0,
			      0);
	fault_failed(regs, vma, error_code, address, SIGSEGV,
		     inside ? SEGV_ACCERR : SEGV_MAPERR);
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

void do_page_fault(struct pt_regs *regs, unsigned long error_code,
		   unsigned long address)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	unsigned int flags = 0;
	enum fault_kind kind;

	/* The kernel itself touches user memory in uaccess only. */
	if (!user_mode(regs) &&
	    (!mm || address >= TASK_SIZE || !search_exception_tables(regs->ip)))
		die("page fault in the kernel", regs);

	vm_events[PGFAULT]++;
	trace_page_fault(user_mode(regs), address, regs->ip, error_code);
	if (error_code & X86_PF_WRITE)
		flags |= FAULT_FLAG_WRITE;

	vma = address < TASK_SIZE ? find_vma(mm, address) : NULL;
	if (vma && address < vma->vm_start && (vma->vm_flags & VM_GROWSDOWN) &&
	    expand_stack(vma, address) == 0)
		flags |= FAULT_FLAG_STACK;
	if (!vma || address < vma->vm_start || access_error(error_code, vma)) {
		bad_area(regs, vma, error_code, address);
		return;
	}
	do
		kind = handle_mm_fault(vma, address, flags);
	while (unlikely(kind == FAULT_OOM) && out_of_memory());
	if (unlikely(kind == FAULT_SIGBUS))
		fault_failed(regs, vma, error_code, address, SIGBUS,
			     BUS_ADRERR);
	else if (unlikely(kind == FAULT_OOM) && !user_mode(regs))
		regs->ip = search_exception_tables(
			regs->ip); /* it dies when the call is over */
}
