/*
 * syscall.c - int 0x80: the number is in eax, the arguments in ebx, ecx, edx,
 * esi, edi, ebp; the result goes back in eax, a failure as -errno. And the few
 * calls that belong to no other file. Linux: arch/x86/entry/common.c.
 */
#include "trap/syscall.h"

#include "abi/errno.h"
#include "abi/misc.h"
#include "dev/dev.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/task.h"
#include "trace/trace.h"
#include "trap/trap.h"

#include "syscall_table.h" /* made by scripts/syscalls */

const unsigned int NR_syscalls = ARRAY_SIZE(syscall_table);

bool power_off_requested;

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

const struct utsname init_uts = {
	.sysname = "Linux", /* whose system calls these are */
	.nodename = "faultline",
	.release = "6.1.0-faultline",
	.version = "#1 Faultline",
	.machine = "i686",
	.domainname = "(none)",
};

long sys_newuname(struct utsname __user *name)
{
	return copy_to_user(name, &init_uts, sizeof(*name)) ? -EFAULT : 0;
}

/* The caller ends first, so that all it had is given back before. */
long sys_reboot(int magic1, int magic2, unsigned int command)
{
	if (magic1 != (int)LINUX_REBOOT_MAGIC1 || magic2 != LINUX_REBOOT_MAGIC2)
		return -EINVAL;
	switch (command) {
	case LINUX_REBOOT_CMD_RESTART:
		machine_restart();
	case LINUX_REBOOT_CMD_HALT:
	case LINUX_REBOOT_CMD_POWER_OFF:
		power_off_requested = true;
		do_exit(0);
	}
	return -EINVAL;
}
