/*
 * setjmp.h - leave a function by another way than return.
 */
#ifndef _SETJMP_H
#define _SETJMP_H

/* ebx, esi, edi, ebp, esp and eip, in this order: see setjmp.asm. */
typedef unsigned long jmp_buf[6];

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

#endif
