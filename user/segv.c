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

static void heap_gap(unsigned long unused)
{
	unsigned long page_behind = ((unsigned long)sbrk(0) + PAGE - 1) &
				    ~(PAGE - 1);

	store(page_behind);
}

static void heap_returned(unsigned long unused)
{
	unsigned long address = (unsigned long)sbrk(2 * PAGE);

	store(address + PAGE);
	sbrk(-(intptr_t)(2 * PAGE));
	load(address + PAGE);
}

static void unmapped(unsigned long unused)
{
	unsigned long address = map(3, PROT_READ | PROT_WRITE);

	store(address + PAGE);
	munmap((void *)(address + PAGE), PAGE);
	load(address + PAGE);
}

static void unmap_all(unsigned long unused)
{
	/* With the ground under it: not even the next instruction is left. */
	munmap(NULL, 0xc0000000ul);
}

/* An area of this file, longer than the file: SIGBUS behind its end. */
static void file_end(unsigned long unused)
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

static void readonly_write(unsigned long unused)
{
	store(map(1, PROT_READ));
}

/* The zero page is mapped by then: present, and still not ours to write. */
static void readonly_present_write(unsigned long unused)
{
	unsigned long address = map(1, PROT_READ);

	load(address);
	store(address);
}

static void revoked_write(unsigned long unused)
{
	unsigned long address = map(1, PROT_READ | PROT_WRITE);

	store(address);
	mprotect((void *)address, PAGE, PROT_READ);
	store(address);
}

static void none_read(unsigned long unused)
{
	load(map(1, PROT_NONE));
}

static void none_present_read(unsigned long unused)
{
	unsigned long address = map(1, PROT_READ | PROT_WRITE);

	store(address);
	mprotect((void *)address, PAGE, PROT_NONE);
	load(address);
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

static void stack_overflow(unsigned long unused)
{
	recurse(0xffffffff); /* 4 TiB of frames */
}

static void stack_limit(unsigned long unused)
{
	volatile char here = 0;

	load((unsigned long)&here - 9 * 1024 * 1024);
}

static void stack_pointer(unsigned long unused)
{
	__asm__ volatile("movl $16, %esp\n\tpushl %eax");
}

/* ── Instructions that ring 3 may not execute ─────────────────────────── */

static void hlt(unsigned long unused)
{
	__asm__ volatile("hlt");
}

static void cli(unsigned long unused)
{
	__asm__ volatile("cli");
}

static void in(unsigned long unused)
{
	__asm__ volatile("inb $0x60, %%al" : : : "eax");
}

static void out(unsigned long unused)
{
	__asm__ volatile("outb %%al, $0xf4" : : "a"(0));
}

static void read_cr3(unsigned long unused)
{
	__asm__ volatile("movl %%cr3, %%eax" : : : "eax");
}

static void lidt(unsigned long unused)
{
	static const char nothing[6];

	__asm__ volatile("lidt %0" : : "m"(nothing));
}

/* A gate that only the CPU may use: its privilege level is 0. */
static void int_page_fault(unsigned long unused)
{
	__asm__ volatile("int $14");
}

static void bad_segment(unsigned long unused)
{
	__asm__ volatile("movw %%ax, %%es" : : "a"(0x7c));
}

/* A selector of the kernel's segments, asked for by ring 3. */
static void far_jump(unsigned long unused)
{
	__asm__ volatile("ljmp $0x10, $0");
}

/* ── Other exceptions ─────────────────────────────────────────────────── */

static void divide(unsigned long unused)
{
	volatile int one = 1, zero = 0;
	volatile int result = one / zero;

	(void)result;
}

static void divide_overflow(unsigned long unused)
{
	volatile int smallest = -2147483647 - 1;
	volatile int minus_one = -1;
	volatile int result = smallest / minus_one;

	(void)result;
}

static void undefined(unsigned long unused)
{
	__asm__ volatile("ud2");
}

static void breakpoint(unsigned long unused)
{
	__asm__ volatile("int3");
}

static void single_step(unsigned long unused)
{
	__asm__ volatile("pushfl\n\t"
			 "orl $0x100, (%esp)\n\t" /* EFLAGS.TF */
			 "popfl\n\t"
			 "nop");
}

static void overflow(unsigned long unused)
{
	__asm__ volatile("movb $127, %%al\n\t"
			 "addb $1, %%al\n\t"
			 "into"
			 :
			 :
			 : "eax");
}

static void bound(unsigned long unused)
{
	static const int limits[2] = { 0, 9 };

	__asm__ volatile("bound %0, %1" : : "r"(10), "m"(limits));
}

/* ── The list ─────────────────────────────────────────────────────────── */

static const struct {
	const char *name;
	void (*function)(unsigned long address);
	unsigned long address;
	const char *what;
} ways[] = {
	{ "null-read", load, 0, "read address 0" },
	{ "null-write", store, 0, "write address 0" },
	{ "null-jump", jump, 0, "call address 0" },
	{ "page-zero", load, PAGE - 1, "read the last byte of page 0" },
	{ "heap-gap", heap_gap, 0, "write the page behind the break" },
	{ "heap-returned", heap_returned, 0, "read what brk() gave back" },
	{ "unmapped", unmapped, 0, "read what munmap() gave back" },
	{ "unmap-all", unmap_all, 0, "munmap() the program itself" },
	{ "file-end", file_end, 0, "read behind the end of a mapped file" },
	{ "text-write", store, (unsigned long)load,
	  "write the program's text" },
	{ "rodata-write", store, (unsigned long)constant, "write a constant" },
	{ "readonly-write", readonly_write, 0, "write an untouched r-- page" },
	{ "readonly-present-write", readonly_present_write, 0,
	  "write an r-- page that was read before" },
	{ "revoked-write", revoked_write, 0, "write after mprotect() to r--" },
	{ "none-read", none_read, 0, "read an untouched --- page" },
	{ "none-present-read", none_present_read, 0,
	  "read after mprotect() to ---" },
	{ "kernel-read", load, KERNEL, "read the kernel" },
	{ "kernel-write", store, KERNEL, "write the kernel" },
	{ "kernel-jump", jump, KERNEL, "call the kernel" },
	{ "last-byte", load, 0xffffffff, "read address 0xffffffff" },
	{ "stack-overflow", stack_overflow, 0, "recurse without end" },
	{ "stack-limit", stack_limit, 0, "read 9 MiB below the stack pointer" },
	{ "stack-pointer", stack_pointer, 0, "push with esp in page 0" },
	{ "hlt", hlt, 0, "halt the CPU" },
	{ "cli", cli, 0, "turn interrupts off" },
	{ "in", in, 0, "read an I/O port" },
	{ "out", out, 0, "write an I/O port" },
	{ "read-cr3", read_cr3, 0, "read a control register" },
	{ "lidt", lidt, 0, "load an interrupt table" },
	{ "int-page-fault", int_page_fault, 0, "int 14" },
	{ "bad-segment", bad_segment, 0, "load a segment that does not exist" },
	{ "far-jump", far_jump, 0, "jump into the kernel's code segment" },
	{ "divide", divide, 0, "divide by zero" },
	{ "divide-overflow", divide_overflow, 0, "INT_MIN / -1" },
	{ "undefined", undefined, 0, "execute what is no instruction" },
	{ "breakpoint", breakpoint, 0, "int3 without a debugger" },
	{ "single-step", single_step, 0, "set the trap flag" },
	{ "overflow", overflow, 0, "into, with the overflow flag set" },
	{ "bound", bound, 0, "bound, with the index outside" },
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
			ways[i].function(ways[i].address);
			printf("segv: %s was not refused\n", ways[i].name);
			return 1;
		}
	}
	fprintf(stderr, "segv: %s; --list shows the ways\n",
		argc == 2 ? "there is no such way" : "one way at a time");
	return 2;
}
