/*
 * fail_page_alloc.c - make frame allocations fail on purpose, to see whether
 * everybody who asks for a frame can live without. As on Linux:
 *
 *     fail_page_alloc=<interval>,<probability>,<space>,<times>
 *
 * on the command line: of the allocations, those after <space> bytes have been
 * given, every <interval>-th fails, <times> times (-1: no limit). Probability
 * is 0 (off) or 100: nothing here is random. So 7,100,0,1 fails exactly the
 * seventh. The same four are files under /sys/kernel/debug/fail_page_alloc.
 * The boot's own allocations are spared. Linux: lib/fault-inject.c.
 */
#include "abi/errno.h"
#include "fs/fs.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/fail_page_alloc.h"
#include "mm/mm.h"
#include "proc/task.h"

#define MAX_DIGITS 12

bool fail_page_alloc_enabled;

static struct {
	long interval, probability, space, times;
} attr = { .interval = 1, .times = 1 };

static unsigned long count; /* allocations, since an attribute was set */

bool should_fail_alloc_page(unsigned int order)
{
	long size = PAGE_SIZE << order;

	if (current == &init_task || attr.times == 0)
		return false;
	if (attr.space > size) {
		attr.space -= size;
		return false;
	}
	count++;
	if (attr.interval > 1 && count % attr.interval)
		return false;
	if (attr.times > 0)
		attr.times--;
	return true;
}

/* A number at *TEXT, which moves behind it. */
static long parse_number(const char **text)
{
	bool negative = **text == '-';
	long value = 0;

	if (negative)
		(*text)++;
	for (; **text >= '0' && **text <= '9'; (*text)++)
		value = value * 10 + (**text - '0');
	return negative ? -value : value;
}

static void attributes_changed(void)
{
	count = 0;
	fail_page_alloc_enabled = attr.probability > 0;
}

void setup_fail_page_alloc(const char *text)
{
	long *const fields[] = { &attr.interval, &attr.probability, &attr.space,
				 &attr.times };

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		*fields[i] = parse_number(&text);
		if (*text == ',')
			text++;
	}
	attributes_changed();
}

/* ── /sys/kernel/debug/fail_page_alloc ────────────────────────────────── */

static ssize_t attribute_read(struct file *file, char __user *buffer,
			      size_t size, loff_t *position)
{
	const long *value = file->f_inode->i_private;
	char text[MAX_DIGITS + 2];
	size_t length = snprintf(text, sizeof(text), "%ld\n", *value);

	if (*position >= (loff_t)length)
		return 0;
	size = min(size, length - (size_t)*position);
	if (copy_to_user(buffer, text + *position, size))
		return -EFAULT;
	*position += size;
	return size;
}

static ssize_t attribute_write(struct file *file, const char __user *buffer,
			       size_t size, loff_t *position)
{
	char text[MAX_DIGITS + 1] = "";
	const char *end = text;
	long value;

	if (size > MAX_DIGITS || !size)
		return -EINVAL;
	if (copy_from_user(text, buffer, size))
		return -EFAULT;
	value = parse_number(&end);
	if (*end && *end != '\n')
		return -EINVAL;
	*(long *)file->f_inode->i_private = value;
	attributes_changed();
	return size;
}

static const struct file_operations attribute_operations = {
	.llseek = generic_file_llseek,
	.read = attribute_read,
	.write = attribute_write,
};

void fail_page_alloc_init(void)
{
	static const struct {
		const char *name;
		long *value;
	} files[] = {
		{ "/sys/kernel/debug/fail_page_alloc/interval",
		  &attr.interval },
		{ "/sys/kernel/debug/fail_page_alloc/probability",
		  &attr.probability },
		{ "/sys/kernel/debug/fail_page_alloc/space", &attr.space },
		{ "/sys/kernel/debug/fail_page_alloc/times", &attr.times },
	};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		create_path(files[i].name, S_IFREG | 0600,
			    &attribute_operations, files[i].value);
}
