/*
 * faultinject.c - work of many kinds, done again and again: the first time its
 * first allocation of a frame fails, the second time its second one, and so on
 * until none fails any more. Each time the program has to see an error, or die
 * of a fault that could not be served; and afterwards there are as many free
 * frames as before.
 *
 * Only in this kernel, or on a Linux built with CONFIG_FAIL_PAGE_ALLOC.
 */
#include <signal.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "kernel_call.h"
#include "tap.h"

#define FAULTS "/sys/kernel/debug/fail_page_alloc/"
#define RW     (PROT_READ | PROT_WRITE)

/* ── The work. What fails ends it, with a status that is not 0. ───────── */

#define must(condition)                  \
	do {                             \
		if (!(condition))        \
			_exit(__LINE__); \
	} while (0)

static char pages[8 * 4096]; /* untouched in each new child */

static void touch(void *memory, size_t size)
{
	for (size_t i = 0; i < size; i += PAGE)
		((volatile char *)memory)[i] = 1;
}

/* Both sides write to what they share. */
static void by_fork(void)
{
	int status;
	pid_t pid;

	touch(pages, sizeof(pages));
	pid = fork();
	must(pid >= 0);
	touch(pages, sizeof(pages));
	if (pid == 0)
		_exit(0);
	must(waitpid(pid, &status, 0) == pid && status == 0);
}

static void by_exec(void)
{
	static char *const words[] = { "faultinject", "nothing", NULL };

	must(execve("/proc/self/exe", words, environ) == 0);
}

static void by_vfork_and_exec(void)
{
	static const long words[] = { (long)"faultinject", (long)"nothing", 0 };
	int status;
	pid_t pid = fork();

	must(pid >= 0);
	if (pid == 0) {
		kernel_call(SYS_execve, (long)"/proc/self/exe", (long)words, 0);
		_exit(1);
	}
	must(waitpid(pid, &status, 0) == pid && status == 0);
}

static void by_brk(void)
{
	char *start = sbrk(64 * PAGE);

	must(start != (char *)-1);
	touch(start, 64 * PAGE);
	must(sbrk(-64 * (long)PAGE) != (char *)-1);
}

/* Three areas of one, a place more for it, and a private copy of a file. */
static void by_mmap(void)
{
	int fd = open("/usr/share/text/licences.txt", O_RDONLY);
	long area = kernel_mmap(0, 4 * PAGE, RW, ANONYMOUS);

	must(area > 0 || area < -4095);
	touch((void *)area, 4 * PAGE);
	must(kernel_mprotect(area + PAGE, PAGE, PROT_READ) == 0);
	must(kernel_munmap(area + 2 * PAGE, PAGE) == 0);
	area = kernel_call(SYS_mremap, area, PAGE, 1024 * PAGE, 1);
	must(area > 0 || area < -4095);
	touch((void *)area, 2 * PAGE);
	must(fd >= 0);
	area = kernel_call(SYS_mmap2, 0, 2 * PAGE, RW, MAP_PRIVATE, fd, 0);
	must(area > 0 || area < -4095);
	touch((void *)area, 2 * PAGE);
	area = kernel_mmap(0, 2 * PAGE, RW, MAP_SHARED | MAP_ANONYMOUS);
	must(area > 0 || area < -4095);
	touch((void *)area, 2 * PAGE);
}

static void by_pipes(void)
{
	int ends[2];

	for (int i = 0; i < 4; i++) {
		must(pipe(ends) == 0);
		must(write(ends[1], pages, 4096) == 4096);
		must(read(ends[0], pages, 4096) == 4096);
		must(dup2(ends[0], 40 + i) == 40 + i);
	}
}

static void by_file_writes(void)
{
	int fd = open("/tmp/faultinject", O_RDWR | O_CREAT | O_APPEND, 0600);

	must(fd >= 0);
	for (int i = 0; i < 5; i++)
		must(write(fd, pages, sizeof(pages)) == sizeof(pages));
	must(lseek(fd, 0, SEEK_SET) == 0);
	must(read(fd, pages, sizeof(pages)) == sizeof(pages));
	must(kernel_call(SYS_ftruncate64, fd, 5000, 0) == 0);
	must(close(fd) == 0);
	must(unlink("/tmp/faultinject") == 0);
}

static void by_names(void)
{
	struct stat status;

	must(mkdir("/tmp/faultinject", 0700) == 0);
	must(kernel_call(SYS_symlink, (long)"/tmp/faultinject",
			 (long)"/tmp/faultinject/link") == 0);
	must(kernel_call(SYS_rename, (long)"/tmp/faultinject/link",
			 (long)"/tmp/faultinject/another") == 0);
	must(stat("/tmp/faultinject/another", &status) == 0);
	must(chdir("/tmp/faultinject") == 0);
	must(getcwd(pages, 100) != NULL);
	must(unlink("another") == 0);
	must(rmdir("/tmp/faultinject") == 0);
}

static void by_vectors(void)
{
	struct iovec parts[600];
	int fd = open("/dev/null", O_RDWR);

	must(fd >= 0);
	for (int i = 0; i < 600; i++)
		parts[i] = (struct iovec){ pages, 1 };
	must(kernel_call(SYS_writev, fd, (long)parts, 600) == 600);
	must(kernel_call(SYS_poll, (long)pages, 20, 0) >= 0);
}

static void by_proc(void)
{
	static const char *const paths[] = { "/proc/self/maps",
					     "/proc/self/status",
					     "/proc/meminfo", "/proc" };

	for (int i = 0; i < 4; i++) {
		int fd = open(paths[i], O_RDONLY);

		must(fd >= 0);
		must(i == 3 ? kernel_call(SYS_getdents64, fd, (long)pages,
					  4096) > 0
			    : read(fd, pages, 4096) > 0);
		close(fd);
	}
}

static void handler(int signal)
{
	(void)signal;
}

/* The kernel touches the new stack for us. */
static void by_signals(void)
{
	struct sigaction action = { .sa_handler = handler,
				    .sa_flags = SA_ONSTACK };
	stack_t stack = { .ss_sp = pages, .ss_size = sizeof(pages) };

	must(sigaltstack(&stack, NULL) == 0);
	must(sigaction(SIGUSR1, &action, NULL) == 0);
	for (int i = 0; i < 3; i++)
		must(kill(getpid(), SIGUSR1) == 0);
}

static const struct {
	const char *name;
	void (*function)(void);
} works[] = {
	{ "fork", by_fork },
	{ "exec", by_exec },
	{ "fork and exec", by_vfork_and_exec },
	{ "brk", by_brk },
	{ "mmap", by_mmap },
	{ "pipes", by_pipes },
	{ "file writes", by_file_writes },
	{ "names", by_names },
	{ "vectors", by_vectors },
	{ "/proc", by_proc },
	{ "signals", by_signals },
};

/* ── The faults ───────────────────────────────────────────────────────── */

static char text[4096]; /* of small files */

/* The file's text, or NULL. */
static const char *content(const char *path)
{
	int fd = open(path, O_RDONLY);
	ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	close(fd);
	text[length < 0 ? 0 : length] = '\0';
	return length < 0 ? NULL : text;
}

static int set(const char *path, long value)
{
	char digits[16];
	int length = snprintf(digits, sizeof(digits), "%ld", value);
	int fd = open(path, O_WRONLY);
	ssize_t done = fd < 0 ? -1 : write(fd, digits, (size_t)length);

	close(fd);
	return done == length ? 0 : -1;
}

static unsigned long free_kib(void)
{
	return strtoul(strstr(content("/proc/meminfo"), "MemFree:") + 8, NULL,
		       10);
}

/* Do work I while allocation N fails. *FIRED: did it come to that? */
static int work(size_t i, int n, bool *fired)
{
	const char *times;
	int status;
	pid_t pid;

	set(FAULTS "interval", n);
	set(FAULTS "times", 1);
	pid = fork();
	if (pid == 0) {
		must(set(FAULTS "probability", 100) == 0);
		works[i].function();
		_exit(0);
	}
	while (waitpid(pid, &status, 0) != pid)
		;
	times = content(FAULTS "times"); /* that may be what fails */
	*fired = times && strtol(times, NULL, 10) == 0;
	while (set(FAULTS "probability", 0) != 0)
		;
	rmdir("/tmp/faultinject/another");
	unlink("/tmp/faultinject/another");
	unlink("/tmp/faultinject/link");
	rmdir("/tmp/faultinject");
	unlink("/tmp/faultinject");
	return status;
}

/* Children that nobody waited for may still be on their way out. */
static bool frames_are_back(unsigned long before)
{
	for (int i = 0; i < 1000 && free_kib() != before; i++)
		usleep(1000);
	return free_kib() == before;
}

static void test_work(size_t i)
{
	unsigned long before;
	bool fired, seen = true;
	int status = work(i, 1000000, &fired);
	int n = 0;
	char what[80];

	snprintf(what, sizeof(what), "%s: untouched", works[i].name);
	is_long(status, 0, what);
	before = free_kib();
	do {
		status = work(i, ++n, &fired);
		if (fired && status == 0)
			seen = false;
	} while (fired && seen && frames_are_back(before));

	snprintf(what, sizeof(what), "%s: each fault was seen", works[i].name);
	if (!ok(n > 1 && seen && !fired && status == 0, what))
		tap_print("# allocation %d, status %#x\n", n, status);
	snprintf(what, sizeof(what), "%s: no frame is lost", works[i].name);
	is_long((long)free_kib(), (long)before, what);
}

int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1)
		return 0; /* run by by_exec() */
	for (size_t i = 0; i < sizeof(works) / sizeof(works[0]); i++)
		test_work(i);
	return done_testing();
}
