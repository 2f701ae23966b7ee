/*
 * brk.c - the program break, the end of the heap. This is the door through
 * which malloc() asks the kernel for memory, a few pages at a time.
 *
 * The system call brk moves the break and returns where it is now; asked for
 * the impossible it moves nothing, so a result other than the address that was
 * asked for means failure. There is no errno in it: C's brk() adds that.
 */
#include <errno.h>
#include <unistd.h>
#include "syscall.h"

/*
 * The break as we left it, 0 before the first call: remembering it spares
 * sbrk() a system call. (A program that moves it behind our back, by
 * syscall(SYS_brk), must not use sbrk() as well; glibc is no different.)
 */
static unsigned long current_break;

int brk(void *address)
{
	current_break = __syscall(__NR_brk, address);
	if (current_break == (unsigned long)address)
		return 0;
	errno = ENOMEM;
	return -1;
}

void *sbrk(intptr_t increment)
{
	unsigned long old_break, new_break;

	if (current_break == 0)
		current_break = __syscall(__NR_brk, 0);
	old_break = current_break;
	new_break = old_break + increment;
	if (increment > 0 ? new_break < old_break : new_break > old_break) {
		errno = ENOMEM; /* beyond the ends of the address space */
		return (void *)-1;
	}
	if (increment != 0 && brk((void *)new_break) < 0)
		return (void *)-1;
	return (void *)old_break;
}
