/*
 * uname.c - which system is this?
 */
#include <sys/utsname.h>
#include "syscall.h"

int uname(struct utsname *result)
{
	return __syscall_ret(__syscall(__NR_uname, result));
}
