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
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/signal.h"
#include "proc/task.h"
#include "trace/trace.h"

#define MARK_SIZE 1024 /* bytes of a mark; the rest is cut off */
#define LIST_SIZE 16384 /* bytes of a list of events, with the NUL */

/* Remove white space at the end. */
static void strip(char *text)
{
	size_t length = strlen(text);

	while (length && (text[length - 1] == '\n' || text[length - 1] == ' '))
		text[--length] = '\0';
}

/* ── trace ────────────────────────────────────────────────────────────── */

/* As with >FILE in a shell. */
static bool opened_to_replace(const struct file *file)
{
	return (file->f_flags & O_ACCMODE) != O_RDONLY &&
	       (file->f_flags & O_TRUNC);
}

static int tracing_open(struct file *file)
{
	if (opened_to_replace(file))
		trace_clear();
	return seq_open(file);
}

static ssize_t tracing_write(struct file *file, const char __user *buffer,
			     size_t size, loff_t *position)
{
	(void)file;
	(void)buffer;
	(void)position;
	trace_clear();
	return size;
}

static const struct file_operations tracing_operations = {
	.open = tracing_open,
	.release = seq_release,
	.read = seq_read,
	.write = tracing_write,
	.llseek = seq_lseek,
};

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
		if (current->pending_signal)
			return -ERESTARTSYS;
		sleep_on(&trace_reading);
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
};

/* ── trace_marker ─────────────────────────────────────────────────────── */

/*
 * Always takes all of SIZE: a program that marks its steps need not care
 * whether somebody listens. The buffer is no kmalloc'd one, as that would
 * show in the stream, and may be static, as copy_from_user() does not sleep.
 */
static ssize_t tracing_mark_write(struct file *file, const char __user *buffer,
				  size_t size, loff_t *position)
{
	static char mark[MARK_SIZE + 1];
	size_t length = min(size, (size_t)MARK_SIZE);

	(void)file;
	(void)position;
	if (copy_from_user(mark, buffer, length))
		return -EFAULT;
	if (!size || !trace_on(TRACE_MARKER))
		return size;
	/* Other control bytes are replaced together with those of all lines */
	for (size_t i = 0; i < length; i++)
		if (mark[i] == '\0')
			mark[i] = '?';
	mark[length] = '\0';
	strip(mark);
	trace_printf("tracing_mark_write", "%s", mark);
	return size;
}

static const struct file_operations tracing_mark_operations = {
	.write = tracing_mark_write,
};

/* ── tracing_on ───────────────────────────────────────────────────────── */

/* "0" or "1", or -errno. */
static int bool_from_user(const char __user *buffer, size_t size)
{
	char text[4];

	if (size >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, buffer, size))
		return -EFAULT;
	text[size] = '\0';
	strip(text);
	if (strcmp(text, "0") != 0 && strcmp(text, "1") != 0)
		return -EINVAL;
	return text[0] == '1';
}

static int tracing_on_show(struct seq_file *seq)
{
	seq_printf(seq, "%d\n", tracing_is_on());
	return 0;
}

static ssize_t tracing_on_write(struct file *file, const char __user *buffer,
				size_t size, loff_t *position)
{
	int on = bool_from_user(buffer, size);

	if (on < 0)
		return on;
	tracing_set(on);
	return size;
}

static const struct file_operations tracing_on_operations = {
	.open = seq_open,
	.release = seq_release,
	.read = seq_read,
	.write = tracing_on_write,
	.llseek = seq_lseek,
};

/* ── options/event-fork ───────────────────────────────────────────────── */

static int event_fork_show(struct seq_file *seq)
{
	seq_printf(seq, "%d\n", trace_event_fork);
	return 0;
}

static ssize_t event_fork_write(struct file *file, const char __user *buffer,
				size_t size, loff_t *position)
{
	int on = bool_from_user(buffer, size);

	if (on < 0)
		return on;
	trace_event_fork = on;
	return size;
}

static const struct file_operations event_fork_operations = {
	.open = seq_open,
	.release = seq_release,
	.read = seq_read,
	.write = event_fork_write,
	.llseek = seq_lseek,
};

/* ── set_event, set_event_pid ─────────────────────────────────────────── */

/* Have TAKE read a list that the program wrote. */
static ssize_t write_list(const char __user *buffer, size_t size,
			  int (*take)(const char *list))
{
	ssize_t result = size;
	char *list;
	int error;

	if (size >= LIST_SIZE)
		return -EINVAL;
	list = kmalloc(LIST_SIZE);
	if (!list)
		return -ENOMEM;
	if (copy_from_user(list, buffer, size)) {
		result = -EFAULT;
	} else {
		list[size] = '\0';
		error = take(list);
		if (error)
			result = error;
	}
	kfree(list);
	return result;
}

static ssize_t set_event_write(struct file *file, const char __user *buffer,
			       size_t size, loff_t *position)
{
	return write_list(buffer, size, trace_set_events);
}

static int set_event_open(struct file *file)
{
	if (opened_to_replace(file))
		trace_set_events("");
	return seq_open(file);
}

static const struct file_operations set_event_operations = {
	.open = set_event_open,
	.release = seq_release,
	.read = seq_read,
	.write = set_event_write,
	.llseek = seq_lseek,
};

static int set_event_pid_open(struct file *file)
{
	if (opened_to_replace(file))
		trace_clear_pids();
	return seq_open(file);
}

static ssize_t set_event_pid_write(struct file *file, const char __user *buffer,
				   size_t size, loff_t *position)
{
	return write_list(buffer, size, trace_add_pids);
}

static const struct file_operations set_event_pid_operations = {
	.open = set_event_pid_open,
	.release = seq_release,
	.read = seq_read,
	.write = set_event_pid_write,
	.llseek = seq_lseek,
};

void tracefs_init(void)
{
	static const struct {
		const char *path;
		unsigned int mode;
		const struct file_operations *fop;
		seq_show_t show;
	} files[] = {
		{ "/sys/kernel/tracing/trace", 0640, &tracing_operations,
		  trace_show },
		{ "/sys/kernel/tracing/trace_marker", 0220,
		  &tracing_mark_operations, NULL },
		{ "/sys/kernel/tracing/tracing_on", 0640,
		  &tracing_on_operations, tracing_on_show },
		{ "/sys/kernel/tracing/set_event", 0640, &set_event_operations,
		  trace_show_enabled },
		{ "/sys/kernel/tracing/trace_pipe", 0440,
		  &tracing_pipe_operations, NULL },
		{ "/sys/kernel/tracing/set_event_pid", 0640,
		  &set_event_pid_operations, trace_show_pids },
		{ "/sys/kernel/tracing/options/event-fork", 0640,
		  &event_fork_operations, event_fork_show },
		{ "/sys/kernel/tracing/available_events", 0440,
		  &seq_file_operations, trace_show_available },
	};

	struct inode *sys = create_path("/sys", S_IFDIR | 0555, NULL, NULL);

	if (IS_ERR(sys))
		panic("tracefs: no memory for /sys");
	sys->i_dev = SYSFS_DEV;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (IS_ERR(create_path(files[i].path, S_IFREG | files[i].mode,
				       files[i].fop, (void *)files[i].show)))
			panic("tracefs: no memory for %s", files[i].path);
}
