/*
 * jobs.c - stop and continue, what a parent is told of it, and groups of
 * processes. The terminal's part is in terminal.c.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "tap.h"

static volatile sig_atomic_t count;
static volatile int code, status_of, sender;

static void note(int signal)
{
	count++;
}

static void note_info(int signal, siginfo_t *info, void *context)
{
	count++;
	code = info->si_code;
	status_of = info->si_status;
	sender = info->si_pid;
}

static void catch_child(int flags)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_sigaction = note_info;
	action.sa_flags = SA_SIGINFO | SA_RESTART | flags;
	sigaction(SIGCHLD, &action, NULL);
	count = 0;
}

/* A child that waits to be killed; GROUP: one of its own. */
static pid_t waiting_child(bool group)
{
	pid_t pid = fork();

	if (pid == 0) {
		if (group)
			setpgid(0, 0);
		for (;;)
			pause();
	}
	if (group)
		setpgid(pid, pid);
	return pid;
}

static int end(pid_t pid)
{
	int status = -1;

	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return status;
}

static void test_stop(int signal, const char *name)
{
	int status = -1;
	pid_t pid = waiting_child(true);

	kill(pid, signal);
	is_long(waitpid(pid, &status, WUNTRACED), pid, name);
	ok(WIFSTOPPED(status) && WSTOPSIG(status) == signal, "it stopped");
	is_long(waitpid(pid, &status, WUNTRACED | WNOHANG), 0, "told once");
	kill(pid, SIGUSR1);
	is_long(waitpid(pid, &status, WNOHANG), 0, "stopped, it cannot die");
	kill(pid, SIGCONT);
	is_long(waitpid(pid, &status, 0), pid, "continued, it does");
	is_long(WTERMSIG(status), SIGUSR1, "of the signal that waited");

	pid = waiting_child(true);
	kill(pid, signal);
	waitpid(pid, &status, WUNTRACED);
	kill(pid, SIGCONT);
	is_long(waitpid(pid, &status, WCONTINUED), pid, "WCONTINUED");
	ok(WIFCONTINUED(status), "it goes on");
	is_long(waitpid(pid, &status, WCONTINUED | WNOHANG), 0, "told once");
	kill(pid, signal);
	waitpid(pid, &status, WUNTRACED);
	is_long(WTERMSIG(end(pid)), SIGKILL, "SIGKILL ends a stopped one");
}

static void test_stop_and_continue_undo(void)
{
	sigset_t set, pending;

	sigemptyset(&set);
	sigaddset(&set, SIGTSTP);
	sigaddset(&set, SIGCONT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGCONT, note);
	raise(SIGTSTP);
	raise(SIGCONT);
	sigpending(&pending);
	ok(!sigismember(&pending, SIGTSTP) && sigismember(&pending, SIGCONT),
	   "SIGCONT takes SIGTSTP back");
	raise(SIGTSTP);
	sigpending(&pending);
	ok(sigismember(&pending, SIGTSTP) && !sigismember(&pending, SIGCONT),
	   "and the other way round");
	raise(SIGCONT);
	count = 0;
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	is_long(count, 1, "SIGCONT may have a handler");
	signal(SIGCONT, SIG_DFL);
}

/* System calls that wait go on after a stop as if nothing had been. */
static void test_calls_go_on(void)
{
	struct timespec time = { 0, 100000000 };
	int to[2], from[2], status = -1;
	char byte = 0;
	pid_t pid;

	pipe(to);
	pipe(from);
	pid = fork();
	if (pid == 0) {
		write(from[1], "r", 1);
		if (read(to[0], &byte, 1) != 1)
			_exit(1);
		write(from[1], "s", 1);
		_exit(nanosleep(&time, NULL) == 0 ? 7 : 2);
	}
	for (int i = 0; i < 2; i++) {
		read(from[0], &byte, 1);
		kill(pid, SIGSTOP);
		waitpid(pid, &status, WUNTRACED);
		kill(pid, SIGCONT);
		if (i == 0)
			write(to[1], "x", 1);
	}
	waitpid(pid, &status, 0);
	is_long(WEXITSTATUS(status), 7, "read() and nanosleep() go on");
	for (int i = 0; i < 2; i++) {
		close(to[i]);
		close(from[i]);
	}
}

static void test_sigchld(void)
{
	int status;
	pid_t pid;
	sigset_t set, old;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, &old);

	catch_child(0);
	pid = fork();
	if (pid == 0)
		_exit(9);
	sigsuspend(&old);
	ok(count == 1 && code == CLD_EXITED && status_of == 9 && sender == pid,
	   "SIGCHLD: CLD_EXITED");
	waitpid(pid, NULL, 0);

	pid = waiting_child(false);
	kill(pid, SIGSTOP);
	sigsuspend(&old);
	ok(count == 2 && code == CLD_STOPPED && status_of == SIGSTOP &&
		   sender == pid,
	   "CLD_STOPPED");
	kill(pid, SIGCONT);
	sigsuspend(&old);
	ok(count == 3 && code == CLD_CONTINUED && status_of == SIGCONT &&
		   sender == pid,
	   "CLD_CONTINUED");
	kill(pid, SIGTERM);
	sigsuspend(&old);
	ok(count == 4 && code == CLD_KILLED && status_of == SIGTERM &&
		   sender == pid,
	   "CLD_KILLED");
	waitpid(pid, NULL, 0);

	catch_child(SA_NOCLDSTOP);
	pid = waiting_child(false);
	kill(pid, SIGSTOP);
	waitpid(pid, &status, WUNTRACED);
	kill(pid, SIGCONT);
	waitpid(pid, &status, WCONTINUED);
	kill(pid, SIGKILL);
	sigsuspend(&old);
	ok(count == 1 && code == CLD_KILLED && status_of == SIGKILL,
	   "SA_NOCLDSTOP: of the end only");
	waitpid(pid, NULL, 0);
	sigprocmask(SIG_SETMASK, &old, NULL);

	catch_child(SA_NOCLDWAIT);
	if (fork() == 0)
		_exit(1);
	ok(wait(NULL) < 0 && errno == ECHILD, "SA_NOCLDWAIT: nothing to wait");
	is_long(count, 1, "but SIGCHLD is sent");

	signal(SIGCHLD, SIG_IGN);
	if (fork() == 0)
		_exit(1);
	ok(wait(NULL) < 0 && errno == ECHILD, "SIG_IGN: nothing to wait for");
	signal(SIGCHLD, SIG_DFL);
}

static void test_suspend(void)
{
	sigset_t set, empty, now;

	sigemptyset(&empty);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGUSR1, note);
	signal(SIGUSR2, note);
	count = 0;
	raise(SIGUSR1);
	ok(sigsuspend(&empty) < 0 && errno == EINTR, "sigsuspend()");
	is_long(count, 1, "the handler ran");
	sigprocmask(SIG_BLOCK, NULL, &now);
	ok(sigismember(&now, SIGUSR1), "the mask is back");
	raise(SIGUSR1);
	raise(SIGUSR2);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	is_long(count, 3, "two that waited come together");
	signal(SIGUSR1, SIG_DFL);
	signal(SIGUSR2, SIG_DFL);
}

/* ── Groups ───────────────────────────────────────────────────────────── */

static int in_session(void)
{
	pid_t me = getpid();
	pid_t parents = getpgid(getppid());

	if (setsid() != me)
		return 1;
	if (getsid(0) != me || getpgrp() != me || getpgid(0) != me)
		return 2;
	if (setsid() >= 0 || errno != EPERM)
		return 3;
	if (setpgid(0, 0) >= 0 || errno != EPERM)
		return 4;
	if (setpgid(getppid(), 0) >= 0 || errno != ESRCH)
		return 5;
	if (setpgid(0, parents) >= 0 || errno != EPERM)
		return 6;
	/* Orphaned: the parent is in another session. */
	raise(SIGTSTP);
	raise(SIGTTIN);
	return 42;
}

static void test_sessions(void)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(in_session());
	waitpid(pid, &status, 0);
	is_long(WEXITSTATUS(status), 42, "setsid()");
}

static void test_groups(void)
{
	pid_t one = waiting_child(true), two = fork(), three;
	int status = -1;

	if (two == 0)
		for (;;)
			pause();
	is_long(getpgid(one), one, "a group of its own");
	is_long(getpgid(two), getpgrp(), "the parent's group");
	is_long(getsid(one), getsid(0), "in the same session");
	is_long(setpgid(two, one), 0, "join another");
	is_long(getpgid(two), one, "joined");
	ok(setpgid(two, 0x3fffffff) < 0 && errno == EPERM, "no such group");
	ok(setpgid(two, -1) < 0 && errno == EINVAL, "a negative group");
	ok(setpgid(0x3fffffff, 0) < 0 && errno == ESRCH, "no such process");
	ok(getpgid(0x3fffffff) < 0 && errno == ESRCH, "getpgid() of none");
	ok(getsid(0x3fffffff) < 0 && errno == ESRCH, "getsid() of none");

	three = waiting_child(false);
	is_long(kill(-one, 0), 0, "the group is there");
	is_long(kill(-one, SIGTERM), 0, "a signal for the group");
	is_long(waitpid(-one, &status, 0) > 0, 1, "waitpid() for the group");
	is_long(WTERMSIG(status), SIGTERM, "one of it");
	is_long(waitpid(-one, &status, 0) > 0, 1, "and again");
	is_long(WTERMSIG(status), SIGTERM, "the other");
	ok(waitpid(-one, &status, 0) < 0 && errno == ECHILD, "nobody left");
	ok(kill(-one, SIGTERM) < 0 && errno == ESRCH, "nor to be killed");
	is_long(waitpid(0, &status, WNOHANG), 0, "one in the own group");
	end(three);
	ok(waitpid(0, &status, WNOHANG) < 0 && errno == ECHILD, "none");
	ok(waitpid((int)0x80000000, NULL, 0) < 0 && errno == ESRCH,
	   "the group with the impossible number");
}

static void test_kill(void)
{
	sigset_t chld, empty;
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		setpgid(0, 0);
		waiting_child(false);
		kill(0, SIGTERM);
		_exit(1);
	}
	waitpid(pid, &status, 0);
	is_long(WTERMSIG(status), SIGTERM, "kill(0) includes the caller");

	sigemptyset(&empty);
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);
	signal(SIGCHLD, note);
	pid = fork();
	if (pid == 0)
		_exit(0);
	sigsuspend(&empty);
	signal(SIGCHLD, SIG_DFL);
	sigprocmask(SIG_UNBLOCK, &chld, NULL);
	is_long(kill(pid, 0), 0, "a zombie can be asked for");
	is_long(kill(pid, SIGKILL), 0, "and killed in vain");
	waitpid(pid, &status, 0);
	ok(WIFEXITED(status), "it had ended before");
	ok(kill(pid, 0) < 0 && errno == ESRCH, "now it is gone");
}

/* After exec it is too late for setpgid(). */
static void test_after_exec(char *program)
{
	int to_child[2], from_child[2], status = -1;
	char byte;
	pid_t pid;

	pipe(to_child);
	pipe(from_child);
	pid = fork();
	if (pid == 0) {
		char *argv[] = { program, "wait", NULL };

		dup2(to_child[0], 0);
		dup2(from_child[1], 1);
		execv(program, argv);
		_exit(1);
	}
	read(from_child[0], &byte, 1);
	ok(setpgid(pid, 0) < 0 && errno == EACCES, "after exec: EACCES");
	write(to_child[1], "x", 1);
	waitpid(pid, &status, 0);
	is_long(WEXITSTATUS(status), 5, "it did exec");
	for (int i = 0; i < 2; i++) {
		close(to_child[i]);
		close(from_child[i]);
	}
}

int main(int argc, char **argv)
{
	char byte = 'x';

	if (argc > 1) {
		write(1, &byte, 1);
		read(0, &byte, 1);
		return 5;
	}
	test_stop(SIGSTOP, "SIGSTOP");
	test_stop(SIGTSTP, "SIGTSTP");
	test_stop(SIGTTIN, "SIGTTIN");
	test_stop(SIGTTOU, "SIGTTOU");
	test_stop_and_continue_undo();
	test_calls_go_on();
	test_sigchld();
	test_suspend();
	test_sessions();
	test_groups();
	test_kill();
	test_after_exec(argv[0]);
	return done_testing();
}
