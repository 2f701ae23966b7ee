/*
 * io.c - reading and writing at a position, waiting for several files at once:
 * pread64(), select(), ppoll() and their kin.
 */
#include <signal.h>
#include <sys/stat.h>

#include "kernel_call.h"
#include "tap.h"

#define NONBLOCK 04000

struct pair {
	long seconds, fraction;
};

static void positions(void)
{
	char text[16] = "";
	int fds[2];
	int fd = open("/tmp/test-io", O_RDWR | O_CREAT | O_TRUNC, 0600);

	write(fd, "0123456789", 10);
	is_long(kernel_call(SYS_pread64, fd, (long)text, 3, 4, 0), 3,
		"pread64()");
	is_string(text, "456", "reads there");
	is_long(kernel_call(SYS_pwrite64, fd, (long)"ab", 2, 0, 0), 2,
		"pwrite64()");
	is_long(kernel_call(SYS_lseek, fd, 0, SEEK_CUR), 10,
		"neither moves the position");
	is_long(kernel_call(SYS_pread64, fd, (long)text, 16, 0, 0), 10,
		"all of it");
	is_long(memcmp(text, "ab23456789", 10), 0, "as written");
	is_long(kernel_call(SYS_pread64, fd, (long)text, 3, 0, 1), 0,
		"4 GiB on: nothing");
	is_error(kernel_call(SYS_pread64, fd, (long)text, 3, -1, -1), "EINVAL",
		 "before the start");
	is_error(kernel_call(SYS_pread64, 77, (long)text, 3, 0, 0), "EBADF",
		 "of a closed descriptor");
	is_error(kernel_call(SYS_pread64, fd, 8, 3, 0, 0), "EFAULT",
		 "to a bad address");
	is_error(kernel_call(SYS_fsync, fd), "success", "fsync()");
	is_error(kernel_call(SYS_fdatasync, 77), "EBADF",
		 "fdatasync() of a closed descriptor");
	is_error(kernel_call(SYS_sync), "success", "sync()");
	close(fd);
	unlink("/tmp/test-io");
	if (pipe(fds))
		_exit(2);
	is_error(kernel_call(SYS_pread64, fds[0], (long)text, 3, 0, 0),
		 "ESPIPE", "pread64() of a pipe");
	is_error(kernel_call(SYS_pwrite64, fds[1], (long)text, 3, 0, 0),
		 "ESPIPE", "pwrite64() to a pipe");
	is_error(kernel_call(SYS_fsync, fds[0]), "EINVAL", "fsync() of a pipe");
	close(fds[0]);
	close(fds[1]);
}

static void selecting(void)
{
	const struct pair none = { 0, 0 };
	struct pair time = { 5, 0 };
	unsigned long in[2] = { 0 }, out[2] = { 0 };
	int fds[2];
	long result;

	if (pipe(fds))
		_exit(2);
	in[0] = 1ul << fds[0];
	out[0] = 1ul << fds[1];
	result = kernel_call(SYS__newselect, fds[1] + 1, (long)in, (long)out, 0,
			     0);
	ok(result == 1 && !in[0] && out[0] == 1ul << fds[1],
	   "select(): an empty pipe can be written");
	write(fds[1], "x", 1);
	in[0] = 1ul << fds[0];
	result = kernel_call(SYS__newselect, fds[1] + 1, (long)in, (long)out, 0,
			     (long)&time);
	ok(result == 2 && in[0] == 1ul << fds[0] && out[0], "then also read");
	result = kernel_call(SYS__newselect, fds[0], (long)in, 0, 0,
			     (long)&none);
	ok(result == 0, "only the first N count");
	read(fds[0], in, 1);
	in[0] = 1ul << fds[0];
	in[1] = 0;
	time = (struct pair){ 0, 20000 };
	result = kernel_call(SYS__newselect, fds[1] + 1, (long)in, 0, 0,
			     (long)&time);
	ok(result == 0 && !in[0], "none for 20 ms");
	close(fds[1]);
	in[0] = 1ul << fds[0];
	result = kernel_call(SYS__newselect, fds[1] + 1, (long)in, 0, 0, 0);
	ok(result == 1 && in[0], "the end can be read");
	in[0] = 1ul << fds[1];
	is_error(kernel_call(SYS__newselect, fds[1] + 1, (long)in, 0, 0, 0),
		 "EBADF", "a closed descriptor");
	is_error(kernel_call(SYS__newselect, -1, 0, 0, 0, 0), "EINVAL",
		 "a negative count");
	is_error(kernel_call(SYS__newselect, 1, 8, 0, 0, 0), "EFAULT",
		 "a set at a bad address");
	time.seconds = -1;
	is_error(kernel_call(SYS__newselect, 0, 0, 0, 0, (long)&time), "EINVAL",
		 "a negative time");
	close(fds[0]);
}

static volatile int caught;

static void note(int signal)
{
	caught = signal;
}

/* A signal that is blocked arrives while ppoll() or pselect6() waits. */
static void masks(void)
{
	const struct pair none = { 0, 0 };
	const unsigned long long usr1 = 1ull << (SIGUSR1 - 1), empty = 0;
	unsigned long long mask = 0;
	const long pair[2] = { (long)&empty, 8 };

	signal(SIGUSR1, note);
	kernel_call(SYS_rt_sigprocmask, SIG_BLOCK, (long)&usr1, 0, 8);
	raise(SIGUSR1);
	is_long(caught, 0, "a blocked signal waits");
	is_long(kernel_call(SYS_ppoll, 0, 0, (long)&none, 0, 8), 0,
		"ppoll() without a mask: time is over");
	is_long(caught, 0, "it still waits");
	is_error(kernel_call(SYS_ppoll, 0, 0, 0, (long)&empty, 8), "EINTR",
		 "ppoll() with one that lets it through");
	is_long(caught, SIGUSR1, "it came");
	kernel_call(SYS_rt_sigprocmask, SIG_BLOCK, 0, (long)&mask, 8);
	ok(mask == usr1, "and is blocked again");
	caught = 0;
	raise(SIGUSR1);
	is_error(kernel_call(SYS_pselect6, 0, 0, 0, 0, 0, (long)pair), "EINTR",
		 "pselect6() likewise");
	is_long(caught, SIGUSR1, "it came");
	is_long(kernel_call(SYS_pselect6, 0, 0, 0, 0, (long)&none, (long)pair),
		0, "without one: time is over");
	kernel_call(SYS_rt_sigprocmask, SIG_BLOCK, 0, (long)&mask, 8);
	ok(mask == usr1, "the mask is the old one");
	is_error(kernel_call(SYS_ppoll, 0, 0, (long)&none, (long)&empty, 4),
		 "EINVAL", "a mask of another size");
	is_error(kernel_call(SYS_ppoll, 0, 0, 8, 0, 8), "EFAULT",
		 "a time at a bad address");
	kernel_call(SYS_rt_sigprocmask, SIG_UNBLOCK, (long)&usr1, 0, 8);
}

int main(void)
{
	positions();
	selecting();
	masks();
	return done_testing();
}
