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

struct seq_file {
	size_t size; /* bytes of buffer */
	size_t count; /* bytes used; all of them: it did not fit */
	char buffer[];
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

/* Print the whole content, into twice the memory until it fits. */
static struct seq_file *seq_build(const struct inode *inode)
{
	const struct attribute *attribute = inode->i_private;
	struct task_struct *task = inode->i_pid ? find_task(inode->i_pid)
						: NULL;

	if (inode->i_pid && !task)
		return ERR_PTR(-ESRCH);
	if (!attribute->show && !attribute->number)
		return ERR_PTR(-EINVAL); /* it is there to be written */
	for (size_t size = PAGE_SIZE;; size *= 2) {
		struct seq_file *seq = kmalloc(size);

		if (!seq)
			return ERR_PTR(-ENOMEM);
		*seq = (struct seq_file){ .size = size - sizeof(*seq) };
		if (attribute->number)
			seq_printf(seq, "%ld\n", *attribute->number);
		else
			attribute->show(seq, task);
		if (seq->count < seq->size)
			return seq;
		kfree(seq);
	}
}

static int store(const struct attribute *attribute, const char *text)
{
	const char *end = text;
	long value = parse_long(&end);

	if (attribute->store)
		return attribute->store(text);
	if (!attribute->number)
		return -EIO; /* it is there to be read */
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

static void attribute_release(struct file *file)
{
	kfree(file->private_data);
	file->private_data = NULL;
}

static ssize_t attribute_read(struct file *file, char __user *buffer,
			      size_t size, loff_t *position)
{
	struct seq_file *seq = file->private_data;
	size_t left;

	if (!size)
		return 0;
	if (*position == 0 || !seq) {
		attribute_release(file);
		seq = seq_build(file->f_inode);
		if (IS_ERR(seq))
			return PTR_ERR(seq);
		file->private_data = seq;
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
	.release = attribute_release,
	.read = attribute_read,
	.write = attribute_write,
};

int create_attributes(struct inode *directory,
		      const struct attribute *attribute, size_t count)
{
	for (; count--; attribute++) {
		unsigned int kind = attribute->mode & S_IFMT ?: S_IFREG;
		const struct file_operations *fop = attribute->fop;
		struct inode *inode;

		if (!fop && S_ISREG(kind))
			fop = &attribute_operations;
		inode = new_inode(directory, attribute->name,
				  strlen(attribute->name),
				  kind | attribute->mode, fop, NULL);
		if (!inode)
			return -ENOMEM;
		inode->i_private = (void *)attribute;
		inode->i_populate = attribute->populate;
	}
	return 0;
}

void register_attributes(const char *path, const struct attribute *attributes,
			 size_t count)
{
	struct inode *directory = create_path(path, S_IFDIR | 0755, NULL, NULL);

	if (IS_ERR(directory) ||
	    create_attributes(directory, attributes, count))
		panic("no memory for %s", path);
}
