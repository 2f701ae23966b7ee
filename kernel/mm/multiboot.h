/*
 * multiboot.h - what the boot loader tells us (Multiboot Specification
 * 0.6.96, 3.3). All addresses are physical.
 */
#ifndef MM_MULTIBOOT_H
#define MM_MULTIBOOT_H

#include "lib/types.h"

#define MULTIBOOT_BOOTLOADER_MAGIC 0x2badb002

/* multiboot_info.flags: which fields are valid */
#define MULTIBOOT_INFO_CMDLINE (1u << 2)
#define MULTIBOOT_INFO_MODS    (1u << 3)
#define MULTIBOOT_INFO_MMAP    (1u << 6)

struct multiboot_info {
	uint32_t flags;
	uint32_t mem_lower, mem_upper; /* KiB from 0 and from 1 MiB */
	uint32_t boot_device;
	uint32_t cmdline;
	uint32_t mods_count, mods_addr;
	uint32_t syms[4];
	uint32_t mmap_length, mmap_addr; /* bytes; entries below */
};

struct multiboot_module {
	uint32_t mod_start, mod_end; /* bytes; end is the first behind */
	uint32_t string;
	uint32_t reserved;
};

#define MULTIBOOT_MEMORY_AVAILABLE 1

struct multiboot_mmap_entry {
	uint32_t size; /* of the rest of this entry */
	uint64_t addr;
	uint64_t len;
	uint32_t type;
} __attribute__((packed));

#endif
