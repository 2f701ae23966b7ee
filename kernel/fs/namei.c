/*
 * namei.c - the system calls that change the tree: mkdir, rmdir, unlink,
 * rename; and where a task stands in it: chdir, getcwd. Linux: fs/namei.c,
 * fs/d_path.c, whose order of checks decides which error a call gets.
 */
#include "abi/errno.h"
#include "abi/fcntl.h"
#include "fs/fs.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/task.h"

struct inode *path_base(int dfd, const char *path)
{
	struct file *file;

	if (path[0] == '/' || dfd == AT_FDCWD)
		return current_directory();
	file = fget(dfd);
	if (!file)
		return ERR_PTR(-EBADF);
	if (!S_ISDIR(file->f_inode->i_mode))
		return ERR_PTR(-ENOTDIR);
	return file->f_inode;
}

struct inode *lookup_at(int dfd, const char *path, bool follow)
{
	struct inode *base = path_base(dfd, path);

	return IS_ERR(base) ? base : lookup_from(base, path, follow);
}

struct inode *user_path_at(int dfd, const char __user *filename, bool follow)
{
	char *name = getname(filename);
	struct inode *inode;

	if (IS_ERR(name))
		return (struct inode *)name;
	inode = lookup_at(dfd, name, follow);
	kfree(name);
	return inode;
}

/* Fill LAST for PATH, counted from DFD. 0 or -errno. */
static int parent_at(int dfd, const char *path, struct last *last)
{
	struct inode *base = path_base(dfd, path);

	return IS_ERR(base) ? PTR_ERR(base) : find_last(base, path, last);
}

/* May entries of DIRECTORY come and go? 0 or -errno. */
static int may_change(const struct inode *directory)
{
	if (directory->i_unlinked)
		return -ENOENT;
	return directory->i_dev == RAMFS_DEV ? 0 : -EPERM;
}

/* ── mkdir, rmdir, unlink ─────────────────────────────────────────────── */

static int do_mkdir(int dfd, const char *path, unsigned int mode)
{
	struct last last;
	struct inode *inode;
	int error = parent_at(dfd, path, &last);

	if (error)
		return error;
	if (!last.normal)
		return -EEXIST;
	inode = last_inode(&last);
	if (!IS_ERR(inode))
		return -EEXIST;
	if (inode != ERR_PTR(-ENOENT))
		return PTR_ERR(inode);
	error = may_change(last.parent);
	if (error)
		return error;
	mode = S_IFDIR | (mode & 01777 & ~current->umask);
	return new_inode(last.parent, last.name, last.length, mode, NULL)
		       ? 0
		       : -ENOMEM;
}

static int do_rmdir(int dfd, const char *path)
{
	struct last last;
	struct inode *inode;
	int error = parent_at(dfd, path, &last);

	if (error)
		return error;
	if (!last.length)
		return -EBUSY;
	if (!last.normal)
		return last.length == 1 ? -EINVAL : -ENOTEMPTY;
	inode = last_inode(&last);
	if (IS_ERR(inode))
		return PTR_ERR(inode);
	if (!S_ISDIR(inode->i_mode))
		return -ENOTDIR;
	error = may_change(last.parent);
	if (error)
		return error;
	if (inode->i_dev != RAMFS_DEV)
		return -EBUSY;
	if (inode->i_children)
		return -ENOTEMPTY;
	ramfs_unlink(inode);
	return 0;
}

static int do_unlink(int dfd, const char *path)
{
	struct last last;
	struct inode *inode;
	int error = parent_at(dfd, path, &last);

	if (error)
		return error;
	if (!last.normal)
		return -EISDIR;
	inode = last_inode(&last);
	if (IS_ERR(inode))
		return PTR_ERR(inode);
	if (S_ISDIR(inode->i_mode))
		return -EISDIR;
	if (last.slash)
		return -ENOTDIR;
	error = may_change(last.parent);
	if (error)
		return error;
	ramfs_unlink(inode);
	return 0;
}

long sys_mkdirat(int dfd, const char __user *pathname, unsigned int mode)
{
	char *name = getname(pathname);
	int error;

	if (IS_ERR(name))
		return PTR_ERR(name);
	error = do_mkdir(dfd, name, mode);
	kfree(name);
	return error;
}

long sys_mkdir(const char __user *pathname, unsigned int mode)
{
	return sys_mkdirat(AT_FDCWD, pathname, mode);
}

long sys_unlinkat(int dfd, const char __user *pathname, unsigned int flag)
{
	char *name;
	int error;

	if (flag & ~(unsigned int)AT_REMOVEDIR)
		return -EINVAL;
	name = getname(pathname);
	if (IS_ERR(name))
		return PTR_ERR(name);
	error = flag ? do_rmdir(dfd, name) : do_unlink(dfd, name);
	kfree(name);
	return error;
}

long sys_unlink(const char __user *pathname)
{
	return sys_unlinkat(AT_FDCWD, pathname, 0);
}

long sys_rmdir(const char __user *pathname)
{
	return sys_unlinkat(AT_FDCWD, pathname, AT_REMOVEDIR);
}

/* ── rename ───────────────────────────────────────────────────────────── */

/* Is INODE the same as BELOW, or above it? */
static bool is_ancestor(const struct inode *inode, const struct inode *below)
{
	for (; below->i_parent != below; below = below->i_parent)
		if (below == inode)
			return true;
	return below == inode;
}

/* May SOURCE take the place of TARGET? Linux: vfs_rename() */
static int may_replace(const struct inode *source, const struct inode *target)
{
	if (S_ISDIR(source->i_mode) && !S_ISDIR(target->i_mode))
		return -ENOTDIR;
	if (!S_ISDIR(source->i_mode) && S_ISDIR(target->i_mode))
		return -EISDIR;
	if (target->i_dev != RAMFS_DEV)
		return -EBUSY;
	return target->i_children ? -ENOTEMPTY : 0;
}

static int do_rename(const struct last *from, const struct last *to)
{
	struct inode *source, *target;
	int error;

	if (from->parent->i_dev != to->parent->i_dev)
		return -EXDEV;
	if (!from->normal || !to->normal)
		return -EBUSY;
	source = last_inode(from);
	if (IS_ERR(source))
		return PTR_ERR(source);
	target = last_inode(to);
	if (target == ERR_PTR(-ENOENT))
		target = NULL;
	if (IS_ERR(target))
		return PTR_ERR(target);
	if (!S_ISDIR(source->i_mode) && (from->slash || to->slash))
		return -ENOTDIR;
	if (is_ancestor(source, to->parent))
		return -EINVAL;
	if (target && is_ancestor(target, from->parent))
		return -ENOTEMPTY;
	if (source == target)
		return 0;
	error = may_change(from->parent);
	if (!error)
		error = may_change(to->parent);
	if (!error && target)
		error = may_replace(source, target);
	if (!error && source->i_dev != RAMFS_DEV)
		error = -EBUSY;
	if (error)
		return error;
	return ramfs_rename(source, to, target);
}

long sys_renameat(int olddfd, const char __user *oldname, int newdfd,
		  const char __user *newname)
{
	char *old = getname(oldname);
	char *new;
	struct last from, to;
	int error;

	if (IS_ERR(old))
		return PTR_ERR(old);
	new = getname(newname);
	if (IS_ERR(new)) {
		kfree(old);
		return PTR_ERR(new);
	}
	error = parent_at(olddfd, old, &from);
	if (!error)
		error = parent_at(newdfd, new, &to);
	if (!error)
		error = do_rename(&from, &to);
	kfree(old);
	kfree(new);
	return error;
}

long sys_renameat2(int olddfd, const char __user *oldname, int newdfd,
		   const char __user *newname, unsigned int flags)
{
	if (flags)
		return -EINVAL;
	return sys_renameat(olddfd, oldname, newdfd, newname);
}

long sys_rename(const char __user *oldname, const char __user *newname)
{
	return sys_renameat(AT_FDCWD, oldname, AT_FDCWD, newname);
}

/* ── The current directory ────────────────────────────────────────────── */

static int set_directory(struct inode *inode)
{
	struct inode *old = current->cwd;

	if (!S_ISDIR(inode->i_mode))
		return -ENOTDIR;
	inode_get(inode);
	current->cwd = inode;
	if (old)
		inode_put(old);
	return 0;
}

long sys_chdir(const char __user *filename)
{
	struct inode *inode = user_path_at(AT_FDCWD, filename, true);

	return IS_ERR(inode) ? PTR_ERR(inode) : set_directory(inode);
}

long sys_fchdir(unsigned int fd)
{
	struct file *file = fget(fd);

	return file ? set_directory(file->f_inode) : -EBADF;
}

long sys_getcwd(char __user *buf, unsigned long size)
{
	struct inode *directory = current_directory();
	long length = -ENOENT;
	char *path;

	if (directory->i_unlinked)
		return -ENOENT;
	path = kmalloc(PATH_MAX);
	if (!path)
		return -ENOMEM;
	length = strlen(inode_path(directory, path, PATH_MAX)) + 1;
	if ((unsigned long)length > size)
		length = -ERANGE;
	else if (copy_to_user(buf, path, length))
		length = -EFAULT;
	kfree(path);
	return length;
}

long sys_umask(unsigned int mask)
{
	unsigned int old = current->umask;

	current->umask = mask & 0777;
	return old;
}
