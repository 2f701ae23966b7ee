; sigreturn.asm - where a signal handler returns to: the kernel pushed one of
; these addresses for it, and takes from the stack what it saved of the program.
; There are two kinds of stack frame: with siginfo_t (SA_SIGINFO), and without;
; the second has the signal's number on top, which was the handler's argument.
;
; void __restore_rt(void), __restore(void);

global __restore_rt:function (__restore_rt.end - __restore_rt)
global __restore:function (__restore.end - __restore)

%define NR_SIGRETURN	119
%define NR_RT_SIGRETURN	173

section .text

__restore_rt:
	mov	eax, NR_RT_SIGRETURN
	int	0x80
.end:

__restore:
	pop	eax
	mov	eax, NR_SIGRETURN
	int	0x80
.end:

section .note.GNU-stack noalloc noexec nowrite progbits
