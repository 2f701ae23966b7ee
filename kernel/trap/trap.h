/*
 * trap.h - the way in and out of the kernel: the trap frame, exceptions,
 * interrupts, system calls.
 *
 * The kernel runs with interrupts off. They are on in ring 3 and in one place
 * of the kernel, the idle loop; so nothing in between needs a lock.
 */
#ifndef TRAP_TRAP_H
#define TRAP_TRAP_H

#include "lib/types.h"

/*
 * What the CPU and entry.asm push on the kernel stack, in Linux's order: the
 * first six words are also the six arguments of a system call.
 */
struct pt_regs {
	unsigned long bx, cx, dx, si, di, bp, ax;
	unsigned long ds, es;
	unsigned long vector; /* which entry of the IDT */
	unsigned long orig_ax; /* the system call's number, or error code */
	/* pushed by the CPU */
	unsigned long ip, cs, flags;
	/* only when it came from ring 3 */
	unsigned long sp, ss;
};

/* Those that may hold what a program likes, and those that may not. */
#define FOR_EACH_REGISTER(X) \
	X(bx) X(cx) X(dx) X(si) X(di) X(bp) X(ax) X(ip) X(sp)
#define FOR_EACH_GUARDED_REGISTER(X) X(ds) X(es) X(cs) X(ss) X(flags)

#define SYSCALL_VECTOR 0x80 /* int 0x80, also in entry.asm */

/* Segment selectors: the layout of the GDT (kernel/trap/gdt.c). */
#define KERNEL_CS        0x10
#define KERNEL_DS        0x18
#define USER_CS          0x23
#define USER_DS          0x2b
#define TSS_SEL          0x30
#define DOUBLE_FAULT_TSS 0x38

#define DOUBLE_FAULT 8 /* a vector: another fault on the way into a handler */

static inline unsigned long read_cr3(void)
{
	unsigned long cr3;

	__asm__ volatile("movl %%cr3, %0" : "=r"(cr3));
	return cr3;
}

static inline bool user_mode(const struct pt_regs *regs)
{
	return regs->cs & 3;
}

#define X86_EFLAGS_FIXED 0x2
#define X86_EFLAGS_IF    0x200

/* What lgdt and lidt load. */
struct table_pointer {
	uint16_t limit; /* bytes - 1 */
	uint32_t base;
} __attribute__((packed));

void gdt_init(void);
void idt_init(void);

/* %fs, %gs and the entries of the GDT they may point at belong to a task. */
void save_segments(unsigned short *fs, unsigned short *gs);
void load_segments(const uint64_t *tls, unsigned short fs, unsigned short gs);

/*
 * When the kernel stack is full, not even a fault can be told. So a double
 * fault begins a task of the CPU's, with a stack of its own, which reports.
 */
void do_double_fault(void) __noreturn;
void registers_at_double_fault(struct pt_regs *regs);

/* The stack the CPU switches to when ring 3 is left. */
void set_kernel_stack(unsigned long top);

/* Call HANDLER on hardware interrupt IRQ (0-7) and let it through. */
void request_irq(unsigned int irq, void (*handler)(unsigned int irq));

/* entry.asm: leave for ring 3 with the registers of REGS. */
void return_to_user(struct pt_regs *regs) __noreturn;

/* cpu.c: the processor itself; CPUID.1:EDX. */
void cpu_init(void);
extern unsigned long cpu_features;

/* The time-stamp counter, or 0 on a CPU without (a 486). */
uint64_t read_cycles(void);

/* An FPU as a program finds it: empty, all exceptions masked. */
void fpu_reset(void);
void fpu_save(void *state); /* FPU_SIZE bytes, aligned to 16 */
void fpu_restore(const void *state);

/*
 * The kernel did something it must not: print it, with the registers and a
 * backtrace, and stop the machine.
 */
void die(const char *what, const struct pt_regs *regs) __noreturn;

#endif
