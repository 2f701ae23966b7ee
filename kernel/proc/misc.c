/*
 * misc.c - the calls that only ask: what system this is, who one is (root,
 * always), random bytes; and the one that switches it all off.
 * Linux: kernel/sys.c, kernel/reboot.c, drivers/char/random.c.
 */
#include "abi/errno.h"
#include "abi/misc.h"
#include "dev/dev.h"
#include "lib/printk.h"
#include "mm/mm.h"
#include "proc/task.h"

bool power_off_requested;

static const struct utsname init_uts = {
	.sysname = "Linux", /* whose system calls these are */
	.nodename = "faultline",
	.release = "6.1.0-faultline",
	.version = "#1 Faultline",
	.machine = "i686",
	.domainname = "(none)",
};

long sys_newuname(struct utsname __user *name)
{
	return put_user(init_uts, name);
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

/* An orphan's parent is the boot's own task, which programs know as init. */
long task_ppid(const struct task_struct *task)
{
	if (task->parent && task->parent != &init_task)
		return task->parent->pid;
	return task->pid == 1 ? 0 : 1;
}

/*
 * xorshift32 (Marsaglia 2003), and the same numbers after every boot: runs of
 * this kernel are to be repeated exactly, and nothing here is secret.
 */
static uint32_t next_random(void)
{
	static uint32_t state = 2463534242;

	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

long sys_getrandom(char __user *ubuf, size_t len, unsigned int flags)
{
	size_t done = 0;

	if (flags & ~(unsigned int)(GRND_NONBLOCK | GRND_RANDOM))
		return -EINVAL;
	len = min(len, (size_t)INT32_MAX);
	while (done < len) {
		uint32_t word = next_random();
		size_t size = min(len - done, sizeof(word));

		if (copy_to_user(ubuf + done, &word, size))
			return done ? (long)done : -EFAULT;
		done += size;
	}
	return done;
}
