; crt0.asm - where a program begins: from the stack that the kernel prepared
; to main(), and from there to exit(). System V ABI, Intel386 supplement, 3-28.
; Before main() come the program's constructors, as GNU C calls functions that
; are to run first; the linker makes a table of them.

global _start:function (_start.end - _start)
extern main, exit, environ, __argv, __init_array_start, __init_array_end

section .text

; At entry esp points at argc; above it argv[0] … NULL, the environment … NULL,
; and the auxiliary vector. edx is 0: there is no function for atexit().
_start:
	xor	ebp, ebp		; the outermost frame: backtraces end here
	mov	esi, [esp]		; argc
	lea	edi, [esp + 4]		; argv
	lea	eax, [edi + 4*esi + 4]	; envp: behind argv's NULL
	mov	[environ], eax
	mov	[__argv], edi

	and	esp, -16		; as gcc expects at a call
	mov	ebx, __init_array_start
.next:
	cmp	ebx, __init_array_end
	je	.main
	call	[ebx]
	add	ebx, 4
	jmp	.next

.main:
	sub	esp, 16
	mov	[esp], esi		; the arguments
	mov	[esp + 4], edi
	mov	eax, [environ]
	mov	[esp + 8], eax
	call	main

	mov	[esp], eax
	call	exit			; does not return
	hlt
.end:

section .note.GNU-stack noalloc noexec nowrite progbits
