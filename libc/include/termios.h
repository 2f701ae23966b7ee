/*
 * termios.h - how a terminal treats what is typed and printed.
 */
#ifndef _TERMIOS_H
#define _TERMIOS_H

#include <abi/misc.h> /* struct termios and its bits */

#define TCSANOW   0 /* at once */
#define TCSADRAIN 1 /* when all output is out */
#define TCSAFLUSH 2 /* and forget unread input */

/*
 * tcgetattr, tcsetattr - the settings of terminal FD, to and from *TERMIOS.
 * 0; -1: ENOTTY, EBADF, EFAULT; EINVAL for another WHEN.
 */
int tcgetattr(int fd, struct termios *termios);
int tcsetattr(int fd, int when, const struct termios *termios);

#endif
