/*
 * pic.c - the two 8259A interrupt controllers: sixteen wires from the devices
 * become vectors 0x20-0x2f. Intel 8259A data sheet. Linux:
 * arch/x86/kernel/i8259.c.
 */
#include "dev/dev.h"

#define MASTER_COMMAND 0x20
#define MASTER_DATA    0x21
#define SLAVE_COMMAND  0xa0
#define SLAVE_DATA     0xa1
#define CASCADE_IRQ    2 /* the slave hangs here on the master */

#define ICW1_INIT     0x11 /* edge-triggered, two controllers, ICW4 follows */
#define ICW4_8086     0x01 /* vectors as the 8086 wants them, plain EOI */
#define OCW2_EOI      0x20
#define OCW3_READ_IRR 0x0a /* raised, not yet taken */

static uint16_t masked = 0xffff; /* bit per IRQ */

static void write_masks(void)
{
	outb(MASTER_DATA, masked & 0xff);
	outb(SLAVE_DATA, masked >> 8);
}

void pic_init(void)
{
	outb(MASTER_COMMAND, ICW1_INIT);
	outb(SLAVE_COMMAND, ICW1_INIT);
	outb(MASTER_DATA, IRQ_VECTOR); /* ICW2 */
	outb(SLAVE_DATA, IRQ_VECTOR + 8);
	outb(MASTER_DATA, 1 << CASCADE_IRQ); /* ICW3 */
	outb(SLAVE_DATA, CASCADE_IRQ);
	outb(MASTER_DATA, ICW4_8086);
	outb(SLAVE_DATA, ICW4_8086);
	write_masks();
}

void pic_unmask(unsigned int irq)
{
	masked &= ~(1u << irq);
	if (irq >= 8)
		masked &= ~(1u << CASCADE_IRQ);
	write_masks();
}

bool pic_raised(unsigned int irq)
{
	uint16_t command = irq < 8 ? MASTER_COMMAND : SLAVE_COMMAND;

	outb(command, OCW3_READ_IRR);
	return inb(command) & 1u << irq % 8;
}

/*
 * A request that went away before the CPU asked which it was is reported as
 * the controller's lowest: IRQ 7 or 15. Nothing is in service then that this
 * could end, as the CPU takes no interrupt while it serves one.
 */
void pic_eoi(unsigned int irq)
{
	if (irq >= 8)
		outb(SLAVE_COMMAND, OCW2_EOI);
	outb(MASTER_COMMAND, OCW2_EOI);
}
