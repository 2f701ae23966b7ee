/*
 * err.h - messages on stderr: "PROGRAM: TEXT: what errno means".
 */
#ifndef _ERR_H
#define _ERR_H

#include <sys/cdefs.h>
#include <stdarg.h>

__BEGIN_DECLS

/*
 * FORMAT is printf()'s and may be NULL. Those with an x leave errno out; err()
 * and errx() then exit(STATUS).
 */
#define __ERR(text) __attribute__((format(printf, text, text + 1)))
void warn(const char *format, ...) __ERR(1);
void warnx(const char *format, ...) __ERR(1);
void err(int status, const char *format, ...) __ERR(2)
	__attribute__((noreturn));
void errx(int status, const char *format, ...) __ERR(2)
	__attribute__((noreturn));
#undef __ERR
void vwarn(const char *format, va_list arguments);
void vwarnx(const char *format, va_list arguments);
void verr(int status, const char *format, va_list arguments)
	__attribute__((noreturn));
void verrx(int status, const char *format, va_list arguments)
	__attribute__((noreturn));

__END_DECLS

#endif
