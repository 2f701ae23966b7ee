/*
 * misc.h - the small structures and numbers of the system-call interface that
 * need no file of their own, as Linux has them on i386.
 */
#ifndef ABI_MISC_H
#define ABI_MISC_H

/* clock_gettime64(); the older clock_gettime() has two longs instead. */
struct kernel_timespec {
	long long tv_sec;
	long long tv_nsec;
};

struct old_timespec32 {
	long tv_sec;
	long tv_nsec;
};

/* gettimeofday() */
struct old_timeval32 {
	long tv_sec;
	long tv_usec;
};

/* setitimer() */
#define ITIMER_REAL 0

struct old_itimerval32 {
	struct old_timeval32 it_interval; /* 0: only once */
	struct old_timeval32 it_value; /* until the next; 0: off */
};

/* utimensat(), in the place of nanoseconds */
#define UTIME_NOW  ((1L << 30) - 1L)
#define UTIME_OMIT ((1L << 30) - 2L)

#define TIMER_ABSTIME 1 /* clock_nanosleep(): until, not for */

/* getrandom() */
#define GRND_NONBLOCK 1
#define GRND_RANDOM   2

#define CLOCK_REALTIME           0
#define CLOCK_MONOTONIC          1
#define CLOCK_PROCESS_CPUTIME_ID 2
#define CLOCK_THREAD_CPUTIME_ID  3
#define CLOCK_MONOTONIC_RAW      4
#define CLOCK_REALTIME_COARSE    5
#define CLOCK_MONOTONIC_COARSE   6
#define CLOCK_BOOTTIME           7

/* futex() */
#define FUTEX_WAIT           0
#define FUTEX_WAKE           1
#define FUTEX_WAIT_BITSET    9 /* until a time; bits are not told apart */
#define FUTEX_PRIVATE_FLAG   128
#define FUTEX_CLOCK_REALTIME 256

/* writev() */
struct iovec {
	void *iov_base;
	unsigned long iov_len; /* bytes */
};

#define UIO_MAXIOV 1024

/* uname() */
#define UTS_LENGTH 65

struct utsname {
	char sysname[UTS_LENGTH];
	char nodename[UTS_LENGTH];
	char release[UTS_LENGTH];
	char version[UTS_LENGTH];
	char machine[UTS_LENGTH];
	char domainname[UTS_LENGTH];
};

/* sysinfo() */
struct sysinfo {
	long uptime; /* seconds */
	unsigned long loads[3];
	unsigned long totalram, freeram, sharedram, bufferram; /* units */
	unsigned long totalswap, freeswap;
	unsigned short procs, pad;
	unsigned long totalhigh, freehigh;
	unsigned int mem_unit; /* bytes */
	char _f[8];
};

/* reboot(): two magic numbers guard against accidents */
#define LINUX_REBOOT_MAGIC1        0xfee1dead
#define LINUX_REBOOT_MAGIC2        672274793
#define LINUX_REBOOT_CMD_RESTART   0x01234567
#define LINUX_REBOOT_CMD_HALT      0xcdef0123
#define LINUX_REBOOT_CMD_POWER_OFF 0x4321fedc

/* ioctl() on a terminal */
#define TCGETS     0x5401
#define TCSETS     0x5402
#define TCSETSW    0x5403
#define TCSETSF    0x5404
#define TIOCGPGRP  0x540f
#define TIOCSPGRP  0x5410
#define TIOCGWINSZ 0x5413
#define TIOCGSID   0x5429

#define NCCS 19

struct termios {
	unsigned int c_iflag;
	unsigned int c_oflag;
	unsigned int c_cflag;
	unsigned int c_lflag;
	unsigned char c_line;
	unsigned char c_cc[NCCS];
};

#define ICRNL   0000400 /* c_iflag: CR becomes NL on input */
#define IUTF8   0040000 /* c_iflag: erase takes a whole UTF-8 character */
#define OPOST   0000001 /* c_oflag: process output */
#define ONLCR   0000004 /* c_oflag: NL becomes CR NL on output */
#define B38400  0000017 /* c_cflag: what a console is said to be */
#define CS8     0000060
#define CREAD   0000200
#define HUPCL   0002000
#define ISIG    0000001 /* c_lflag: the interrupt character kills */
#define ICANON  0000002 /* c_lflag: whole lines, with editing */
#define ECHO    0000010
#define ECHOE   0000020 /* c_lflag: erase wipes the character out */
#define ECHOK   0000040
#define NOFLSH  0000200 /* c_lflag: a signal leaves what was typed */
#define TOSTOP  0000400 /* c_lflag: SIGTTOU for writes in the background */
#define ECHOCTL 0001000
#define ECHOKE  0004000

#define VINTR   0
#define VQUIT   1
#define VERASE  2
#define VKILL   3
#define VEOF    4
#define VMIN    6
#define VTIME   5
#define VSUSP   10
#define VWERASE 14

struct winsize {
	unsigned short ws_row;
	unsigned short ws_col;
	unsigned short ws_xpixel;
	unsigned short ws_ypixel;
};

#endif
