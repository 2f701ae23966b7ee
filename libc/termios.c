/*
 * termios.c - the settings of a terminal. Only a terminal has any, which is
 * how isatty() knows one.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

int tcgetattr(int fd, struct termios *termios)
{
	return ioctl(fd, TCGETS, termios);
}

int tcsetattr(int fd, int when, const struct termios *termios)
{
	if (when < TCSANOW || when > TCSAFLUSH) {
		errno = EINVAL;
		return -1;
	}
	return ioctl(fd, TCSETS + when, termios);
}

int tcsetpgrp(int fd, pid_t group)
{
	return ioctl(fd, TIOCSPGRP, &group);
}

pid_t tcgetpgrp(int fd)
{
	pid_t group;

	return ioctl(fd, TIOCGPGRP, &group) < 0 ? -1 : group;
}

/* The kernel knows which file it is. */
int ttyname_r(int fd, char *buffer, size_t size)
{
	char link[sizeof("/proc/self/fd/-2147483648")];
	ssize_t length;

	if (!isatty(fd))
		return errno;
	sprintf(link, "/proc/self/fd/%d", fd);
	length = readlink(link, buffer, size);
	if (length < 0)
		return errno;
	if ((size_t)length == size)
		return ERANGE;
	buffer[length] = '\0';
	return 0;
}

char *ttyname(int fd)
{
	static char name[32];
	int error = ttyname_r(fd, name, sizeof(name));

	if (error == 0)
		return name;
	errno = error;
	return NULL;
}

int isatty(int fd)
{
	struct termios termios;

	return tcgetattr(fd, &termios) == 0;
}

void cfmakeraw(struct termios *termios)
{
	termios->c_iflag &= ~(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR |
			      IGNCR | ICRNL | IXON);
	termios->c_oflag &= ~OPOST;
	termios->c_lflag &= ~(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
	termios->c_cflag = (termios->c_cflag & ~(CSIZE | PARENB)) | CS8;
	termios->c_cc[VMIN] = 1;
	termios->c_cc[VTIME] = 0;
}

speed_t cfgetospeed(const struct termios *termios)
{
	return termios->c_cflag & CBAUD;
}

speed_t cfgetispeed(const struct termios *termios)
{
	return cfgetospeed(termios);
}

int cfsetospeed(struct termios *termios, speed_t speed)
{
	if (speed & ~CBAUD) {
		errno = EINVAL;
		return -1;
	}
	termios->c_cflag = (termios->c_cflag & ~CBAUD) | speed;
	return 0;
}

int cfsetispeed(struct termios *termios, speed_t speed)
{
	return speed == 0 ? 0 : cfsetospeed(termios, speed);
}

int tcdrain(int fd)
{
	return ioctl(fd, TCSBRK, 1);
}

int tcflush(int fd, int which)
{
	return ioctl(fd, TCFLSH, which);
}

int tcflow(int fd, int action)
{
	return ioctl(fd, TCXONC, action);
}

int tcsendbreak(int fd, int duration)
{
	return ioctl(fd, TCSBRK, 0);
}

pid_t tcgetsid(int fd)
{
	pid_t session;

	return ioctl(fd, TIOCGSID, &session) < 0 ? -1 : session;
}
