/*
 * sys/uio.h - write several pieces of memory by one system call.
 */
#ifndef _SYS_UIO_H
#define _SYS_UIO_H

#include <sys/types.h>
#include <abi/misc.h> /* struct iovec: iov_base, iov_len */
#include <sys/cdefs.h>

__BEGIN_DECLS

/*
 * writev - write the COUNT pieces of VECTOR, one after the other, to FD.
 * Returns the bytes written; -1: as write(), EINVAL for COUNT over UIO_MAXIOV.
 */
ssize_t writev(int fd, const struct iovec *vector, int count);
ssize_t readv(int fd, const struct iovec *vector, int count); /* the reverse */

__END_DECLS

#endif
