/*
 * futex.c - wait until somebody says that a word of memory has changed. Locks
 * of libc's call it when they are not free, so hardly ever. Who meets there is
 * told by the word's place in RAM: memory that is shared will do, wherever it
 * is mapped. Linux: kernel/futex/.
 */
#include "abi/errno.h"
#include "abi/misc.h"
#include "dev/dev.h"
#include "mm/mm.h"
#include "proc/signal.h"
#include "proc/task.h"

/* The word at UADDR: its value, and its physical address. 0 or -errno. */
static int read_word(const uint32_t __user *uaddr, uint32_t *value,
		     unsigned long *place)
{
	unsigned long address = (unsigned long)uaddr;

	if (address % sizeof(*uaddr))
		return -EINVAL;
	if (get_user(*value, uaddr))
		return -EFAULT;
	*place = pte_pfn(*pte_lookup(current->mm, address)) << PAGE_SHIFT |
		 (address & ~PAGE_MASK);
	return 0;
}

/* Until END, ns since boot; 0: without limit. */
static long futex_wait(const uint32_t __user *uaddr, uint32_t expected,
		       int64_t end)
{
	uint32_t value;
	int error = read_word(uaddr, &value, &current->futex);

	if (!error && value != expected)
		error = -EAGAIN;
	while (!error && current->futex) {
		if (end && (int64_t)sched_clock() >= end)
			error = -ETIMEDOUT;
		else if (current->pending_signal)
			error = end ? -EINTR : -ERESTARTSYS;
		else
			sleep_on(end ? (void *)&jiffies : &current->futex);
	}
	current->futex = 0;
	return error;
}

static long futex_wake(const uint32_t __user *uaddr, int count)
{
	struct task_struct *task;
	unsigned long place;
	uint32_t value;
	int woken = 0;
	int error = read_word(uaddr, &value, &place);

	if (error)
		return error;
	list_for_each_entry(task, &init_task.tasks, tasks) {
		if (task->futex != place)
			continue;
		task->futex = 0;
		wake_up(&task->futex);
		if (++woken >= count)
			break;
	}
	return woken;
}

long sys_futex(uint32_t __user *uaddr, int op, uint32_t val,
	       const void __user *utime, uint32_t __user *uaddr2, uint32_t val3)
{
	int command = op & ~(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME);
	bool waits = command == FUTEX_WAIT || command == FUTEX_WAIT_BITSET;
	bool bitset = command >= FUTEX_WAIT_BITSET;
	int64_t end = 0;

	if (waits && utime) {
		end = get_timespec(utime);
		if (end < 0)
			return end;
		if (!bitset)
			end += sched_clock();
		else if (op & FUTEX_CLOCK_REALTIME)
			end -= boot_time_seconds() * NSEC_PER_SEC;
		end = max(end, 1LL);
	}
	if (!waits && command != FUTEX_WAKE && command != FUTEX_WAKE_BITSET)
		return -ENOSYS;
	if (bitset && !val3)
		return -EINVAL;
	return waits ? futex_wait(uaddr, val, end) : futex_wake(uaddr, val);
}
