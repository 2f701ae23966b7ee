/*
 * pic.c - the 8259A interrupt controller: eight wires from the devices become
 * vectors 0x20-0x27. A PC has a second one, which hangs at the first; no device
 * that we drive does at it. Intel 8259A data sheet. Linux:
 * arch/x86/kernel/i8259.c.
 */
#include "dev/dev.h"

#define MASTER_COMMAND 0x20
#define MASTER_DATA    0x21
#define SLAVE_DATA     0xa1
#define CASCADE_IRQ    2 /* the slave hangs here on the master */

#define ICW1_INIT 0x11 /* edge-triggered, two controllers, ICW4 follows */
#define ICW4_8086 0x01 /* vectors as the 8086 wants them, plain EOI */
#define OCW2_EOI  0x20

static uint8_t masked = 0xff; /* bit per IRQ */

void pic_init(void)
{
	outb(MASTER_COMMAND, ICW1_INIT);
	outb(MASTER_DATA, IRQ_VECTOR); /* ICW2 */
	outb(MASTER_DATA, 1 << CASCADE_IRQ); /* ICW3 */
	outb(MASTER_DATA, ICW4_8086);
	outb(MASTER_DATA, masked);
	outb(SLAVE_DATA, 0xff);
}

void pic_unmask(unsigned int irq)
{
	masked &= ~(1u << irq);
	outb(MASTER_DATA, masked);
}

/*
 * A request that went away before the CPU asked which it was is reported as
 * IRQ 7, the lowest. Nothing is in service then that this could end, as the CPU
 * takes no interrupt while it serves one.
 */
void pic_eoi(void)
{
	outb(MASTER_COMMAND, OCW2_EOI);
}
