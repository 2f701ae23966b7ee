/*
 * smaps.c - /proc/PID/smaps: what each area has got, and with whom it shares
 * it; and that /proc/vmstat and /proc/buddyinfo count.
 */
#define _GNU_SOURCE
#include <sys/wait.h>

#include "kernel_call.h"
#include "tap.h"

#define RW (PROT_READ | PROT_WRITE)

/* The entry for the area that begins at START; its text, or "". */
static const char *entry(unsigned long start)
{
	char line[16];
	const char *text = read_proc("/proc/self/smaps");

	snprintf(line, sizeof(line), "%08lx-", start);
	text = strstr(text, line);
	return text ? text : "";
}

/* The figures of an area in KiB, by name: "Rss Pss …". */
static const char *figures(unsigned long start)
{
	static const char *const names[] = { "Size",          "Rss",
					     "Pss",           "Shared_Clean",
					     "Shared_Dirty",  "Private_Clean",
					     "Private_Dirty", "Anonymous" };
	static char text[128];
	const char *area = entry(start);
	size_t length = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char name[32];
		const char *line;

		snprintf(name, sizeof(name), "\n%s:", names[i]);
		line = strstr(area, name);
		length += (size_t)snprintf(
			text + length, sizeof(text) - length, "%s%ld",
			i ? " " : "",
			line ? strtol(line + strlen(name), NULL, 10) : -1);
	}
	return text;
}

static void touch(long area, int first, int count)
{
	for (int i = first; i < first + count; i++)
		((volatile char *)area)[i * (long)PAGE] = 1;
}

static void private_memory(unsigned long ground)
{
	long area = kernel_mmap(ground, 8 * PAGE, RW, ANONYMOUS | MAP_FIXED);
	char first[64];
	pid_t child;
	int status;

	is_string(figures(ground), "32 0 0 0 0 0 0 0", "untouched");
	ok(((volatile char *)area)[7 * PAGE] == 0, "a page is read");
	is_string(figures(ground), "32 0 0 0 0 0 0 0",
		  "the zero page is nobody's");
	touch(area, 0, 3);
	is_string(figures(ground), "32 12 12 0 0 0 12 12",
		  "three pages written");
	snprintf(first, sizeof(first), "%08lx-%08lx rw-p 00000000 00:00 0 ",
		 ground, ground + 8 * PAGE);
	ok(strncmp(entry(ground), first, strlen(first)) == 0,
	   "it begins as in maps");
	ok(strstr(entry(ground), "\nSize:                 32 kB\n") != NULL &&
		   strstr(entry(ground), "\nRss:                  12 kB\n"
					 "Pss:                  12 kB\n"),
	   "and goes on with such lines");

	child = fork();
	if (child == 0) {
		bool same = strcmp(figures(ground), "32 12 6 0 12 0 0 12") == 0;

		touch(area, 0, 1);
		_exit(same && strcmp(figures(ground), "32 12 8 0 8 0 4 12") == 0
			      ? 0
			      : 1);
	}
	waitpid(child, &status, 0);
	is_long(status, 0, "a child shares all, then all but what it writes");
	is_string(figures(ground), "32 12 12 0 0 0 12 12",
		  "when it has ended, nobody does");

	kernel_munmap(ground, 8 * PAGE);
}

static void shared_memory(unsigned long ground)
{
	long area = kernel_mmap(ground, 4 * PAGE, RW,
				MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED);
	int status;

	touch(area, 0, 2);
	is_string(figures(ground), "16 8 8 0 0 0 8 0", "shared, by one");
	if (fork() == 0) {
		touch(area, 0, 2);
		_exit(strcmp(figures(ground), "16 8 4 0 8 0 0 0") ? 1 : 0);
	}
	wait(&status);
	is_long(status, 0, "shared, by two");
	kernel_munmap(ground, 4 * PAGE);
}

/* The value of a line of /proc/vmstat; -1: there is none. */
static long vmstat(const char *name)
{
	char line[32];
	const char *text = read_proc("/proc/vmstat");

	snprintf(line, sizeof(line), "\n%s ", name);
	text = strstr(text, line);
	return text ? strtol(text + strlen(line), NULL, 10) : -1;
}

static void machine(void)
{
	static const char *const names[] = { "nr_file_pages", "pgalloc_normal",
					     "pgfree",        "pgfault",
					     "pgmajfault",    "oom_kill" };
	long faults = vmstat("pgfault"), given;
	long area = kernel_mmap(0, 64 * PAGE, RW, ANONYMOUS);

	ok(strncmp(read_proc("/proc/vmstat"), "nr_free_pages ", 14) == 0,
	   "vmstat: begins with the free frames");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		ok(vmstat(names[i]) >= 0, names[i]);
	given = vmstat("pgalloc_normal");
	touch(area, 0, 64);
	ok(vmstat("pgfault") >= faults + 64, "64 faults are counted");
	ok(vmstat("pgalloc_normal") >= given + 64, "and 64 frames");
	given = vmstat("pgfree");
	kernel_munmap((unsigned long)area, 64 * PAGE);
	/* Linux frees some of them a little later. */
	ok(vmstat("pgfree") > given, "which are given back");
	ok(strncmp(read_proc("/proc/buddyinfo"), "Node 0, zone ", 13) == 0,
	   "buddyinfo: a line per zone");
}

int main(void)
{
	unsigned long ground = free_ground(8);

	private_memory(ground);
	shared_memory(ground);
	machine();
	return done_testing();
}
