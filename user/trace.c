/*
 * trace.c - run a program and print what it asks of the kernel, and what the
 * kernel does for it: system calls, page faults, areas, signals. The kernel
 * writes an event for each (docs/DEVELOPERS.md has their format); this program
 * switches them on for one process and its children, and reads the stream.
 *
 *     child                           parent
 *     stops                           set_event_pid = the child
 *     exec PROGRAM ←─── SIGCONT ───── set_event = the list
 *     …  ── events ──→ trace_pipe ──→ one line each
 */
#include <err.h>
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

static FILE *events; /* trace_pipe: a line each */
static FILE *out;

static bool is(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static void *allocated(void *pointer)
{
	if (!pointer)
		err(1, "malloc");
	return pointer;
}

/* ── The files in which tracing is switched ───────────────────────────── */

/* Replace what is in the file. False: the kernel does not take it. */
static bool set(const char *path, const char *content)
{
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	bool taken;

	if (fd < 0)
		err(1, "%s", path);
	taken = !*content || write(fd, content, strlen(content)) > 0;
	close(fd);
	return taken;
}

static void get(const char *path, char *content, size_t size)
{
	FILE *file = fopen(path, "re");

	if (!file)
		err(1, "%s", path);
	content[fread(content, 1, size - 1, file)] = '\0';
	fclose(file);
}

/* ── A system call in words ───────────────────────────────────────────── */

struct word {
	unsigned long bits;
	const char *name;
};

#define WORD(name)          \
	{                   \
		name, #name \
	}

static const struct word prot_words[] = {
	WORD(PROT_READ), WORD(PROT_WRITE), WORD(PROT_EXEC), { 0 }
};
static const struct word map_words[] = {
	WORD(MAP_SHARED),    WORD(MAP_PRIVATE),
	WORD(MAP_FIXED),     WORD(MAP_ANONYMOUS),
	WORD(MAP_GROWSDOWN), WORD(MAP_NORESERVE),
	WORD(MAP_POPULATE),  WORD(MAP_FIXED_NOREPLACE),
	WORD(MAP_STACK),     { 0 }
};
static const struct word open_words[] = { WORD(O_WRONLY),    WORD(O_RDWR),
					  WORD(O_CREAT),     WORD(O_EXCL),
					  WORD(O_TRUNC),     WORD(O_APPEND),
					  WORD(O_NONBLOCK),  WORD(O_LARGEFILE),
					  WORD(O_DIRECTORY), WORD(O_NOFOLLOW),
					  WORD(O_CLOEXEC),   { 0 } };

/* Behind the word FIRST, if there is one, those for the bits of VALUE. */
static void put_words(FILE *to, const char *first, const struct word *word,
		      unsigned long value)
{
	const char *separator = *first ? "|" : "";

	fputs(first, to);
	for (; word->name; word++) {
		if (value & word->bits) {
			fprintf(to, "%s%s", separator, word->name);
			separator = "|";
			value &= ~word->bits;
		}
	}
	if (value)
		fprintf(to, "%s%#lx", separator, value);
}

static void put_number(FILE *to, unsigned long value)
{
	long number = (long)value;

	if (number > -4096 && number < FIRST_ADDRESS)
		fprintf(to, "%ld", number);
	else
		fprintf(to, "%#lx", value);
}

static const char *signal_name(int signal)
{
	static char name[16];
	const char *abbreviation = sigabbrev_np(signal);

	if (!abbreviation)
		return strsignal(signal);
	snprintf(name, sizeof(name), "SIG%s", abbreviation);
	return name;
}

static void put_argument(FILE *to, const char *call, const char *name,
			 unsigned long value)
{
	bool flags = is(name, "flags");

	if (is(name, "prot"))
		put_words(to, value ? "" : "PROT_NONE", prot_words, value);
	else if (flags && is(call, "mmap2"))
		put_words(to, value ? "" : "0", map_words, value);
	else if (flags && begins(call, "open"))
		put_words(to, value & O_ACCMODE ? "" : "O_RDONLY", open_words,
			  value);
	else if (is(name, "sig"))
		fputs(signal_name((int)value), to);
	else if (is(name, "mode"))
		fprintf(to, "%#lo", value);
	else if (is(name, "dfd") && (int)value == AT_FDCWD)
		fputs("AT_FDCWD", to);
	else if (!value && (is(name, "addr") || is(name, "brk")))
		fputs("NULL", to);
	else
		put_number(to, value);
}

/* Quoted strings, each behind a blank. Returns where they end. */
static const char *put_strings(FILE *to, const char *at, bool vector)
{
	const char *separator = vector ? "[" : "";

	for (; begins(at, " \""); separator = ", ") {
		const char *start = at + 1;

		for (at += 2; *at && *at != '"'; at++)
			at += *at == '\\' && at[1];
		at += strspn(at, "\"."); /* dots: there is more of it */
		fprintf(to, "%s%.*s", separator, (int)(at - start), start);
	}
	if (vector)
		fputs(*separator == '[' ? "[]" : "]", to);
	return at;
}

/* "fd: 0x1, buf: 0x804c008 "text", count: 0x4" → write(1, "text", 4 */
static void put_call(FILE *to, const char *call, const char *at)
{
	unsigned long value;
	char name[32];
	int length;

	fprintf(to, "%s(", call);
	while (sscanf(at, "%31[^:]: %lx%n", name, &value, &length) == 2) {
		at += length;
		if (begins(at, " \"") || is(name, "argv"))
			at = put_strings(to, at, is(name, "argv"));
		else
			put_argument(to, call, name, value);
		if (!begins(at, ", "))
			break;
		fputs(", ", to);
		at += 2;
	}
}

/* "0x8091000", "-12" for ENOMEM, or "?": it will not return */
static void put_result(FILE *to, const char *call, const char *result)
{
	long number = (long)strtoul(result, NULL, 0);
	const char *name = *result == '-' ? strerrorname_np(-number) : NULL;

	fputs(") = ", to);
	if (name)
		fprintf(to, "-1 %s (%s)", name, strerror(-number));
	else if (*result == '-')
		fputs("? (a signal came)", to);
	else if (*result == '?' || is(call, "brk") || is(call, "mmap2") ||
		 is(call, "mremap"))
		fputs(result, to);
	else
		put_number(to, number);
}

/* ── What is printed ──────────────────────────────────────────────────── */

static struct process {
	struct process *next;
	int pid;
	bool ended;
	const char *access; /* of the page fault under way */
	FILE *call; /* "brk(0x8091000", until it returns; or NULL */
	FILE *inside; /* lines on what happened meanwhile */
	char *call_text, *inside_text; /* of these two streams */
	size_t call_size, inside_size;
} * processes;

static struct count {
	char *name; /* NULL: free, as all behind it */
	unsigned long calls, errors;
} counts[1024]; /* more than there are names */

static bool counting; /* -c */

/*
 * A line, STEPS in. During a call it waits for the line of that call; if there
 * are several processes, it says whose it is.
 */
static void print(const struct process *process, int steps, const char *format,
		  ...)
{
	FILE *to = process->call ? process->inside : out;
	va_list args;

	if (counting)
		return;
	if (!process->call && processes->next)
		fprintf(to, "[pid %d] ", process->pid);
	if (!process->call)
		fprintf(to, "%*s", 4 * steps, "");
	va_start(args, format);
	vfprintf(to, format, args);
	va_end(args);
	fputc('\n', to);
}

static void end_call(struct process *process, const char *name,
		     const char *result)
{
	char *line;

	if (!process->call)
		return;
	put_result(process->call, name, result);
	fclose(process->call);
	fclose(process->inside);
	process->call = NULL;
	print(process, 0, "%s", process->call_text);
	for (line = strtok(process->inside_text, "\n"); line;
	     line = strtok(NULL, "\n"))
		print(process, 2, "%s", line);
	free(process->call_text);
	free(process->inside_text);
}

static void begin_call(struct process *process, const char *name,
		       const char *arguments)
{
	end_call(process, "", "?"); /* if its return is no event of the list */
	process->call = allocated(
		open_memstream(&process->call_text, &process->call_size));
	process->inside = allocated(
		open_memstream(&process->inside_text, &process->inside_size));
	put_call(process->call, name, arguments);
}

static void count(const char *name, bool error)
{
	struct count *count = counts;

	while (count->name && !is(count->name, name))
		count++;
	if (!count->name)
		count->name = allocated(strdup(name));
	count->calls++;
	count->errors += error;
}

/* The most frequent first. */
static void print_counts(void)
{
	fprintf(out, "%8s %8s\n", "calls", "errors");
	for (;;) {
		struct count *most = counts;

		for (struct count *each = counts; each->name; each++)
			if (each->calls > most->calls)
				most = each;
		if (!most->calls)
			return;
		fprintf(out, "%8lu %8.0lu %s\n", most->calls, most->errors,
			most->name);
		most->calls = 0;
	}
}

/* ── The events ───────────────────────────────────────────────────────── */

static struct process *find_process(int pid)
{
	struct process *process = processes;

	while (process && process->pid != pid)
		process = process->next;
	if (!process) {
		process = allocated(malloc(sizeof(*process)));
		*process = (struct process){ processes, pid, .access = "" };
		processes = process;
	}
	return process;
}

/* The number behind NAME, as in "address=0x8091000". */
static unsigned long number(const char *arguments, const char *name)
{
	const char *at = strstr(arguments, name);

	return at ? strtoul(at + strlen(name), NULL, 0) : 0;
}

static void page_fault(struct process *process, const char *arguments)
{
	if (number(arguments, "error_code=") & 2)
		process->access = "write ";
	else if (number(arguments, "address=") == number(arguments, "ip="))
		process->access = "fetch ";
	else
		process->access = "read ";
}

/* How a page fault was resolved, or that it was not. */
static void handled_fault(struct process *process, const char *arguments)
{
	unsigned long pfn = number(arguments, " pfn=");
	char kind[32] = "", name[64];

	sscanf(arguments, "kind=%31s", kind);
	snprintf(name, sizeof(name), "page fault: %s", kind);
	count(name, false);
	print(process, 1, pfn ? "#PF %s%#lx → %s pfn %#lx" : "#PF %s%#lx → %s",
	      process->access, number(arguments, "address="), kind, pfn);
	process->access = "";
}

/* Was it the last? The kernel takes those that end out of the list. */
static void process_exit(struct process *process, unsigned long code)
{
	char pids[16];

	end_call(process, "", "?");
	if (code & 0x7f)
		print(process, 0, "+++ killed by %s +++",
		      signal_name(code & 0x7f));
	else
		print(process, 0, "+++ exited with %lu +++", code >> 8);
	process->ended = true;
	get(TRACING "set_event_pid", pids, sizeof(pids));
	if (!*pids) /* what is there is read, but not waited for */
		fcntl(fileno(events), F_SETFL, O_NONBLOCK);
}

/*
 * What the new process does before its exec is our doing, not PROGRAM's, and
 * what exec unmaps is our memory.
 */
static bool is_program(const struct process *process, const char *name)
{
	static bool started;

	started |= is(name, "sched_process_exec");
	return started || is(name, "sys_enter_execve") ||
	       is(name, "sched_process_exit") ||
	       (process->call && !is(name, "vma_unmap"));
}

static void handle(int pid, const char *name, const char *arguments)
{
	struct process *process = find_process(pid);
	char path[256] = "";

	if (process->ended || !is_program(process, name))
		return;
	if (begins(name, "sys_enter_")) {
		begin_call(process, name + 10, arguments);
	} else if (begins(name, "sys_exit_")) {
		end_call(process, name + 9, arguments);
		count(name + 9, *arguments == '-');
	} else if (begins(name, "page_fault_")) {
		page_fault(process, arguments);
	} else if (is(name, "handle_mm_fault")) {
		handled_fault(process, arguments);
	} else if (is(name, "sched_process_fork")) {
		print(process, 1, "new process %lu",
		      number(arguments, "child_pid="));
	} else if (is(name, "sched_process_exec")) {
		sscanf(arguments, "filename=%255s", path);
		print(process, 1, "runs %s", path);
	} else if (is(name, "sched_process_exit")) {
		process_exit(process, number(arguments, "exit_code="));
	} else if (is(name, "signal_generate")) {
		print(process, 1, "refused: %s",
		      strstr(arguments, "rule=") + 5);
	} else if (is(name, "signal_deliver")) {
		print(process, 0, "--- %s ---",
		      signal_name(number(arguments, "sig=")));
	} else {
		print(process, 1, "%s %s", name, arguments);
	}
}

/* "      comm-PID  [000] .....  SECONDS: NAME: ARGUMENTS" */
static void handle_line(char *line)
{
	char *mark = strstr(line, " [000] "), name[64];
	unsigned long lost;
	int length;

	line[strcspn(line, "\n")] = '\0';
	if (sscanf(line, "CPU:%*d [LOST %lu", &lost) == 1)
		fprintf(out,
			"trace: %lu events were lost: they came faster "
			"than they were read\n",
			lost);
	if (!mark ||
	    sscanf(mark, " [000] ..... %*s %63[^:]: %n", name, &length) != 1)
		return;
	*mark = '\0';
	handle(atoi(strrchr(line, '-') + 1), name, mark + length);
}

/* ── The program ──────────────────────────────────────────────────────── */

static pid_t start(char **argv)
{
	pid_t child = fork();

	if (child < 0)
		err(1, "fork");
	if (child == 0) {
		raise(SIGSTOP); /* until its events are on */
		execvp(argv[0], argv);
		warn("%s", argv[0]);
		_exit(errno == ENOENT ? 127 : 126);
	}
	waitpid(child, NULL, WUNTRACED);
	return child;
}

static int trace(char **argv, const char *list)
{
	static char old_list[16384], new_list[16384];
	char *line = NULL, pid[12];
	size_t size;
	int status;
	pid_t child;
	bool known;

	events = fopen(TRACING "trace_pipe", "re");
	if (!events)
		err(1, "%s", TRACING "trace_pipe");
	child = start(argv);
	get(TRACING "set_event", old_list, sizeof(old_list));
	snprintf(new_list, sizeof(new_list), "%s" NEEDED_EVENTS, list);
	snprintf(pid, sizeof(pid), "%d", child);
	set(TRACING "set_event_pid", pid);
	set(TRACING "options/event-fork", "1");
	known = set(TRACING "set_event", new_list);
	if (!known)
		warn("-e: no such event");
	set(TRACING "trace", "");

	/* ^C is for the program; and it runs on if nobody reads our lines. */
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	kill(child, known ? SIGCONT : SIGKILL);
	while (known && getline(&line, &size, events) > 0)
		handle_line(line);

	set(TRACING "set_event", old_list);
	set(TRACING "set_event_pid", "");
	set(TRACING "options/event-fork", "0");
	waitpid(child, &status, 0);
	if (!known)
		return 1;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}

static const char usage[] =
	"usage: trace [-c] [-e LIST] [-o FILE] PROGRAM [ARGUMENT]…\n"
	"Runs PROGRAM and prints what it and its children ask of the kernel, "
	"and what the\nkernel does for them: system calls with their results; "
	"one step in, page faults;\ntwo steps in, what happened during the "
	"call above. Ends with PROGRAM's status.\n"
	"  -e LIST  events, with commas: path (malloc's path), syscalls (all "
	"of them), all,\n"
	"           or names as in " TRACING "available_events;\n"
	"           without: path, but for the bookkeeping of frames\n"
	"  -c       count system calls and page faults instead\n"
	"  -o FILE  print into FILE, not to standard error\n"
	"  trace hello\n"
	"  trace -e syscalls ls /\n"
	"  trace -c sh -c 'ls | wc'\n";

int main(int argc, char **argv)
{
	static char buffer[BUFSIZ];
	const char *list = NULL;
	int option, status;

	if (argc > 1 && is(argv[1], "--help")) {
		fputs(usage, stdout);
		return 0;
	}
	out = stderr;
	while ((option = getopt(argc, argv, "+ce:fo:")) != -1) {
		if (option == 'c')
			counting = true;
		else if (option == 'e')
			list = optarg;
		else if (option == 'o')
			out = fopen(optarg, "we");
		else if (option == '?')
			return 2; /* -f is what we always do */
		if (!out)
			err(1, "%s", optarg);
	}
	if (optind == argc) {
		fputs(usage, stderr);
		return 2;
	}
	if (!list)
		list = counting ? "syscalls,handle_mm_fault" : DEFAULT_EVENTS;
	setvbuf(out, buffer, _IOLBF, sizeof(buffer));
	status = trace(argv + optind, list);
	if (counting)
		print_counts();
	fclose(out);
	return status;
}
