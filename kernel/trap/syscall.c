/*
 * syscall.c - int 0x80: the number is in eax, the arguments in ebx, ecx, edx,
 * esi, edi, ebp; the result goes back in eax, a failure as -errno.
 * Linux: arch/x86/entry/common.c.
 */
#include "trap/syscall.h"

#include "abi/errno.h"
#include "abi/fcntl.h"
#include "abi/misc.h"
#include "abi/sched.h"
#include "lib/printk.h"
#include "proc/task.h"
#include "trace/trace.h"
#include "trap/trap.h"

#include "syscall_table.h" /* made by scripts/syscalls */

const unsigned int NR_syscalls = ARRAY_SIZE(syscall_table);

/* Called by entry.asm. */
void do_syscall(struct pt_regs *regs)
{
	unsigned long nr = regs->orig_ax;
	long result = -ENOSYS;

	if (trace_on(TRACE_SYSCALL))
		trace_sys_enter(nr, regs);
	if (likely(nr < NR_syscalls && syscall_table[nr].function))
		result = syscall_table[nr].function(regs->bx, regs->cx,
						    regs->dx, regs->si,
						    regs->di, regs->bp);
	regs->ax = result;
	if (trace_on(TRACE_SYSCALL))
		trace_sys_exit(nr, result);
	exit_to_user_mode(regs);
}
