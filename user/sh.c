/*
 * sh.c - a shell that runs as it parses. The commands are text in memory; each
 * function of the grammar goes over its part of it and, unless `skip` is set,
 * does what it says. A loop goes back in the text; a child process goes on at
 * the place where it was born, and its parent skips that part. Each line is
 * gone over with `skip` set first: this reads more lines until the command is
 * complete, and finds its errors. `sh --help` tells what there is of POSIX.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define END(array) ((array) + sizeof(array) / sizeof((array)[0]))
#define DELIMITERS " \t\n;&|<>()" /* of words */
#define FD_PRIVATE 10 /* the shell's own descriptors are from here on */

static char **arguments; /* $0 $1 … */
static int status; /* $? */
static pid_t shell_pid, background_pid; /* $$, which children keep; $! */
static bool exit_on_error, trace; /* set -e, set -x */
static int conditions; /* how many conditions deep we are: there -e is off */
static int loops; /* that we are in */
static int skip; /* not 0: go over the text only */
static enum { NOTHING, BREAK, CONTINUE } leaving; /* with skip set */
static bool interactive;
static volatile sig_atomic_t interrupt; /* ^C was typed */
static jmp_buf next_line; /* where an interactive shell goes on after an error */

/* Stacks: a command takes from them, and gives back at its end. */
static char memory[1 << 20], *top = memory;
static char *words[4096], **last_word = words; /* behind the last */

static void list(void);

/* Say what is wrong. If RESULT is not 0 give up: the line, or the shell. */
static void complain(int result, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	dprintf(STDERR_FILENO, "%s: ", arguments[0]);
	vdprintf(STDERR_FILENO, format, list);
	dprintf(STDERR_FILENO, "\n");
	va_end(list);
	if (result && !interactive)
		exit(result);
	if (result)
		longjmp(next_line, result);
}

static void push_char(int c)
{
	if (top + 1 == END(memory))
		complain(2, "%s", strerror(ENOMEM));
	*top++ = (char)c;
	*top = '\0';
}

static void push_word(char *word)
{
	if (last_word == END(words))
		complain(2, "%s", strerror(E2BIG));
	*last_word++ = word;
}

/* ── The text, and what comes next in it ──────────────────────────────── */

static const char *at; /* where we are in the text */
static int source = -1; /* more lines come from there, unless it is -1 */

/* The next character; 0 at the end. Reads byte by byte: what is behind the
 * line may be for the commands to read. */
static int look(void)
{
	char c = '\0';

	if (*at || source < 0)
		return (unsigned char)*at;
	if (interactive && source == STDIN_FILENO)
		dprintf(STDERR_FILENO, at > memory ? "> " : "$ ");
	errno = 0;
	while (c != '\n' && read(source, &c, 1) == 1)
		if (c)
			push_char(c);
	if (interactive && errno == EINTR)
		longjmp(next_line, 128 + SIGINT);
	if (c && c != '\n') /* the last line of a file */
		push_char('\n');
	return (unsigned char)*at;
}

/* The first character of the next word or operator. */
static int peek(void)
{
	int c;

	while ((c = look()) == ' ' || c == '\t' || c == '#' ||
	       (c == '\\' && at[1] == '\n'))
		at += c == '#' ? strcspn(at, "\n") : c == '\\' ? 2 : 1;
	return c;
}

static void syntax_error(void)
{
	int length = (int)strcspn(at, DELIMITERS);

	if (!*at || *at == '\n')
		complain(2, "syntax error: unexpected end of line");
	complain(2, "syntax error: unexpected %.*s", length ? length : 1, at);
}

static int next(void)
{
	if (!look())
		syntax_error();
	return (unsigned char)*at++;
}

static bool is_next(const char *token)
{
	size_t length = strlen(token);

	peek();
	if (strncmp(at, token, length) != 0)
		return false;
	if (strchr("&|", *token))
		return length == 2 || at[1] != *token;
	return strchr(";()", *token) || strchr(DELIMITERS, at[length]);
}

static bool accept(const char *token)
{
	bool result = is_next(token);

	at += result ? strlen(token) : 0;
	return result;
}

static void expect(const char *token)
{
	if (!accept(token))
		syntax_error();
}

static void newlines(void)
{
	while (peek() == '\n')
		at++;
}

/* Does what comes next end a list of commands? */
static bool at_end(void)
{
	return !peek() || is_next(")") || is_next("}") || is_next("then") ||
	       is_next("elif") || is_next("else") || is_next("fi") ||
	       is_next("do") || is_next("done");
}

/* Go over the text of RULE, a function of the grammar; do it if WANTED. */
static void run_if(bool wanted, void (*rule)(void))
{
	skip += !wanted;
	rule();
	skip -= !wanted;
}

static const char *end_of(void (*rule)(void))
{
	const char *start = at, *end;

	run_if(false, rule);
	peek();
	end = at;
	at = start;
	return end;
}

/* Does TOKEN follow behind RULE? If we do not skip it, that is. */
static bool followed_by(void (*rule)(void), const char *token)
{
	const char *start = at;
	bool result = false;

	if (!skip) {
		at = end_of(rule);
		result = is_next(token);
		at = start;
	}
	return result;
}

/* ── Jobs: children, on a terminal each in a process group of its own ─── */

static struct job {
	pid_t pid; /* also of the group; 0: this job is not in use */
	enum { RUNNING, STOPPED, ENDED } state;
	int result; /* from waitpid() */
	bool reported; /* that it is stopped */
	char text[80];
} jobs[256];

static int terminal; /* a descriptor of it */
static const char *last; /* where a child's part of the text ends */

/* Take note of one child that ended or stopped. Was there one? */
static bool reap(int options)
{
	int result;
	pid_t pid = waitpid(-1, &result, options | WUNTRACED);

	for (struct job *job = jobs; pid > 0 && job < END(jobs); job++)
		if (job->pid == pid) {
			job->state = WIFSTOPPED(result) ? STOPPED : ENDED;
			job->result = result;
		}
	return pid > 0 || (pid < 0 && errno == EINTR && !interrupt);
}

/* What has become of the jobs; ALL: say also what has not changed. */
static void report_jobs(bool all)
{
	static const char *const states[] = { "Running", "Stopped", "Done" };

	while (reap(WNOHANG))
		;
	for (struct job *job = jobs; job < END(jobs); job++) {
		bool signaled = job->state == ENDED && WIFSIGNALED(job->result);
		const char *state = signaled ? strsignal(WTERMSIG(job->result))
					     : states[job->state];

		if (job->pid && (all || job->state == ENDED ||
				 (job->state == STOPPED && !job->reported)))
			dprintf(STDERR_FILENO, "[%d]  %-22s  %s\n",
				(int)(job - jobs) + 1, state, job->text);
		job->reported = job->state == STOPPED;
		if (job->state == ENDED)
			job->pid = 0;
	}
}

/* The job NAME, %number or that of the process; NULL: the newest. */
static struct job *find_job(const char *name)
{
	int number = name ? atoi(name + (*name == '%')) : 0;

	for (struct job *job = END(jobs) - 1; job >= jobs; job--)
		if (job->pid && (!name || (*name == '%' ? job - jobs + 1
							: job->pid) == number))
			return job;
	return NULL;
}

/* FD becomes a copy of FROM, which is closed; -1: FD is closed. */
static void move_fd(int from, int fd)
{
	if (from == fd)
		return;
	if (dup2(from, fd) < 0)
		close(fd);
	close(from);
}

/* What the terminal's keys, and who ends all processes, send. */
static void handle_keys(void (*handler)(int))
{
	static const int signals[] = { SIGINT,  SIGQUIT, SIGTERM,
				       SIGTSTP, SIGTTIN, SIGTTOU };

	for (const int *number = signals; number < END(signals); number++)
		signal(*number, handler);
}

static pid_t new_process(void)
{
	pid_t pid = fork();

	if (pid < 0)
		complain(2, "fork: %s", strerror(errno));
	return pid;
}

static void new_pipe(int ends[2])
{
	if (pipe(ends) < 0)
		complain(2, "pipe: %s", strerror(errno));
}

/* Here the life of a child begins: it does RULE, its output into the pipe ENDS,
 * if there is one. */
static void live(void (*rule)(void), const int *ends)
{
	if (ends) {
		close(ends[0]);
		move_fd(ends[1], STDOUT_FILENO);
	}
	interactive = false;
	memset(jobs, 0, sizeof(jobs));
	last = end_of(rule);
	rule();
	exit(status);
}

/* Start a child that does RULE, and go past its text, which began at TEXT. */
static struct job *start(void (*rule)(void), const char *text, bool background,
			 const int *ends)
{
	struct job *job = jobs;
	pid_t pid = new_process(), own = pid ? pid : getpid();

	if (interactive) { /* both do it: who comes first is not known */
		setpgid(own, own);
		if (!background)
			tcsetpgrp(terminal, own);
	}
	if (pid == 0) {
		if (interactive) {
			handle_keys(SIG_DFL);
		} else if (background) {
			signal(SIGINT, SIG_IGN);
			signal(SIGQUIT, SIG_IGN);
			move_fd(open("/dev/null", O_RDONLY), STDIN_FILENO);
		}
		live(rule, ends);
	}
	run_if(false, rule);
	while (job->pid && job < END(jobs) - 1) /* over 256: forget the last */
		job++;
	*job = (struct job){ .pid = pid };
	snprintf(job->text, sizeof(job->text), "%.*s",
		 (int)(at - text) + background, text);
	return job;
}

/* Wait until JOB has ended or stopped; its result is $? then. */
static void wait_for(struct job *job)
{
	int number = 0;

	while (job->state == RUNNING && reap(0))
		;
	if (interactive)
		tcsetpgrp(terminal, getpgrp());
	if (job->state == STOPPED)
		number = WSTOPSIG(job->result);
	else if (job->state == RUNNING) /* ^C was typed while we waited */
		number = SIGINT;
	else if (WIFSIGNALED(job->result))
		number = WTERMSIG(job->result);
	status = number ? 128 + number : WEXITSTATUS(job->result);
	if (job->state == ENDED)
		job->pid = 0;
	if (number == SIGINT && interactive)
		longjmp(next_line, status);
	if (job->state != ENDED)
		dprintf(STDERR_FILENO, "\n");
	else if (number && number != SIGINT && number != SIGPIPE)
		dprintf(STDERR_FILENO, "%s\n", strsignal(number));
}

/* A child that has nothing else to do does RULE itself. */
static void run_child(void (*rule)(void), const char *text)
{
	if (end_of(rule) == last)
		rule();
	else
		wait_for(start(rule, text, false, NULL));
}

/* ── Words, expanded while they are gone over ─────────────────────────── */

static char *field; /* the word that is being made; NULL: not begun */
static bool splitting; /* values at blanks; and looking for files */
static bool pattern; /* it has a bare * or ? */
static bool substituted; /* a $(command) gave the status */

static size_t name_length(const char *text)
{
	size_t length = 0;

	while (isalnum((unsigned char)text[length]) || text[length] == '_')
		length++;
	return isdigit((unsigned char)*text) ? 0 : length;
}

/* Variables are in the environment; one that is not exported as .NAME. What the
 * one is called there whose name begins TEXT. */
static char *variable(const char *text)
{
	static char name[256];

	snprintf(name, sizeof(name), ".%.*s", (int)name_length(text), text);
	return getenv(name + 1) ? name + 1 : name;
}

/* WORD: NAME=value, or for `export` NAME. */
static void assign(const char *word, bool export)
{
	char *name = variable(word);
	const char *end = word + name_length(word);
	const char *value = *end == '=' ? end + 1 : getenv(name);

	if (value)
		setenv(name + (export && *name == '.'), value, 1);
	if (export && *name == '.')
		unsetenv(name);
}

static bool matches(const char *text, const char *name)
{
	if (*text == '*')
		return matches(text + 1, name) ||
		       (*name && matches(text, name + 1));
	if (*text == '?' && *name)
		return matches(text + 1, name + 1);
	text += *text == '\\';
	return *text == *name && (!*text || matches(text + 1, name + 1));
}

static int compare_words(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Push the files whose paths match TEXT, the last part of which is a pattern. */
static void push_matches(const char *text)
{
	const char *slash = strrchr(text, '/');
	int length = slash ? (int)(slash + 1 - text) : 0;
	char path[PATH_MAX] = ".", **first = last_word;
	struct dirent *entry;
	DIR *directory;

	if (slash)
		snprintf(path, sizeof(path), "%.*s", length, text);
	directory = opendir(path);
	while (directory && (entry = readdir(directory))) {
		if ((*entry->d_name == '.' && text[length] != '.') ||
		    !matches(text + length, entry->d_name))
			continue;
		snprintf(path, sizeof(path), "%.*s%s", length, text,
			 entry->d_name);
		push_word(top);
		for (const char *c = path; *c; c++)
			push_char(*c);
		push_char('\0');
	}
	if (directory)
		closedir(directory);
	qsort(first, (size_t)(last_word - first), sizeof(*words),
	      compare_words);
}

/* The word is complete: push it, or the files that it means. */
static void end_field(void)
{
	char **before = last_word;
	char *to = field;

	push_char('\0');
	if (pattern)
		push_matches(field);
	if (last_word == before) {
		push_word(field);
		for (char *from = field; *from; *to++ = *from++)
			from += *from == '\\';
		*to = '\0';
	}
	field = NULL;
	pattern = false;
}

static void begin_field(void)
{
	if (!skip && !field)
		field = top;
}

/* Add C; behind a \ if it stands for itself in a pattern. */
static void put(int c, bool quoted)
{
	bool special = c == '*' || c == '?';

	begin_field();
	if (skip)
		return;
	pattern |= special && splitting && !quoted;
	if (c == '\\' || (special && quoted))
		push_char('\\');
	push_char(c);
}

static void put_value(const char *value, bool quoted)
{
	for (; value && *value; value++)
		if (quoted || !splitting || !isspace((unsigned char)*value))
			put(*value, quoted);
		else if (field)
			end_field();
}

/* $(list): a child does it, and we read what it writes. */
static void substitute(bool quoted)
{
	char text[2] = "";
	struct job *job;
	int held = 0;
	int ends[2];

	expect("(");
	if (skip) {
		list();
	} else {
		new_pipe(ends);
		job = start(list, at, false, ends);
		close(ends[1]);
		while (read(ends[0], text, 1) == 1) {
			if (*text == '\n') { /* the last ones do not count */
				held++;
				continue;
			}
			for (; held > 0; held--)
				put_value("\n", quoted);
			put_value(text, quoted);
		}
		close(ends[0]);
		wait_for(job);
		substituted = true;
	}
	expect(")");
}

/* The value of the parameter whose name begins NAME; NULL: it has none. */
static const char *parameter(const char *name)
{
	static const char numbers[] = "?$#!";
	const char *which = strchr(numbers, *name);
	static char text[12];
	int count = 0;

	while (arguments[count + 1])
		count++;
	if (isdigit((unsigned char)*name))
		return *name - '0' <= count ? arguments[*name - '0'] : NULL;
	if (!which)
		return getenv(variable(name));
	snprintf(text, sizeof(text), "%d",
		 (int[]){ status, shell_pid, count,
			  background_pid }[which - numbers]);
	return text;
}

/* $@ and $*; "$@" is one word for each argument. */
static void put_arguments(bool quoted, bool apart)
{
	for (char **argument = arguments + 1; *argument; argument++) {
		if (argument > arguments + 1 && apart)
			end_field();
		else if (argument > arguments + 1)
			put_value(" ", quoted);
		if (quoted)
			begin_field();
		put_value(*argument, quoted);
	}
}

/* What a $ begins. */
static void dollar(bool quoted)
{
	bool brace = look() == '{';
	const char *name = at += brace;
	bool special = look() && strchr("?$#!@*0123456789", look());

	if (look() == '(' && !brace) {
		substitute(quoted);
		return;
	}
	at += special ? 1 : name_length(name);
	if (at == name && !brace)
		put('$', quoted);
	else if (brace && (at == name || next() != '}'))
		syntax_error();
	else if (!skip && (*name == '@' || *name == '*'))
		put_arguments(quoted, quoted && splitting && *name == '@');
	else if (!skip)
		put_value(parameter(name), quoted);
}

/* What stands in quotes, which END. */
static void quotation(int end)
{
	int c;

	if (strncmp(at, "$@\"", 3) != 0) /* that may be no word at all */
		begin_field();
	while ((c = next()) != end) {
		if (c == '$' && end == '"')
			dollar(true);
		else if (c != '\\' || end != '"' || !strchr("$\"\\`\n", look()))
			put(c, true);
		else if ((c = next()) != '\n') /* else the line goes on */
			put(c, true);
	}
}

/* Push what the next word expands to; that is one word unless SPLIT. */
static void word(bool split)
{
	const char *start = at;
	int c;

	if (!skip) {
		splitting = split;
		field = split ? NULL : top;
	}
	while ((c = look()) && !strchr(DELIMITERS, c)) {
		at++;
		if (c == '$')
			dollar(false);
		else if (c == '"' || c == '\'')
			quotation(c);
		else if (c != '\\')
			put(c, false);
		else if ((c = next()) != '\n')
			put(c, true);
	}
	if (at == start)
		syntax_error();
	if (!skip && field)
		end_field();
}

/* ── Redirection, and how it is undone ────────────────────────────────── */

static struct undo {
	int fd, copy; /* of what FD was; -1: it was closed */
} undo[64], *last_undo = undo; /* behind the last */

static void restore(struct undo *mark)
{
	for (; last_undo > mark; last_undo--)
		move_fd(last_undo[-1].copy, last_undo[-1].fd);
}

static bool at_redirection(void)
{
	int c = peek();

	c = isdigit(c) ? at[1] : c;
	return c == '<' || c == '>';
}

/* [N]<WORD and so on, which are done at once; false after a message. */
static bool redirection(void)
{
	int fd = isdigit(look()) ? next() - '0' : -1;
	bool out = next() == '>';
	int kind = look(), target = -1;
	const char *name;

	at += kind == '&' || (out && kind == '>');
	peek();
	word(false);
	if (skip)
		return true;
	name = *--last_word;
	fd = fd < 0 ? out : fd;
	errno = EBADF;
	if (kind != '&')
		target = open(name,
			      !out          ? O_RDONLY
			      : kind == '>' ? O_WRONLY | O_CREAT | O_APPEND
					    : O_WRONLY | O_CREAT | O_TRUNC,
			      0666);
	else if (isdigit((unsigned char)*name))
		target = fcntl(atoi(name), F_DUPFD, FD_PRIVATE);
	if (target < 0 || last_undo == END(undo)) {
		complain(0, "%s: %s", name, strerror(errno));
		return false;
	}
	last_undo->fd = fd;
	last_undo++->copy = fcntl(fd, F_DUPFD_CLOEXEC, FD_PRIVATE);
	move_fd(target, fd);
	return true;
}

/* ── Commands that are the shell's own, for they change the shell ─────── */

static void run_source(int fd);

static void become(char **argv)
{
	char **to = environ;

	for (char **from = environ; *from; from++)
		if (**from != '.') /* exported */
			*to++ = *from;
	*to = NULL;
	/* test knows by its name that a ] is to come. */
	execvp(strcmp(argv[0], "[") == 0 ? "test" : argv[0], argv);
	complain(errno == ENOENT || errno == ENOTDIR ? 127 : 126, "%s: %s",
		 argv[0], errno == ENOENT ? "not found" : strerror(errno));
}

/* read: a word of the line for each name, the rest of it for the last. */
static int read_line(char **names)
{
	char *start = top;
	ssize_t count;
	char c;

	*top = '\0';
	while ((count = read(STDIN_FILENO, &c, 1)) == 1 && c != '\n')
		push_char(c);
	for (; *names; names++) {
		char *end = start += strspn(start, " \t");

		end += names[1] ? strcspn(start, " \t") : strlen(start);
		while (end > start && strchr(" \t", end[-1]))
			end--;
		c = *end;
		*end = '\0';
		setenv(variable(*names), start, 1);
		*end = c;
		start = end;
	}
	return count != 1;
}

static int open_script(const char *path)
{
	int fd = open(path ? path : "", O_RDONLY | O_CLOEXEC);
	int script = fcntl(fd, F_DUPFD_CLOEXEC, FD_PRIVATE);

	if (fd < 0)
		complain(127, "%s: %s", path, strerror(errno));
	close(fd);
	return script;
}

/* fg and bg: let JOB go on, and wait for it or not. */
static int go_on(struct job *job, bool foreground)
{
	dprintf(STDERR_FILENO, "%s\n", job ? job->text : "no such job");
	if (!job)
		return 1;
	if (foreground && interactive)
		tcsetpgrp(terminal, job->pid);
	job->state = RUNNING;
	job->reported = false;
	kill(-job->pid, SIGCONT);
	status = 0;
	if (foreground)
		wait_for(job);
	return status;
}

/* wait: for the jobs with these NAMES, or for all. */
static int wait_for_jobs(char **names)
{
	struct job *job;

	status = 0;
	if (!*names)
		for (job = jobs; job < END(jobs) && !interrupt; job++)
			while (job->pid && job->state == RUNNING && reap(0))
				;
	for (; *names; names++) {
		job = find_job(*names);
		status = 127;
		if (job)
			wait_for(job);
	}
	return status;
}

static bool is(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static int set_option(const char *option)
{
	if (is(option + 1, "e"))
		exit_on_error = *option == '-';
	else if (is(option + 1, "x"))
		trace = *option == '-';
	else
		complain(0, "%s: only -e and -x are known", option);
	return !strchr("ex", option[1]);
}

static const char own_commands[] =
	" . : bg break cd continue exec exit export fg jobs pwd read set shift "
	"unset wait ";

static bool is_builtin(const char *name)
{
	char text[12];

	snprintf(text, sizeof(text), " %s ", name);
	return strstr(own_commands, text);
}

static int builtin(char **argv)
{
	const char *name = *argv++;
	char path[PATH_MAX];
	int result = 0;
	int number = *argv ? atoi(*argv) : 1;

	if (is(name, ".")) {
		status = 0;
		number = open_script(*argv);
		run_source(number);
		close(number);
		result = status;
	} else if (is(name, "bg") || is(name, "fg")) {
		result = go_on(find_job(*argv), *name == 'f');
	} else if (is(name, "break") || is(name, "continue")) {
		leaving = !loops ? NOTHING : *name == 'b' ? BREAK : CONTINUE;
		skip += leaving != NOTHING;
	} else if (is(name, "cd")) {
		name = *argv ? *argv : getenv("HOME");
		result = chdir(name ? name : "") < 0;
		if (result)
			complain(0, "cd: %s: %s", name, strerror(errno));
	} else if (is(name, "exec")) {
		if (*argv)
			become(argv);
		while (last_undo > undo) /* the redirections stay */
			close((--last_undo)->copy);
	} else if (is(name, "exit")) {
		exit(*argv ? number : status);
	} else if (is(name, "export")) {
		for (; *argv; argv++)
			assign(*argv, true);
	} else if (is(name, "jobs")) {
		report_jobs(true);
	} else if (is(name, "pwd")) {
		dprintf(STDOUT_FILENO, "%s\n", getcwd(path, sizeof(path)));
	} else if (is(name, "read")) {
		result = read_line(argv);
	} else if (is(name, "set")) {
		for (; *argv; argv++)
			result |= set_option(*argv);
	} else if (is(name, "shift")) {
		for (; number > 0 && arguments[1]; number--, arguments++)
			arguments[1] = arguments[0];
		result = number > 0;
	} else if (is(name, "unset")) {
		for (; *argv; argv++)
			unsetenv(variable(*argv));
	} else if (is(name, "wait")) {
		result = wait_for_jobs(argv);
	}
	return result;
}

/* ── The grammar, from the inside to the outside ──────────────────────── */

/* A simple command: its words, and where its text begins. */
static char **assignments, **program;
static const char *program_text;

/* Go over the rest of a simple command: push its WORDS, or do its redirections.
 * False: one of these failed. */
static bool do_rest(bool words)
{
	bool good = true;

	while (good && peek() && !strchr("\n;&|()", *at)) {
		bool wanted = at_redirection() != words;

		skip += !wanted;
		if (at_redirection())
			good = redirection();
		else
			word(true);
		skip -= !wanted;
	}
	return good;
}

static bool redirections(void)
{
	const char *end = at;
	bool good;

	at = program_text;
	good = do_rest(false);
	at = end;
	return good;
}

static void become_program(void)
{
	if (skip)
		return;
	if (!redirections())
		exit(1);
	for (; assignments < program; assignments++)
		assign(*assignments, true);
	become(program);
}

static void check_error(void)
{
	if (status && exit_on_error && !conditions && !skip)
		exit(status);
}

/* NAME=value words redirections */
static void simple(void)
{
	char *mark = top, **first = last_word, **behind;
	struct undo *undo_mark = last_undo;
	const char *start = at;

	substituted &= skip > 0;
	while (peek() && name_length(at) && at[name_length(at)] == '=')
		word(false);
	behind = last_word;
	do_rest(true);
	if (at == start)
		syntax_error();
	if (skip)
		return;
	if (interrupt && interactive)
		longjmp(next_line, 128 + SIGINT);
	push_word(NULL);
	assignments = first;
	program = behind;
	program_text = start;
	for (char **each = program; trace && *each; each++)
		dprintf(STDERR_FILENO, "%s%s%s", each == program ? "+ " : "",
			*each, each[1] ? " " : "\n");
	if (*program && !is_builtin(*program)) {
		run_child(become_program, start);
	} else if (!redirections()) {
		status = 1;
	} else if (*program) {
		status = builtin(program);
	} else {
		for (; assignments < program; assignments++)
			assign(*assignments, false);
		status = substituted ? status : 0;
	}
	restore(undo_mark);
	last_word = first;
	top = mark;
	check_error();
}

static void subshell(void)
{
	expect("(");
	if (skip)
		list();
	else
		run_child(list, at - 1);
	expect(")");
	check_error();
}

static void group(void)
{
	expect("{");
	list();
	expect("}");
}

/* A list that is a condition. Is it true? */
static bool condition(void)
{
	conditions++;
	list();
	conditions--;
	return !skip && status == 0;
}

static void if_clause(void)
{
	bool found = false;

	expect("if");
	do {
		bool wanted;

		skip += found;
		wanted = condition();
		skip -= found;
		expect("then");
		run_if(wanted, list);
		found |= wanted;
	} while (accept("elif"));
	if (accept("else"))
		run_if(!found, list);
	else if (!found && !skip)
		status = 0;
	expect("fi");
}

/* The rest of a round of a loop that we RUN: do its body if WANTED. Is there to
 * be another one? */
static bool loop_round(bool run, bool wanted)
{
	expect("do");
	run_if(wanted, list);
	expect("done");
	loops--;
	if (run && leaving) {
		wanted &= leaving == CONTINUE;
		leaving = NOTHING;
		skip--;
	}
	return wanted;
}

static void while_loop(void)
{
	bool run = !skip, until = accept("until"), wanted;
	const char *start;
	int result = 0;

	if (!until)
		expect("while");
	start = at;
	do {
		at = start;
		loops++;
		wanted = condition() != until && !skip;
		status = wanted || !run ? status : result;
		wanted = loop_round(run, wanted);
		result = status;
	} while (wanted);
}

static void for_loop(void)
{
	char *mark = top, **first = last_word, **value = first;
	const char *name, *start;
	bool run = !skip, wanted;

	expect("for");
	peek();
	name = at;
	at += name_length(name);
	if (at == name)
		syntax_error();
	if (accept("in"))
		while (!strchr("\n;", peek()))
			word(true);
	else
		for (char **each = arguments + 1; *each && run; each++)
			push_word(*each);
	accept(";");
	newlines();
	start = at;
	status = run ? 0 : status;
	do {
		at = start;
		loops++;
		wanted = value < last_word;
		if (wanted)
			setenv(variable(name), *value++, 1);
	} while (loop_round(run, wanted) && value < last_word);
	if (run) {
		last_word = first;
		top = mark;
	}
}

static void command(void)
{
	void (*rule)(void) = is_next("(")       ? subshell
			     : is_next("{")     ? group
			     : is_next("if")    ? if_clause
			     : is_next("while") ? while_loop
			     : is_next("until") ? while_loop
			     : is_next("for")   ? for_loop
						: NULL;
	const char *start = at, *end;
	struct undo *mark = last_undo;
	bool good = true;

	if (at_end())
		syntax_error();
	if (!rule) {
		simple();
		return;
	}
	run_if(false, rule);
	while (at_redirection()) /* they stand behind it, but come first */
		good &= redirection();
	if (skip)
		return;
	end = at;
	at = start;
	status = good ? status : 1;
	if (good)
		rule();
	at = end;
	restore(mark);
}

/* command | command … For each | there is a child, and we do the last command:
 * in a pipeline we are a child ourselves. */
static void piped(void)
{
	int ends[2];

	do {
		newlines();
		if (!followed_by(command, "|")) {
			command();
			continue;
		}
		new_pipe(ends);
		if (new_process() == 0)
			live(command, ends);
		close(ends[1]);
		move_fd(ends[0], STDIN_FILENO);
		run_if(false, command);
	} while (accept("|"));
}

static void pipeline(void)
{
	bool inverted = accept("!");
	const char *outer_last = last;

	conditions += inverted;
	last = inverted ? NULL : last;
	if (followed_by(command, "|")) {
		run_child(piped, at);
		check_error();
	} else {
		piped();
	}
	conditions -= inverted;
	last = outer_last;
	if (inverted && !skip)
		status = !status;
}

/* pipeline && pipeline || … */
static void and_or(void)
{
	bool wanted = true, more;

	do {
		newlines();
		more = followed_by(pipeline, "&&") ||
		       followed_by(pipeline, "||");
		conditions += more;
		run_if(wanted, pipeline);
		conditions -= more;
		wanted = is_next("&&") == (status == 0);
	} while (accept("&&") || accept("||"));
}

/* and_or, with the ; or & behind it */
static void item(void)
{
	struct job *job;

	if (followed_by(and_or, "&")) {
		job = start(and_or, at, true, NULL);
		background_pid = job->pid;
		status = 0;
		if (interactive)
			dprintf(STDERR_FILENO, "[%d] %d\n",
				(int)(job - jobs) + 1, background_pid);
	} else {
		and_or();
	}
	if (!accept("&") && !accept(";") && peek() != '\n' && !at_end())
		syntax_error();
}

static void list(void)
{
	newlines();
	do {
		item();
		newlines();
	} while (!at_end());
}

static void line(void)
{
	do
		item();
	while (peek() && *at != '\n');
}

/* ── The shell itself ─────────────────────────────────────────────────── */

/* Do all that comes from FD; -1: the text that we are at. */
static void run_source(int fd)
{
	const char *outer_at = at, *outer_last = last;
	int outer_source = source;
	char *mark = top;

	source = fd;
	last = NULL;
	for (;;) {
		const char *start;

		if (fd >= 0) {
			top = mark;
			*top = '\0';
			at = top;
		}
		if (interactive && fd == STDIN_FILENO)
			report_jobs(false);
		start = at;
		if (!peek())
			break;
		if (*at != '\n') {
			run_if(false, line);
			push_char('\0'); /* what follows the text is ours */
			at = start;
			line();
		}
		if (*at)
			at++;
	}
	top = mark;
	source = outer_source;
	last = outer_last;
	at = outer_at;
}

/* At the prompt, read() returns EINTR now; a list of commands ends. */
static void interrupted(int signal)
{
	interrupt = 1;
}

/* A group of our own, in the foreground; the signals of keys are for jobs. */
static void take_terminal(void)
{
	struct sigaction action = { .sa_handler = interrupted };

	handle_keys(SIG_IGN);
	sigaction(SIGINT, &action, NULL);
	terminal = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, FD_PRIVATE);
	setpgid(0, 0);
	tcsetpgrp(terminal, getpgrp());
}

static const char usage[] =
	"usage: sh [-ex] [FILE | -c COMMANDS [NAME]] [ARGUMENT]…\n"
	"Runs the commands in FILE, in COMMANDS, or from standard input.\n\n"
	"  a; b   a && b   a || b   a | b   a &   ! a   ( list )   { list; }\n"
	"  < file  > file  >> file  2> file  2>&1   NAME=value   *.c  ?\n"
	"  'as it is'  \"with $NAME\"  \\c  $NAME ${NAME} $(command)\n"
	"  $? status  $$ shell  $! last in background  $# $@ $* $1 arguments\n"
	"  if list; then list; elif list; then list; else list; fi\n"
	"  while list; do list; done   until …   # comment\n"
	"  for NAME in words; do list; done\n\n"
	"Its own commands:%s\n"
	"^C ends a job, ^Z stops it, ^D ends the shell. set -e: end when a "
	"command\nfails that is no condition; set -x: show each command.\n"
	"The status is that of the last command: 126 and 127 if it could not "
	"be run or\nfound, 128 + number if a signal ended it.\n";

int main(int argc, char **argv)
{
	static int fd = STDIN_FILENO;
	const char *option;

	arguments = argv;
	shell_pid = getpid();
	while ((option = argv[1]) && *option == '-' && option[1]) {
		bool help = is(option, "--help");

		argv++;
		if (is(option, "-c") && argv[1]) {
			at = *++argv;
			fd = -1;
			break;
		}
		if (help || set_option(option)) {
			dprintf(help ? STDOUT_FILENO : STDERR_FILENO, usage,
				own_commands);
			return help ? 0 : 2;
		}
	}
	if (fd == STDIN_FILENO && argv[1])
		fd = open_script(argv[1]);
	else if (fd == STDIN_FILENO)
		interactive = isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
	if (argv[1])
		argv++;
	else
		argv[0] = arguments[0];
	arguments = argv;
	if (interactive)
		take_terminal();
	status = setjmp(next_line);
	if (status) { /* a line was given up */
		restore(undo);
		skip = conditions = loops = interrupt = 0;
		leaving = NOTHING;
		last_word = words;
		top = memory;
		tcsetpgrp(terminal, getpgrp());
		if (status == 128 + SIGINT)
			dprintf(STDERR_FILENO, "\n");
	}
	run_source(fd);
	if (interactive)
		dprintf(STDERR_FILENO, "\n");
	return status;
}
