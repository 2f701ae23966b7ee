/*
 * gdt.c - segments. Paging does the protecting; so all segments are flat, from
 * 0 to 4 GiB, and differ in ring and kind only. The one with a purpose is the
 * task-state segment: it names the stack the CPU takes when it enters ring 0.
 * Intel SDM 3A, 3.4.5 and 7.2.1. Linux: arch/x86/kernel/cpu/common.c.
 */
#include "abi/errno.h"
#include "abi/ldt.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/task.h"
#include "trap/trap.h"

#define GDT_ENTRIES   16 /* 2-6 used, and 12-14 for threads, as on Linux */
#define TLS_ENTRY_MIN 12
#define TLS_ENTRY_MAX 14

#define ACCESS_CODE 0x9a /* present, ring 0, code, readable */
#define ACCESS_DATA 0x92 /* present, ring 0, data, writable */
#define ACCESS_TSS  0x89 /* present, ring 0, 32-bit TSS, available */
#define ACCESS_DPL3 0x60 /* … ring 3 */
#define FLAGS_FLAT  0xc /* limit in pages, 32-bit */

struct gdt_entry {
	uint16_t limit_low;
	uint16_t base_low;
	uint8_t base_middle;
	uint8_t access;
	uint8_t limit_high_flags;
	uint8_t base_high;
} __attribute__((packed));

struct table_pointer {
	uint16_t limit;
	uint32_t base;
} __attribute__((packed));

/* Of the TSS only the ring-0 stack is used; iomap_base behind the end says
 * that ring 3 may use no port. */
static struct tss {
	uint32_t back_link;
	uint32_t esp0, ss0;
	uint32_t unused[22];
	uint16_t trap, iomap_base;
} tss;

static struct gdt_entry gdt[GDT_ENTRIES];

static void set_entry(unsigned int selector, uint32_t base, uint32_t limit,
		      uint8_t access, uint8_t flags)
{
	struct gdt_entry *entry = &gdt[selector >> 3];

	entry->limit_low = limit & 0xffff;
	entry->limit_high_flags = (limit >> 16) | (flags << 4);
	entry->base_low = base & 0xffff;
	entry->base_middle = (base >> 16) & 0xff;
	entry->base_high = base >> 24;
	entry->access = access;
}

void set_kernel_stack(unsigned long top)
{
	tss.esp0 = top;
}

void gdt_init(void)
{
	struct table_pointer pointer = { sizeof(gdt) - 1, (uint32_t)gdt };

	set_entry(KERNEL_CS, 0, 0xfffff, ACCESS_CODE, FLAGS_FLAT);
	set_entry(KERNEL_DS, 0, 0xfffff, ACCESS_DATA, FLAGS_FLAT);
	set_entry(USER_CS, 0, 0xfffff, ACCESS_CODE | ACCESS_DPL3, FLAGS_FLAT);
	set_entry(USER_DS, 0, 0xfffff, ACCESS_DATA | ACCESS_DPL3, FLAGS_FLAT);
	set_entry(TSS_SEL, (uint32_t)&tss, sizeof(tss) - 1, ACCESS_TSS, 0);
	tss.ss0 = KERNEL_DS;
	tss.iomap_base = sizeof(tss);

	__asm__ volatile("lgdt %0\n\t"
			 "ljmp %1, $1f\n"
			 "1:\n\t"
			 "movl %2, %%ds\n\t"
			 "movl %2, %%es\n\t"
			 "movl %2, %%ss\n\t"
			 "movl %3, %%fs\n\t"
			 "movl %3, %%gs\n\t"
			 "ltr %w4\n\t"
			 "lldt %w3" /* none: after reset there would be one */
			 :
			 : "m"(pointer), "i"(KERNEL_CS), "r"(KERNEL_DS), "r"(0),
			   "r"(TSS_SEL)
			 : "memory");
}

/*
 * The one thing programs may say about segments: where their thread-local
 * storage lies. All other fields have one value that makes sense: a flat,
 * writable data segment of ring 3. Unlike Linux's, an entry cannot be emptied
 * again: so a selector that was valid once stays valid, and the way back to
 * ring 3 never meets a bad one. Linux: arch/x86/kernel/tls.c.
 */
long sys_set_thread_area(struct user_desc __user *u_info)
{
	struct user_desc info;
	unsigned int entry;

	if (copy_from_user(&info, u_info, sizeof(info)))
		return -EFAULT;
	entry = info.entry_number;
	if (entry == -1U) {
		for (entry = TLS_ENTRY_MIN; entry <= TLS_ENTRY_MAX; entry++)
			if (!gdt[entry].access)
				break;
		if (entry > TLS_ENTRY_MAX)
			return -ESRCH;
		if (copy_to_user(&u_info->entry_number, &entry, sizeof(entry)))
			return -EFAULT;
	}
	if (entry < TLS_ENTRY_MIN || entry > TLS_ENTRY_MAX)
		return -EINVAL;
	if (info.seg_not_present)
		return -EINVAL;
	set_entry(entry << 3, info.base_addr, info.limit & 0xfffff,
		  ACCESS_DATA | ACCESS_DPL3, FLAGS_FLAT);
	memcpy(current->tls, &gdt[TLS_ENTRY_MIN], sizeof(current->tls));
	return 0;
}

void save_segments(unsigned short *fs, unsigned short *gs)
{
	__asm__ volatile("movw %%fs, %0" : "=m"(*fs));
	__asm__ volatile("movw %%gs, %0" : "=m"(*gs));
}

/* The selectors come last: the CPU reads the entries when it loads them. */
void load_segments(const uint64_t *tls, unsigned short fs, unsigned short gs)
{
	memcpy(&gdt[TLS_ENTRY_MIN], tls, NR_TLS * sizeof(gdt[0]));
	__asm__ volatile("movw %0, %%fs" : : "m"(fs));
	__asm__ volatile("movw %0, %%gs" : : "m"(gs));
}
