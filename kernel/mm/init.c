/*
 * init.c - from the boot loader's word to a running frame allocator.
 *
 * boot.asm has mapped all that lowmem can be, 896 MiB. Here we learn what there
 * is, give back the page tables for the rest, write-protect the kernel's text,
 * put mem_map behind what the boot loader has left, and give every frame behind
 * that to the buddy system.
 *
 *   physical   0      1 MiB                                    max_low_pfn
 *              │ BIOS │ kernel │ modules │ mem_map │ free            │
 *   virtual    0xc0000000 + physical
 *
 * Linux: arch/x86/mm/init.c, mm/memblock.c.
 */
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "mm/multiboot.h"

extern char __rodata_end[], __kernel_start[], __kernel_end[];
extern pgd_t swapper_pg_dir[PTRS_PER_PGD];

void page_alloc_init(void);
void kmalloc_init(void);

struct range {
	unsigned long start, end; /* physical: [start, end) */
};

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

/* Behind the kernel and all that the boot loader has put into memory. */
static unsigned long end_of_boot_data(const struct multiboot_info *info)
{
	const struct multiboot_module *modules = __va(info->mods_addr);
	unsigned long end = max(__pa(__kernel_end), __pa(info + 1));

	end = max(end, info->mmap_addr + info->mmap_length);
	if (info->flags & MULTIBOOT_INFO_MODS) {
		end = max(end, __pa(modules + info->mods_count));
		for (unsigned int i = 0; i < info->mods_count; i++)
			end = max(end, modules[i].mod_end);
	}
	return PAGE_ALIGN(end);
}

/* The kernel's entry for ADDRESS, in lowmem. */
static pte_t *lowmem_pte(unsigned long address)
{
	pgd_t table = swapper_pg_dir[pgd_index(address)];

	return (pte_t *)__va(table & PAGE_MASK) + pte_index(address);
}

void set_memory_present(void *address, bool present)
{
	pte_t *pte = lowmem_pte((unsigned long)address);

	*pte = present ? *pte | _PAGE_PRESENT : *pte & ~_PAGE_PRESENT;
	flush_tlb_page((unsigned long)address);
}

/* Kernel text and constants are read-only to the kernel too (CR0.WP). */
static void protect_kernel(void)
{
	unsigned long address = (unsigned long)__kernel_start;

	for (; address < (unsigned long)__rodata_end; address += PAGE_SIZE)
		*lowmem_pte(address) &= ~(pte_t)_PAGE_RW;
	/* Nobody runs at the physical addresses any more. */
	memset(swapper_pg_dir, 0, pgd_index(PAGE_OFFSET) * sizeof(pgd_t));
	flush_tlb();
}

/* The page tables for lowmem that this machine has not got. */
static void free_unused_tables(void)
{
	unsigned long end = ALIGN_UP(max_low_pfn << PAGE_SHIFT, PGDIR_SIZE);

	for (; end < LOWMEM_MAX; end += PGDIR_SIZE) {
		pgd_t *pgd = &swapper_pg_dir[pgd_index(PAGE_OFFSET + end)];
		unsigned long table = *pgd & PAGE_MASK;

		*pgd = 0;
		free_bootmem(table, table + PAGE_SIZE);
	}
}

void mem_init(const struct multiboot_info *info)
{
	const struct multiboot_mmap_entry *entry;
	unsigned long start, end, size;

	find_memory(info);
	protect_kernel();
	start = end_of_boot_data(info);
	size = max_low_pfn * sizeof(struct page);
	end = PAGE_ALIGN(start + size);
	if (end > max_low_pfn << PAGE_SHIFT)
		panic("not enough memory to boot: %lu KiB more are needed",
		      (end - (max_low_pfn << PAGE_SHIFT)) >> 10);
	mem_map = __va(start);
	page_alloc_init();
	kmalloc_init();
	free_unused_tables();
	for_each_memory_range(entry, info) {
		struct range range = usable_range(entry);

		free_bootmem(max(range.start, end), range.end);
	}

	zero_page = get_zeroed_page();
	BUG_ON(!zero_page);
	printk("Memory: %lu KiB free of %lu KiB (kernel %lu KiB, mem_map "
	       "%lu KiB)\n",
	       nr_free_pages << 2, max_low_pfn << 2,
	       (unsigned long)(__kernel_end - __kernel_start) >> 10,
	       size >> 10);
}
