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

#define TEXT_SIZE 16384 /* bytes that a program may write at once, with NUL */

struct seq_file {
	const struct inode *inode; /* the file */
	seq_show_t show;
	char *buffer;
	size_t size; /* bytes of buffer */
	size_t count; /* bytes used; all of them: it did not fit */
};

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

const struct inode *seq_inode(const struct seq_file *seq)
{
	return seq->inode;
}

size_t seq_tell(const struct seq_file *seq)
{
	return seq->count;
}

void seq_pad(struct seq_file *seq, size_t start, size_t width)
{
	while (seq->count < start + width && seq->count < seq->size)
		seq->buffer[seq->count++] = ' ';
}

/* Print the whole content, into twice the memory until it fits. */
static int seq_build(struct seq_file *seq)
{
	size_t size = seq->size ? seq->size : PAGE_SIZE;
	int error;

	for (;; size *= 2) {
		seq->count = 0;
		if (size != seq->size) {
			kfree(seq->buffer);
			seq->buffer = kmalloc(size);
			seq->size = seq->buffer ? size : 0;
		}
		error = seq->buffer ? seq->show(seq) : -ENOMEM;
		if (error)
			seq->count = 0;
		if (error || seq->count < seq->size)
			return error;
	}
}

static int single_open(struct file *file, seq_show_t show)
{
	struct seq_file *seq = kzalloc(sizeof(*seq));

	if (!seq)
		return -ENOMEM;
	seq->inode = file->f_inode;
	seq->show = show;
	file->private_data = seq;
	return 0;
}

static int seq_open(struct file *file)
{
	return single_open(file, (seq_show_t)file->f_inode->i_private);
}

static void seq_release(struct file *file)
{
	struct seq_file *seq = file->private_data;

	kfree(seq->buffer);
	kfree(seq);
}

ssize_t seq_read(struct file *file, char __user *buffer, size_t size,
		 loff_t *position)
{
	struct seq_file *seq = file->private_data;
	size_t left;
	int error;

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

/* Where it ends is known only while it is read: no SEEK_END, as on Linux. */
loff_t seq_lseek(struct file *file, loff_t offset, int whence)
{
	if (whence == SEEK_END)
		return -EINVAL;
	return generic_file_llseek(file, offset, whence);
}

const struct file_operations seq_file_operations = {
	.open = seq_open,
	.release = seq_release,
	.read = seq_read,
	.llseek = seq_lseek,
};

/* ── Attributes ───────────────────────────────────────────────────────── */

static int attribute_open(struct file *file)
{
	const struct attribute *attribute = file->f_inode->i_private;
	bool write = (file->f_flags & O_ACCMODE) != O_RDONLY;

	if (write && file->f_flags & O_TRUNC && attribute->truncate)
		attribute->truncate();
	return single_open(file, attribute->show);
}

/* The text may be static, as copy_from_user() does not sleep. */
static ssize_t attribute_write(struct file *file, const char __user *buffer,
			       size_t size, loff_t *position)
{
	static char text[TEXT_SIZE];
	const struct attribute *attribute = file->f_inode->i_private;
	size_t length = size;
	int error;

	if (size >= sizeof(text) || !attribute->store)
		return -EINVAL;
	if (copy_from_user(text, buffer, size))
		return -EFAULT;
	while (length && (text[length - 1] == '\n' || text[length - 1] == ' '))
		length--;
	text[length] = '\0';
	error = attribute->store(attribute, text);
	return error ? error : (ssize_t)size;
}

static const struct file_operations attribute_operations = {
	.open = attribute_open,
	.release = seq_release,
	.read = seq_read,
	.write = attribute_write,
	.llseek = seq_lseek,
};

void create_attributes(const struct attribute *attributes, size_t count)
{
	for (; count--; attributes++)
		if (IS_ERR(create_path(
			    attributes->path, S_IFREG | attributes->mode,
			    &attribute_operations, (void *)attributes)))
			panic("no memory for %s", attributes->path);
}
