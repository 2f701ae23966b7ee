; crt0.asm - where a program begins: from the stack that the kernel prepared
; to main(), and from there to exit(). System V ABI, Intel386 supplement, 3-28.

global _start:function (_start.end - _start)
extern main, exit, environ

section .text

; At entry esp points at argc; above it argv[0] … NULL, the environment … NULL,
; and the auxiliary vector. edx is 0: there is no function for atexit().
_start:
	xor	ebp, ebp		; the outermost frame: backtraces end here
	mov	eax, [esp]		; argc
	lea	ecx, [esp + 4]		; argv
	lea	edx, [ecx + 4*eax + 4]	; envp: behind argv's NULL
	mov	[environ], edx

	and	esp, -16
	sub	esp, 16			; arguments: esp is a multiple of 16
	mov	[esp], eax		; at the call, as gcc expects
	mov	[esp + 4], ecx
	mov	[esp + 8], edx
	call	main

	mov	[esp], eax
	call	exit			; does not return
	hlt
.end:

section .note.GNU-stack noalloc noexec nowrite progbits
