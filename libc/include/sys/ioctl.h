/*
 * sys/ioctl.h - requests that only one kind of device understands.
 */
#ifndef _SYS_IOCTL_H
#define _SYS_IOCTL_H

#include <abi/misc.h> /* TCGETS …, TIOCGWINSZ and struct winsize */

/*
 * ioctl - have the device of FD do REQUEST; most have one argument more, an
 * address. Result as the device says; -1: ENOTTY (no such request), EBADF.
 */
int ioctl(int fd, unsigned long request, ...);

#endif
