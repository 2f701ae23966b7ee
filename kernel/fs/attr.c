/*
 * attr.c - what is written about a file: permissions, owners, times. All
 * programs are root, who may do everything. Linux: fs/attr.c, fs/open.c,
 * fs/utimes.c.
 */
#include "abi/errno.h"
#include "abi/fcntl.h"
#include "abi/misc.h"
#include "abi/stat.h"
#include "dev/dev.h"
#include "fs/fs.h"
#include "lib/printk.h"
#include "mm/mm.h"

#define NSEC_PER_SEC 1000000000

struct kernel_timespec current_time(void)
{
	uint64_t now = sched_clock();

	return (struct kernel_timespec){
		.tv_sec = boot_time_seconds() + now / NSEC_PER_SEC,
		.tv_nsec = now % NSEC_PER_SEC,
	};
}

void inode_modified(struct inode *inode)
{
	inode->i_mtime = inode->i_ctime = current_time();
}

/* ── access ───────────────────────────────────────────────────────────── */

/* Root may not do one thing: run what nobody may run. */
long sys_faccessat2(int dfd, const char __user *filename, unsigned int mode,
		    unsigned int flags)
{
	struct inode *inode;

	if (mode & ~(unsigned int)(R_OK | W_OK | X_OK))
		return -EINVAL;
	if (flags &
	    ~(unsigned int)(AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	inode = user_path_at(dfd, filename, flags);
	if (IS_ERR(inode))
		return PTR_ERR(inode);
	if ((mode & X_OK) && !S_ISDIR(inode->i_mode) && !(inode->i_mode & 0111))
		return -EACCES;
	return 0;
}

long sys_faccessat(int dfd, const char __user *filename, unsigned int mode)
{
	return sys_faccessat2(dfd, filename, mode, 0);
}

long sys_access(const char __user *filename, unsigned int mode)
{
	return sys_faccessat(AT_FDCWD, filename, mode);
}

/* ── chmod, chown ─────────────────────────────────────────────────────── */

static long chmod_common(struct inode *inode, unsigned int mode)
{
	if (IS_ERR(inode))
		return PTR_ERR(inode);
	inode->i_mode = (inode->i_mode & S_IFMT) | (mode & 07777);
	inode->i_ctime = current_time();
	return 0;
}

long sys_fchmodat(int dfd, const char __user *filename, unsigned int mode)
{
	return chmod_common(user_path_at(dfd, filename, 0), mode);
}

long sys_chmod(const char __user *filename, unsigned int mode)
{
	return sys_fchmodat(AT_FDCWD, filename, mode);
}

long sys_fchmod(unsigned int fd, unsigned int mode)
{
	return chmod_common(fd_inode(fd), mode);
}

/* -1 leaves one as it is. A program that was to run as its owner is not now. */
static long chown_common(struct inode *inode, unsigned int user,
			 unsigned int group)
{
	if (IS_ERR(inode))
		return PTR_ERR(inode);
	if (user != -1U)
		inode->i_uid = user;
	if (group != -1U)
		inode->i_gid = group;
	if (!S_ISDIR(inode->i_mode))
		inode->i_mode &= inode->i_mode & S_IXGRP ? ~(S_ISUID | S_ISGID)
							 : ~S_ISUID;
	inode->i_ctime = current_time();
	return 0;
}

long sys_fchownat(int dfd, const char __user *filename, unsigned int user,
		  unsigned int group, unsigned int flag)
{
	if (flag & ~(unsigned int)(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	return chown_common(user_path_at(dfd, filename, flag), user, group);
}

long sys_chown(const char __user *filename, unsigned int user,
	       unsigned int group)
{
	return sys_fchownat(AT_FDCWD, filename, user, group, 0);
}

long sys_lchown(const char __user *filename, unsigned int user,
		unsigned int group)
{
	return sys_fchownat(AT_FDCWD, filename, user, group,
			    AT_SYMLINK_NOFOLLOW);
}

long sys_fchown(unsigned int fd, unsigned int user, unsigned int group)
{
	return chown_common(fd_inode(fd), user, group);
}

/* ── utimes ───────────────────────────────────────────────────────────── */

static void set_time(struct kernel_timespec *time,
		     const struct kernel_timespec *to)
{
	if (to->tv_nsec == UTIME_NOW)
		*time = current_time();
	else if (to->tv_nsec != UTIME_OMIT)
		*time = *to;
}

/* TIMES: of access, of modification; NULL: now. Linux: do_utimes() */
static long do_utimes(int dfd, const char __user *filename,
		      const struct kernel_timespec *times, unsigned int flags)
{
	static const struct kernel_timespec now[2] = { { 0, UTIME_NOW },
						       { 0, UTIME_NOW } };
	struct inode *inode;

	if (!times)
		times = now;
	for (int i = 0; i < 2; i++)
		if ((times[i].tv_nsec < 0 ||
		     times[i].tv_nsec >= NSEC_PER_SEC) &&
		    times[i].tv_nsec != UTIME_NOW &&
		    times[i].tv_nsec != UTIME_OMIT)
			return -EINVAL;
	if (times[0].tv_nsec == UTIME_OMIT && times[1].tv_nsec == UTIME_OMIT)
		return 0;
	if (flags & ~(unsigned int)(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	if (!filename && dfd != AT_FDCWD)
		inode = flags ? ERR_PTR(-EINVAL) : fd_inode(dfd);
	else
		inode = user_path_at(dfd, filename, flags);
	if (IS_ERR(inode))
		return PTR_ERR(inode);
	set_time(&inode->i_atime, &times[0]);
	set_time(&inode->i_mtime, &times[1]);
	inode->i_ctime = current_time();
	return 0;
}

long sys_utimensat(int dfd, const char __user *filename,
		   const struct kernel_timespec __user *utimes,
		   unsigned int flags)
{
	struct kernel_timespec times[2];

	if (!utimes)
		return do_utimes(dfd, filename, NULL, flags);
	if (copy_from_user(times, utimes, sizeof(times)))
		return -EFAULT;
	/* The upper half is padding: programs have a long there. */
	times[0].tv_nsec = (uint32_t)times[0].tv_nsec;
	times[1].tv_nsec = (uint32_t)times[1].tv_nsec;
	return do_utimes(dfd, filename, times, flags);
}

/* The older forms count in longs: SCALE ns each, or seconds only. */
static long old_utimes(int dfd, const char __user *filename,
		       const long __user *utimes, unsigned int flags, int scale)
{
	struct kernel_timespec times[2];
	long old[4] = { 0 };

	if (!utimes)
		return do_utimes(dfd, filename, NULL, flags);
	if (copy_from_user(old, utimes, scale ? sizeof(old) : sizeof(old) / 2))
		return -EFAULT;
	for (int i = 0; i < 2; i++) {
		times[i].tv_sec = old[scale ? 2 * i : i];
		times[i].tv_nsec = scale ? old[2 * i + 1] : 0;
		if (scale > 1 && (unsigned long)times[i].tv_nsec >= 1000000)
			return -EINVAL;
		times[i].tv_nsec *= scale;
	}
	return do_utimes(dfd, filename, times, flags);
}

long sys_utimensat32(int dfd, const char __user *filename, const long __user *t,
		     unsigned int flags)
{
	return old_utimes(dfd, filename, t, flags, 1);
}

long sys_utimes(const char __user *filename, const long __user *t)
{
	return old_utimes(AT_FDCWD, filename, t, 0, 1000);
}

long sys_utime(const char __user *filename, const long __user *t)
{
	return old_utimes(AT_FDCWD, filename, t, 0, 0);
}
