/*
 * segv.c - do one forbidden thing. Each word of the command line is one way of
 * being refused; the kernel kills the program and says which rule it broke.
 * `segv --list` names them all.
 *
 * To execute data is missing from the list on purpose: the page tables of a
 * 32-bit x86 without PAE have no NX bit, so the CPU does not refuse it.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE   4096ul
#define KERNEL 0xc0100000ul /* where the kernel's own code is */

static const char *own_path; /* argv[0] */

static const char constant[] = "in .rodata, which is read-only";

/* volatile and noinline: the compiler must not reason about these accesses. */
static __attribute__((noinline)) void load(unsigned long address)
{
	(void)*(volatile char *)address;
}

static __attribute__((noinline)) void store(unsigned long address)
{
	*(volatile char *)address = 1;
}

static void jump(unsigned long address)
{
	void (*volatile function)(void) = (void (*)(void))address;

	function();
}

/* Pages of anonymous memory with the rights PROT. */
static unsigned long map(unsigned long pages, int prot)
{
	void *memory = mmap(NULL, pages * PAGE, prot,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED) {
		perror("segv: mmap");
		_exit(1);
	}
	return (unsigned long)memory;
}

/* ── Addresses where nothing is ───────────────────────────────────────── */

static void null_read(void)
{
	load(0);
}

static void null_write(void)
{
	store(0);
}

static void null_jump(void)
{
	jump(0);
}

static void page_zero(void)
{
	load(PAGE - 1);
}

static void heap_gap(void)
{
	unsigned long page_behind = ((unsigned long)sbrk(0) + PAGE - 1) &
				    ~(PAGE - 1);

	store(page_behind);
}

static void heap_returned(void)
{
	unsigned long address = (unsigned long)sbrk(2 * PAGE);

	store(address + PAGE);
	sbrk(-(intptr_t)(2 * PAGE));
	load(address + PAGE);
}

static void unmapped(void)
{
	unsigned long address = map(3, PROT_READ | PROT_WRITE);

	store(address + PAGE);
	munmap((void *)(address + PAGE), PAGE);
	load(address + PAGE);
}

static void unmap_all(void)
{
	/* With the ground under it: not even the next instruction is left. */
	munmap(NULL, 0xc0000000ul);
}

/* An area of this file, longer than the file: SIGBUS behind its end. */
static void file_end(void)
{
	const unsigned long length = 16 * 1024 * 1024;
	int fd = open(own_path, O_RDONLY);
	void *memory = mmap(NULL, length, PROT_READ, MAP_PRIVATE, fd, 0);

	if (memory == MAP_FAILED) {
		perror("segv: mmap");
		_exit(1);
	}
	load((unsigned long)memory + length - 1);
}

/* ── Rights ───────────────────────────────────────────────────────────── */

static void text_write(void)
{
	store((unsigned long)text_write);
}

static void rodata_write(void)
{
	store((unsigned long)constant);
}

static void readonly_write(void)
{
	store(map(1, PROT_READ));
}

/* The zero page is mapped by then: present, and still not ours to write. */
static void readonly_present_write(void)
{
	unsigned long address = map(1, PROT_READ);

	load(address);
	store(address);
}

static void revoked_write(void)
{
	unsigned long address = map(1, PROT_READ | PROT_WRITE);

	store(address);
	mprotect((void *)address, PAGE, PROT_READ);
	store(address);
}

static void none_read(void)
{
	load(map(1, PROT_NONE));
}

static void none_present_read(void)
{
	unsigned long address = map(1, PROT_READ | PROT_WRITE);

	store(address);
	mprotect((void *)address, PAGE, PROT_NONE);
	load(address);
}

/* ── The kernel's half ────────────────────────────────────────────────── */

static void kernel_read(void)
{
	load(KERNEL);
}

static void kernel_write(void)
{
	store(KERNEL);
}

static void kernel_jump(void)
{
	jump(KERNEL);
}

static void last_byte(void)
{
	load(0xffffffff);
}

/* ── The stack ────────────────────────────────────────────────────────── */

static unsigned int recurse(unsigned int depth)
{
	volatile char frame[1024];

	frame[0] = (char)depth;
	if (depth == 0)
		return 0;
	return recurse(depth - 1) + (unsigned int)frame[0];
}

static void stack_overflow(void)
{
	recurse(0xffffffff); /* 4 TiB of frames */
}

static void stack_limit(void)
{
	volatile char here = 0;

	load((unsigned long)&here - 9 * 1024 * 1024);
}

static void stack_pointer(void)
{
	__asm__ volatile("movl $16, %esp\n\tpushl %eax");
}

/* ── Instructions that ring 3 may not execute ─────────────────────────── */

static void hlt(void)
{
	__asm__ volatile("hlt");
}

static void cli(void)
{
	__asm__ volatile("cli");
}

static void in(void)
{
	__asm__ volatile("inb $0x60, %%al" : : : "eax");
}

static void out(void)
{
	__asm__ volatile("outb %%al, $0xf4" : : "a"(0));
}

static void read_cr3(void)
{
	__asm__ volatile("movl %%cr3, %%eax" : : : "eax");
}

static void lidt(void)
{
	static const char nothing[6];

	__asm__ volatile("lidt %0" : : "m"(nothing));
}

/* A gate that only the CPU may use: its privilege level is 0. */
static void int_page_fault(void)
{
	__asm__ volatile("int $14");
}

static void bad_segment(void)
{
	__asm__ volatile("movw %%ax, %%es" : : "a"(0x7c));
}

/* A selector of the kernel's segments, asked for by ring 3. */
static void far_jump(void)
{
	__asm__ volatile("ljmp $0x10, $0");
}

/* ── Other exceptions ─────────────────────────────────────────────────── */

static void divide(void)
{
	volatile int one = 1, zero = 0;
	volatile int result = one / zero;

	(void)result;
}

static void divide_overflow(void)
{
	volatile int smallest = -2147483647 - 1;
	volatile int minus_one = -1;
	volatile int result = smallest / minus_one;

	(void)result;
}

static void undefined(void)
{
	__asm__ volatile("ud2");
}

static void breakpoint(void)
{
	__asm__ volatile("int3");
}

static void single_step(void)
{
	__asm__ volatile("pushfl\n\t"
			 "orl $0x100, (%esp)\n\t" /* EFLAGS.TF */
			 "popfl\n\t"
			 "nop");
}

static void overflow(void)
{
	__asm__ volatile("movb $127, %%al\n\t"
			 "addb $1, %%al\n\t"
			 "into"
			 :
			 :
			 : "eax");
}

static void bound(void)
{
	static const int limits[2] = { 0, 9 };

	__asm__ volatile("bound %0, %1" : : "r"(10), "m"(limits));
}

/* ── The list ─────────────────────────────────────────────────────────── */

static const struct {
	const char *name;
	void (*function)(void);
	const char *what;
} ways[] = {
	{ "null-read", null_read, "read address 0" },
	{ "null-write", null_write, "write address 0" },
	{ "null-jump", null_jump, "call address 0" },
	{ "page-zero", page_zero, "read the last byte of page 0" },
	{ "heap-gap", heap_gap, "write the page behind the break" },
	{ "heap-returned", heap_returned, "read what brk() gave back" },
	{ "unmapped", unmapped, "read what munmap() gave back" },
	{ "unmap-all", unmap_all, "munmap() the program itself" },
	{ "file-end", file_end, "read behind the end of a mapped file" },
	{ "text-write", text_write, "write the program's text" },
	{ "rodata-write", rodata_write, "write a constant" },
	{ "readonly-write", readonly_write, "write an untouched r-- page" },
	{ "readonly-present-write", readonly_present_write,
	  "write an r-- page that was read before" },
	{ "revoked-write", revoked_write, "write after mprotect() to r--" },
	{ "none-read", none_read, "read an untouched --- page" },
	{ "none-present-read", none_present_read,
	  "read after mprotect() to ---" },
	{ "kernel-read", kernel_read, "read the kernel" },
	{ "kernel-write", kernel_write, "write the kernel" },
	{ "kernel-jump", kernel_jump, "call the kernel" },
	{ "last-byte", last_byte, "read address 0xffffffff" },
	{ "stack-overflow", stack_overflow, "recurse without end" },
	{ "stack-limit", stack_limit, "read 9 MiB below the stack pointer" },
	{ "stack-pointer", stack_pointer, "push with esp in page 0" },
	{ "hlt", hlt, "halt the CPU" },
	{ "cli", cli, "turn interrupts off" },
	{ "in", in, "read an I/O port" },
	{ "out", out, "write an I/O port" },
	{ "read-cr3", read_cr3, "read a control register" },
	{ "lidt", lidt, "load an interrupt table" },
	{ "int-page-fault", int_page_fault, "int 14" },
	{ "bad-segment", bad_segment, "load a segment that does not exist" },
	{ "far-jump", far_jump, "jump into the kernel's code segment" },
	{ "divide", divide, "divide by zero" },
	{ "divide-overflow", divide_overflow, "INT_MIN / -1" },
	{ "undefined", undefined, "execute what is no instruction" },
	{ "breakpoint", breakpoint, "int3 without a debugger" },
	{ "single-step", single_step, "set the trap flag" },
	{ "overflow", overflow, "into, with the overflow flag set" },
	{ "bound", bound, "bound, with the index outside" },
};

#define WAYS (sizeof(ways) / sizeof(ways[0]))

static void list(void)
{
	for (size_t i = 0; i < WAYS; i++)
		printf("%-24s%s\n", ways[i].name, ways[i].what);
}

int main(int argc, char **argv)
{
	own_path = argv[0];
	if (argc == 2 && strcmp(argv[1], "--list") == 0) {
		list();
		return 0;
	}
	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		puts("usage: segv WAY\n"
		     "       segv --list\n"
		     "Does one forbidden thing, and is killed for it. The "
		     "status is 1 if the kernel\nlet it pass. These are the "
		     "WAYs; --list prints nothing else.\n");
		list();
		return 0;
	}
	for (size_t i = 0; i < WAYS && argc == 2; i++) {
		if (strcmp(argv[1], ways[i].name) == 0) {
			ways[i].function();
			printf("segv: %s was not refused\n", ways[i].name);
			return 1;
		}
	}
	fprintf(stderr, "segv: %s; --list shows the ways\n",
		argc == 2 ? "there is no such way" : "one way at a time");
	return 2;
}
