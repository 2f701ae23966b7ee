/*
 * forks.c - many processes: one after the other, at once, and more than one
 * may have.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tap.h"

#define ROW     1000 /* processes one after the other */
#define AT_ONCE 200
#define LIMIT   50 /* so many more of them than there are */

#define SETUID32 213 /* Linux's; here all are root */

static void test_row(char *program)
{
	char *argv[] = { program, (char *)"7", NULL };
	int sum = 0, status;

	for (int i = 0; i < ROW; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			execv("/proc/self/exe", argv);
			_exit(1);
		}
		if (waitpid(pid, &status, 0) == pid)
			sum += WEXITSTATUS(status);
	}
	is_long(sum, 7 * ROW, "1000 times fork() and exec, in a row");
}

/* All wait for the end of file that comes when the parent closes its end. */
static void test_at_once(void)
{
	int fds[2], sum = 0, status;
	char byte;

	pipe(fds);
	for (int i = 0; i < AT_ONCE; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			close(fds[1]);
			_exit(read(fds[0], &byte, 1) == 0 ? 3 : 1);
		}
		sum += pid > 0;
	}
	is_long(sum, AT_ONCE, "200 processes at once");
	close(fds[0]);
	close(fds[1]);
	sum = 0;
	while (wait(&status) > 0)
		sum += WEXITSTATUS(status);
	is_long(sum, 3 * AT_ONCE, "and all end");
}

/*
 * On Linux the limit is not for root, who becomes another user here. All that
 * the user runs counts, other programs, too, which come and go: so the limit is
 * put above the least with which one more is allowed, and holds about.
 */
static void set_limit(void)
{
	struct rlimit limit;
	pid_t pid;

	syscall(SETUID32, 100000 + getpid());
	getrlimit(RLIMIT_NPROC, &limit);
	limit.rlim_cur = 0;
	do {
		limit.rlim_cur++;
		setrlimit(RLIMIT_NPROC, &limit);
		pid = fork();
	} while (pid < 0);
	if (pid == 0)
		_exit(0);
	waitpid(pid, NULL, 0);
	limit.rlim_cur += LIMIT;
	setrlimit(RLIMIT_NPROC, &limit);
}

/* Everyone forks until that fails, and waits to be killed. */
static int bomb(void)
{
	int error = 0;

	set_limit();
	while (!error)
		if (fork() < 0)
			error = errno;
	return error;
}

static int count_children(void)
{
	int count = 0;
	pid_t pid;

	setpgid(0, 0);
	set_limit();
	while ((pid = fork()) > 0)
		count++;
	if (pid == 0)
		for (;;)
			pause();
	signal(SIGTERM, SIG_IGN);
	kill(0, SIGTERM);
	while (wait(NULL) > 0)
		;
	return count;
}

static void test_limit(void)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(count_children());
	waitpid(pid, &status, 0);
	ok(WEXITSTATUS(status) > LIMIT / 2 && WEXITSTATUS(status) < 2 * LIMIT,
	   "RLIMIT_NPROC is the limit");
}

static void test_bomb(void)
{
	int fds[2], error = 0, errors = 0;
	pid_t pid;

	pipe(fds);
	pid = fork();
	if (pid == 0) {
		setpgid(0, 0);
		error = bomb();
		write(fds[1], &error, sizeof(error));
		for (;;)
			pause();
	}
	setpgid(pid, pid);
	for (int i = 0; i < LIMIT / 2; i++) {
		read(fds[0], &error, sizeof(error));
		errors += error != EAGAIN;
	}
	is_long(errors, 0, "a fork bomb under RLIMIT_NPROC: EAGAIN");
	is_long(kill(-pid, SIGKILL), 0, "one signal ends it");
	is_long(waitpid(pid, NULL, 0), pid, "it has ended");
	close(fds[0]);
	close(fds[1]);
	pid = fork();
	if (pid == 0)
		_exit(0);
	is_long(waitpid(pid, NULL, 0), pid, "the others may go on");
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return atoi(argv[1]);
	test_row(argv[0]);
	test_at_once();
	test_limit();
	test_bomb();
	return done_testing();
}
