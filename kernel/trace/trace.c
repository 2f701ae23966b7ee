/*
 * trace.c - the event stream: which events are on, and whose, how a line looks,
 * and the two places it goes to: port 0xe9, where the host listens, and a ring,
 * which programs read in /sys/kernel/tracing (fs/tracefs.c). The text is that
 * of Linux's ftrace (kernel/trace/trace_output.c), with names from
 * include/trace/events.
 *
 * Emitting an event uses no memory but what is here and touches none that
 * could fault: it is called from inside the allocator and the fault handler.
 */
#include "trace/trace.h"

#include "abi/errno.h"
#include "dev/dev.h"
#include "fs/fs.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/task.h"
#include "trap/syscall.h"
#include "trap/trap.h"

#define DEBUG_PORT       0xe9 /* QEMU: -debugcon, isa-debugcon */
#define RECORD_SEPARATOR 0x1e
#define RING_SIZE        65536U /* bytes, a power of 2 */
#define STRING_SIZE      48 /* bytes of a string that are shown */
#define MAX_STRINGS      8 /* of a vector that are shown */

/* ── Which events are on ──────────────────────────────────────────────── */

/* A bit may have several names; they are enabled together. */
static const struct {
	const char *name;
	enum trace_event event;
} event_names[] = {
	{ "page_fault_user", TRACE_PAGE_FAULT_USER },
	{ "page_fault_kernel", TRACE_PAGE_FAULT_KERNEL },
	{ "handle_mm_fault", TRACE_HANDLE_MM_FAULT },
	{ "mm_page_alloc", TRACE_MM_PAGE_ALLOC },
	{ "mm_page_free", TRACE_MM_PAGE_FREE },
	{ "rss_stat", TRACE_RSS_STAT },
	{ "vma_map", TRACE_VMA },
	{ "vma_unmap", TRACE_VMA },
	{ "vma_adjust", TRACE_VMA },
	{ "vma_protect", TRACE_VMA },
	{ "brk_move", TRACE_VMA },
	{ "tracing_mark_write", TRACE_MARKER },
	{ "sched_process_fork", TRACE_SCHED },
	{ "sched_process_exec", TRACE_SCHED },
	{ "sched_process_exit", TRACE_SCHED },
	{ "signal_generate", TRACE_SIGNAL },
	{ "signal_deliver", TRACE_SIGNAL },
};

/* The system calls on malloc's path. */
#define PATH_SYSCALLS "brk,mmap2,munmap,mprotect,mremap,madvise"

#define ALL_EVENTS   ((1u << NR_TRACE_EVENTS) - 1)
#define MAX_SYSCALLS 512
#define UNKNOWN      MAX_SYSCALLS /* all numbers without a name */
#define WORD_SIZE    64 /* bytes: more than any name has */

static const struct {
	const char *name;
	unsigned int events; /* bit per trace_event */
	const char *syscalls;
} groups[] = {
	{ "all", ALL_EVENTS, "syscalls" },
	{ "path", ALL_EVENTS, PATH_SYSCALLS },
	{ "kernel", ALL_EVENTS & ~(1u << TRACE_MARKER), PATH_SYSCALLS },
};

static unsigned int selected_events; /* bit per trace_event */
static bool selected_syscalls[MAX_SYSCALLS + 1];
long tracing_on = 1;
unsigned int trace_enabled;

/* NULL: there is no such system call. */
static const char *syscall_name(unsigned int nr)
{
	if (nr == UNKNOWN)
		return "unknown";
	return nr < min(NR_syscalls, (unsigned int)MAX_SYSCALLS)
		       ? syscall_table[nr].name
		       : NULL;
}

static bool is_separator(char c)
{
	return c == ',' || c == ' ' || c == '\t' || c == '\n';
}

/* Cut the next word off *LIST. False: there is none. */
static bool next_word(const char **list, char *word)
{
	size_t length = 0;

	while (is_separator(**list))
		(*list)++;
	while ((*list)[length] && !is_separator((*list)[length]))
		length++;
	strscpy(word, *list, min(length + 1, (size_t)WORD_SIZE));
	*list += length;
	return length;
}

static int select_list(const char *list);

/* A system call by its name, or all; with a prefix it is the same. */
static int select_syscall(const char *word)
{
	bool all = strcmp(word, "syscalls") == 0;
	int error = -EINVAL;

	if (strncmp(word, "sys_enter_", 10) == 0)
		word += 10;
	else if (strncmp(word, "sys_exit_", 9) == 0)
		word += 9;
	for (unsigned int nr = 0; nr <= UNKNOWN; nr++) {
		const char *name = syscall_name(nr);

		if (!name || (!all && strcmp(word, name) != 0))
			continue;
		selected_syscalls[nr] = true;
		selected_events |= 1u << TRACE_SYSCALL;
		error = 0;
	}
	return error;
}

static int select_word(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
		if (strcmp(word, groups[i].name) == 0) {
			selected_events |= groups[i].events;
			return select_list(groups[i].syscalls);
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(event_names); i++) {
		if (strcmp(word, event_names[i].name) == 0) {
			selected_events |= 1u << event_names[i].event;
			return 0;
		}
	}
	return select_syscall(word);
}

static int select_list(const char *list)
{
	char word[WORD_SIZE];
	int error = 0;

	while (!error && next_word(&list, word))
		error = select_word(word);
	return error;
}

void trace_update(void)
{
	trace_enabled = tracing_on ? selected_events : 0;
}

int trace_set_events(const char *list)
{
	int error;

	selected_events = 0;
	memset(selected_syscalls, 0, sizeof(selected_syscalls));
	error = select_list(list);
	if (error)
		trace_set_events("");
	trace_update();
	return error;
}

/* ── Whose events ─────────────────────────────────────────────────────── */

static bool only_named; /* set_event_pid has been written to */
long trace_event_fork;

bool trace_this_task(void)
{
	return !only_named || current->traced;
}

/* Linux takes any number; here it is the number of somebody who is there. */
int trace_set_pid(const char *text)
{
	struct task_struct *task;

	if (!*text) {
		list_for_each_entry(task, &init_task.tasks, tasks)
			task->traced = false;
		only_named = false;
		return 0;
	}
	task = find_task(parse_long(&text));
	if (*text)
		return -EINVAL;
	if (!task)
		return -ESRCH;
	task->traced = true;
	only_named = true;
	return 0;
}

void trace_show_pids(struct seq_file *seq, void *data)
{
	struct task_struct *task;

	list_for_each_entry(task, &init_task.tasks, tasks)
		if (task->traced)
			seq_printf(seq, "%d\n", task->pid);
}

void trace_fork(struct task_struct *child)
{
	child->traced = current->traced && trace_event_fork;
	if (trace_on(TRACE_SCHED))
		trace_printf("sched_process_fork",
			     "comm=%s pid=%d child_comm=%s child_pid=%d",
			     current->comm, current->pid, child->comm,
			     child->pid);
}

/* ── The ring: whole lines, the oldest give way ───────────────────────── */

/* Byte I of the stream is at ring[I % RING_SIZE]; tail and head count on. */
static char ring[RING_SIZE];
static unsigned int ring_head; /* behind the newest byte */
static unsigned int ring_tail; /* the oldest line's first byte */
static unsigned long lines_lost; /* since a line was last taken */
bool trace_reading;

/* How many bytes the oldest line has; 0: there is none. */
static unsigned int oldest_line(void)
{
	unsigned int end = ring_tail;

	while (end != ring_head && ring[end++ % RING_SIZE] != '\n')
		;
	return end - ring_tail;
}

static void ring_append(const char *line, unsigned int length)
{
	for (; ring_head - ring_tail + length > RING_SIZE; lines_lost++)
		ring_tail += oldest_line();
	for (unsigned int i = 0; i < length; i++)
		ring[ring_head++ % RING_SIZE] = line[i];
	if (trace_reading) {
		wake_up(&trace_reading);
		if (ring_head - ring_tail > RING_SIZE / 2)
			current->need_resched = true;
	}
}

bool trace_is_empty(void)
{
	return ring_head == ring_tail && !lines_lost;
}

size_t trace_take_line(char *to, size_t size)
{
	char lost[48];
	size_t length = oldest_line();

	if (lines_lost)
		length = snprintf(lost, sizeof(lost),
				  "CPU:0 [LOST %lu EVENTS]\n", lines_lost);
	if (length > size)
		return 0;
	for (size_t i = 0; i < length; i++)
		to[i] = lines_lost ? lost[i] : ring[ring_tail++ % RING_SIZE];
	lines_lost = 0;
	return length;
}

void trace_clear(void)
{
	ring_tail = ring_head;
	lines_lost = 0;
}

/* ── A line ───────────────────────────────────────────────────────────── */

/* One at a time: nothing that prints a line is interrupted by another. */
static char line[TRACE_LINE_SIZE];
static size_t line_length;
static bool separator;

static void line_vprintf(const char *format, va_list args)
{
	size_t left = TRACE_LINE_SIZE - line_length;
	int length = vsnprintf(line + line_length, left, format, args);

	/* Cut off, there is still room for the newline. */
	line_length += min((size_t)length, left - 1);
}

static void __printf(1, 2) line_printf(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	line_vprintf(format, args);
	va_end(args);
}

/* "            tour-1       [000] .....     0.012345: sys_enter_brk: " */
static void line_begin(const char *prefix, const char *name)
{
	uint64_t microseconds = sched_clock() / 1000;

	line_length = 0;
	line_printf("%16s-%-7d [000] ..... %5lu.%06lu: %s%s: ", current->comm,
		    current->pid, (unsigned long)(microseconds / 1000000),
		    (unsigned long)(microseconds % 1000000), prefix, name);
}

/* What programs put into it must not look like two lines. */
static void line_end(void)
{
	for (size_t i = 0; i < line_length; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
			line[i] = '?';
	line[line_length++] = '\n';

	if (separator)
		outb(DEBUG_PORT, RECORD_SEPARATOR);
	for (size_t i = 0; i < line_length; i++)
		outb(DEBUG_PORT, line[i]);
	ring_append(line, line_length);
}

void trace_printf(const char *name, const char *format, ...)
{
	va_list args;

	line_begin("", name);
	va_start(args, format);
	line_vprintf(format, args);
	va_end(args);
	line_end();
}

/*
 * ' "text"' behind the address of a string, as far as it is in memory: looking
 * at it must not make a page fault. SIZE: its bytes; -1: up to the NUL.
 */
static void line_string(unsigned long address, unsigned long size)
{
	char text[STRING_SIZE];
	size_t length = access_remote_vm(current->mm, address, text,
					 min(size, sizeof(text)));

	if (!length)
		return;
	line_printf(" \"");
	for (size_t i = 0; i < length; i++) {
		unsigned char c = text[i];

		if (!c && size == -1UL) {
			size = length;
			break;
		}
		if (c == '\n' || c == '\t')
			line_printf(c == '\n' ? "\\n" : "\\t");
		else if (c < ' ' || c >= 0x7f)
			line_printf("\\%03o", c);
		else
			line_printf(c == '"' || c == '\\' ? "\\%c" : "%c", c);
	}
	line_printf(length < size ? "\"..." : "\"");
}

/* argv: its strings, one behind the other. */
static void line_strings(unsigned long vector)
{
	unsigned long string;

	for (int i = 0; i < MAX_STRINGS; i++, vector += sizeof(string)) {
		if (access_remote_vm(current->mm, vector, &string,
				     sizeof(string)) < sizeof(string) ||
		    !string)
			break;
		line_string(string, -1UL);
	}
}

/* Where selected_syscalls has number NR. */
static unsigned int index_of(unsigned int nr)
{
	return nr < UNKNOWN && syscall_name(nr) ? nr : UNKNOWN;
}

/* "fd: 0x00000001, buf: 0x0804c008 \"text\", count: 0x0000000c" */
void trace_sys_enter(unsigned int nr, const struct pt_regs *regs)
{
	const unsigned long values[6] = { regs->bx, regs->cx, regs->dx,
					  regs->si, regs->di, regs->bp };
	const char *const *arguments = syscall_table[nr].arguments;
	unsigned int index = index_of(nr);

	if (!selected_syscalls[index])
		return;
	if (index == UNKNOWN) {
		trace_printf("sys_enter_unknown", "nr: 0x%x", nr);
		return;
	}
	line_begin("sys_enter_", syscall_table[nr].name);
	for (int i = 0; i < 6 && arguments[i]; i++) {
		const char *name = arguments[i];
		char mark = *name;

		name += mark == '*' || mark == '+' || mark == '[';
		line_printf("%s%s: 0x%08lx", i ? ", " : "", name, values[i]);
		if (mark == '*')
			line_string(values[i], -1UL);
		else if (mark == '+')
			line_string(values[i], values[i + 1]);
		else if (mark == '[')
			line_strings(values[i]);
	}
	line_end();
}

/* An unknown call has said all with its number. */
void trace_sys_exit(unsigned int nr, long result)
{
	if (index_of(nr) == UNKNOWN || !selected_syscalls[nr])
		return;
	line_begin("sys_exit_", syscall_table[nr].name);
	if (IS_ERR_VALUE(result))
		line_printf("%ld", result);
	else
		line_printf("0x%lx", result);
	line_end();
}

void trace_init(const char *list, bool with_separator)
{
	separator = with_separator;
	if (list && trace_set_events(list))
		pr_warn("trace=%s: unknown event, tracing is off\n", list);
}

/* ── What the files of /sys/kernel/tracing show ───────────────────────── */

void trace_show(struct seq_file *seq, void *data)
{
	unsigned int start = ring_tail % RING_SIZE;
	unsigned int length = ring_head - ring_tail;
	unsigned int first = min(length, RING_SIZE - start);

	seq_printf(seq,
		   "# tracer: nop\n"
		   "#\n"
		   "#           TASK-PID     CPU#  |||||  TIMESTAMP  "
		   "FUNCTION\n"
		   "#              | |         |   |||||     |         |\n");
	seq_write(seq, ring + start, first);
	seq_write(seq, ring, length - first);
}

static void show_events(struct seq_file *seq, bool all)
{
	for (size_t i = 0; i < ARRAY_SIZE(event_names); i++)
		if (all || selected_events & 1u << event_names[i].event)
			seq_printf(seq, "%s\n", event_names[i].name);
	for (unsigned int nr = 0; nr <= UNKNOWN; nr++) {
		const char *name = syscall_name(nr);

		if (name && (all || selected_syscalls[nr]))
			seq_printf(seq, "sys_enter_%s\nsys_exit_%s\n", name,
				   name);
	}
}

void trace_show_enabled(struct seq_file *seq, void *data)
{
	show_events(seq, false);
}

void trace_show_available(struct seq_file *seq, void *data)
{
	show_events(seq, true);
}
