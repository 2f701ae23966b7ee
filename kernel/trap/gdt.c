/*
 * gdt.c - segments. Paging does the protecting; so all segments are flat, from
 * 0 to 4 GiB, and differ in ring and kind only. The one with a purpose is the
 * task-state segment: it names the stack the CPU takes when it enters ring 0.
 * Intel SDM 3A, 3.4.5 and 7.2.1. Linux: arch/x86/kernel/cpu/common.c.
 */
#include "abi/errno.h"
#include "abi/ldt.h"
#include "mm/mm.h"
#include "proc/task.h"
#include "trap/trap.h"

#define GDT_ENTRIES 16 /* 2-7 are used, and one for threads */
#define TLS_ENTRY   12 /* the first of the three that Linux has */

/* The upper half of an entry, but for base and limit. */
#define KIND_CODE  0x00c09a00 /* limit in pages, ring 0, code, readable */
#define KIND_DATA  0x00c09200 /* likewise, data, writable */
#define KIND_RING3 0x00006000 /* … ring 3 */
#define KIND_TSS   0x00008900 /* limit in bytes, 32-bit TSS, available */
#define LIMIT_4G   0xfffff

/*
 * Of the TSS only the ring-0 stack is used; iomap_base behind the end says that
 * ring 3 may use no port. A double fault is different: the CPU stores all
 * registers in the one and loads them from the other, a stack among them.
 */
static struct tss {
	uint32_t back_link;
	uint32_t sp0, ss0, unused[4];
	uint32_t cr3, ip, flags, ax, cx, dx, bx, sp, bp, si, di;
	uint32_t es, cs, ss, ds, fs, gs, ldt;
	uint16_t trap, iomap_base;
} tss, double_fault_tss;

static char double_fault_stack[PAGE_SIZE];

static uint64_t gdt[GDT_ENTRIES];

static uint64_t entry(uint32_t base, uint32_t limit, uint32_t kind)
{
	uint32_t low = base << 16 | (limit & 0xffff);
	uint32_t high = (base & 0xff000000) | kind | (limit & 0xf0000) |
			(base >> 16 & 0xff);

	return (uint64_t)high << 32 | low;
}

void set_kernel_stack(unsigned long top)
{
	tss.sp0 = top;
}

void registers_at_double_fault(struct pt_regs *regs)
{
#define COPY(name) regs->name = tss.name;
	FOR_EACH_REGISTER(COPY)
	FOR_EACH_GUARDED_REGISTER(COPY)
	regs->vector = DOUBLE_FAULT;
	regs->orig_ax = 0;
}

void gdt_init(void)
{
	struct table_pointer pointer = { sizeof(gdt) - 1, (uint32_t)gdt };

	gdt[KERNEL_CS / 8] = entry(0, LIMIT_4G, KIND_CODE);
	gdt[KERNEL_DS / 8] = entry(0, LIMIT_4G, KIND_DATA);
	gdt[USER_CS / 8] = entry(0, LIMIT_4G, KIND_CODE | KIND_RING3);
	gdt[USER_DS / 8] = entry(0, LIMIT_4G, KIND_DATA | KIND_RING3);
	gdt[TSS_SEL / 8] = entry((uint32_t)&tss, sizeof(tss) - 1, KIND_TSS);
	gdt[DOUBLE_FAULT_TSS / 8] =
		entry((uint32_t)&double_fault_tss, sizeof(tss) - 1, KIND_TSS);
	/* The kernel's half of memory is the same in all page directories. */
	double_fault_tss = (struct tss){
		.cr3 = read_cr3(),
		.ip = (uint32_t)do_double_fault,
		.flags = X86_EFLAGS_FIXED,
		.sp = (uint32_t)double_fault_stack + PAGE_SIZE,
		.es = KERNEL_DS,
		.cs = KERNEL_CS,
		.ss = KERNEL_DS,
		.ds = KERNEL_DS,
		.iomap_base = sizeof(tss),
	};
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

	if (get_user(info, u_info))
		return -EFAULT;
	if (info.entry_number == -1U) {
		if (gdt[TLS_ENTRY])
			return -ESRCH;
		info.entry_number = TLS_ENTRY;
		if (put_user(info.entry_number, &u_info->entry_number))
			return -EFAULT;
	}
	if (info.entry_number != TLS_ENTRY || info.seg_not_present)
		return -EINVAL;
	gdt[TLS_ENTRY] = entry(info.base_addr, info.limit,
			       KIND_DATA | KIND_RING3);
	current->tls[0] = gdt[TLS_ENTRY];
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
	gdt[TLS_ENTRY] = *tls;
	__asm__ volatile("movw %0, %%fs" : : "m"(fs));
	__asm__ volatile("movw %0, %%gs" : : "m"(gs));
}
