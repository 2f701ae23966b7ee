/*
 * sysexits.h - exit statuses that say what kind of failure it was (BSD).
 */
#ifndef _SYSEXITS_H
#define _SYSEXITS_H

#define EX_OK          0
#define EX_USAGE       64 /* wrong arguments */
#define EX_DATAERR     65 /* wrong input */
#define EX_NOINPUT     66 /* no such input */
#define EX_NOUSER      67
#define EX_NOHOST      68
#define EX_UNAVAILABLE 69
#define EX_SOFTWARE    70 /* an internal error */
#define EX_OSERR       71 /* fork() failed, and so on */
#define EX_OSFILE      72
#define EX_CANTCREAT   73
#define EX_IOERR       74
#define EX_TEMPFAIL    75 /* try again */
#define EX_PROTOCOL    76
#define EX_NOPERM      77
#define EX_CONFIG      78

#endif
