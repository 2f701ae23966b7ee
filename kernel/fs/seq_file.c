/*
 * seq_file.c - files whose content a function prints into memory, from where
 * read() hands it out: all of /proc. And those to which programs write a few
 * words: /sys. Linux: fs/seq_file.c, single_open(); fs/sysfs/file.c.
 */
#include "abi/errno.h"
#include "fs/fs.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/task.h"

#define TEXT_SIZE 16384 /* bytes that a program may write at once, with NUL */

/* What did not fit leaves the buffer full, and seq_build() tries again. */
void seq_printf(struct seq_file *seq, const char *format, ...)
{
	size_t left = seq->size - seq->count;
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(seq->buffer + seq->count, left, format, args);
	va_end(args);
	seq->count += min((size_t)length, left);
}

void seq_write(struct seq_file *seq, const char *data, size_t size)
{
	size = min(size, seq->size - seq->count);
	memcpy(seq->buffer + seq->count, data, size);
	seq->count += size;
}

/* Print the whole content, into twice the memory until it fits. */
static int seq_build(struct seq_file *seq)
{
	const struct attribute *attribute = seq->inode->i_private;
	int pid = seq->inode->i_pid;
	struct task_struct *task = pid ? find_task(pid) : NULL;

	if (pid && !task)
		return -ESRCH;
	if (!attribute->show && !attribute->number)
		return -EINVAL; /* it is there to be written */
	for (size_t size = seq->size ?: PAGE_SIZE;; size *= 2) {
		if (size != seq->size) {
			kfree(seq->buffer);
			seq->buffer = kmalloc(size);
			seq->size = seq->buffer ? size : 0;
		}
		seq->count = 0;
		if (!seq->buffer)
			return -ENOMEM;
		if (attribute->number)
			seq_printf(seq, "%ld\n", *attribute->number);
		else
			attribute->show(seq, task);
		if (seq->count < seq->size)
			return 0;
	}
}

static int store(const struct attribute *attribute, const char *text)
{
	const char *end = text;
	long value = parse_long(&end);

	if (!attribute->number)
		return attribute->store(text);
	if (end == text || *end ||
	    (attribute->max && (value < 0 || value > attribute->max)))
		return -EINVAL;
	*attribute->number = value;
	if (attribute->changed)
		attribute->changed();
	return 0;
}

static int attribute_open(struct file *file)
{
	if (may_write(file) && (file->f_flags & O_TRUNC))
		store(file->f_inode->i_private, "");
	return 0;
}

static void seq_release(struct file *file)
{
	struct seq_file *seq = file->private_data;

	if (seq)
		kfree(seq->buffer);
	kfree(seq);
}

ssize_t seq_read(struct file *file, char __user *buffer, size_t size,
		 loff_t *position)
{
	struct seq_file *seq = file->private_data ?: kzalloc(sizeof(*seq));
	size_t left;
	int error;

	if (!seq)
		return -ENOMEM;
	file->private_data = seq;
	seq->inode = file->f_inode;
	if (!size)
		return 0;
	if (*position == 0 || !seq->buffer) {
		error = seq_build(seq);
		if (error)
			return error;
	}
	if (*position >= (loff_t)seq->count)
		return 0;
	size = min(size, seq->count - (size_t)*position);
	left = copy_to_user(buffer, seq->buffer + *position, size);
	if (left == size)
		return -EFAULT;
	*position += size - left;
	return size - left;
}

const struct file_operations seq_file_operations = {
	.release = seq_release,
	.read = seq_read,
};

/* The text may be static, as copy_from_user() does not sleep. */
static ssize_t attribute_write(struct file *file, const char __user *buffer,
			       size_t size, loff_t *position)
{
	static char text[TEXT_SIZE];
	size_t length = size;

	if (size >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, buffer, size))
		return -EFAULT;
	while (length && (text[length - 1] == '\n' || text[length - 1] == ' '))
		length--;
	text[length] = '\0';
	return store(file->f_inode->i_private, text) ?: (ssize_t)size;
}

static const struct file_operations attribute_operations = {
	.open = attribute_open,
	.release = seq_release,
	.read = seq_read,
	.write = attribute_write,
};

void create_attributes(const struct attribute *attributes, size_t count)
{
	for (; count--; attributes++)
		if (IS_ERR(create_path(
			    attributes->path, S_IFREG | attributes->mode,
			    attributes->mode & 0222 ? &attribute_operations
						    : &seq_file_operations,
			    (void *)attributes)))
			panic("no memory for %s", attributes->path);
}
