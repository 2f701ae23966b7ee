/*
 * limits.h - the ranges of the integer types, from what the compiler says of
 * its target, and a few limits of the system.
 */
#ifndef _LIMITS_H
#define _LIMITS_H

#define CHAR_BIT   8
#define MB_LEN_MAX 4

#define SCHAR_MAX __SCHAR_MAX__
#define SCHAR_MIN (-SCHAR_MAX - 1)
#define UCHAR_MAX (SCHAR_MAX * 2 + 1)
#ifdef __CHAR_UNSIGNED__
#define CHAR_MIN 0
#define CHAR_MAX UCHAR_MAX
#else
#define CHAR_MIN SCHAR_MIN
#define CHAR_MAX SCHAR_MAX
#endif

#define SHRT_MAX   __SHRT_MAX__
#define SHRT_MIN   (-SHRT_MAX - 1)
#define USHRT_MAX  (SHRT_MAX * 2 + 1)
#define INT_MAX    __INT_MAX__
#define INT_MIN    (-INT_MAX - 1)
#define UINT_MAX   (INT_MAX * 2U + 1U)
#define LONG_MAX   __LONG_MAX__
#define LONG_MIN   (-LONG_MAX - 1L)
#define ULONG_MAX  (LONG_MAX * 2UL + 1UL)
#define LLONG_MAX  __LONG_LONG_MAX__
#define LLONG_MIN  (-LLONG_MAX - 1LL)
#define ULLONG_MAX (LLONG_MAX * 2ULL + 1ULL)

#define SSIZE_MAX     INT_MAX
#define PATH_MAX      4096 /* bytes of a path, with its final 0 */
#define NAME_MAX      255 /* bytes of one name in it */
#define PAGE_SIZE     4096 /* bytes */
#define IOV_MAX       1024 /* pieces in one writev() */
#define PIPE_BUF      4096 /* bytes that write() puts into a pipe in one piece */
#define ARG_MAX       131072 /* bytes of arguments and environment, at least */
#define LINE_MAX      2048
#define NGROUPS_MAX   32
#define HOST_NAME_MAX 64
#define LONG_BIT      32
#define WORD_BIT      32

#define _POSIX_ARG_MAX   4096 /* what each system has at least */
#define _POSIX_OPEN_MAX  20
#define _POSIX_NAME_MAX  14
#define _POSIX_PATH_MAX  256
#define _POSIX_PIPE_BUF  512
#define _POSIX2_LINE_MAX 2048

#endif
