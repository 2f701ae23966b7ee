; entry.asm - the ways into the kernel and the one way out.
;
; The CPU has switched to the task's kernel stack and pushed where it was
; (Intel SDM 3A, 6.12). We push the rest of struct pt_regs (trap.h):
;
;     ss esp eflags cs eip      the CPU (ss, esp only when it left ring 3)
;     orig_ax                   the CPU's error code, the number of a system
;                               call, or 0
;     vector                    which entry of the IDT
;     es ds eax ebp edi esi edx ecx ebx
;
; Linux: arch/x86/entry/entry_32.S.

bits 32

KERNEL_DS	equ 0x18
NR_VECTORS	equ 40			; exceptions 0-31, IRQs 32-39
SYSCALL_VECTOR	equ 0x80

%include "cfi.inc"

extern do_trap
extern do_syscall
extern schedule_tail

%macro SAVE_REGISTERS 0
	PUSH	es
	PUSH	ds
	SAVE	eax
	SAVE	ebp
	SAVE	edi
	SAVE	esi
	SAVE	edx
	SAVE	ecx
	SAVE	ebx
	mov	edx, KERNEL_DS
	mov	ds, edx
	mov	es, edx
	cld
%endmacro

section .text

CFI_CIE_TRAP cfi_trap
CFI_CIE_CALL cfi_call

; One small entry per vector. Of the exceptions, 8, 10-14 and 17 come with an
; error code; the others get a 0 in its place.
%assign vector 0
%rep NR_VECTORS
trap_vector_ %+ vector:
  %if vector == 8 || (vector >= 10 && vector <= 14) || vector == 17
	CFI_BEGIN trap_vector_ %+ vector, cfi_trap, 24
  %else
	CFI_BEGIN trap_vector_ %+ vector, cfi_trap, 20
	PUSH	dword 0
  %endif
	PUSH	dword vector
	jmp	trap_entry
	CFI_END
  %assign vector vector + 1
%endrep

trap_entry:
	CFI_BEGIN trap_entry, cfi_trap, 28
	SAVE_REGISTERS
	PUSH	esp			; do_trap(struct pt_regs *)
	call	do_trap
	DROP	4
	jmp	restore_registers
	CFI_END

syscall_entry:
	CFI_BEGIN syscall_entry, cfi_trap, 20
	PUSH	eax			; orig_ax: the number
	PUSH	dword SYSCALL_VECTOR
	SAVE_REGISTERS
	PUSH	esp			; do_syscall(struct pt_regs *)
	call	do_syscall
	DROP	4
	jmp	restore_registers
	CFI_END

restore_registers:
	CFI_BEGIN restore_registers, cfi_trap, 64
	CFI_ALL_SAVED
	RESTORE	ebx
	RESTORE	ecx
	RESTORE	edx
	RESTORE	esi
	RESTORE	edi
	RESTORE	ebp
	RESTORE	eax
	POP	ds
	POP	es
	DROP	8			; vector, orig_ax
	iret
	CFI_END

; void return_to_user(struct pt_regs *regs)
global return_to_user:function
return_to_user:
	mov	esp, [esp + 4]
	jmp	restore_registers

; A child of fork() begins here: its stack holds the registers to take along.
ret_from_fork:
	CFI_BEGIN ret_from_fork, cfi_trap, 64
	CFI_ALL_SAVED
	call	schedule_tail
	jmp	restore_registers
	CFI_END

; void switch_to(unsigned long *save_sp, unsigned long next_sp)
; Leave one kernel stack for another. What C expects to find again after a
; call stays on the stack that is left.
switch_to:
	CFI_BEGIN switch_to, cfi_call, 4
	mov	eax, [esp + 4]
	mov	edx, [esp + 8]
	SAVE	ebp
	SAVE	ebx
	SAVE	esi
	SAVE	edi
	mov	[eax], esp
	mov	esp, edx
	RESTORE	edi
	RESTORE	esi
	RESTORE	ebx
	RESTORE	ebp
	ret
	CFI_END

section .rodata

; Where idt_init() finds the entries.
global trap_vectors
trap_vectors:
%assign vector 0
%rep NR_VECTORS
	dd trap_vector_ %+ vector
  %assign vector vector + 1
%endrep
