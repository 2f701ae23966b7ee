/*
 * futex.c - to wait for a word of memory, and to wake those who do.
 */
#include <signal.h>
#include <sys/wait.h>

#include "kernel_call.h"
#include "tap.h"

enum { WAIT, WAKE, WAIT_BITSET = 9, PRIVATE = 128 };

static volatile unsigned int *word;

static long futex(int op, unsigned int value, const long *timeout, long bitset)
{
	return kernel_call(SYS_futex, (long)word, op, (long)value,
			   (long)timeout, 0, bitset);
}

static void nothing(int signal)
{
}

static void alone(void)
{
	const long soon[] = { 0, 20000000 }, never[] = { 0, 1000000000 };
	const long past[] = { 0, 1 };

	*word = 5;
	is_long(futex(WAKE, 1, NULL, 0), 0, "nobody waits");
	is_long(futex(WAIT, 4, NULL, 0), -EAGAIN, "the word is another");
	is_long(futex(WAIT, 5, soon, 0), -ETIMEDOUT, "the time is over");
	is_long(futex(WAIT | PRIVATE, 5, soon, 0), -ETIMEDOUT, "private, too");
	is_long(futex(WAIT_BITSET, 5, past, -1), -ETIMEDOUT, "a time long ago");
	is_long(futex(WAIT, 5, never, 0), -EINVAL, "no time");
	is_long(futex(WAIT_BITSET, 5, NULL, 0), -EINVAL, "no bit to wait for");
	is_long(futex(77, 5, NULL, 0), -ENOSYS, "no such operation");
	is_long(kernel_call(SYS_futex, 4, WAIT, 0, 0), -EFAULT, "no memory");
	is_long(kernel_call(SYS_futex, (long)word + 1, WAIT, 0, 0), -EINVAL,
		"no word");
}

static void nap(void)
{
	kernel_call(SYS_nanosleep, (long)&(long[2]){ 0, 1000000 }, 0);
}

static void together(void)
{
	int status = -1, ended = 0, woken = 0;
	pid_t pid;

	*word = 1;
	for (int i = 0; i < 3; i++)
		if (fork() == 0) {
			while (*word == 1)
				futex(WAIT, 1, NULL, 0);
			_exit(7);
		}
	while (woken == 0) {
		woken = futex(WAKE, 1, NULL, 0);
		nap();
	}
	is_long(woken, 1, "one is woken");
	is_long(waitpid(-1, &status, WNOHANG), 0, "and waits again");
	*word = 0;
	futex(WAKE, 3, NULL, 0);
	for (int i = 0; i < 3; i++) {
		wait(&status);
		ended += WEXITSTATUS(status) == 7;
	}
	is_long(ended, 3, "all are woken, and go on");

	pid = fork();
	if (pid == 0) {
		struct sigaction action;

		memset(&action, 0, sizeof(action));
		action.sa_handler = nothing;
		sigaction(SIGUSR1, &action, NULL);
		*word = 2;
		_exit(futex(WAIT, 2, NULL, 0) == -EINTR ? 7 : 8);
	}
	while (*word != 2)
		nap();
	do {
		kill(pid, SIGUSR1);
		nap();
	} while (waitpid(pid, &status, WNOHANG) == 0);
	is_long(WEXITSTATUS(status), 7, "a signal ends the waiting");
}

int main(void)
{
	word = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	alone();
	together();
	return done_testing();
}
