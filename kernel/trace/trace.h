/*
 * trace.h - the event stream: one line per event, in the text format of
 * Linux's ftrace, on the debug port (0xe9) and in a ring that programs read at
 * /sys/kernel/tracing/trace. Every view of the path reads this stream.
 *
 *        tour-1     [000] .....     0.012345: page_fault_user: address=0x…
 *
 * With an event off, its cost is the test of one bit.
 */
#ifndef TRACE_TRACE_H
#define TRACE_TRACE_H

#include "lib/types.h"

#define TRACE_LINE_SIZE 1280 /* bytes: a mark of 1 KiB and what precedes it */

struct page;
struct pt_regs;
struct task_struct;
struct vm_area_struct;
struct mm_struct;

enum trace_event {
	TRACE_SYSCALL, /* sys_enter_NAME, sys_exit_NAME */
	TRACE_PAGE_FAULT_USER,
	TRACE_PAGE_FAULT_KERNEL,
	TRACE_HANDLE_MM_FAULT,
	TRACE_MM_PAGE_ALLOC,
	TRACE_MM_PAGE_FREE,
	TRACE_RSS_STAT,
	TRACE_VMA,
	TRACE_MARKER, /* tracing_mark_write */
	TRACE_SCHED, /* sched_process_fork, _exec, _exit */
	TRACE_SIGNAL, /* signal_generate, signal_deliver */
	NR_TRACE_EVENTS,
};

extern unsigned int trace_enabled; /* bit per trace_event */

/* Are CURRENT's events wanted? All are, unless set_event_pid names some. */
bool trace_this_task(void);

static inline bool trace_on(enum trace_event event)
{
	return unlikely(trace_enabled & (1u << event)) && trace_this_task();
}

/*
 * Enable the events of LIST and no others. As in trace= and set_event: "all",
 * "path" (what the story of malloc needs), "kernel" (the same without what
 * programs write into it), "syscalls" (all of them), or names
 * of events and system calls (brk: both sys_enter_brk and sys_exit_brk) with
 * commas or blanks. 0, or -EINVAL: an unknown name, and none is enabled.
 */
int trace_set_events(const char *list);

/* LIST from trace=, NULL without; SEPARATOR: a byte 0x1e before each line. */
void trace_init(const char *list, bool separator);

/* Off pauses all events, on brings the enabled ones back: trace_update(). */
extern long tracing_on;
void trace_update(void);
void trace_clear(void); /* empty the ring */

/* options/event-fork: are the children of a named process named as well? */
extern long trace_event_fork;

/*
 * set_event_pid: name one process more, by its number; "": none, all are meant
 * again (but not when all that were named end). 0, -EINVAL, -ESRCH
 */
int trace_set_pid(const char *text);
void trace_fork(struct task_struct *child); /* CURRENT made it */

/*
 * The oldest line leaves the ring and goes to SIZE bytes at TO: its length, or
 * 0: there is none, or no room for it. While READING, there is a reader that
 * sleeps on &trace_reading; others are made to wait when the ring gets full.
 */
extern bool trace_reading;
size_t trace_take_line(char *to, size_t size);
bool trace_is_empty(void);

/*
 * One event: "NAME: " and the formatted arguments. Call behind trace_on(), but
 * for the one line at power-off, which is always there.
 */
void trace_printf(const char *name, const char *format, ...) __printf(2, 3);

void trace_sys_enter(unsigned int nr, const struct pt_regs *regs);
void trace_sys_exit(unsigned int nr, long result);

/* What the files of /sys/kernel/tracing show (struct attribute). */
struct seq_file;
void trace_show(struct seq_file *seq, void *data); /* the ring */
void trace_show_enabled(struct seq_file *seq, void *data);
void trace_show_available(struct seq_file *seq, void *data);
void trace_show_pids(struct seq_file *seq, void *data);

#endif
