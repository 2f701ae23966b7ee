/*
 * cpu.c - what the processor can do, and switching that on: the FPU, and SSE
 * where there is one, for the programs; the kernel uses neither. A 486 that
 * has CPUID will do. Intel SDM 3A, 2.5 (control registers) and 10.6 (SSE).
 */
#include "lib/printk.h"
#include "trap/trap.h"

#define CPUID_TSC      (1UL << 4)
#define CPUID_FXSR     (1UL << 24)
#define CPUID_SSE      (1UL << 25)
#define CR0_MP         (1UL << 1)
#define CR0_EM         (1UL << 2)
#define CR0_TS         (1UL << 3)
#define CR0_NE         (1UL << 5)
#define CR4_OSFXSR     (1UL << 9)
#define CR4_OSXMMEXCPT (1UL << 10)
#define MXCSR_DEFAULT  0x1f80UL

unsigned long cpu_features;

void cpu_init(void)
{
	unsigned long eax = 1, ebx, ecx, cr0, cr4;

	__asm__("cpuid" : "+a"(eax), "=b"(ebx), "=c"(ecx), "=d"(cpu_features));

	__asm__ volatile("movl %%cr0, %0" : "=r"(cr0));
	cr0 &= ~(CR0_EM | CR0_TS);
	cr0 |= CR0_MP | CR0_NE;
	__asm__ volatile("movl %0, %%cr0" : : "r"(cr0));

	if ((cpu_features & CPUID_SSE) && (cpu_features & CPUID_FXSR)) {
		__asm__ volatile("movl %%cr4, %0" : "=r"(cr4));
		cr4 |= CR4_OSFXSR | CR4_OSXMMEXCPT;
		__asm__ volatile("movl %0, %%cr4" : : "r"(cr4));
	}
}

uint64_t read_cycles(void)
{
	uint64_t cycles = 0;

	if (cpu_features & CPUID_TSC)
		__asm__ volatile("rdtsc" : "=A"(cycles));
	return cycles;
}

void fpu_reset(void)
{
	unsigned long mxcsr = MXCSR_DEFAULT;

	__asm__ volatile("fninit");
	if (cpu_features & CPUID_SSE)
		__asm__ volatile("ldmxcsr %0" : : "m"(mxcsr));
}

/*
 * FXSAVE stores x87 and SSE registers; a CPU without it has only x87. FNSAVE
 * empties the FPU as well, so what was saved is loaded again: fork() saves and
 * goes on.
 */
void fpu_save(void *state)
{
	if (cpu_features & CPUID_FXSR)
		__asm__ volatile("fxsave (%0)" : : "r"(state) : "memory");
	else
		__asm__ volatile("fnsave (%0)\n\t"
				 "frstor (%0)"
				 :
				 : "r"(state)
				 : "memory");
}

void fpu_restore(const void *state)
{
	if (cpu_features & CPUID_FXSR)
		__asm__ volatile("fxrstor (%0)" : : "r"(state));
	else
		__asm__ volatile("frstor (%0)" : : "r"(state));
}
