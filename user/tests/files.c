/*
 * files.c - open, read, seek, status and close: what they return at their
 * edges, and which error.
 */
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <termios.h>

#include "kernel_call.h"
#include "tap.h"

static const char *own_path; /* argv[0]: a file that is there */

static long do_open(const char *path, int flags)
{
	long fd = kernel_call(SYS_open, (long)path, flags, 0);

	if (fd >= 0)
		close((int)fd);
	return fd;
}

static void opening(void)
{
	static char below_a_file[4096];
	const struct {
		const char *path;
		int flags;
		const char *expected, *what;
	} table[] = {
		{ own_path, O_RDONLY, "success", "the program's own file" },
		{ "/dev/null", O_RDWR, "success", "/dev/null to read, write" },
		{ "/proc/self/maps", O_RDONLY, "success", "/proc/self/maps" },
		{ "/", O_RDONLY, "success", "the root directory" },
		{ "/proc/", O_RDONLY, "success", "a slash behind a directory" },
		{ "//dev///null", O_RDONLY, "success", "more slashes" },
		{ "/dev/./../dev/null", O_RDONLY, "success", ". and .." },
		{ "/../../dev/null", O_RDONLY, "success", ".. of the root" },
		{ "/", O_RDONLY | O_DIRECTORY, "success",
		  "a directory that must be one" },
		{ "", O_RDONLY, "ENOENT", "the empty path" },
		{ "/no/such/file", O_RDONLY, "ENOENT", "no such directory" },
		{ "/dev/no such file", O_RDONLY, "ENOENT", "no such file" },
		{ below_a_file, O_RDONLY, "ENOTDIR", "a file below a file" },
		{ own_path, O_RDONLY | O_DIRECTORY, "ENOTDIR",
		  "a file that must be a directory" },
		{ "/proc", O_WRONLY, "EISDIR", "a directory to write" },
		{ "/proc", O_RDWR, "EISDIR", "a directory to read, write" },
	};

	snprintf(below_a_file, sizeof(below_a_file), "%s/x", own_path);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		is_error(do_open(table[i].path, table[i].flags),
			 table[i].expected, table[i].what);
}

static void bad_descriptors(void)
{
	static char buffer[512];
	const int numbers[] = { -1, 30, 63, 100000, 2147483647 };
	bool refused = true;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		const long results[] = {
			kernel_call(SYS_read, numbers[i], (long)buffer, 1),
			kernel_call(SYS_write, numbers[i], (long)buffer, 1),
			kernel_call(SYS_writev, numbers[i], (long)buffer, 1),
			kernel_call(SYS_lseek, numbers[i], 0, SEEK_SET),
			kernel_call(SYS__llseek, numbers[i], 0, 0, (long)buffer,
				    SEEK_SET),
			kernel_call(SYS_fstat64, numbers[i], (long)buffer),
			kernel_call(SYS_ioctl, numbers[i], TCGETS,
				    (long)buffer),
			kernel_call(SYS_fcntl64, numbers[i], F_GETFD),
			kernel_call(SYS_close, numbers[i]),
		};

		for (size_t j = 0; j < sizeof(results) / sizeof(results[0]);
		     j++)
			if (results[j] != -EBADF)
				refused = false;
	}
	ok(refused, "nine system calls with five bad descriptors: EBADF");
}

static void descriptors(void)
{
	int first = open("/dev/null", O_RDONLY);
	int second = open("/dev/zero", O_RDONLY);
	int copy;
	char byte = 'x';

	is_long(second, first + 1, "a new file gets the lowest free number");
	close(first);
	is_long(open("/dev/zero", O_RDONLY), first, "also a hole");
	is_error(kernel_call(SYS_close, first), "success", "close()");
	is_error(kernel_call(SYS_close, first), "EBADF", "close() again");

	copy = (int)kernel_call(SYS_fcntl64, second, F_DUPFD, 20);
	is_long(copy, 20, "F_DUPFD with 20 as the least number");
	is_long(kernel_call(SYS_fcntl64, second, F_DUPFD_CLOEXEC, 20), 21,
		"F_DUPFD_CLOEXEC: the next one");
	is_long(kernel_call(SYS_fcntl64, 20, F_GETFD), 0, "a copy stays open");
	is_long(kernel_call(SYS_fcntl64, 21, F_GETFD), FD_CLOEXEC,
		"the other would be closed by exec");
	is_long(kernel_call(SYS_fcntl64, 20, F_SETFD, FD_CLOEXEC), 0,
		"F_SETFD");
	is_long(kernel_call(SYS_fcntl64, 20, F_GETFD), FD_CLOEXEC, "F_GETFD");
	close(second);
	is_long(read(20, &byte, 1), 1, "the copy reads on after close()");
	ok(byte == 0, "a zero");
	close(20);
	close(21);
	is_error(kernel_call(SYS_fcntl64, 0, F_DUPFD, -1), "EINVAL",
		 "F_DUPFD from -1");
	is_error(kernel_call(SYS_fcntl64, 0, F_DUPFD, 1 << 30), "EINVAL",
		 "F_DUPFD from far above the limit");
	is_error(kernel_call(SYS_fcntl64, 0, 12345, 0), "EINVAL",
		 "a command unheard of");
}

static void reading(void)
{
	static char buffer[64], again[64];
	int fd = open(own_path, O_RDONLY), copy;
	struct stat status;

	is_long(read(fd, buffer, 4), 4, "read() of 4 bytes");
	ok(memcmp(buffer, "\177ELF", 4) == 0, "are the first ones");
	is_long(read(fd, buffer, 16), 16, "the next 16");
	is_long(kernel_call(SYS_lseek, fd, 4, SEEK_SET), 4, "back to 4");
	read(fd, again, 16);
	ok(memcmp(buffer, again, 16) == 0, "brings the same again");
	copy = dup(fd);
	is_long(kernel_call(SYS_lseek, copy, 0, SEEK_CUR), 20,
		"a copy shares the position");
	close(copy);

	fstat(fd, &status);
	ok(S_ISREG(status.st_mode) && status.st_size > 1000,
	   "fstat(): a regular file of some size");
	is_long((long)(kernel_call(SYS_lseek, fd, 0, SEEK_END) -
		       status.st_size),
		0, "SEEK_END: that is where it ends");
	is_long(read(fd, buffer, 10), 0, "read() at the end: 0");
	kernel_call(SYS_lseek, fd, -3, SEEK_END);
	is_long(read(fd, buffer, 10), 3, "3 bytes before the end: 3");
	is_long(kernel_call(SYS_lseek, fd, 1000000000, SEEK_SET), 1000000000,
		"a position far behind the end");
	is_long(read(fd, buffer, 10), 0, "read() there: 0");
	close(fd);

	fd = open("/proc", O_RDONLY);
	is_error(kernel_call(SYS_read, fd, (long)buffer, 1), "EISDIR",
		 "read() of a directory");
	close(fd);
	fd = open("/dev/null", O_WRONLY);
	is_error(kernel_call(SYS_read, fd, (long)buffer, 1), "EBADF",
		 "read() of a file opened to write");
	close(fd);
	fd = open(own_path, O_RDONLY);
	is_error(kernel_call(SYS_write, fd, (long)buffer, 1), "EBADF",
		 "write() to a file opened to read");
	close(fd);
	fd = open("/dev/null", O_RDWR);
	is_long(read(fd, buffer, 1), 0, "/dev/null is at its end");
	is_long(write(fd, buffer, 64), 64, "and takes everything");
	close(fd);
	memset(buffer, 'x', sizeof(buffer));
	fd = open("/dev/zero", O_RDWR);
	is_long(read(fd, buffer, 64), 64, "/dev/zero gives as much as asked");
	ok(buffer[0] == 0 && buffer[63] == 0, "all zeroes");
	close(fd);
}

static void seeking(void)
{
	int fd = open(own_path, O_RDONLY);
	long long position = -1;

	is_error(kernel_call(SYS_lseek, fd, -1, SEEK_SET), "EINVAL",
		 "a negative position");
	is_error(kernel_call(SYS_lseek, fd, -1, SEEK_CUR), "EINVAL",
		 "before the beginning");
	is_error(kernel_call(SYS_lseek, fd, 0, 77), "EINVAL",
		 "counted from nowhere");
	is_error(kernel_call(SYS_lseek, STDOUT_FILENO, 0, SEEK_CUR), "ESPIPE",
		 "lseek() in a pipe");
	is_error(kernel_call(SYS__llseek, fd, 0, 100, (long)&position,
			     SEEK_SET),
		 "success", "_llseek()");
	ok(position == 100, "tells the position");
	is_error(kernel_call(SYS__llseek, fd, 1, 5, (long)&position, SEEK_SET),
		 "success", "to behind 4 GiB");
	ok(position == 0x100000005ll, "tells the position");
	is_error(kernel_call(SYS__llseek, fd, -1, -1, (long)&position,
			     SEEK_SET),
		 "EINVAL", "to -1");
	is_error(kernel_call(SYS__llseek, fd, 0, 0, (long)&position, 77),
		 "EINVAL", "counted from nowhere");
	close(fd);
}

static void vectors(void)
{
	char one[] = "# wri", two[] = "tev() wrote", three[] = " this\n";
	const struct iovec parts[] = {
		{ one, 5 },
		{ two, 0 },
		{ two, 11 },
		{ three, 6 },
	};

	is_long(kernel_call(SYS_writev, STDOUT_FILENO, (long)parts, 4), 22,
		"writev() of four parts, one of them empty");
}

static void status(void)
{
	struct stat status;

	ok(stat("/dev/null", &status) == 0 && S_ISCHR(status.st_mode),
	   "/dev/null is a character device");
	ok(stat("/", &status) == 0 && S_ISDIR(status.st_mode),
	   "/ is a directory");
	ok(stat("/proc/self/maps", &status) == 0 && S_ISREG(status.st_mode) &&
		   status.st_size == 0,
	   "/proc/self/maps is a regular file of size 0");
	ok(fstat(STDOUT_FILENO, &status) == 0 && S_ISFIFO(status.st_mode),
	   "the standard output is a pipe");
	ok(stat(own_path, &status) == 0 && (status.st_mode & 0100),
	   "the program may be executed");
	errno = 0;
	ok(stat("/no such file", &status) == -1 && errno == ENOENT,
	   "stat() of no such file");
	errno = 0;
	ok(isatty(STDOUT_FILENO) == 0 && errno == ENOTTY,
	   "a pipe is no terminal");
	errno = 0;
	ok(isatty(77) == 0 && errno == EBADF, "nor is a bad descriptor");
}

/* All descriptors there are, and what happens then. */
static void exhaustion(void)
{
	int opened = 0, limit = 4096;

	while (opened < limit && open("/dev/null", O_RDONLY) >= 0)
		opened++;
	ok(opened >= 32 && (opened == limit || errno == EMFILE),
	   "open() until there is no descriptor left");
	for (int fd = 3; fd < limit + 16; fd++)
		close(fd);
	ok(open("/dev/null", O_RDONLY) == 3, "after closing all: the first");
	close(3);
}

int main(int argc, char **argv)
{
	(void)argc;
	own_path = argv[0];

	for (int fd = 3; fd < 64; fd++)
		close(fd); /* what we were started with */
	opening();
	bad_descriptors();
	descriptors();
	reading();
	seeking();
	vectors();
	status();
	exhaustion();
	return done_testing();
}
