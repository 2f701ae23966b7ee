/*
 * fenv.h - how the processor rounds, and which exceptions its results met. All
 * are masked: they are only noted. Results: 0, or another number for failure.
 */
#ifndef _FENV_H
#define _FENV_H

#include <sys/cdefs.h>

#define FE_INVALID    0x01
#define FE_DIVBYZERO  0x04
#define FE_OVERFLOW   0x08
#define FE_UNDERFLOW  0x10
#define FE_INEXACT    0x20
#define FE_ALL_EXCEPT 0x3d

#define FE_TONEAREST  0x000
#define FE_DOWNWARD   0x400
#define FE_UPWARD     0x800
#define FE_TOWARDZERO 0xc00

/* What the instruction fnstenv stores. */
typedef struct {
	unsigned short __control, __pad1;
	unsigned short __status, __pad2;
	unsigned short __tag, __pad3;
	unsigned int __last_instruction[4];
} fenv_t;

typedef unsigned short fexcept_t;

#define FE_DFL_ENV ((const fenv_t *)-1) /* that at the start of a program */

__BEGIN_DECLS

/* EXCEPTIONS: FE_… ORed. fetestexcept() returns those that are noted. */
int feclearexcept(int exceptions);
int feraiseexcept(int exceptions);
int fetestexcept(int exceptions);
int fegetexceptflag(fexcept_t *flags, int exceptions);
int fesetexceptflag(const fexcept_t *flags, int exceptions);

int fegetround(void); /* FE_TONEAREST … */
int fesetround(int mode);

/*
 * All of it: get, set; feholdexcept: get, and clear the exceptions;
 * feupdateenv: set, but keep the exceptions of now.
 */
int fegetenv(fenv_t *environment);
int fesetenv(const fenv_t *environment);
int feholdexcept(fenv_t *environment);
int feupdateenv(const fenv_t *environment);

__END_DECLS

#endif
