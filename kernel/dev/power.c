/*
 * power.c - how the machine stops. Turning a PC off is ACPI's business: a
 * chain of tables in memory leads to a port and to the value that means "off",
 * which stands in the firmware's own program (ACPI Specification 6.4, 4.8.3,
 * 5.2, 7.4.2). Linux: drivers/acpi.
 *
 *     RSDP ──> RSDT ──> FADT ──┬── PM1a_CNT, PM1b_CNT    the ports
 *                              └── DSDT: \_S5_           the value for each
 */
#include "dev/dev.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/mm.h"

/* ── Physical memory, byte by byte: tables lie anywhere ───────────────── */

static uint32_t physical_read(unsigned long physical, unsigned int bytes)
{
	uint32_t value = 0;

	for (unsigned int i = 0; i < bytes; i++) {
		const uint8_t *byte = fixmap_page(physical + i);

		value |= (uint32_t)*byte << 8 * i;
	}
	return value;
}

static bool physical_equal(unsigned long physical, const char *text)
{
	for (; *text; text++, physical++)
		if (physical_read(physical, 1) != (uint8_t)*text)
			return false;
	return true;
}

/* All bytes of a table add up to 0. */
static bool checksum_valid(unsigned long physical, unsigned long length)
{
	uint8_t sum = 0;

	for (unsigned long i = 0; i < length; i++)
		sum += physical_read(physical + i, 1);
	return sum == 0;
}

/* ── Tables ───────────────────────────────────────────────────────────── */

#define RSDP_LENGTH 20 /* the part of ACPI 1.0 */
#define RSDP_ALIGN  16
#define RSDP_RSDT   16

#define TABLE_LENGTH 4 /* offset of the length in every table's header */
#define TABLE_HEADER 36 /* bytes */
#define TABLE_MAX    (1UL << 20) /* longer is not believed */

#define FADT_DSDT        40
#define FADT_SMI_CMD     48
#define FADT_ACPI_ENABLE 52
#define FADT_PM1A_CNT    64
#define FADT_PM1B_CNT    68

#define EBDA_SEGMENT 0x40e /* BIOS data: where the extended area begins */
#define EBDA_SIZE    1024
#define BIOS_START   0xe0000
#define BIOS_END     0x100000

static unsigned long scan_for_rsdp(unsigned long start, unsigned long end)
{
	for (; start < end; start += RSDP_ALIGN)
		if (physical_equal(start, "RSD PTR ") &&
		    checksum_valid(start, RSDP_LENGTH))
			return start;
	return 0;
}

static unsigned long find_rsdp(void)
{
	unsigned long ebda = physical_read(EBDA_SEGMENT, 2) << 4;
	unsigned long rsdp = 0;

	if (ebda)
		rsdp = scan_for_rsdp(ebda, ebda + EBDA_SIZE);
	return rsdp ? rsdp : scan_for_rsdp(BIOS_START, BIOS_END);
}

/* The length of the table at PHYSICAL, if it is an intact SIGNATURE; else 0. */
static unsigned long table_length(unsigned long physical, const char *signature)
{
	unsigned long length;

	if (!physical || !physical_equal(physical, signature))
		return 0;
	length = physical_read(physical + TABLE_LENGTH, 4);
	if (length < TABLE_HEADER || length > TABLE_MAX)
		return 0;
	return checksum_valid(physical, length) ? length : 0;
}

static unsigned long find_fadt(void)
{
	unsigned long rsdp = find_rsdp();
	unsigned long rsdt = rsdp ? physical_read(rsdp + RSDP_RSDT, 4) : 0;
	unsigned long length = table_length(rsdt, "RSDT");

	for (unsigned long i = TABLE_HEADER; i + 4 <= length; i += 4) {
		unsigned long table = physical_read(rsdt + i, 4);

		if (table_length(table, "FACP") > FADT_PM1B_CNT)
			return table;
	}
	return 0;
}

/* ── \_S5_ in the DSDT ────────────────────────────────────────────────── */

/* The few words of the firmware's bytecode (AML) that we must understand. */
#define AML_ZERO    0x00
#define AML_ONE     0x01
#define AML_NAME    0x08
#define AML_BYTE    0x0a
#define AML_PACKAGE 0x12

struct sleep_type {
	unsigned int a, b; /* for PM1a_CNT and PM1b_CNT */
};

/* A small integer at *PHYSICAL, which moves behind it. */
static unsigned int aml_integer(unsigned long *physical)
{
	unsigned int value = physical_read((*physical)++, 1);

	if (value == AML_BYTE)
		value = physical_read((*physical)++, 1);
	return value;
}

/*
 * Name (_S5_, Package () { a, b, … }): the name; the package's length, 1 to 4
 * bytes, of which the first says how many follow; the number of elements; the
 * elements.
 */
static bool find_sleep_type(unsigned long dsdt, struct sleep_type *type)
{
	unsigned long end = dsdt + table_length(dsdt, "DSDT");
	unsigned long at;

	for (at = dsdt + TABLE_HEADER; at + 8 < end; at++) {
		uint8_t before = physical_read(at - 1, 1);

		if ((before != AML_NAME && before != '\\') ||
		    !physical_equal(at, "_S5_") ||
		    physical_read(at + 4, 1) != AML_PACKAGE)
			continue;
		at += 5;
		at += 1 + (physical_read(at, 1) >> 6); /* length */
		at += 1; /* number of elements */
		type->a = aml_integer(&at);
		type->b = aml_integer(&at);
		return true;
	}
	return false;
}

/* ── Off ──────────────────────────────────────────────────────────────── */

#define SCI_ENABLE       0x0001 /* PM1_CNT: ACPI is on */
#define SLEEP_TYPE(type) (((type)&7) << 10)
#define SLEEP_ENABLE     0x2000
#define ACPI_POLLS       1000000 /* about a second */

/* The firmware hands the machine over when it is told so by SMI_CMD. */
static void acpi_enable(unsigned long fadt, uint16_t control)
{
	uint16_t smi_command = physical_read(fadt + FADT_SMI_CMD, 4);
	uint8_t enable = physical_read(fadt + FADT_ACPI_ENABLE, 1);

	if (inw(control) & SCI_ENABLE || !smi_command || !enable)
		return;
	outb(smi_command, enable);
	for (unsigned int i = 0; i < ACPI_POLLS; i++)
		if (inw(control) & SCI_ENABLE)
			return;
}

static void sleep(uint16_t control, unsigned int type)
{
	uint16_t value = inw(control) & ~(SLEEP_TYPE(7) | SLEEP_ENABLE);

	outw(control, value | SLEEP_TYPE(type) | SLEEP_ENABLE);
}

/* Returns only where there is no ACPI, or it does not do what it says. */
static void acpi_power_off(void)
{
	unsigned long fadt = find_fadt();
	uint16_t control_a, control_b;
	struct sleep_type type;

	if (!fadt)
		return;
	control_a = physical_read(fadt + FADT_PM1A_CNT, 4);
	control_b = physical_read(fadt + FADT_PM1B_CNT, 4);
	if (!control_a ||
	    !find_sleep_type(physical_read(fadt + FADT_DSDT, 4), &type))
		return;
	acpi_enable(fadt, control_a);
	sleep(control_a, type.a);
	if (control_b)
		sleep(control_b, type.b);
	/* The CPU may get a little further before it is off. */
	for (unsigned int i = 0; i < ACPI_POLLS; i++)
		inw(control_a);
}

static void __noreturn halt(void)
{
	for (;;)
		__asm__ volatile("cli; hlt");
}

/*
 * QEMU's isa-debug-exit: writing v ends QEMU with status 2v + 1. The port is
 * only ever written; in the browser's emulator reading it does harm.
 */
#define DEBUG_EXIT_PORT    0xf4
#define DEBUG_EXIT_SUCCESS 0x10 /* 33 */
#define DEBUG_EXIT_PANIC   0x01 /* 3 */

void machine_power_off(void)
{
	__asm__ volatile("cli");
	serial_flush();
	if (debug_exit)
		outl(DEBUG_EXIT_PORT, DEBUG_EXIT_SUCCESS);
	else
		acpi_power_off();
	pr_warn("It is now safe to turn off your computer.\n");
	halt();
}

void machine_panic_exit(void)
{
	__asm__ volatile("cli");
	serial_flush();
	if (debug_exit)
		outl(DEBUG_EXIT_PORT, DEBUG_EXIT_PANIC);
	halt();
}

/* ── Restart ──────────────────────────────────────────────────────────── */

#define KEYBOARD_COMMAND 0x64
#define KEYBOARD_BUSY    0x02
#define KEYBOARD_RESET   0xfe /* pulse the CPU's reset line */
#define KEYBOARD_POLLS   100000

/* If the keyboard controller does not do it: an exception without an IDT. */
void machine_restart(void)
{
	struct {
		uint16_t limit;
		uint32_t base;
	} __attribute__((packed)) no_idt = { 0, 0 };

	__asm__ volatile("cli");
	serial_flush();
	for (unsigned int i = 0; i < KEYBOARD_POLLS; i++)
		if (!(inb(KEYBOARD_COMMAND) & KEYBOARD_BUSY))
			break;
	outb(KEYBOARD_COMMAND, KEYBOARD_RESET);
	/* Some time for it to happen. */
	for (unsigned int i = 0; i < KEYBOARD_POLLS; i++)
		inb(KEYBOARD_COMMAND);
	__asm__ volatile("lidt %0\n\t"
			 "int3"
			 :
			 : "m"(no_idt));
	halt();
}
