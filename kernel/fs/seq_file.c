/*
 * seq_file.c - files whose content a function prints into memory, from where
 * read() hands it out: all of /proc. Linux: fs/seq_file.c, single_open().
 */
#include "abi/errno.h"
#include "fs/fs.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/mm.h"

struct seq_file {
	const struct inode *inode; /* the file */
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

static int seq_resize(struct seq_file *seq, size_t size)
{
	kfree(seq->buffer);
	seq->size = 0;
	seq->count = 0;
	seq->buffer = kmalloc(size);
	if (!seq->buffer)
		return -ENOMEM;
	seq->size = size;
	return 0;
}

/* Print the whole content, into twice the memory until it fits. */
static int seq_build(struct seq_file *seq, seq_show_t show)
{
	int error = seq->buffer ? 0 : seq_resize(seq, PAGE_SIZE);

	while (!error) {
		seq->count = 0;
		error = show(seq);
		if (error)
			seq->count = 0;
		else if (seq->count < seq->size)
			return 0;
		else
			error = seq_resize(seq, 2 * seq->size);
	}
	return error;
}

int seq_open(struct file *file)
{
	struct seq_file *seq = kzalloc(sizeof(*seq));

	if (!seq)
		return -ENOMEM;
	seq->inode = file->f_inode;
	file->private_data = seq;
	return 0;
}

void seq_release(struct file *file)
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
		error = seq_build(seq, (seq_show_t)file->f_inode->i_private);
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
