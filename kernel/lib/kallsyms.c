/*
 * kallsyms.c - from an address in the kernel's text to the name of the
 * function. The table comes from scripts/mksymbols, which reads it from a
 * first link of this kernel; that link itself has none, hence the weak
 * references. Linux: kernel/kallsyms.c.
 */
#include "lib/printk.h"
#include "lib/string.h"

/* Sorted by address; the names follow one another in the same order. */
extern const unsigned int kallsyms_count __attribute__((weak));
extern const unsigned long kallsyms_addresses[] __attribute__((weak));
extern const char kallsyms_names[] __attribute__((weak));

extern const char __kernel_start[], __text_end[]; /* boot/kernel.ld */

const char *kallsyms_lookup(unsigned long address, unsigned long *offset)
{
	const char *name = kallsyms_names;
	unsigned int i = 0;

	if (address < (unsigned long)__kernel_start ||
	    address >= (unsigned long)__text_end)
		return NULL;
	if (!&kallsyms_count || address < kallsyms_addresses[0])
		return NULL;
	/* The last symbol that is not behind ADDRESS. */
	for (; i + 1 < kallsyms_count && kallsyms_addresses[i + 1] <= address;
	     i++)
		name += strlen(name) + 1;
	*offset = address - kallsyms_addresses[i];
	return name;
}
