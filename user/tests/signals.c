/*
 * signals.c - signals: handlers, masks, faults that a program handles itself,
 * an alternate stack, and how a parent sees them.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "kernel_call.h"
#include "tap.h"

static volatile sig_atomic_t count, last;
static volatile int code;
static void *volatile address;
static volatile char *volatile page;
static volatile char *on_stack; /* where the handler's variables are */
static jmp_buf back;

static void note(int signal)
{
	count++;
	last = signal;
}

/* Make the page accessible: the instruction is then begun anew. */
static void repair(int signal, siginfo_t *info, void *context)
{
	count++;
	code = info->si_code;
	address = info->si_addr;
	mprotect((void *)page, PAGE, PROT_READ | PROT_WRITE);
}

static void escape(int signal, siginfo_t *info, void *context)
{
	char here;

	on_stack = &here;
	code = info->si_code;
	address = info->si_addr;
	longjmp(back, signal);
}

static void catch_with(int signal, int flags,
		       void (*handler)(int, siginfo_t *, void *))
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_sigaction = handler;
	action.sa_flags = SA_SIGINFO | flags;
	sigaction(signal, &action, NULL);
}

static void unblock(int number)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, number);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void test_handlers(void)
{
	ok(signal(SIGUSR1, note) == SIG_DFL, "signal() returns the old one");
	is_long(raise(SIGUSR1), 0, "raise()");
	ok(count == 1 && last == SIGUSR1, "the handler ran");
	kill(getpid(), SIGUSR1);
	is_long(count, 2, "it stays installed");
	ok(signal(SIGUSR1, SIG_IGN) == note, "it is what was set");
	raise(SIGUSR1);
	is_long(count, 2, "SIG_IGN: nothing happens");
	signal(SIGUSR1, SIG_DFL);

	ok(signal(SIGKILL, note) == SIG_ERR && errno == EINVAL,
	   "SIGKILL cannot be caught");
	ok(signal(99, note) == SIG_ERR && errno == EINVAL, "no signal");
	ok(kill(getpid(), 99) < 0 && errno == EINVAL, "kill() with none");
	ok(kill(0x3fffffff, 0) < 0 && errno == ESRCH, "kill() of nobody");
	is_long(kill(getpid(), 0), 0, "signal 0 only asks");
}

static void test_masks(void)
{
	sigset_t set, pending;

	signal(SIGUSR2, note);
	count = 0;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	raise(SIGUSR2);
	raise(SIGUSR2);
	is_long(count, 0, "a blocked signal waits");
	sigpending(&pending);
	is_long(sigismember(&pending, SIGUSR2), 1, "sigpending() has it");
	sigprocmask(SIG_UNBLOCK, &set, &pending);
	is_long(count, 1, "two of a kind were one");
	is_long(sigismember(&pending, SIGUSR2), 1, "the old mask had it");

	sigprocmask(SIG_BLOCK, &set, NULL);
	raise(SIGUSR2);
	signal(SIGUSR2, SIG_IGN);
	signal(SIGUSR2, note);
	unblock(SIGUSR2);
	is_long(count, 1, "one that was ignored while it waited is gone");
	signal(SIGUSR2, SIG_DFL);
}

/* A signal that came before is not missed: it waited behind the mask. */
static void test_sigsuspend(void)
{
	sigset_t usr1, usr2, mask;

	signal(SIGUSR1, note);
	signal(SIGUSR2, note);
	count = 0;
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	sigemptyset(&usr2);
	sigaddset(&usr2, SIGUSR2);
	sigprocmask(SIG_BLOCK, &usr1, NULL);
	raise(SIGUSR1);
	is_long(kernel_call(SYS_rt_sigsuspend, (long)&usr2, 8), -EINTR,
		"rt_sigsuspend() returns when a handler has run");
	ok(count == 1 && last == SIGUSR1, "for what its mask lets through");
	sigprocmask(SIG_SETMASK, NULL, &mask);
	ok(sigismember(&mask, SIGUSR1) && !sigismember(&mask, SIGUSR2),
	   "afterwards the mask is as before");
	is_long(kernel_call(SYS_rt_sigsuspend, (long)&usr2, 4), -EINVAL,
		"not the size of a mask");
	is_long(kernel_call(SYS_rt_sigsuspend, -1, 8), -EFAULT, "no mask");
	unblock(SIGUSR1);
	signal(SIGUSR1, SIG_DFL);
	signal(SIGUSR2, SIG_DFL);
}

static void test_faults(void)
{
	page = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	count = 0;
	catch_with(SIGSEGV, 0, repair);
	page[5] = 'x';
	ok(count == 1 && page[5] == 'x', "SIGSEGV: repaired, the store done");
	ok(code == SEGV_ACCERR && address == page + 5,
	   "si_code SEGV_ACCERR, si_addr the address");

	catch_with(SIGSEGV, 0, escape);
	munmap((void *)page, PAGE);
	if (setjmp(back) == 0)
		page[7] = 'x';
	ok(code == SEGV_MAPERR && address == page + 7,
	   "an unmapped page: SEGV_MAPERR");
	unblock(SIGSEGV);
}

static int recurse(int depth)
{
	volatile char frame[1024];

	frame[0] = (char)depth;
	return depth == 0 ? 0 : recurse(depth - 1) + frame[0];
}

static void test_alternate_stack(void)
{
	static char memory[4 * SIGSTKSZ];
	stack_t stack;

	memset(&stack, 0, sizeof(stack));
	stack.ss_sp = memory;
	stack.ss_size = sizeof(memory);
	is_long(sigaltstack(&stack, NULL), 0, "sigaltstack()");
	stack.ss_flags = SS_DISABLE;
	is_long(sigaltstack(&stack, NULL), 0, "no longer");
	sigaltstack(NULL, &stack);
	ok(!stack.ss_sp && !stack.ss_size && stack.ss_flags == SS_DISABLE,
	   "then none is told");

	stack.ss_sp = memory;
	stack.ss_size = sizeof(memory);
	stack.ss_flags = 0;
	is_long(sigaltstack(&stack, NULL), 0, "once more");
	catch_with(SIGSEGV, SA_ONSTACK, escape);
	if (setjmp(back) == 0)
		recurse(0x7fffffff);
	ok(on_stack > memory && on_stack < memory + sizeof(memory),
	   "the stack is full: the handler has another");
	unblock(SIGSEGV);
	signal(SIGSEGV, SIG_DFL);
}

static int end_of(int number)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		raise(number);
		_exit(1);
	}
	waitpid(pid, &status, 0);
	return status & 0x7f;
}

static void test_ends(void)
{
	int status = 0;
	pid_t pid;

	is_long(end_of(SIGTERM), SIGTERM, "SIGTERM ends a process");
	is_long(end_of(SIGKILL), SIGKILL, "so does SIGKILL");
	is_long(end_of(SIGCHLD), 0, "SIGCHLD does not");

	count = 0;
	signal(SIGCHLD, note);
	pid = fork();
	if (pid == 0)
		_exit(9);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	ok(count == 1 && WEXITSTATUS(status) == 9, "SIGCHLD tells of its end");
	signal(SIGCHLD, SIG_DFL);

	pid = fork();
	if (pid == 0)
		for (;;)
			;
	kill(pid, SIGTERM);
	waitpid(pid, &status, 0);
	is_long(status & 0x7f, SIGTERM, "a process that only computes ends");

	pid = fork();
	if (pid == 0)
		abort();
	waitpid(pid, &status, 0);
	is_long(status & 0x7f, SIGABRT, "abort()");
}

static void test_timers(void)
{
	/* seconds and microseconds: the interval, the value */
	long often[4] = { 0, 10000, 0, 1 }, old[4] = { 9, 9, 9, 9 };
	long bad[4] = { 0, 0, 0, 1000000 }, off[4] = { 0 };
	int status = -1;
	pid_t pid;

	is_long(alarm(100), 0, "alarm(): none before");
	is_long(alarm(7), 100, "there was one");
	pid = fork();
	if (pid == 0)
		_exit(alarm(0));
	waitpid(pid, &status, 0);
	is_long(WEXITSTATUS(status), 0, "a child has none");
	is_long(alarm(0), 7, "off");
	is_long(alarm(0), 0, "it is off");

	signal(SIGALRM, note);
	count = 0;
	is_long(syscall(SYS_setitimer, 0, often, old), 0, "setitimer()");
	ok(!old[0] && !old[1] && !old[2] && !old[3], "none before");
	while (count < 3)
		pause();
	syscall(SYS_setitimer, 0, off, old);
	ok(old[0] == 0 && old[1] == 10000, "SIGALRM again and again");
	syscall(SYS_setitimer, 0, off, old);
	ok(!old[2] && !old[3], "off");
	ok(syscall(SYS_setitimer, 0, bad, NULL) < 0 && errno == EINVAL,
	   "a million microseconds are a second");
	ok(syscall(SYS_setitimer, 9, off, NULL) < 0 && errno == EINVAL,
	   "no such timer");
	signal(SIGALRM, SIG_DFL);

	pid = fork();
	if (pid == 0) {
		syscall(SYS_setitimer, 0, often, NULL);
		for (;;)
			pause();
	}
	waitpid(pid, &status, 0);
	is_long(WTERMSIG(status), SIGALRM, "without a handler it ends");
}

/* A handler and its mask are inherited by fork(). */
static void test_fork(void)
{
	int status = 0;
	pid_t pid;

	signal(SIGUSR1, note);
	count = 0;
	pid = fork();
	if (pid == 0) {
		raise(SIGUSR1);
		_exit(count);
	}
	waitpid(pid, &status, 0);
	ok(WEXITSTATUS(status) == 1 && count == 0, "a child has its own");
	signal(SIGUSR1, SIG_DFL);
}

int main(void)
{
	test_handlers();
	test_masks();
	test_sigsuspend();
	test_faults();
	test_alternate_stack();
	test_ends();
	test_timers();
	test_fork();
	return done_testing();
}
