/*
 * signals.c - a program nobody wrote for Faultline: it handles its own faults
 * with glibc, and signals itself and its children.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

static sigjmp_buf back;
static volatile int count, last, code;
static void *volatile address;
static volatile double computed;
static char stack[65536];

static void count_it(int signal)
{
	count++;
	last = signal;
}

static void jump_back(int signal, siginfo_t *info, void *context)
{
	(void)context;
	last = signal;
	code = info->si_code;
	address = info->si_addr;
	siglongjmp(back, 1);
}

/* Steps over the two bytes of ud2 and leaves a value in eax. */
static void skip_instruction(int signal, siginfo_t *info, void *context)
{
	ucontext_t *interrupted = context;

	(void)signal;
	(void)info;
	interrupted->uc_mcontext.gregs[REG_EIP] += 2;
	interrupted->uc_mcontext.gregs[REG_EAX] = 77;
}

static void where_am_i(int signal, siginfo_t *info, void *context)
{
	char here;

	(void)signal;
	(void)info;
	(void)context;
	address = &here;
	siglongjmp(back, 1);
}

static void compute(int signal)
{
	(void)signal;
	computed = 1.0 / 3;
	computed *= 2;
}

static void handle(int signal, void (*handler)(int, siginfo_t *, void *),
		   int flags)
{
	struct sigaction action = { .sa_flags = SA_SIGINFO | flags };

	action.sa_sigaction = handler;
	sigaction(signal, &action, NULL);
}

static int fill_the_stack(int depth)
{
	volatile char room[10000];

	room[0] = (char)depth;
	return fill_the_stack(depth + 1) + room[0];
}

static int divide(volatile int by)
{
	return 1 / by;
}

#define TRY(what, action)                                                     \
	do {                                                                  \
		code = -1;                                                    \
		if (!sigsetjmp(back, 1)) {                                    \
			action;                                               \
			printf("%s: nothing happened\n", what);               \
		} else {                                                      \
			printf("%s: signal %d, code %d\n", what, last, code); \
		}                                                             \
	} while (0)

static void faults(void)
{
	handle(SIGSEGV, jump_back, 0);
	handle(SIGFPE, jump_back, 0);
	handle(SIGILL, jump_back, 0);
	handle(SIGTRAP, jump_back, 0);
	TRY("nothing there", *(volatile int *)0x12345 = 1);
	printf("at %p\n", address);
	TRY("read-only", *(volatile char *)"constant" = 1);
	TRY("division", divide(0));
	TRY("no instruction", __asm__ volatile("ud2"));
	TRY("privileged", __asm__ volatile("hlt"));
	TRY("breakpoint", __asm__ volatile("int3"));
}

static void skipping(void)
{
	int value;

	handle(SIGILL, skip_instruction, 0);
	__asm__ volatile("ud2" : "=a"(value));
	printf("went on, with %d\n", value);
}

static void alternate_stack(void)
{
	stack_t alternate = { .ss_sp = stack, .ss_size = sizeof(stack) };
	const char *there;

	sigaltstack(&alternate, NULL);
	handle(SIGSEGV, where_am_i, SA_ONSTACK);
	if (!sigsetjmp(back, 1))
		fill_the_stack(0);
	there = address;
	printf("stack overflow, handled on the alternate stack: %s\n",
	       there >= stack && there < stack + sizeof(stack) ? "yes" : "no");
}

static void floating_point(void)
{
	volatile double mine = 1.5;

	signal(SIGUSR2, compute);
	mine *= 3;
	raise(SIGUSR2);
	printf("%g %g\n", mine, computed);
}

static void blocking(void)
{
	sigset_t set, pending;

	signal(SIGUSR1, count_it);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	count = 0;
	raise(SIGUSR1);
	raise(SIGUSR1);
	sigpending(&pending);
	printf("blocked: %d, pending: %d\n", count,
	       sigismember(&pending, SIGUSR1));
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	printf("unblocked: %d\n", count);
}

static void children(void)
{
	int status;
	pid_t child;

	signal(SIGCHLD, count_it);
	count = 0;
	child = fork();
	if (!child)
		_exit(3);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	printf("SIGCHLD: %d, status %d\n", count, WEXITSTATUS(status));
	signal(SIGCHLD, SIG_DFL);

	child = fork();
	if (!child) {
		pause();
		_exit(1);
	}
	kill(child, SIGTERM);
	waitpid(child, &status, 0);
	printf("asleep: killed by %d\n", WTERMSIG(status));

	child = fork();
	if (!child)
		for (;;)
			;
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	printf("busy: killed by %d\n", WTERMSIG(status));

	child = fork();
	if (!child)
		abort();
	waitpid(child, &status, 0);
	printf("aborted: killed by %d\n", WTERMSIG(status));
}

static void errors(void)
{
	struct sigaction action = { .sa_handler = SIG_IGN };
	int result = kill(999999, 0);

	printf("kill: %d %s\n", result, strerror(errno));
	result = sigaction(SIGKILL, &action, NULL);
	printf("SIGKILL: %d %s\n", result, strerror(errno));
	signal(SIGTERM, SIG_IGN);
	raise(SIGTERM);
	printf("ignored\n");
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0); /* children must not print twice */
	faults();
	skipping();
	alternate_stack();
	floating_point();
	blocking();
	children();
	errors();
	signal(SIGSEGV, SIG_DFL);
	*(volatile int *)0 = 0;
	return 0;
}
