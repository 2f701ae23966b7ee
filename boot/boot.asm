; boot.asm - from the boot loader to C: the multiboot header, paging, the stack.
;
; A multiboot loader (GRUB, or QEMU's -kernel) leaves us in 32-bit protected
; mode with paging off, eax = the magic, ebx = the physical address of its
; information (Multiboot Specification 0.6.96, 3.2). The kernel is linked for
; 0xc0100000 but lies at 0x00100000, so until paging is on every address
; needs PHYS().

bits 32

PAGE_OFFSET	equ 0xc0000000
%define PHYS(address) ((address) - PAGE_OFFSET)

MULTIBOOT_MAGIC	equ 0x1badb002
MULTIBOOT_FLAGS	equ 0x00000003		; page-aligned modules, memory map

PAGE_PRESENT_RW	equ 0x003
CR0_PG		equ 1 << 31
CR0_WP		equ 1 << 16		; read-only binds the kernel as well

LOWMEM_TABLES	equ 896 / 4		; page tables, 4 MiB each: LOWMEM_MAX
THREAD_SIZE	equ 16384		; as in kernel/proc/task.h

section .multiboot
	align 4
	dd MULTIBOOT_MAGIC
	dd MULTIBOOT_FLAGS
	dd -(MULTIBOOT_MAGIC + MULTIBOOT_FLAGS)

section .text

global _start
extern __bss_start, __bss_end
extern start_kernel

_start:
	cli
	cld
	mov	ebp, eax		; the magic and the information must
	mov	esi, ebx		; survive the next few lines

	; Not every loader zeroes the BSS; the tables below lie in it.
	mov	edi, PHYS(__bss_start)
	mov	ecx, PHYS(__bss_end)
	sub	ecx, edi
	shr	ecx, 2
	xor	eax, eax
	rep stosd

	; Page tables for all of lowmem; mem_init() gives back what is too much.
	mov	edi, PHYS(lowmem_page_tables)
	mov	eax, PAGE_PRESENT_RW
	mov	ecx, LOWMEM_TABLES * 1024
.next_entry:
	stosd
	add	eax, 0x1000
	loop	.next_entry

	; The directory shows them twice: at 0, where we run until the jump
	; below, and at PAGE_OFFSET, where the kernel is linked.
	mov	eax, PHYS(lowmem_page_tables) + PAGE_PRESENT_RW
	mov	edi, PHYS(swapper_pg_dir)
	mov	ecx, LOWMEM_TABLES
.next_table:
	mov	[edi], eax
	mov	[edi + (PAGE_OFFSET >> 22) * 4], eax
	add	eax, 0x1000
	add	edi, 4
	loop	.next_table

	mov	eax, PHYS(swapper_pg_dir)
	mov	cr3, eax
	mov	eax, cr0
	or	eax, CR0_PG | CR0_WP
	mov	cr0, eax
	mov	eax, high_half
	jmp	eax

high_half:
	mov	esp, init_stack + THREAD_SIZE
	push	esi			; start_kernel(magic, information)
	push	ebp
	xor	ebp, ebp		; ends every backtrace
	call	start_kernel		; does not return

section .bss align=16384

global init_stack
init_stack:
	resb THREAD_SIZE

; The kernel's own page directory. Every address space has a copy of its
; upper quarter, so the kernel looks the same from each of them.
global swapper_pg_dir
swapper_pg_dir:
	resb 4096
lowmem_page_tables:
	resb 4096 * LOWMEM_TABLES
