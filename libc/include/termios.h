/*
 * termios.h - how a terminal treats what is typed and printed.
 */
#ifndef _TERMIOS_H
#define _TERMIOS_H

#include <abi/misc.h> /* struct termios and its bits */
#include <sys/cdefs.h>
#include <sys/types.h>

__BEGIN_DECLS

/* What our terminal ignores; the rest is in <abi/misc.h>. */
/* c_iflag */
#define IGNBRK  01
#define BRKINT  02
#define IGNPAR  04
#define PARMRK  010
#define INPCK   020
#define ISTRIP  040
#define INLCR   0100
#define IGNCR   0200
#define IXON    02000
#define IXANY   04000
#define IXOFF   010000
#define IMAXBEL 020000

/* c_oflag */
#define OLCUC  02
#define OCRNL  010
#define ONOCR  020
#define ONLRET 040
#define OFILL  0100
#define OFDEL  0200
#define TABDLY 014000
#define TAB0   0
#define TAB3   014000
#define XTABS  014000

/* c_cflag */
#define CSIZE   060
#define CS5     0
#define CS6     020
#define CS7     040
#define CSTOPB  0100
#define PARENB  0400
#define PARODD  01000
#define CLOCAL  04000
#define CRTSCTS 020000000000 /* the lines RTS and CTS: there are none */

/* c_lflag */
#define ECHONL 0100
#define IEXTEN 0100000

/* c_cc[] */
#define VSTART   8
#define VSTOP    9
#define VEOL     11
#define VREPRINT 12
#define VDISCARD 13
#define VLNEXT   15
#define VEOL2    16

/* speeds */
#define CBAUD   010017
#define B0      0
#define B50     1
#define B75     2
#define B110    3
#define B134    4
#define B150    5
#define B200    6
#define B300    7
#define B600    010
#define B1200   011
#define B1800   012
#define B2400   013
#define B4800   014
#define B9600   015
#define B19200  016
#define B57600  010001
#define B115200 010002

/* tcflow(), tcflush() */
#define TCOOFF    0
#define TCOON     1
#define TCIOFF    2
#define TCION     3
#define TCIFLUSH  0
#define TCOFLUSH  1
#define TCIOFLUSH 2

typedef unsigned char cc_t;
typedef unsigned int tcflag_t;
typedef unsigned int speed_t;

#define TCSANOW   0 /* at once */
#define TCSADRAIN 1 /* when all output is out */
#define TCSAFLUSH 2 /* and forget unread input */

/*
 * tcgetattr, tcsetattr - the settings of terminal FD, to and from *TERMIOS.
 * 0; -1: ENOTTY, EBADF, EFAULT; EINVAL for another WHEN.
 */
int tcgetattr(int fd, struct termios *termios);
int tcsetattr(int fd, int when, const struct termios *termios);

/*
 * cfmakeraw - in *TERMIOS: every byte as it is, at once, no signals.
 * cf?et?speed - what a serial line would run at.
 */
void cfmakeraw(struct termios *termios);
speed_t cfgetispeed(const struct termios *termios);
speed_t cfgetospeed(const struct termios *termios);
int cfsetispeed(struct termios *termios, speed_t speed);
int cfsetospeed(struct termios *termios, speed_t speed);

/*
 * tcdrain - wait until all output is out; tcflush - forget it, or input that
 * was not read; tcflow - stop and start it. Faultline's terminal cannot:
 * EINVAL, ENOTTY. tcsendbreak - does nothing. tcgetsid - its session.
 */
int tcdrain(int fd);
int tcflush(int fd, int which);
int tcflow(int fd, int action);
int tcsendbreak(int fd, int duration);
pid_t tcgetsid(int fd);

__END_DECLS

#endif
