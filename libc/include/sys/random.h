/*
 * sys/random.h - random bytes from the kernel; here the same after every boot.
 */
#ifndef _SYS_RANDOM_H
#define _SYS_RANDOM_H

#include <sys/cdefs.h>
#include <abi/misc.h> /* GRND_NONBLOCK */
#include <sys/types.h>

__BEGIN_DECLS

/* SIZE bytes. Returns how many it was; -1: EFAULT, EINVAL. */
ssize_t getrandom(void *buffer, size_t size, unsigned int flags);
int getentropy(void *buffer, size_t size); /* 256 at most. 0; -1: EIO */

__END_DECLS

#endif
