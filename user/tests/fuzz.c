/*
 * fuzz.c - every system call there is, with numbers, pointers and strings from
 * a bag of bad ones, in an order that a seed decides. hostile.c means harm in
 * some ways; this has no plan at all. Each child makes some calls, until it
 * breaks itself or waits for ever; the kernel has to outlive them all and get
 * back every frame.
 *
 * `fuzz SEED CHILDREN`. Only in this kernel: it would not spare a real system.
 */
#include <dirent.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#include "kernel_call.h"
#include "tap.h"

#define CALLS       200 /* of one child */
#define NUMBERS     450 /* beyond the last system call */
#define PATIENCE    3 /* ticks of the clock that a child may do nothing */
#define PLACE       "/tmp/fuzz"
#define ARENA       0x20000000ul
#define ARENA_PAGES 16

static volatile unsigned long *progress; /* calls made; shared */
static unsigned int state; /* of the sequence of pseudo-random numbers */

static unsigned int random_below(unsigned int limit)
{
	state = state * 1664525 + 1013904223;
	return (state >> 8) % limit;
}

#define COUNT(array)     (sizeof(array) / sizeof((array)[0]))
#define random_of(array) ((array)[random_below(COUNT(array))])

/* No path leads out of PLACE to where files are that are to stay. */
static const char *const paths[] = {
	"a",
	"b",
	"c",
	"d",
	"d/a",
	"d/b",
	"d/c",
	"d/d",
	"./d/.",
	"a/",
	"link",
	"loop",
	"",
	"nothing/there",
	"/proc",
	"/proc/self/maps",
	"/proc/self",
	"/proc/self/stat",
	"/proc/1",
	"/proc/self/pagemap",
	"/proc/self/fd/5",
};

static const unsigned long bad_addresses[] = {
	0,          1,          4095,       0x08048000, 0x0804c000, 0x7fffffff,
	0x80000000, 0xbfffeff0, 0xbfffffff, 0xc0000000, 0xc0000fff, 0xc0100000,
	0xc0400000, 0xffc00000, 0xfffff000, 0xfffffffc, 0xffffffff,
};

static const unsigned long sizes[] = {
	0,      1,       4,     7,          8,          16,
	128,    255,     256,   1024,       4095,       4096,
	4097,   8192,    65536, 0x100000,   0x7fffffff, 0x80000000,
	-4096l, -8192ul, -1l,   0xfffff001, 0x7ffff000, 0x10000000,
};

static unsigned long random_argument(void)
{
	switch (random_below(8)) {
	case 0:
		return random_of(bad_addresses);
	case 1:
		return (unsigned long)random_of(paths);
	case 2:
		return ARENA + random_below(ARENA_PAGES + 1) * PAGE -
		       random_below(32);
	case 3:
		return ARENA + random_below(ARENA_PAGES) * PAGE;
	case 4:
		return random_of(sizes);
	case 5:
		return 1ul << random_below(32) | 1ul << random_below(32);
	case 6: /* descriptors, signals, small numbers */
		return random_below(24);
	default:
		return -(unsigned long)random_below(200);
	}
}

static bool is_one_of(long number, const short *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] == number)
			return true;
	return false;
}

/* Calls that change files by their names: they get names from the list, and no
 * others, which memory may well hold ("/tests/fuzz"). */
static const short by_name[] = {
	SYS_open,     SYS_unlink,   SYS_chmod,      SYS_rename,
	SYS_mkdir,    SYS_rmdir,    SYS_openat,     SYS_mkdirat,
	SYS_unlinkat, SYS_renameat, SYS_symlink,    SYS_symlinkat,
	SYS_mknod,    SYS_mknodat,  SYS_truncate64, SYS_truncate,
	SYS_execve,   SYS_chdir,
};

/* Calls that mean another process by their first argument. */
static const short by_pid[] = {
	SYS_kill, SYS_tkill, SYS_tgkill, SYS_prlimit64, SYS_setpgid,
};

/* These end the machine, or need a stack of their own. */
static const short left_out[] = { SYS_reboot, SYS_vfork };

static void random_call(void)
{
	long number = (long)random_below(NUMBERS);
	long args[6];
	long result;

	if (is_one_of(number, left_out, COUNT(left_out)))
		return;
	for (int i = 0; i < 6; i++)
		args[i] = (long)random_argument();
	if (is_one_of(number, by_name, COUNT(by_name)))
		for (int i = 0; i < 6; i++)
			if ((unsigned long)args[i] - PAGE < 0xc0000000)
				args[i] = (long)random_of(paths);
	if (is_one_of(number, by_pid, COUNT(by_pid)))
		args[0] = random_below(2) ? getpid() : 100000;
	if (number == SYS_tgkill)
		args[1] = args[0];
	if (number == SYS_clone)
		args[0] &= ~0x4100; /* CLONE_VM, CLONE_VFORK */
	result = kernel_call_array(number, args);
	if (result == 0 && (number == SYS_fork || number == SYS_clone))
		_exit(0);
}

static void child(unsigned int seed)
{
	int null = open("/dev/null", O_RDWR);
	int ends[2];

	state = seed;
	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	pipe(ends);
	open("a", O_RDWR | O_CREAT, 0600);
	open(".", O_RDONLY);
	open("/dev/zero", O_RDWR);
	open("/proc/self/maps", O_RDONLY);
	kernel_mmap(ARENA, ARENA_PAGES * PAGE, PROT_READ | PROT_WRITE,
		    ANONYMOUS | MAP_FIXED);
	kernel_mprotect(ARENA + 4 * PAGE, PAGE, PROT_READ);
	kernel_mprotect(ARENA + 8 * PAGE, PAGE, PROT_NONE);
	for (int i = 0; i < CALLS; i++) {
		random_call();
		++*progress;
	}
	_exit(0);
}

/* Let one child loose; end it when it does nothing any more. */
static void run_child(unsigned int seed)
{
	unsigned long seen = 0;
	int idle = 0;
	pid_t pid = fork();

	if (pid == 0)
		child(seed);
	while (waitpid(pid, NULL, WNOHANG) == 0) {
		usleep(1000);
		idle = *progress == seen ? idle + 1 : 0;
		seen = *progress;
		if (idle >= PATIENCE)
			kill(pid, SIGKILL);
	}
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

static void remove_all(const char *path)
{
	DIR *directory = opendir(path);
	struct dirent *entry;
	char name[600];

	while (directory != NULL && (entry = readdir(directory)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		if (unlink(name) != 0)
			remove_all(name);
	}
	if (directory != NULL)
		closedir(directory);
	rmdir(path);
}

int main(int argc, char **argv)
{
	unsigned int seed = argc > 1 ? (unsigned int)atoi(argv[1]) : 1;
	unsigned int children = argc > 2 ? (unsigned int)atoi(argv[2]) : 500;
	struct utsname name;

	uname(&name);
	if (strcmp(name.nodename, "faultline") != 0) {
		puts("fuzz: not on a real system");
		return 2;
	}
	progress = (void *)kernel_mmap(0, PAGE, PROT_READ | PROT_WRITE,
				       MAP_SHARED | MAP_ANONYMOUS);
	mkdir(PLACE, 0700);
	chdir(PLACE);
	mkdir("d", 0700);
	kernel_call(SYS_symlink, (long)"d/a", (long)"link");
	kernel_call(SYS_symlink, (long)"loop", (long)"loop");
	for (unsigned int i = 0; i < children; i++)
		run_child(seed * 1000003 + i * 7919);
	ok(*progress > 10 * children, "many calls, and the kernel is alive");
	chdir("/");
	remove_all(PLACE);
	ok(access(PLACE, F_OK) != 0, "what they made can be removed");
	tap_print("# %lu calls\n", *progress);
	return done_testing();
}
