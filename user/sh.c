/*
 * sh.c - a shell, to be read from top to bottom: text becomes tokens, tokens a
 * tree; fork() makes jobs, waitpid() tells what became of them; words are
 * expanded; and the tree is executed, with pipe(), dup2() and exec. It is the
 * heart of POSIX's shell, and not more: `sh --help` tells what there is.
 */
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define END(array) ((array) + sizeof(array) / sizeof((array)[0]))
#define FD_PRIVATE 10 /* the shell's own descriptors are from here on */

static char **arguments; /* $0 $1 … */
static int status; /* $? */
static pid_t shell_pid, background_pid; /* $$, which children keep; $! */
static bool interactive; /* with a prompt, and jobs that one can stop */
static jmp_buf prompt; /* where that goes on after an error */
static volatile sig_atomic_t interrupted; /* ^C was typed */

/* Give up the command; or the shell, if it is not interactive. */
static _Noreturn void give_up(int result)
{
	if (!interactive)
		exit(result);
	longjmp(prompt, result);
}

#define fail(...) (warnx(__VA_ARGS__), give_up(2))

/* Memory is a stack: at its end a command gives back what it took. */
static _Alignas(void *) char memory[1 << 20], *top = memory;

static void *allocate(size_t size)
{
	void *block = top;

	size += -size % sizeof(void *);
	if (size > (size_t)(END(memory) - top))
		fail("%s", strerror(ENOMEM));
	top += size;
	return memset(block, 0, size);
}

/* ── Tokens: words, redirections, and other operators ─────────────────── */

static char *at; /* the next character of the text, which ends with 0 */
static int source = -1; /* more text comes from there, line by line */
static char lines[1 << 16]; /* those of one command */
static char *token, *token_end; /* the next one; empty at the end */
static enum { WORD, REDIRECTION, OPERATOR } kind; /* of token */

/* The next character. A line is read byte by byte: what is behind it may be for
 * the commands to read. */
static int look(void)
{
	char *end = at;

	if (*at || source < 0)
		return (unsigned char)*at;
	if (interactive)
		dprintf(STDERR_FILENO, at == lines ? "$ " : "> ");
	while (read(source, end, 1) == 1 && *end++ != '\n')
		if (end == END(lines) - 2)
			fail("%s", strerror(E2BIG));
	if (interrupted)
		give_up(128 + SIGINT);
	if (end > at && end[-1] != '\n') /* the last line of a file */
		*end++ = '\n';
	*end = '\0';
	return (unsigned char)*at;
}

static int take(void)
{
	if (!look())
		fail("syntax error: unexpected end of a word");
	return (unsigned char)*at++;
}

/* Go past the next character of a word, and what it begins. */
static void skip_part(bool quoted)
{
	int c = take(), end = c == '(' ? ')' : c;

	if (c == '\\') {
		take();
	} else if (c == '$' && look() == '(') {
		skip_part(false);
	} else if (c == '\'' && !quoted) {
		while (take() != '\'')
			;
	} else if (c == '"' || (c == '(' && !quoted)) {
		while (look() != end)
			skip_part(c == '"');
		at++;
	}
}

static void next_token(void)
{
	int c;

	while ((c = look()) == ' ' || c == '\t' || c == '#' ||
	       (c == '\\' && at[1] == '\n'))
		at += c == '#' ? strcspn(at, "\n") : c == '\\' ? 2 : 1;
	token = at;
	if (isdigit(c) && (at[1] == '<' || at[1] == '>'))
		c = *++at;
	kind = strchr("\n;&|()", c) ? OPERATOR /* or the end */
	       : strchr("<>", c)    ? REDIRECTION
				    : WORD;
	if (kind == WORD) {
		while ((c = look()) && !strchr(" \t\n;&|<>()", c))
			skip_part(false);
	} else if (c) {
		at++;
		if ((*at == c && strchr("&|>", c)) ||
		    (*at == '&' && kind == REDIRECTION))
			at++;
	}
	token_end = at;
}

static size_t name_length(const char *text)
{
	size_t length = 0;

	while (isalnum((unsigned char)text[length]) || text[length] == '_')
		length++;
	return isdigit((unsigned char)*text) ? 0 : length;
}

static bool is_next(const char *text)
{
	size_t length = strlen(text);

	return token_end == token + length && !strncmp(token, text, length);
}

static bool accept(const char *text)
{
	bool result = is_next(text);

	if (result)
		next_token();
	return result;
}

static void expect(const char *text)
{
	if (accept(text))
		return;
	if (is_next("") || is_next("\n"))
		fail("syntax error: unexpected end of line");
	fail("syntax error: unexpected %.*s", (int)(token_end - token), token);
}

/* ── The tree: a function for each rule of the grammar ────────────────── */

struct word {
	struct word *next;
	char *text; /* as it is written */
	char *sign; /* of a redirection: < or > */
	int fd; /* in front of that */
};

struct node {
	enum {
		SIMPLE, /* words */
		PIPE, /* left | right */
		NOT, /* ! left */
		IF, /* if left; then right; else otherwise; fi */
		BACKGROUND, /* left & */
		GROUP, /* { left; } */
		SUBSHELL, /* ( left ) */
		WHILE, /* while left; do right; done */
		FOR, /* for words; do right; done */
	} kind;
	struct node *left, *right, *otherwise;
	struct word *assignments, *words, *redirections;
	struct node *next; /* of the list */
	enum { ALWAYS, AND, OR } when; /* it is done, given $? */
};

static struct node *parse_list(const char *end);

static struct node *new_node(int kind, struct node *left, struct node *right)
{
	struct node *node = allocate(sizeof(*node));

	*node = (struct node){ .kind = kind, .left = left, .right = right };
	return node;
}

/* Redirections and, if WANTED, words; as long as there are none NAME=value. */
static void parse_words(struct node *node, bool wanted)
{
	for (; kind == REDIRECTION || (kind == WORD && wanted); next_token()) {
		struct word *word = allocate(sizeof(*word));
		struct word **list = &node->words;
		size_t length = name_length(token);

		if (kind == REDIRECTION) {
			list = &node->redirections;
			word->fd = isdigit((unsigned char)*token)
					   ? *token++ - '0'
					   : *token == '>';
			word->sign = token;
			next_token();
			if (kind != WORD)
				expect("WORD");
		} else if (!node->words && length > 0 && token[length] == '=') {
			list = &node->assignments;
		}
		length = (size_t)(token_end - token);
		word->text = memcpy(allocate(length + 1), token, length);
		while (*list)
			list = &(*list)->next;
		*list = word;
	}
}

/* What is behind if, or elif, which is an if of its own. */
static struct node *parse_if(void)
{
	struct node *node = new_node(IF, parse_list("then"), NULL);

	node->right = parse_list(NULL);
	if (accept("elif")) {
		node->otherwise = parse_if();
		return node;
	}
	if (accept("else"))
		node->otherwise = parse_list(NULL);
	expect("fi");
	return node;
}

static struct node *parse_while(void)
{
	struct node *condition = parse_list("do");

	return new_node(WHILE, condition, parse_list("done"));
}

static struct node *parse_for(void)
{
	struct node *node = new_node(FOR, NULL, NULL);

	parse_words(node, true);
	if (!node->words || !node->words->next ||
	    strcmp(node->words->next->text, "in") != 0)
		expect("in");
	while (accept(";") || accept("\n"))
		;
	expect("do");
	node->right = parse_list("done");
	return node;
}

/* Does the next token end a list? */
static bool at_end(void)
{
	return is_next("") || is_next("\n") || is_next(")") || is_next("}") ||
	       is_next("then") || is_next("elif") || is_next("else") ||
	       is_next("fi") || is_next("do") || is_next("done");
}

static struct node *parse_command(void)
{
	struct node *node;

	if (at_end() || (kind == OPERATOR && !is_next("(")))
		expect("COMMAND");
	node = accept("(")       ? new_node(SUBSHELL, parse_list(")"), NULL)
	       : accept("{")     ? new_node(GROUP, parse_list("}"), NULL)
	       : accept("if")    ? parse_if()
	       : accept("while") ? parse_while()
	       : accept("for")   ? parse_for()
				 : new_node(SIMPLE, NULL, NULL);
	parse_words(node, node->kind == SIMPLE);
	return node;
}

static struct node *parse_pipe(void)
{
	struct node *node;

	while (accept("\n"))
		;
	if (accept("!"))
		return new_node(NOT, parse_pipe(), NULL);
	node = parse_command();
	return accept("|") ? new_node(PIPE, node, parse_pipe()) : node;
}

static struct node *parse_and_or(void)
{
	struct node *first = parse_pipe(), *node = first;

	while (is_next("&&") || is_next("||")) {
		int when = is_next("&&") ? AND : OR;

		next_token();
		node = node->next = parse_pipe();
		node->when = when;
	}
	return first;
}

/* Commands up to the word END, or one that parse_if() knows; "": of a line. */
static struct node *parse_list(const char *end)
{
	bool line = end && !*end;
	struct node *list = NULL, **link = &list;

	do {
		*link = parse_and_or();
		if (is_next("&"))
			*link = new_node(BACKGROUND, *link, NULL);
		while (*link)
			link = &(*link)->next;
		if (!accept("&") && !accept(";") && !at_end())
			expect(";");
		while (!line && accept("\n"))
			;
	} while (!at_end());
	if (end && !(line && is_next("\n")))
		expect(end);
	return list;
}

/* ── Jobs: children; at a terminal each in a process group of its own ─── */

static struct job {
	pid_t pid; /* also of the group; 0: there is no such job */
	bool stopped;
	char text[80];
} jobs[256];

static char *command; /* where the text of what we do began */
static int terminal; /* a descriptor of it */

/* What the terminal's keys, and who ends all processes, send. */
static void handle_keys(void (*handler)(int))
{
	static const int signals[] = { SIGINT,  SIGQUIT, SIGTERM,
				       SIGTSTP, SIGTTIN, SIGTTOU };

	for (const int *number = signals; number < END(signals); number++)
		signal(*number, handler);
}

/* fork(): a job; NULL in the child. */
static struct job *start(bool background)
{
	pid_t pid = fork(), own = pid ? pid : getpid();
	struct job *job = jobs;

	if (pid < 0)
		fail("fork: %s", strerror(errno));
	if (interactive) { /* both do it: who is first is not known */
		setpgid(own, own);
		if (!background)
			tcsetpgrp(terminal, own);
	}
	if (pid) {
		while (job->pid && job < END(jobs) - 1) /* or forget that */
			job++;
		*job = (struct job){ .pid = pid };
		snprintf(job->text, sizeof(job->text), "%.*s",
			 (int)strcspn(command, "\n"), command);
		return job;
	}
	if (interactive) {
		handle_keys(SIG_DFL);
	} else if (background) {
		signal(SIGINT, SIG_IGN);
		signal(SIGQUIT, SIG_IGN);
		close(STDIN_FILENO);
		open("/dev/null", O_RDONLY);
	}
	interactive = false;
	return NULL;
}

static void show(const struct job *job, const char *state)
{
	dprintf(STDERR_FILENO, "[%d]  %-22s  %s\n", (int)(job - jobs) + 1,
		state, job->text);
}

/* waitpid(); only a job of an interactive shell can stop. */
static pid_t wait_for(struct job *job, int *result, int options)
{
	pid_t pid = waitpid(job->pid, result,
			    options | (interactive ? WUNTRACED : 0));

	if (pid > 0) {
		job->stopped = WIFSTOPPED(*result);
		if (!job->stopped)
			job->pid = 0;
	}
	return pid;
}

/* Which jobs have ended or stopped? OPTIONS are waitpid()'s: with 0, wait until
 * they all have. */
static void report_jobs(int options)
{
	for (struct job *job = jobs; job < END(jobs); job++) {
		int result;

		if (!job->pid || (job->stopped && !options) ||
		    wait_for(job, &result, options) <= 0)
			continue;
		if (interactive)
			show(job, job->stopped ? "Stopped"
				  : WIFSIGNALED(result)
					  ? strsignal(WTERMSIG(result))
					  : "Done");
	}
}

/* Wait until JOB has ended or stopped, and set $?. */
static void finish(struct job *job)
{
	int result = 127 << 8; /* if it is no child of ours */

	while (wait_for(job, &result, 0) < 0 && errno == EINTR && !interrupted)
		;
	if (interactive)
		tcsetpgrp(terminal, getpgrp());
	if (interrupted)
		give_up(128 + SIGINT);
	status = WIFEXITED(result)    ? WEXITSTATUS(result)
		 : WIFSTOPPED(result) ? 128 + WSTOPSIG(result)
				      : 128 + WTERMSIG(result);
	if (job->stopped) {
		dprintf(STDERR_FILENO, "\n");
		show(job, "Stopped");
	} else if (WIFSIGNALED(result) && status != 128 + SIGINT &&
		   status != 128 + SIGPIPE) {
		dprintf(STDERR_FILENO, "%s\n", strsignal(WTERMSIG(result)));
	}
	if (interactive && status == 128 + SIGINT)
		give_up(status);
}

/* The job NAME, %number or that of the process; NULL: the last. */
static struct job *find_job(const char *name)
{
	int number = name ? atoi(name + (*name == '%')) : 0;

	for (struct job *job = END(jobs) - 1; job >= jobs; job--)
		if (job->pid && (!name || (*name == '%' ? job - jobs + 1
							: job->pid) == number))
			return job;
	return NULL;
}

/* ── Words, expanded: one may become none, or several ─────────────────── */

static char *words[4096], **last_word = words; /* a stack; behind the last */
static char *field; /* the word that is being made, at the top of memory */
static bool splitting; /* values at blanks, and patterns into files */
static bool pattern; /* the word has a bare * ? or [ */
static bool substituted; /* a $(list) gave the status */

static void substitute(bool quoted);

/* Variables are in the environment; one that is not exported as .NAME, which
 * exec leaves out. What the one is called there whose name begins TEXT. */
static char *variable(const char *text)
{
	static char name[256];

	snprintf(name, sizeof(name), ".%.*s", (int)name_length(text), text);
	return getenv(name + 1) ? name + 1 : name;
}

/* WORD is NAME=value or, to export it, also NAME. */
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

static void push_word(char *word)
{
	if (last_word == END(words))
		fail("%s", strerror(E2BIG));
	*last_word++ = word;
}

static void push_char(int c)
{
	if (top == END(memory))
		fail("%s", strerror(ENOMEM));
	*top++ = (char)c;
}

static void begin_field(void)
{
	if (!field)
		field = top;
}

/* The field is complete; or a pattern, which means files. */
static void end_field(void)
{
	char *to = field;
	glob_t files;

	push_char('\0');
	if (pattern && glob(field, 0, NULL, &files) == 0) {
		for (char **path = files.gl_pathv; *path; path++)
			push_word(strcpy(allocate(strlen(*path) + 1), *path));
		globfree(&files);
	} else {
		for (char *from = field; *from; *to++ = *from++)
			from += *from == '\\';
		*to = '\0';
		push_word(field);
	}
	field = NULL;
	pattern = false;
}

/* Add C; behind a \ if it stands for itself in a pattern. */
static void put(int c, bool quoted)
{
	bool special = strchr("*?[\\", c);

	begin_field();
	if (special && (quoted || c == '\\'))
		push_char('\\');
	else if (special && splitting)
		pattern = true;
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

/* What a $ begins: NAME {NAME} (list). "$@" is one word for each argument. */
static void dollar(bool quoted)
{
	bool brace = *at == '{';
	char *name = at + brace, number[12];
	bool special = *name && strchr("?$#!@0123456789", *name);
	size_t length = special ? 1 : name_length(name);
	int count = 0;

	if (*at == '(') {
		substitute(quoted);
		return;
	}
	at = name + length;
	if (brace && (!length || *at++ != '}'))
		fail("syntax error: not a name in ${}");
	while (arguments[count + 1])
		count++;
	snprintf(number, sizeof(number), "%d",
		 *name == '?'   ? status
		 : *name == '$' ? shell_pid
		 : *name == '!' ? background_pid
				: count);
	if (!length)
		put('$', quoted);
	else if (!special)
		put_value(getenv(variable(name)), quoted);
	else if (strchr("?$#!", *name))
		put_value(number, quoted);
	else if (*name != '@' && *name - '0' <= count)
		put_value(arguments[*name - '0'], quoted);
	for (int i = 1; *name == '@' && i <= count; i++) {
		if (i > 1)
			put_value(" ", false);
		if (quoted)
			begin_field();
		put_value(arguments[i], quoted);
	}
}

static void expand_part(bool quoted)
{
	int c = *at++;

	if (c == '\'' && !quoted) {
		begin_field();
		while ((c = *at++) != '\'')
			put(c, true);
	} else if (c == '"') {
		if (strncmp(at, "$@\"", 3) != 0) /* that may be no word */
			begin_field();
		while (*at != '"')
			expand_part(true);
		at++;
	} else if (c == '\\' && (!quoted || strchr("$`\"\\\n", *at))) {
		c = *at++;
		if (c != '\n') /* else the line goes on */
			put(c, true);
	} else if (c == '$') {
		dollar(quoted);
	} else {
		put(c, quoted);
	}
}

/* Push what the word TEXT becomes: exactly one unless SPLIT. */
static void expand(char *text, bool split)
{
	char *outer = at;

	splitting = split;
	pattern = false;
	field = split ? NULL : top;
	for (at = text; *at;)
		expand_part(false);
	if (field)
		end_field();
	at = outer;
}

static void expand_all(const struct word *word, bool split)
{
	for (; word; word = word->next)
		expand(word->text, split);
}

/* ── Programs, redirections, and what the shell does itself ───────────── */

static void move_fd(int from, int to)
{
	if (from == to)
		return;
	dup2(from, to);
	close(from);
}

static struct saved {
	struct saved *next;
	int fd, copy; /* of what FD was; -1: it was closed */
} * saved;

static void restore(struct saved *mark)
{
	for (; saved != mark; saved = saved->next)
		if (saved->copy < 0)
			close(saved->fd);
		else
			move_fd(saved->copy, saved->fd);
}

/* SAVE: for restore() to undo them. False after a message. */
static bool redirect(const struct word *word, bool save)
{
	for (; word; word = word->next) {
		const char *sign = word->sign, *name;
		int flags = O_RDONLY, fd = -1;
		struct saved *outer = saved;

		expand(word->text, false);
		name = *--last_word;
		if (save) {
			saved = allocate(sizeof(*saved));
			*saved = (struct saved){
				outer, word->fd,
				fcntl(word->fd, F_DUPFD_CLOEXEC, FD_PRIVATE)
			};
		}
		if (*sign == '>')
			flags = O_WRONLY | O_CREAT |
				(sign[1] == '>' ? O_APPEND : O_TRUNC);
		errno = EBADF;
		if (sign[1] != '&')
			fd = open(name, flags, 0666);
		else if (isdigit((unsigned char)*name))
			fd = fcntl(atoi(name), F_DUPFD, FD_PRIVATE);
		if (fd < 0) {
			warn("%s", name);
			status = 1;
			return false;
		}
		move_fd(fd, word->fd);
	}
	return true;
}

static bool is(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static _Noreturn void become(char **argv)
{
	char **exported = last_word;

	for (char **each = environ; *each; each++)
		if (**each != '.')
			push_word(*each);
	push_word(NULL);
	/* test knows by its name that a ] is to come. */
	execvpe(is(*argv, "[") ? "test" : *argv, argv, exported);
	warnx("%s: %s", *argv, errno == ENOENT ? "not found" : strerror(errno));
	give_up(errno == ENOENT || errno == ENOTDIR ? 127 : 126);
}

static enum { NOTHING, BREAK, CONTINUE } leaving; /* the innermost */

static const char own_commands[] =
	" : bg break cd continue exec exit export fg jobs pwd read shift unset "
	"wait ";

/* Is NAME a command that the shell does itself, for it changes the shell? */
static bool is_own(const char *name)
{
	char text[12];

	snprintf(text, sizeof(text), " %s ", name);
	return strstr(own_commands, text);
}

/* read: a word of the line for each name, the rest of it for the last. */
static int read_line(char **names)
{
	char *start = top, *rest = start, c;
	ssize_t count;

	while ((count = read(STDIN_FILENO, &c, 1)) == 1 && c != '\n')
		push_char(c);
	while (top > start && isblank((unsigned char)top[-1]))
		top--;
	push_char('\0');
	for (; *names; names++) {
		rest += strspn(rest, " \t");
		setenv(variable(*names), names[1] ? strsep(&rest, " \t") : rest,
		       1);
		rest = rest ? rest : "";
	}
	return count != 1;
}

/* jobs; wait, fg and bg, which ARGUMENT tells whom */
static int control_jobs(const char *name, const char *argument)
{
	struct job *job;

	status = 0;
	if (is(name, "jobs")) {
		report_jobs(WNOHANG);
		for (job = jobs; job < END(jobs); job++)
			if (job->pid)
				show(job, job->stopped ? "Stopped" : "Running");
		return 0;
	}
	if (is(name, "wait") && !argument) {
		report_jobs(0);
		return 0;
	}
	job = find_job(argument);
	if (!job) {
		warnx("%s: no such job", name);
		return 127;
	}
	if (!is(name, "wait")) {
		dprintf(STDERR_FILENO, "%s\n", job->text);
		job->stopped = false;
		if (interactive && is(name, "fg"))
			tcsetpgrp(terminal, job->pid);
		kill(-job->pid, SIGCONT);
	}
	if (!is(name, "bg"))
		finish(job);
	return status;
}

static int run_own(char **argv)
{
	const char *name = *argv++;

	if (strstr("bg fg jobs wait", name))
		return control_jobs(name, *argv);
	if (is(name, "exit"))
		exit(*argv ? atoi(*argv) : status);
	if (is(name, "exec") && *argv)
		become(argv);
	if (is(name, "read"))
		return read_line(argv);
	if (is(name, "break") || is(name, "continue"))
		leaving = *name == 'b' ? BREAK : CONTINUE;
	if (is(name, "pwd"))
		dprintf(STDOUT_FILENO, "%s\n",
			getcwd(allocate(PATH_MAX), PATH_MAX));
	if (is(name, "shift") && arguments[1]) {
		arguments[1] = arguments[0];
		arguments++;
	}
	if (is(name, "cd")) {
		name = *argv ? *argv : getenv("HOME");
		if (!name || chdir(name) < 0) {
			warn("cd: %s", name ? name : "HOME");
			return 1;
		}
	}
	for (; is(name, "export") && *argv; argv++)
		assign(*argv, true);
	for (; is(name, "unset") && *argv; argv++)
		unsetenv(variable(*argv));
	return 0;
}

/* ── Execution: what the nodes of the tree mean ───────────────────────── */

static void execute(struct node *list, bool last);
static void run_text(char *text);

/* What a child does that is there for the list. */
static _Noreturn void execute_last(struct node *list)
{
	execute(list, true);
	exit(status);
}

/* left | right: this process is the parent of all commands in the pipeline, and
 * its own input is in turn what each one reads. */
static _Noreturn void run_pipe(struct node *node)
{
	struct job *job;
	int ends[2];

	for (; node->kind == PIPE; node = node->right) {
		if (pipe(ends) < 0)
			fail("pipe: %s", strerror(errno));
		if (!start(false)) {
			close(ends[0]);
			move_fd(ends[1], STDOUT_FILENO);
			execute_last(node->left);
		}
		close(ends[1]); /* or the reader will never see an end */
		move_fd(ends[0], STDIN_FILENO);
	}
	job = start(false);
	if (!job)
		execute_last(node);
	close(STDIN_FILENO); /* or the writer will never get SIGPIPE */
	signal(SIGINT, SIG_IGN); /* that is for the commands */
	signal(SIGQUIT, SIG_IGN);
	finish(job);
	report_jobs(0); /* no sooner than the others have ended */
	exit(status);
}

/* $(list): a child does it, and we read what it writes. */
static void substitute(bool quoted)
{
	char *list = at + 1, text[2] = "";
	int ends[2], newlines = 0;
	struct job *job;

	skip_part(false);
	if (pipe(ends) < 0)
		fail("pipe: %s", strerror(errno));
	job = start(false);
	if (!job) {
		signal(SIGTSTP, SIG_IGN); /* nobody would let it go on */
		close(ends[0]);
		move_fd(ends[1], STDOUT_FILENO);
		source = -1;
		at[-1] = '\0';
		run_text(list);
		exit(status);
	}
	close(ends[1]);
	while (read(ends[0], text, 1) == 1) {
		newlines += *text == '\n';
		if (*text == '\n') /* the last ones do not count */
			continue;
		for (; newlines > 0; newlines--)
			put_value("\n", quoted);
		put_value(text, quoted);
	}
	close(ends[0]);
	finish(job);
	substituted = true;
}

static void run_simple(struct node *node, bool own)
{
	char **assignments = last_word, **argv;
	bool is_exec = node->words && is(node->words->text, "exec");

	substituted = false;
	expand_all(node->assignments, false);
	argv = last_word;
	expand_all(node->words, true);
	push_word(NULL);
	if (!redirect(node->redirections, own && !is_exec))
		return;
	for (; assignments < argv; assignments++)
		assign(*assignments, !own);
	if (!*argv)
		status = substituted ? status : 0;
	else if (own)
		status = run_own(argv);
	else
		become(argv);
}

static void run_loop(struct node *node)
{
	char **value = last_word;
	int result = 0;

	if (node->kind == FOR)
		expand_all(node->words->next->next, true);
	push_word(NULL);
	for (;;) {
		if (node->kind == WHILE)
			execute(node->left, false);
		else if (*value)
			setenv(variable(node->words->text), *value, 1);
		if (node->kind == WHILE ? status != 0 : !*value++)
			break;
		execute(node->right, false);
		result = status;
		if (leaving == BREAK)
			break;
		leaving = NOTHING;
	}
	leaving = NOTHING;
	status = result;
}

static void run_background(struct node *list)
{
	struct job *job = start(true);

	if (!job)
		execute_last(list);
	background_pid = job->pid;
	status = 0;
	if (interactive)
		dprintf(STDERR_FILENO, "[%d] %d\n", (int)(job - jobs) + 1,
			job->pid);
}

static void run_compound(struct node *node, bool last)
{
	struct node *list;

	switch (node->kind) {
	case SIMPLE:
	case PIPE:
		run_pipe(node);
	case NOT:
		execute(node->left, false);
		status = !status;
		break;
	case IF:
		execute(node->left, false);
		list = status ? node->otherwise : node->right;
		if (!list)
			status = 0;
		execute(list, last);
		break;
	case BACKGROUND:
		run_background(node->left);
		break;
	case GROUP:
	case SUBSHELL:
		execute(node->left, last);
		break;
	case WHILE:
	case FOR:
		run_loop(node);
	}
}

/* Do what NODE says. LAST: this process is there for nothing else, so it does
 * itself what otherwise needs another one. */
static void run(struct node *node, bool last)
{
	char *memory_mark = top, **words_mark = last_word;
	bool own = !node->words || is_own(node->words->text);
	struct saved *saved_mark = saved;

	if (!last && (node->kind == PIPE || node->kind == SUBSHELL ||
		      (node->kind == SIMPLE && !own))) {
		struct job *job = start(false);

		if (!job) {
			run(node, true);
			exit(status);
		}
		finish(job);
		return;
	}
	if (node->kind == SIMPLE)
		run_simple(node, own);
	else if (redirect(node->redirections, true))
		run_compound(node, last);
	restore(saved_mark);
	top = memory_mark;
	last_word = words_mark;
}

static void execute(struct node *list, bool last)
{
	for (struct node *node = list; node && !leaving; node = node->next) {
		if (interrupted)
			give_up(128 + SIGINT);
		if (node->when == ALWAYS || (node->when == OR) == (status != 0))
			run(node, last && !node->next);
	}
}

/* ── The shell itself ─────────────────────────────────────────────────── */

/* Do all that TEXT says, and what comes from the source. */
static void run_text(char *text)
{
	char *mark = top;
	struct node *node;

	for (at = text;; top = mark) {
		if (source >= 0) {
			at = lines;
			*at = '\0';
		}
		if (interactive)
			report_jobs(WNOHANG);
		command = at;
		leaving = NOTHING;
		next_token();
		if (is_next(""))
			return;
		if (is_next("\n"))
			continue;
		node = parse_list("");
		execute(node, false);
		if (interrupted)
			give_up(128 + SIGINT);
	}
}

/* At the prompt, read() returns EINTR now; a list of commands ends. */
static void interrupt(int signal)
{
	interrupted = 1;
}

/* A group of our own, in the foreground; the signals of keys are for jobs. */
static void take_terminal(void)
{
	struct sigaction action = { .sa_handler = interrupt };

	terminal = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, FD_PRIVATE);
	while (tcgetpgrp(terminal) != getpgrp())
		kill(0, SIGTTIN);
	handle_keys(SIG_IGN);
	sigaction(SIGINT, &action, NULL);
	setpgid(0, 0);
	tcsetpgrp(terminal, getpgrp());
}

static const char usage[] =
	"usage: sh [FILE | -c COMMANDS [NAME]] [ARGUMENT]…\n"
	"Runs the commands in FILE, in COMMANDS, or from standard input.\n\n"
	"  a; b   a && b   a || b   a | b   a &   ! a   ( list )   { list; }\n"
	"  < file  > file  >> file  2> file  2>&1   NAME=value   *.c  ?  [a-z]\n"
	"  'as it is'  \"with $NAME\"  \\c  $NAME ${NAME} $(command)\n"
	"  $? status  $$ shell  $! last in background  $# $@ $1 arguments\n"
	"  if list; then list; elif list; then list; else list; fi\n"
	"  while list; do list; done   for NAME in words; do list; done\n"
	"  # comment\n\n"
	"Its own commands:%s\n"
	"^C ends a job, ^Z stops it, ^D ends the shell. The status is that of "
	"the last\ncommand: 126 and 127 if it could not be run or found, 128 + "
	"number if a signal\nended it.\n";

int main(int argc, char **argv)
{
	static char *text = "";

	shell_pid = getpid();
	signal(SIGCHLD, SIG_DFL);
	arguments = argv;
	if (argc > 2 && is(argv[1], "-c")) {
		text = argv[2];
		arguments += argc > 3 ? 3 : 2;
		arguments[0] = argc > 3 ? argv[3] : argv[0];
	} else if (argc > 1 && *argv[1] == '-') {
		bool help = is(argv[1], "--help");

		dprintf(help ? STDOUT_FILENO : STDERR_FILENO, usage,
			own_commands);
		return help ? 0 : 2;
	} else if (argc > 1) {
		int fd = open(argv[1], O_RDONLY);

		if (fd < 0)
			err(127, "%s", argv[1]);
		source = fcntl(fd, F_DUPFD_CLOEXEC, FD_PRIVATE);
		close(fd);
		arguments++;
	} else {
		source = STDIN_FILENO;
		interactive = isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
	}
	if (interactive)
		take_terminal();
	status = setjmp(prompt);
	if (status) { /* a command was given up */
		restore(NULL);
		interrupted = 0;
		top = memory;
		last_word = words;
		tcsetpgrp(terminal, getpgrp());
		if (status == 128 + SIGINT)
			dprintf(STDERR_FILENO, "\n");
	}
	run_text(text);
	if (interactive)
		dprintf(STDERR_FILENO, "\n");
	return status;
}
