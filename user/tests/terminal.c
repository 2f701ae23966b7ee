/*
 * terminal.c - job control at a terminal, which has to be standard input and
 * the controlling terminal; this process leads the session. Lines "press KEY"
 * ask whoever sits there for a key (scripts/test/test_terminal.py).
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include "tap.h"

static volatile sig_atomic_t count;

static void note(int signal)
{
	count++;
}

/* STEP in a child with a group of its own; it ends with what STEP returns. */
static pid_t job(int (*step)(void))
{
	pid_t pid = fork();

	if (pid == 0) {
		setpgid(0, 0);
		signal(SIGTTOU, SIG_DFL);
		_exit(step());
	}
	setpgid(pid, pid);
	return pid;
}

static int status_of(pid_t pid)
{
	int status = -1;

	waitpid(pid, &status, WUNTRACED);
	return status;
}

static void foreground(pid_t group)
{
	if (tcsetpgrp(0, group) < 0)
		tap_print("# tcsetpgrp: %s\n", strerror(errno));
}

static int stopped_by(int status)
{
	return WIFSTOPPED(status) ? WSTOPSIG(status) : -1;
}

static int ended_with(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* ── What jobs do ─────────────────────────────────────────────────────── */

static int read_line(void)
{
	char line[16];
	ssize_t length = read(0, line, sizeof(line));

	return length < 0 ? 100 + errno : (int)length;
}

static int read_ignoring(void)
{
	signal(SIGTTIN, SIG_IGN);
	return read_line();
}

static int set_mode(void)
{
	struct termios termios;

	tcgetattr(0, &termios);
	return tcsetattr(0, TCSANOW, &termios) < 0 ? 100 + errno : 0;
}

static int write_line(void)
{
	return write(1, "# written\n", 10) == 10 ? 0 : 100 + errno;
}

static int wait_for_key(void)
{
	return pause();
}

static int other_session(void)
{
	int fd;

	setsid();
	if (tcgetpgrp(0) >= 0 || errno != ENOTTY)
		return 1;
	if (tcsetpgrp(0, getpid()) >= 0 || errno != ENOTTY)
		return 2;
	fd = open("/dev/tty", O_RDWR);
	if (fd >= 0 || errno != ENXIO)
		return 3;
	return 42;
}

/* ── The tests ────────────────────────────────────────────────────────── */

static void press(const char *key)
{
	tap_print("press %s\n", key);
}

/* A job in the foreground gets KEY's signal, and this process does not. */
static void test_key(const char *key, int signal_of_key)
{
	pid_t pid = job(wait_for_key);
	int status;

	signal(signal_of_key, note);
	count = 0;
	foreground(pid);
	press(key);
	status = status_of(pid);
	foreground(getpgrp());
	if (signal_of_key == SIGTSTP) {
		is_long(stopped_by(status), SIGTSTP, "the job is stopped");
		kill(pid, SIGKILL);
		status_of(pid);
	} else {
		is_long(WTERMSIG(status), signal_of_key, "the job is ended");
	}
	is_long(count, 0, "nobody else is");

	/* In the foreground itself, with a job in the background. */
	pid = job(wait_for_key);
	press(key);
	while (!count)
		pause();
	ok(count == 1, "now it is this one's");
	is_long(waitpid(pid, &status, WNOHANG | WUNTRACED), 0,
		"and not the job's");
	kill(pid, SIGKILL);
	status_of(pid);
	signal(signal_of_key, SIG_DFL);
}

/* Behind a line that fills the buffer ^C arrives without another read(). */
static void test_longest_line(void)
{
	static char line[4096];
	struct termios termios, quiet;

	tcgetattr(0, &termios);
	quiet = termios;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(0, TCSANOW, &quiet);
	signal(SIGINT, note);
	count = 0;
	press("longest");
	is_long(read(0, line, sizeof(line)), 4095, "the longest line");
	press("^C");
	while (!count)
		;
	ok(true, "and ^C behind it");
	signal(SIGINT, SIG_DFL);
	tcsetattr(0, TCSANOW, &termios);
}

static void test_background(void)
{
	pid_t pid = job(read_line);

	is_long(stopped_by(status_of(pid)), SIGTTIN, "a read: SIGTTIN");
	foreground(pid);
	kill(pid, SIGCONT);
	press("abc\\n");
	is_long(ended_with(status_of(pid)), 4, "in the foreground it reads");
	foreground(getpgrp());

	is_long(ended_with(status_of(job(read_ignoring))), 100 + EIO,
		"SIGTTIN ignored: EIO");

	pid = job(set_mode);
	is_long(stopped_by(status_of(pid)), SIGTTOU, "tcsetattr(): SIGTTOU");
	foreground(pid);
	kill(pid, SIGCONT);
	is_long(ended_with(status_of(pid)), 0, "in the foreground it works");
	foreground(getpgrp());

	is_long(ended_with(status_of(job(write_line))), 0, "a write");
}

static void test_nonblocking(void)
{
	char byte;

	fcntl(0, F_SETFL, O_RDWR | O_NONBLOCK);
	ok(read(0, &byte, 1) < 0 && errno == EAGAIN, "O_NONBLOCK: EAGAIN");
	fcntl(0, F_SETFL, O_RDWR);
}

static void test_ioctls(void)
{
	int session = -1;
	pid_t pid;

	is_long(tcgetpgrp(0), getpgrp(), "tcgetpgrp()");
	ok(ioctl(0, TIOCGSID, &session) == 0 && session == getsid(0),
	   "TIOCGSID");
	ok(tcsetpgrp(0, 0x3fffffff) < 0 && errno == ESRCH, "no such group");
	ok(tcsetpgrp(0, -1) < 0 && errno == EINVAL, "a negative group");
	pid = fork();
	if (pid == 0)
		_exit(other_session());
	is_long(ended_with(status_of(pid)), 42, "another session");
}

int main(void)
{
	signal(SIGTTOU, SIG_IGN);
	test_ioctls();
	test_background();
	test_nonblocking();
	test_longest_line();
	test_key("^C", SIGINT);
	test_key("^\\", SIGQUIT);
	test_key("^Z", SIGTSTP);
	return done_testing();
}
