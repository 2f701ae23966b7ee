/*
 * pipe.c - pipes: bytes written at one end are read at the other, in order,
 * each once. A ring of frames holds what is under way; who finds it empty, or
 * full, sleeps until the other side has done something. Linux: fs/pipe.c.
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
#define PIPE_SIZE PAGE_SIZE /* bytes that fit */

struct pipe {
	char *ring;
	size_t head; /* where the oldest byte is */
	size_t count; /* bytes in it */
	unsigned int readers, writers; /* open files */
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

/* Of SIZE bytes at POSITION of the ring: those before it begins anew. Where
 * the program's side of such a piece is bad, none of it counts, as on Linux. */
static size_t contiguous(size_t position, size_t size)
{
	return min(size, PIPE_SIZE - position);
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
		size_t chunk =
			contiguous(pipe->head, min(size - done, pipe->count));

		if (copy_to_user(buffer + done, pipe->ring + pipe->head, chunk))
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

/* Into the free part of the ring, as much as there is of both. */
static size_t fill(struct pipe *pipe, const char __user *buffer, size_t size)
{
	size_t done = 0;

	size = min(size, PIPE_SIZE - pipe->count);
	while (done < size) {
		size_t tail = (pipe->head + pipe->count) % PIPE_SIZE;
		size_t chunk = contiguous(tail, size - done);

		if (copy_from_user(pipe->ring + tail, buffer + done, chunk))
			break;
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
			size_t count = fill(pipe, buffer + done, size - done);

			done += count;
			if (count)
				wake_up(pipe);
			else
				error = -EFAULT;
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

static int pipe_ioctl(struct file *file, unsigned int command,
		      unsigned long argument)
{
	const struct pipe *pipe = file->f_inode->i_private;
	int count = pipe->count;

	if (command != FIONREAD)
		return -ENOTTY;
	return copy_to_user((void __user *)argument, &count, sizeof(count))
		       ? -EFAULT
		       : 0;
}

static void free_pipe(struct pipe *pipe)
{
	if (pipe->ring)
		put_page(virt_to_page(pipe->ring));
	kfree(pipe);
}

static int pipe_open(struct file *file)
{
	struct pipe *pipe = file->f_inode->i_private;

	pipe->readers += is_reader(file);
	pipe->writers += is_writer(file);
	return 0;
}

static void pipe_release(struct file *file)
{
	struct pipe *pipe = file->f_inode->i_private;

	pipe->readers -= is_reader(file);
	pipe->writers -= is_writer(file);
	if (pipe->readers || pipe->writers)
		wake_up(pipe);
	else
		free_pipe(pipe);
}

static const struct file_operations pipe_operations = {
	.open = pipe_open,
	.release = pipe_release,
	.read = pipe_read,
	.write = pipe_write,
	.poll = pipe_poll,
	.ioctl = pipe_ioctl,
};

/* An inode outside the tree, with an empty pipe. NULL: no memory. */
static struct inode *create_pipe_inode(void)
{
	struct pipe *pipe = kzalloc(sizeof(*pipe));
	struct page *page = alloc_page();
	struct inode *inode =
		alloc_inode("pipe", 4, S_IFIFO | 0600, &pipe_operations, pipe);

	if (pipe && page && inode) {
		pipe->ring = page_address(page);
		return inode;
	}
	if (inode)
		inode_put(inode);
	if (page)
		put_page(page);
	kfree(pipe);
	return NULL;
}

/* Both ends into FILES. The inode is theirs. 0 or -ENOMEM. */
static int create_pipe_files(struct file **files, unsigned int flags)
{
	struct inode *inode = create_pipe_inode();

	if (!inode)
		return -ENOMEM;
	files[0] = open_inode(inode, O_RDONLY | flags);
	if (IS_ERR(files[0])) {
		free_pipe(inode->i_private);
		inode_put(inode);
		return PTR_ERR(files[0]);
	}
	files[1] = open_inode(inode, O_WRONLY | flags);
	inode_put(inode);
	if (!IS_ERR(files[1]))
		return 0;
	fput(files[0]);
	return PTR_ERR(files[1]);
}

long sys_pipe2(int __user *fildes, unsigned int flags)
{
	struct file *files[2];
	int fds[2];
	int error;

	if (flags & ~(unsigned int)(O_CLOEXEC | O_NONBLOCK))
		return -EINVAL;
	error = create_pipe_files(files, flags & O_NONBLOCK);
	if (error)
		return error;
	error = alloc_fd_pair(fds);
	if (!error && copy_to_user(fildes, fds, sizeof(fds)))
		error = -EFAULT;
	if (error) {
		fput(files[0]);
		fput(files[1]);
		return error;
	}
	fd_install(fds[0], files[0], flags & O_CLOEXEC);
	fd_install(fds[1], files[1], flags & O_CLOEXEC);
	return 0;
}

long sys_pipe(int __user *fildes)
{
	return sys_pipe2(fildes, 0);
}
