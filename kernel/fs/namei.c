/*
 * namei.c - from a path to an inode, and the system calls that change the
 * tree: mkdir, symlink, rmdir, unlink, rename; and where a task stands in it:
 * chdir, getcwd. Linux: fs/namei.c, fs/d_path.c, whose order of checks decides
 * which error a call gets.
 */
#include "abi/errno.h"
#include "abi/fcntl.h"
#include "fs/fs.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/task.h"

#define MAXSYMLINKS 40 /* that one path may lead through */

/* What callers of user_path_at() may be told; most of it changes nothing. */
#define AT_FLAGS                                                              \
	(AT_SYMLINK_NOFOLLOW | AT_EACCESS | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | \
	 AT_STATX_SYNC_TYPE)

/* ── Paths ────────────────────────────────────────────────────────────── */

struct inode *current_directory(void)
{
	return current->cwd ? current->cwd : &ramfs_root;
}

/* Where PATH begins. */
static struct inode *path_base(int dfd, const char *path)
{
	if (path[0] == '/')
		return &ramfs_root;
	return dfd == AT_FDCWD ? current_directory() : fd_inode(dfd);
}

static const char *skip_slashes(const char *path)
{
	while (*path == '/')
		path++;
	return path;
}

static struct inode *find_child(struct inode *directory, const char *name,
				size_t length)
{
	struct inode *child;
	int error = 0;

	if (length > NAME_MAX)
		return ERR_PTR(-ENAMETOOLONG);
	if (length == 1 && name[0] == '.')
		return directory;
	if (length == 2 && name[0] == '.' && name[1] == '.')
		return directory->i_parent;
	if (directory->i_populate && !directory->i_unlinked)
		error = directory->i_populate(directory);
	if (error)
		return ERR_PTR(error);
	list_for_each_entry(child, &directory->i_children, i_sibling)
		if (strlen(child->i_name) == length &&
		    memcmp(child->i_name, name, length) == 0)
			return child;
	return ERR_PTR(-ENOENT);
}

/* Go on to the first name of *PATH, and *PATH behind it. 0 or -errno. */
static int walk_component(struct nameidata *nd, const char **path)
{
	if (IS_ERR(nd->inode))
		return PTR_ERR(nd->inode);
	if (!S_ISDIR(nd->inode->i_mode))
		return -ENOTDIR;
	nd->parent = nd->inode;
	nd->name = *path;
	while (**path && **path != '/')
		(*path)++;
	nd->length = *path - nd->name;
	nd->slash = false;
	nd->inode = find_child(nd->parent, nd->name, nd->length);
	return 0;
}

/* Is the end of a path, "" or slashes, to be followed if it is a link? */
static bool follow_last(const char *end, unsigned int flags)
{
	if (*skip_slashes(end))
		return true; /* it is not the end */
	return (flags & LOOKUP_FOLLOW) || (*end && !(flags & LOOKUP_PARENT));
}

/*
 * A link's text is walked in the place of its name; what comes behind the name
 * waits in REST. Linux: link_path_walk(), step_into()
 */
int path_lookup(int dfd, const char *path, unsigned int flags,
		struct nameidata *nd)
{
	const char *rest[MAXSYMLINKS];
	unsigned int depth = 0, links = 0;
	struct inode *link;
	int error;

	if (IS_ERR(path))
		return PTR_ERR(path);
	*nd = (struct nameidata){ .inode = path_base(dfd, path) };
	nd->parent = nd->inode; /* "/" has no other */
	if (!*path)
		return -ENOENT;
	if (strlen(path) >= PATH_MAX)
		return -ENAMETOOLONG;
	for (;;) {
		nd->slash |= *path == '/';
		path = skip_slashes(path);
		if (!*path && !depth)
			return 0;
		if (!*path) {
			path = rest[--depth];
			continue;
		}
		error = walk_component(nd, &path);
		if (error)
			return error;
		link = nd->inode;
		if (IS_ERR(link) || !S_ISLNK(link->i_mode) ||
		    (!depth && !follow_last(path, flags)))
			continue;
		if (links++ == MAXSYMLINKS)
			return -ELOOP;
		if (!link->i_link) {
			link = proc_get_link(link);
			if (IS_ERR(link))
				return PTR_ERR(link);
			nd->inode = link;
			continue;
		}
		nd->inode = *link->i_link == '/' ? &ramfs_root : nd->parent;
		rest[depth++] = path;
		path = link->i_link;
	}
}

struct inode *lookup_at(int dfd, const char *path, unsigned int flags)
{
	struct nameidata nd;
	int error = path_lookup(dfd, path, flags, &nd);

	if (error)
		return ERR_PTR(error);
	if (!IS_ERR(nd.inode) && nd.slash && !S_ISDIR(nd.inode->i_mode))
		return ERR_PTR(-ENOTDIR);
	return nd.inode;
}

struct inode *lookup(const char *path)
{
	return lookup_at(AT_FDCWD, path, LOOKUP_FOLLOW);
}

struct inode *user_path_at(int dfd, const char __user *filename,
			   unsigned int flags)
{
	bool follow = !(flags & AT_SYMLINK_NOFOLLOW);
	char first = '/';

	if (flags & ~(unsigned int)AT_FLAGS)
		return ERR_PTR(-EINVAL);
	if ((flags & AT_EMPTY_PATH) && !filename)
		return fd_inode(dfd);
	if ((flags & AT_EMPTY_PATH) && copy_from_user(&first, filename, 1))
		return ERR_PTR(-EFAULT);
	if (!first)
		return dfd == AT_FDCWD ? current_directory() : fd_inode(dfd);
	return lookup_at(dfd, getname(filename), follow ? LOOKUP_FOLLOW : 0);
}

/* Written from the end, where the walk up to the root begins. */
char *inode_path(const struct inode *inode, char *buffer, size_t size)
{
	char *start = buffer + size - 1;

	*start = '\0';
	if (inode == &ramfs_root && size > 1)
		*--start = '/';
	for (; inode && inode != &ramfs_root; inode = inode->i_parent) {
		size_t length = strlen(inode->i_name);

		if ((size_t)(start - buffer) < length + 1)
			break; /* too deep for SIZE: the end is what tells */
		start -= length;
		memcpy(start, inode->i_name, length);
		*--start = '/';
	}
	return memmove(buffer, start, buffer + size - start);
}

/* ── What may be made and removed ─────────────────────────────────────── */

/* Not "/", "." or ".."? */
bool last_is_name(const struct nameidata *nd)
{
	return nd->length && !(nd->length <= 2 && nd->name[0] == '.' &&
			       nd->name[nd->length - 1] == '.');
}

/* May entries of DIRECTORY come and go? 0 or -errno. */
static int may_change(const struct inode *directory)
{
	if (directory->i_unlinked)
		return -ENOENT;
	return directory->i_dev == RAMFS_DEV ? 0 : -EPERM;
}

static int may_create(const struct nameidata *nd)
{
	if (!last_is_name(nd) || !IS_ERR(nd->inode))
		return -EEXIST;
	if (nd->inode != ERR_PTR(-ENOENT) || nd->parent->i_dev == PROC_DEV)
		return PTR_ERR(nd->inode);
	return may_change(nd->parent);
}

static int may_delete(const struct nameidata *nd, bool directory)
{
	int error;

	if (!last_is_name(nd) && !directory)
		return -EISDIR;
	if (!nd->length)
		return -EBUSY;
	if (!last_is_name(nd))
		return nd->length == 1 ? -EINVAL : -ENOTEMPTY;
	if (IS_ERR(nd->inode))
		return PTR_ERR(nd->inode);
	if (!directory && S_ISDIR(nd->inode->i_mode))
		return -EISDIR;
	if (!S_ISDIR(nd->inode->i_mode) && (directory || nd->slash))
		return -ENOTDIR;
	error = may_change(nd->parent);
	if (error)
		return error;
	if (nd->inode->i_dev != RAMFS_DEV)
		return -EBUSY;
	return list_empty(&nd->inode->i_children) ? 0 : -ENOTEMPTY;
}

/* ── mkdir, symlink, rmdir, unlink ────────────────────────────────────── */

/* A new entry, with the text of a symbolic link. */
static long do_create(int dfd, const char __user *pathname, unsigned int mode,
		      const char *text)
{
	struct nameidata nd;
	int error = path_lookup(dfd, getname(pathname), LOOKUP_PARENT, &nd);

	if (!error)
		error = may_create(&nd);
	if (!error && nd.slash && !S_ISDIR(mode))
		error = -ENOENT;
	if (error)
		return error;
	return new_inode(nd.parent, nd.name, nd.length, mode, NULL,
			 (void *)text)
		       ? 0
		       : -ENOMEM;
}

long sys_mkdirat(int dfd, const char __user *pathname, unsigned int mode)
{
	return do_create(dfd, pathname,
			 S_IFDIR | (mode & 01777 & ~current->umask), NULL);
}

/* Devices are what the machine has: no others can be made. */
long sys_mknodat(int dfd, const char __user *filename, unsigned int mode,
		 unsigned int dev)
{
	unsigned int kind = mode & S_IFMT ?: S_IFREG;

	if (kind != S_IFREG && kind != S_IFIFO)
		return S_ISDIR(kind) ? -EPERM : -EINVAL;
	return do_create(dfd, filename, kind | (mode & 07777 & ~current->umask),
			 NULL);
}

long sys_symlinkat(const char __user *oldname, int newdfd,
		   const char __user *newname)
{
	char *text = getname(oldname);

	if (IS_ERR(text))
		return PTR_ERR(text);
	return do_create(newdfd, newname, S_IFLNK | 0777, text);
}

long sys_unlinkat(int dfd, const char __user *pathname, unsigned int flag)
{
	struct nameidata nd;
	int error;

	if (flag & ~(unsigned int)AT_REMOVEDIR)
		return -EINVAL;
	error = path_lookup(dfd, getname(pathname), LOOKUP_PARENT, &nd);
	if (!error)
		error = may_delete(&nd, flag & AT_REMOVEDIR);
	if (!error)
		ramfs_unlink(nd.inode);
	return error;
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

/* Linux: vfs_rename() */
static int do_rename(const struct nameidata *from, const struct nameidata *to)
{
	struct inode *source = from->inode;
	struct inode *target = to->inode == ERR_PTR(-ENOENT) ? NULL : to->inode;
	int error;

	if (from->parent->i_dev != to->parent->i_dev)
		return -EXDEV;
	if (!last_is_name(from) || !last_is_name(to))
		return -EBUSY;
	if (IS_ERR(source))
		return PTR_ERR(source);
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
	error = may_change(from->parent) ?: may_change(to->parent);
	if (!error && target)
		error = may_delete(to, S_ISDIR(source->i_mode));
	if (!error && source->i_dev != RAMFS_DEV)
		error = -EBUSY;
	if (!error)
		ramfs_rename(source, to);
	return error;
}

long sys_renameat2(int olddfd, const char __user *oldname, int newdfd,
		   const char __user *newname, unsigned int flags)
{
	struct nameidata from, to;
	int error;

	if (flags)
		return -EINVAL;
	error = path_lookup(olddfd, getname(oldname), LOOKUP_PARENT, &from);
	if (!error)
		error = path_lookup(newdfd, getname(newname), LOOKUP_PARENT,
				    &to);
	return error ?: do_rename(&from, &to);
}

/* ── The current directory ────────────────────────────────────────────── */

/* chdir(), fchdir() */
long do_chdir(int dfd, const char __user *filename, unsigned int flags)
{
	struct inode *inode = user_path_at(dfd, filename, flags);
	struct inode *old = current->cwd;

	if (IS_ERR(inode))
		return PTR_ERR(inode);
	if (!S_ISDIR(inode->i_mode))
		return -ENOTDIR;
	inode_get(inode);
	current->cwd = inode;
	if (old)
		inode_put(old);
	return 0;
}

long sys_getcwd(char __user *buf, unsigned long size)
{
	static char path[PATH_MAX];
	struct inode *directory = current_directory();
	size_t length;

	if (directory->i_unlinked)
		return -ENOENT;
	length = strlen(inode_path(directory, path, sizeof(path))) + 1;
	if (length > size)
		return -ERANGE;
	return copy_to_user(buf, path, length) ? -EFAULT : (long)length;
}

long sys_umask(unsigned int mask)
{
	unsigned int old = current->umask;

	current->umask = mask & 0777;
	return old;
}
