/*
 * devices.c - the special files that are no terminal: /dev/null and its kin,
 * /dev/fd and what leads there; and the serial ports ttyS1 … ttyS3, which are
 * byte pipes to the host. Linux: drivers/char/mem.c.
 */
#include "abi/errno.h"
#include "dev/dev.h"
#include "fs/fs.h"
#include "lib/printk.h"
#include "mm/mm.h"
#include "proc/signal.h"
#include "proc/task.h"

#define CHUNK_SIZE 256 /* bytes between the program and us at once */

/* ── /dev/null and its kin ─────────────────────────────────────────────── */

static ssize_t null_read(struct file *file, char __user *buffer, size_t size,
			 loff_t *position)
{
	return 0;
}

static ssize_t null_write(struct file *file, const char __user *buffer,
			  size_t size, loff_t *position)
{
	return size;
}

static ssize_t zero_read(struct file *file, char __user *buffer, size_t size,
			 loff_t *position)
{
	size_t cleared = size - clear_user(buffer, size);

	return cleared || !size ? (ssize_t)cleared : -EFAULT;
}

/* Zeroes to share are a file's, zeroes of one's own nobody's. */
static struct inode *zero_mmap(struct file *file, unsigned long vm_flags,
			       size_t len)
{
	return vm_flags & VM_SHARED ? shmem_zero_setup(len, vm_flags) : NULL;
}

static ssize_t full_write(struct file *file, const char __user *buffer,
			  size_t size, loff_t *position)
{
	return -ENOSPC;
}

static ssize_t random_read(struct file *file, char __user *buffer, size_t size,
			   loff_t *position)
{
	return sys_getrandom(buffer, size, 0);
}

/* Linux: devlist[], major number 1 */
static const struct {
	const char *path;
	unsigned int minor;
	struct file_operations fop;
} devices[] = {
	{ "/dev/null", 3, { .read = null_read, .write = null_write } },
	{ "/dev/zero",
	  5,
	  { .read = zero_read, .write = null_write, .mmap = zero_mmap } },
	{ "/dev/full", 7, { .read = zero_read, .write = full_write } },
	{ "/dev/random", 8, { .read = random_read, .write = null_write } },
	{ "/dev/urandom", 9, { .read = random_read, .write = null_write } },
};

/* ── /dev/ttyS1 … /dev/ttyS3 ──────────────────────────────────────────── */

/*
 * Bytes come as the host has them, but a serial line has no end of file. So
 * 0xff announces one of two things, as with PARMRK in termios: 0xff 0xff is
 * the byte 0xff, 0xff 0x00 is the end. Output needs no such thing.
 */
#define MARK     0xff
#define MARK_END 0x00

static struct host_pipe {
	bool marked; /* the byte before was MARK */
	bool ended; /* end of file, for ever */
} host_pipes[NR_SERIAL];

/* The next byte of the stream, or -1: none now, or none any more. */
static int next_byte(struct host_pipe *pipe)
{
	int byte = pipe->ended ? -1 : serial_getc(pipe - host_pipes);

	if (byte == MARK && !pipe->marked) {
		pipe->marked = true;
		return next_byte(pipe);
	}
	if (byte >= 0 && pipe->marked) {
		pipe->marked = false;
		pipe->ended = byte == MARK_END;
	}
	return pipe->ended ? -1 : byte;
}

/* What is there, or, if that is nothing, what comes. */
static ssize_t pipe_read(struct file *file, char __user *buffer, size_t size,
			 loff_t *position)
{
	struct host_pipe *pipe = file->f_inode->i_private;
	char chunk[CHUNK_SIZE];
	size_t count = 0;

	size = min(size, sizeof(chunk));
	while (count < size) {
		int byte = next_byte(pipe);

		if (byte >= 0)
			chunk[count++] = byte;
		else if (count || pipe->ended)
			break;
		else if (serial_wait())
			return -ERESTARTSYS;
	}
	return copy_to_user(buffer, chunk, count) ? -EFAULT : (ssize_t)count;
}

static ssize_t pipe_write(struct file *file, const char __user *buffer,
			  size_t size, loff_t *position)
{
	const struct host_pipe *pipe = file->f_inode->i_private;
	char chunk[CHUNK_SIZE];
	size_t done = 0;

	while (done < size) {
		size_t count = min(size - done, sizeof(chunk));

		if (copy_from_user(chunk, buffer + done, count))
			return done ? (ssize_t)done : -EFAULT;
		serial_write(pipe - host_pipes, chunk, count);
		done += count;
	}
	return done;
}

static const struct file_operations pipe_operations = {
	.read = pipe_read,
	.write = pipe_write,
	.is_stream = true,
};

void devices_init(void)
{
	static char *const links[][2] = {
		{ "/dev/fd", "/proc/self/fd" },
		{ "/dev/stdin", "/proc/self/fd/0" },
		{ "/dev/stdout", "/proc/self/fd/1" },
		{ "/dev/stderr", "/proc/self/fd/2" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(devices); i++) {
		struct inode *inode = create_path(
			devices[i].path, S_IFCHR | 0666, &devices[i].fop, NULL);

		if (!IS_ERR(inode))
			inode->i_rdev = 1 << 8 | devices[i].minor;
	}
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		create_path(links[i][0], S_IFLNK | 0777, NULL, links[i][1]);
	for (unsigned int line = 1; line < NR_SERIAL; line++) {
		char path[sizeof("/dev/ttyS0")];

		if (!serial_present(line))
			continue;
		snprintf(path, sizeof(path), "/dev/ttyS%u", line);
		create_path(path, S_IFIFO | 0600, &pipe_operations,
			    &host_pipes[line]);
	}
}
