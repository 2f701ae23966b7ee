/*
 * rlimit.c - the limits of a process: asked for, set, inherited; and those of
 * memory hold: RLIMIT_AS for every promise, RLIMIT_DATA for what is private
 * and writable, RLIMIT_STACK for the stack.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "kernel_call.h"
#include "tap.h"

#define KIB 1024ul
#define MIB (1024ul * 1024)
#define RW  (PROT_READ | PROT_WRITE)

struct limit64 {
	unsigned long long current, maximum;
};

static void set_limit(int resource, unsigned long value)
{
	struct rlimit limit;

	getrlimit(resource, &limit);
	limit.rlim_cur = value;
	if (setrlimit(resource, &limit) != 0)
		_exit(3);
}

static unsigned long get_limit(int resource)
{
	struct rlimit limit = { 1, 1 };

	return getrlimit(resource, &limit) == 0 ? limit.rlim_cur : 2;
}

/* RESULT is an address or an error: which? */
static void is_address(long result, const char *expected, const char *what)
{
	is_error(result, expected, what);
}

/* ── Asking and setting ───────────────────────────────────────────────── */

static void calls(void)
{
	struct rlimit limit = { 8192, 4096 };
	struct limit64 both;

	is_long((long)get_limit(RLIMIT_STACK), 8 * MIB,
		"the stack's limit is 8 MiB");
	is_error(kernel_call(SYS_ugetrlimit, 16, (long)&limit), "EINVAL",
		 "there is no 16th limit");
	is_error(kernel_call(SYS_ugetrlimit, -1, (long)&limit), "EINVAL",
		 "nor a negative one");
	is_error(kernel_call(SYS_ugetrlimit, RLIMIT_AS, 16), "EFAULT",
		 "ugetrlimit() to a bad address");
	is_error(kernel_call(SYS_setrlimit, RLIMIT_AS, 16), "EFAULT",
		 "setrlimit() from a bad address");
	is_error(kernel_call(SYS_setrlimit, 16, (long)&limit), "EINVAL",
		 "setrlimit() of the 16th");
	limit.rlim_cur = 8192;
	limit.rlim_max = 4096;
	is_error(kernel_call(SYS_setrlimit, RLIMIT_CPU, (long)&limit), "EINVAL",
		 "more than the maximum");
	is_error(kernel_call(SYS_prlimit64, 0, RLIMIT_STACK, 0, (long)&both),
		 "success", "prlimit64() asks");
	ok(both.current == 8 * MIB, "and is told the same");
	is_error(kernel_call(SYS_prlimit64, 0, RLIMIT_STACK, 0, 16), "EFAULT",
		 "prlimit64() to a bad address");
	is_error(kernel_call(SYS_prlimit64, 0, RLIMIT_STACK, 16, 0), "EFAULT",
		 "prlimit64() from a bad address");
	is_error(kernel_call(SYS_prlimit64, 0, 99, 0, 0), "EINVAL",
		 "prlimit64() of the 99th");
	is_error(kernel_call(SYS_prlimit64, 0x7fffffff, RLIMIT_STACK, 0, 0),
		 "ESRCH", "of a process that is not there");
	is_error(kernel_call(SYS_prlimit64, getpid(), RLIMIT_STACK, 0, 0),
		 "success", "of this one, by its number");
	both.current = 4096;
	is_error(kernel_call(SYS_prlimit64, 0, RLIMIT_FSIZE, (long)&both,
			     (long)&both),
		 "success", "prlimit64() sets and asks");
	ok(both.current != 4096, "the old one");
	is_long((long)get_limit(RLIMIT_FSIZE), 4096, "and has set the new");
	set_limit(RLIMIT_FSIZE, RLIM_INFINITY);
	is_long((long)get_limit(RLIMIT_FSIZE), -1, "infinity is all ones");
	is_error(kernel_call(SYS_prlimit64, 0, RLIMIT_FSIZE, 0, (long)&both),
		 "success", "prlimit64()");
	ok(both.current == ~0ull, "also in 64 bits");
}

/* A child that ends with the status of its CHECK: 0 is well. */
static void in_child(int (*check)(void), const char *what)
{
	int status = -1;
	pid_t child = fork();

	if (child == 0)
		_exit(check());
	waitpid(child, &status, 0);
	is_long(status, 0, what);
}

static int has_cpu_4096(void)
{
	return get_limit(RLIMIT_CPU) != 4096;
}

static int sets_cpu_2048(void)
{
	set_limit(RLIMIT_CPU, 2048);
	return get_limit(RLIMIT_CPU) != 2048;
}

static void inherited(void)
{
	struct rlimit limit = { 4096, 8192 };

	is_error(setrlimit(RLIMIT_CPU, &limit), "success", "a limit is set");
	in_child(has_cpu_4096, "a child inherits it");
	in_child(sets_cpu_2048, "and may set its own");
	is_long((long)get_limit(RLIMIT_CPU), 4096, "the parent's stays");
}

/* ── Memory ───────────────────────────────────────────────────────────── */

static void address_space(void)
{
	unsigned long room = 2 * MIB, used = total_vm() * PAGE;
	unsigned long old_brk = (unsigned long)kernel_call(SYS_brk, 0);
	unsigned long ground = free_ground(2 * room / PAGE);
	long first, second;

	set_limit(RLIMIT_AS, used + room);
	is_address(kernel_mmap(0, room + PAGE, PROT_NONE, ANONYMOUS), "ENOMEM",
		   "AS: one page too many, though it is PROT_NONE");
	first = kernel_mmap(ground, room, RW, ANONYMOUS | MAP_FIXED);
	is_address(first, "success", "AS: all that is left");
	is_address(kernel_mmap(0, PAGE, RW, ANONYMOUS), "ENOMEM",
		   "AS: then nothing is");
	is_address(kernel_mmap((unsigned long)first, room, PROT_READ,
			       ANONYMOUS | MAP_FIXED),
		   "success", "AS: what MAP_FIXED replaces does not count");
	is_long(kernel_call(SYS_brk, (long)(page_up(old_brk) + PAGE)),
		(long)old_brk, "AS: brk() stays where it is");
	is_error(kernel_call(SYS_mremap, first, (long)room, (long)(room + PAGE),
			     MREMAP_MAYMOVE),
		 "ENOMEM", "AS: mremap() cannot grow it");
	second = kernel_call(SYS_mremap, first, (long)room, (long)PAGE, 0);
	is_long(second, first, "AS: but make it small");
	second = kernel_call(SYS_mremap, first, (long)PAGE, (long)room,
			     MREMAP_MAYMOVE);
	is_address(second, "success", "AS: and large again");
	is_address(kernel_mmap((unsigned long)second + PAGE, room, PROT_READ,
			       ANONYMOUS | MAP_FIXED),
		   "ENOMEM", "AS: what it adds does count");
	kernel_munmap((unsigned long)second, room);
	set_limit(RLIMIT_AS, RLIM_INFINITY);
}

/* "VmData" of the program, in bytes. */
static unsigned long data_vm(void)
{
	char *line = strstr(read_proc("/proc/self/status"), "VmData:");

	return strtoul(line + 7, NULL, 10) * KIB;
}

static void data(void)
{
	unsigned long brk = (unsigned long)kernel_call(SYS_brk, 0);
	unsigned long room = 64 * KIB;
	long text, area;

	set_limit(RLIMIT_DATA, data_vm() + room);
	is_address(kernel_mmap(0, room + PAGE, RW, ANONYMOUS), "ENOMEM",
		   "DATA: private and writable: no");
	text = kernel_mmap(0, room + PAGE, PROT_READ, ANONYMOUS);
	is_address(text, "success", "DATA: read-only: it does not count");
	is_error(kernel_mprotect((unsigned long)text, room + PAGE, RW),
		 "ENOMEM", "DATA: then it cannot be made writable");
	is_error(kernel_mprotect((unsigned long)text, room, RW), "success",
		 "DATA: but a part can");
	is_long(kernel_call(SYS_brk, (long)(page_up(brk) + PAGE)), (long)brk,
		"DATA: brk() counts as well");
	is_error(kernel_mprotect((unsigned long)text, PAGE, PROT_READ),
		 "success", "DATA: a page read-only again");
	area = kernel_mmap(0, PAGE, RW, ANONYMOUS);
	is_address(area, "success", "DATA: makes room for another");
	kernel_munmap((unsigned long)area, PAGE);
	kernel_munmap((unsigned long)text, room + PAGE);

	set_limit(RLIMIT_DATA, PAGE);
	is_long(kernel_call(SYS_brk, (long)(brk + 2 * PAGE)), (long)brk,
		"DATA: the heap and the program's data alone are too much");
	set_limit(RLIMIT_DATA, RLIM_INFINITY);
	is_long(kernel_call(SYS_brk, (long)(brk + 2 * PAGE)),
		(long)(brk + 2 * PAGE), "without the limit brk() moves");
	kernel_call(SYS_brk, (long)brk);
}

static void stack(void)
{
	int fd = open("/dev/zero", O_RDONLY);
	volatile char here;
	unsigned long top = page_down(&here);
	int status = 0;
	pid_t child;

	set_limit(RLIMIT_STACK, 1 * MIB);
	is_error(kernel_call(SYS_read, fd, (long)(top - 2 * MIB), 1), "EFAULT",
		 "STACK: 2 MiB down is too far, where 1 MiB is the limit");
	is_error(kernel_call(SYS_read, fd, (long)(top - 512 * KIB), 1),
		 "success", "STACK: half a MiB is not");
	child = fork();
	if (child == 0) {
		*(volatile char *)(top - 2 * MIB) = 1;
		_exit(0);
	}
	waitpid(child, &status, 0);
	is_long(status & 0x7f, SIGSEGV, "STACK: whoever goes there dies");
	set_limit(RLIMIT_STACK, 16 * MIB);
	is_error(kernel_call(SYS_read, fd, (long)(top - 12 * MIB), 1),
		 "success", "STACK: a limit of 16 MiB lets it grow further");
	set_limit(RLIMIT_STACK, 8 * MIB);

	set_limit(RLIMIT_AS, total_vm() * PAGE + MIB);
	is_error(kernel_call(SYS_read, fd, (long)(top - 14 * MIB), 1), "EFAULT",
		 "AS: the stack's growth counts");
	set_limit(RLIMIT_AS, RLIM_INFINITY);
	close(fd);
}

int main(int argc, char **argv)
{
	char count[8]; /* of tests, for after exec */

	(void)can_write(0); /* opens its file */
	if (argc > 1) {
		tap_tests = atoi(argv[1]);
		is_long((long)get_limit(RLIMIT_CPU), 4096, "exec keeps it");
		return done_testing();
	}
	calls();
	inherited();
	address_space();
	data();
	stack();
	snprintf(count, sizeof(count), "%d", tap_tests);
	execv(argv[0], (char *[]){ argv[0], count, NULL });
	return 1;
}
