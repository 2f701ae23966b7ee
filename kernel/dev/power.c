/*
 * power.c - how the machine stops. Turning a PC off is the business of the
 * ACPI register PM1 control, and SeaBIOS, the firmware of QEMU, has it at a
 * fixed port. Elsewhere we halt and say so; Linux reads in the firmware's
 * tables where it is (drivers/acpi/sleep.c; ACPI 6.5, 4.8.3.2).
 */
#include "dev/dev.h"
#include "lib/printk.h"

#define PM1_CONTROL 0x604
#define SOFT_OFF    0x2000 /* sleep now (bit 13), type 0: off */
#define ABSENT      0xff /* nobody answers */

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

/* Returns where there is no such register. */
static void soft_off(void)
{
	if (inb(PM1_CONTROL) == ABSENT)
		return;
	outw(PM1_CONTROL, SOFT_OFF);
	halt(); /* it takes a moment */
}

void machine_power_off(void)
{
	serial_flush();
	if (debug_exit)
		outb(DEBUG_EXIT_PORT, DEBUG_EXIT_SUCCESS);
	else
		soft_off();
	pr_warn("It is now safe to turn off your computer.\n");
	halt();
}

void machine_panic_exit(void)
{
	serial_flush();
	if (debug_exit)
		outb(DEBUG_EXIT_PORT, DEBUG_EXIT_PANIC);
	halt();
}

void machine_restart(void)
{
	serial_flush();
	outb(KEYBOARD_COMMAND, KEYBOARD_RESET);
	halt();
}
