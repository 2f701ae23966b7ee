/*
 * sh.c - a shell: reads commands and runs them. Three parts, one after the
 * other: the lexer cuts text into words and operators, the parser makes a tree
 * of them, the executor walks over the tree, with fork(), execve(), pipe(),
 * dup2() and wait(). A subset of POSIX's shell; `sh --help` says which.
 */
#include <ctype.h>
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
#define SYNTAX_ERROR   2
#define FD_PRIVATE     10 /* the shell's own descriptors are from here on */

static const char *shell_name; /* $0 */
static char **arguments; /* $1 … */
static int status; /* $? */
static pid_t shell_pid; /* $$: subshells keep it */
static pid_t background_pid; /* $! */
static bool interactive;
static bool exit_on_error; /* set -e */
static int conditions; /* how many conditions deep we are: there -e is off */
static int loops, jump; /* loops we are in; how many to leave (break) */
static bool again; /* … and then to go on with the next round (continue) */
static volatile sig_atomic_t interrupt; /* ^C was typed */
static jmp_buf next_command; /* where an interactive shell goes on */

__attribute__((format(printf, 1, 2))) static void complain(const char *format,
							   ...)
{
	va_list list;

	va_start(list, format);
	dprintf(STDERR_FILENO, "%s: ", shell_name);
	vdprintf(STDERR_FILENO, format, list);
	dprintf(STDERR_FILENO, "\n");
	va_end(list);
}

/* Give up: an interactive shell the command, any other itself. */
__attribute__((noreturn)) static void give_up(int result)
{
	status = result;
	if (interactive)
		longjmp(next_command, 1);
	exit(result);
}

/* ── Memory: all that a command needs is freed together, at its end ───── */

struct block {
	struct block *previous;
	max_align_t data[];
};

static struct block *blocks;

static void *allocate(size_t size)
{
	struct block *block = malloc(sizeof(*block) + size);

	if (!block) {
		complain("%s", strerror(ENOMEM));
		exit(2);
	}
	block->previous = blocks;
	blocks = block;
	return memset(block->data, 0, size);
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

/* A string that grows; what it holds may be pointers just as well. */
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

static void append_char(struct buffer *buffer, char c)
{
	append(buffer, &c, 1);
}

/* ── The lexer ────────────────────────────────────────────────────────── */

static const char *source_text; /* what is read: a string … */
static int source_fd; /* … or, if that is NULL, a file */
static int unread = EOF; /* a character put back */
static const char *prompt;

static char *token; /* a word or operator; NULL: the end */
static bool token_is_word;
static bool token_taken = true; /* the parser wants the next one */

/* One byte at a time: what follows may be for the commands to read. */
static int next_char(void)
{
	unsigned char c;
	int result = unread;

	unread = EOF;
	if (result != EOF)
		return result;
	if (source_text)
		return *source_text ? (unsigned char)*source_text++ : EOF;
	if (prompt)
		dprintf(STDERR_FILENO, "%s", prompt);
	prompt = NULL;
	if (read(source_fd, &c, 1) == 1) {
		if (c == '\n' && interactive)
			prompt = "> ";
		return c;
	}
	if (interactive && errno == EINTR) { /* ^C: forget the line */
		errno = 0;
		dprintf(STDERR_FILENO, "\n");
		give_up(128 + SIGINT);
	}
	return EOF;
}

static int peek_char(void)
{
	unread = next_char();
	return unread;
}

__attribute__((noreturn)) static void syntax_error(const char *what)
{
	if (!what)
		what = "end of file";
	else if (*what == '\n')
		what = "newline";
	complain("syntax error: unexpected %s", what);
	while (interactive && token && *token != '\n' && unread != '\n' &&
	       peek_char() != '\n' && unread != EOF)
		unread = EOF;
	unread = EOF;
	give_up(SYNTAX_ERROR);
}

/* Copy up to the character END and what stands in quotes on the way. */
static void read_until(struct buffer *word, int end)
{
	int c;

	while ((c = next_char()) != end) {
		if (c == EOF)
			syntax_error(NULL);
		append_char(word, (char)c);
		if (end == '\'')
			continue;
		if (c == '\\' && peek_char() != EOF)
			append_char(word, (char)next_char());
		else if (c == '(')
			read_until(word, ')');
		else if ((c == '"' || c == '\'') && end != '"')
			read_until(word, c);
	}
	append_char(word, (char)end);
}

/* A word keeps its quotes: they are taken off when it is expanded. */
static void read_word(struct buffer *word)
{
	int c;

	while ((c = peek_char()) != EOF && !strchr(" \t\n;&|<>()", c)) {
		append_char(word, (char)next_char());
		if (c == '\\' && peek_char() != EOF)
			append_char(word, (char)next_char());
		else if (c == '"' || c == '\'')
			read_until(word, c);
		else if (c == '$' && peek_char() == '{')
			read_until(word, '}');
		else if (c == '$' && peek_char() == '(') {
			append_char(word, (char)next_char());
			read_until(word, ')');
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
		append_char(&word, (char)next_char());
		if (strchr("&|<>", c) && peek_char() == c) /* && || << >> */
			append_char(&word, (char)next_char());
		else if (strchr("<>", c) && peek_char() == '&') /* <& >& */
			append_char(&word, (char)next_char());
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
		syntax_error(token);
}

static char *expect_word(void)
{
	if (!peek_token() || !token_is_word)
		syntax_error(token);
	token_taken = true;
	return token;
}

/* ── The parser ───────────────────────────────────────────────────────── */

enum kind {
	SIMPLE, /* words */
	PIPELINE, /* left, with the next ones behind it */
	NOT, /* left */
	AND, /* left && right */
	OR,
	SEQUENCE, /* left ; right */
	BACKGROUND, /* left & */
	SUBSHELL, /* ( left ) */
	GROUP, /* { left } */
	IF, /* if left; then right; else third; fi */
	WHILE, /* while left; do right; done */
	UNTIL,
	FOR, /* for words[0] in the other words; do right; done */
};

struct redirection {
	struct redirection *next;
	int fd;
	char *operator;
	char *word;
	int saved; /* a descriptor for what FD was, or one of these: */
#define UNTOUCHED  -1
#define WAS_CLOSED -2
};

struct node {
	enum kind kind;
	struct node *left, *right, *third;
	struct node *next; /* in a pipeline */
	char **words;
	struct redirection *redirections;
};

static struct node *parse_list(void);
static bool at_end_of_list(void);

static struct node *new_node(enum kind kind, struct node *left,
			     struct node *right)
{
	struct node *node = allocate(sizeof(*node));

	node->kind = kind;
	node->left = left;
	node->right = right;
	return node;
}

static void skip_newlines(void)
{
	while (accept("\n"))
		;
}

/* [N]<WORD and so on. Is there one? */
static bool parse_redirection(struct redirection ***tail)
{
	struct redirection *redirection;
	int fd = -1;

	if (!peek_token())
		return false;
	if (isdigit((unsigned char)token[0]) && !token[1] &&
	    (unread == '<' || unread == '>')) {
		fd = token[0] - '0';
		token_taken = true;
		peek_token();
	} else if (token_is_word || !strchr("<>", token[0])) {
		return false;
	}
	if (strcmp(token, "<<") == 0)
		syntax_error(token);
	redirection = allocate(sizeof(*redirection));
	redirection->operator= token;
	redirection->fd = fd >= 0 ? fd : token[0] == '>';
	redirection->saved = UNTOUCHED;
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
	char *word;

	if (at_end_of_list())
		syntax_error(token);
	for (;;) {
		if (parse_redirection(&tail))
			continue;
		if (!peek_token() || !token_is_word)
			break;
		word = expect_word();
		append(&words, &word, sizeof(word));
	}
	if (!words.length && !node->redirections)
		syntax_error(token);
	word = NULL;
	append(&words, &word, sizeof(word));
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

static struct node *parse_loop(enum kind kind)
{
	struct node *node = new_node(kind, NULL, NULL);

	if (kind == FOR) {
		struct buffer words = { 0 };
		char *word = expect_word();

		append(&words, &word, sizeof(word));
		if (accept("in")) {
			while (peek_token() && token_is_word) {
				word = expect_word();
				append(&words, &word, sizeof(word));
			}
		} else {
			word = "\"$@\"";
			append(&words, &word, sizeof(word));
		}
		word = NULL;
		append(&words, &word, sizeof(word));
		node->words = (char **)words.data;
		accept(";");
		skip_newlines();
	} else {
		node->left = parse_list();
	}
	expect("do");
	node->right = parse_list();
	expect("done");
	return node;
}

static struct node *parse_command(void)
{
	struct node *node;
	struct redirection **tail;

	if (accept("(")) {
		node = new_node(SUBSHELL, parse_list(), NULL);
		expect(")");
	} else if (accept("{")) {
		node = new_node(GROUP, parse_list(), NULL);
		expect("}");
	} else if (accept("if")) {
		node = parse_if();
	} else if (accept("while")) {
		node = parse_loop(WHILE);
	} else if (accept("until")) {
		node = parse_loop(UNTIL);
	} else if (accept("for")) {
		node = parse_loop(FOR);
	} else {
		return parse_simple();
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

static struct node *parse_and_or(void)
{
	struct node *node = parse_pipeline();

	for (;;) {
		enum kind kind = AND;

		if (!accept("&&")) {
			if (!accept("||"))
				return node;
			kind = OR;
		}
		skip_newlines();
		node = new_node(kind, node, parse_pipeline());
	}
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

/* One command, with the ; or & behind it. */
static struct node *parse_item(void)
{
	struct node *node = parse_and_or();

	if (accept("&"))
		return new_node(BACKGROUND, node, NULL);
	if (!accept(";") && peek_token() && *token != '\n' && !at_end_of_list())
		syntax_error(token);
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

/* ── Variables: exported ones are the environment's, others in a list ── */

struct variable {
	struct variable *next;
	char *name, *value;
};

static struct variable *variables;

static struct variable **find_variable(const char *name)
{
	struct variable **variable = &variables;

	while (*variable && strcmp((*variable)->name, name) != 0)
		variable = &(*variable)->next;
	return variable;
}

static const char *get_variable(const char *name)
{
	struct variable *variable = *find_variable(name);

	return variable ? variable->value : getenv(name);
}

static void unset_variable(const char *name)
{
	struct variable **place = find_variable(name);
	struct variable *variable = *place;

	unsetenv(name);
	if (!variable)
		return;
	*place = variable->next;
	free(variable->name);
	free(variable->value);
	free(variable);
}

static void set_variable(const char *name, const char *value, bool export)
{
	struct variable *variable;
	char *copy = strdup(value);

	if (copy && (export || getenv(name))) {
		unset_variable(name);
		setenv(name, copy, 1);
		free(copy);
		return;
	}
	unset_variable(name);
	variable = malloc(sizeof(*variable));
	if (!variable || !copy) {
		complain("%s", strerror(ENOMEM));
		exit(2);
	}
	variable->name = strdup(name);
	variable->value = copy;
	variable->next = variables;
	variables = variable;
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

/* NAME=value? */
static bool is_assignment(const char *word)
{
	size_t length = name_length(word);

	return length > 0 && word[length] == '=';
}

static void assign(const char *assignment, bool export)
{
	size_t length = name_length(assignment);

	set_variable(copy_text(assignment, length), assignment + length + 1,
		     export);
}

/* ── Expansion: from words as they were written to words as they are meant ─ */

struct expansion {
	struct buffer fields; /* of char *: the words so far */
	struct buffer word; /* the one that is being made */
	bool started; /* there is a word, though perhaps an empty one */
	bool split; /* at blanks, unless they are in quotes */
};

static char *run_and_read(const char *text);
static void stop(int result);
static void expand_text(struct expansion *out, const char *text, bool quoted);

static void end_word(struct expansion *out)
{
	append_char(&out->word, '\0');
	append(&out->fields, &out->word.data, sizeof(char *));
	out->word = (struct buffer){ 0 };
	out->started = false;
}

static void add_value(struct expansion *out, const char *value, bool quoted)
{
	for (; value && *value; value++) {
		if (quoted || !out->split || !isspace((unsigned char)*value)) {
			append_char(&out->word, *value);
			out->started = true;
		} else if (out->started) {
			end_word(out);
		}
	}
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

static const char *number_text(long number)
{
	char text[24];
	int length = snprintf(text, sizeof(text), "%ld", number);

	return copy_text(text, (size_t)length);
}

static int argument_count(void)
{
	int count = 0;

	while (arguments[count])
		count++;
	return count;
}

/* Where what read_until() has read ends: the character END itself. */
static const char *find_end(const char *text, int end)
{
	for (; *text != end; text++) {
		if (end == '\'')
			continue;
		if (*text == '\\')
			text++;
		else if (*text == '(')
			text = find_end(text + 1, ')');
		else if ((*text == '"' || *text == '\'') && end != '"')
			text = find_end(text + 1, *text);
	}
	return text;
}

static const char *parameter_value(const char *name)
{
	if (isdigit((unsigned char)*name)) {
		int number = atoi(name);

		if (number == 0)
			return shell_name;
		return number <= argument_count() ? arguments[number - 1]
						  : NULL;
	}
	switch (*name) {
	case '?':
		return number_text(status);
	case '$':
		return number_text(shell_pid);
	case '!':
		return background_pid ? number_text(background_pid) : NULL;
	case '#':
		return number_text(argument_count());
	}
	return get_variable(name);
}

/* ${NAME} or ${NAME:-WORD}, without the braces. */
static void expand_braces(struct expansion *out, char *text, bool quoted)
{
	size_t length = name_length(text);
	const char *word = "";
	const char *value;

	if (length == 0)
		length = isdigit((unsigned char)*text)
				 ? strspn(text, "0123456789")
				 : *text && strchr("?$!#", *text);
	if (strncmp(text + length, ":-", 2) == 0) {
		word = text + length + 2;
	} else if (length == 0 || text[length]) {
		complain("${%s}: bad substitution", text);
		stop(SYNTAX_ERROR);
		return;
	}
	value = parameter_value(copy_text(text, length));
	if (value && *value)
		add_value(out, value, quoted);
	else
		expand_text(out, word, quoted);
}

/* What a $ begins; TEXT is behind it. Returns where it ends. */
static const char *expand_dollar(struct expansion *out, const char *text,
				 bool quoted)
{
	const char *end;
	size_t length;

	if (*text == '(' || *text == '{') {
		char *inside;

		end = find_end(text + 1, *text == '(' ? ')' : '}');
		inside = copy_text(text + 1, (size_t)(end - text - 1));
		if (*text == '(')
			add_value(out, run_and_read(inside), quoted);
		else
			expand_braces(out, inside, quoted);
		return end + 1;
	}
	if (*text == '@' || *text == '*') {
		add_arguments(out, quoted, *text == '@' && out->split);
		return text + 1;
	}
	length = name_length(text);
	if (length == 0 && *text && strchr("?$!#0123456789", *text))
		length = 1;
	if (length == 0) {
		append_char(&out->word, '$');
		out->started = true;
	}
	if (length > 0)
		add_value(out, parameter_value(copy_text(text, length)),
			  quoted);
	return text + length;
}

static void expand_text(struct expansion *out, const char *text, bool quoted)
{
	bool outer = quoted; /* as the rest of "${NAME:-TEXT}" is */

	while (*text) {
		char c = *text++;

		if (c == '$') {
			text = expand_dollar(out, text, quoted);
			continue;
		}
		if (c == '"') {
			if (!quoted) /* what it ends with adds no word */
				out->started = true;
			quoted = !quoted || outer;
			continue;
		}
		if (c == '\'' && !quoted) {
			const char *end = find_end(text, '\'');

			append(&out->word, text, (size_t)(end - text));
			text = end + 1;
			out->started = true;
			continue;
		}
		if (c == '\\' && *text &&
		    (!quoted || strchr("$\"\\`\n", *text))) {
			c = *text++;
			if (c == '\n') /* the line goes on */
				continue;
		}
		append_char(&out->word, c);
		out->started = true;
	}
}

/* The words of WORDS expanded, NULL behind the last. */
static char **expand_words(char **words)
{
	struct expansion out = { .split = true };
	char *end = NULL;

	for (; *words; words++) {
		expand_text(&out, *words, false);
		if (out.started)
			end_word(&out);
	}
	append(&out.fields, &end, sizeof(end));
	return (char **)out.fields.data;
}

/* One word that stays one, whatever is in it. */
static char *expand_word(const char *word)
{
	struct expansion out = { 0 };

	expand_text(&out, word, false);
	append_char(&out.word, '\0');
	return out.word.data;
}

/* ── The executor ─────────────────────────────────────────────────────── */

static void execute(struct node *node);
static void run_source(void);

/* Unwind to the next command that is read; a script ends. */
static void stop(int result)
{
	status = result;
	if (!interactive)
		exit(result);
	jump = INT_MAX;
	again = false;
}

/* Wait for PID. Returns its status, 128 + number if a signal killed it. */
static int wait_for(pid_t pid)
{
	int result;

	while (waitpid(pid, &result, 0) < 0)
		if (errno != EINTR)
			return NOT_FOUND;
	if (WIFEXITED(result))
		return WEXITSTATUS(result);
	result = WTERMSIG(result);
	if (result == SIGINT && interactive) {
		dprintf(STDERR_FILENO, "\n");
		stop(128 + SIGINT);
	} else if (result != SIGINT && result != SIGPIPE) {
		dprintf(STDERR_FILENO, "%s\n", strsignal(result));
	}
	return 128 + result;
}

/* fork(), for a command that ^C ends in the foreground only. */
static pid_t fork_child(bool background)
{
	sighandler_t handler = background ? SIG_IGN : SIG_DFL;
	pid_t pid = fork();

	if (pid < 0) {
		complain("fork: %s", strerror(errno));
		stop(SYNTAX_ERROR);
	}
	if (pid != 0)
		return pid;
	if (interactive || background) {
		signal(SIGINT, handler);
		signal(SIGQUIT, handler);
		signal(SIGTERM, SIG_DFL);
	}
	interactive = false;
	loops = 0;
	return 0;
}

/* FD becomes a copy of FROM, which is closed. */
static void move_fd(int from, int fd)
{
	if (from == fd)
		return;
	dup2(from, fd);
	close(from);
}

/* Returns the open file for REDIRECTION, or -1 after a message. */
static int open_target(const struct redirection *redirection)
{
	char *word = expand_word(redirection->word);
	const char *operator= redirection->operator;
	int flags = O_WRONLY | O_CREAT | O_TRUNC;
	int fd;

	if (operator[1] == '&') {
		fd = isdigit((unsigned char)*word)
			     ? fcntl(atoi(word), F_DUPFD, FD_PRIVATE)
			     : (errno = EBADF, -1);
	} else {
		if (operator[0] == '<')
			flags = O_RDONLY;
		else if (operator[1] == '>')
			flags = O_WRONLY | O_CREAT | O_APPEND;
		fd = open(word, flags, 0666);
	}
	if (fd < 0)
		complain("%s: %s", word, strerror(errno));
	return fd;
}

/* Undo, the last one first. */
static void restore(struct redirection *redirection)
{
	if (!redirection)
		return;
	restore(redirection->next);
	if (redirection->saved >= 0)
		move_fd(redirection->saved, redirection->fd);
	else if (redirection->saved == WAS_CLOSED)
		close(redirection->fd);
	redirection->saved = UNTOUCHED;
}

/* Do what < and > say; false after a message, and none is done. */
static bool redirect(struct redirection *first)
{
	for (struct redirection *each = first; each; each = each->next) {
		int target = open_target(each);

		if (target < 0) {
			restore(first);
			return false;
		}
		each->saved = fcntl(each->fd, F_DUPFD_CLOEXEC, FD_PRIVATE);
		if (each->saved < 0)
			each->saved = WAS_CLOSED;
		move_fd(target, each->fd);
	}
	return true;
}

/* ── Commands that are the shell's own, for they change the shell ─────── */

static int do_cd(char **argv)
{
	const char *directory = argv[1] ? argv[1] : getenv("HOME");

	if (directory && chdir(directory) == 0)
		return 0;
	complain("cd: %s: %s", directory ? directory : "HOME",
		 directory ? strerror(errno) : "not set");
	return 1;
}

static int do_pwd(char **argv)
{
	char path[PATH_MAX];

	if (!getcwd(path, sizeof(path))) {
		complain("pwd: %s", strerror(errno));
		return 1;
	}
	dprintf(STDOUT_FILENO, "%s\n", path);
	return 0;
}

static int do_exit(char **argv)
{
	exit(argv[1] ? atoi(argv[1]) : status);
}

/* The status of NAME=$(command) is the command's. */
static int do_nothing(char **argv)
{
	return argv[0] ? 0 : status;
}

static int do_export(char **argv)
{
	for (argv++; *argv; argv++) {
		const char *value = get_variable(*argv);

		if (is_assignment(*argv))
			assign(*argv, true);
		else if (value)
			set_variable(*argv, value, true);
	}
	return 0;
}

static int do_unset(char **argv)
{
	for (argv++; *argv; argv++)
		unset_variable(*argv);
	return 0;
}

/* One word of the line for each name, the rest of it for the last. */
static int do_read(char **argv)
{
	struct buffer buffer = { 0 };
	char *line, *end;
	ssize_t count;
	char c;

	while ((count = read(STDIN_FILENO, &c, 1)) == 1 && c != '\n')
		append_char(&buffer, c);
	append_char(&buffer, '\0');
	line = buffer.data;
	for (argv++; *argv; argv++) {
		line += strspn(line, " \t");
		end = argv[1] ? line + strcspn(line, " \t")
			      : line + strlen(line);
		while (!argv[1] && end > line && strchr(" \t", end[-1]))
			end--;
		set_variable(*argv, copy_text(line, (size_t)(end - line)),
			     false);
		line = end;
	}
	return count == 1 ? 0 : 1;
}

static int do_wait(char **argv)
{
	int result = 0;

	for (char **pid = argv + 1; *pid; pid++)
		result = wait_for(atoi(*pid));
	while (!argv[1] && (wait(NULL) > 0 || errno == EINTR))
		;
	return result;
}

static int do_set(char **argv)
{
	if (argv[1] && strcmp(argv[1], "-e") == 0) {
		exit_on_error = true;
	} else if (argv[1] && strcmp(argv[1], "+e") == 0) {
		exit_on_error = false;
	} else {
		complain("set: only -e and +e are known");
		return 2;
	}
	return 0;
}

static int do_shift(char **argv)
{
	int count = argv[1] ? atoi(argv[1]) : 1;

	if (count < 0 || count > argument_count()) {
		complain("shift: there are not so many arguments");
		return 1;
	}
	arguments += count;
	return 0;
}

static int do_break(char **argv)
{
	jump = argv[1] && atoi(argv[1]) > 0 ? atoi(argv[1]) : 1;
	if (jump > loops)
		jump = loops;
	again = strcmp(argv[0], "continue") == 0;
	return 0;
}

__attribute__((noreturn)) static void replace_by(char **argv)
{
	bool found;

	execvp(argv[0], argv);
	found = errno != ENOENT && errno != ENOTDIR;
	complain("%s: %s", argv[0], found ? strerror(errno) : "not found");
	exit(found ? NOT_EXECUTABLE : NOT_FOUND);
}

/* Does not return, unless there is no command: then its redirections stay. */
static int do_exec(char **argv)
{
	if (argv[1])
		replace_by(argv + 1);
	return 0;
}

static const struct builtin {
	const char *name;
	int (*function)(char **argv);
} builtins[] = {
	{ "cd", do_cd },          { "pwd", do_pwd },
	{ "exit", do_exit },      { ":", do_nothing },
	{ "exec", do_exec },      { "export", do_export },
	{ "unset", do_unset },    { "read", do_read },
	{ "wait", do_wait },      { "set", do_set },
	{ "shift", do_shift },    { "break", do_break },
	{ "continue", do_break },
};

static const struct builtin *find_builtin(const char *name)
{
	for (size_t i = 0; i < sizeof(builtins) / sizeof(builtins[0]); i++)
		if (strcmp(builtins[i].name, name) == 0)
			return &builtins[i];
	return NULL;
}

/* ── Walking over the tree ────────────────────────────────────────────── */

/* Do the assignments NAME=value at the start of WORDS. */
static void assign_all(char **words, bool export)
{
	for (; *words && is_assignment(*words); words++)
		assign(expand_word(*words), export);
}

/* In a child: become the program ARGV. */
__attribute__((noreturn)) static void become(struct node *node, char **argv)
{
	if (!redirect(node->redirections))
		exit(1);
	assign_all(node->words, true);
	replace_by(argv);
}

/* `[ WORDS ]` is `test WORDS`. */
static bool translate_bracket(char **argv)
{
	int last = 0;

	while (argv[last + 1])
		last++;
	if (strcmp(argv[0], "[") != 0)
		return true;
	if (strcmp(argv[last], "]") != 0) {
		complain("[: the ] is missing");
		status = 2;
		return false;
	}
	argv[0] = "test";
	argv[last] = NULL;
	return true;
}

static void execute_builtin(const struct builtin *builtin, struct node *node,
			    char **argv)
{
	if (!redirect(node->redirections)) {
		status = 1;
		return;
	}
	assign_all(node->words, false);
	status = builtin->function(argv);
	if (builtin->function != do_exec)
		restore(node->redirections);
}

/* IN_CHILD: this process has nothing else to do, so no fork() is needed. */
static void execute_simple(struct node *node, bool in_child)
{
	const struct builtin *builtin;
	char **words = node->words;
	char **argv;
	pid_t pid;

	while (*words && is_assignment(*words))
		words++;
	argv = expand_words(words);
	if (jump)
		return;
	if (!*argv) { /* assignments or redirections only */
		status = 0; /* or that of the last $(command) */
		builtin = find_builtin(":");
	} else {
		builtin = find_builtin(*argv);
	}
	if (builtin) {
		execute_builtin(builtin, node, argv);
		return;
	}
	if (!translate_bracket(argv))
		return;
	pid = in_child ? 0 : fork_child(false);
	if (pid == 0)
		become(node, argv);
	if (pid > 0)
		status = wait_for(pid);
}

__attribute__((noreturn)) static void execute_in_child(struct node *node)
{
	if (node->kind == SIMPLE)
		execute_simple(node, true);
	else
		execute(node);
	exit(status);
}

/* All at once; each reads what the one before it writes. */
static void execute_pipeline(struct node *command)
{
	struct buffer pids = { 0 };
	int input = -1;
	pid_t pid = 0;

	for (; command; command = command->next) {
		int ends[2] = { -1, -1 };

		if (command->next && pipe(ends) < 0) {
			complain("pipe: %s", strerror(errno));
			stop(SYNTAX_ERROR);
			break;
		}
		pid = fork_child(false);
		if (pid == 0) {
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
		if (pid < 0)
			break;
		append(&pids, &pid, sizeof(pid));
	}
	if (input >= 0)
		close(input);
	for (size_t at = 0; at < pids.length; at += sizeof(pid)) {
		int result = wait_for(*(pid_t *)(pids.data + at));

		if (!jump)
			status = result;
	}
}

static void execute_background(struct node *node)
{
	pid_t pid = fork_child(true);

	if (pid == 0) {
		int nothing = open("/dev/null", O_RDONLY);

		if (nothing >= 0)
			move_fd(nothing, STDIN_FILENO);
		execute_in_child(node);
	}
	if (pid > 0) {
		background_pid = pid;
		status = 0;
	}
}

static bool condition(struct node *node)
{
	conditions++;
	execute(node);
	conditions--;
	return status == 0 && !jump;
}

/* One round of a loop. Is there to be another? */
static bool execute_body(struct node *body)
{
	execute(body);
	if (jump == 0)
		return true;
	if (jump != INT_MAX)
		jump--;
	return jump == 0 && again;
}

static void execute_loop(struct node *node)
{
	int result = 0;

	loops++;
	if (node->kind == FOR) {
		char **value = expand_words(node->words + 1);

		for (status = 0; *value; value++) {
			set_variable(node->words[0], *value, false);
			if (!execute_body(node->right))
				break;
		}
		result = status;
	} else {
		bool more = true;

		while (more && !jump) {
			struct block *mark = blocks;

			if (condition(node->left) != (node->kind == WHILE))
				break;
			more = !jump && execute_body(node->right);
			release(mark);
			result = status;
		}
	}
	loops--;
	if (jump != INT_MAX)
		status = result;
}

static void execute_compound(struct node *node)
{
	pid_t pid;

	switch (node->kind) {
	case SIMPLE:
		execute_simple(node, false);
		break;
	case PIPELINE:
		execute_pipeline(node->left);
		break;
	case NOT:
		status = condition(node->left);
		break;
	case AND:
		if (condition(node->left))
			execute(node->right);
		break;
	case OR:
		if (!condition(node->left) && !jump)
			execute(node->right);
		break;
	case SEQUENCE:
		execute(node->left);
		if (!jump)
			execute(node->right);
		break;
	case BACKGROUND:
		execute_background(node->left);
		break;
	case SUBSHELL:
		pid = fork_child(false);
		if (pid == 0)
			execute_in_child(node->left);
		if (pid > 0)
			status = wait_for(pid);
		break;
	case GROUP:
		execute(node->left);
		break;
	case IF:
		if (condition(node->left)) {
			execute(node->right);
		} else if (!jump) {
			status = 0;
			if (node->third)
				execute(node->third);
		}
		break;
	case WHILE:
	case UNTIL:
	case FOR:
		execute_loop(node);
		break;
	}
}

static void execute(struct node *node)
{
	bool redirected = node->kind != SIMPLE && node->redirections;

	if (interrupt && interactive) {
		stop(128 + SIGINT);
		return;
	}
	if (redirected && !redirect(node->redirections)) {
		status = 1;
		return;
	}
	execute_compound(node);
	if (redirected)
		restore(node->redirections);
	if (status != 0 && exit_on_error && conditions == 0 &&
	    (node->kind <= PIPELINE || node->kind == SUBSHELL))
		exit(status);
}

/* ── The shell itself ─────────────────────────────────────────────────── */

/* Run all commands of the source, one line after the other. */
static void run_source(void)
{
	struct block *mark = blocks;

	setjmp(next_command);
	for (;;) {
		struct node *node;

		release(mark);
		token_taken = true;
		conditions = loops = jump = 0;
		interrupt = 0;
		prompt = interactive ? "$ " : NULL;
		while (interactive && waitpid(-1, NULL, WNOHANG) > 0)
			;
		if (!peek_token())
			break;
		if (accept("\n"))
			continue;
		node = parse_item();
		while (peek_token() && *token != '\n')
			node = new_node(SEQUENCE, node, parse_item());
		prompt = NULL;
		execute(node);
	}
}

/* $(TEXT): run TEXT in a child. Returns its output without last newlines. */
static char *run_and_read(const char *text)
{
	struct buffer output = { 0 };
	char piece[512];
	ssize_t size;
	int ends[2];
	pid_t pid;

	if (pipe(ends) < 0) {
		complain("pipe: %s", strerror(errno));
		stop(SYNTAX_ERROR);
		return "";
	}
	pid = fork_child(false);
	if (pid == 0) {
		close(ends[0]);
		move_fd(ends[1], STDOUT_FILENO);
		source_text = text;
		unread = EOF;
		run_source();
		exit(status);
	}
	close(ends[1]);
	while ((size = read(ends[0], piece, sizeof(piece))) > 0)
		append(&output, piece, (size_t)size);
	close(ends[0]);
	if (pid > 0)
		status = wait_for(pid);
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

static void open_script(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		source_fd = fcntl(fd, F_DUPFD_CLOEXEC, FD_PRIVATE);
		close(fd);
	}
	if (fd < 0 || source_fd < 0) {
		complain("%s: %s", path, strerror(errno));
		exit(NOT_FOUND);
	}
}

static void usage(int fd)
{
	dprintf(fd, "%s",
		"usage: sh [-e] [FILE [ARGUMENT]...]\n"
		"       sh [-e] -c COMMANDS [NAME [ARGUMENT]...]\n"
		"Run the commands in FILE, in the word COMMANDS, or from the "
		"standard input.\n\n"
		"  a; b    a && b    a || b    a | b    a &    ! a    "
		"( list )    { list; }\n"
		"  < file  > file  >> file  2> file  2>&1    NAME=value\n"
		"  'as it is'  \"with $NAME\"  \\c  $NAME ${NAME:-else} "
		"$(command)  $? $$ $! $# $@ $1\n"
		"  if list; then list; elif ...; else list; fi\n"
		"  while list; do list; done    until ...    "
		"for NAME in words; do list; done\n\n"
		"Own commands: : [ break cd continue exec exit export pwd "
		"read set shift unset wait\n"
		"-e, set -e: end when a command fails that is no "
		"condition.\n"
		"The status is that of the last command: 126 and 127 if it "
		"could not be run or\nfound, 128 + number if a signal ended "
		"it.\n");
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = interrupted };
	bool commands = false;

	shell_name = *argv++;
	shell_pid = getpid();
	for (; *argv && **argv == '-' && argv[0][1]; argv++) {
		if (strcmp(*argv, "-e") == 0) {
			exit_on_error = true;
		} else if (strcmp(*argv, "-c") == 0) {
			commands = true;
		} else {
			bool asked = strcmp(*argv, "--help") == 0;

			usage(asked ? STDOUT_FILENO : STDERR_FILENO);
			return asked ? 0 : SYNTAX_ERROR;
		}
	}
	if (commands && !*argv) {
		usage(STDERR_FILENO);
		return SYNTAX_ERROR;
	}
	if (commands) {
		source_text = *argv++;
		if (*argv)
			shell_name = *argv++;
	} else if (*argv) {
		open_script(*argv);
		shell_name = *argv++;
	} else {
		interactive = isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
	}
	arguments = argv;
	if (interactive) {
		sigaction(SIGINT, &action, NULL);
		signal(SIGQUIT, SIG_IGN);
		signal(SIGTERM, SIG_IGN);
	}
	run_source();
	if (interactive)
		dprintf(STDERR_FILENO, "\n");
	return status;
}
