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
#include "proc/task.h"

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
	inode = user_path_at(dfd, filename, flags);
	if (IS_ERR(inode))
		return PTR_ERR(inode);
	if ((mode & X_OK) && !S_ISDIR(inode->i_mode) && !(inode->i_mode & 0111))
		return -EACCES;
	return 0;
}

/* ── chmod, chown ─────────────────────────────────────────────────────── */

/* chmod(), fchmodat(), fchmod() */
long do_fchmodat(int dfd, const char __user *filename, unsigned int mode,
		 unsigned int flags)
{
	struct inode *inode = user_path_at(dfd, filename, flags);

	if (IS_ERR(inode))
		return PTR_ERR(inode);
	inode->i_mode = (inode->i_mode & S_IFMT) | (mode & 07777);
	inode->i_ctime = current_time();
	return 0;
}

/* -1 leaves one as it is. A program that was to run as its owner is not now. */
long sys_fchownat(int dfd, const char __user *filename, unsigned int user,
		  unsigned int group, unsigned int flag)
{
	struct inode *inode = user_path_at(dfd, filename, flag);

	if (IS_ERR(inode))
		return PTR_ERR(inode);
	if (user != -1U)
		inode->i_uid = user;
	if (group != -1U)
		inode->i_gid = group;
	if (!S_ISDIR(inode->i_mode))
		inode->i_mode &= ~(S_ISUID | S_ISGID);
	inode->i_ctime = current_time();
	return 0;
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

/*
 * Two times, of access and of modification; NULL: now. In those of 64 bits the
 * upper half of tv_nsec is padding. Linux: do_utimes()
 */
long sys_utimensat(int dfd, const char __user *filename,
		   const void __user *utimes, unsigned int flags)
{
	struct kernel_timespec times[2] = { { 0, UTIME_NOW },
					    { 0, UTIME_NOW } };
	long old[4];
	struct inode *inode;

	if (utimes &&
	    (is_time64() ? get_user(times, utimes) : get_user(old, utimes)))
		return -EFAULT;
	for (int i = 0; i < 2; i++) {
		if (utimes && !is_time64())
			times[i] = (struct kernel_timespec){ old[2 * i],
							     old[2 * i + 1] };
		times[i].tv_nsec = (uint32_t)times[i].tv_nsec;
		if (times[i].tv_nsec >= NSEC_PER_SEC &&
		    times[i].tv_nsec != UTIME_NOW &&
		    times[i].tv_nsec != UTIME_OMIT)
			return -EINVAL;
	}
	if (times[0].tv_nsec == UTIME_OMIT && times[1].tv_nsec == UTIME_OMIT)
		return 0;
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
