/*
 * processes.c - a program nobody wrote for Faultline: trees of processes, with
 * glibc's stdio and malloc in all of them.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int number = 1;
static double factor = 1.5;

static int status_of(pid_t child)
{
	int status = -1;

	waitpid(child, &status, 0);
	return status;
}

static void copies(void)
{
	char *heap = malloc(100000);

	strcpy(heap, "parent");
	for (int i = 0; i < 3; i++) {
		pid_t child = fork();

		if (!child) {
			number += i;
			factor *= i + 1;
			heap[0] = 'c';
			printf("child %d: %d %g %s\n", i, number, factor, heap);
			exit(40 + i);
		}
		printf("status %d\n", WEXITSTATUS(status_of(child)));
		printf("parent: %d %g %s\n", number, factor, heap);
	}
	free(heap);
}

/* 2^depth leaves; each node adds what its two children found. */
static int tree(int depth)
{
	int sum = 0;

	if (depth == 0)
		return 1;
	for (int i = 0; i < 2; i++) {
		pid_t child = fork();

		if (!child)
			_exit(tree(depth - 1));
		sum += WEXITSTATUS(status_of(child));
	}
	return sum;
}

static void programs(char *self)
{
	char *arguments[] = { self, "child", "two words", "", NULL };
	char *environment[] = { "COLOUR=blue", NULL };
	pid_t child = fork();

	if (!child) {
		execve(self, arguments, environment);
		_exit(1);
	}
	printf("executed: %d\n", WEXITSTATUS(status_of(child)));
	child = vfork();
	if (!child) {
		execve("/does/not/exist", arguments, environment);
		_exit(errno);
	}
	printf("not there: %d\n", WEXITSTATUS(status_of(child)) == ENOENT);
}

static void crowd(void)
{
	int reaped = 0;

	for (int i = 0; i < 200; i++)
		if (!fork())
			_exit(0);
	while (wait(NULL) > 0)
		reaped++;
	printf("%d at once\n", reaped);
}

/* Four that compute: the timer must share the CPU among them. */
static void turns(void)
{
	int sum = 0;
	int status;

	for (int i = 0; i < 4; i++) {
		if (!fork()) {
			for (volatile unsigned long n = 0; n < 5000000; n++)
				;
			_exit(i);
		}
	}
	while (wait(&status) > 0)
		sum += WEXITSTATUS(status);
	printf("sum %d\n", sum);
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IONBF, 0); /* children must not print twice */
	if (argc > 1) {
		printf("%d arguments, %s, [%s], %s\n", argc, argv[2], argv[3],
		       getenv("COLOUR"));
		return 9;
	}
	copies();
	printf("%d leaves\n", tree(5));
	programs(argv[0]);
	crowd();
	turns();
	printf("%d %d\n", (int)wait(NULL), errno == ECHILD);
	return 5;
}
