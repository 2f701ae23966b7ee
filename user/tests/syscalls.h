/*
 * syscalls.h - the stage of syscalls.c. Each case runs in a child process of
 * its own that finds the same files in its directory, the same descriptors and
 * the same memory; so all that a case needs are constants, and no case can
 * spoil another. What came of it is a word: the error's name, the number, or
 * how the child died.
 */
#ifndef TESTS_SYSCALLS_H
#define TESTS_SYSCALLS_H

#include <dirent.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "kernel_call.h"
#include "tap.h"

/* Memory: four pages with a hole behind them. */
#define GOOD      0x20000000l /* may be read and written; zeroes */
#define READ_ONLY (GOOD + 4096)
#define NO_ACCESS (GOOD + 2 * 4096)
#define LAST      (GOOD + 3 * 4096) /* good, and full of slashes */
#define UNMAPPED  (GOOD + 4 * 4096)
#define EDGE      (UNMAPPED - 4) /* where whatever is longer runs off */
#define KERNEL    ((long)0xc0000000)

/* Descriptors. Those from 3 on are free: the next one is 3. */
enum { FILE_FD = 20, READ_FD, WRITE_FD, DIR_FD, PIPE_READ, PIPE_WRITE, CLOSED };

#define REPORT 40 /* where a case tells what came of it */

#define TEXT(string) ((long)(string))
#define FILE_SIZE    10000

struct call_case {
	long number;
	const char *call, *what;
	const char *kinds; /* a letter for each argument; see syscalls.c */
	const char *expected; /* NULL: whatever it is, as on Linux */
	void (*before)(void); /* what else the case needs */
	long args[6];
};

/* ── Files ────────────────────────────────────────────────────────────── */

static char stage[40]; /* the directory: /tmp/syscalls.PID/here */

static inline void remove_entries(const char *path)
{
	DIR *directory = opendir(path);
	struct dirent *entry;
	char name[600];

	while (directory && (entry = readdir(directory))) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		if (kernel_call(SYS_unlink, TEXT(name)) == -EISDIR) {
			remove_entries(name);
			kernel_call(SYS_rmdir, TEXT(name));
		}
	}
	if (directory)
		closedir(directory);
}

/* A file with FILE_SIZE dots, a directory with a file in it, an empty one,
 * and links. */
static inline void make_files(void)
{
	static char dots[FILE_SIZE];
	int fd;

	mkdir(stage, 0755);
	if (chdir(stage) != 0)
		_exit(2);
	remove_entries(".");
	memset(dots, '.', sizeof(dots));
	fd = open("file", O_RDWR | O_CREAT, 0644);
	if (write(fd, dots, sizeof(dots)) != sizeof(dots))
		_exit(2);
	close(fd);
	mkdir("dir", 0755);
	close(open("dir/inside", O_RDWR | O_CREAT, 0644));
	mkdir("empty", 0755);
	kernel_call(SYS_symlink, TEXT("file"), TEXT("link"));
	kernel_call(SYS_symlink, TEXT("dir"), TEXT("to dir"));
	kernel_call(SYS_symlink, TEXT("missing"), TEXT("dangling"));
	kernel_call(SYS_symlink, TEXT("loop"), TEXT("loop"));
}

/* ── The child's surroundings ─────────────────────────────────────────── */

static inline void put_fd(int wanted, int fd)
{
	if (fd < 0 || dup2(fd, wanted) != wanted)
		_exit(2);
	close(fd);
}

static inline void set_the_stage(void)
{
	const long no_core[2] = { 0, 0 };
	int ends[2];

	kernel_call(SYS_umask, 022);
	kernel_call(SYS_setrlimit, 4 /* RLIMIT_CORE */, TEXT(no_core));
	for (int fd = 3; fd < 30; fd++)
		close(fd);
	if (pipe(ends) != 0 || write(ends[1], "12345678", 8) != 8)
		_exit(2);
	put_fd(PIPE_READ, ends[0]);
	put_fd(PIPE_WRITE, ends[1]);
	put_fd(FILE_FD, open("file", O_RDWR | O_LARGEFILE));
	put_fd(READ_FD, open("file", O_RDONLY));
	put_fd(WRITE_FD, open("file", O_WRONLY));
	put_fd(DIR_FD, open("dir", O_RDONLY | O_DIRECTORY));

	if (kernel_mmap(GOOD, 4 * PAGE, PROT_READ | PROT_WRITE,
			ANONYMOUS | MAP_FIXED) != GOOD)
		_exit(2);
	memset((void *)LAST, '/', PAGE);
	kernel_mprotect(READ_ONLY, PAGE, PROT_READ);
	kernel_mprotect(NO_ACCESS, PAGE, PROT_NONE);
}

/* ── One case ─────────────────────────────────────────────────────────── */

/* Addresses, process numbers and the like are "success". */
static inline const char *outcome(const struct call_case *c, long result)
{
	static char text[20];
	bool varies = c->kinds ? c->kinds[0] == '*'
			       : strcmp(c->expected, "success") == 0;

	if ((unsigned long)result >= (unsigned long)-4095 || varies)
		return error_name(result);
	snprintf(text, sizeof(text), "%ld", result);
	return text;
}

/*
 * The call of C. A child of vfork() has its parent's stack, and ends before it
 * could spoil it.
 */
static inline long make_call(const struct call_case *c)
{
	long result;

	if (c->number != SYS_vfork)
		return kernel_call_array(c->number, c->args);
	__asm__ volatile("int $0x80\n\t"
			 "testl %%eax, %%eax\n\t"
			 "jnz 1f\n\t"
			 "movl $1, %%eax\n\t"
			 "xorl %%ebx, %%ebx\n\t"
			 "int $0x80\n"
			 "1:"
			 : "=a"(result)
			 : "0"(SYS_vfork)
			 : "ebx", "memory");
	return result;
}

static inline void case_child(const struct call_case *c)
{
	const char *text;
	long result;

	set_the_stage();
	if (c->before)
		c->before();
	result = make_call(c);
	if (result == 0 && (c->number == SYS_fork || c->number == SYS_clone))
		_exit(0); /* twice, that is */
	text = outcome(c, result);
	if (kernel_call(SYS_write, REPORT, TEXT(text), (long)strlen(text)) < 0)
		_exit(2);
	_exit(0);
}

/* Run C and tell what came of it. */
static inline const char *run_case(const struct call_case *c)
{
	static char text[32];
	ssize_t length;
	int ends[2], status;
	pid_t pid;

	make_files();
	if (pipe(ends) != 0)
		_exit(2);
	put_fd(REPORT, ends[1]);
	pid = fork();
	if (pid == 0)
		case_child(c);
	close(REPORT);
	length = read(ends[0], text, sizeof(text) - 1);
	close(ends[0]);
	while (waitpid(pid, &status, 0) != pid)
		if (errno != EINTR)
			_exit(2);
	if (length > 0)
		text[length] = '\0';
	else if (WIFSIGNALED(status))
		snprintf(text, sizeof(text), "signal %d", WTERMSIG(status));
	else
		snprintf(text, sizeof(text), "exit %d", WEXITSTATUS(status));
	return text;
}

static inline void test_case(const struct call_case *c)
{
	const char *got = run_case(c);
	const char *expected = c->expected ? c->expected : got;
	char line[200];

	snprintf(line, sizeof(line), "%s: %s: %s", c->call, c->what, expected);
	is_string(got, expected, line);
}

#endif
