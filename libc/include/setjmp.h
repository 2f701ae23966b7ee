/*
 * setjmp.h - leave a function by another way than return.
 */
#ifndef _SETJMP_H
#define _SETJMP_H

#include <sys/cdefs.h>

__BEGIN_DECLS

/*
 * ebx, esi, edi, ebp, esp and eip, in this order (see setjmp.asm); for
 * sigsetjmp() the signal mask, and whether it is there.
 */
typedef unsigned long jmp_buf[9];
typedef jmp_buf sigjmp_buf;

/*
 * setjmp - remember this place in CONTEXT. Returns 0; and once more, with the
 * value that longjmp() was given, each time longjmp() comes back here.
 * Local variables that changed in between must be volatile to be trusted.
 */
int setjmp(jmp_buf context) __attribute__((returns_twice));
#define setjmp setjmp

/*
 * longjmp - go back to where setjmp() filled CONTEXT, which returns VALUE (1
 * if VALUE is 0). The function that called setjmp() must not have returned.
 */
void longjmp(jmp_buf context, int value) __attribute__((noreturn));

#define _setjmp(context)         setjmp(context)
#define _longjmp(context, value) longjmp(context, value)

/*
 * The same with the mask of signals, if MASK is not 0: what a handler needs that
 * does not return. A macro: setjmp() must be called from where one comes back.
 */
#define sigsetjmp(context, mask) (__save_mask(context, mask), setjmp(context))
void __save_mask(sigjmp_buf context, int mask);
void siglongjmp(sigjmp_buf context, int value) __attribute__((noreturn));

__END_DECLS

#endif
