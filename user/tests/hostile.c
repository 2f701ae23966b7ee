/*
 * hostile.c - a program that means harm: system calls with numbers, pointers
 * and lengths that nobody would pass, in an order that nobody would choose, and
 * with registers in states that no compiler leaves. The kernel must answer
 * each with a result and go on.
 *
 * `hostile SEED ROUNDS` makes ROUNDS (20000) calls from the sequence that SEED
 * (1) starts. Left out are only those that end the program or the machine,
 * and those that touch the three standard streams.
 */
#include "kernel_call.h"
#include "tap.h"

#define ARENA_PAGES 64ul

static unsigned long arena; /* all that may be unmapped or overwritten */

static unsigned int state; /* of the sequence of pseudo-random numbers */

/* Numerical Recipes' generator; its upper bits are the good ones. */
static unsigned int random_below(unsigned int limit)
{
	state = state * 1664525 + 1013904223;
	return (state >> 8) % limit;
}

static unsigned long random_address(void)
{
	static const char text[] = "/dev/null";
	const unsigned long fixed[] = {
		0,          1,          4095,       4096,
		0x7fffffff, 0x80000000, 0xbfffffff, 0xc0000000,
		0xc0000fff, 0xc0100000, 0xc0400000, 0xffc00000,
		0xfffff000, 0xfffffffc, 0xffffffff, (unsigned long)text,
	};

	switch (random_below(4)) {
	case 0:
		return fixed[random_below(16)];
	case 1:
		return arena + random_below(ARENA_PAGES * PAGE);
	default:
		return arena + random_below(ARENA_PAGES) * PAGE;
	}
}

static unsigned long random_number(void)
{
	switch (random_below(5)) {
	case 0:
		return random_below(16);
	case 1:
		return 1ul << random_below(32);
	case 2:
		return -(unsigned long)random_below(5000);
	case 3:
		return random_below(ARENA_PAGES) * PAGE;
	default:
		return random_below(0x10000) << 16 | random_below(0x10000);
	}
}

/* A descriptor, but never 0, 1 or 2. */
static unsigned long random_fd(void)
{
	unsigned long fd = random_number();

	return random_below(3) == 0 && fd > 2 ? fd : 3 + random_below(20);
}

/* A range that stays in the arena, or one that no range can be. */
static void random_range(unsigned long *address, unsigned long *length)
{
	unsigned long first = random_below(ARENA_PAGES);

	*address = arena + first * PAGE;
	*length = random_below((unsigned int)(ARENA_PAGES - first) * PAGE);
	switch (random_below(8)) {
	case 0:
		*address += 1 + random_below(PAGE - 1);
		*length = PAGE; /* not aligned: refused */
		break;
	case 1:
		*length = -random_below(0x10000); /* wraps: refused */
		break;
	case 2:
		*address = 0xc0000000 + random_below(0x3ffff) * PAGE;
		break;
	default:
		break;
	}
}

/* Of processes: nobody is hurt, none is made, and nothing waits. */
static long call_about_processes(void)
{
	const long far = 0x40000000; /* no process, no group */
	const long thread = 0x10000; /* CLONE_THREAD: refused */
	long number = (long)random_number();

	switch (random_below(9)) {
	case 0:
		return kernel_call(SYS_setpgid, number, (long)random_number());
	case 1:
		return kernel_call(SYS_getpgid, number);
	case 2:
		return kernel_call(SYS_getsid, number);
	case 3:
		return kernel_call(SYS_wait4, number, (long)random_address(),
				   (long)random_number(),
				   (long)random_address());
	case 4:
		return kernel_call(SYS_waitpid, number, (long)random_address(),
				   (long)random_number());
	case 5:
		return kernel_call(SYS_kill, (number & 0xffff) | far, number);
	case 6:
		return kernel_call(SYS_clock_getres, (long)random_below(4),
				   (long)random_address());
	case 7:
		return kernel_call(SYS_clone, number | thread,
				   (long)random_address());
	default:
		return kernel_call(SYS_execve, (long)"/dev/null",
				   (long)random_address(),
				   (long)random_address());
	}
}

/* One random call. Returns its result. */
static long call(void)
{
	static const char *const paths[] = {
		"/dev/null",       "/dev/zero",     "/proc/self/maps",
		"/proc/self/stat", "/proc/meminfo", "/",
		"/nonsense",       "/dev/null/x",   "",
	};
	unsigned long address, length, old;

	random_range(&address, &length);
	switch (random_below(17)) {
	case 0:
		return kernel_call(SYS_read, (long)random_fd(),
				   (long)random_address(),
				   (long)random_number());
	case 1:
		return kernel_call(SYS_write, (long)random_fd(),
				   (long)random_address(),
				   (long)random_number());
	case 2:
		return kernel_call(SYS_open,
				   random_below(2)
					   ? (long)random_address()
					   : (long)paths[random_below(9)],
				   /* a file made would stay: frames missing */
				   (long)random_number() & ~(long)O_CREAT,
				   (long)random_number());
	case 3:
		return kernel_call(SYS_close, (long)random_fd());
	case 4:
		return kernel_call(SYS_lseek, (long)random_fd(),
				   (long)random_number(),
				   (long)random_below(4));
	case 5:
		old = (unsigned long)kernel_call(SYS_brk, 0);
		kernel_call(SYS_brk, (long)random_address());
		return kernel_call(SYS_brk, (long)old);
	case 6:
		return kernel_call(SYS_ioctl, (long)random_fd(),
				   (long)random_number(),
				   (long)random_address());
	case 7:
		return kernel_munmap(address, length);
	case 8:
		return kernel_call(SYS_uname, (long)random_address());
	case 9:
		return kernel_mprotect(address, length, (int)random_number());
	case 10:
		return kernel_call(SYS__llseek, (long)random_fd(),
				   (long)random_number(), (long)random_number(),
				   (long)random_address(),
				   (long)random_below(4));
	case 11:
		return kernel_call(SYS_writev, (long)random_fd(),
				   (long)random_address(),
				   (long)random_number());
	case 12:
		return kernel_call(SYS_mmap2, (long)address, (long)length,
				   (long)random_number(),
				   (long)(random_number() | MAP_FIXED |
					  MAP_PRIVATE | MAP_ANONYMOUS),
				   (long)random_fd(), (long)random_number());
	case 13:
		return random_below(2)
			       ? kernel_call(SYS_stat64, (long)random_address(),
					     (long)random_address())
			       : kernel_call(SYS_fstat64, (long)random_fd(),
					     (long)random_address());
	case 14:
		return kernel_call(SYS_fcntl64, (long)random_fd(),
				   (long)random_below(12),
				   (long)random_number());
	case 15:
		return call_about_processes();
	default: /* a number that no call has in any Linux */
		return kernel_call((long)(600 + (random_number() >> 1)),
				   (long)random_number(),
				   (long)random_address(),
				   (long)random_number());
	}
}

/* Results are values or one of the few errors that calls may return. */
static bool plausible(long result)
{
	return (unsigned long)result < (unsigned long)-4095 || result >= -133;
}

static void random_calls(unsigned int rounds)
{
	bool good = true;

	for (unsigned int i = 0; i < rounds && good; i++)
		good = plausible(call());
	ok(good, "random system calls: each has an answer");

	for (int fd = 3; fd < 1100; fd++)
		kernel_call(SYS_close, fd);
	kernel_munmap(arena, ARENA_PAGES * PAGE);
	ok(kernel_mmap(arena, ARENA_PAGES * PAGE, PROT_READ | PROT_WRITE,
		       ANONYMOUS | MAP_FIXED) == (long)arena,
	   "afterwards memory can still be mapped");
	memset((void *)arena, 1, ARENA_PAGES * PAGE);
	ok(*(volatile char *)(arena + PAGE) == 1, "and used");
}

/* getpid() while the direction flag is set: the kernel's own copies go up. */
static long call_with_direction_flag(void)
{
	long result;

	__asm__ volatile("std\n\t"
			 "int $0x80\n\t"
			 "cld"
			 : "=a"(result)
			 : "a"(SYS_uname), "b"(arena)
			 : "memory");
	return result;
}

/* The nested-task flag makes an iret of the kernel's fail if it is not cleared.
 */
static long call_with_nested_task_flag(void)
{
	long result;

	__asm__ volatile("pushfl\n\t"
			 "orl $0x4000, (%%esp)\n\t"
			 "popfl\n\t"
			 "int $0x80\n\t"
			 "pushfl\n\t"
			 "andl $~0x4000, (%%esp)\n\t"
			 "popfl"
			 : "=a"(result)
			 : "a"(SYS_getpid)
			 : "memory");
	return result;
}

/* The kernel has a stack of its own: the program's may be anywhere. */
static long call_with_stack_at(unsigned long sp)
{
	long result;

	__asm__ volatile("movl %%esp, %%esi\n\t"
			 "movl %2, %%esp\n\t"
			 "int $0x80\n\t"
			 "movl %%esi, %%esp"
			 : "=a"(result)
			 : "a"(SYS_getpid), "r"(sp)
			 : "esi", "memory");
	return result;
}

/* A page fault, too, with the stack pointer somewhere impossible. */
static void fault_with_stack_at(unsigned long sp, unsigned long address)
{
	__asm__ volatile("movl %%esp, %%esi\n\t"
			 "movl %0, %%esp\n\t"
			 "movb $1, (%1)\n\t"
			 "movl %%esi, %%esp"
			 :
			 : "r"(sp), "r"(address)
			 : "esi", "memory");
}

/* Segment registers emptied: the kernel must load its own. */
static long call_with_empty_segments(void)
{
	long result;

	__asm__ volatile("pushl %%ds\n\t"
			 "pushl %%es\n\t"
			 "xorl %%edx, %%edx\n\t"
			 "movl %%edx, %%es\n\t"
			 "movl %%edx, %%fs\n\t"
			 "movl %%edx, %%ds\n\t"
			 "int $0x80\n\t"
			 "popl %%es\n\t"
			 "popl %%ds"
			 : "=a"(result)
			 : "a"(SYS_uname), "b"(arena)
			 : "edx", "memory");
	return result;
}

/* All registers but EAX come back from a system call as they were. */
static bool registers_survive(void)
{
	unsigned long b = 1, c = 0x22222222, d = 0x33333333, s = 0x44444444,
		      t = 0x55555555;
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result), "+b"(b), "+c"(c), "+d"(d), "+S"(s),
			   "+D"(t)
			 : "0"(SYS_getpid)
			 : "memory");
	return b == 1 && c == 0x22222222 && d == 0x33333333 &&
	       s == 0x44444444 && t == 0x55555555 && result > 0;
}

static void odd_registers(void)
{
	const unsigned long stacks[] = { 0,          4,          0xbffffffc,
					 0xc0000000, 0xc0100000, 0xffffffff };
	bool good = true;
	long pid = getpid();

	ok(call_with_direction_flag() == 0 && strlen((char *)arena) < 65 &&
		   *(char *)arena != 0,
	   "a system call with the direction flag set");
	ok(call_with_nested_task_flag() == pid,
	   "with the nested-task flag set");
	ok(call_with_empty_segments() == 0, "with empty segment registers");
	for (size_t i = 0; i < sizeof(stacks) / sizeof(stacks[0]); i++)
		if (call_with_stack_at(stacks[i]) != pid)
			good = false;
	ok(good, "with the stack pointer at places where no stack can be");
	kernel_munmap(arena, ARENA_PAGES * PAGE);
	kernel_mmap(arena, ARENA_PAGES * PAGE, PROT_READ | PROT_WRITE,
		    ANONYMOUS | MAP_FIXED);
	for (size_t i = 0; i < sizeof(stacks) / sizeof(stacks[0]); i++)
		fault_with_stack_at(stacks[i], arena + i * PAGE);
	ok(*(char *)arena == 1, "page faults with such stack pointers");
	ok(registers_survive(), "a system call changes no register but eax");
}

int main(int argc, char **argv)
{
	unsigned int rounds = 20000;

	state = argc > 1 ? (unsigned int)strtoul(argv[1], NULL, 10) : 1;
	if (argc > 2)
		rounds = (unsigned int)strtoul(argv[2], NULL, 10);
	arena = free_ground(ARENA_PAGES);
	kernel_mmap(arena, ARENA_PAGES * PAGE, PROT_READ | PROT_WRITE,
		    ANONYMOUS | MAP_FIXED);

	odd_registers();
	random_calls(rounds);
	return done_testing();
}
