/*
 * idt.c - which code the CPU runs on which exception, interrupt or system
 * call. All gates but one are interrupt gates: the kernel runs with interrupts
 * off. Intel SDM 3A, 6.11.
 */
#include "dev/dev.h"
#include "lib/printk.h"
#include "trap/trap.h"

#define IDT_ENTRIES    256
#define GATE_INTERRUPT 0x8e00 /* present, ring 0, 32-bit interrupt gate */
#define GATE_DPL3      0x6000 /* … that ring 3 may call with int */
#define GATE_TASK      0x8500 /* present, ring 0: another TSS is taken */

extern const unsigned long trap_vectors[]; /* entry.asm */
void syscall_entry(void);

static uint64_t idt[IDT_ENTRIES];
static void (*irq_handlers[NR_IRQS])(unsigned int irq);

static void set_gate(unsigned int vector, unsigned long entry, uint32_t type)
{
	idt[vector] = (uint64_t)((entry & 0xffff0000) | type) << 32 |
		      KERNEL_CS << 16 | (entry & 0xffff);
}

void idt_init(void)
{
	struct table_pointer pointer = { sizeof(idt) - 1, (uint32_t)idt };

	for (unsigned int i = 0; i < IRQ_VECTOR + NR_IRQS; i++)
		set_gate(i, trap_vectors[i], GATE_INTERRUPT);
	/* int3 and into are the program's to use, and of course int 0x80. */
	set_gate(3, trap_vectors[3], GATE_INTERRUPT | GATE_DPL3);
	set_gate(4, trap_vectors[4], GATE_INTERRUPT | GATE_DPL3);
	idt[DOUBLE_FAULT] = (uint64_t)GATE_TASK << 32 | DOUBLE_FAULT_TSS << 16;
	set_gate(SYSCALL_VECTOR, (unsigned long)syscall_entry,
		 GATE_INTERRUPT | GATE_DPL3);
	__asm__ volatile("lidt %0" : : "m"(pointer));
}

void request_irq(unsigned int irq, void (*handler)(unsigned int irq))
{
	BUG_ON(irq >= NR_IRQS || irq_handlers[irq]);
	irq_handlers[irq] = handler;
	pic_unmask(irq);
}

void do_irq(unsigned int irq)
{
	if (irq_handlers[irq])
		irq_handlers[irq](irq);
	pic_eoi();
}
