/*
 * fork.c - processes: fork() and its copy of memory, wait(), exec, orphans.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include "tap.h"

#define PAGES     64
#define MANY      100
#define PAGE      4096
#define EXIT_EXEC 7

static int global = 1;
static void *volatile bad = (void *)16; /* nothing is there */

/* Ends the child with 0 if CONDITION holds there, else with 1. */
static void child_exit(bool condition)
{
	_exit(condition ? 0 : 1);
}

/* A function's result, or -errno. */
static long outcome(long result)
{
	return result < 0 ? -errno : result;
}

static int status_of(pid_t pid)
{
	int status = -1;

	return waitpid(pid, &status, 0) == pid ? status : -1;
}

static void test_memory(void)
{
	int local = 1;
	char *heap = malloc(PAGES * PAGE);
	pid_t pid;

	memset(heap, 'p', PAGES * PAGE);
	pid = fork();
	if (!pid) {
		global++;
		local++;
		memset(heap, 'c', PAGES * PAGE);
		child_exit(global == 2 && local == 2 &&
			   heap[PAGES * PAGE - 1] == 'c');
	}
	is_long(status_of(pid), 0, "a child writes to its memory");
	ok(global == 1 && local == 1, "the parent's variables are unchanged");
	ok(heap[0] == 'p' && heap[PAGES * PAGE - 1] == 'p',
	   "so is the parent's heap");

	pid = fork();
	if (!pid) {
		for (int i = 0; i < PAGES; i++)
			if (heap[i * PAGE] != 'p')
				child_exit(false);
		child_exit(true);
	}
	memset(heap, 'P', PAGES * PAGE);
	is_long(status_of(pid), 0,
		"the parent writes: the child's is unchanged");
	free(heap);
}

/* The kernel writes into a shared page on the child's behalf. */
static void test_system_call_writes(void)
{
	static char name[400];
	pid_t pid;

	name[0] = 'x';
	pid = fork();
	if (!pid) {
		syscall(122 /* uname */, name);
		child_exit(strcmp(name, "Linux") == 0);
	}
	is_long(status_of(pid), 0, "uname() into a shared page");
	ok(name[0] == 'x', "the parent has its own");
}

static void test_grandchildren(void)
{
	int depth = 0;
	int status = 0;
	pid_t pid = 0;

	while (depth < 5 && (pid = fork()) == 0) {
		depth++;
		global += depth;
	}
	if (pid > 0)
		waitpid(pid, &status, 0);
	if (depth > 0)
		_exit(depth == 5 ? global : WEXITSTATUS(status));
	is_long(WEXITSTATUS(status), 16,
		"five generations, each adds its part");
	is_long(global, 1, "the first one knows nothing of it");
}

static void test_statuses(void)
{
	int status;
	pid_t pid = fork();

	if (!pid)
		exit(300);
	is_long(status_of(pid), (300 & 0xff) << 8, "exit(300)");
	pid = fork();
	if (!pid) {
		*(volatile int *)bad = 1;
		_exit(0);
	}
	status = status_of(pid);
	is_long(status & 0x7f, 11, "SIGSEGV");
	is_error(outcome(waitpid(-1, &status, 0)), "ECHILD",
		 "no child is left");
	is_error(outcome(waitpid(getpid(), &status, WNOHANG)), "ECHILD",
		 "not one's own child");
	is_error(outcome(waitpid(-1, &status, 0x4000)), "EINVAL",
		 "an option unheard of");

	pid = fork();
	if (!pid)
		_exit(0);
	is_error(outcome(wait(bad)), "EFAULT", "a status pointer that is bad");
	is_error(outcome(wait(&status)), "ECHILD", "the child is gone");
}

static void test_many(void)
{
	int sum = 0;
	int status;

	for (int i = 0; i < MANY; i++) {
		pid_t pid = fork();

		if (!pid)
			_exit(i);
		if (pid < 0)
			break;
	}
	for (int i = 0; i < MANY; i++)
		if (wait(&status) > 0)
			sum += WEXITSTATUS(status);
	is_long(sum, MANY * (MANY - 1) / 2, "100 children at once");
}

/* Both compute; without a timer that takes turns the parent never could. */
static void test_turns(void)
{
	pid_t parent = getpid();
	int status;
	pid_t hog = fork();

	if (!hog) {
		while (getppid() == parent)
			for (volatile int i = 0; i < 1000000; i++)
				;
		_exit(0);
	}
	for (int i = 0; i < 3; i++) {
		pid_t pid = fork();

		if (!pid)
			_exit(0);
		if (pid > 0) /* -1 would mean the one that never ends */
			waitpid(pid, &status, 0);
	}
	ok(true, "others run beside a child that only computes");
}

static void test_exec(const char *self)
{
	char *const argv[] = { (char *)self, "exec", "two words", "", NULL };
	char *const envp[] = { "COLOUR=blue", NULL };
	pid_t pid = fork();

	if (!pid) {
		execve(self, argv, envp);
		_exit(1);
	}
	is_long(status_of(pid), EXIT_EXEC << 8, "execve() of this program");
	is_error(outcome(execve("/nowhere", argv, envp)), "ENOENT",
		 "a file that is not there");
	is_error(outcome(execve("/", argv, envp)), "EACCES", "a directory");
	is_error(outcome(execve(bad, argv, envp)), "EFAULT", "a bad path");
	is_error(outcome(execve(self, bad, envp)), "EFAULT", "bad arguments");
}

static int after_exec(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[2], "two words") == 0 && !*argv[3] &&
	    strcmp(getenv("COLOUR"), "blue") == 0 && !getenv("PATH"))
		return EXIT_EXEC;
	return 1;
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return after_exec(argc, argv);
	test_memory();
	test_system_call_writes();
	test_grandchildren();
	test_statuses();
	test_many();
	test_exec(argv[0]);
	test_turns();
	return done_testing();
}
