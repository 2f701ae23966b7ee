/*
 * overcommit.c - how much may be promised: /proc/sys/vm/overcommit_memory.
 * The modes hold for the whole machine, so they are changed only when asked
 * for: with an argument, where the machine is ours.
 */
#define _GNU_SOURCE
#include <sys/resource.h>
#include <sys/wait.h>

#include "kernel_call.h"
#include "tap.h"

#define RW  (PROT_READ | PROT_WRITE)
#define KIB 1024ul
#define MIB (1024ul * 1024)

static long meminfo(const char *name)
{
	const char *line = strstr(read_proc("/proc/meminfo"), name);

	return line ? strtol(line + strlen(name) + 1, NULL, 10) : -1;
}

/* Pages promised to all, since the first call. */
static long committed(void)
{
	static long first = -1;

	if (first < 0)
		first = meminfo("Committed_AS");
	return (meminfo("Committed_AS") - first) / 4;
}

static long set(const char *name, const char *value)
{
	char path[64];
	int fd;
	long result;

	snprintf(path, sizeof(path), "/proc/sys/vm/%s", name);
	fd = open(path, O_WRONLY);
	result = kernel_call(SYS_write, fd, (long)value, (long)strlen(value));
	close(fd);
	return result < 0 ? result : 0;
}

static long map(unsigned long length, int prot, int flags)
{
	return kernel_mmap(0, length, prot, flags);
}

static void form(void)
{
	const char *mode = read_proc("/proc/sys/vm/overcommit_memory");

	ok(strlen(mode) == 2 && mode[0] >= '0' && mode[0] <= '2' &&
		   mode[1] == '\n',
	   "overcommit_memory is 0, 1 or 2");
	ok(strtol(read_proc("/proc/sys/vm/overcommit_ratio"), NULL, 10) >= 0,
	   "overcommit_ratio is a number");
	ok(meminfo("CommitLimit") > 0, "meminfo: CommitLimit");
	ok(meminfo("Committed_AS") > 0, "meminfo: Committed_AS");
}

/* Each way to get and to give back a promise, and what it counts. */
static void counting(void)
{
	unsigned long brk = (unsigned long)kernel_call(SYS_brk, 0);
	long area, moved;
	pid_t child;

	is_long(committed(), 0, "to begin with");
	area = map(10 * PAGE, RW, ANONYMOUS);
	is_long(committed(), 10, "mmap(): private and writable");
	kernel_mprotect((unsigned long)area, 4 * PAGE, PROT_READ);
	is_long(committed(), 10, "made read-only it counts still");
	kernel_munmap((unsigned long)area + 2 * PAGE, 4 * PAGE);
	is_long(committed(), 6, "munmap() in the middle");
	kernel_munmap((unsigned long)area, 10 * PAGE);
	is_long(committed(), 0, "munmap() of the rest");

	area = map(10 * PAGE, PROT_READ, ANONYMOUS);
	is_long(committed(), 0, "read-only: not counted");
	kernel_mprotect((unsigned long)area + PAGE, 3 * PAGE, RW);
	is_long(committed(), 3, "until it is made writable");
	kernel_mprotect((unsigned long)area, 10 * PAGE, RW);
	is_long(committed(), 10, "all of it, each page once");
	moved = kernel_call(SYS_mremap, area, 10 * PAGE, 20 * PAGE,
			    MREMAP_MAYMOVE);
	is_long(committed(), 20, "mremap()");
	kernel_munmap((unsigned long)moved, 20 * PAGE);
	is_long(committed(), 0, "all given back");

	area = map(10 * PAGE, RW, ANONYMOUS | MAP_NORESERVE);
	is_long(committed(), 0, "MAP_NORESERVE: not counted");
	kernel_munmap((unsigned long)area, 10 * PAGE);
	area = map(10 * PAGE, RW, MAP_SHARED | MAP_ANONYMOUS);
	is_long(committed(), 10, "shared: counted");
	child = fork();
	if (child == 0)
		for (;;)
			pause();
	kernel_munmap((unsigned long)area, 10 * PAGE);
	moved = committed();
	ok(moved > 10 && moved < 40, "a child counts as much as its parent");
	kill(child, 9);
	wait(NULL);
	is_long(committed(), 0, "until it ends");

	kernel_call(SYS_brk, (long)(page_up(brk) + 5 * PAGE));
	is_long(committed(), 5, "brk()");
	kernel_call(SYS_brk, (long)brk);
	is_long(committed(), 0, "brk() back");
}

static void modes(void)
{
	const struct rlimit none = { 0, RLIM_INFINITY };
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	unsigned long ram = (unsigned long)meminfo("MemTotal") * KIB;
	unsigned long brk = (unsigned long)kernel_call(SYS_brk, 0);
	unsigned long room;
	long area;

	is_error(map(ram + PAGE, RW, ANONYMOUS), "ENOMEM",
		 "0: a promise larger than RAM");
	is_error(map(ram + PAGE, RW, MAP_SHARED | MAP_ANONYMOUS), "ENOMEM",
		 "0: also a shared one");
	area = map(ram + PAGE, RW, ANONYMOUS | MAP_NORESERVE);
	is_error(area, "success", "0: unless MAP_NORESERVE");
	kernel_munmap((unsigned long)area, ram + PAGE);
	is_long(kernel_call(SYS_brk, (long)(brk + ram + PAGE)), (long)brk,
		"0: brk() as well");
	area = map(ram - PAGE, RW, ANONYMOUS);
	is_error(area, "success", "0: as large as RAM");
	is_error(map(ram - PAGE, RW, ANONYMOUS), "success",
		 "0: and another of that size");

	is_error(set("overcommit_memory", "3\n"), "EINVAL", "there is no 3");
	is_error(set("overcommit_memory", "x"), "EINVAL", "nor an x");
	is_error(set("overcommit_memory", "1\n"), "success", "mode 1");
	area = map(2 * ram, RW, ANONYMOUS);
	is_error(area, "success", "1: anything goes");
	kernel_munmap((unsigned long)area, 2 * ram);

	is_error(set("overcommit_memory", "2\n"), "success", "mode 2");
	is_error(map(PAGE, RW, ANONYMOUS), "ENOMEM",
		 "2: too much is promised already");
	is_long(kernel_call(SYS_brk, (long)(page_up(brk) + PAGE)), (long)brk,
		"2: brk() neither");
	is_error(kernel_call(SYS_fork), "ENOMEM",
		 "2: no room for a second one");
	is_error(map(PAGE, RW, ANONYMOUS | MAP_NORESERVE), "ENOMEM",
		 "2: MAP_NORESERVE is no way around");
	area = map(PAGE, PROT_READ, ANONYMOUS);
	is_error(area, "success", "2: read-only needs no frame");
	is_error(kernel_mprotect((unsigned long)area, PAGE, RW), "ENOMEM",
		 "2: until it may be written");
	kernel_call(SYS_setrlimit, RLIMIT_AS, (long)&none);
	is_error(kernel_mprotect((unsigned long)area, PAGE, RW), "ENOMEM",
		 "2: also for whom no limit has room");
	kernel_call(SYS_setrlimit, RLIMIT_AS, (long)&all);
	is_error(set("overcommit_ratio", "300"), "success", "ratio 300");
	is_long(meminfo("CommitLimit"), (long)(ram / KIB * 3),
		"2: three times RAM is the limit");
	is_error(map(PAGE, RW, ANONYMOUS), "success", "2: now there is room");
	room = (unsigned long)(meminfo("CommitLimit") -
			       meminfo("Committed_AS")) *
	       KIB;
	is_error(map(room + PAGE, RW, ANONYMOUS), "ENOMEM", "2: not for all");
	is_error(map(room - room / 8 - PAGE, RW, ANONYMOUS), "success",
		 "2: but for what is left");
	set("overcommit_ratio", "50");
	set("overcommit_memory", "0");
}

int main(int argc, char **argv)
{
	(void)argv;
	form();
	if (argc > 1) {
		counting();
		modes();
	}
	return done_testing();
}
