/*
 * pipe.c - pipes: bytes written at one end are read at the other, in order,
 * each once; with names, too (mkfifo). A ring of 64 KiB holds what is under
 * way; who finds it empty, or full, sleeps until the other side has done
 * something. Linux: fs/pipe.c.
 *
 *     head ──→ ┌──────┬──────┬─────────────┐
 *              │ read │ next to be read …  │ ←── head + count: next to write
 *              └──────┴──────┴─────────────┘
 */
#include "abi/errno.h"
#include "abi/misc.h"
#include "abi/poll.h"
#include "fs/fs.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/signal.h"
#include "proc/task.h"

#define PIPE_BUF  4096UL /* bytes that are written in one piece, or not yet */
#define PIPE_SIZE 65536UL /* bytes that fit */

struct pipe {
	char *ring;
	size_t head; /* where the oldest byte is */
	size_t count; /* bytes in it */
	unsigned int readers, writers; /* open files */
	unsigned int reader_opens, writer_opens; /* how often */
};

/* For the other side to do something. 0, -EAGAIN or -ERESTARTSYS. */
static int pipe_wait(const struct file *file, struct pipe *pipe)
{
	return file->f_flags & O_NONBLOCK ? -EAGAIN : sleep_on(pipe);
}

/* Where the ring ends a piece ends, of which all counts, or nothing. */
static ssize_t pipe_read(struct file *file, char __user *buffer, size_t size,
			 loff_t *position)
{
	struct pipe *pipe = file->f_inode->i_private;
	size_t done = 0;

	while (size && !pipe->count && pipe->writers) {
		int error = pipe_wait(file, pipe);

		if (error)
			return error;
	}
	while (done < size && pipe->count) {
		size_t piece = min(size - done, pipe->count);

		piece = min(piece, PIPE_SIZE - pipe->head);
		if (copy_to_user(buffer + done, pipe->ring + pipe->head, piece))
			return done ? (ssize_t)done : -EFAULT;
		pipe->head = (pipe->head + piece) % PIPE_SIZE;
		pipe->count -= piece;
		done += piece;
		wake_up(pipe);
	}
	return done;
}

static ssize_t pipe_write(struct file *file, const char __user *buffer,
			  size_t size, loff_t *position)
{
	struct pipe *pipe = file->f_inode->i_private;
	size_t least = size <= PIPE_BUF ? size : 1; /* to be written at once */
	size_t done = 0;
	ssize_t error = 0;

	while (done < size && !error) {
		size_t tail = (pipe->head + pipe->count) % PIPE_SIZE;
		size_t room = PIPE_SIZE - pipe->count;
		size_t piece = min(size - done, min(room, PIPE_SIZE - tail));

		if (!pipe->readers) {
			send_signal(current, SIGPIPE, SI_USER);
			error = -EPIPE;
		} else if (room < least) {
			error = pipe_wait(file, pipe);
		} else if (copy_from_user(pipe->ring + tail, buffer + done,
					  piece)) {
			error = -EFAULT;
		} else {
			pipe->count += piece;
			done += piece;
			least = 1;
			wake_up(pipe);
		}
	}
	return done ? (ssize_t)done : error;
}

/* Linux: pipe_poll() */
static unsigned int pipe_poll(struct file *file)
{
	const struct pipe *pipe = file->f_inode->i_private;
	unsigned int events = 0;

	if (may_read(file)) {
		if (pipe->count)
			events |= POLLIN | POLLRDNORM;
		if (!pipe->writers)
			events |= POLLHUP;
	}
	if (may_write(file)) {
		if (PIPE_SIZE - pipe->count >= PIPE_BUF)
			events |= POLLOUT | POLLWRNORM;
		if (!pipe->readers)
			events |= POLLERR;
	}
	return events;
}

/* Nobody has it open any more: what was in it is gone. */
static void pipe_release(struct file *file)
{
	struct pipe *pipe = file->f_inode->i_private;

	pipe->readers -= may_read(file);
	pipe->writers -= may_write(file);
	if (pipe->readers || pipe->writers) {
		wake_up(pipe);
		return;
	}
	file->f_inode->i_private = NULL;
	kfree(pipe->ring);
	kfree(pipe);
}

static struct pipe *alloc_pipe(void)
{
	struct pipe *pipe = kzalloc(sizeof(*pipe));

	if (pipe)
		pipe->ring = kmalloc(PIPE_SIZE);
	if (pipe && pipe->ring)
		return pipe;
	kfree(pipe);
	return NULL;
}

/*
 * One end of a pipe made by mkfifo waits until somebody has opened the other,
 * be it closed again meanwhile. Linux: fifo_open()
 */
static int pipe_open(struct file *file)
{
	bool reader = may_read(file), writer = may_write(file);
	struct inode *inode = file->f_inode;
	struct pipe *pipe;
	unsigned int *opens, before;
	bool alone;
	int error = 0;

	if (!reader && !writer)
		return -EINVAL;
	pipe = inode->i_private ?: alloc_pipe();
	if (!pipe)
		return -ENOMEM;
	inode->i_private = pipe;
	pipe->readers += reader;
	pipe->writers += writer;
	pipe->reader_opens += reader;
	pipe->writer_opens += writer;
	wake_up(pipe);
	alone = inode->i_parent && !(reader ? pipe->writers : pipe->readers);
	opens = reader ? &pipe->writer_opens : &pipe->reader_opens;
	before = *opens;
	if (alone && (file->f_flags & O_NONBLOCK))
		error = reader ? 0 : -ENXIO;
	else
		while (alone && *opens == before && !error)
			error = sleep_on(pipe);
	if (error)
		pipe_release(file);
	return error;
}

const struct file_operations pipefifo_fops = {
	.open = pipe_open,
	.release = pipe_release,
	.read = pipe_read,
	.write = pipe_write,
	.poll = pipe_poll,
	.is_stream = true,
};

long sys_pipe2(int __user *fildes, unsigned int flags)
{
	struct inode *inode; /* outside the tree, and the files' */
	int fds[2];
	int error;

	if (flags & ~(unsigned int)(O_CLOEXEC | O_NONBLOCK))
		return -EINVAL;
	inode = alloc_inode("", 0, S_IFIFO | 0600, NULL, NULL);
	if (!inode)
		return -ENOMEM;
	snprintf(inode->i_name, sizeof(inode->i_name), "pipe:[%lu]",
		 inode->i_ino);
	for (int end = O_RDONLY; end <= O_WRONLY; end++)
		fds[end] =
			fd_attach(open_inode(inode, end | (flags & O_NONBLOCK)),
				  0, flags & O_CLOEXEC);
	inode_put(inode);
	error = min(fds[0], fds[1]);
	if (error >= 0)
		error = put_user(fds, fildes);
	if (error) {
		sys_close(fds[0]);
		sys_close(fds[1]);
	}
	return error;
}
