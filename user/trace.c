/*
 * trace.c - run a program and print what it asks of the kernel, and what the
 * kernel does for it: system calls, page faults, areas, signals. The kernel
 * writes an event for each (docs/DEVELOPERS.md has their format); this program
 * switches them on for one process and its children, and reads the stream.
 *
 *     child                           parent
 *     waits                           set_event_pid = the child
 *     exec PROGRAM ←───── go ──────── set_event = the list
 *     …  ── events ──→ trace_pipe ──→ one line each
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define TRACING "/sys/kernel/tracing/"

/* Without -e: "path" but for the bookkeeping of frames. */
#define DEFAULT_EVENTS                                                     \
	"execve,brk,mmap2,munmap,mprotect,mremap,madvise,page_fault_user," \
	"page_fault_kernel,handle_mm_fault,vma_map"

/* What this program needs to know itself. */
#define NEEDED_EVENTS ",sched_process_exit,signal_deliver"

#define FIRST_ADDRESS 0x8048000L /* numbers below are no addresses */
#define LINE_SIZE     2048
#define LIST_SIZE     16384

struct process {
	struct process *next;
	int pid;
	bool ended;
	const char *access; /* of the page fault under way */
	char *call; /* "brk(0x8091000", until it returns */
	char *inside; /* lines on what happened meanwhile */
	size_t inside_length;
};

struct count {
	struct count *next;
	char *name;
	unsigned long calls, errors;
};

static FILE *out;
static bool counting; /* -c */
static struct process *processes;
static struct count *counts;
static bool started; /* PROGRAM's exec has been seen */
static bool several; /* processes, so each line says whose it is */
static bool one_ended; /* since nobody_left() was last asked */

static void fail(const char *what)
{
	fprintf(stderr, "trace: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void *allocated(void *pointer)
{
	if (!pointer)
		fail("malloc");
	return pointer;
}

/* ── Numbers in words ─────────────────────────────────────────────────── */

static char text[LINE_SIZE]; /* a call, in the making */
static size_t text_length;

static void add(const char *format, ...)
{
	size_t left = sizeof(text) - text_length;
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(text + text_length, left, format, args);
	va_end(args);
	text_length += (size_t)length < left ? (size_t)length : left - 1;
}

struct word {
	unsigned long value;
	const char *name;
};

#define WORD(name)          \
	{                   \
		name, #name \
	}

static const struct word prot_words[] = {
	WORD(PROT_READ), WORD(PROT_WRITE), WORD(PROT_EXEC), { 0, "PROT_NONE" }
};
static const struct word map_words[] = {
	WORD(MAP_SHARED),    WORD(MAP_PRIVATE),         WORD(MAP_FIXED),
	WORD(MAP_ANONYMOUS), WORD(MAP_GROWSDOWN),       WORD(MAP_NORESERVE),
	WORD(MAP_POPULATE),  WORD(MAP_FIXED_NOREPLACE), WORD(MAP_STACK),
	{ 0, "0" }
};
static const struct word open_words[] = {
	WORD(O_WRONLY),   WORD(O_RDWR),      WORD(O_CREAT),
	WORD(O_EXCL),     WORD(O_TRUNC),     WORD(O_APPEND),
	WORD(O_NONBLOCK), WORD(O_LARGEFILE), WORD(O_DIRECTORY),
	WORD(O_NOFOLLOW), WORD(O_CLOEXEC),   { 0, "O_RDONLY" }
};

/* The bits of VALUE by name; the last of WORDS says what no bit means. */
static void add_words(const struct word *words, unsigned long value)
{
	const char *separator = "";

	if (words == open_words && (value & O_ACCMODE) == O_RDONLY && value) {
		add("O_RDONLY");
		separator = "|";
	}
	for (; words->value; words++) {
		if ((value & words->value) == words->value) {
			add("%s%s", separator, words->name);
			separator = "|";
			value &= ~words->value;
		}
	}
	if (value)
		add("%s%#lx", separator, value);
	else if (!*separator)
		add("%s", words->name);
}

static bool is(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static void add_number(unsigned long value)
{
	long number = (long)value;

	if (number > -4096 && number < FIRST_ADDRESS)
		add("%ld", number);
	else
		add("%#lx", value);
}

static void add_argument(const char *call, const char *name,
			 unsigned long value)
{
	bool flags = is(name, "flags");

	if (is(name, "prot"))
		add_words(prot_words, value);
	else if (flags && is(call, "mmap2"))
		add_words(map_words, value);
	else if (flags && (is(call, "open") || is(call, "openat")))
		add_words(open_words, value);
	else if (is(name, "sig") && sigabbrev_np((int)value))
		add("SIG%s", sigabbrev_np((int)value));
	else if (is(name, "mode"))
		add("%#lo", value);
	else if (is(name, "dfd") && (int)value == AT_FDCWD)
		add("AT_FDCWD");
	else if (!value && (is(name, "addr") || is(name, "brk")))
		add("NULL");
	else
		add_number(value);
}

/* A quoted string of the event; returns where it ends. */
static const char *add_string(const char *string)
{
	const char *end = string + 1;

	while (*end && *end != '"')
		end += *end == '\\' && end[1] ? 2 : 1;
	end += strspn(end, "\".");
	add("%.*s", (int)(end - string), string);
	return end;
}

/* ' "ls" "-l"' → ["ls", "-l"] */
static const char *add_strings(const char *strings)
{
	const char *separator = "[";

	for (; strncmp(strings, " \"", 2) == 0; separator = ", ") {
		add("%s", separator);
		strings = add_string(strings + 1);
	}
	add(*separator == '[' ? "[]" : "]");
	return strings;
}

/* "fd: 0x1, buf: 0x804c008 "text", count: 0x4" → write(1, "text", 4 */
static char *call_text(const char *call, const char *arguments)
{
	text_length = 0;
	add("%s(", call);
	while (*arguments) {
		size_t length = strcspn(arguments, ":");
		char name[32];
		char *end;
		unsigned long value;

		snprintf(name, sizeof(name), "%.*s", (int)length, arguments);
		value = strtoul(arguments + length + 1, &end, 16);
		arguments = end;
		if (is(name, "argv"))
			arguments = add_strings(arguments);
		else if (strncmp(arguments, " \"", 2) == 0)
			arguments = add_string(arguments + 1);
		else
			add_argument(call, name, value);
		if (strncmp(arguments, ", ", 2) != 0)
			break;
		add(", ");
		arguments += 2;
	}
	return allocated(strdup(text));
}

/* "0x8091000", or "-12" for ENOMEM */
static void add_result(const char *call, const char *result)
{
	long number = (long)strtoul(result, NULL, 0);
	const char *name = *result == '-' ? strerrorname_np(-number) : NULL;

	if (name)
		add("-1 %s (%s)", name, strerror(-number));
	else if (*result == '-')
		add("? (a signal came)");
	else if (is(call, "brk") || is(call, "mmap2") || is(call, "mremap"))
		add("%s", result);
	else
		add_number(number);
}

/* ── What is printed ──────────────────────────────────────────────────── */

static void print(const struct process *process, const char *format, ...)
{
	va_list args;

	if (counting)
		return;
	if (several)
		fprintf(out, "[pid %d] ", process->pid);
	va_start(args, format);
	vfprintf(out, format, args);
	va_end(args);
	fputc('\n', out);
}

/* Something happened: during a call it waits for the line of that call. */
static void tell(struct process *process, const char *format, ...)
{
	char line[LINE_SIZE];
	va_list args;
	size_t size;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (!process->call) {
		print(process, "    %s", line);
		return;
	}
	size = strlen(line) + 1;
	process->inside = allocated(
		realloc(process->inside, process->inside_length + size));
	memcpy(process->inside + process->inside_length, line, size);
	process->inside_length += size;
}

static void end_call(struct process *process)
{
	size_t at;

	if (!process->call)
		return;
	print(process, "%s) = %s", process->call, text);
	for (at = 0; at < process->inside_length;
	     at += strlen(process->inside + at) + 1)
		print(process, "        %s", process->inside + at);
	free(process->call);
	free(process->inside);
	process->call = NULL;
	process->inside = NULL;
	process->inside_length = 0;
}

static void count(const char *name, bool error)
{
	struct count **link = &counts;

	while (*link && !is((*link)->name, name))
		link = &(*link)->next;
	if (!*link) {
		*link = allocated(calloc(1, sizeof(**link)));
		(*link)->name = allocated(strdup(name));
	}
	(*link)->calls++;
	(*link)->errors += error;
}

static void print_counts(void)
{
	fprintf(out, "%8s %8s\n", "calls", "errors");
	while (counts) {
		struct count **most = &counts;
		struct count **link;
		struct count *taken;

		for (link = &counts; *link; link = &(*link)->next)
			if ((*link)->calls > (*most)->calls)
				most = link;
		taken = *most;
		fprintf(out, "%8lu %8.0lu %s\n", taken->calls, taken->errors,
			taken->name);
		*most = taken->next;
	}
}

/* ── The events ───────────────────────────────────────────────────────── */

static struct process *find_process(int pid)
{
	struct process *process = processes;

	while (process && process->pid != pid)
		process = process->next;
	if (process)
		return process;
	process = allocated(calloc(1, sizeof(*process)));
	process->pid = pid;
	process->next = processes;
	several = processes != NULL;
	processes = process;
	return process;
}

/* The text behind "NAME=" in ARGUMENTS. */
static const char *field(const char *arguments, const char *name)
{
	size_t length = strlen(name);

	for (; arguments; arguments = strchr(arguments, ' ')) {
		arguments += strspn(arguments, " ");
		if (strncmp(arguments, name, length) == 0 &&
		    arguments[length] == '=')
			return arguments + length + 1;
	}
	return "";
}

static unsigned long number(const char *arguments, const char *name)
{
	return strtoul(field(arguments, name), NULL, 0);
}

static const char *signal_name(int signal)
{
	static char name[16];

	if (sigabbrev_np(signal))
		snprintf(name, sizeof(name), "SIG%s", sigabbrev_np(signal));
	else
		snprintf(name, sizeof(name), "signal %d", signal);
	return name;
}

static void page_fault(struct process *process, const char *arguments)
{
	if (number(arguments, "error_code") & 2)
		process->access = "write";
	else if (number(arguments, "address") == number(arguments, "ip"))
		process->access = "fetch";
	else
		process->access = "read";
}

/* How a page fault was resolved, or that it was not. */
static void handled_fault(struct process *process, const char *arguments)
{
	const char *kind = field(arguments, "kind");
	int length = (int)strcspn(kind, " ");
	unsigned long pfn = number(arguments, "pfn");
	char name[64];

	snprintf(name, sizeof(name), "page fault: %.*s", length, kind);
	if (counting)
		count(name, false);
	snprintf(name, sizeof(name), "#PF %s%s%#lx → %.*s",
		 process->access ? process->access : "",
		 process->access ? " " : "", number(arguments, "address"),
		 length, kind);
	if (pfn)
		tell(process, "%s pfn %#lx", name, pfn);
	else
		tell(process, "%s", name);
	process->access = NULL;
}

static void process_exit(struct process *process, const char *arguments)
{
	unsigned long code = number(arguments, "exit_code");

	text_length = 0;
	add("?");
	end_call(process);
	if (code & 0x7f)
		print(process, "+++ killed by %s +++",
		      signal_name(code & 0x7f));
	else
		print(process, "+++ exited with %lu +++", code >> 8);
	process->ended = true;
	one_ended = true;
}

/*
 * What the new process does before its exec is our doing, not PROGRAM's, and
 * what exec unmaps is our memory.
 */
static void handle(int pid, const char *name, const char *arguments)
{
	struct process *process;

	process = find_process(pid);
	if (is(name, "sched_process_exec"))
		started = true;
	if (!started && (is(name, "vma_unmap") ||
			 (!process->call && !is(name, "sys_enter_execve") &&
			  !is(name, "sched_process_exit"))))
		return;
	if (process->ended) {
		return;
	} else if (strncmp(name, "sys_enter_", 10) == 0) {
		process->call = call_text(name + 10, arguments);
	} else if (strncmp(name, "sys_exit_", 9) == 0) {
		text_length = 0;
		add_result(name + 9, arguments);
		end_call(process);
		if (counting)
			count(name + 9, *arguments == '-');
	} else if (strncmp(name, "page_fault_", 11) == 0) {
		page_fault(process, arguments);
	} else if (is(name, "handle_mm_fault")) {
		handled_fault(process, arguments);
	} else if (is(name, "sched_process_fork")) {
		tell(process, "new process %lu",
		     number(arguments, "child_pid"));
	} else if (is(name, "sched_process_exec")) {
		tell(process, "runs %.*s",
		     (int)strcspn(field(arguments, "filename"), " "),
		     field(arguments, "filename"));
	} else if (is(name, "sched_process_exit")) {
		process_exit(process, arguments);
	} else if (is(name, "signal_generate")) {
		tell(process, "refused: %s", field(arguments, "rule"));
	} else if (is(name, "signal_deliver")) {
		print(process, "--- %s ---",
		      signal_name(number(arguments, "sig")));
	} else {
		tell(process, "%s %s", name, arguments);
	}
}

/* "      comm-PID  [000] .....  SECONDS: NAME: ARGUMENTS" */
static void handle_line(char *line)
{
	char *mark = strstr(line, " [000] ");
	char *name = mark ? strstr(mark, ": ") : NULL;
	char *arguments = name ? strstr(name + 2, ": ") : NULL;
	char *pid = mark;

	if (strncmp(line, "CPU:", 4) == 0)
		fprintf(out,
			"trace: %s events were lost: they came faster "
			"than they were read\n",
			strtok(strpbrk(line, "0123456789") + 1,
			       "[]LOSTEVN: \n"));
	if (!arguments)
		return;
	*arguments = '\0';
	while (pid > line && pid[-1] != '-')
		pid--;
	handle(atoi(pid), name + 2, arguments + 2);
}

/* ── The files in which tracing is switched ───────────────────────────── */

static int open_file(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);

	if (fd < 0)
		fail(path);
	return fd;
}

/* Replace what is in the file. */
static void set(const char *path, const char *content)
{
	int fd = open_file(path, O_WRONLY | O_TRUNC);

	if (*content && write(fd, content, strlen(content)) < 0) {
		if (errno == EINVAL && is(path, TRACING "set_event"))
			path = "-e: no such event";
		fail(path);
	}
	close(fd);
}

static void get(const char *path, char *content, size_t size)
{
	int fd = open_file(path, O_RDONLY);
	size_t length = 0;
	ssize_t count;

	while ((count = read(fd, content + length, size - 1 - length)) > 0)
		length += count;
	content[length] = '\0';
	close(fd);
}

/* The kernel takes those that end out of the list. */
static bool nobody_left(void)
{
	char pids[16];

	one_ended = false;
	get(TRACING "set_event_pid", pids, sizeof(pids));
	return pids[0] == '\0';
}

/* All lines, until the last process has ended. */
static void read_events(int pipe)
{
	char buffer[4096 + 1];
	ssize_t size;

	while ((size = read(pipe, buffer, sizeof(buffer) - 1)) > 0 ||
	       errno == EINTR) {
		char *line = buffer;
		char *end;

		buffer[size > 0 ? size : 0] = '\0';
		while ((end = strchr(line, '\n'))) {
			*end = '\0';
			handle_line(line);
			line = end + 1;
		}
		if (one_ended && nobody_left())
			fcntl(pipe, F_SETFL, O_RDONLY | O_NONBLOCK);
	}
}

/* ── The program ──────────────────────────────────────────────────────── */

static pid_t start(char **argv, int *go)
{
	int fds[2];
	pid_t child;
	char byte;

	if (pipe(fds) < 0)
		fail("pipe");
	child = fork();
	if (child < 0)
		fail("fork");
	if (child > 0) {
		close(fds[0]);
		*go = fds[1];
		return child;
	}
	close(fds[1]);
	if (read(fds[0], &byte, 1) != 1)
		_exit(127); /* the parent gave up */
	close(fds[0]);
	execvp(argv[0], argv);
	fprintf(stderr, "trace: %s: %s\n", argv[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

static int trace(char **argv, const char *events)
{
	static char list[LIST_SIZE], old_list[LIST_SIZE];
	char pid[12];
	int pipe = open_file(TRACING "trace_pipe", O_RDONLY);
	int status = 0;
	int go;
	pid_t child = start(argv, &go);

	get(TRACING "set_event", old_list, sizeof(old_list));
	snprintf(list, sizeof(list), "%s" NEEDED_EVENTS, events);
	snprintf(pid, sizeof(pid), "%d", child);
	set(TRACING "set_event_pid", pid);
	set(TRACING "options/event-fork", "1");
	set(TRACING "set_event", list);
	set(TRACING "trace", "");

	/* ^C is for the program; and it runs on if nobody reads our lines. */
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	write(go, "", 1);
	close(go);
	read_events(pipe);

	set(TRACING "set_event", old_list);
	set(TRACING "set_event_pid", "");
	set(TRACING "options/event-fork", "0");
	waitpid(child, &status, 0);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}

static void usage(FILE *to)
{
	fputs("usage: trace [-c] [-e LIST] [-o FILE] PROGRAM [ARGUMENT]…\n"
	      "Runs PROGRAM and prints what it and its children ask of the "
	      "kernel, and what the\nkernel does for them: system calls with "
	      "their results; one step in, page faults;\ntwo steps in, what "
	      "happened during the call above. Ends with PROGRAM's status.\n"
	      "  -e LIST  events, with commas: path (malloc's path), syscalls "
	      "(all of them), all,\n"
	      "           or names as in " TRACING "available_events;\n"
	      "           without: path, but for the bookkeeping of frames\n"
	      "  -c       count system calls and page faults instead\n"
	      "  -o FILE  print into FILE, not to standard error\n"
	      "  trace hello\n"
	      "  trace -e syscalls ls /\n"
	      "  trace -c sh -c 'ls | wc'\n",
	      to);
}

int main(int argc, char **argv)
{
	static char buffer[BUFSIZ];
	const char *events = NULL;
	const char *file = NULL;
	int option, status;

	if (argc > 1 && is(argv[1], "--help")) {
		usage(stdout);
		return 0;
	}
	while ((option = getopt(argc, argv, "+ce:fo:")) != -1) {
		if (option == 'c')
			counting = true;
		else if (option == 'e')
			events = optarg;
		else if (option == 'o')
			file = optarg;
		else if (option == '?')
			return 2; /* -f is what we always do */
	}
	if (optind == argc) {
		usage(stderr);
		return 2;
	}
	if (!events)
		events = counting ? "syscalls,handle_mm_fault" : DEFAULT_EVENTS;
	out = file ? fopen(file, "we") : stderr;
	if (!out)
		fail(file);
	setvbuf(out, buffer, _IOLBF, sizeof(buffer));
	status = trace(argv + optind, events);
	if (counting)
		print_counts();
	fclose(out);
	return status;
}
