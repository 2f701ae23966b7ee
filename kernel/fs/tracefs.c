/*
 * tracefs.c - /sys/kernel/tracing, the door between programs and the event
 * stream: reading it, choosing its events, and adding marks to it. The names
 * are those of Linux's kernel/trace/trace.c and trace_events.c.
 *
 *   trace             the ring; opened with O_TRUNC, or written to: emptied
 *   trace_marker      what is written becomes an event, tracing_mark_write
 *   tracing_on        0 pauses all events, 1 lets them go on
 *   set_event         the enabled events; writing a list replaces them
 *   available_events  all there are
 */
#include "abi/errno.h"
#include "fs/fs.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "trace/trace.h"

#define MARK_SIZE 1024 /* bytes of a mark; the rest is cut off */
#define LIST_SIZE 4096 /* bytes of a list of events, with the NUL */

/* Remove white space at the end. */
static void strip(char *text)
{
	size_t length = strlen(text);

	while (length && (text[length - 1] == '\n' || text[length - 1] == ' '))
		text[--length] = '\0';
}

/* ── trace ────────────────────────────────────────────────────────────── */

static int tracing_open(struct file *file)
{
	if ((file->f_flags & O_ACCMODE) != O_RDONLY &&
	    (file->f_flags & O_TRUNC))
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

static int tracing_on_show(struct seq_file *seq)
{
	seq_printf(seq, "%d\n", tracing_is_on());
	return 0;
}

static ssize_t tracing_on_write(struct file *file, const char __user *buffer,
				size_t size, loff_t *position)
{
	char text[4];

	(void)file;
	(void)position;
	if (size >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, buffer, size))
		return -EFAULT;
	text[size] = '\0';
	strip(text);
	if (strcmp(text, "0") != 0 && strcmp(text, "1") != 0)
		return -EINVAL;
	tracing_set(text[0] == '1');
	return size;
}

static const struct file_operations tracing_on_operations = {
	.open = seq_open,
	.release = seq_release,
	.read = seq_read,
	.write = tracing_on_write,
	.llseek = seq_lseek,
};

/* ── set_event ────────────────────────────────────────────────────────── */

static ssize_t set_event_write(struct file *file, const char __user *buffer,
			       size_t size, loff_t *position)
{
	ssize_t result = size;
	char *list;

	(void)file;
	(void)position;
	if (size >= LIST_SIZE)
		return -EINVAL;
	list = kmalloc(LIST_SIZE);
	if (!list)
		return -ENOMEM;
	if (copy_from_user(list, buffer, size)) {
		result = -EFAULT;
	} else {
		list[size] = '\0';
		if (trace_set_events(list))
			result = -EINVAL;
	}
	kfree(list);
	return result;
}

static const struct file_operations set_event_operations = {
	.open = seq_open,
	.release = seq_release,
	.read = seq_read,
	.write = set_event_write,
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
