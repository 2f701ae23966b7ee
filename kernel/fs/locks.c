/*
 * locks.c - record locks: a process marks bytes of a file as its own, and
 * another that asks for them is refused, or waits. They bind only who asks.
 * Databases rest on them. Linux: fs/locks.c, which also finds deadlocks.
 */
#include "abi/errno.h"
#include "abi/fcntl.h"
#include "fs/fs.h"
#include "lib/list.h"
#include "mm/mm.h"
#include "proc/signal.h"
#include "proc/task.h"

struct file_lock {
	struct list_head list;
	struct inode *inode;
	int pid; /* whose it is */
	int type; /* F_RDLCK, F_WRLCK */
	loff_t start, end; /* both inclusive */
};

static struct list_head locks = { &locks, &locks };

static bool overlaps(const struct file_lock *one, const struct file_lock *other)
{
	return one->inode == other->inode && one->start <= other->end &&
	       other->start <= one->end;
}

/* A lock of another process that stands in the way of WANTED, or NULL. */
static struct file_lock *find_conflict(const struct file_lock *wanted)
{
	struct file_lock *lock;

	list_for_each_entry(lock, &locks, list)
		if (lock->pid != wanted->pid && overlaps(lock, wanted) &&
		    (lock->type == F_WRLCK || wanted->type == F_WRLCK))
			return lock;
	return NULL;
}

/* The bytes that USER means, in FILE: 0, or -errno. */
static int flock_to_lock(struct file *file, const struct flock64 *user,
			 struct file_lock *lock)
{
	loff_t base = seek_base(file, user->l_whence);
	loff_t end;

	if (base < 0)
		return -EINVAL;
	if (__builtin_add_overflow(base, user->l_start, &base))
		return -EOVERFLOW;
	end = INT64_MAX;
	if (user->l_len &&
	    __builtin_add_overflow(base - (user->l_len > 0), user->l_len, &end))
		return -EOVERFLOW;
	if (user->l_len < 0) { /* the bytes before */
		lock->start = end;
		lock->end = base - 1;
	} else {
		lock->start = base;
		lock->end = end;
	}
	lock->inode = file->f_inode;
	lock->pid = current->pid;
	lock->type = user->l_type;
	return lock->start < 0 ? -EINVAL : 0;
}

/*
 * Take WANTED's bytes out of what its process has. SPARE is for a lock that is
 * cut in two; returns it if there is none.
 */
static struct file_lock *unlock_range(const struct file_lock *wanted,
				      struct file_lock *spare)
{
	struct list_head *entry, *next;

	for (entry = locks.next; entry != &locks; entry = next) {
		struct file_lock *lock =
			list_entry(entry, struct file_lock, list);
		bool before = lock->start < wanted->start;
		bool after = lock->end > wanted->end;

		next = entry->next;
		if (lock->pid != wanted->pid || !overlaps(lock, wanted))
			continue;
		if (before && after) {
			*spare = *lock;
			spare->start = wanted->end + 1;
			list_add(&spare->list, &lock->list);
			spare = NULL;
		}
		if (before) {
			lock->end = wanted->start - 1;
		} else if (after) {
			lock->start = wanted->end + 1;
		} else {
			list_del(&lock->list);
			kfree(lock);
		}
	}
	wake_up(&locks);
	return spare;
}

static long setlk(struct file *file, const struct file_lock *wanted, bool wait)
{
	struct file_lock *lock, *spare;

	if ((wanted->type == F_RDLCK && !may_read(file)) ||
	    (wanted->type == F_WRLCK && !may_write(file)))
		return -EBADF;
	while (wanted->type != F_UNLCK && find_conflict(wanted)) {
		if (!wait)
			return -EAGAIN;
		if (sleep_on(&locks))
			return -ERESTARTSYS;
	}
	lock = kmalloc(sizeof(*lock));
	spare = kmalloc(sizeof(*spare));
	if (!lock || !spare) {
		kfree(lock);
		kfree(spare);
		return -ENOLCK;
	}
	kfree(unlock_range(wanted, spare));
	if (wanted->type == F_UNLCK) {
		kfree(lock);
		return 0;
	}
	*lock = *wanted;
	list_add(&lock->list, &locks);
	return 0;
}

static void getlk(const struct file_lock *wanted, struct flock64 *answer)
{
	const struct file_lock *lock = find_conflict(wanted);

	answer->l_type = lock ? lock->type : F_UNLCK;
	if (!lock)
		return;
	answer->l_whence = SEEK_SET;
	answer->l_start = lock->start;
	answer->l_len = lock->end == INT64_MAX ? 0
					       : lock->end - lock->start + 1;
	answer->l_pid = lock->pid;
}

/* COMMAND is one without 64. */
static long do_lock(struct file *file, unsigned int command,
		    struct flock64 *request)
{
	struct file_lock wanted;
	int error;

	if (request->l_type < F_RDLCK || request->l_type > F_UNLCK ||
	    (command == F_GETLK && request->l_type == F_UNLCK))
		return -EINVAL;
	error = flock_to_lock(file, request, &wanted);
	if (error)
		return error;
	if (command != F_GETLK)
		return setlk(file, &wanted, command == F_SETLKW);
	getlk(&wanted, request);
	return 0;
}

/* The commands with 64 come with 64 bits. */
long fcntl_lock(struct file *file, unsigned int command, void __user *user)
{
	bool wide = command >= F_GETLK64;
	struct flock64 request;
	struct flock old;
	long error;

	if (wide ? get_user(request, user) : get_user(old, user))
		return -EFAULT;
	if (wide)
		command -= F_GETLK64 - F_GETLK;
	else
		request = (struct flock64){ old.l_type, old.l_whence,
					    old.l_start, old.l_len, old.l_pid };
	error = do_lock(file, command, &request);
	if (error || command != F_GETLK)
		return error;
	if (wide)
		return put_user(request, user);
	old = (struct flock){ request.l_type, request.l_whence, request.l_start,
			      request.l_len, request.l_pid };
	return put_user(old, user);
}

void locks_remove_posix(struct file *file)
{
	struct file_lock all = { .inode = file->f_inode,
				 .pid = current->pid,
				 .end = INT64_MAX };

	if (!list_empty(&locks))
		unlock_range(&all, NULL);
}
