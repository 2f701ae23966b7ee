/*
 * environment.c - setenv() and unsetenv(), what a new program sees of them, and
 * getopt().
 */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include "tap.h"

#define MANY 200

static void test_setenv(void)
{
	char name[16];
	int right = 0;

	is_long(setenv("COLOUR", "blue", 0), 0, "setenv()");
	is_string(getenv("COLOUR"), "blue", "getenv() finds it");
	setenv("COLOUR", "red", 0);
	is_string(getenv("COLOUR"), "blue", "it is kept unless OVERWRITE");
	setenv("COLOUR", "green", 1);
	is_string(getenv("COLOUR"), "green", "then it is replaced");
	setenv("COLOUR", "", 1);
	is_string(getenv("COLOUR"), "", "an empty value");
	is_long(unsetenv("COLOUR"), 0, "unsetenv()");
	ok(!getenv("COLOUR"), "it is gone");
	is_long(unsetenv("COLOUR"), 0, "unsetenv() of what is not there");
	ok(setenv("", "x", 1) < 0 && errno == EINVAL, "no name");
	ok(setenv("A=B", "x", 1) < 0 && errno == EINVAL, "a name with =");
	ok(unsetenv("A=B") < 0 && errno == EINVAL, "unsetenv() likewise");

	for (int i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "NAME%d", i);
		setenv(name, name, 1);
	}
	for (int i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "NAME%d", i);
		if (getenv(name) && strcmp(getenv(name), name) == 0)
			right++;
		unsetenv(name);
	}
	is_long(right, MANY, "200 variables at once");
}

static void test_exec(char *self)
{
	char *const arguments[] = { self, "child", NULL };
	int status = -1;
	pid_t pid;

	setenv("COLOUR", "violet", 1);
	pid = fork();
	if (pid == 0) {
		execv(self, arguments);
		_exit(1);
	}
	waitpid(pid, &status, 0);
	is_long(WEXITSTATUS(status), 5, "a new program sees it");
}

/* What getopt() returns for the words, with arguments in brackets. */
static void test_getopt(char **words, const char *expected)
{
	char seen[100] = "";
	int count = 0;
	int option;

	while (words[count])
		count++;
	optind = 1;
	opterr = 0;
	while ((option = getopt(count, words, "ab:c")) != -1) {
		size_t length = strlen(seen);

		snprintf(seen + length, sizeof(seen) - length,
			 option == 'b' ? "%c[%s]" : "%c", option, optarg);
	}
	snprintf(seen + strlen(seen), sizeof(seen) - strlen(seen), " %d",
		 optind);
	is_string(seen, expected, "getopt()");
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return strcmp(getenv("COLOUR"), "violet") == 0 ? 5 : 1;
	test_setenv();
	test_exec(argv[0]);
	test_getopt((char *[]){ "x", "-a", "-c", "word", NULL }, "ac 3");
	test_getopt((char *[]){ "x", "-acb", "one", NULL }, "acb[one] 3");
	test_getopt((char *[]){ "x", "-btwo", "-a", NULL }, "b[two]a 3");
	test_getopt((char *[]){ "x", "-a", "--", "-c", NULL }, "a 3");
	test_getopt((char *[]){ "x", "-a", "-", NULL }, "a 2");
	test_getopt((char *[]){ "x", "-z", "-b", NULL }, "?? 3");
	test_getopt((char *[]){ "x", NULL }, " 1");
	return done_testing();
}
