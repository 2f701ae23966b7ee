/*
 * file.c - what a program has open: the table of descriptors in its
 * task_struct, and the system calls that go through it. Linux: fs/file.c,
 * fs/open.c, fs/read_write.c, fs/fcntl.c, fs/stat.c, whose order of checks
 * decides which error a call with two mistakes gets.
 */
#include "abi/errno.h"
#include "abi/misc.h"
#include "fs/fs.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/task.h"

#define MAX_RW_COUNT     0x7ffff000UL /* bytes of one read() or write() */
#define MAX_LFS_FILESIZE ((loff_t)UINT32_MAX << PAGE_SHIFT)
#define UIO_FASTIOV      8 /* as many need no memory */

/* Of F_SETFL's flags those that are changed; the others are passed over. */
#define SETFL_MASK (O_APPEND | O_NONBLOCK)

/* ── Open files ───────────────────────────────────────────────────────── */

static bool may_read(const struct file *file)
{
	unsigned int mode = file->f_flags & O_ACCMODE;

	return mode == O_RDONLY || mode == O_RDWR;
}

static bool may_write(const struct file *file)
{
	unsigned int mode = file->f_flags & O_ACCMODE;

	return mode == O_WRONLY || mode == O_RDWR;
}

/* Do FLAGS go with what INODE is? 0 or -errno. */
static int may_open(const struct inode *inode, unsigned int flags)
{
	bool write = (flags & O_ACCMODE) != O_RDONLY || (flags & O_TRUNC);

	if ((flags & O_CREAT) && (flags & O_EXCL))
		return -EEXIST;
	if ((flags & O_CREAT) && S_ISDIR(inode->i_mode))
		return -EISDIR;
	if ((flags & O_DIRECTORY) && !S_ISDIR(inode->i_mode))
		return -ENOTDIR;
	if (write && S_ISDIR(inode->i_mode))
		return -EISDIR;
	if (write && !inode->i_fop->write)
		return -EROFS;
	return 0;
}

/* Nothing is at PATH: why O_CREAT cannot make it. */
static int may_create(const char *path)
{
	struct inode *parent = lookup_parent(path);

	if (IS_ERR(parent))
		return PTR_ERR(parent);
	return path[strlen(path) - 1] == '/' ? -EISDIR : -EROFS;
}

static struct file *open_inode(struct inode *inode, unsigned int flags)
{
	struct file *file = kzalloc(sizeof(*file));
	int error = 0;

	if (!file)
		return ERR_PTR(-ENOMEM);
	file->f_inode = inode;
	file->f_op = inode->i_fop;
	file->f_flags = flags;
	file->f_count = 1;
	if (file->f_op->open)
		error = file->f_op->open(file);
	if (error) {
		kfree(file);
		return ERR_PTR(error);
	}
	/* These told open() what to do; F_GETFL does not show them. */
	file->f_flags &= ~(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC);
	inode_get(inode);
	return file;
}

struct file *filp_open(const char *path, unsigned int flags)
{
	struct inode *inode = lookup(path);
	int error;

	if (inode == ERR_PTR(-ENOENT) && *path && (flags & O_CREAT))
		return ERR_PTR(may_create(path));
	if (IS_ERR(inode))
		return ERR_PTR(PTR_ERR(inode));
	error = may_open(inode, flags);
	if (error)
		return ERR_PTR(error);
	return open_inode(inode, flags);
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
	inode_put(file->f_inode);
	kfree(file);
}

/* ── Descriptors ──────────────────────────────────────────────────────── */

/* Not counted up: only this task closes its files, and it is busy here. */
static struct file *fget(unsigned int fd)
{
	return fd < NR_OPEN ? current->files[fd] : NULL;
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

static void fd_install(unsigned int fd, struct file *file, bool close_on_exec)
{
	current->files[fd] = file;
	set_close_on_exec(fd, close_on_exec);
}

void close_files(struct task_struct *task)
{
	for (unsigned int fd = 0; fd < NR_OPEN; fd++) {
		if (task->files[fd])
			fput(task->files[fd]);
		task->files[fd] = NULL;
	}
	task->close_on_exec = 0;
}

void close_on_exec(struct task_struct *task)
{
	for (unsigned int fd = 0; fd < NR_OPEN; fd++) {
		if (!(task->close_on_exec >> fd & 1))
			continue;
		fput(task->files[fd]);
		task->files[fd] = NULL;
	}
	task->close_on_exec = 0;
}

/* ── open, close ──────────────────────────────────────────────────────── */

char *getname(const char __user *filename)
{
	char *name = kmalloc(PATH_MAX);
	long length;

	if (!name)
		return ERR_PTR(-ENOMEM);
	length = strncpy_from_user(name, filename, PATH_MAX);
	if (length == 0)
		length = -ENOENT;
	else if (length == PATH_MAX)
		length = -ENAMETOOLONG;
	if (length > 0)
		return name;
	kfree(name);
	return ERR_PTR(length);
}

/* MODE is for files that O_CREAT makes: none so far. */
long sys_open(const char __user *filename, unsigned int flags,
	      unsigned int mode)
{
	char *name = getname(filename);
	struct file *file;
	int fd;

	(void)mode;
	if (IS_ERR(name))
		return PTR_ERR(name);
	fd = alloc_fd(0);
	if (fd >= 0) {
		file = filp_open(name, flags);
		if (IS_ERR(file))
			fd = PTR_ERR(file);
		else
			fd_install(fd, file, flags & O_CLOEXEC);
	}
	kfree(name);
	return fd;
}

long sys_close(unsigned int fd)
{
	struct file *file = fget(fd);

	if (!file)
		return -EBADF;
	fd_install(fd, NULL, false);
	fput(file);
	return 0;
}

/* ── read, write ──────────────────────────────────────────────────────── */

static int rw_verify_area(const void __user *buffer, size_t count)
{
	if (!access_ok(buffer, count))
		return -EFAULT;
	if ((ssize_t)count < 0)
		return -EINVAL;
	return 0;
}

static ssize_t vfs_read(struct file *file, char __user *buffer, size_t count)
{
	int error;

	if (!may_read(file))
		return -EBADF;
	if (!file->f_op->read)
		return -EINVAL;
	error = rw_verify_area(buffer, count);
	if (error)
		return error;
	return file->f_op->read(file, buffer, min(count, MAX_RW_COUNT),
				&file->f_pos);
}

static ssize_t vfs_write(struct file *file, const char __user *buffer,
			 size_t count)
{
	int error;

	if (!may_write(file))
		return -EBADF;
	if (!file->f_op->write)
		return -EINVAL;
	error = rw_verify_area(buffer, count);
	if (error)
		return error;
	return file->f_op->write(file, buffer, min(count, MAX_RW_COUNT),
				 &file->f_pos);
}

long sys_read(unsigned int fd, char __user *buffer, size_t count)
{
	struct file *file = fget(fd);

	return file ? vfs_read(file, buffer, count) : -EBADF;
}

long sys_write(unsigned int fd, const char __user *buffer, size_t count)
{
	struct file *file = fget(fd);

	return file ? vfs_write(file, buffer, count) : -EBADF;
}

/*
 * Fetch the COUNT pieces of VEC and look at all before any is written: a bad
 * one spoils the call. Together they are at most MAX_RW_COUNT; what is beyond
 * is cut off. Linux: import_iovec().
 */
static int import_iovec(struct iovec *iov, const struct iovec __user *vec,
			unsigned long count)
{
	size_t total = 0;

	if (copy_from_user(iov, vec, count * sizeof(*iov)))
		return -EFAULT;
	for (unsigned long i = 0; i < count; i++)
		if ((ssize_t)iov[i].iov_len < 0)
			return -EINVAL;
	for (unsigned long i = 0; i < count; i++) {
		if (!access_ok(iov[i].iov_base, iov[i].iov_len))
			return -EFAULT;
		iov[i].iov_len = min(iov[i].iov_len, MAX_RW_COUNT - total);
		total += iov[i].iov_len;
	}
	return 0;
}

/* One piece after the other, until one is not taken whole. */
static ssize_t write_pieces(struct file *file, const struct iovec *iov,
			    unsigned long count)
{
	ssize_t total = 0;

	for (unsigned long i = 0; i < count; i++) {
		ssize_t written;

		if (!iov[i].iov_len)
			continue;
		written = vfs_write(file, iov[i].iov_base, iov[i].iov_len);
		if (written < 0)
			return total ? total : written;
		total += written;
		if ((size_t)written < iov[i].iov_len)
			break;
	}
	return total;
}

long sys_writev(unsigned int fd, const struct iovec __user *vec,
		unsigned long vlen)
{
	struct iovec fast[UIO_FASTIOV];
	struct iovec *iov = fast;
	struct file *file = fget(fd);
	ssize_t result;

	if (!file || !may_write(file))
		return -EBADF;
	if (!file->f_op->write || vlen > UIO_MAXIOV)
		return -EINVAL;
	if (vlen > UIO_FASTIOV) {
		iov = kmalloc(vlen * sizeof(*iov));
		if (!iov)
			return -ENOMEM;
	}
	result = import_iovec(iov, vec, vlen);
	if (!result)
		result = write_pieces(file, iov, vlen);
	if (iov != fast)
		kfree(iov);
	return result;
}

/* ── lseek ────────────────────────────────────────────────────────────── */

loff_t generic_file_llseek(struct file *file, loff_t offset, int whence)
{
	loff_t base = 0;

	if (whence == SEEK_CUR)
		base = file->f_pos;
	else if (whence == SEEK_END)
		base = file->f_inode->i_size;
	if (__builtin_add_overflow(base, offset, &offset) || offset < 0 ||
	    offset > MAX_LFS_FILESIZE)
		return -EINVAL;
	file->f_pos = offset;
	return offset;
}

static loff_t vfs_llseek(unsigned int fd, loff_t offset, unsigned int whence)
{
	struct file *file = fget(fd);

	if (!file)
		return -EBADF;
	if (whence > SEEK_END)
		return -EINVAL;
	if (!file->f_op->llseek)
		return -ESPIPE;
	return file->f_op->llseek(file, offset, whence);
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
	return copy_to_user(result, &position, sizeof(position)) ? -EFAULT : 0;
}

/* ── stat, ioctl, fcntl ───────────────────────────────────────────────── */

static long cp_new_stat64(const struct inode *inode,
			  struct kernel_stat64 __user *statbuf)
{
	struct kernel_stat64 stat = {
		.st_dev = RAMFS_DEV,
		.__st_ino = inode->i_ino,
		.st_ino = inode->i_ino,
		.st_mode = inode->i_mode,
		.st_nlink = S_ISDIR(inode->i_mode) ? 2 : 1,
		.st_size = inode->i_size,
		.st_blksize = PAGE_SIZE,
		.st_blocks = ALIGN_UP(inode->i_size, (loff_t)PAGE_SIZE) >> 9,
	};

	return copy_to_user(statbuf, &stat, sizeof(stat)) ? -EFAULT : 0;
}

long sys_stat64(const char __user *filename,
		struct kernel_stat64 __user *statbuf)
{
	char *name = getname(filename);
	struct inode *inode;

	if (IS_ERR(name))
		return PTR_ERR(name);
	inode = lookup(name);
	kfree(name);
	if (IS_ERR(inode))
		return PTR_ERR(inode);
	return cp_new_stat64(inode, statbuf);
}

long sys_fstat64(unsigned int fd, struct kernel_stat64 __user *statbuf)
{
	struct file *file = fget(fd);

	return file ? cp_new_stat64(file->f_inode, statbuf) : -EBADF;
}

long sys_ioctl(unsigned int fd, unsigned int cmd, unsigned long arg)
{
	struct file *file = fget(fd);

	if (!file)
		return -EBADF;
	if (!file->f_op->ioctl)
		return -ENOTTY;
	return file->f_op->ioctl(file, cmd, arg);
}

static long f_dupfd(struct file *file, unsigned long from, bool close_on_exec)
{
	int fd;

	if (from >= NR_OPEN)
		return -EINVAL;
	fd = alloc_fd(from);
	if (fd >= 0)
		fd_install(fd, file_get(file), close_on_exec);
	return fd;
}

long sys_fcntl64(unsigned int fd, unsigned int cmd, unsigned long arg)
{
	struct file *file = fget(fd);

	if (!file)
		return -EBADF;
	switch (cmd) {
	case F_DUPFD:
		return f_dupfd(file, arg, false);
	case F_DUPFD_CLOEXEC:
		return f_dupfd(file, arg, true);
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
	}
	return -EINVAL;
}
