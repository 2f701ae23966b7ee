/*
 * exec.c - execve(): scripts and their interpreters, what cannot be run, and
 * how much one can be told. The interpreter is this program itself, which then
 * says through a pipe what it got.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tap.h"

#define LINE_SIZE 256 /* what counts of a script's first line */

static char self[256]; /* the path of this program */
static char *report[] = { (char *)"REPORT=1", NULL };

/* "3 <a> <b> comm": the count of arguments, all but the first, the name. */
static int tell(int argc, char **argv)
{
	char comm[32] = "";
	int fd = open("/proc/self/comm", O_RDONLY);

	printf("%d ", argc);
	for (int i = 1; i < argc; i++) {
		if (strlen(argv[i]) < 100)
			printf("<%s> ", argv[i]);
		else
			printf("[%d] ", (int)strlen(argv[i]));
	}
	read(fd, comm, sizeof(comm) - 1);
	comm[strcspn(comm, "\n")] = '\0';
	printf("%s", comm);
	return argc == 1 || strcmp(argv[0], self) == 0 || argv[0][0] == '.' ? 0
									    : 1;
}

static void write_file(const char *path, const char *text, int mode)
{
	int fd;

	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT, mode);
	write(fd, text, strlen(text));
	close(fd);
}

/* A script that begins with FORMAT, in which %s is this program. */
static void write_script(const char *path, const char *format)
{
	char text[1000];

	snprintf(text, sizeof(text), format, self);
	write_file(path, text, 0755);
}

/* What PATH tells when run with ARGV, or the name of the error. */
static const char *run(const char *path, char *const argv[])
{
	static char text[1000];
	size_t length = 0;
	ssize_t count;
	int fds[2], status = -1;
	pid_t pid;

	pipe(fds);
	pid = fork();
	if (pid == 0) {
		dup2(fds[1], 1);
		close(fds[0]);
		close(fds[1]);
		execve(path, argv, report);
		printf("%s", errno == E2BIG     ? "E2BIG"
			     : errno == ENOEXEC ? "ENOEXEC"
			     : errno == ELOOP   ? "ELOOP"
						: error_name(-errno));
		exit(0);
	}
	close(fds[1]);
	while ((count = read(fds[0], text + length,
			     sizeof(text) - 1 - length)) > 0)
		length += count;
	text[length] = '\0';
	close(fds[0]);
	waitpid(pid, &status, 0);
	return status == 0 ? text : "another status";
}

static const char *run_script(const char *format)
{
	char *argv[] = { (char *)"zero", (char *)"a b", (char *)"c", NULL };

	write_script("./s", format);
	return run("./s", argv);
}

static void test_scripts(void)
{
	is_string(run_script("#!%s\nanything"), "4 <./s> <a b> <c> s",
		  "a script");
	is_string(run_script("#!%s"), "4 <./s> <a b> <c> s", "no end of line");
	is_string(run_script("#! \t%s\n"), "4 <./s> <a b> <c> s", "blanks");
	is_string(run_script("#!%s one\n"), "5 <one> <./s> <a b> <c> s",
		  "an argument");
	is_string(run_script("#!%s \tone  two \t \n"),
		  "5 <one  two> <./s> <a b> <c> s", "more words are one");
	is_string(run_script("#!%s  \n"), "4 <./s> <a b> <c> s",
		  "blanks at the end");
	is_string(run_script("#!\n"), "ENOEXEC", "no interpreter");
	is_string(run_script("#! \t \n"), "ENOEXEC", "blanks for one");
	is_string(run_script("#"), "ENOEXEC", "nothing behind #");
	is_string(run_script(""), "ENOEXEC", "an empty file");
	is_string(run_script("echo\n"), "ENOEXEC", "a text");
	is_string(run_script(" #!%s\n"), "ENOEXEC", "not at the beginning");
	is_string(run_script("#!/no/such/program\n"), "ENOENT", "none there");
	is_string(run_script("#!/tmp\n"), "EACCES", "a directory");
	is_string(run_script("#!/dev/null\n"), "EACCES", "a device");
	is_string(run("./s", NULL), "EACCES", "without arguments");
	write_script("./s", "#!%s\n");
	is_string(run("./s", NULL), "2 <./s> s", "without arguments");
	write_file("./s", "#!/bin/sh\n", 0644);
	is_string(run("./s", NULL), "EACCES", "not executable");
}

static void test_script_of_script(void)
{
	char name[] = "./s0", line[] = "#!./s0 x\n";

	write_script(name, "#!%s x\n");
	for (char c = '1'; c <= '6'; c++) {
		line[5] = c - 1;
		name[3] = c;
		write_file(name, line, 0755);
	}
	is_string(run("./s1", NULL), "5 <x> <./s0> <x> <./s1> s1",
		  "an interpreter that is a script");
	is_string(run("./s4", NULL),
		  "11 <x> <./s0> <x> <./s1> <x> <./s2> <x> <./s3> <x> <./s4> "
		  "s4",
		  "five of them");
	is_string(run("./s5", NULL), "ELOOP", "six are too many");
	write_file("./s", "#!./s\n", 0755);
	is_string(run("./s", NULL), "ELOOP", "its own interpreter");
	for (name[3] = '0'; name[3] <= '6'; name[3]++)
		unlink(name);
}

/* Only the beginning of a long line counts. */
static void test_long_lines(void)
{
	char text[600], expected[64];
	int used = snprintf(text, sizeof(text), "#!%s ", self);

	memset(text + used, 'x', sizeof(text) - 1 - used);
	text[sizeof(text) - 1] = '\0';
	write_file("./s", text, 0755);
	snprintf(expected, sizeof(expected), "3 [%d] <./s> s",
		 LINE_SIZE - 1 - used);
	is_string(run("./s", NULL), expected, "a long argument is cut");
	memset(text + 3, '/', sizeof(text) - 4);
	write_file("./s", text, 0755);
	is_string(run("./s", NULL), "ENOEXEC", "a long path is not");
	memset(text + 2, ' ', sizeof(text) - 3);
	write_file("./s", text, 0755);
	is_string(run("./s", NULL), "ENOEXEC", "only blanks");
}

static void test_many_arguments(void)
{
	enum { STRING = 128 * 1024, COUNT = 3000 };
	char *string = malloc(STRING + 1);
	char *const *volatile bad = (char *const *)8;
	char **argv = calloc(COUNT + 1, sizeof(*argv));

	memset(string, 'x', STRING);
	string[STRING] = '\0';
	argv[0] = self;
	argv[1] = string;
	is_string(run(self, argv), "E2BIG", "a string of 128 KiB");
	string[STRING - 1] = '\0';
	is_string(run(self, argv), "2 [131071] exec", "one byte less");
	for (int i = 2; i < 18; i++)
		argv[i] = string;
	is_string(run(self, argv), "E2BIG", "too many of them");
	string[900] = '\0';
	for (int i = 0; i < COUNT; i++)
		argv[i] = string;
	is_string(run(self, argv), "E2BIG", "too much in all");
	argv[0] = self;
	argv[1] = argv[2] = (char *)"";
	argv[3] = NULL;
	is_string(run(self, argv), "3 <> <> exec", "empty strings");
	is_string(run(self, NULL), "1 exec", "no strings");
	argv[1] = (char *)8;
	is_string(run(self, argv), "EFAULT", "a bad pointer");
	is_string(run(self, bad), "EFAULT", "a bad array");
	free(argv);
	free(string);
}

int main(int argc, char **argv)
{
	char work[64];

	if (readlink("/proc/self/exe", self, sizeof(self) - 1) <= 0)
		return 2;
	if (getenv("REPORT"))
		return tell(argc, argv);
	snprintf(work, sizeof(work), "/tmp/test-exec-%d", (int)getpid());
	if (mkdir(work, 0755) || chdir(work))
		return 2;
	test_scripts();
	test_script_of_script();
	test_long_lines();
	test_many_arguments();
	unlink("s");
	chdir("/");
	is_long(rmdir(work), 0, "cleaned up");
	return done_testing();
}
