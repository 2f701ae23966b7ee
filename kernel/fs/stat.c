/*
 * stat.c - what is known of a file: the stat family in its two forms, readlink;
 * and getdents64, which lists a directory. Linux: fs/stat.c, fs/readdir.c.
 */
#include "abi/dirent.h"
#include "abi/errno.h"
#include "abi/fcntl.h"
#include "abi/stat.h"
#include "fs/fs.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/task.h"

#define DIRENT_HEAD offsetof(struct linux_dirent64, d_name)
#define SECTORS     (PAGE_SIZE / 512) /* of a frame */

/*
 * Names of INODE: a directory's are in its parent, itself and its children. A
 * pipe, which never was in the tree, counts as one.
 */
static unsigned int link_count(const struct inode *inode)
{
	unsigned int count = inode->i_parent || !inode->i_dev;
	const struct inode *child;

	if (!S_ISDIR(inode->i_mode) || !count)
		return count;
	count = 2;
	list_for_each_entry(child, &inode->i_children, i_sibling)
		if (S_ISDIR(child->i_mode))
			count++;
	return count;
}

/* The whole stat family but statx(). */
long sys_fstatat64(int dfd, const char __user *filename,
		   struct kernel_stat64 __user *statbuf, unsigned int flag)
{
	struct inode *inode = user_path_at(dfd, filename, flag);
	struct kernel_stat64 stat;

	if (IS_ERR(inode))
		return PTR_ERR(inode);
	stat = (struct kernel_stat64){
		.st_dev = inode->i_dev,
		.__st_ino = inode->i_ino,
		.st_ino = inode->i_ino,
		.st_mode = inode->i_mode,
		.st_nlink = link_count(inode),
		.st_uid = inode->i_uid,
		.st_gid = inode->i_gid,
		.st_rdev = inode->i_rdev,
		.st_size = inode->i_size,
		.st_blksize = PAGE_SIZE,
		.st_blocks = inode->i_blocks * SECTORS,
		.st_atim = { inode->i_atime.tv_sec, inode->i_atime.tv_nsec },
		.st_mtim = { inode->i_mtime.tv_sec, inode->i_mtime.tv_nsec },
		.st_ctim = { inode->i_ctime.tv_sec, inode->i_ctime.tv_nsec },
	};
	return put_user(stat, statbuf);
}

static struct statx_timestamp statx_time(const struct kernel_timespec *time)
{
	return (struct statx_timestamp){ time->tv_sec, time->tv_nsec, 0 };
}

long sys_statx(int dfd, const char __user *filename, unsigned int flags,
	       unsigned int mask, struct statx __user *buffer)
{
	struct inode *inode = user_path_at(dfd, filename, flags);
	struct statx stat;

	if (mask & STATX__RESERVED)
		return -EINVAL;
	if (IS_ERR(inode))
		return PTR_ERR(inode);
	stat = (struct statx){
		.stx_mask = STATX_BASIC_STATS,
		.stx_blksize = PAGE_SIZE,
		.stx_nlink = link_count(inode),
		.stx_uid = inode->i_uid,
		.stx_gid = inode->i_gid,
		.stx_mode = inode->i_mode,
		.stx_ino = inode->i_ino,
		.stx_size = inode->i_size,
		.stx_blocks = inode->i_blocks * SECTORS,
		.stx_atime = statx_time(&inode->i_atime),
		.stx_ctime = statx_time(&inode->i_ctime),
		.stx_mtime = statx_time(&inode->i_mtime),
		.stx_rdev_major = inode->i_rdev >> 8,
		.stx_rdev_minor = inode->i_rdev & 0xff,
		.stx_dev_minor = inode->i_dev,
	};
	return put_user(stat, buffer);
}

/* ── readlink ─────────────────────────────────────────────────────────── */

/* What readlink() tells of LINK, into PATH_MAX bytes at TEXT. 0 or -errno. */
static int link_text(struct inode *link, char *text)
{
	struct inode *target;

	if (link->i_link) {
		strscpy(text, link->i_link, PATH_MAX);
		return 0;
	}
	if (proc_get_link(link, &target))
		return -ENOENT;
	/* /proc/self leads to its own directory: there the name will do. */
	if (target->i_parent == link->i_parent)
		strscpy(text, target->i_name, PATH_MAX);
	else
		inode_path(target, text, PATH_MAX);
	return 0;
}

long sys_readlinkat(int dfd, const char __user *path, char __user *buf,
		    int size)
{
	static char text[PATH_MAX];
	struct inode *link;
	int length;

	if (size <= 0)
		return -EINVAL;
	link = user_path_at(dfd, path, AT_SYMLINK_NOFOLLOW);
	if (IS_ERR(link))
		return PTR_ERR(link);
	if (!S_ISLNK(link->i_mode))
		return -EINVAL;
	length = link_text(link, text) ?: min((int)strlen(text), size);
	return length > 0 && copy_to_user(buf, text, length) ? -EFAULT : length;
}

/* ── getdents64 ───────────────────────────────────────────────────────── */

struct dir_context {
	char __user *buffer;
	size_t size, done; /* bytes */
	loff_t position; /* the entry told last */
};

/*
 * One entry more for the program, unless it was told before: POSITION tells
 * that. 0; -EINVAL: it does not fit; -EFAULT. Linux: filldir64()
 */
static int dir_emit(struct dir_context *context, const char *name,
		    const struct inode *inode, loff_t position)
{
	char entry[ALIGN_UP(DIRENT_HEAD + NAME_MAX + 1, 8)] = { 0 };
	struct linux_dirent64 *head = (struct linux_dirent64 *)entry;
	size_t length = ALIGN_UP(DIRENT_HEAD + strlen(name) + 1, 8);

	if (position <= context->position)
		return 0;
	if (context->size - context->done < length)
		return -EINVAL;
	head->d_ino = inode->i_ino;
	head->d_off = position;
	head->d_reclen = length;
	head->d_type = (inode->i_mode & S_IFMT) >> 12; /* DT_DIR and so on */
	strscpy(head->d_name, name, NAME_MAX + 1);
	if (copy_to_user(context->buffer + context->done, entry, length))
		return -EFAULT;
	context->done += length;
	context->position = position;
	return 0;
}

/*
 * A position is that of the entry told last: 1 and 2 are "." and "..", then
 * comes each child's own, which grows in the order of the list. So entries may
 * come and go between two calls.
 */
static int iterate_dir(struct inode *directory, struct dir_context *context)
{
	struct inode *child;
	int error = 0;

	if (directory->i_populate)
		error = directory->i_populate(directory);
	if (!error)
		error = dir_emit(context, ".", directory, 1);
	if (!error)
		error = dir_emit(context, "..", directory->i_parent, 2);
	list_for_each_entry(child, &directory->i_children, i_sibling)
		if (!error)
			error = dir_emit(context, child->i_name, child,
					 child->i_cookie);
	return error;
}

long sys_getdents64(unsigned int fd, void __user *dirent, unsigned int count)
{
	struct dir_context context = { .buffer = dirent,
				       .size = max((int)count, 0) };
	struct file *file = fget(fd);
	int error;

	if (!file)
		return -EBADF;
	if (!S_ISDIR(file->f_inode->i_mode))
		return -ENOTDIR;
	if (!file->f_inode->i_parent)
		return -ENOENT;
	context.position = file->f_pos;
	error = iterate_dir(file->f_inode, &context);
	file->f_pos = context.position;
	return (long)context.done ?: error;
}
