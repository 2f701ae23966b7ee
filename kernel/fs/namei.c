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

/* What DFD means in the calls that take a path, too. */
static struct inode *dfd_inode(int dfd)
{
	return dfd == AT_FDCWD ? current->cwd : fd_inode(dfd);
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
		return directory->i_parent ?: ERR_PTR(-ENOENT);
	if (directory->i_populate && directory->i_parent)
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

/* Is a link to be followed, with REST of the path behind it? */
static bool is_followed(const char *rest, unsigned int flags)
{
	return (flags & LOOKUP_FOLLOW) || *skip_slashes(rest) ||
	       (*rest && !(flags & LOOKUP_PARENT));
}

/*
 * Follow PATH from ND->inode on. A link's text is walked in the place of its
 * name. Linux: link_path_walk(), step_into()
 */
static int link_path_walk(const char *path, unsigned int flags,
			  struct nameidata *nd)
{
	if (*path == '/')
		nd->inode = nd->parent = &ramfs_root;
	for (;;) {
		const struct inode *link;
		int error;

		nd->slash |= *path == '/';
		path = skip_slashes(path);
		if (!*path)
			return 0;
		error = walk_component(nd, &path);
		if (error)
			return error;
		link = nd->inode;
		if (IS_ERR(link) || !S_ISLNK(link->i_mode) ||
		    !is_followed(path, flags))
			continue;
		if (nd->links++ == MAXSYMLINKS)
			return -ELOOP;
		if (link->i_link) {
			nd->inode = nd->parent;
			error = link_path_walk(link->i_link, LOOKUP_FOLLOW, nd);
		} else {
			error = proc_get_link(link, &nd->inode);
		}
		if (error)
			return error;
	}
}

int path_lookup(int dfd, const char *path, unsigned int flags,
		struct nameidata *nd)
{
	*nd = (struct nameidata){ .inode = dfd_inode(dfd) };
	nd->parent = nd->inode;
	return IS_ERR(path) ? PTR_ERR(path) : link_path_walk(path, flags, nd);
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
	unsigned int follow = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	const char *path;

	if (flags & ~(unsigned int)AT_FLAGS)
		return ERR_PTR(-EINVAL);
	if ((flags & AT_EMPTY_PATH) && !filename)
		return fd_inode(dfd);
	path = getname(filename);
	if ((flags & AT_EMPTY_PATH) && path == ERR_PTR(-ENOENT))
		return dfd_inode(dfd);
	return lookup_at(dfd, path, follow);
}

/* Outside the tree the name tells it. */
char *inode_path(const struct inode *inode, char *buffer, size_t size)
{
	char *start = buffer + size - 1; /* written from there */

	if (!inode->i_parent) {
		strscpy(buffer, inode->i_name, size);
		return buffer;
	}
	*start = '\0';
	if (inode == &ramfs_root && size > 1)
		*--start = '/';
	for (; inode != &ramfs_root; inode = inode->i_parent) {
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

static int may_create(const struct nameidata *nd)
{
	if (!IS_ERR(nd->inode))
		return -EEXIST;
	if (!nd->parent->i_parent || nd->parent->i_dev != RAMFS_DEV)
		return -ENOENT;
	return nd->inode == ERR_PTR(-ENOENT) ? 0 : PTR_ERR(nd->inode);
}

/* May it go, where a DIRECTORY is meant or another file? */
static int may_delete(const struct nameidata *nd, bool directory)
{
	const struct inode *inode = nd->inode;

	if (IS_ERR(inode))
		return PTR_ERR(inode);
	if (S_ISDIR(inode->i_mode) && !directory)
		return -EISDIR;
	if (!S_ISDIR(inode->i_mode) && (directory || nd->slash))
		return -ENOTDIR;
	if (!nd->length || inode->i_dev != nd->parent->i_dev)
		return -EBUSY; /* something is mounted there */
	if (!last_is_name(nd))
		return nd->length == 1 ? -EINVAL : -ENOTEMPTY;
	if (inode->i_dev != RAMFS_DEV)
		return -EPERM;
	return list_empty(&inode->i_children) ? 0 : -ENOTEMPTY;
}

/* ── mkdir, symlink, rmdir, unlink ────────────────────────────────────── */

/* A new entry, with the text of a symbolic link. */
static long do_create(int dfd, const char __user *pathname, unsigned int mode,
		      const char *text)
{
	struct nameidata nd;
	int error = path_lookup(dfd, getname(pathname), LOOKUP_PARENT, &nd)
			    ?: may_create(&nd);

	if (!error && nd.slash && !S_ISDIR(mode))
		error = -ENOENT;
	if (!error &&
	    !new_inode(nd.parent, nd.name, nd.length, mode, NULL, (void *)text))
		error = -ENOMEM;
	return error;
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
	error = path_lookup(dfd, getname(pathname), LOOKUP_PARENT, &nd)
			?: may_delete(&nd, flag & AT_REMOVEDIR);
	if (!error)
		ramfs_unlink(nd.inode);
	return error;
}

/* ── rename ───────────────────────────────────────────────────────────── */

/* Is INODE the same as BELOW, or above it? */
static bool is_ancestor(const struct inode *inode, const struct inode *below)
{
	while (below && below != inode && below != &ramfs_root)
		below = below->i_parent;
	return below == inode;
}

/* Linux: vfs_rename() */
static int do_rename(const struct nameidata *from, const struct nameidata *to)
{
	struct inode *source = from->inode;
	bool directory;
	int error;

	if (from->parent->i_dev != to->parent->i_dev)
		return -EXDEV;
	if (!last_is_name(from) || !last_is_name(to))
		return -EBUSY;
	if (IS_ERR(source))
		return PTR_ERR(source);
	directory = S_ISDIR(source->i_mode);
	if (!directory && (from->slash || to->slash))
		return -ENOTDIR;
	if (is_ancestor(source, to->parent))
		return -EINVAL;
	if (source == to->inode)
		return 0;
	error = IS_ERR(to->inode) ? may_create(to) : may_delete(to, directory);
	if (!error && source->i_dev != RAMFS_DEV)
		error = -EBUSY;
	if (!error)
		ramfs_rename(source, to);
	return error;
}

long sys_renameat(int olddfd, const char __user *oldname, int newdfd,
		  const char __user *newname)
{
	struct nameidata from, to;
	int error;

	error = path_lookup(olddfd, getname(oldname), LOOKUP_PARENT, &from)
			?: path_lookup(newdfd, getname(newname), LOOKUP_PARENT,
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
	inode_put(old);
	return 0;
}

long sys_getcwd(char __user *buf, unsigned long size)
{
	static char path[PATH_MAX];
	struct inode *directory = current->cwd;
	size_t length;

	if (!directory->i_parent)
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
