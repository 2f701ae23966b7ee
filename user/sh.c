/*
 * sh.c - a shell: reads commands and runs them. Three parts, one after the
 * other: the lexer cuts text into words and operators, the parser makes a tree
 * of them, the executor walks over the tree, with fork(), execve(), pipe(),
 * dup2() and waitpid(). A part of POSIX's shell; `sh --help` says which.
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

#define NOT_EXECUTABLE 126
#define NOT_FOUND      127
#define FAILURE        2 /* the shell could not do its part */
#define FD_PRIVATE     10 /* the shell's own descriptors are from here on */
#define TERMINAL       STDERR_FILENO
#define MAX_PIPELINE   32
#define LINE_SIZE      80 /* bytes of a command that `jobs` shows */

static const char *shell_name; /* $0 */
static char **arguments; /* $1 … */
static int status; /* $? */
static pid_t shell_pid, background_pid; /* $$, which subshells keep; $! */
static bool interactive;
static volatile sig_atomic_t interrupt; /* ^C was typed */
static jmp_buf next_command; /* where an interactive shell goes on */

/* Say what is wrong; if RESULT is not 0, give up: an interactive shell this
 * command, any other itself. */
static void complain(int result, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	dprintf(STDERR_FILENO, "%s: ", shell_name);
	vdprintf(STDERR_FILENO, format, list);
	dprintf(STDERR_FILENO, "\n");
	va_end(list);
	if (!result)
		return;
	status = result;
	if (!interactive)
		exit(result);
	longjmp(next_command, 1);
}

/* ── Memory: all that a command needs is freed together, at its end ───── */

struct block {
	struct block *previous;
	max_align_t data[];
};

static struct block *blocks;

static void *allocate(size_t size)
{
	struct block *block = calloc(1, sizeof(*block) + size);

	if (!block)
		complain(FAILURE, "%s", strerror(ENOMEM));
	block->previous = blocks;
	blocks = block;
	return block->data;
}

static void release(struct block *mark)
{
	while (blocks != mark) {
		struct block *block = blocks;

		blocks = block->previous;
		free(block);
	}
}

static char *copy_text(const char *text, size_t length)
{
	return memcpy(allocate(length + 1), text, length);
}

/* Bytes that grow in number: a string, or pointers. */
struct buffer {
	char *data;
	size_t length, size;
};

static void append(struct buffer *buffer, const void *data, size_t length)
{
	if (buffer->size - buffer->length <= length) {
		char *old = buffer->data;

		buffer->size = 2 * buffer->size + length + 32;
		buffer->data = allocate(buffer->size);
		if (old)
			memcpy(buffer->data, old, buffer->length);
	}
	memcpy(buffer->data + buffer->length, data, length);
	buffer->length += length;
}

static void append_char(struct buffer *buffer, int c)
{
	append(buffer, &(char){ (char)c }, 1);
}

static void append_pointer(struct buffer *buffer, const void *pointer)
{
	append(buffer, &pointer, sizeof(pointer));
}

/* ── The lexer ────────────────────────────────────────────────────────── */

/* What is read: a string, or a file if TEXT is NULL. */
struct source {
	const char *text;
	int fd;
	int unread; /* a character put back, or EOF */
};

static struct source main_source = { .unread = EOF };
static struct source *source = &main_source;
static const char *prompt;
static char line[LINE_SIZE]; /* what was typed since the prompt */
static char *token; /* a word or operator; NULL: the end */
static bool token_is_word;
static bool token_taken = true; /* the parser wants the next one */

/* One byte at a time: what follows may be for the commands to read. */
static int next_char(void)
{
	int result = source->unread;
	unsigned char c;

	source->unread = EOF;
	if (result != EOF)
		return result;
	if (source->text)
		return *source->text ? (unsigned char)*source->text++ : EOF;
	if (prompt)
		dprintf(STDERR_FILENO, "%s", prompt);
	prompt = NULL;
	errno = 0;
	if (read(source->fd, &c, 1) == 1) {
		if (c == '\n' && interactive)
			prompt = "> ";
		else if (strlen(line) < LINE_SIZE - 1)
			strncat(line, (char *)&c, 1);
		return c;
	}
	if (interactive && errno == EINTR) { /* ^C: forget the line */
		dprintf(STDERR_FILENO, "\n");
		status = 128 + SIGINT;
		longjmp(next_command, 1);
	}
	return EOF;
}

static int peek_char(void)
{
	source->unread = next_char();
	return source->unread;
}

static void syntax_error(void)
{
	const char *what = !token ? "end of file" : token;

	while (interactive && token && *token != '\n' && peek_char() != '\n' &&
	       source->unread != EOF)
		source->unread = EOF;
	source->unread = EOF;
	complain(FAILURE, "syntax error: unexpected %s",
		 *what == '\n' ? "newline" : what);
}

/* Copy up to the character END and what stands in quotes on the way. */
static void read_until(struct buffer *word, int end)
{
	int c;

	while ((c = next_char()) != end) {
		if (c == EOF) {
			token = NULL;
			syntax_error();
		}
		append_char(word, c);
		if (end == '\'')
			continue;
		if (c == '\\' && peek_char() != EOF)
			append_char(word, next_char());
		else if (c == '(')
			read_until(word, ')');
		else if ((c == '"' || c == '\'') && end != '"')
			read_until(word, c);
	}
	append_char(word, end);
}

/* A word keeps its quotes: they are taken off when it is expanded. */
static void read_word(struct buffer *word)
{
	int c;

	while ((c = peek_char()) != EOF && !strchr(" \t\n;&|<>()", c)) {
		append_char(word, next_char());
		if (c == '\\' && peek_char() != EOF) {
			append_char(word, next_char());
		} else if (c == '"' || c == '\'') {
			read_until(word, c);
		} else if (c == '$' && strchr("{(", peek_char())) {
			append_char(word, c = next_char());
			read_until(word, c == '{' ? '}' : ')');
		}
	}
}

static void read_token(void)
{
	struct buffer word = { 0 };
	int c;

	while ((c = peek_char()) == ' ' || c == '\t')
		next_char();
	if (c == '#')
		while ((c = peek_char()) != '\n' && c != EOF)
			next_char();
	token = NULL;
	if (c == EOF)
		return;
	token_is_word = !strchr("\n;&|<>()", c);
	if (token_is_word) {
		read_word(&word);
	} else {
		append_char(&word, next_char());
		if ((strchr("&|<>", c) && peek_char() == c) ||
		    (strchr("<>", c) && peek_char() == '&'))
			append_char(&word, next_char()); /* && || << >> <& >& */
	}
	append_char(&word, '\0');
	token = word.data;
}

static const char *peek_token(void)
{
	if (token_taken)
		read_token();
	token_taken = false;
	return token;
}

/* Is the next token TEXT? If so, go past it. */
static bool accept(const char *text)
{
	if (!peek_token() || strcmp(token, text) != 0)
		return false;
	token_taken = true;
	return true;
}

static void expect(const char *text)
{
	if (!accept(text))
		syntax_error();
}

static char *expect_word(void)
{
	if (!peek_token() || !token_is_word)
		syntax_error();
	token_taken = true;
	return token;
}

static void skip_newlines(void)
{
	while (accept("\n"))
		;
}

/* ── The parser ───────────────────────────────────────────────────────── */

enum kind {
	SIMPLE, /* words */
	PIPELINE, /* left, with the next ones behind it */
	SUBSHELL, /* ( left ) */
	NOT, /* ! left */
	AND, /* left && right */
	OR, /* left || right */
	SEQUENCE, /* left ; right */
	BACKGROUND, /* left & */
	GROUP, /* { left } */
	IF, /* if left; then right; else third; fi */
	WHILE, /* while left; do right; done */
	FOR, /* for words[0] in the other words; do right; done */
};

struct redirection {
	struct redirection *next;
	int fd;
	const char *operator;
	const char *word;
};

struct node {
	enum kind kind;
	struct node *left, *right, *third;
	struct node *next; /* in a pipeline */
	char **words;
	struct redirection *redirections;
};

static struct node *parse_list(void);

static struct node *new_node(enum kind kind, struct node *left,
			     struct node *right)
{
	struct node *node = allocate(sizeof(*node));

	node->kind = kind;
	node->left = left;
	node->right = right;
	return node;
}

/* Does the next token end a list inside a compound command? */
static bool at_end_of_list(void)
{
	static const char *const ends[] = { ")",    "}",  "then", "elif",
					    "else", "fi", "do",   "done" };

	if (!peek_token())
		return true;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (strcmp(token, ends[i]) == 0)
			return true;
	return false;
}

/* [N]<WORD and so on. Is there one? */
static bool parse_redirection(struct redirection ***tail)
{
	struct redirection *redirection;
	int fd = -1;

	if (!peek_token())
		return false;
	if (isdigit((unsigned char)token[0]) && !token[1] &&
	    (source->unread == '<' || source->unread == '>')) {
		fd = token[0] - '0';
		token_taken = true;
		peek_token();
	} else if (token_is_word || !strchr("<>", token[0])) {
		return false;
	}
	if (strcmp(token, "<<") == 0)
		syntax_error();
	redirection = allocate(sizeof(*redirection));
	redirection->operator= token;
	redirection->fd = fd >= 0 ? fd : token[0] == '>';
	token_taken = true;
	redirection->word = expect_word();
	**tail = redirection;
	*tail = &redirection->next;
	return true;
}

static struct node *parse_simple(void)
{
	struct node *node = new_node(SIMPLE, NULL, NULL);
	struct redirection **tail = &node->redirections;
	struct buffer words = { 0 };

	if (at_end_of_list())
		syntax_error();
	for (;;) {
		if (parse_redirection(&tail))
			continue;
		if (!peek_token() || !token_is_word)
			break;
		append_pointer(&words, expect_word());
	}
	if (!words.length && !node->redirections)
		syntax_error();
	append_pointer(&words, NULL);
	node->words = (char **)words.data;
	return node;
}

/* if and elif are alike; the last of them takes the fi. */
static struct node *parse_if(void)
{
	struct node *node = new_node(IF, parse_list(), NULL);

	expect("then");
	node->right = parse_list();
	if (accept("elif")) {
		node->third = parse_if();
		return node;
	}
	if (accept("else"))
		node->third = parse_list();
	expect("fi");
	return node;
}

static struct node *parse_for(void)
{
	struct node *node = new_node(FOR, NULL, NULL);
	struct buffer words = { 0 };

	append_pointer(&words, expect_word());
	if (!accept("in"))
		append_pointer(&words, "\"$@\"");
	else
		while (peek_token() && token_is_word)
			append_pointer(&words, expect_word());
	append_pointer(&words, NULL);
	node->words = (char **)words.data;
	accept(";");
	skip_newlines();
	return node;
}

static struct node *parse_command(void)
{
	struct redirection **tail;
	struct node *node;

	if (accept("(")) {
		node = new_node(SUBSHELL, parse_list(), NULL);
		expect(")");
	} else if (accept("{")) {
		node = new_node(GROUP, parse_list(), NULL);
		expect("}");
	} else if (accept("if")) {
		node = parse_if();
	} else if (accept("while")) {
		node = new_node(WHILE, parse_list(), NULL);
	} else if (accept("until")) {
		node = new_node(WHILE, new_node(NOT, parse_list(), NULL), NULL);
	} else if (accept("for")) {
		node = parse_for();
	} else {
		return parse_simple();
	}
	if (node->kind == WHILE || node->kind == FOR) {
		expect("do");
		node->right = parse_list();
		expect("done");
	}
	tail = &node->redirections;
	while (parse_redirection(&tail))
		;
	return node;
}

static struct node *parse_pipeline(void)
{
	bool inverted = accept("!");
	struct node *node = parse_command();

	if (accept("|")) {
		struct node *last = node;

		node = new_node(PIPELINE, node, NULL);
		do {
			skip_newlines();
			last = last->next = parse_command();
		} while (accept("|"));
	}
	return inverted ? new_node(NOT, node, NULL) : node;
}

/* One command, with the ; or & behind it. */
static struct node *parse_item(void)
{
	struct node *node = parse_pipeline();

	while (accept("&&") || accept("||")) {
		enum kind kind = *token == '&' ? AND : OR;

		skip_newlines();
		node = new_node(kind, node, parse_pipeline());
	}
	if (accept("&"))
		return new_node(BACKGROUND, node, NULL);
	if (!accept(";") && peek_token() && *token != '\n' && !at_end_of_list())
		syntax_error();
	return node;
}

static struct node *parse_list(void)
{
	struct node *node;

	skip_newlines();
	node = parse_item();
	for (skip_newlines(); !at_end_of_list(); skip_newlines())
		node = new_node(SEQUENCE, node, parse_item());
	return node;
}

/* ── Variables: the environment's, but those named here are not exported ─ */

struct name {
	struct name *next;
	char text[];
};

static struct name *own_variables;

static void export_variable(const char *name)
{
	struct name **link = &own_variables;
	struct name *found;

	while (*link && strcmp((*link)->text, name) != 0)
		link = &(*link)->next;
	found = *link;
	if (found)
		*link = found->next;
	free(found);
}

static void set_variable(const char *name, const char *value)
{
	if (!getenv(name)) {
		struct name *own = malloc(sizeof(*own) + strlen(name) + 1);

		if (!own)
			complain(FAILURE, "%s", strerror(ENOMEM));
		strcpy(own->text, name);
		own->next = own_variables;
		own_variables = own;
	}
	setenv(name, value, 1);
}

static size_t name_length(const char *text)
{
	size_t length = 0;

	if (isdigit((unsigned char)*text))
		return 0;
	while (isalnum((unsigned char)text[length]) || text[length] == '_')
		length++;
	return length;
}

static bool is_assignment(const char *word)
{
	size_t length = name_length(word);

	return length > 0 && word[length] == '=';
}

static void assign(const char *assignment)
{
	size_t length = name_length(assignment);

	set_variable(copy_text(assignment, length), assignment + length + 1);
}

/* ── Expansion: from words as they were written to words as they are meant ─ */

struct expansion {
	struct buffer words; /* of char *: those so far */
	struct buffer word; /* the one that is being made */
	bool started; /* there is a word, though perhaps an empty one */
	bool split; /* at blanks, unless they are in quotes */
	bool pattern, literal; /* it has a * or ?, bare or in quotes */
};

static char *run_and_read(char *text);

static bool matches(const char *pattern, const char *name)
{
	if (*pattern == '*')
		return matches(pattern + 1, name) ||
		       (*name && matches(pattern, name + 1));
	if (!*pattern || !*name)
		return *pattern == *name;
	return (*pattern == '?' || *pattern == *name) &&
	       matches(pattern + 1, name + 1);
}

static int compare_words(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The files that PATTERN means; the last name in it, that is. Any? */
static bool add_matches(struct buffer *words, const char *pattern)
{
	const char *slash = strrchr(pattern, '/');
	const char *name = slash ? slash + 1 : pattern;
	size_t start = words->length, length = name - pattern;
	DIR *directory = opendir(slash ? copy_text(pattern, length) : ".");
	struct dirent *entry;

	while (directory && (entry = readdir(directory))) {
		struct buffer path = { 0 };

		if ((entry->d_name[0] == '.' && *name != '.') ||
		    !matches(name, entry->d_name))
			continue;
		append(&path, pattern, length);
		append(&path, entry->d_name, strlen(entry->d_name) + 1);
		append_pointer(words, path.data);
	}
	if (directory)
		closedir(directory);
	if (words->length == start)
		return false;
	qsort(words->data + start, (words->length - start) / sizeof(char *),
	      sizeof(char *), compare_words);
	return true;
}

static void add_char(struct expansion *out, int c, bool quoted)
{
	append_char(&out->word, c);
	out->started = true;
	if (c == '*' || c == '?')
		*(quoted ? &out->literal : &out->pattern) = true;
}

static void end_word(struct expansion *out)
{
	append_char(&out->word, '\0');
	if (!out->pattern || out->literal ||
	    !add_matches(&out->words, out->word.data))
		append_pointer(&out->words, out->word.data);
	out->word = (struct buffer){ 0 };
	out->started = out->pattern = out->literal = false;
}

static void add_value(struct expansion *out, const char *value, bool quoted)
{
	for (; value && *value; value++) {
		if (quoted || !out->split || !isspace((unsigned char)*value))
			add_char(out, *value, quoted);
		else if (out->started)
			end_word(out);
	}
}

static void add_number(struct expansion *out, long number)
{
	char text[24];

	snprintf(text, sizeof(text), "%ld", number);
	add_value(out, text, true);
}

/* $@ and $*: in quotes, "$@" is one word for each argument. */
static void add_arguments(struct expansion *out, bool quoted, bool apart)
{
	if (quoted && !*arguments && out->word.length == 0)
		out->started = false;
	for (char **argument = arguments; *argument; argument++) {
		if (argument > arguments && apart)
			end_word(out);
		else if (argument > arguments)
			add_value(out, " ", quoted);
		add_value(out, *argument, quoted);
		if (quoted)
			out->started = true;
	}
}

static int argument_count(void)
{
	int count = 0;

	while (arguments[count])
		count++;
	return count;
}

/* $NAME */
static void add_parameter(struct expansion *out, const char *name, bool quoted)
{
	const char *value = getenv(name);
	int number = atoi(name);

	if (isdigit((unsigned char)*name))
		value = number == 0                  ? shell_name
			: number <= argument_count() ? arguments[number - 1]
						     : NULL;
	else if (*name == '?')
		add_number(out, status);
	else if (*name == '$')
		add_number(out, shell_pid);
	else if (*name == '#')
		add_number(out, argument_count());
	else if (*name == '!' && background_pid)
		add_number(out, background_pid);
	add_value(out, value, quoted);
}

/* What a $ begins. */
static void expand_dollar(struct expansion *out, bool quoted)
{
	struct buffer text = { 0 };
	int c = peek_char();

	if (c == '(' || c == '{') {
		next_char();
		read_until(&text, c == '(' ? ')' : '}');
		text.data[text.length - 1] = '\0';
		if (c == '(')
			add_value(out, run_and_read(text.data), quoted);
		else if (text.data[name_length(text.data)] &&
			 !strchr("?$!#0123456789", *text.data))
			complain(FAILURE, "${%s}: bad substitution", text.data);
		else
			add_parameter(out, text.data, quoted);
	} else if (c == '@' || c == '*') {
		add_arguments(out, quoted, next_char() == '@' && out->split);
	} else if (c != EOF && strchr("?$!#0123456789", c)) {
		append_char(&text, next_char());
		append_char(&text, '\0');
		add_parameter(out, text.data, quoted);
	} else {
		while ((c = peek_char()) != EOF && (isalnum(c) || c == '_'))
			append_char(&text, next_char());
		if (!text.length) {
			add_char(out, '$', quoted);
			return;
		}
		append_char(&text, '\0');
		add_parameter(out, text.data, quoted);
	}
}

static void expand_text(struct expansion *out, const char *text)
{
	struct source inside = { .text = text, .unread = EOF };
	struct source *outer = source;
	bool quoted = false;
	int c;

	source = &inside;
	while ((c = next_char()) != EOF) {
		if (c == '$') {
			expand_dollar(out, quoted);
		} else if (c == '"') {
			out->started |= !quoted;
			quoted = !quoted;
		} else if (c == '\'' && !quoted) {
			out->started = true;
			while ((c = next_char()) != '\'')
				add_char(out, c, true);
		} else if (c == '\\' && peek_char() != EOF &&
			   (!quoted || strchr("$\"\\`\n", peek_char()))) {
			c = next_char();
			if (c != '\n') /* else the line goes on */
				add_char(out, c, true);
		} else {
			add_char(out, c, quoted);
		}
	}
	source = outer;
}

/* The words of WORDS expanded, NULL behind the last. */
static char **expand_words(char **words)
{
	struct expansion out = { .split = true };

	for (; *words; words++) {
		expand_text(&out, *words);
		if (out.started)
			end_word(&out);
	}
	append_pointer(&out.words, NULL);
	return (char **)out.words.data;
}

/* One word that stays one, whatever is in it. */
static char *expand_word(const char *word)
{
	struct expansion out = { 0 };

	expand_text(&out, word);
	append_char(&out.word, '\0');
	return out.word.data;
}

/* ── Jobs: the processes of a pipeline, in a group of their own ───────── */

struct job {
	struct job *next;
	int number;
	pid_t group, pids[MAX_PIPELINE]; /* 0 behind the last */
	int live; /* processes that have not ended */
	int stopped; /* by this signal */
	bool reported; /* … and that has been said */
	int result; /* of the last process, from waitpid() */
	char text[LINE_SIZE];
};

static struct job *jobs;

static struct job *new_job(void)
{
	struct job *job = calloc(1, sizeof(*job));

	if (!job)
		complain(FAILURE, "%s", strerror(ENOMEM));
	job->number = jobs ? jobs->number + 1 : 1;
	strcpy(job->text, line);
	job->next = jobs;
	return jobs = job;
}

static void remove_job(struct job *job)
{
	struct job **link = &jobs;

	while (*link != job)
		link = &(*link)->next;
	*link = job->next;
	free(job);
}

/* The job NAME: %number, or a process of it; NULL: the newest. */
static struct job *find_job(const char *name)
{
	struct job *job = jobs;
	int i;

	for (; job && name; job = job->next) {
		if (*name == '%' && job->number == atoi(name + 1))
			break;
		for (i = 0; job->pids[i] && job->pids[i] != atoi(name); i++)
			;
		if (job->pids[i])
			break;
	}
	return job;
}

static pid_t last_pid(const struct job *job)
{
	int last = 0;

	while (job->pids[last + 1])
		last++;
	return job->pids[last];
}

/* fork(), for a process of JOB. In the child, 0: ^C and the like end it. */
static pid_t start(struct job *job, bool background)
{
	static const int signals[] = { SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN,
				       SIGTTOU };
	pid_t pid = fork();
	pid_t own = pid || !interactive ? pid : getpid();

	if (pid == 0 && interactive)
		signal(SIGINT, SIG_DFL);
	if (pid < 0)
		complain(FAILURE, "fork: %s", strerror(errno));
	if (!job->group)
		job->group = own;
	if (interactive) { /* both do it: who comes first is not known */
		setpgid(own, job->group);
		if (!background)
			tcsetpgrp(TERMINAL, job->group);
	}
	if (pid > 0) {
		job->pids[job->live++] = pid;
		return pid;
	}
	for (size_t i = 0; interactive && i < 5; i++)
		signal(signals[i], SIG_DFL);
	if (background && !interactive) {
		signal(SIGINT, SIG_IGN);
		signal(SIGQUIT, SIG_IGN);
		close(STDIN_FILENO);
		open("/dev/null", O_RDONLY);
	}
	interactive = false;
	jobs = NULL;
	return 0;
}

/* Take note of one child that ended or stopped. Was there one? */
static bool reap(int options)
{
	char text[12];
	struct job *job;
	int result;
	pid_t pid = waitpid(-1, &result, options | WUNTRACED);

	if (pid <= 0)
		return pid < 0 && errno == EINTR && !interrupt;
	snprintf(text, sizeof(text), "%d", pid);
	job = find_job(text);
	if (!job)
		return true;
	if (WIFSTOPPED(result)) {
		job->reported &= job->stopped != 0;
		job->stopped = WSTOPSIG(result);
		return true;
	}
	if (pid == last_pid(job))
		job->result = result;
	if (--job->live == 0)
		job->stopped = 0;
	return true;
}

static void show_job(const struct job *job)
{
	const char *state = job->live ? "Running" : "Done";

	if (job->stopped)
		state = "Stopped";
	else if (!job->live && WIFSIGNALED(job->result))
		state = strsignal(WTERMSIG(job->result));
	dprintf(STDERR_FILENO, "[%d] %d %s\t%s\n", job->number, job->group,
		state, job->text);
}

/* Wait until JOB has ended or stopped; its result is $? then. */
static void wait_for(struct job *job)
{
	int number;

	while (job->live && !job->stopped && reap(0))
		;
	if (interactive)
		tcsetpgrp(TERMINAL, getpgrp());
	if (job->stopped) {
		dprintf(STDERR_FILENO, "\n");
		show_job(job);
		job->reported = true;
		status = 128 + job->stopped;
		return;
	}
	number = WIFSIGNALED(job->result) ? WTERMSIG(job->result) : 0;
	status = number ? 128 + number : WEXITSTATUS(job->result);
	remove_job(job);
	if (number == SIGINT && interactive) {
		dprintf(STDERR_FILENO, "\n");
		longjmp(next_command, 1);
	}
	if (number && number != SIGINT && number != SIGPIPE)
		dprintf(STDERR_FILENO, "%s\n", strsignal(number));
}

/* Before a prompt: what has become of the jobs in the background. */
static void report_jobs(void)
{
	struct job *next;

	while (reap(WNOHANG))
		;
	for (struct job *job = jobs; job; job = next) {
		next = job->next;
		if (job->live && (!job->stopped || job->reported))
			continue;
		show_job(job);
		job->reported = true;
		if (!job->live)
			remove_job(job);
	}
}

/* ── Redirection, and how it is undone ────────────────────────────────── */

struct undo {
	struct undo *next;
	int fd, copy; /* of what FD was; -1: it was closed */
};

static struct undo *undo;

/* FD becomes a copy of FROM, which is closed. */
static void move_fd(int from, int fd)
{
	if (from == fd)
		return;
	dup2(from, fd);
	close(from);
}

static void restore(struct undo *mark)
{
	for (; undo != mark; undo = undo->next) {
		if (undo->copy >= 0)
			move_fd(undo->copy, undo->fd);
		else
			close(undo->fd);
	}
}

/* Returns the open file for REDIRECTION, or -1. */
static int open_target(const struct redirection *redirection, const char *word)
{
	const char *operator= redirection->operator;

	if (operator[1] == '&') {
		errno = EBADF;
		return isdigit((unsigned char)*word)
			       ? fcntl(atoi(word), F_DUPFD, FD_PRIVATE)
			       : -1;
	}
	if (operator[0] == '<')
		return open(word, O_RDONLY);
	return open(word,
		    O_WRONLY | O_CREAT | (operator[1] ? O_APPEND : O_TRUNC),
		    0666);
}

/* Do what < and > say; false after a message. */
static bool redirect(const struct redirection *each)
{
	for (; each; each = each->next) {
		const char *word = expand_word(each->word);
		int target = open_target(each, word);
		struct undo *step = allocate(sizeof(*step));

		if (target < 0) {
			complain(0, "%s: %s", word, strerror(errno));
			return false;
		}
		step->fd = each->fd;
		step->copy = fcntl(each->fd, F_DUPFD_CLOEXEC, FD_PRIVATE);
		step->next = undo;
		undo = step;
		move_fd(target, each->fd);
	}
	return true;
}

/* ── Commands that are the shell's own, for they change the shell ─────── */

static bool exit_on_error; /* set -e */
static int conditions; /* how many conditions deep we are: there -e is off */
static int loops; /* that we are in */
static enum { NOTHING, LOOP, ROUND } leaving; /* by break, continue */

static void execute(struct node *node);
static void run_source(struct source *from);

static int do_cd(char **argv)
{
	const char *directory = argv[1] ? argv[1] : getenv("HOME");

	if (directory && chdir(directory) == 0)
		return 0;
	complain(0, "cd: %s: %s", directory ? directory : "HOME",
		 directory ? strerror(errno) : "not set");
	return 1;
}

static int do_pwd(char **argv)
{
	char path[PATH_MAX];

	dprintf(STDOUT_FILENO, "%s\n", getcwd(path, sizeof(path)));
	return 0;
}

static int do_exit(char **argv)
{
	exit(argv[1] ? atoi(argv[1]) : status);
}

static int do_nothing(char **argv)
{
	return 0;
}

static int do_export(char **argv)
{
	for (argv++; *argv; argv++) {
		size_t length = name_length(*argv);

		if (is_assignment(*argv))
			assign(*argv);
		export_variable(copy_text(*argv, length));
	}
	return 0;
}

static int do_unset(char **argv)
{
	for (argv++; *argv; argv++) {
		export_variable(*argv);
		unsetenv(*argv);
	}
	return 0;
}

/* One word of the line for each name, the rest of it for the last. */
static int do_read(char **argv)
{
	struct buffer buffer = { 0 };
	ssize_t count;
	char *at;
	char c;

	while ((count = read(STDIN_FILENO, &c, 1)) == 1 && c != '\n')
		append_char(&buffer, c);
	append_char(&buffer, '\0');
	at = buffer.data;
	for (argv++; *argv; argv++) {
		size_t length;

		at += strspn(at, " \t");
		length = argv[1] ? strcspn(at, " \t") : strlen(at);
		while (!argv[1] && length && strchr(" \t", at[length - 1]))
			length--;
		set_variable(*argv, copy_text(at, length));
		at += length;
	}
	return count == 1 ? 0 : 1;
}

static int do_wait(char **argv)
{
	bool all = !argv[1];
	struct job *job;

	status = 0;
	for (argv++; *argv; argv++) {
		job = find_job(*argv);
		status = NOT_FOUND;
		if (job)
			wait_for(job);
	}
	while (all) {
		for (job = jobs; job && (!job->live || job->stopped);
		     job = job->next)
			;
		if (!job || !reap(0))
			break;
	}
	return status;
}

static int do_jobs(char **argv)
{
	report_jobs();
	for (struct job *job = jobs; job; job = job->next)
		show_job(job);
	return 0;
}

/* fg and bg: let a job go on, and wait for it or not. */
static int do_continue(char **argv)
{
	struct job *job = find_job(argv[1]);

	if (!job) {
		complain(0, "%s: no such job", argv[0]);
		return 1;
	}
	job->stopped = 0;
	dprintf(STDERR_FILENO, "%s\n", job->text);
	if (argv[0][0] == 'f' && interactive)
		tcsetpgrp(TERMINAL, job->group);
	kill(-job->group, SIGCONT);
	status = 0;
	if (argv[0][0] == 'f')
		wait_for(job);
	return status;
}

static int do_set(char **argv)
{
	if (argv[1] && strcmp(argv[1] + 1, "e") == 0) {
		exit_on_error = argv[1][0] == '-';
		return 0;
	}
	complain(0, "set: only -e and +e are known");
	return FAILURE;
}

static int do_shift(char **argv)
{
	int count = argv[1] ? atoi(argv[1]) : 1;

	if (count < 0 || count > argument_count()) {
		complain(0, "shift: there are not so many arguments");
		return 1;
	}
	arguments += count;
	return 0;
}

static int do_break(char **argv)
{
	if (loops)
		leaving = *argv[0] == 'c' ? ROUND : LOOP;
	return 0;
}

static void open_script(const char *path, struct source *script)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		complain(NOT_FOUND, "%s: %s", path, strerror(errno));
	script->fd = fcntl(fd, F_DUPFD_CLOEXEC, FD_PRIVATE);
	script->unread = EOF;
	close(fd);
}

/* . FILE: its commands as if they stood here. */
static int do_source(char **argv)
{
	struct source script = { 0 };

	if (!argv[1])
		complain(FAILURE, ".: which file?");
	open_script(argv[1], &script);
	run_source(&script);
	close(script.fd);
	return status;
}

static void become(char **argv)
{
	bool found;

	for (struct name *name = own_variables; name; name = name->next)
		unsetenv(name->text);
	/* test knows by its name that a ] is to come. */
	execvp(strcmp(argv[0], "[") == 0 ? "test" : argv[0], argv);
	found = errno != ENOENT && errno != ENOTDIR;
	complain(0, "%s: %s", argv[0], found ? strerror(errno) : "not found");
	exit(found ? NOT_EXECUTABLE : NOT_FOUND);
}

/* Without a command, the redirections stay. */
static int do_exec(char **argv)
{
	if (argv[1])
		become(argv + 1);
	for (; undo; undo = undo->next)
		close(undo->copy);
	return 0;
}

static const struct builtin {
	const char *name;
	int (*function)(char **argv);
} builtins[] = {
	{ ".", do_source },    { ":", do_nothing }, { "bg", do_continue },
	{ "break", do_break }, { "cd", do_cd },     { "continue", do_break },
	{ "exec", do_exec },   { "exit", do_exit }, { "export", do_export },
	{ "fg", do_continue }, { "jobs", do_jobs }, { "pwd", do_pwd },
	{ "read", do_read },   { "set", do_set },   { "shift", do_shift },
	{ "unset", do_unset }, { "wait", do_wait },
};

static const struct builtin *find_builtin(const char *name)
{
	for (size_t i = 0; i < sizeof(builtins) / sizeof(builtins[0]); i++)
		if (strcmp(builtins[i].name, name) == 0)
			return &builtins[i];
	return NULL;
}

/* ── The executor ─────────────────────────────────────────────────────── */

/* Do the assignments NAME=value at the start of WORDS. */
static void assign_all(char **words, bool export)
{
	for (; *words && is_assignment(*words); words++) {
		assign(expand_word(*words));
		if (export)
			export_variable(copy_text(*words, name_length(*words)));
	}
}

/* IN_CHILD: this process has nothing else to do, so no fork() is needed. */
static void execute_simple(struct node *node, bool in_child)
{
	const struct builtin *builtin;
	char **words = node->words;
	char **argv;
	struct job *job;

	while (*words && is_assignment(*words))
		words++;
	argv = expand_words(words);
	builtin = *argv ? find_builtin(*argv) : NULL;
	if (!*argv || builtin) {
		if (!*argv)
			status = 0; /* or that of a $(command) */
		if (!redirect(node->redirections)) {
			status = 1;
			return;
		}
		assign_all(node->words, false);
		if (builtin)
			status = builtin->function(argv);
		return;
	}
	job = in_child ? NULL : new_job();
	if (in_child || start(job, false) == 0) {
		if (!redirect(node->redirections))
			exit(1);
		assign_all(node->words, true);
		become(argv);
	}
	wait_for(job);
}

__attribute__((noreturn)) static void execute_in_child(struct node *node)
{
	loops = 0;
	if (node->kind == SIMPLE)
		execute_simple(node, true);
	else
		execute(node);
	exit(status);
}

/* All at once; each reads what the one before it writes. */
static void execute_pipeline(struct node *command)
{
	struct job *job = new_job();
	int input = -1;

	for (; command; command = command->next) {
		int ends[2] = { -1, -1 };

		if (job->live == MAX_PIPELINE - 1)
			complain(FAILURE, "too many commands in a pipeline");
		if (command->next && pipe(ends) < 0)
			complain(FAILURE, "pipe: %s", strerror(errno));
		if (start(job, false) == 0) {
			if (input >= 0)
				move_fd(input, STDIN_FILENO);
			if (command->next) {
				close(ends[0]);
				move_fd(ends[1], STDOUT_FILENO);
			}
			execute_in_child(command);
		}
		if (input >= 0)
			close(input);
		if (ends[1] >= 0)
			close(ends[1]);
		input = ends[0];
	}
	wait_for(job);
}

static void execute_in_job(struct node *node, bool background)
{
	struct job *job = new_job();
	pid_t pid = start(job, background);

	if (pid == 0)
		execute_in_child(node);
	if (!background) {
		wait_for(job);
		return;
	}
	background_pid = pid;
	status = 0;
	job->reported = true;
	if (interactive)
		show_job(job);
}

static bool condition(struct node *node)
{
	conditions++;
	execute(node);
	conditions--;
	return status == 0;
}

/* One round of a loop. Is there to be another? */
static bool execute_body(struct node *body)
{
	bool again;

	execute(body);
	again = leaving != LOOP;
	leaving = NOTHING;
	return again;
}

static void execute_loop(struct node *node)
{
	int result = 0;

	loops++;
	if (node->kind == FOR) {
		char **value = expand_words(node->words + 1);

		for (status = 0; *value; value++) {
			set_variable(node->words[0], *value);
			if (!execute_body(node->right))
				break;
		}
		result = status;
	} else {
		struct block *mark = blocks;

		while (condition(node->left) && !leaving) {
			bool more = execute_body(node->right);

			result = status;
			release(mark);
			if (!more)
				break;
		}
	}
	loops--;
	status = result;
}

static void execute_kind(struct node *node)
{
	switch (node->kind) {
	case SIMPLE:
		execute_simple(node, false);
		break;
	case PIPELINE:
		execute_pipeline(node->left);
		break;
	case SUBSHELL:
	case BACKGROUND:
		execute_in_job(node->left, node->kind == BACKGROUND);
		break;
	case NOT:
		status = condition(node->left);
		break;
	case AND:
	case OR:
		if (condition(node->left) == (node->kind == AND) && !leaving)
			execute(node->right);
		break;
	case SEQUENCE:
		execute(node->left);
		if (!leaving)
			execute(node->right);
		break;
	case GROUP:
		execute(node->left);
		break;
	case IF:
		if (condition(node->left) && !leaving) {
			execute(node->right);
		} else if (!leaving) {
			status = 0;
			if (node->third)
				execute(node->third);
		}
		break;
	case WHILE:
	case FOR:
		execute_loop(node);
		break;
	}
}

static void execute(struct node *node)
{
	struct undo *mark = undo;

	if (interrupt && interactive) {
		status = 128 + SIGINT;
		longjmp(next_command, 1);
	}
	if (node->kind != SIMPLE && !redirect(node->redirections))
		status = 1;
	else
		execute_kind(node);
	if (undo)
		restore(mark);
	if (status && exit_on_error && !conditions && node->kind <= SUBSHELL)
		exit(status);
}

/* ── The shell itself ─────────────────────────────────────────────────── */

/* Run all commands FROM there, one line after the other. */
static void run_source(struct source *from)
{
	struct source *outer = source;
	struct block *mark = blocks;

	source = from;
	for (;;) {
		struct node *node;

		token_taken = true;
		if (interactive && source == &main_source) {
			report_jobs();
			prompt = "$ ";
			line[0] = '\0';
		}
		if (!peek_token())
			break;
		if (accept("\n"))
			continue;
		node = parse_item();
		while (peek_token() && *token != '\n')
			node = new_node(SEQUENCE, node, parse_item());
		prompt = NULL;
		execute(node);
		release(mark);
	}
	source = outer;
	token_taken = true;
}

/* $(TEXT): run TEXT in a child. Its output without the last newlines. */
static char *run_and_read(char *text)
{
	struct buffer output = { 0 };
	struct job *job = new_job();
	char piece[512];
	ssize_t size;
	int ends[2];

	if (pipe(ends) < 0)
		complain(FAILURE, "pipe: %s", strerror(errno));
	if (start(job, false) == 0) {
		struct source inside = { .text = text, .unread = EOF };

		close(ends[0]);
		move_fd(ends[1], STDOUT_FILENO);
		run_source(&inside);
		exit(status);
	}
	close(ends[1]);
	while ((size = read(ends[0], piece, sizeof(piece))) > 0)
		append(&output, piece, (size_t)size);
	close(ends[0]);
	wait_for(job);
	while (output.length > 0 && output.data[output.length - 1] == '\n')
		output.length--;
	append_char(&output, '\0');
	return output.data;
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

	sigaction(SIGINT, &action, NULL);
	signal(SIGQUIT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGTSTP, SIG_IGN);
	signal(SIGTTIN, SIG_IGN);
	signal(SIGTTOU, SIG_IGN);
	setpgid(0, 0);
	tcsetpgrp(TERMINAL, getpgrp());
}

static const char usage[] =
	"usage: sh [-e] [FILE [ARGUMENT]…]\n"
	"       sh [-e] -c COMMANDS [NAME [ARGUMENT]…]\n"
	"Runs the commands in FILE, in the word COMMANDS, or from standard "
	"input.\n\n"
	"  a; b    a && b    a || b    a | b    a &    ! a    ( list )    "
	"{ list; }\n"
	"  < file  > file  >> file  2> file  2>&1    NAME=value    *.c  ?\n"
	"  'as it is'  \"with $NAME\"  \\c  $NAME $(command)\n"
	"  $? status  $$ shell  $! last in background  $# $@ $1 arguments\n"
	"  if list; then list; elif list; then list; else list; fi\n"
	"  while list; do list; done    until …    for NAME in words; do list; "
	"done\n"
	"  # comment\n\n"
	"Own commands: . : [ bg break cd continue exec exit export fg jobs pwd "
	"read\nset shift unset wait. On a terminal ^C ends a job, ^Z "
	"stops it, ^D ends\nthe shell. -e, set -e: end when a command fails "
	"that is no condition.\n"
	"The status is that of the last command: 126 and 127 if it could not "
	"be run or\nfound, 128 + number if a signal ended it.\n";

int main(int argc, char **argv)
{
	bool commands = false;

	shell_name = *argv++;
	shell_pid = getpid();
	for (; *argv && **argv == '-' && argv[0][1]; argv++) {
		bool help = strcmp(*argv, "--help") == 0;

		if (strcmp(*argv, "-e") == 0) {
			exit_on_error = true;
		} else if (strcmp(*argv, "-c") == 0 && argv[1]) {
			commands = true;
		} else {
			dprintf(help ? STDOUT_FILENO : STDERR_FILENO, "%s",
				usage);
			return help ? 0 : FAILURE;
		}
	}
	if (commands) {
		main_source.text = *argv++;
		if (*argv)
			shell_name = *argv++;
	} else if (*argv) {
		open_script(*argv, &main_source);
		shell_name = *argv++;
	} else {
		interactive = isatty(STDIN_FILENO) && isatty(TERMINAL);
	}
	arguments = argv;
	if (interactive)
		take_terminal();
	if (setjmp(next_command)) { /* a command was given up */
		restore(NULL);
		release(NULL);
		source = &main_source;
		conditions = loops = leaving = 0;
		interrupt = 0;
		tcsetpgrp(TERMINAL, getpgrp());
	}
	run_source(&main_source);
	if (interactive)
		dprintf(STDERR_FILENO, "\n");
	return status;
}
