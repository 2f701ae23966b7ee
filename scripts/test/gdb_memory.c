/*
 * gdb_memory.c - pages in all states, and what /proc says of them, for the
 * tests of gdb's commands. It reads first, stops in stop_here(), where gdb
 * shall see the same, and prints then. With an argument it also reads and
 * writes each of the pages.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096ul
#define RW   (PROT_READ | PROT_WRITE)

static struct text {
	const char *title;
	char path[32];
	char text[16384];
} texts[] = {
	{ "MAPS", "/proc/self/maps", "" },
	{ "SMAPS", "/proc/self/smaps", "" },
	{ "CHILD", "", "" },
	{ "STATM", "/proc/self/statm", "" },
	{ "MEMINFO", "/proc/meminfo", "" },
	{ "BUDDYINFO", "/proc/buddyinfo", "" }, /* last: what follows counts */
};

#define TEXTS (sizeof(texts) / sizeof(texts[0]))

static struct state {
	const char *name;
	unsigned long address;
	uint64_t entry; /* of /proc/self/pagemap */
} states[32];

static int count;

/* volatile: gdb looks at them. */
volatile unsigned long cow, untouched, zero, none, copied, shared;

static unsigned long map_at(unsigned long address, unsigned long pages,
			    int prot, int flags, int fd)
{
	void *memory = mmap((void *)address, pages * PAGE, prot, flags, fd, 0);

	if (memory == MAP_FAILED)
		exit(2);
	return (unsigned long)memory;
}

static unsigned long map(unsigned long pages, int prot, int flags, int fd)
{
	return map_at(0, pages, prot, flags, fd);
}

static void load(unsigned long address)
{
	(void)*(volatile char *)address;
}

static void store(unsigned long address)
{
	*(volatile char *)address = 1;
}

static void add(const char *name, unsigned long address)
{
	states[count].name = name;
	states[count++].address = address;
}

/* Files stay open, so that to close them changes nothing. */
static void read_all(int pagemap)
{
	for (int i = 0; i < count; i++) {
		lseek(pagemap, (off_t)(states[i].address / PAGE * 8), SEEK_SET);
		read(pagemap, &states[i].entry, 8);
	}
	for (struct text *text = texts; text < texts + TEXTS; text++) {
		int fd = open(text->path, O_RDONLY);
		ssize_t length = read(fd, text->text, sizeof(text->text) - 1);

		text->text[length > 0 ? length : 0] = '\0';
	}
}

void __attribute__((noinline)) stop_here(void)
{
	__asm__ volatile("");
}

/* One access, and nothing else that could fault. */
void __attribute__((noinline)) probe(unsigned long address, int is_write)
{
	if (is_write)
		store(address);
	else
		load(address);
}

/* Each in a process of its own, which may die of it. */
static void probe_all(void)
{
	for (int i = 0; i < 2 * count; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			probe(states[i / 2].address, i % 2);
			_exit(0);
		}
		waitpid(pid, NULL, 0);
	}
}

int main(int argc, char **argv)
{
	int self = open(argv[0], O_RDONLY);
	int short_file = open("short", O_RDWR | O_CREAT, 0600);
	int pagemap = open("/proc/self/pagemap", O_RDONLY);
	unsigned long revoked, file, behind, guard, upgraded;
	char *heap = malloc(20000);
	pid_t child;

	write(short_file, "short", 5);
	untouched = map(1, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	zero = map(1, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	upgraded = map(1, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	none = map(2, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	revoked = none + PAGE;
	shared = map(3, RW, MAP_SHARED | MAP_ANONYMOUS, -1);
	copied = map(2, RW, MAP_PRIVATE, self);
	file = copied + PAGE;
	behind = map(16, RW, MAP_PRIVATE, short_file);
	guard = map_at(0xbf900000, 1, RW,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1);
	cow = map(1000, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1) + 500 * PAGE;
	load(upgraded);
	load(zero);
	store(none);
	store(revoked);
	store(shared);
	store(copied);
	load(file);
	store(cow);
	store((unsigned long)heap);
	mprotect((void *)none, PAGE, PROT_NONE);
	mprotect((void *)revoked, PAGE, PROT_READ);

	add("untouched", untouched);
	add("zero", zero);
	add("upgraded", upgraded);
	add("none", none);
	add("revoked", revoked);
	add("shared", shared);
	add("copied", copied);
	add("file", file);
	add("cow", cow);
	add("beside", cow + PAGE);
	add("heap", (unsigned long)heap);
	add("text", (unsigned long)main);
	add("stack", (unsigned long)&child);
	add("null", 0);
	add("low", 0x2000);
	add("kernel", 0xc0100000);
	add("deep_stack", (unsigned long)&child - 1000 * PAGE);
	add("too_deep", (unsigned long)&child - 3000 * PAGE);
	add("guard", guard + 9 * PAGE);
	add("behind", behind + 15 * PAGE);
	add("above_break", (unsigned long)sbrk(0) + 3 * PAGE);

	fflush(stdout);
	child = fork();
	if (child == 0) {
		raise(SIGSTOP);
		_exit(0);
	}
	waitpid(child, NULL, WUNTRACED);
	snprintf(texts[2].path, sizeof(texts[2].path), "/proc/%d/maps", child);

	stop_here();
	for (struct text *text = texts; text < texts + TEXTS; text++)
		memset(text->text, 1, sizeof(text->text));
	read_all(pagemap);
	read_all(pagemap); /* this time nothing is touched first */
	stop_here();

	for (int i = 0; i < count; i++)
		printf("STATE %s 0x%lx 0x%llx\n", states[i].name,
		       states[i].address, (unsigned long long)states[i].entry);
	for (struct text *text = texts; text < texts + TEXTS; text++)
		printf("BEGIN %s\n%sEND\n", text->title, text->text);
	if (argc > 1)
		probe_all();
	printf("BRK %p\n", sbrk(0));
	kill(child, SIGKILL);
	return 0;
}
