/*
 * kernel_mm_host.c - the process in which the tests of kernel/mm run: one test
 * by name, memory at the addresses where the kernel expects it, and the
 * instructions that a process may not use. Those trap into a signal handler,
 * which does to the CPU of kernel_mm_cpu.c what they would do to a real one.
 * So the kernel's sources need no change.
 */
#define _GNU_SOURCE
#include <sanitizer/asan_interface.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#define PAGE_OFFSET 0xc0000000UL
#define PAGE_SIZE   4096UL

/* kernel_mm_host.h has these for the side with the kernel's headers. */
struct test {
	const char *name;
	void (*run)(void);
	struct test *next;
};

void cpu_invlpg(unsigned long address);
unsigned long cpu_read_cr3(void);
void cpu_write_cr3(unsigned long value);

static struct test *tests;
unsigned long test_seed, test_step;
jmp_buf bug_return;
bool bug_expected;

void register_test(struct test *test)
{
	test->next = tests;
	tests = test;
}

__attribute__((noreturn, format(printf, 3, 4))) void
fail(const char *file, int line, const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fprintf(stderr, "%s:%d: ", file, line);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\n(seed %lu, step %lu)\n", test_seed, test_step);
	exit(1);
}

/* ── Random numbers: Knuth's MMIX generator, the upper bits ───────────── */

static uint64_t random_state;

void random_start(unsigned long seed)
{
	test_seed = seed;
	random_state = seed;
}

unsigned long random_below(unsigned long limit)
{
	random_state =
		random_state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (random_state >> 32) % limit;
}

/* ── Physical memory ──────────────────────────────────────────────────── */

void map_physical_memory(unsigned long frames)
{
	void *memory = mmap((void *)PAGE_OFFSET, frames * PAGE_SIZE,
			    PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
			    -1, 0);

	if (memory != (void *)PAGE_OFFSET) {
		perror("cannot map memory at 0xc0000000 (64-bit host kernel?)");
		exit(1);
	}
	for (unsigned long i = 0; i < frames; i++)
		memset((char *)memory + i * PAGE_SIZE, 0xa5, 64);
}

void forbid_memory(void *address, unsigned long size)
{
	ASAN_POISON_MEMORY_REGION(address, size);
}

void allow_memory(void *address, unsigned long size)
{
	ASAN_UNPOISON_MEMORY_REGION(address, size);
}

/* ── Privileged instructions (Intel SDM 2: MOV to/from CR, INVLPG) ────── */

static struct sigaction sanitizer_action;

/* The context's registers are in the order of PUSHA, the CPU's backwards. */
static greg_t *cpu_register(ucontext_t *context, unsigned int number)
{
	static const int index[8] = { REG_EAX, REG_ECX, REG_EDX, REG_EBX,
				      REG_ESP, REG_EBP, REG_ESI, REG_EDI };

	return &context->uc_mcontext.gregs[index[number]];
}

/* 0F 01 /7 INVLPG m; 0F 20 /3 MOV r32, CR3; 0F 22 /3 MOV CR3, r32. */
static bool emulate(ucontext_t *context)
{
	greg_t *ip = &context->uc_mcontext.gregs[REG_EIP];
	const unsigned char *code = (const unsigned char *)*ip;
	unsigned int mod = code[2] >> 6, reg = code[2] >> 3 & 7;
	unsigned int rm = code[2] & 7;

	if (code[0] != 0x0f)
		return false;
	if (code[1] == 0x01 && reg == 7 && mod == 0 && rm != 4 && rm != 5)
		cpu_invlpg(*cpu_register(context, rm));
	else if (code[1] == 0x20 && reg == 3 && mod == 3)
		*cpu_register(context, rm) = cpu_read_cr3();
	else if (code[1] == 0x22 && reg == 3 && mod == 3)
		cpu_write_cr3(*cpu_register(context, rm));
	else
		return false;
	*ip += 3;
	return true;
}

/* SI_KERNEL: a general-protection fault. All else is ASan's to report. */
static void on_segv(int signal, siginfo_t *info, void *context)
{
	if (info->si_code == SI_KERNEL && emulate(context))
		return;
	sigaction(signal, &sanitizer_action, NULL);
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_sigaction = on_segv,
				    .sa_flags = SA_SIGINFO };

	sigaction(SIGSEGV, &action, &sanitizer_action);
	for (struct test *test = tests; test; test = test->next) {
		if (argc != 2 || strcmp(argv[1], test->name) != 0)
			continue;
		test->run();
		printf("ok %s\n", test->name);
		return 0;
	}
	fprintf(stderr, "usage: %s TEST, one of\n", argv[0]);
	for (struct test *test = tests; test; test = test->next)
		fprintf(stderr, "\t%s\n", test->name);
	return 2;
}
