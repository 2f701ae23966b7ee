/*
 * locks.c - record locks: a process marks bytes of a file as its own, and
 * another that asks for them is refused, or waits. They bind only who asks.
 * Databases rest on them. Linux: fs/locks.c, which also finds deadlocks.
 */
#include "abi/errno.h"
#include "abi/fcntl.h"
#include "fs/fs.h"
#include "mm/mm.h"
#include "proc/signal.h"
#include "proc/task.h"

#define MAX_LOCKS 256 /* in the whole system */

static struct file_lock {
	const struct inode *inode;
	int pid; /* whose it is */
	int type; /* F_RDLCK, F_WRLCK */
	loff_t start, end; /* the first byte, and the one behind the last */
} locks[MAX_LOCKS];

static unsigned int nr_locks;

static bool overlaps(const struct file_lock *one, const struct file_lock *other)
{
	return one->inode == other->inode && one->start < other->end &&
	       other->start < one->end;
}

/* The first lock of another process that stands in WANTED's way, or NULL. */
static const struct file_lock *find_conflict(const struct file_lock *wanted)
{
	const struct file_lock *first = NULL;

	for (struct file_lock *lock = locks; lock < locks + nr_locks; lock++)
		if (lock->pid != wanted->pid && overlaps(lock, wanted) &&
		    (lock->type == F_WRLCK || wanted->type == F_WRLCK) &&
		    (!first || lock->start < first->start))
			first = lock;
	return first;
}

/* The bytes that USER means, in FILE: 0, or -errno. */
static int flock_to_lock(const struct file *file, const struct flock64 *user,
			 struct file_lock *lock)
{
	loff_t start = seek_base(file, user->l_whence);
	loff_t end = INT64_MAX;

	if (start < 0 || user->l_type < F_RDLCK || user->l_type > F_UNLCK)
		return -EINVAL;
	if (__builtin_add_overflow(start, user->l_start, &start))
		return -EOVERFLOW;
	if (user->l_len && __builtin_add_overflow(start, user->l_len, &end))
		return -EOVERFLOW;
	*lock = (struct file_lock){
		.inode = file->f_inode,
		.pid = current->pid,
		.type = user->l_type,
		.start =
			min(start, end), /* a negative length: what is before */
		.end = max(start, end),
	};
	return lock->start >= 0 && lock->start < lock->end ? 0 : -EINVAL;
}

/*
 * Take WANTED's bytes out of what its process has. A lock that is cut in two
 * makes one more. From the end, as the last takes the place of one that goes.
 */
static void unlock_range(const struct file_lock *wanted)
{
	for (unsigned int i = nr_locks; i-- > 0;) {
		struct file_lock *lock = &locks[i];
		struct file_lock rest = *lock;

		if (lock->pid != wanted->pid || !overlaps(lock, wanted))
			continue;
		lock->end = wanted->start;
		rest.start = wanted->end;
		if (lock->start >= lock->end)
			*lock = locks[--nr_locks];
		if (rest.start < rest.end)
			locks[nr_locks++] = rest;
	}
	wake_up(locks);
}

static long setlk(const struct file *file, const struct file_lock *wanted,
		  bool wait)
{
	if ((wanted->type == F_RDLCK && !may_read(file)) ||
	    (wanted->type == F_WRLCK && !may_write(file)))
		return -EBADF;
	while (wanted->type != F_UNLCK && find_conflict(wanted)) {
		if (!wait)
			return -EAGAIN;
		if (sleep_on(locks))
			return -ERESTARTSYS;
	}
	if (nr_locks + 2 > MAX_LOCKS)
		return -ENOLCK;
	unlock_range(wanted);
	if (wanted->type != F_UNLCK)
		locks[nr_locks++] = *wanted;
	return 0;
}

static long getlk(const struct file_lock *wanted, struct flock64 *answer)
{
	const struct file_lock *lock = find_conflict(wanted);

	if (wanted->type == F_UNLCK)
		return -EINVAL;
	answer->l_type = lock ? lock->type : F_UNLCK;
	if (!lock)
		return 0;
	answer->l_whence = SEEK_SET;
	answer->l_start = lock->start;
	answer->l_len = lock->end == INT64_MAX ? 0 : lock->end - lock->start;
	answer->l_pid = lock->pid;
	return 0;
}

/* The commands with 64 come with 64 bits. */
long fcntl_lock(struct file *file, unsigned int command, void __user *user)
{
	bool wide = command >= F_GETLK64;
	struct flock64 request;
	struct flock old;
	struct file_lock wanted;
	long error;

	if (wide ? get_user(request, user) : get_user(old, user))
		return -EFAULT;
	if (wide)
		command -= F_GETLK64 - F_GETLK;
	else
		request = (struct flock64){ old.l_type, old.l_whence,
					    old.l_start, old.l_len, old.l_pid };
	error = flock_to_lock(file, &request, &wanted);
	if (error)
		return error;
	if (command != F_GETLK)
		return setlk(file, &wanted, command == F_SETLKW);
	error = getlk(&wanted, &request);
	if (error)
		return error;
	old = (struct flock){ request.l_type, request.l_whence, request.l_start,
			      request.l_len, request.l_pid };
	return wide ? put_user(request, user) : put_user(old, user);
}

void locks_remove_posix(struct file *file)
{
	struct file_lock all = { .inode = file->f_inode,
				 .pid = current->pid,
				 .end = INT64_MAX };

	if (nr_locks)
		unlock_range(&all);
}
