; copy_user.asm - the two instructions of the kernel that touch user memory.
; Each may fault: the exception table says where to go on if the fault is
; refused (uaccess.c). Linux: arch/x86/lib/usercopy_32.c.

bits 32

%include "kernel/trap/cfi.inc"
CFI_CIE_CALL cfi_call

; EX_TABLE instruction, fixup
%macro EX_TABLE 2
	[section __ex_table alloc noexec nowrite align=4]
	dd %1, %2
	__?SECT?__
%endmacro

section .text

; unsigned long __copy_user(void *to, const void *from, unsigned long size)
; Four bytes at a time, then the rest. Returns the bytes not copied.
__copy_user:
	CFI_BEGIN __copy_user, cfi_call, 4
	SAVE	ebp
	mov	ebp, esp
	SAVE	esi
	SAVE	edi
	mov	edi, [ebp + 8]
	mov	esi, [ebp + 12]
	mov	ecx, [ebp + 16]
	mov	edx, ecx
	and	edx, 3
	shr	ecx, 2
.words:
	rep movsd
	mov	ecx, edx
.bytes:
	rep movsb
.done:
	CFI_REMEMBER
	mov	eax, ecx
	RESTORE	edi
	RESTORE	esi
	RESTORE	ebp
	ret
	CFI_RECALL
.words_refused:
	lea	ecx, [edx + ecx * 4]
	mov	eax, edi		; the first bytes of a word may lie on
	or	eax, esi		; the page before: they count
	test	al, 3
	jnz	.bytes
	jmp	.done
	CFI_END
	EX_TABLE .words, .words_refused
	EX_TABLE .bytes, .done
