/*
 * syscalls.c - every system call of the table, asked well and badly; each line
 * of the output says what came of one call. Linux is the judge: what it prints
 * there is what it has to print here.
 *
 * A row of the table is a call as it should be made, with a letter for each
 * argument: that argument is then replaced by all that `nasty` has for the
 * letter (SWEEP); or it is one question more, with its answer (CASE).
 */
#define _GNU_SOURCE /* for glibc: MREMAP_… */
#include "syscalls.h"

static char long_name[300]; /* of one file: NAME_MAX is 255 */
static char long_path[5000]; /* PATH_MAX is 4096 */

/* ── Every argument, replaced by every nonsense of its kind ───────────── */

enum {
	FD = 'f',
	PATH = 'p',
	OUT = 'o', /* the kernel is to write there */
	IN = 'i', /* and to read there */
	SIZE = 'n', /* of a buffer of 16 bytes */
	AT = '@', /* the directory of an …at() call */
	ADDRESS = 'a', /* of a page that is mapped */
	LENGTH = 'l', /* of a range of pages */
	FLAGS = 'x',
	SIGNAL = 's',
	/* '*' before all: what it returns is some number, say "success" */
};

static const struct nasty {
	char kind;
	const char *name;
	long value;
} nasty[] = {
	{ FD, "-1", -1 },
	{ FD, "99999", 99999 },
	{ FD, "a closed one", CLOSED },
	{ FD, "a directory", DIR_FD },
	{ FD, "a pipe's reader", PIPE_READ },
	{ FD, "a pipe's writer", PIPE_WRITE },
	{ FD, "a read-only file", READ_FD },
	{ FD, "a write-only file", WRITE_FD },

	{ AT, "-1", -1 },
	{ AT, "a closed one", CLOSED },
	{ AT, "a file", FILE_FD },
	{ AT, "another directory", DIR_FD },
	{ AT, "a pipe", PIPE_READ },

	{ PATH, "NULL", 0 },
	{ PATH, "the kernel's memory", KERNEL },
	{ PATH, "no access", NO_ACCESS },
	{ PATH, "unmapped", UNMAPPED },
	{ PATH, "running off", EDGE },
	{ PATH, "running off, a page long", LAST },
	{ PATH, "empty", TEXT("") },
	{ PATH, "a name too long", TEXT(long_name) },
	{ PATH, "a path too long", TEXT(long_path) },
	{ PATH, "missing", TEXT("missing") },
	{ PATH, "missing/", TEXT("missing/") },
	{ PATH, "missing/file", TEXT("missing/file") },
	{ PATH, "file/", TEXT("file/") },
	{ PATH, "file/file", TEXT("file/file") },
	{ PATH, "file/..", TEXT("file/..") },
	{ PATH, "file", TEXT("file") },
	{ PATH, "dir", TEXT("dir") },
	{ PATH, "dir/", TEXT("dir/") },
	{ PATH, "dir/.", TEXT("dir/.") },
	{ PATH, "dir/..", TEXT("dir/..") },
	{ PATH, "empty/", TEXT("empty/") },
	{ PATH, ".", TEXT(".") },
	{ PATH, "..", TEXT("..") },
	{ PATH, "dir//inside", TEXT("dir//inside") },
	{ PATH, "a link", TEXT("link") },
	{ PATH, "a link/", TEXT("link/") },
	{ PATH, "a link to a directory", TEXT("to dir") },
	{ PATH, "a link to a directory/", TEXT("to dir/") },
	{ PATH, "a link to nothing", TEXT("dangling") },
	{ PATH, "a link to itself", TEXT("loop") },

	{ OUT, "NULL", 0 },
	{ OUT, "the kernel's memory", KERNEL },
	{ OUT, "the last byte", -1 },
	{ OUT, "read-only", READ_ONLY },
	{ OUT, "no access", NO_ACCESS },
	{ OUT, "unmapped", UNMAPPED },
	{ OUT, "running off", EDGE },
	{ OUT, "unaligned", GOOD + 1 },

	{ IN, "NULL", 0 },
	{ IN, "the kernel's memory", KERNEL },
	{ IN, "the last byte", -1 },
	{ IN, "no access", NO_ACCESS },
	{ IN, "unmapped", UNMAPPED },
	{ IN, "running off", EDGE },

	{ SIZE, "0", 0 },
	{ SIZE, "1", 1 },
	{ SIZE, "7", 7 },
	{ SIZE, "4096", 4096 },
	{ SIZE, "2 GiB - 1", 0x7fffffff },

	{ ADDRESS, "0", 0 },
	{ ADDRESS, "unaligned", GOOD + 1 },
	{ ADDRESS, "read-only", READ_ONLY },
	{ ADDRESS, "no access", NO_ACCESS },
	{ ADDRESS, "the last page", LAST },
	{ ADDRESS, "unmapped", UNMAPPED },

	{ LENGTH, "0", 0 },
	{ LENGTH, "1", 1 },
	{ LENGTH, "four pages", 4 * 4096 },
	{ LENGTH, "past the end", 5 * 4096 },
	{ LENGTH, "-1", -1 },
	{ LENGTH, "-4096", -4096 },

	{ FLAGS, "-1", -1 },
	{ FLAGS, "bit 31", 1l << 31 },
	{ FLAGS, "bit 30", 1l << 30 },
	{ FLAGS, "bit 8", 1 << 8 },
	{ FLAGS, "3", 3 },

	{ SIGNAL, "0", 0 },
	{ SIGNAL, "-1", -1 },
	{ SIGNAL, "9", 9 },
	{ SIGNAL, "19", 19 },
	{ SIGNAL, "31", 31 },
	{ SIGNAL, "33", 33 },
	{ SIGNAL, "64", 64 },
	{ SIGNAL, "65", 65 },
	{ SIGNAL, "bit 31", 1l << 31 },
};

/* ── The cases ────────────────────────────────────────────────────────── */

#define CALL(name) .number = SYS_##name, .call = #name

/* A call that is right, and the kinds of its arguments. */
#define SWEEP(name, letters, ...)                                        \
	{                                                                \
		CALL(name), .what = "as it should be", .kinds = letters, \
			    .args = { __VA_ARGS__ },                     \
	}

/* A call and its answer. */
#define CASE(name, question, answer, ...)                         \
	{                                                         \
		CALL(name), .what = question, .expected = answer, \
			    .args = { __VA_ARGS__ },              \
	}

/* The same after FUNCTION has prepared it. */
#define CASE_AFTER(function, name, question, answer, ...)                \
	{                                                                \
		CALL(name), .what = question, .expected = answer,        \
			    .before = function, .args = { __VA_ARGS__ }, \
	}

#define SWEEP_AFTER(function, name, letters, ...)                        \
	{                                                                \
		CALL(name), .what = "as it should be", .kinds = letters, \
			    .before = function, .args = { __VA_ARGS__ }, \
	}

#define TCGETS_    0x5401
#define NO_PROCESS 0x7fffffff

struct piece {
	long base, length;
};

static const struct piece pieces[] = { { GOOD, 3 }, { 0, 0 }, { GOOD, 5 } };
static const struct piece none_piece[] = { { GOOD, 3 }, { NO_ACCESS, 1 } };
static const struct piece negative_piece[] = { { GOOD, -1 } };

static struct {
	int fd;
	short events, revents;
} polled[] = { { PIPE_READ, 1, 0 }, { CLOSED, 1, 0 }, { -1, 1, 0 } };

static const long long at_once64[2], bad_time64[2] = { 0, 1000000000 };
static const long at_once[2], bad_time[2] = { 0, 1000000000 },
			      negative_time[2] = { -1, 0 },
			      long_time[2] = { 1000, 0 };

static const long stack_good[3] = { GOOD, 0, 8192 };
static const long stack_small[3] = { GOOD, 0, 1000 };
static const long stack_flags[3] = { GOOD, 64, 8192 };
static const long stack_off[3] = { 0, 2 /* SS_DISABLE */, 0 };

static long segment_any[4] = { -1, 0, 0xfffff, 0x51 };
static long segment_wrong[4] = { 5, 0, 0xfffff, 0x51 };

static const long bad_times[4] = { 0, 1000000000, 0, 0 };
static const long omitted_times[4] = { 0, 0x3ffffffe, 0, 0x3ffffffe };

static long readable[2] = { 1 << PIPE_READ };
static long closed_too[2] = { 1 << PIPE_WRITE | 1 << CLOSED };
static const long small_mask[2] = { GOOD, 4 };

static const long limits_wrong[2] = { 2, 1 };

static const long exit_9[] = { TEXT("syscalls"), 0 };
static const long bad_words[] = { TEXT("syscalls"), KERNEL, 0 };

static void nothing(int signal)
{
	(void)signal;
}

/* A child that is a zombie, to be waited for. */
static void zombie(void)
{
	char path[40];
	pid_t pid = fork();

	if (pid == 0)
		_exit(3);
	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	while (strstr(read_proc(path), ") Z ") == NULL)
		;
}

/* Signals with a handler, until the process is gone. */
static void nag(void)
{
	struct sigaction action = { .sa_handler = nothing };
	pid_t pid = getpid();

	sigaction(SIGUSR1, &action, NULL);
	if (fork() != 0)
		return;
	close(REPORT);
	while (getppid() == pid) {
		kill(pid, SIGUSR1);
		usleep(1000);
	}
	_exit(0);
}

static void empty_pipe(void)
{
	char bytes[8];

	fcntl(PIPE_READ, F_SETFL, O_NONBLOCK);
	if (read(PIPE_READ, bytes, 8) != 8)
		_exit(2);
}

static void no_writer(void)
{
	empty_pipe();
	close(PIPE_WRITE);
}

static void no_reader(void)
{
	close(PIPE_READ);
}

static void no_reader_no_signal(void)
{
	signal(SIGPIPE, SIG_IGN);
	close(PIPE_READ);
}

static void full_pipe(void)
{
	static char bytes[4096];

	fcntl(PIPE_WRITE, F_SETFL, O_NONBLOCK);
	while (write(PIPE_WRITE, bytes, sizeof(bytes)) > 0)
		;
	while (write(PIPE_WRITE, bytes, 1) > 0)
		;
}

static void in_removed_directory(void)
{
	if (chdir("empty") != 0)
		_exit(2);
	kernel_call(SYS_rmdir, TEXT("../empty"));
}

static void directory_removed(void)
{
	kernel_call(SYS_unlink, TEXT("dir/inside"));
	kernel_call(SYS_rmdir, TEXT("dir"));
}

static void directory_read(void)
{
	while (kernel_call(SYS_getdents64, DIR_FD, GOOD, 4096) > 0)
		;
}

static void executable(void)
{
	close(FILE_FD);
	close(WRITE_FD);
	kernel_call(SYS_chmod, TEXT("file"), 0755);
	kernel_call(SYS_chmod, TEXT("dir/inside"), 0755);
}

static void new_session(void)
{
	kernel_call(SYS_setsid);
}

static void open_program(void)
{
	kernel_call(SYS_chmod, TEXT("file"), 0755);
}

/* What only root is told, all others get to see as well. */
static void as_root(void)
{
	if (kernel_call(SYS_geteuid32) != 0) {
		kernel_call(SYS_write, REPORT, TEXT("EINVAL"), 6);
		_exit(0);
	}
}

static const struct call_case cases[] = {
	/* read, write, seek */
	SWEEP(read, "fon", FILE_FD, GOOD, 16),
	CASE_AFTER(empty_pipe, read, "nothing there, O_NONBLOCK", "EAGAIN",
		   PIPE_READ, GOOD, 1),
	CASE_AFTER(empty_pipe, read, "0 bytes of an empty pipe", "0", PIPE_READ,
		   GOOD, 0),
	CASE_AFTER(no_writer, read, "no writer left", "0", PIPE_READ, GOOD, 1),
	CASE(read, "a pipe, to a bad address", "EFAULT", PIPE_READ, UNMAPPED,
	     8),
	CASE(read, "a pipe, running off", "EFAULT", PIPE_READ, EDGE, 8),
	CASE(read, "a bad descriptor and a bad address", "EBADF", -1, KERNEL,
	     1),
	CASE(read, "0 bytes to a bad address", "0", FILE_FD, UNMAPPED, 0),
	SWEEP(write, "fin", FILE_FD, GOOD, 16),
	CASE(write, "a pipe, from a bad address", "EFAULT", PIPE_WRITE,
	     UNMAPPED, 8),
	CASE(write, "a pipe, running off", "EFAULT", PIPE_WRITE, EDGE, 8),
	CASE_AFTER(no_reader, write, "no reader left", "signal 13", PIPE_WRITE,
		   GOOD, 1),
	CASE_AFTER(no_reader_no_signal, write, "no reader, SIGPIPE ignored",
		   "EPIPE", PIPE_WRITE, GOOD, 1),
	CASE_AFTER(no_reader, write, "0 bytes to nobody", "0", PIPE_WRITE, GOOD,
		   0),
	CASE_AFTER(full_pipe, write, "a full pipe, O_NONBLOCK", "EAGAIN",
		   PIPE_WRITE, GOOD, 1),
	SWEEP(readv, "fi", FILE_FD, TEXT(pieces), 3),
	CASE(readv, "no pieces", "0", FILE_FD, 0, 0),
	CASE(readv, "-1 pieces", "EINVAL", FILE_FD, TEXT(pieces), -1),
	CASE(readv, "1025 pieces", "EINVAL", FILE_FD, TEXT(pieces), 1025),
	CASE(readv, "the second runs off", "3", FILE_FD, TEXT(none_piece), 2),
	SWEEP(writev, "fi", FILE_FD, TEXT(pieces), 3),
	CASE(writev, "no pieces", "0", FILE_FD, 0, 0),
	CASE(writev, "-1 pieces", "EINVAL", FILE_FD, TEXT(pieces), -1),
	CASE(writev, "1025 pieces", "EINVAL", FILE_FD, TEXT(pieces), 1025),
	CASE(writev, "the second is bad", "3", FILE_FD, TEXT(none_piece), 2),
	CASE(writev, "of -1 bytes", "EINVAL", FILE_FD, TEXT(negative_piece), 1),
	SWEEP(pread64, "fon", FILE_FD, GOOD, 16, 5, 0),
	CASE(pread64, "at -1", "EINVAL", FILE_FD, GOOD, 16, -1, -1),
	CASE(pread64, "at the end", "0", FILE_FD, GOOD, 16, FILE_SIZE, 0),
	CASE(pread64, "at -1 of nothing", "EINVAL", CLOSED, GOOD, 16, -1, -1),
	SWEEP(pwrite64, "fin", FILE_FD, GOOD, 16, 5, 0),
	CASE(pwrite64, "at -1", "EINVAL", FILE_FD, GOOD, 16, -1, -1),
	SWEEP(fsync, "f", FILE_FD),
	SWEEP(fdatasync, "f", FILE_FD),
	CASE(sync, "all", "0", 0),
	SWEEP(lseek, "f..", FILE_FD, 5, SEEK_SET),
	CASE(lseek, "from the end", "10005", FILE_FD, 5, SEEK_END),
	CASE(lseek, "to before the start", "EINVAL", FILE_FD, -1, SEEK_SET),
	CASE(lseek, "from here to before it", "EINVAL", FILE_FD, -1, SEEK_CUR),
	CASE(lseek, "from the end to before it", "EINVAL", FILE_FD, -10001,
	     SEEK_END),
	CASE(lseek, "from nowhere", "EINVAL", FILE_FD, 0, 5),
	CASE(lseek, "from -1", "EINVAL", FILE_FD, 0, -1),
	CASE(lseek, "a pipe, from nowhere", "EINVAL", PIPE_READ, 0, 5),
	CASE(lseek, "nothing, from nowhere", "EBADF", CLOSED, 0, 5),
	SWEEP(_llseek, "f..o.", FILE_FD, 0, 5, GOOD, SEEK_SET),
	CASE(_llseek, "4 GiB", "0", FILE_FD, 1, 0, GOOD, SEEK_SET),
	CASE(_llseek, "-4 GiB", "EINVAL", FILE_FD, -1, 0, GOOD, SEEK_SET),
	CASE(_llseek, "from nowhere", "EINVAL", FILE_FD, 0, 0, GOOD, 99),
	SWEEP(truncate64, "p", TEXT("file"), 5000, 0),
	CASE(truncate64, "longer", "0", TEXT("file"), 50000, 0),
	CASE(truncate64, "-1", "EINVAL", TEXT("file"), -1, -1),
	CASE(truncate64, "-1 of nothing", "EINVAL", TEXT("missing"), -1, -1),
	CASE(truncate64, "a running program", "ETXTBSY", TEXT("/proc/self/exe"),
	     100000, 0),
	SWEEP(truncate, "p", TEXT("file"), 5000),
	CASE(truncate, "-1", "EINVAL", TEXT("file"), -1),
	SWEEP(ftruncate, "f", FILE_FD, 5000),
	CASE(ftruncate, "-1 of nothing", "EINVAL", CLOSED, -1),
	SWEEP(ftruncate64, "f", FILE_FD, 5000, 0),
	CASE(ftruncate64, "-1", "EINVAL", FILE_FD, -1, -1),
	CASE(ftruncate64, "-1 of nothing", "EINVAL", CLOSED, -1, -1),

	/* open files */
	SWEEP(open, "p", TEXT("file"), O_RDONLY),
	CASE(open, "access mode 3", "3", TEXT("file"), 3),
	CASE(open, "O_CREAT", "3", TEXT("new"), O_CREAT | O_RDWR, 0600),
	CASE(open, "O_CREAT of what is there", "3", TEXT("file"),
	     O_CREAT | O_RDWR, 0600),
	CASE(open, "O_EXCL of what is there", "EEXIST", TEXT("file"),
	     O_CREAT | O_EXCL | O_RDWR, 0600),
	CASE(open, "O_EXCL of a directory", "EEXIST", TEXT("dir"),
	     O_CREAT | O_EXCL | O_RDWR, 0600),
	CASE(open, "O_CREAT of a directory", "EISDIR", TEXT("dir"), O_CREAT,
	     0600),
	CASE(open, "O_CREAT of .", "EISDIR", TEXT("."), O_CREAT, 0600),
	CASE(open, "O_CREAT of /", "EISDIR", TEXT("/"), O_CREAT, 0600),
	CASE(open, "O_CREAT with a slash behind", "EISDIR", TEXT("new/"),
	     O_CREAT, 0600),
	CASE(open, "O_CREAT of a file with a slash behind", "EISDIR",
	     TEXT("file/"), O_CREAT, 0600),
	CASE(open, "O_CREAT in no directory", "ENOENT", TEXT("missing/new"),
	     O_CREAT, 0600),
	CASE(open, "O_CREAT below a file", "ENOTDIR", TEXT("file/new"), O_CREAT,
	     0600),
	CASE(open, "O_CREAT of a long name", "ENAMETOOLONG", TEXT(long_name),
	     O_CREAT, 0600),
	CASE_AFTER(in_removed_directory, open,
		   "O_CREAT in a directory that is gone", "ENOENT", TEXT("new"),
		   O_CREAT, 0600),
	CASE(open, "a directory to write", "EISDIR", TEXT("dir"), O_WRONLY),
	CASE(open, "a directory to cut", "EISDIR", TEXT("dir"), O_TRUNC),
	CASE(open, "O_DIRECTORY", "3", TEXT("dir"), O_DIRECTORY),
	CASE(open, "O_DIRECTORY of a file", "ENOTDIR", TEXT("file"),
	     O_DIRECTORY),
	CASE(open, "O_TRUNC to read", "3", TEXT("file"), O_TRUNC),
	CASE(open, "a running program to write", "ETXTBSY",
	     TEXT("/proc/self/exe"), O_WRONLY),
	CASE(open, "O_CREAT in /proc", "ENOENT", TEXT("/proc/new"), O_CREAT),
	CASE(open, "O_CREAT of a link to nothing", "3", TEXT("dangling"),
	     O_CREAT, 0600),
	CASE(open, "O_EXCL of a link to nothing", "EEXIST", TEXT("dangling"),
	     O_CREAT | O_EXCL, 0600),
	CASE(open, "O_NOFOLLOW of a link", "ELOOP", TEXT("link"), O_NOFOLLOW),
	SWEEP(openat, "@p", AT_FDCWD, TEXT("file"), O_RDONLY),
	CASE(openat, "in a directory", "3", DIR_FD, TEXT("inside"), O_RDONLY),
	CASE(openat, "from the root, whatever the directory", "3", CLOSED,
	     TEXT("/"), O_RDONLY),
	CASE(openat, "a bad path in a bad directory", "EFAULT", CLOSED, KERNEL,
	     O_RDONLY),
	CASE(openat, "no path in a bad directory", "ENOENT", CLOSED, TEXT(""),
	     O_RDONLY),
	SWEEP(close, "f", FILE_FD),
	SWEEP(dup, "f", FILE_FD),
	SWEEP(dup2, "f", FILE_FD, 5),
	SWEEP(dup2, ".f", FILE_FD, 5),
	CASE(dup2, "onto itself", "20", FILE_FD, FILE_FD),
	CASE(dup2, "a closed one onto itself", "EBADF", CLOSED, CLOSED),
	SWEEP(dup3, "f.x", FILE_FD, 5, 0),
	CASE(dup3, "O_CLOEXEC", "5", FILE_FD, 5, O_CLOEXEC),
	CASE(dup3, "onto itself", "EINVAL", FILE_FD, FILE_FD, 0),
	CASE(dup3, "a closed one onto itself", "EINVAL", CLOSED, CLOSED, 0),
	CASE(dup3, "onto what cannot be", "EBADF", FILE_FD, -1, 0),
	SWEEP(pipe, "o", GOOD),
	SWEEP(pipe2, "ox", GOOD, 0),
	CASE(pipe2, "O_NONBLOCK | O_CLOEXEC", "0", GOOD,
	     O_NONBLOCK | O_CLOEXEC),
	CASE(pipe2, "bad flags and a bad address", "EINVAL", KERNEL, 1),
	SWEEP(fcntl64, "f", FILE_FD, F_GETFD),
	CASE(fcntl64, "F_DUPFD", "7", FILE_FD, F_DUPFD, 7),
	CASE(fcntl64, "F_DUPFD_CLOEXEC", "7", FILE_FD, 1030, 7),
	CASE(fcntl64, "F_DUPFD from -1", "EINVAL", FILE_FD, F_DUPFD, -1),
	CASE(fcntl64, "F_SETFD", "0", FILE_FD, F_SETFD, 1),
	CASE(fcntl64, "F_GETFL of a pipe's writer", "1", PIPE_WRITE, F_GETFL),
	CASE(fcntl64, "F_SETFL", "0", FILE_FD, F_SETFL, O_APPEND),
	CASE(fcntl64, "a command that is none", "EINVAL", FILE_FD, 9999),
	CASE(fcntl64, "a command that is none, of nothing", "EBADF", CLOSED,
	     9999),
	SWEEP(ioctl, "fx", FILE_FD, 0x7fff, 0),
	CASE(ioctl, "TCGETS of a file", "ENOTTY", FILE_FD, TCGETS_, GOOD),
	CASE(ioctl, "TCGETS of a pipe", "ENOTTY", PIPE_READ, TCGETS_, GOOD),
	CASE(ioctl, "TCGETS of a directory", "ENOTTY", DIR_FD, TCGETS_, GOOD),
	SWEEP(poll, "i", TEXT(polled), 3, 0),
	CASE(poll, "nothing at all", "0", 0, 0, 0),
	CASE(poll, "-1 entries", "EINVAL", TEXT(polled), -1, 0),

	SWEEP(ppoll, "i..i", TEXT(polled), 3, TEXT(at_once), GOOD, 8),
	CASE(ppoll, "sets of 4 bytes", "EINVAL", TEXT(polled), 3, TEXT(at_once),
	     GOOD, 4),
	CASE(ppoll, "a second of nanoseconds", "EINVAL", TEXT(polled), 3,
	     TEXT(bad_time), 0, 8),
	CASE(ppoll, "a bad time", "EFAULT", TEXT(polled), 3, KERNEL, 0, 8),
	SWEEP(ppoll_time64, "i..i", TEXT(polled), 3, TEXT(at_once64), GOOD, 8),
	SWEEP(_newselect, ".ooo", 30, GOOD, GOOD, GOOD, TEXT(at_once)),
	CASE(_newselect, "-1 descriptors", "EINVAL", -1, 0, 0, 0,
	     TEXT(at_once)),
	CASE(_newselect, "a pipe that can be read", "1", 30, TEXT(readable), 0,
	     0, TEXT(at_once)),
	CASE(_newselect, "a closed one", "EBADF", 30, 0, TEXT(closed_too), 0,
	     TEXT(at_once)),
	CASE(_newselect, "fewer than there are in it", "1", CLOSED, 0,
	     TEXT(closed_too), 0, TEXT(at_once)),
	CASE(_newselect, "a time before now", "EINVAL", 30, 0, 0, 0,
	     TEXT(negative_time)),
	CASE(_newselect, "a bad time", "EFAULT", 30, 0, 0, 0, KERNEL),
	SWEEP(pselect6, ".ooo.i", 30, GOOD, GOOD, GOOD, TEXT(at_once), GOOD),
	CASE(pselect6, "sets of 4 bytes", "EINVAL", 30, 0, 0, 0, TEXT(at_once),
	     TEXT(small_mask)),
	CASE(pselect6, "a second of nanoseconds", "EINVAL", 30, 0, 0, 0,
	     TEXT(bad_time), 0),
	SWEEP(pselect6_time64, ".ooo.i", 30, GOOD, GOOD, GOOD, TEXT(at_once64),
	      GOOD),

	/* the tree */
	SWEEP(unlink, "p", TEXT("file")),
	CASE(unlink, "/", "EISDIR", TEXT("/")),
	SWEEP(unlinkat, "@px", AT_FDCWD, TEXT("file"), 0),
	SWEEP(unlinkat, "@p", AT_FDCWD, TEXT("empty"), 0x200),
	SWEEP(mkdir, "p", TEXT("new"), 0755),
	CASE(mkdir, "new/", "0", TEXT("new/"), 0755),
	CASE(mkdir, "in /proc", "ENOENT", TEXT("/proc/new"), 0755),
	CASE(mkdir, "/", "EEXIST", TEXT("/"), 0755),
	CASE_AFTER(in_removed_directory, mkdir, "in a directory that is gone",
		   "ENOENT", TEXT("new"), 0755),
	SWEEP(mkdirat, "@p", AT_FDCWD, TEXT("new"), 0755),
	SWEEP(mknod, "p", TEXT("new"), S_IFIFO | 0600, 0),
	CASE(mknod, "a file", "0", TEXT("new"), S_IFREG | 0600, 0),
	CASE(mknod, "a file, by 0", "0", TEXT("new"), 0600, 0),
	CASE(mknod, "a directory", "EPERM", TEXT("new"), S_IFDIR | 0700, 0),
	CASE(mknod, "a link", "EINVAL", TEXT("new"), S_IFLNK | 0700, 0),
	SWEEP(mknodat, "@p", AT_FDCWD, TEXT("new"), S_IFIFO | 0600, 0),
	SWEEP(rmdir, "p", TEXT("empty")),
	CASE(rmdir, "/", "EBUSY", TEXT("/")),
	SWEEP(rename, "p", TEXT("file"), TEXT("new")),
	SWEEP(rename, ".p", TEXT("file"), TEXT("new")),
	SWEEP(rename, ".p", TEXT("dir"), TEXT("new")),
	CASE(rename, "onto itself", "0", TEXT("file"), TEXT("file")),
	CASE(rename, "a directory into itself", "EINVAL", TEXT("dir"),
	     TEXT("dir/new")),
	CASE(rename, "a directory onto an empty one", "0", TEXT("dir"),
	     TEXT("empty")),
	CASE(rename, "/", "EBUSY", TEXT("/"), TEXT("/new")),
	CASE(rename, "to /", "EBUSY", TEXT("/proc"), TEXT("/")),
	CASE(rename, "to another file system", "EXDEV", TEXT("file"),
	     TEXT("/proc/new")),
	SWEEP(symlink, "pp", TEXT("file"), TEXT("new")),
	SWEEP(symlinkat, "p@p", TEXT("file"), AT_FDCWD, TEXT("new")),
	SWEEP(renameat, "@p@p", AT_FDCWD, TEXT("file"), AT_FDCWD, TEXT("new")),
	SWEEP(chdir, "p", TEXT("dir")),
	SWEEP(fchdir, "f", DIR_FD),
	SWEEP(getcwd, "on", GOOD, 100),
	CASE(getcwd, "no room and a bad address", "ERANGE", KERNEL, 1),
	CASE_AFTER(in_removed_directory, getcwd, "of a directory that is gone",
		   "ENOENT", GOOD, 100),
	CASE(umask, "the old one", "18", 077),

	/* what is known of a file */
	SWEEP(stat64, "po", TEXT("file"), GOOD),
	SWEEP(lstat64, "po", TEXT("file"), GOOD),
	SWEEP(fstat64, "fo", FILE_FD, GOOD),
	SWEEP(fstatat64, "@pox", AT_FDCWD, TEXT("file"), GOOD, 0),
	CASE(fstatat64, "AT_EMPTY_PATH of a file", "0", FILE_FD, TEXT(""), GOOD,
	     0x1000),
	CASE(fstatat64, "AT_EMPTY_PATH of nothing", "EBADF", CLOSED, TEXT(""),
	     GOOD, 0x1000),
	CASE(fstatat64, "AT_EMPTY_PATH of here", "0", AT_FDCWD, TEXT(""), GOOD,
	     0x1000),
	SWEEP(statx, "@px.o", AT_FDCWD, TEXT("file"), 0, 0x7ff, GOOD),
	CASE(statx, "a mask with bit 31", "EINVAL", AT_FDCWD, TEXT("file"), 0,
	     1l << 31, GOOD),
	CASE(statx, "AT_EMPTY_PATH of a pipe", "0", PIPE_READ, TEXT(""), 0x1000,
	     0x7ff, GOOD),
	SWEEP(access, "p", TEXT("file"), R_OK),
	SWEEP(access, ".x", TEXT("file"), X_OK),
	CASE(access, "8 of nothing", "EINVAL", TEXT("missing"), 8),
	SWEEP(faccessat, "@px", AT_FDCWD, TEXT("file"), R_OK),
	SWEEP(chmod, "p", TEXT("file"), 0700),
	CASE(chmod, "all bits", "0", TEXT("file"), -1),
	SWEEP(fchmodat, "@p", AT_FDCWD, TEXT("file"), 0700),
	SWEEP(fchmod, "f", FILE_FD, 0700),
	SWEEP(faccessat2, "@pxx", AT_FDCWD, TEXT("file"), R_OK, 0),
	CASE(faccessat2, "AT_EMPTY_PATH", "0", FILE_FD, TEXT(""), R_OK, 0x1000),
	SWEEP(chown32, "p", TEXT("file"), -1, -1),
	SWEEP(lchown32, "p", TEXT("file"), -1, -1),
	SWEEP(fchown32, "f", FILE_FD, -1, -1),
	SWEEP(fchownat, "@p..x", AT_FDCWD, TEXT("file"), -1, -1, 0),
	SWEEP(utimensat, "@pix", AT_FDCWD, TEXT("file"), GOOD, 0),
	CASE(utimensat, "of a descriptor", "0", FILE_FD, 0, 0, 0),
	CASE(utimensat, "of no descriptor", "EBADF", CLOSED, 0, 0, 0),
	CASE(utimensat, "a second of nanoseconds", "EINVAL", AT_FDCWD,
	     TEXT("file"), TEXT(bad_times), 0),
	CASE(utimensat, "nothing, of what is not there", "0", AT_FDCWD,
	     TEXT("missing"), TEXT(omitted_times), 0),
	SWEEP(utimensat_time64, "@pix", AT_FDCWD, TEXT("file"), GOOD, 0),
	SWEEP(readlink, "p", TEXT("file"), GOOD, 100),
	SWEEP(readlink, ".o", TEXT("/proc/self/exe"), GOOD, 4),
	CASE(readlink, "0 bytes", "EINVAL", TEXT("/proc/self/exe"), GOOD, 0),
	CASE(readlink, "-1 bytes", "EINVAL", TEXT("/proc/self/exe"), GOOD, -1),
	SWEEP(readlinkat, "@p", AT_FDCWD, TEXT("file"), GOOD, 100),
	SWEEP(getdents64, "fon", DIR_FD, GOOD, 100),
	CASE(getdents64, "-1 bytes", "EINVAL", DIR_FD, GOOD, -1),
	CASE_AFTER(directory_read, getdents64, "at the end", "0", DIR_FD, GOOD,
		   100),
	CASE_AFTER(directory_removed, getdents64, "a directory that is gone",
		   "ENOENT", DIR_FD, GOOD, 100),

	/* memory */
	CASE(brk, "0: where is it?", "success", 0),
	CASE(brk, "the kernel's memory", "success", KERNEL),
	CASE(brk, "-1", "success", -1),
	CASE(mmap2, "anonymous", "success", 0, 4096, 3, ANONYMOUS, -1, 0),
	CASE(mmap2, "a file", "success", 0, 4096, 1, MAP_PRIVATE, FILE_FD, 0),
	CASE(mmap2, "a file behind its end", "success", 0, 4096, 1, MAP_PRIVATE,
	     FILE_FD, 100),
	CASE(mmap2, "0 bytes", "EINVAL", 0, 0, 3, ANONYMOUS, -1, 0),
	CASE(mmap2, "0 bytes of nothing", "EBADF", 0, 0, 3, MAP_PRIVATE, CLOSED,
	     0),
	CASE(mmap2, "-1 bytes", "ENOMEM", 0, -1, 3, ANONYMOUS, -1, 0),
	CASE(mmap2, "-4096 bytes", "ENOMEM", 0, -4096, 3, ANONYMOUS, -1, 0),
	CASE(mmap2, "neither private nor shared", "EINVAL", 0, 4096, 3,
	     MAP_ANONYMOUS, -1, 0),
	CASE(mmap2, "a file, neither private nor shared", "EINVAL", 0, 4096, 1,
	     0, FILE_FD, 0),
	CASE(mmap2, "a closed descriptor", "EBADF", 0, 4096, 1, MAP_PRIVATE,
	     CLOSED, 0),
	CASE(mmap2, "descriptor -1", "EBADF", 0, 4096, 1, MAP_PRIVATE, -1, 0),
	CASE(mmap2, "a directory", "ENODEV", 0, 4096, 1, MAP_PRIVATE, DIR_FD,
	     0),
	CASE(mmap2, "a pipe", "ENODEV", 0, 4096, 1, MAP_PRIVATE, PIPE_READ, 0),
	CASE(mmap2, "a pipe's writer", "EACCES", 0, 4096, 1, MAP_PRIVATE,
	     PIPE_WRITE, 0),
	CASE(mmap2, "a write-only file", "EACCES", 0, 4096, 0, MAP_PRIVATE,
	     WRITE_FD, 0),
	CASE(mmap2, "MAP_FIXED, unaligned", "EINVAL", GOOD + 1, 4096, 3,
	     ANONYMOUS | MAP_FIXED, -1, 0),
	CASE(mmap2, "MAP_FIXED, past the top", "ENOMEM", -4096, 8192, 3,
	     ANONYMOUS | MAP_FIXED, -1, 0),
	CASE(mmap2, "MAP_FIXED_NOREPLACE of what is there", "EEXIST", GOOD,
	     4096, 3, ANONYMOUS | 0x100000, -1, 0),
	CASE(mmap2, "an unaligned hint", "success", UNMAPPED + 1, 4096, 3,
	     ANONYMOUS, -1, 0),
	SWEEP(munmap, "al", GOOD, 4096),
	SWEEP(mprotect, "alx", GOOD, 4096, PROT_READ),
	SWEEP(msync, "a.x", GOOD, 4096, 1),
	CASE(msync, "0 bytes of nothing", "0", UNMAPPED, 0, 1),
	CASE(msync, "past the end", "ENOMEM", LAST, 8192, 1),
	CASE(msync, "past the top", "ENOMEM", GOOD, -4096, 1),
	SWEEP(mlock, "a", GOOD, 4096),
	CASE(mlock, "past the end", "ENOMEM", LAST, 8192),
	CASE(mlock, "0 bytes of nothing", "0", UNMAPPED, 0),
	SWEEP(munlock, "a", GOOD, 4096),
	CASE(munlock, "past the end", "ENOMEM", LAST, 8192),
	SWEEP(mlockall, "x", 1),
	CASE(mlockall, "nothing", "EINVAL", 0),
	CASE(mlockall, "MCL_ONFAULT alone", "EINVAL", 4),
	CASE(munlockall, "nothing", "0", 0),
	SWEEP(madvise, "alx", GOOD, 4096, MADV_DONTNEED),
	SWEEP(mincore, "al", GOOD, 4096, GOOD),
	SWEEP(mincore, "..o", LAST, 4096, GOOD),
	SWEEP(mremap, "*a", GOOD, 4096, 8192, MREMAP_MAYMOVE),
	SWEEP(mremap, "*.l", LAST, 4096, 8192, MREMAP_MAYMOVE),
	CASE(mremap, "all flags", "EINVAL", LAST, 4096, 8192, -1),
	CASE(mremap, "smaller", "success", GOOD, 8192, 4096, 0),
	CASE(mremap, "no room, may not move", "ENOMEM", GOOD, 4096, 8192, 0),
	CASE(mremap, "room behind", "success", LAST, 4096, 8192, 0),
	CASE(mremap, "to 0 bytes", "EINVAL", GOOD, 4096, 0, MREMAP_MAYMOVE),
	CASE(mremap, "to 4 GiB", "ENOMEM", GOOD, 4096, -8192, MREMAP_MAYMOVE),
	CASE(mremap, "MREMAP_FIXED alone", "EINVAL", GOOD, 4096, 4096,
	     MREMAP_FIXED, UNMAPPED),
	SWEEP(set_thread_area, "i", TEXT(segment_any)),
	CASE(set_thread_area, "entry 5", "EINVAL", TEXT(segment_wrong)),

	/* processes */
	CASE(fork, "a child", "success", 0),
	CASE(vfork, "a child", "success", 0),
	CASE(clone, "as fork", "success", SIGCHLD, 0, 0, 0, 0),
	CASE(clone, "CLONE_SIGHAND alone", "EINVAL", 0x800, 0, 0, 0, 0),
	CASE(clone, "CLONE_THREAD alone", "EINVAL", 0x10000, 0, 0, 0, 0),
	SWEEP(execve, "pii", TEXT("/proc/self/exe"), TEXT(exit_9), 0),
	CASE(execve, "a bad word", "EFAULT", TEXT("/proc/self/exe"),
	     TEXT(bad_words), 0),
	CASE(execve, "a bad word in the environment", "EFAULT",
	     TEXT("/proc/self/exe"), TEXT(exit_9), TEXT(bad_words)),
	CASE_AFTER(executable, execve, "what is no program", "ENOEXEC",
		   TEXT("file"), 0, 0),
	CASE_AFTER(open_program, execve, "what is open to be written",
		   "ETXTBSY", TEXT("file"), 0, 0),
	CASE_AFTER(executable, execve, "an empty file", "ENOEXEC",
		   TEXT("dir/inside"), 0, 0),
	CASE(exit, "7", "exit 7", 7),
	CASE(exit, "-1", "exit 255", -1),
	CASE(exit_group, "256 + 8", "exit 8", 264),
	CASE(wait4, "no child", "ECHILD", -1, 0, 0, 0),
	CASE(wait4, "no child, WNOHANG", "ECHILD", -1, 0, 1, 0),
	CASE(wait4, "no child, a bad address", "ECHILD", -1, KERNEL, 0, 0),
	CASE(wait4, "no such child", "ECHILD", NO_PROCESS, 0, 0, 0),
	SWEEP_AFTER(zombie, wait4, "*...o", -1, 0, 0, 0),
	SWEEP_AFTER(zombie, wait4, "*.o", -1, 0, 0, 0),
	SWEEP_AFTER(zombie, waitpid, "*.o", -1, 0, 0),
	CASE(wait4, "an option that is none", "EINVAL", -1, 0, 16, 0),
	CASE(wait4, "the smallest number", "ESRCH", 1l << 31, 0, 0, 0),
	CASE(waitpid, "no child", "ECHILD", -1, 0, 0),
	CASE(setpgid, "a group of its own", "0", 0, 0),
	CASE(setpgid, "group -1", "EINVAL", 0, -1),
	CASE(setpgid, "a group that is none", "EPERM", 0, NO_PROCESS),
	CASE(setpgid, "of nobody", "ESRCH", NO_PROCESS, 0),
	CASE(setpgid, "of -1", "EINVAL", -1, 0),
	CASE_AFTER(new_session, setpgid, "of a session's leader", "EPERM", 0,
		   0),
	CASE(getpgid, "a number", "success", 0),
	CASE(getpgid, "of nobody", "ESRCH", NO_PROCESS),
	CASE(getpgid, "of -1", "ESRCH", -1),
	CASE(getpgrp, "a number", "success", 0),
	CASE(setsid, "a number", "success", 0),
	CASE_AFTER(new_session, setsid, "of a session's leader", "EPERM", 0),
	CASE(getsid, "a number", "success", 0),
	CASE(getsid, "of nobody", "ESRCH", NO_PROCESS),
	CASE(getpid, "a number", "success", 0),
	CASE(gettid, "a number", "success", 0),
	CASE(getppid, "a number", "success", 0),
	CASE(set_tid_address, "a number", "success", 0),
	CASE(set_tid_address, "a bad address", "success", KERNEL),
	CASE(getuid, "a number", "success", 0),
	CASE(getgid, "a number", "success", 0),
	CASE(geteuid, "a number", "success", 0),
	CASE(getegid, "a number", "success", 0),
	CASE(getuid32, "a number", "success", 0),
	CASE(getgid32, "a number", "success", 0),
	CASE(geteuid32, "a number", "success", 0),
	CASE(getegid32, "a number", "success", 0),
	SWEEP(ugetrlimit, ".o", 3, GOOD),
	CASE(ugetrlimit, "16", "EINVAL", 16, GOOD),
	CASE(ugetrlimit, "-1, to a bad address", "EINVAL", -1, KERNEL),
	SWEEP(setrlimit, ".i", 4 /* RLIMIT_CORE */, GOOD),
	CASE(setrlimit, "16", "EINVAL", 16, GOOD),
	CASE(setrlimit, "more than allowed", "EINVAL", 4, TEXT(limits_wrong)),
	SWEEP(prlimit64, "...o", 0, 3, 0, GOOD),
	SWEEP(prlimit64, "..i.", 0, 3, 0, GOOD),
	CASE(prlimit64, "16", "EINVAL", 0, 16, 0, GOOD),
	CASE(prlimit64, "of nobody", "ESRCH", NO_PROCESS, 3, 0, GOOD),

	CASE(sched_yield, "once", "0", 0),
	SWEEP(futex, "o", GOOD, 128 /* FUTEX_WAIT_PRIVATE */, 1, TEXT(at_once)),
	CASE(futex, "another value, shared", "EAGAIN", GOOD, 0, 1,
	     TEXT(at_once)),
	CASE(futex, "wait for nobody, not long", "ETIMEDOUT", GOOD, 128, 0,
	     TEXT(at_once)),
	CASE(futex, "wake nobody", "0", GOOD, 129, 1),
	CASE(futex, "what is no work", "ENOSYS", GOOD, 99, 1),
	CASE(futex, "a second of nanoseconds", "EINVAL", GOOD, 128, 0,
	     TEXT(bad_time)),
	CASE(futex, "a bad time", "EFAULT", GOOD, 128, 0, KERNEL),
	SWEEP(futex_time64, "o", GOOD, 128, 1, TEXT(at_once64)),

	/* signals */
	CASE(kill, "myself and the like, 0", "0", 0, 0),
	CASE(kill, "nobody", "ESRCH", NO_PROCESS, 0),
	CASE(kill, "nobody, by a signal that is none", "ESRCH", NO_PROCESS, 65),
	CASE(kill, "a group of nobody", "ESRCH", -NO_PROCESS, 0),
	CASE(kill, "the smallest number", "ESRCH", 1l << 31, 0),
	CASE(kill, "by a signal that is none", "EINVAL", 0, 65),
	CASE(kill, "by -1", "EINVAL", 0, -1),
	CASE(tkill, "nobody", "ESRCH", NO_PROCESS, 0),
	CASE(tkill, "nobody, by a signal that is none", "ESRCH", NO_PROCESS,
	     65),
	CASE(tkill, "0", "EINVAL", 0, 0),
	CASE(tkill, "-1", "EINVAL", -1, 0),
	CASE(tgkill, "nobody", "ESRCH", NO_PROCESS, NO_PROCESS, 0),
	CASE(tgkill, "0", "EINVAL", 0, NO_PROCESS, 0),
	CASE(tgkill, "-1", "EINVAL", NO_PROCESS, -1, 0),
	SWEEP(rt_sigaction, "sio", SIGUSR1, 0, 0, 8),
	CASE(rt_sigaction, "SIGKILL", "EINVAL", SIGKILL, GOOD, 0, 8),
	CASE(rt_sigaction, "sets of 4 bytes", "EINVAL", SIGUSR1, 0, 0, 4),
	SWEEP(rt_sigprocmask, ".io", SIG_BLOCK, GOOD, GOOD, 8),
	CASE(rt_sigprocmask, "how: 3", "EINVAL", 3, GOOD, 0, 8),
	CASE(rt_sigprocmask, "how: 3, with no set", "0", 3, 0, 0, 8),
	CASE(rt_sigprocmask, "sets of 4 bytes", "EINVAL", 0, 0, 0, 4),
	SWEEP(rt_sigpending, "o", GOOD, 8),
	CASE(rt_sigpending, "sets of 4 bytes", "0", GOOD, 4),
	CASE(rt_sigpending, "sets of 9 bytes", "EINVAL", GOOD, 9),
	SWEEP(sigaltstack, "io", TEXT(stack_good), GOOD),
	CASE(sigaltstack, "too small", "ENOMEM", TEXT(stack_small), 0),
	CASE(sigaltstack, "flags that are none", "EINVAL", TEXT(stack_flags),
	     0),
	CASE(sigaltstack, "SS_DISABLE", "0", TEXT(stack_off), 0),
	SWEEP_AFTER(nag, rt_sigsuspend, "i", GOOD, 8),
	CASE(rt_sigsuspend, "sets of 4 bytes", "EINVAL", KERNEL, 4),
	CASE_AFTER(nag, pause, "until a signal", "EINTR", 0),
	CASE(sigreturn, "from no handler", "signal 11", 0),
	CASE(rt_sigreturn, "from no handler", "signal 11", 0),

	/* time and the rest */
	SWEEP(nanosleep, "i", TEXT(at_once), 0),
	CASE(nanosleep, "a second of nanoseconds", "EINVAL", TEXT(bad_time), 0),
	CASE(nanosleep, "-1", "EINVAL", TEXT(negative_time), 0),
	CASE_AFTER(nag, nanosleep, "until a signal", "EINTR", TEXT(long_time),
		   GOOD),
	CASE_AFTER(nag, nanosleep, "the rest to a bad address", "EFAULT",
		   TEXT(long_time), KERNEL),
	SWEEP(clock_nanosleep_time64, "..i", 0, 0, TEXT(at_once64), 0),
	CASE(clock_nanosleep_time64, "a second of nanoseconds", "EINVAL", 0, 0,
	     TEXT(bad_time64), 0),
	CASE(clock_nanosleep_time64, "clock 99", "EINVAL", 99, 0,
	     TEXT(at_once64), 0),
	CASE(clock_nanosleep_time64, "until long ago", "0", 1, 1,
	     TEXT(at_once64), 0),
	SWEEP(clock_gettime, ".o", 0, GOOD),
	CASE(clock_gettime, "clock 99", "EINVAL", 99, GOOD),
	CASE(clock_gettime, "clock 99, to a bad address", "EINVAL", 99, KERNEL),
	SWEEP(clock_gettime64, ".o", 1, GOOD),
	CASE(clock_gettime64, "clock -1", "EINVAL", -1, GOOD),
	SWEEP(clock_getres, ".o", 0, GOOD),
	CASE(clock_getres, "clock 99", "EINVAL", 99, GOOD),
	SWEEP(clock_getres_time64, ".o", 1, GOOD),
	CASE(clock_getres_time64, "clock 99, to a bad address", "EINVAL", 99,
	     KERNEL),
	SWEEP(clock_nanosleep, "..i", 0, 0, TEXT(at_once), 0),
	CASE(clock_nanosleep, "clock 99", "EINVAL", 99, 0, TEXT(at_once), 0),
	SWEEP(getrusage, ".o", 0, GOOD),
	SWEEP(getrusage, ".o", -1, GOOD),
	CASE(getrusage, "of 2", "EINVAL", 2, GOOD),
	CASE(getrusage, "of 2, to a bad address", "EINVAL", 2, KERNEL),
	SWEEP(setitimer, "xio", 0, GOOD, GOOD),
	CASE(setitimer, "a second of microseconds", "EINVAL", 0,
	     TEXT(bad_times), 0),
	CASE(setitimer, "timer 9, from a bad address", "EFAULT", 9, KERNEL, 0),
	CASE(alarm, "0: none", "0", 0),
	CASE(alarm, "in 100 s", "0", 100),
	SWEEP(gettimeofday, "oo", GOOD, GOOD),
	SWEEP(time, "*o", GOOD),
	SWEEP(times, "*o", GOOD),
	SWEEP(uname, "o", GOOD),
	SWEEP(sysinfo, "o", GOOD),
	SWEEP(getrandom, "onx", GOOD, 16, 0),
	CASE_AFTER(as_root, reboot, "without the magic numbers", "EINVAL", 0, 0,
		   0, 0),
};

static void test_with_nonsense(const struct call_case *good)
{
	struct call_case c = *good;
	const char *kinds = c.kinds + (c.kinds[0] == '*');
	char what[80];

	c.what = what;
	for (int i = 0; kinds[i]; i++) {
		for (size_t j = 0; j < sizeof(nasty) / sizeof(nasty[0]); j++) {
			if (nasty[j].kind != kinds[i])
				continue;
			snprintf(what, sizeof(what), "argument %d: %s", i + 1,
				 nasty[j].name);
			c.args[i] = nasty[j].value;
			test_case(&c);
		}
		c.args[i] = good->args[i];
	}
}

int main(void)
{
	if (fcntl(REPORT, F_GETFD) >= 0)
		return 9; /* started by a case of execve() */
	memset(long_name, 'n', sizeof(long_name) - 1);
	memset(long_path, '/', sizeof(long_path) - 1);
	snprintf(stage, sizeof(stage), "/tmp/syscalls.%08d", (int)getpid());
	mkdir(stage, 0755);
	strcat(stage, "/here");

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		test_case(&cases[i]);
		if (cases[i].kinds)
			test_with_nonsense(&cases[i]);
	}

	if (chdir("/") != 0)
		return 2;
	*strrchr(stage, '/') = '\0';
	remove_entries(stage);
	kernel_call(SYS_rmdir, TEXT(stage));
	return done_testing();
}
