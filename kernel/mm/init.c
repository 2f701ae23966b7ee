/*
 * init.c - from the boot loader's word to a running frame allocator.
 *
 * boot.asm has mapped 12 MiB. Here all of lowmem gets its page tables, then
 * mem_map is laid out, then every frame that is neither the kernel's nor a
 * boot module's goes to the buddy system. Until then memory comes from
 * bootmem_alloc(), which only ever moves forward behind the kernel.
 *
 *   physical   0      1 MiB                                    max_low_pfn
 *              │ BIOS │ kernel │ tables │ mem_map │ modules … free … │
 *   virtual    0xc0000000 + physical
 *
 * Linux: arch/x86/mm/init.c, mm/memblock.c.
 */
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "mm/multiboot.h"

extern char __text_end[], __rodata_end[], __kernel_start[], __kernel_end[];
extern pgd_t swapper_pg_dir[PTRS_PER_PGD];

void page_alloc_init(void);
void kmalloc_init(void);

/* What bootmem_alloc() and the buddy system must leave alone: [start, end). */
struct range {
	unsigned long start, end;
};

#define MAX_RESERVED 20

static struct range reserved[MAX_RESERVED];
static unsigned int nr_reserved;
static unsigned long bootmem_next;
static pte_t fixmap_table[PTRS_PER_PTE] __attribute__((aligned(PAGE_SIZE)));

static void reserve(unsigned long start, unsigned long end)
{
	if (nr_reserved == MAX_RESERVED)
		panic("more than %u boot modules", MAX_RESERVED);
	reserved[nr_reserved++] =
		(struct range){ start & PAGE_MASK, PAGE_ALIGN(end) };
}

/* The lowest reserved range that has a byte in [START, END), or NULL. */
static const struct range *first_reserved(unsigned long start,
					  unsigned long end)
{
	const struct range *first = NULL;

	for (const struct range *range = reserved;
	     range < reserved + nr_reserved; range++)
		if (range->start < end && range->end > start &&
		    (!first || range->start < first->start))
			first = range;
	return first;
}

void *fixmap_page(unsigned long physical)
{
	fixmap_table[0] = (physical & PAGE_MASK) | _PAGE_PRESENT | _PAGE_RW;
	flush_tlb_page(FIXMAP_START);
	return (char *)FIXMAP_START + (physical & ~PAGE_MASK);
}

#define for_each_memory_range(entry, info)                                  \
	for (entry = __va((info)->mmap_addr);                               \
	     (void *)entry < __va((info)->mmap_addr + (info)->mmap_length); \
	     entry = (void *)((char *)&entry->addr + entry->size))

/* The part of ENTRY that is lowmem; empty if it is not RAM. */
static struct range usable_range(const struct multiboot_mmap_entry *entry)
{
	uint64_t end = min(entry->addr + entry->len, LOWMEM_MAX);

	if (entry->type != MULTIBOOT_MEMORY_AVAILABLE || entry->addr >= end)
		return (struct range){ 0, 0 };
	return (struct range){ PAGE_ALIGN(entry->addr), end & PAGE_MASK };
}

static void find_memory(const struct multiboot_info *info)
{
	const struct multiboot_mmap_entry *entry;
	uint64_t total = 0;
	unsigned long end = 0;

	if (!(info->flags & MULTIBOOT_INFO_MMAP))
		panic("the boot loader gave no memory map");
	for_each_memory_range(entry, info) {
		if (entry->type == MULTIBOOT_MEMORY_AVAILABLE)
			total += entry->len;
		end = max(end, usable_range(entry).end);
	}
	max_low_pfn = end >> PAGE_SHIFT;

	printk("Memory: %lu MiB of RAM, lowmem ends at %lu MiB\n",
	       (unsigned long)(total >> 20), end >> 20);
	if (total > LOWMEM_MAX)
		printk("Memory: %lu MiB above are not used: the kernel maps "
		       "%lu MiB and has no highmem\n",
		       (unsigned long)((total - LOWMEM_MAX) >> 20),
		       LOWMEM_MAX >> 20);
}

static void reserve_boot_data(const struct multiboot_info *info)
{
	const struct multiboot_module *modules = __va(info->mods_addr);
	unsigned long start = (unsigned long)info - PAGE_OFFSET;

	/* Firmware data, video memory, ROMs, and the kernel itself. */
	reserve(0, __pa(__kernel_end));
	reserve(start, start + sizeof(*info));
	reserve(info->mmap_addr, info->mmap_addr + info->mmap_length);
	if (info->flags & MULTIBOOT_INFO_CMDLINE)
		reserve(info->cmdline,
			info->cmdline + strlen(__va(info->cmdline)) + 1);
	if (!(info->flags & MULTIBOOT_INFO_MODS) || !info->mods_count)
		return;
	reserve(info->mods_addr,
		info->mods_addr + info->mods_count * sizeof(*modules));
	for (unsigned int i = 0; i < info->mods_count; i++)
		reserve(modules[i].mod_start, modules[i].mod_end);
}

/* SIZE bytes behind the kernel, in RAM and clear of what is reserved. */
static unsigned long bootmem_alloc(unsigned long size)
{
	unsigned long start = PAGE_ALIGN(bootmem_next);
	const struct range *range;

	while ((range = first_reserved(start, start + size)))
		start = range->end;
	bootmem_next = PAGE_ALIGN(start + size);
	if (bootmem_next > max_low_pfn << PAGE_SHIFT)
		panic("not enough memory to boot: %lu KiB more are needed",
		      (bootmem_next - (max_low_pfn << PAGE_SHIFT)) >> 10);
	return start;
}

/* Kernel text and constants are read-only to the kernel too (CR0.WP). */
static pte_t kernel_pte(unsigned long physical)
{
	unsigned long address = physical + PAGE_OFFSET;
	bool read_only = address >= (unsigned long)__kernel_start &&
			 address < (unsigned long)__rodata_end;

	return physical | _PAGE_PRESENT | (read_only ? 0 : _PAGE_RW);
}

/* A new table may lie outside what is mapped yet: the fixmap reaches it. */
static void map_lowmem(void)
{
	unsigned long end = max_low_pfn << PAGE_SHIFT;
	unsigned long physical = 0;

	swapper_pg_dir[pgd_index(FIXMAP_START)] = __pa(fixmap_table) |
						  _PAGE_PRESENT | _PAGE_RW;
	while (physical < end) {
		unsigned long table = bootmem_alloc(PAGE_SIZE);
		pte_t *entries = fixmap_page(table);

		for (int i = 0; i < PTRS_PER_PTE; i++) {
			entries[i] = physical < end ? kernel_pte(physical) : 0;
			physical += PAGE_SIZE;
		}
		swapper_pg_dir[pgd_index(PAGE_OFFSET + physical - 1)] =
			table | _PAGE_PRESENT | _PAGE_RW;
	}
	memset(swapper_pg_dir, 0, pgd_index(PAGE_OFFSET) * sizeof(pgd_t));
	flush_tlb();
}

void set_memory_present(void *address, bool present)
{
	pgd_t pgd = swapper_pg_dir[pgd_index(address)];
	pte_t *pte = (pte_t *)__va(pgd & PAGE_MASK) + pte_index(address);

	*pte = present ? *pte | _PAGE_PRESENT : *pte & ~_PAGE_PRESENT;
	flush_tlb_page((unsigned long)address);
}

static void free_unreserved(struct range range)
{
	const struct range *taken;

	while ((taken = first_reserved(range.start, range.end))) {
		free_bootmem(range.start, taken->start);
		range.start = taken->end;
	}
	free_bootmem(range.start, range.end);
}

void mem_init(const struct multiboot_info *info)
{
	const struct multiboot_mmap_entry *entry;
	unsigned long size;

	find_memory(info);
	reserve_boot_data(info);
	bootmem_next = __pa(__kernel_end);
	map_lowmem();

	size = max_low_pfn * sizeof(struct page);
	mem_map = __va(bootmem_alloc(size));
	page_alloc_init();
	kmalloc_init();
	reserve(__pa(__kernel_end), bootmem_next);
	for_each_memory_range(entry, info)
		free_unreserved(usable_range(entry));

	zero_page = get_zeroed_page();
	BUG_ON(!zero_page);
	printk("Memory: %lu KiB free of %lu KiB (kernel %lu KiB, mem_map "
	       "%lu KiB)\n",
	       nr_free_pages << 2, max_low_pfn << 2,
	       (unsigned long)(__kernel_end - __kernel_start) >> 10,
	       size >> 10);
}
