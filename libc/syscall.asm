; syscall.asm - the one instruction through which a program reaches the kernel.
;
; long __syscall(long number, ...);
;
; Linux's convention for i386: number in eax, arguments in ebx ecx edx esi edi
; ebp, result in eax, all other registers kept. The caller of a C function
; expects ebx, esi, edi and ebp unchanged, so they are saved around it. Six
; arguments are always loaded; the kernel looks at those the call really has.

global __syscall:function (__syscall.end - __syscall)

section .text

__syscall:
	push	ebp
	push	ebx
	push	esi
	push	edi
	mov	eax, [esp + 20]
	mov	ebx, [esp + 24]
	mov	ecx, [esp + 28]
	mov	edx, [esp + 32]
	mov	esi, [esp + 36]
	mov	edi, [esp + 40]
	mov	ebp, [esp + 44]
	int	0x80
	pop	edi
	pop	esi
	pop	ebx
	pop	ebp
	ret
.end:

; How to find the caller from any instruction above: DWARF 4, section 6.4. It
; lets gdb's backtrace climb from inside the kernel into the program, although
; ebp holds an argument at that moment. The CFA is esp before the call.

%define CIE_ID			0xffffffff
%define EBX			3		; DWARF's numbers of registers
%define ESP			4
%define EBP			5
%define ESI			6
%define EDI			7
%define EIP			8
%define DW_CFA_def_cfa		0x0c
%define DW_CFA_advance_loc(n)	0x40 | (n)
%define DW_CFA_def_cfa_offset	0x0e
%define DW_CFA_offset(reg, n)	0x80 | (reg), (n) / 4	; saved at CFA - n

section .debug_frame noalloc noexec nowrite progbits align=4

cie:	dd	.end - $ - 4, CIE_ID
	db	1, 0			; version, no augmentation
	db	1, 0x7c, EIP		; code align 1, data align -4, return
	db	DW_CFA_def_cfa, ESP, 4
	db	DW_CFA_offset(EIP, 4)
	align	4, db 0
.end:

; After COUNT more bytes of instructions, DISTANCE from esp to the CFA.
%macro AFTER 2
	db	DW_CFA_advance_loc(%1), DW_CFA_def_cfa_offset, %2
%endmacro

fde:	dd	.end - $ - 4, cie
	dd	__syscall, __syscall.end - __syscall
	AFTER	1, 8			; push ebp
	db	DW_CFA_offset(EBP, 8)
	AFTER	1, 12			; push ebx
	db	DW_CFA_offset(EBX, 12)
	AFTER	1, 16			; push esi
	db	DW_CFA_offset(ESI, 16)
	AFTER	1, 20			; push edi
	db	DW_CFA_offset(EDI, 20)
	AFTER	7*4 + 2 + 1, 16		; seven mov, int 0x80, pop edi
	AFTER	1, 12			; pop esi
	AFTER	1, 8			; pop ebx
	AFTER	1, 4			; pop ebp
	align	4, db 0
.end:

section .note.GNU-stack noalloc noexec nowrite progbits
