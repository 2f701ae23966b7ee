/*
 * locks.c - reading and writing elsewhere than at the position, cutting files,
 * and record locks between processes.
 */
#include <signal.h>
#include <sys/wait.h>

#include "kernel_call.h"
#include "tap.h"

struct request {
	short type, whence;
	long long start, length;
	int pid;
} __attribute__((packed, aligned(4)));

#define GETLK  12
#define SETLK  13
#define SETLKW 14

enum { READ, WRITE, UNLOCK };

static int fd;

static long lock(int command, int type, long long start, long long length)
{
	struct request wanted = { (short)type, SEEK_SET, start, length, 0 };

	return kernel_call(SYS_fcntl64, fd, command, (long)&wanted);
}

/* What another process is told that wants to lock these bytes. */
static long other(int type, long long start, long long length)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit((int)-lock(SETLK, type, start, length));
	waitpid(pid, &status, 0);
	return -WEXITSTATUS(status);
}

static void positions(void)
{
	char buffer[8] = "";

	write(fd, "0123456789", 10);
	is_long(kernel_call(SYS_pread64, fd, (long)buffer, 4, 3, 0), 4,
		"pread64()");
	ok(!memcmp(buffer, "3456", 4), "from there");
	is_long(kernel_call(SYS_pwrite64, fd, (long)"ab", 2, 9, 0), 2,
		"pwrite64()");
	is_long(lseek(fd, 0, SEEK_CUR), 10, "the position stays");
	is_long(lseek(fd, 0, SEEK_END), 11, "the file has grown");
	is_long(kernel_call(SYS_pread64, fd, (long)buffer, 4, 11, 0), 0,
		"nothing behind the end");
	is_long(kernel_call(SYS_pread64, fd, (long)buffer, 4, 0, -1), -EINVAL,
		"before the beginning");
	is_long(kernel_call(SYS_pwrite64, 99, (long)buffer, 4, 0, 0), -EBADF,
		"no file");
	is_long(kernel_call(SYS_pwrite64, 99, (long)buffer, 4, 0, -1), -EINVAL,
		"the position is looked at first");
	is_long(kernel_call(SYS_pread64, fd, -1, 4, 0, 0), -EFAULT,
		"to nowhere");

	is_long(kernel_call(SYS_ftruncate, fd, 5), 0, "ftruncate()");
	is_long(lseek(fd, 0, SEEK_END), 5, "it is shorter");
	is_long(kernel_call(SYS_ftruncate, fd, -5), -EINVAL,
		"less than nothing");
	is_long(kernel_call(SYS_truncate, (long)"locked", 7), 0, "truncate()");
	is_long(lseek(fd, 0, SEEK_END), 7, "it is longer");
	is_long(kernel_call(SYS_fsync, fd), 0, "fsync()");
	is_long(kernel_call(SYS_fdatasync, 99), -EBADF, "fdatasync() of none");
}

static void pipes(void)
{
	char buffer[4];
	int ends[2];

	pipe(ends);
	is_long(kernel_call(SYS_pread64, ends[0], (long)buffer, 1, 0, 0),
		-ESPIPE, "a pipe has no positions");
	is_long(kernel_call(SYS_fsync, ends[0]), -EINVAL, "and no disk");
	close(ends[0]);
	close(ends[1]);
}

static void ranges(void)
{
	struct request query = { WRITE, SEEK_SET, 0, 0, 0 };
	int status = -1;
	pid_t pid;

	is_long(lock(SETLK, WRITE, 10, 10), 0, "lock 10 to 19");
	is_long(other(READ, 0, 10), 0, "the bytes before are free");
	is_long(other(READ, 19, 1), -EAGAIN, "the last is not");
	is_long(other(WRITE, 20, 0), 0, "those behind are");
	is_long(other(WRITE, 5, -5), 0, "a negative length: what is before");
	is_long(other(WRITE, 11, -1), -EAGAIN, "the first is not");
	is_long(lock(SETLK, UNLOCK, 13, 2), 0, "cut a hole");
	is_long(other(WRITE, 13, 2), 0, "the hole is free");
	is_long(other(WRITE, 12, 1), -EAGAIN, "what is before it is not");
	is_long(other(WRITE, 15, 1), -EAGAIN, "what is behind it is not");
	is_long(lock(SETLK, READ, 0, 16), 0, "make it shared");
	is_long(other(READ, 0, 16), 0, "others may read now");
	is_long(other(READ, 16, 1), -EAGAIN, "but not the rest");

	pid = fork();
	if (pid == 0) {
		kernel_call(SYS_fcntl64, fd, GETLK, (long)&query);
		_exit(query.type == READ && query.start == 0 &&
		      query.length == 16 && query.pid == getppid());
	}
	waitpid(pid, &status, 0);
	is_long(WEXITSTATUS(status), 1, "F_GETLK64 tells whose it is");
	kernel_call(SYS_fcntl64, fd, GETLK, (long)&query);
	is_long(query.type, UNLOCK, "one's own are not in the way");

	close(dup(fd));
	is_long(other(WRITE, 0, 0), 0, "closing any descriptor ends them all");
}

/* The child gets what it waits for when the parent lets go. */
static void waiting(void)
{
	int status = -1;
	pid_t pid;

	lock(SETLK, WRITE, 0, 0);
	pid = fork();
	if (pid == 0)
		_exit(lock(SETLKW, WRITE, 5, 1) == 0 ? 7 : 8);
	for (int turn = 0; turn < 3; turn++)
		kernel_call(SYS_nanosleep, (long)&(long[2]){ 0, 20000000 }, 0);
	is_long(waitpid(pid, &status, WNOHANG), 0, "F_SETLKW64 waits");
	lock(SETLK, UNLOCK, 0, 0);
	waitpid(pid, &status, 0);
	is_long(WEXITSTATUS(status), 7, "until it may");
	is_long(lock(SETLK, WRITE, 0, 0), 0, "its end has ended its locks");
}

static void refused(void)
{
	int reader = open("locked", O_RDONLY);
	int writer = fd;

	is_long(kernel_call(SYS_fcntl64, fd, SETLK, -1), -EFAULT, "no request");
	is_long(lock(SETLK, 9, 0, 0), -EINVAL, "no such lock");
	is_long(lock(GETLK, UNLOCK, 0, 0), -EINVAL, "nothing to ask for");
	is_long(lock(SETLK, READ, -1, 1), -EINVAL, "before the beginning");
	is_long(lock(SETLK, READ, 5, -6), -EINVAL, "it would begin there");
	fd = reader;
	is_long(lock(SETLK, WRITE, 0, 0), -EBADF, "not opened for that");
	is_long(lock(SETLK, READ, 0, 0), 0, "but for this");
	fd = writer;
	close(reader);
}

int main(void)
{
	fd = open("locked", O_RDWR | O_CREAT | O_TRUNC, 0600);
	positions();
	pipes();
	ranges();
	waiting();
	refused();
	close(fd);
	unlink("locked");
	return done_testing();
}
