/*
 * power.c - how the machine stops. Turning a PC off is the chipset's business:
 * the PIIX4, which QEMU's PC has, sleeps for good when it is told so in its
 * register PMCNTRL (Intel 82371AB data sheet, 7.1 and 7.2). Elsewhere we halt
 * and say so; Linux reads in the firmware's ACPI tables how it is done
 * (drivers/acpi/sleep.c).
 */
#include "dev/dev.h"
#include "lib/printk.h"

#define PCI_ADDRESS 0xcf8
#define PCI_DATA    0xcfc

#define PIIX4_PM     0x80000b00 /* enable, bus 0, device 1, function 3 */
#define PIIX4_PM_ID  0x71138086 /* its register 0: device, vendor */
#define PIIX4_PMBASE 0x40 /* the register that says where its ports are */

#define PMCNTRL  4
#define SOFT_OFF 0x2000 /* sleep now (bit 13), type 0: off */

#define KEYBOARD_COMMAND 0x64
#define KEYBOARD_RESET   0xfe /* pulse the CPU's reset line */

/*
 * QEMU's isa-debug-exit: writing v ends QEMU with status 2v + 1. The port is
 * only ever written; in the browser's emulator reading it does harm.
 */
#define DEBUG_EXIT_PORT    0xf4
#define DEBUG_EXIT_SUCCESS 0x10 /* 33 */
#define DEBUG_EXIT_PANIC   0x01 /* 3 */

static void __noreturn halt(void)
{
	for (;;)
		__asm__ volatile("cli; hlt");
}

static uint32_t pci_read(uint32_t address)
{
	outl(PCI_ADDRESS, address);
	return inl(PCI_DATA);
}

/* Returns where there is no PIIX4. */
static void soft_off(void)
{
	uint16_t ports;

	if (pci_read(PIIX4_PM) != PIIX4_PM_ID)
		return;
	ports = pci_read(PIIX4_PM + PIIX4_PMBASE) & 0xffc0;
	outw(ports + PMCNTRL, SOFT_OFF);
	halt(); /* it takes a moment */
}

void machine_power_off(void)
{
	serial_flush();
	if (debug_exit)
		outl(DEBUG_EXIT_PORT, DEBUG_EXIT_SUCCESS);
	else
		soft_off();
	pr_warn("It is now safe to turn off your computer.\n");
	halt();
}

void machine_panic_exit(void)
{
	serial_flush();
	if (debug_exit)
		outl(DEBUG_EXIT_PORT, DEBUG_EXIT_PANIC);
	halt();
}

void machine_restart(void)
{
	serial_flush();
	outb(KEYBOARD_COMMAND, KEYBOARD_RESET);
	halt();
}
