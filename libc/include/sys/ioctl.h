/*
 * sys/ioctl.h - requests that only one kind of device understands.
 */
#ifndef _SYS_IOCTL_H
#define _SYS_IOCTL_H

#include <abi/misc.h> /* TCGETS …, TIOCGWINSZ and struct winsize */
#include <sys/cdefs.h>

/* On Linux; our terminals answer ENOTTY. */
#define TCSBRK     0x5409
#define TCXONC     0x540a
#define TCFLSH     0x540b
#define TIOCSWINSZ 0x5414
#define TIOCMGET   0x5415 /* the modem's lines */
#define TIOCMSET   0x5418
#define TIOCNOTTY  0x5422
#define FIONBIO    0x5421
#define FIOCLEX    0x5451
#define FIONCLEX   0x5450

#define TIOCM_DTR 0x002
#define TIOCM_RTS 0x004
#define TIOCM_CTS 0x020
#define TIOCM_CAR 0x040
#define TIOCM_RNG 0x080
#define TIOCM_DSR 0x100

__BEGIN_DECLS

/*
 * ioctl - have the device of FD do REQUEST; most have one argument more, an
 * address. Result as the device says; -1: ENOTTY (no such request), EBADF.
 */
int ioctl(int fd, unsigned long request, ...);

__END_DECLS

#endif
