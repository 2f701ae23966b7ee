; setjmp.asm - remember the registers that a function must keep, and go back.
; jmp_buf (setjmp.h): ebx, esi, edi, ebp, esp, eip.

global setjmp:function (longjmp - setjmp)
global longjmp:function (longjmp.end - longjmp)

section .text

; int setjmp(jmp_buf context)
setjmp:
	mov	eax, [esp + 4]
	mov	[eax], ebx
	mov	[eax + 4], esi
	mov	[eax + 8], edi
	mov	[eax + 12], ebp
	lea	ecx, [esp + 4]		; esp as it is after our ret
	mov	[eax + 16], ecx
	mov	ecx, [esp]		; our return address
	mov	[eax + 20], ecx
	xor	eax, eax
	ret

; void longjmp(jmp_buf context, int value)
longjmp:
	mov	edx, [esp + 4]
	mov	eax, [esp + 8]
	cmp	eax, 1			; carry only for 0:
	adc	eax, 0			; setjmp() never returns 0 twice
	mov	ebx, [edx]
	mov	esi, [edx + 4]
	mov	edi, [edx + 8]
	mov	ebp, [edx + 12]
	mov	esp, [edx + 16]
	jmp	[edx + 20]
.end:

section .note.GNU-stack noalloc noexec nowrite progbits
