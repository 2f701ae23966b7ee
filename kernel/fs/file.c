/*
 * file.c - what a program has open: the table of descriptors in its
 * task_struct, and the system calls that go through it; and truncate(). Linux:
 * fs/file.c, fs/open.c, fs/read_write.c, fs/fcntl.c.
 */
#include "abi/errno.h"
#include "abi/misc.h"
#include "abi/poll.h"
#include "fs/fs.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/task.h"

#define MAX_LFS_FILESIZE ((loff_t)UINT32_MAX << PAGE_SHIFT)

/* Of F_SETFL's flags those that are changed; the others are passed over. */
#define SETFL_MASK (O_APPEND | O_NONBLOCK)

/* ── Open files ───────────────────────────────────────────────────────── */

/* With 1 added the mode is two bits; 3 is neither. Linux: OPEN_FMODE() */
bool may_read(const struct file *file)
{
	return (file->f_flags + 1) & 1;
}

bool may_write(const struct file *file)
{
	return (file->f_flags + 1) & 2;
}

/* One that has content of its own, not made by functions. */
static bool is_ramfs_file(const struct inode *inode)
{
	return S_ISREG(inode->i_mode) && inode->i_dev == RAMFS_DEV;
}

/* Do FLAGS go with what INODE is? 0 or -errno. */
static int may_open(const struct inode *inode, unsigned int flags)
{
	bool write = (flags & O_ACCMODE) != O_RDONLY || (flags & O_TRUNC);

	if ((flags & O_CREAT) && (flags & O_EXCL))
		return -EEXIST;
	if (S_ISDIR(inode->i_mode) && (write || (flags & O_CREAT)))
		return -EISDIR;
	if ((flags & O_DIRECTORY) && !S_ISDIR(inode->i_mode))
		return -ENOTDIR;
	if (S_ISLNK(inode->i_mode))
		return -ELOOP;
	if (write && !inode->i_fop->write)
		return -EACCES;
	return write && inode->i_writecount < 0 ? -ETXTBSY : 0;
}

struct file *open_inode(struct inode *inode, unsigned int flags)
{
	struct file *file;
	int error = 0;

	if (IS_ERR(inode))
		return (struct file *)inode;
	file = kzalloc(sizeof(*file));
	if (!file)
		return ERR_PTR(-ENOMEM);
	file->f_inode = inode;
	file->f_op = inode->i_fop;
	file->f_flags = flags;
	file->f_count = 1;
	inode_get(inode);
	if (file->f_op->open)
		error = file->f_op->open(file);
	if (error) {
		inode_put(inode);
		kfree(file);
		return ERR_PTR(error);
	}
	/* These told open() what to do; F_GETFL does not show them. */
	file->f_flags &= ~(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC);
	inode->i_writecount += may_write(file);
	return file;
}

/* A file that is new belongs to whoever asked, whatever FLAGS and MODE say. */
static struct inode *create_file(const struct nameidata *nd, unsigned int mode)
{
	if (!nd->parent->i_parent || nd->parent->i_dev != RAMFS_DEV)
		return ERR_PTR(-ENOENT);
	mode = S_IFREG | (mode & 07777 & ~current->umask);
	return new_inode(nd->parent, nd->name, nd->length, mode, NULL, NULL)
		       ?: ERR_PTR(-ENOMEM);
}

/* Linux: path_openat() */
static struct file *do_filp_open(int dfd, const char *path, unsigned int flags,
				 unsigned int mode)
{
	bool exclusive = (flags & O_CREAT) && (flags & O_EXCL);
	bool follow = !exclusive && !(flags & O_NOFOLLOW);
	struct nameidata nd;
	struct file *file;
	int error = path_lookup(dfd, path, follow ? LOOKUP_FOLLOW : 0, &nd);

	if (error)
		return ERR_PTR(error);
	if ((flags & O_CREAT) && nd.slash && last_is_name(&nd))
		return ERR_PTR(-EISDIR);
	if ((flags & O_CREAT) && nd.inode == ERR_PTR(-ENOENT))
		return open_inode(create_file(&nd, mode), flags);
	if (IS_ERR(nd.inode))
		return (struct file *)nd.inode;
	if (nd.slash && !S_ISDIR(nd.inode->i_mode))
		return ERR_PTR(-ENOTDIR);
	error = may_open(nd.inode, flags);
	if (error)
		return ERR_PTR(error);
	file = open_inode(nd.inode, flags);
	if (!IS_ERR(file) && (flags & O_TRUNC) && is_ramfs_file(nd.inode))
		ramfs_truncate(nd.inode, 0);
	return file;
}

struct file *filp_open(const char *path, unsigned int flags)
{
	return do_filp_open(AT_FDCWD, path, flags, 0);
}

struct file *file_get(struct file *file)
{
	BUG_ON(file->f_count <= 0);
	file->f_count++;
	return file;
}

void fput(struct file *file)
{
	BUG_ON(file->f_count <= 0);
	if (--file->f_count)
		return;
	if (file->f_op->release)
		file->f_op->release(file);
	file->f_inode->i_writecount -= may_write(file);
	inode_put(file->f_inode);
	kfree(file);
}

/* ── Descriptors ──────────────────────────────────────────────────────── */

/* Not counted up: only this task closes its files, and it is busy here. */
struct file *fget(unsigned int fd)
{
	return fd < NR_OPEN ? current->files[fd] : NULL;
}

struct inode *fd_inode(unsigned int fd)
{
	struct file *file = fget(fd);

	return file ? file->f_inode : ERR_PTR(-EBADF);
}

/* The lowest free descriptor from FROM on, or -EMFILE. */
static int alloc_fd(unsigned int from)
{
	for (unsigned int fd = from; fd < NR_OPEN; fd++)
		if (!current->files[fd])
			return fd;
	return -EMFILE;
}

static void set_close_on_exec(unsigned int fd, bool on)
{
	if (on)
		current->close_on_exec |= 1ULL << fd;
	else
		current->close_on_exec &= ~(1ULL << fd);
}

int fd_attach(struct file *file, unsigned int from, bool close_on_exec)
{
	int fd = IS_ERR(file) ? PTR_ERR(file) : alloc_fd(from);

	if (fd >= 0) {
		current->files[fd] = file;
		set_close_on_exec(fd, close_on_exec);
	} else if (!IS_ERR(file)) {
		fput(file);
	}
	return fd;
}

/* Descriptor FD is free again. */
static void close_fd(struct task_struct *task, unsigned int fd)
{
	struct file *file = task->files[fd];

	if (!file)
		return;
	task->files[fd] = NULL;
	locks_remove_posix(file);
	fput(file);
}

void close_files(struct task_struct *task)
{
	for (unsigned int fd = 0; fd < NR_OPEN; fd++)
		close_fd(task, fd);
	inode_put(task->cwd);
	task->cwd = NULL;
}

void close_on_exec(struct task_struct *task)
{
	for (unsigned int fd = 0; fd < NR_OPEN; fd++)
		if (task->close_on_exec >> fd & 1)
			close_fd(task, fd);
}

/* ── open, close ──────────────────────────────────────────────────────── */

/* Two paths at once are enough, for rename(); nobody sleeps over them. */
char *getname(const char __user *filename)
{
	static char names[2][PATH_MAX];
	static unsigned int turn;
	char *name = names[turn++ % 2];
	long length = strncpy_from_user(name, filename, PATH_MAX);

	if (length == 0)
		length = -ENOENT;
	else if (length == PATH_MAX)
		length = -ENAMETOOLONG;
	return length > 0 ? name : ERR_PTR(length);
}

long sys_openat(int dfd, const char __user *filename, unsigned int flags,
		unsigned int mode)
{
	if (alloc_fd(0) < 0)
		return -EMFILE; /* before a file is made, or cut */
	return fd_attach(do_filp_open(dfd, getname(filename), flags, mode), 0,
			 flags & O_CLOEXEC);
}

long sys_close(unsigned int fd)
{
	if (!fget(fd))
		return -EBADF;
	close_fd(current, fd);
	return 0;
}

/* ── read, write ──────────────────────────────────────────────────────── */

/*
 * At POSITION, which not all files have; or, NULL, at the file's own. What can
 * be opened can be read, and may_open() asked whether it can be written. Linux:
 * vfs_read(), vfs_write()
 */
static ssize_t vfs_rw(unsigned int fd, char __user *buffer, size_t count,
		      loff_t *position, bool write)
{
	struct file *file = fget(fd);

	if (!file)
		return -EBADF;
	if (position && file->f_op->is_stream)
		return -ESPIPE;
	if (write ? !may_write(file) : !may_read(file))
		return -EBADF;
	if (!access_ok(buffer, count))
		return -EFAULT;
	if ((ssize_t)count < 0)
		return -EINVAL;
	position = position ?: &file->f_pos;
	return write ? file->f_op->write(file, buffer, count, position)
		     : file->f_op->read(file, buffer, count, position);
}

long sys_read(unsigned int fd, char __user *buffer, size_t count)
{
	return vfs_rw(fd, buffer, count, NULL, false);
}

long sys_write(unsigned int fd, const char __user *buffer, size_t count)
{
	return vfs_rw(fd, (char __user *)buffer, count, NULL, true);
}

long do_pread_pwrite(unsigned int fd, char __user *buffer, size_t count,
		     loff_t position, int write)
{
	if (position < 0)
		return -EINVAL;
	return vfs_rw(fd, buffer, count, &position, write);
}

/* Would reading from FILE wait for somebody? */
static bool is_dry(struct file *file)
{
	return file->f_op->poll &&
	       !(file->f_op->poll(file) & (POLLIN | POLLHUP));
}

/*
 * readv(), writev(): one piece after the other, until one is not taken whole, or
 * there is nothing to be read now. Linux looks at all pieces before it begins
 * with the first.
 */
long do_readv_writev(unsigned int fd, const struct iovec __user *vec,
		     unsigned long vlen, int write)
{
	struct file *file = fget(fd);
	ssize_t total = 0;

	if (!file)
		return -EBADF;
	if (vlen > UIO_MAXIOV)
		return -EINVAL;
	for (; vlen; vlen--, vec++) {
		struct iovec piece;
		ssize_t done = get_user(piece, vec);

		if (!done && (ssize_t)(total + piece.iov_len) < 0)
			done = -EINVAL;
		if (!done)
			done = vfs_rw(fd, piece.iov_base, piece.iov_len, NULL,
				      write);
		if (done < 0)
			return total ?: done;
		total += done;
		if ((size_t)done < piece.iov_len ||
		    (total && !write && is_dry(file)))
			break;
	}
	return total;
}

/* ── truncate, fsync ──────────────────────────────────────────────────── */

/* Of INODE, which may be an ERR_PTR. Linux: vfs_truncate() */
static long do_truncate(struct inode *inode, loff_t length)
{
	if (length < 0)
		return -EINVAL;
	if (IS_ERR(inode))
		return PTR_ERR(inode);
	if (!is_ramfs_file(inode))
		return S_ISDIR(inode->i_mode) ? -EISDIR : -EINVAL;
	if (inode->i_writecount < 0)
		return -ETXTBSY;
	if (length > MAX_LFS_FILESIZE)
		return -EFBIG;
	ramfs_truncate(inode, length);
	return 0;
}

long sys_truncate64(const char __user *path, loff_t length)
{
	return do_truncate(user_path_at(AT_FDCWD, path, 0), length);
}

long sys_ftruncate64(unsigned int fd, loff_t length)
{
	struct file *file = fget(fd);

	if (file && !may_write(file))
		return -EINVAL;
	return do_truncate(fd_inode(fd), length);
}

/* All is in memory, where it stays. Pipes and terminals know no fsync(). */
long sys_fsync(unsigned int fd)
{
	struct inode *inode = fd_inode(fd);

	if (IS_ERR(inode))
		return PTR_ERR(inode);
	return S_ISREG(inode->i_mode) || S_ISDIR(inode->i_mode) ? 0 : -EINVAL;
}

/* ── lseek ────────────────────────────────────────────────────────────── */

/* How long the files of /proc and /sys are is known only while they are read. */
loff_t seek_base(const struct file *file, unsigned int whence)
{
	switch (whence) {
	case SEEK_SET:
		return 0;
	case SEEK_CUR:
		return file->f_pos;
	case SEEK_END:
		if (file->f_inode->i_dev != PROC_DEV)
			return file->f_inode->i_size;
	}
	return -EINVAL;
}

static loff_t vfs_llseek(unsigned int fd, loff_t offset, unsigned int whence)
{
	struct file *file = fget(fd);
	loff_t base = file ? seek_base(file, whence) : -EBADF;

	if (base < 0)
		return base;
	if (file->f_op->is_stream)
		return -ESPIPE;
	if (__builtin_add_overflow(base, offset, &offset) || offset < 0 ||
	    offset > MAX_LFS_FILESIZE)
		return -EINVAL;
	file->f_pos = offset;
	return offset;
}

/* A position that 31 bits cannot tell has been reached all the same. */
long sys_lseek(unsigned int fd, long offset, unsigned int whence)
{
	loff_t position = vfs_llseek(fd, offset, whence);

	return position > INT32_MAX ? -EOVERFLOW : (long)position;
}

long sys_llseek(unsigned int fd, unsigned long offset_high,
		unsigned long offset_low, loff_t __user *result,
		unsigned int whence)
{
	uint64_t offset = (uint64_t)offset_high << 32 | offset_low;
	loff_t position = vfs_llseek(fd, (loff_t)offset, whence);

	if (position < 0)
		return position;
	return put_user(position, result);
}

/* ── ioctl, fcntl, dup ────────────────────────────────────────────────── */

long sys_ioctl(unsigned int fd, unsigned int cmd, unsigned long arg)
{
	struct file *file = fget(fd);

	if (!file)
		return -EBADF;
	if (!file->f_op->ioctl)
		return -ENOTTY;
	return file->f_op->ioctl(file, cmd, arg);
}

long sys_fcntl64(unsigned int fd, unsigned int cmd, unsigned long arg)
{
	struct file *file = fget(fd);

	if (!file)
		return -EBADF;
	switch (cmd) {
	case F_DUPFD:
	case F_DUPFD_CLOEXEC:
		if (arg >= NR_OPEN)
			return -EINVAL;
		return fd_attach(file_get(file), arg, cmd == F_DUPFD_CLOEXEC);
	case F_GETFD:
		return current->close_on_exec >> fd & 1 ? FD_CLOEXEC : 0;
	case F_SETFD:
		set_close_on_exec(fd, arg & FD_CLOEXEC);
		return 0;
	case F_GETFL:
		return file->f_flags;
	case F_SETFL:
		file->f_flags = (file->f_flags & ~SETFL_MASK) |
				(arg & SETFL_MASK);
		return 0;
	case F_GETLK ... F_SETLKW:
	case F_GETLK64 ... F_SETLKW64:
		return fcntl_lock(file, cmd, (void __user *)arg);
	}
	return -EINVAL;
}

long sys_dup3(unsigned int oldfd, unsigned int newfd, unsigned int flags)
{
	struct file *file = fget(oldfd);

	if ((flags & ~(unsigned int)O_CLOEXEC) || oldfd == newfd)
		return -EINVAL;
	if (!file || newfd >= NR_OPEN)
		return -EBADF;
	close_fd(current, newfd);
	return fd_attach(file_get(file), newfd, flags & O_CLOEXEC);
}

long sys_dup2(unsigned int oldfd, unsigned int newfd)
{
	if (oldfd == newfd)
		return fget(oldfd) ? (long)newfd : -EBADF;
	return sys_dup3(oldfd, newfd, 0);
}
