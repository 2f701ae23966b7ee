/*
 * types.h - the words every file of the kernel uses: fixed-size integers,
 * and the handful of macros that Linux programmers expect to find.
 */
#ifndef LIB_TYPES_H
#define LIB_TYPES_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef long ssize_t;
typedef long long loff_t; /* an offset in a file, bytes */

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define min(a, b)         ((a) < (b) ? (a) : (b))
#define max(a, b)         ((a) > (b) ? (a) : (b))

/* ALIGN is a power of two. */
#define ALIGN_UP(value, align)   (((value) + (align)-1) & ~((align)-1))
#define ALIGN_DOWN(value, align) ((value) & ~((align)-1))

/* The structure of TYPE whose MEMBER is at POINTER. */
#define container_of(pointer, type, member) \
	((type *)((char *)(pointer)-offsetof(type, member)))

#define likely(condition)   __builtin_expect(!!(condition), 1)
#define unlikely(condition) __builtin_expect(!!(condition), 0)

/* Marks a pointer that a program gave us: only kernel/mm/uaccess follows it. */
#define __user

#define __noreturn          __attribute__((noreturn))
#define noinline            __attribute__((__noinline__))
#define __printf(fmt, args) __attribute__((format(printf, fmt, args)))

/*
 * System calls return a value or -EXXX in one word, and so do functions that
 * return a pointer or an address: the last page of addresses is never used
 * (Linux's include/linux/err.h).
 */
#define MAX_ERRNO       4095
#define IS_ERR_VALUE(x) ((unsigned long)(x) >= (unsigned long)-MAX_ERRNO)

static inline void *ERR_PTR(long error)
{
	return (void *)error;
}

static inline long PTR_ERR(const void *pointer)
{
	return (long)pointer;
}

static inline bool IS_ERR(const void *pointer)
{
	return IS_ERR_VALUE(pointer);
}

#endif
