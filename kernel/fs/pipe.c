/*
 * pipe.c - pipes: bytes written at one end are read at the other, in order,
 * each once; with names, too (mkfifo). A ring of frames holds what is under
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

#define PIPE_BUF   4096UL /* bytes that are written in one piece, or not yet */
#define PIPE_PAGES 16
#define PIPE_SIZE  (PIPE_PAGES * PAGE_SIZE) /* bytes that fit */

struct pipe {
	struct page *pages[PIPE_PAGES]; /* the ring; NULL: not used yet */
	size_t head; /* where the oldest byte is */
	size_t count; /* bytes in it */
	unsigned int readers, writers; /* open files */
	unsigned int reader_opens, writer_opens; /* how often */
};

/* An end opened through /proc/self/fd may be both. */
static bool is_reader(const struct file *file)
{
	return (file->f_flags & O_ACCMODE) != O_WRONLY;
}

static bool is_writer(const struct file *file)
{
	return (file->f_flags & O_ACCMODE) != O_RDONLY;
}

/*
 * What is at POSITION of the ring, and in *SIZE how much of that lies in one
 * page. NULL: no memory. Where the program's side of such a piece is bad, none
 * of it counts, as on Linux.
 */
static char *pipe_slot(struct pipe *pipe, size_t position, size_t *size)
{
	size_t offset = position % PAGE_SIZE;
	struct page **page = &pipe->pages[position / PAGE_SIZE % PIPE_PAGES];

	*size = min(*size, PAGE_SIZE - offset);
	if (!*page)
		*page = alloc_page();
	return *page ? (char *)page_address(*page) + offset : NULL;
}

static ssize_t pipe_read(struct file *file, char __user *buffer, size_t size,
			 loff_t *position)
{
	struct pipe *pipe = file->f_inode->i_private;
	size_t done = 0;

	if (!size)
		return 0;
	while (!pipe->count) {
		if (!pipe->writers)
			return 0;
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		if (current->pending_signal)
			return -ERESTARTSYS;
		sleep_on(pipe);
	}
	while (done < size && pipe->count) {
		size_t chunk = min(size - done, pipe->count);
		const char *from = pipe_slot(pipe, pipe->head, &chunk);

		if (copy_to_user(buffer + done, from, chunk))
			break;
		pipe->head = (pipe->head + chunk) % PIPE_SIZE;
		pipe->count -= chunk;
		done += chunk;
	}
	if (!done)
		return -EFAULT;
	wake_up(pipe);
	return done;
}

/* Into the free part of the ring, as much as there is of both, or -errno. */
static ssize_t fill(struct pipe *pipe, const char __user *buffer, size_t size)
{
	size_t done = 0;

	size = min(size, PIPE_SIZE - pipe->count);
	while (done < size) {
		size_t chunk = size - done;
		char *to = pipe_slot(pipe, pipe->head + pipe->count, &chunk);

		if (!to || copy_from_user(to, buffer + done, chunk))
			return done ? (ssize_t)done : to ? -EFAULT : -ENOMEM;
		pipe->count += chunk;
		done += chunk;
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
		if (!pipe->readers) {
			send_signal(current, SIGPIPE, SI_USER);
			error = -EPIPE;
		} else if (PIPE_SIZE - pipe->count >= least) {
			ssize_t count = fill(pipe, buffer + done, size - done);

			error = min(count, 0);
			done += max(count, 0);
			wake_up(pipe);
			least = 1;
		} else if (file->f_flags & O_NONBLOCK) {
			error = -EAGAIN;
		} else if (current->pending_signal) {
			error = -ERESTARTSYS;
		} else {
			sleep_on(pipe);
		}
	}
	return done ? (ssize_t)done : error;
}

/* Linux: pipe_poll() */
static unsigned int pipe_poll(struct file *file)
{
	const struct pipe *pipe = file->f_inode->i_private;
	unsigned int events = 0;

	if (is_reader(file)) {
		if (pipe->count)
			events |= POLLIN | POLLRDNORM;
		if (!pipe->writers)
			events |= POLLHUP;
	}
	if (is_writer(file)) {
		if (PIPE_SIZE - pipe->count >= PIPE_BUF)
			events |= POLLOUT | POLLWRNORM;
		if (!pipe->readers)
			events |= POLLERR;
	}
	return events;
}

/* Nobody has it open any more: what was in it is gone. */
static void free_pipe(struct inode *inode)
{
	struct pipe *pipe = inode->i_private;

	for (size_t i = 0; i < PIPE_PAGES; i++)
		if (pipe->pages[i])
			put_page(pipe->pages[i]);
	kfree(pipe);
	inode->i_private = NULL;
}

static void pipe_release(struct file *file)
{
	struct pipe *pipe = file->f_inode->i_private;

	pipe->readers -= is_reader(file);
	pipe->writers -= is_writer(file);
	if (pipe->readers || pipe->writers)
		wake_up(pipe);
	else
		free_pipe(file->f_inode);
}

/*
 * One end waits until somebody has opened the other, be it closed again
 * meanwhile. Linux: fifo_open()
 */
static int pipe_open(struct file *file)
{
	struct inode *inode = file->f_inode;
	struct pipe *pipe = inode->i_private ?: kzalloc(sizeof(*pipe));
	bool named = inode->i_parent; /* by mkfifo, not from pipe() */
	unsigned int *others, *opens, before;
	int error = 0;

	if (!pipe)
		return -ENOMEM;
	inode->i_private = pipe;
	pipe->readers += is_reader(file);
	pipe->writers += is_writer(file);
	pipe->reader_opens += is_reader(file);
	pipe->writer_opens += is_writer(file);
	others = is_reader(file) ? &pipe->writers : &pipe->readers;
	opens = is_reader(file) ? &pipe->writer_opens : &pipe->reader_opens;
	before = *opens;
	wake_up(pipe);
	if (file->f_flags & O_NONBLOCK) {
		if (named && !pipe->readers)
			error = -ENXIO;
	} else {
		while (named && !*others && *opens == before && !error) {
			if (current->pending_signal)
				error = -ERESTARTSYS;
			else
				sleep_on(pipe);
		}
	}
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
	struct file *files[2];
	int fds[2];
	int error;

	if (flags & ~(unsigned int)(O_CLOEXEC | O_NONBLOCK))
		return -EINVAL;
	inode = alloc_inode("pipe", 4, S_IFIFO | 0600, NULL, NULL);
	if (!inode)
		return -ENOMEM;
	files[0] = open_inode(inode, O_RDONLY | (flags & O_NONBLOCK));
	files[1] = open_inode(inode, O_WRONLY | (flags & O_NONBLOCK));
	inode_put(inode);
	error = IS_ERR(files[0]) || IS_ERR(files[1]) ? -ENOMEM
						     : alloc_fd_pair(fds);
	if (!error)
		error = put_user(fds, fildes);
	for (int i = 0; i < 2; i++)
		if (!error)
			fd_install(fds[i], files[i], flags & O_CLOEXEC);
		else if (!IS_ERR(files[i]))
			fput(files[i]);
	return error;
}
