/*
 * tracefs.c - /sys/kernel/tracing, the door between programs and the event
 * stream: reading it, choosing its events, and adding marks to it. The names
 * are those of Linux's kernel/trace/trace.c and trace_events.c.
 *
 *   trace             the ring; opened with O_TRUNC, or written to: emptied
 *   trace_pipe        the ring as well; what has been read is gone from it, and
 *                     a read waits for more. One reader at a time: -EBUSY
 *   trace_marker      what is written becomes an event, tracing_mark_write
 *   tracing_on        0 pauses all events, 1 lets them go on
 *   set_event         the enabled events; writing a list replaces them
 *   set_event_pid     whose events; opened with O_TRUNC: everybody's
 *   options/event-fork    1: and those of the children that these make
 *   available_events  all there are
 */
#include "abi/errno.h"
#include "fs/fs.h"
#include "lib/printk.h"
#include "mm/mm.h"
#include "proc/signal.h"
#include "proc/task.h"
#include "trace/trace.h"

/* ── trace_pipe ───────────────────────────────────────────────────────── */

static int tracing_open_pipe(struct file *file)
{
	if (trace_reading)
		return -EBUSY;
	trace_reading = true;
	return 0;
}

static void tracing_release_pipe(struct file *file)
{
	trace_reading = false;
}

/* Whole lines. Each is out of the ring before copying it may make events. */
static ssize_t tracing_read_pipe(struct file *file, char __user *buffer,
				 size_t size, loff_t *position)
{
	static char line[TRACE_LINE_SIZE];
	size_t done = 0;
	size_t length;

	while (trace_is_empty()) {
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		if (sleep_on(&trace_reading))
			return -ERESTARTSYS;
	}
	while ((length = trace_take_line(line,
					 min(size - done, sizeof(line))))) {
		if (copy_to_user(buffer + done, line, length))
			return done ? (ssize_t)done : -EFAULT;
		done += length;
	}
	return done ? (ssize_t)done : -EINVAL;
}

static const struct file_operations tracing_pipe_operations = {
	.open = tracing_open_pipe,
	.release = tracing_release_pipe,
	.read = tracing_read_pipe,
	.is_stream = true,
};

/* ── The others: what is shown, what is taken ─────────────────────────── */

static int trace_store(const char *text)
{
	trace_clear();
	return 0;
}

static int mark_store(const char *text)
{
	if (*text && trace_on(TRACE_MARKER))
		trace_printf("tracing_mark_write", "%s", text);
	return 0;
}

void tracefs_init(void)
{
	static const struct attribute files[] = {
		{ "trace", 0640, .show = trace_show, .store = trace_store },
		{ "trace_pipe", 0440, .fop = &tracing_pipe_operations },
		{ "trace_marker", 0220, .store = mark_store },
		{ "tracing_on", 0640, .number = &tracing_on, .max = 1,
		  .changed = trace_update },
		{ "set_event", 0640, .show = trace_show_enabled,
		  .store = trace_set_events },
		{ "set_event_pid", 0640, .show = trace_show_pids,
		  .store = trace_set_pid },
		{ "available_events", 0440, .show = trace_show_available },
	};
	static const struct attribute options[] = {
		{ "event-fork", 0640, .number = &trace_event_fork, .max = 1 },
	};

	register_attributes("/sys/kernel/tracing", files, ARRAY_SIZE(files));
	register_attributes("/sys/kernel/tracing/options", options,
			    ARRAY_SIZE(options));
}
