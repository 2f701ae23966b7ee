/*
 * errno.h - why the last call failed. Functions that fail say so by their
 * result and leave one of the E… numbers here; those that succeed leave errno
 * alone. A plain variable: programs have one thread.
 */
#ifndef _ERRNO_H
#define _ERRNO_H

#include <abi/errno.h>

extern int errno;
#define errno errno

#endif
