/*
 * pipe.c - pipes and copies of descriptors: order, ends, blocking, errors.
 */
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "kernel_call.h"
#include "tap.h"

#define NONBLOCK 04000
#define CLOEXEC  02000000
#define MANY     300000

static void ends(void)
{
	char text[32] = "";
	struct stat status;
	int fds[2];

	is_error(kernel_call(SYS_pipe, (long)fds), "success", "pipe()");
	is_long(fds[1], fds[0] + 1, "two descriptors");
	is_long(write(fds[1], "hello ", 6), 6, "write()");
	is_long(write(fds[1], "world", 5), 5, "write()");
	is_long(read(fds[0], text, 4), 4, "read() of less");
	is_long(read(fds[0], text + 4, 20), 7, "read() of the rest");
	is_string(text, "hello world", "in order");
	is_error(kernel_call(SYS_read, fds[1], (long)text, 1), "EBADF",
		 "read() at the end for writing");
	is_error(kernel_call(SYS_write, fds[0], (long)text, 1), "EBADF",
		 "write() at the end for reading");
	is_error(kernel_call(SYS_lseek, fds[0], 0, SEEK_CUR), "ESPIPE",
		 "lseek()");
	is_error(kernel_call(SYS_lseek, fds[0], 0, SEEK_END), "ESPIPE",
		 "lseek() to the end");
	is_long(fstat(fds[0], &status), 0, "fstat()");
	is_long((long)status.st_nlink, 1, "st_nlink");
	is_error(kernel_call(SYS_ftruncate64, fds[1], 0, 0), "EINVAL",
		 "ftruncate()");
	is_long(kernel_call(SYS_read, fds[0], (long)text, 0), 0,
		"read() of nothing does not wait");
	write(fds[1], "abc", 3);
	is_error(kernel_call(SYS_read, fds[0], 8, 2), "EFAULT",
		 "read() to a bad address");
	is_long(read(fds[0], text, 9), 3, "takes nothing");
	is_error(kernel_call(SYS_write, fds[1], 8, 2), "EFAULT",
		 "write() from a bad address");
	write(fds[1], "last", 4);
	close(fds[1]);
	is_long(read(fds[0], text, 20), 4, "what was written before close()");
	is_long(read(fds[0], text, 20), 0, "then the end");
	is_long(read(fds[0], text, 20), 0, "for ever");
	close(fds[0]);
}

static void errors(void)
{
	int fds[2], next = (int)kernel_call(SYS_dup, 1);

	close(next);
	is_error(kernel_call(SYS_pipe, 8), "EFAULT", "pipe() at 8");
	is_error(kernel_call(SYS_pipe2, (long)fds, 1), "EINVAL",
		 "an unknown flag");
	is_long(kernel_call(SYS_dup, 1), next, "no descriptor is lost");
	close(next);
	is_error(kernel_call(SYS_pipe2, (long)fds, NONBLOCK | CLOEXEC),
		 "success", "pipe2()");
	is_long(kernel_call(SYS_fcntl64, fds[0], F_GETFD), FD_CLOEXEC,
		"both are closed by exec");
	is_long(kernel_call(SYS_fcntl64, fds[1], F_GETFD), FD_CLOEXEC,
		"the other, too");
	is_long(kernel_call(SYS_fcntl64, fds[0], F_GETFL), NONBLOCK,
		"F_GETFL at the end for reading");
	is_long(kernel_call(SYS_fcntl64, fds[1], F_GETFL), NONBLOCK | O_WRONLY,
		"and for writing");
	is_error(kernel_call(SYS_read, fds[0], (long)&next, 1), "EAGAIN",
		 "an empty pipe does not wait");
	close(fds[0]);
	close(fds[1]);
}

/* As much as fits, without waiting; then one write of SIZE bytes more. */
static void full(void)
{
	static char page[4096];
	int fds[2];
	long result, total = 0;

	kernel_call(SYS_pipe2, (long)fds, NONBLOCK);
	while ((result = kernel_call(SYS_write, fds[1], (long)page, 4096)) > 0)
		total += result;
	is_error(result, "EAGAIN", "a full pipe does not wait");
	is_long(total, 65536, "64 KiB fit");
	read(fds[0], page, 4095);
	is_error(kernel_call(SYS_write, fds[1], (long)page, 4096), "EAGAIN",
		 "4096 bytes are written in one piece, or not");
	read(fds[0], page, 1);
	is_long(kernel_call(SYS_write, fds[1], (long)page, 4096), 4096,
		"when there is room: all");
	close(fds[0]);
	close(fds[1]);
}

/* More than fits: writer and reader take turns. */
static void blocking(void)
{
	static char buffer[MANY];
	long total = 0, wrong = 0, count;
	int fds[2], status = -1;
	pid_t pid;

	kernel_call(SYS_pipe, (long)fds);
	pid = fork();
	if (pid == 0) {
		close(fds[0]);
		for (int i = 0; i < MANY; i++)
			buffer[i] = (char)(i * 7 + i / 1000);
		_exit(write(fds[1], buffer, MANY) == MANY ? 0 : 1);
	}
	close(fds[1]);
	while ((count = read(fds[0], buffer, 777)) > 0) {
		for (long i = 0; i < count; i++, total++)
			if (buffer[i] != (char)(total * 7 + total / 1000))
				wrong++;
	}
	close(fds[0]);
	waitpid(pid, &status, 0);
	is_long(total, MANY, "300000 bytes came through");
	is_long(wrong, 0, "all of them right");
	is_long(status, 0, "one write() had sent them");
}

static void vectors(void)
{
	char one[4] = "", two[8] = "";
	const struct iovec to[] = { { one, 3 }, { NULL, 0 }, { two, 7 } };
	const struct iovec from[] = { { "abc", 3 }, { "defg", 4 } };
	int fds[2];

	kernel_call(SYS_pipe, (long)fds);
	is_long(kernel_call(SYS_writev, fds[1], (long)from, 2), 7, "writev()");
	is_long(kernel_call(SYS_readv, fds[0], (long)to, 3), 7, "readv()");
	ok(strcmp(one, "abc") == 0 && strcmp(two, "defg") == 0,
	   "fills piece after piece");
	write(fds[1], "abc", 3);
	is_long(kernel_call(SYS_readv, fds[0], (long)to, 3), 3,
		"readv() does not wait for more");
	is_error(kernel_call(SYS_readv, fds[1], (long)to, 3), "EBADF",
		 "readv() at the wrong end");
	is_error(kernel_call(SYS_readv, fds[0], 8, 3), "EFAULT",
		 "readv() with a bad list");
	is_error(kernel_call(SYS_readv, fds[0], (long)to, 1025), "EINVAL",
		 "with too long a list");
	close(fds[0]);
	close(fds[1]);
}

static void duplicates(void)
{
	const struct {
		long number;
		long args[3];
		const char *expected, *what;
	} table[] = {
		{ SYS_dup, { 50 }, "EBADF", "dup() of a bad descriptor" },
		{ SYS_dup2, { 50, 51 }, "EBADF", "dup2() of one" },
		{ SYS_dup2, { 50, 50 }, "EBADF", "dup2() of one to itself" },
		{ SYS_dup2, { 1, -1 }, "EBADF", "dup2() to -1" },
		{ SYS_dup2, { 1, 1 << 30 }, "EBADF", "dup2() far up" },
		{ SYS_dup3, { 1, 1, 0 }, "EINVAL", "dup3() to itself" },
		{ SYS_dup3, { 1, 50, 1 }, "EINVAL", "dup3(), unknown flag" },
		{ SYS_dup3, { 50, 51, 0 }, "EBADF", "dup3() of a bad one" },
	};
	char byte = 0;
	int fds[2];

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		is_error(kernel_call(table[i].number, table[i].args[0],
				     table[i].args[1], table[i].args[2]),
			 table[i].expected, table[i].what);
	is_long(kernel_call(SYS_dup2, 1, 1), 1, "dup2() to itself");
	kernel_call(SYS_pipe, (long)fds);
	is_long(kernel_call(SYS_dup2, fds[1], 40), 40, "dup2()");
	is_long(kernel_call(SYS_dup3, fds[1], 41, CLOEXEC), 41, "dup3()");
	is_long(kernel_call(SYS_fcntl64, 41, F_GETFD), FD_CLOEXEC,
		"marks the copy");
	close(fds[1]);
	close(41);
	write(40, "x", 1);
	is_long(read(fds[0], &byte, 1), 1, "the copy still writes");
	is_long(kernel_call(SYS_dup2, fds[0], 40), 40, "dup2() closes it");
	is_long(read(fds[0], &byte, 1), 0, "it was the last: end of file");
	close(40);
	close(fds[0]);
}

/* Nobody can read any more: the writer is told so by a signal. */
static void broken(void)
{
	int fds[2], status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		kernel_call(SYS_pipe, (long)fds);
		close(fds[0]);
		write(fds[1], "x", 1);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	is_long(status & 0x7f, 13, "write() to no reader: SIGPIPE");
}

static void polling(void)
{
	struct {
		int fd;
		short events, revents;
	} entries[3] = { { 0, 1, 0 }, { -1, 1, 9 }, { 50, 1, 0 } };
	const long none[2] = { 0, 1000000 }, bad[2] = { 0, 1000000000 };
	unsigned char bytes[4];
	int fds[2];

	kernel_call(SYS_pipe, (long)fds);
	entries[0].fd = fds[0];
	is_long(kernel_call(SYS_poll, (long)entries, 1, 20), 0,
		"poll() of an empty pipe: time is over");
	is_long(kernel_call(SYS_poll, (long)entries, 3, -1), 1,
		"poll() with a bad descriptor");
	ok(entries[0].revents == 0 && entries[1].revents == 0 &&
		   entries[2].revents == 0x20,
	   "POLLNVAL for that");
	write(fds[1], "x", 1);
	is_long(kernel_call(SYS_poll, (long)entries, 1, -1), 1, "a byte");
	is_long(entries[0].revents, 1, "POLLIN");
	close(fds[1]);
	kernel_call(SYS_poll, (long)entries, 1, -1);
	is_long(entries[0].revents, 0x11, "POLLIN and POLLHUP at the end");
	close(fds[0]);
	is_error(kernel_call(SYS_poll, 8, 1, 0), "EFAULT", "a bad list");
	is_long(kernel_call(SYS_poll, 0, 0, 0), 0, "no list");

	is_error(kernel_call(SYS_nanosleep, (long)none, 0), "success",
		 "nanosleep() of a millisecond");
	is_error(kernel_call(SYS_nanosleep, (long)bad, 0), "EINVAL",
		 "of too many nanoseconds");
	is_error(kernel_call(SYS_nanosleep, 8, 0), "EFAULT", "of nonsense");
	is_long(kernel_call(SYS_getrandom, (long)bytes, 4, 0), 4,
		"getrandom()");
	is_error(kernel_call(SYS_getrandom, (long)bytes, 4, 64), "EINVAL",
		 "with an unknown flag");
	is_error(kernel_call(SYS_getrandom, 8, 4, 0), "EFAULT",
		 "to a bad address");
}

/* A pipe with a name: open() waits for the other end. */
static void named(void)
{
	const char *path = "/tmp/test-pipe";
	struct stat status;
	char text[8] = "";
	long fd, other;
	pid_t pid;

	is_error(kernel_call(SYS_mknod, (long)path, S_IFIFO | 0600, 0),
		 "success", "mknod()");
	is_error(kernel_call(SYS_mknod, (long)path, S_IFIFO | 0600, 0),
		 "EEXIST", "mknod() again");
	stat(path, &status);
	ok(S_ISFIFO(status.st_mode), "a pipe");
	is_error(kernel_call(SYS_open, (long)path, O_WRONLY | NONBLOCK),
		 "ENXIO", "a writer that does not wait, without a reader");
	pid = fork();
	if (pid == 0) {
		fd = open(path, O_WRONLY);
		write((int)fd, "child", 5);
		_exit(0);
	}
	fd = kernel_call(SYS_open, (long)path, O_RDONLY);
	ok(fd >= 0, "a reader and a writer meet");
	is_long(read((int)fd, text, 8), 5, "what the writer wrote");
	is_string(text, "child", "is read");
	is_long(read((int)fd, text, 8), 0, "then the end");
	waitpid(pid, NULL, 0);
	other = kernel_call(SYS_open, (long)path, O_WRONLY | NONBLOCK);
	ok(other >= 0, "another writer, as there is a reader");
	write((int)other, "lost", 4);
	close((int)other);
	close((int)fd);
	fd = kernel_call(SYS_open, (long)path, O_RDWR);
	ok(fd >= 0, "one for both does not wait");
	write((int)fd, "self", 4);
	is_long(read((int)fd, text, 8), 4, "what was left then is gone");
	unlink(path);
	write((int)fd, "more", 4);
	is_long(read((int)fd, text, 8), 4, "without its name it works on");
	close((int)fd);
	is_error(kernel_call(SYS_mknod, (long)path, S_IFDIR | 0700, 0), "EPERM",
		 "mknod() of a directory");
	is_error(kernel_call(SYS_mknod, (long)path, S_IFREG | 0600, 0),
		 "success", "of a file");
	unlink(path);
}

int main(void)
{
	for (int fd = 3; fd < 64; fd++)
		close(fd);
	ends();
	errors();
	full();
	blocking();
	vectors();
	duplicates();
	broken();
	polling();
	named();
	return done_testing();
}
