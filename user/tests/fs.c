/*
 * fs.c - files that change: what open() makes, writing, cutting, removing,
 * renaming, directories and their listing. Works in a directory of its own
 * below /tmp and leaves nothing.
 */
#include <sys/stat.h>

#include "kernel_call.h"
#include "tap.h"

#define CWD          (-100)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *own_path; /* the program that runs */
static char work[64]; /* the directory */

static long do_open(const char *path, int flags)
{
	long fd = kernel_call(SYS_open, (long)path, flags, 0644);

	if (fd >= 0)
		close((int)fd);
	return fd;
}

static void make_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		_exit(2);
	close(fd);
}

/* What is in PATH, or the error's name. */
static const char *content(const char *path)
{
	static char text[256];
	long fd = kernel_call(SYS_open, (long)path, O_RDONLY, 0);
	ssize_t length;

	if (fd < 0)
		return error_name(fd);
	length = read((int)fd, text, sizeof(text) - 1);
	text[length < 0 ? 0 : length] = '\0';
	close((int)fd);
	return text;
}

static long remove_file(const char *path)
{
	return kernel_call(SYS_unlink, (long)path);
}

static void opening(void)
{
	const struct {
		const char *path;
		int flags;
		const char *expected, *what;
	} table[] = {
		{ "new", O_RDONLY, "ENOENT", "a file that is not there" },
		{ "new", O_WRONLY | O_CREAT, "success", "O_CREAT" },
		{ "new", O_WRONLY | O_CREAT, "success", "O_CREAT again" },
		{ "new", O_WRONLY | O_CREAT | O_EXCL, "EEXIST", "O_EXCL" },
		{ "new/", O_RDONLY, "ENOTDIR", "a slash behind a file" },
		{ "new/", O_WRONLY | O_CREAT, "EISDIR", "and O_CREAT" },
		{ "other/", O_WRONLY | O_CREAT, "EISDIR", "nothing there" },
		{ "new/x", O_WRONLY | O_CREAT, "ENOTDIR", "below a file" },
		{ "no/x", O_WRONLY | O_CREAT, "ENOENT", "below nothing" },
		{ "", O_WRONLY | O_CREAT, "ENOENT", "the empty path" },
		{ ".", O_RDONLY | O_CREAT, "EISDIR", "the directory itself" },
		{ ".", O_RDONLY | O_CREAT | O_EXCL, "EEXIST", "with O_EXCL" },
		{ ".", O_WRONLY, "EISDIR", "a directory, to write" },
		{ ".", O_RDONLY | O_TRUNC, "EISDIR", "and to empty" },
		{ own_path, O_WRONLY, "ETXTBSY", "the running program" },
		{ own_path, O_RDWR, "ETXTBSY", "to read and write" },
	};

	for (size_t i = 0; i < COUNT(table); i++)
		is_error(do_open(table[i].path, table[i].flags),
			 table[i].expected, table[i].what);
	is_error(kernel_call(SYS_truncate64, (long)own_path, 0, 0), "ETXTBSY",
		 "truncate() of the running program");
	is_error(remove_file("new"), "success", "unlink()");
	is_error(remove_file("new"), "ENOENT", "unlink() again");
}

static void writing(void)
{
	static char page[8192];
	struct stat status;
	int fd, reader;

	make_file("f", "0123456789");
	is_string(content("f"), "0123456789", "what is written is read");
	fd = open("f", O_RDWR);
	write(fd, "ab", 2);
	is_string(content("f"), "ab23456789", "written over");
	kernel_call(SYS_lseek, fd, 5000, SEEK_SET);
	is_long(write(fd, "x", 1), 1, "written behind the end");
	fstat(fd, &status);
	is_long((long)status.st_size, 5001, "the file is longer");
	kernel_call(SYS_lseek, fd, 4000, SEEK_SET);
	memset(page, 1, sizeof(page));
	is_long(read(fd, page, sizeof(page)), 1001, "the rest of it");
	ok(page[0] == 0 && page[999] == 0 && page[1000] == 'x',
	   "the hole is zeroes");
	close(fd);

	fd = open("f", O_WRONLY | O_TRUNC);
	is_string(content("f"), "", "O_TRUNC empties it");
	write(fd, "one", 3);
	reader = open("f", O_WRONLY | O_APPEND);
	write(reader, "two", 3);
	write(fd, "THREE", 5);
	write(reader, "four", 4);
	is_string(content("f"), "oneTHREEfour", "O_APPEND writes at the end");
	is_long(kernel_call(SYS_lseek, reader, 0, SEEK_CUR), 12,
		"and moves the position there");
	close(reader);
	is_error(kernel_call(SYS_write, fd, 8, 10), "EFAULT",
		 "write() from a bad address");
	is_long(kernel_call(SYS_write, fd, 8, 0), 0, "of nothing: 0");
	is_error(kernel_call(SYS_ftruncate64, fd, 3, 0), "success",
		 "ftruncate()");
	is_string(content("f"), "one", "shorter");
	is_error(kernel_call(SYS_ftruncate64, fd, 6, 0), "success",
		 "ftruncate() to more");
	fstat(fd, &status);
	ok(status.st_size == 6 && memcmp(content("f"), "one\0\0\0", 6) == 0,
	   "what was cut off comes back as zeroes");
	is_error(kernel_call(SYS_ftruncate64, fd, -1, -1), "EINVAL",
		 "to a negative size");
	close(fd);
	is_error(kernel_call(SYS_ftruncate64, fd, 0, 0), "EBADF",
		 "of a descriptor that is closed");
	fd = open("f", O_RDONLY);
	is_error(kernel_call(SYS_ftruncate64, fd, 0, 0), "EINVAL",
		 "of a file opened to read");
	close(fd);
	is_error(kernel_call(SYS_truncate64, (long)"f", 1, 0), "success",
		 "truncate()");
	is_string(content("f"), "o", "one byte");
	is_error(kernel_call(SYS_truncate64, (long)".", 1, 0), "EISDIR",
		 "truncate() of a directory");
	is_error(kernel_call(SYS_truncate64, (long)"no", 1, 0), "ENOENT",
		 "of nothing");
	is_error(kernel_call(SYS_truncate64, (long)"f", -1, -1), "EINVAL",
		 "to a negative size");
	remove_file("f");
}

/* A file without a name lives on while it is open, or mapped. */
static void removed(void)
{
	struct stat status;
	char text[8] = "";
	char *map;
	int fd;

	make_file("f", "still here");
	fd = open("f", O_RDWR);
	is_error(remove_file("f"), "success", "unlink() of an open file");
	is_string(content("f"), "ENOENT", "it is gone");
	fstat(fd, &status);
	is_long((long)status.st_nlink, 0, "it has no name");
	read(fd, text, 5);
	is_string(text, "still", "but content");
	map = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	ok(map != MAP_FAILED && memcmp(map, "still here", 10) == 0,
	   "also when only mapped");
	ok(strstr(read_proc("/proc/self/maps"), "/f (deleted)\n") != NULL,
	   "which maps shows");
	munmap(map, 4096);
}

static void directories(void)
{
	const struct {
		long number;
		const char *path;
		const char *expected, *what;
	} table[] = {
		{ SYS_mkdir, "d", "success", "mkdir()" },
		{ SYS_mkdir, "d", "EEXIST", "mkdir() again" },
		{ SYS_mkdir, "d/", "EEXIST", "with a slash" },
		{ SYS_mkdir, "d/e/", "success", "a directory in it" },
		{ SYS_mkdir, "no/d", "ENOENT", "mkdir() below nothing" },
		{ SYS_mkdir, "f/d", "ENOTDIR", "mkdir() below a file" },
		{ SYS_mkdir, "", "ENOENT", "mkdir() of the empty path" },
		{ SYS_mkdir, ".", "EEXIST", "mkdir() of ." },
		{ SYS_mkdir, "/", "EEXIST", "mkdir() of /" },
		{ SYS_unlink, "d", "EISDIR", "unlink() of a directory" },
		{ SYS_unlink, "d/", "EISDIR", "with a slash" },
		{ SYS_unlink, ".", "EISDIR", "unlink() of ." },
		{ SYS_unlink, "f/", "ENOTDIR", "unlink() of a file/" },
		{ SYS_unlink, "no/", "ENOENT", "unlink() of nothing/" },
		{ SYS_unlink, "", "ENOENT", "unlink() of the empty path" },
		{ SYS_rmdir, "f", "ENOTDIR", "rmdir() of a file" },
		{ SYS_rmdir, "d", "ENOTEMPTY", "rmdir() of a full directory" },
		{ SYS_rmdir, "d/.", "EINVAL", "rmdir() of ." },
		{ SYS_rmdir, "d/..", "ENOTEMPTY", "rmdir() of .." },
		{ SYS_rmdir, "/", "EBUSY", "rmdir() of /" },
		{ SYS_rmdir, "/proc", geteuid() ? "EACCES" : "EBUSY",
		  "rmdir() of /proc" },
		{ SYS_rmdir, "no", "ENOENT", "rmdir() of nothing" },
		{ SYS_rmdir, "d/e/", "success", "rmdir()" },
		{ SYS_rmdir, "d", "success", "rmdir(), now empty" },
		{ SYS_rmdir, "d", "ENOENT", "rmdir() again" },
	};

	make_file("f", "");
	for (size_t i = 0; i < COUNT(table); i++)
		is_error(kernel_call(table[i].number, (long)table[i].path,
				     0755),
			 table[i].expected, table[i].what);
	remove_file("f");
}

static void renaming(void)
{
	const struct {
		const char *from, *to;
		const char *expected, *what;
	} table[] = {
		{ "a", "b", "success", "rename() of a file" },
		{ "a", "b", "ENOENT", "it is no longer there" },
		{ "b", "b", "success", "to itself" },
		{ "b", "d", "EISDIR", "a file to a directory" },
		{ "d", "b", "ENOTDIR", "a directory to a file" },
		{ "d", "d/x", "EINVAL", "a directory into itself" },
		{ "d/e", "d", "ENOTEMPTY", "to what is above it" },
		{ "b/", "c", "ENOTDIR", "a file with a slash" },
		{ "b", "c/", "ENOTDIR", "to a name with a slash" },
		{ "b", "no/c", "ENOENT", "to below nothing" },
		{ "b", "b/c", "ENOTDIR", "to below a file" },
		{ ".", "c", "EBUSY", "the current directory" },
		{ "b", "..", "EBUSY", "to .." },
		{ "", "c", "ENOENT", "from the empty path" },
		{ "b", "", "ENOENT", "to the empty path" },
		{ "b", "d/b", "success", "into a directory" },
		{ "g", "d", "ENOTEMPTY", "a directory to a full one" },
		{ "g", "d/e", "success", "a directory to an empty one" },
		{ "d/b", "h", "success", "over a file" },
	};

	make_file("a", "content of a");
	make_file("h", "content of h");
	kernel_call(SYS_mkdir, (long)"d", 0755);
	kernel_call(SYS_mkdir, (long)"d/e", 0755);
	kernel_call(SYS_mkdir, (long)"g", 0755);
	for (size_t i = 0; i < COUNT(table); i++)
		is_error(kernel_call(SYS_rename, (long)table[i].from,
				     (long)table[i].to),
			 table[i].expected, table[i].what);
	is_string(content("h"), "content of a", "the content came along");
	is_error(kernel_call(SYS_rename, (long)"h", (long)"/proc/h"), "EXDEV",
		 "rename() to another file system");
	is_error(kernel_call(SYS_rmdir, (long)"d/e"), "success", "cleaned up");
	kernel_call(SYS_rmdir, (long)"d");
	remove_file("h");
}

static const char *directory(void)
{
	static char path[256];
	long length = kernel_call(SYS_getcwd, (long)path, sizeof(path));

	if (length < 0)
		return error_name(length);
	/* The test's own directory has another name each time. */
	if (strncmp(path, work, strlen(work)) == 0)
		return path + strlen(work);
	return path;
}

static void current_directory(void)
{
	char small[4];
	long fd;

	kernel_call(SYS_mkdir, (long)"d", 0755);
	make_file("f", "text");
	is_string(directory(), "", "getcwd()");
	is_error(kernel_call(SYS_chdir, (long)"d"), "success", "chdir()");
	is_string(directory(), "/d", "getcwd()");
	is_string(content("../f"), "text", "a path that counts from here");
	is_error(kernel_call(SYS_chdir, (long)"../f"), "ENOTDIR",
		 "chdir() to a file");
	is_error(kernel_call(SYS_chdir, (long)"no"), "ENOENT", "to nothing");
	is_error(kernel_call(SYS_chdir, 8), "EFAULT", "to a bad address");
	is_error(kernel_call(SYS_getcwd, (long)small, sizeof(small)), "ERANGE",
		 "getcwd() into a small buffer");
	is_error(kernel_call(SYS_getcwd, 8, 4096), "EFAULT",
		 "getcwd() to a bad address");

	is_error(kernel_call(SYS_rmdir, (long)"../d"), "success",
		 "rmdir() of the current directory");
	is_string(directory(), "ENOENT", "it has no name");
	is_error(do_open("x", O_WRONLY | O_CREAT), "ENOENT",
		 "and takes no files");
	is_error(kernel_call(SYS_mkdir, (long)"x", 0755), "ENOENT",
		 "nor directories");
	is_error(kernel_call(SYS_chdir, (long)work), "success",
		 "but one can leave it");
	is_string(directory(), "", "to where it was");

	fd = open(".", O_RDONLY);
	kernel_call(SYS_chdir, (long)"/");
	is_string(directory(), "/", "the root");
	is_error(kernel_call(SYS_openat, fd, (long)"f", O_RDONLY), "success",
		 "openat() a directory");
	is_error(kernel_call(SYS_openat, 55, (long)"f", O_RDONLY), "EBADF",
		 "openat() a bad descriptor");
	is_error(kernel_call(SYS_openat, 55, (long)"/dev/null", O_RDONLY),
		 "success", "which does not matter for a whole path");
	is_error(kernel_call(SYS_openat, fd, (long)"no", O_RDONLY), "ENOENT",
		 "openat(): no such file");
	for (int i = (int)fd + 1; i < (int)fd + 5; i++)
		close(i);
	is_error(kernel_call(SYS_fchdir, fd), "success", "fchdir()");
	is_string(directory(), "", "back");
	close((int)fd);
	fd = open("f", O_RDONLY);
	is_error(kernel_call(SYS_openat, fd, (long)"f", O_RDONLY), "ENOTDIR",
		 "openat() a file");
	is_error(kernel_call(SYS_fchdir, fd), "ENOTDIR", "fchdir() to a file");
	close((int)fd);
	remove_file("f");
}

static void status(void)
{
	const struct {
		long number;
		long args[4];
		const char *expected, *what;
	} table[] = {
		{ SYS_access, { (long)"f", 4 }, "success", "access() R_OK" },
		{ SYS_access, { (long)"f", 0 }, "success", "access() F_OK" },
		{ SYS_access, { (long)"f", 1 }, "EACCES", "access() X_OK" },
		{ SYS_access, { (long)"f", 8 }, "EINVAL", "access() 8" },
		{ SYS_access, { (long)"no", 0 }, "ENOENT", "of nothing" },
		{ SYS_access, { 8, 0 }, "EFAULT", "of a bad address" },
		{ SYS_chmod, { (long)"f", 0755 }, "success", "chmod()" },
		{ SYS_access, { (long)"f", 1 }, "success", "X_OK again" },
		{ SYS_chmod, { (long)"no", 0755 }, "ENOENT", "of nothing" },
		{ SYS_readlink,
		  { (long)"f", 0, 5 },
		  "EINVAL",
		  "readlink() of a file" },
		{ SYS_readlink, { (long)"no", 0, 5 }, "ENOENT", "of nothing" },
		{ SYS_readlink, { (long)"f", 0, 0 }, "EINVAL", "of size 0" },
		{ SYS_readlink,
		  { (long)"/proc/self/exe", 8, 5 },
		  "EFAULT",
		  "to a bad address" },
		{ SYS_fstatat64,
		  { CWD, (long)"f", 8, 0 },
		  "EFAULT",
		  "fstatat64() to a bad address" },
		{ SYS_fstatat64,
		  { CWD, (long)"f", 8, 1 },
		  "EINVAL",
		  "fstatat64() with an unknown flag" },
		{ SYS_fstatat64,
		  { CWD, (long)"", 8, 0 },
		  "ENOENT",
		  "fstatat64() of the empty path" },
		{ SYS_lstat64, { (long)"no", 8 }, "ENOENT", "lstat64()" },
		{ SYS_statx,
		  { CWD, (long)"f", 1, 0 },
		  "EINVAL",
		  "statx() with an unknown flag" },
		{ SYS_statx,
		  { CWD, (long)"no", 0, 0x7ff },
		  "ENOENT",
		  "statx() of nothing" },
		{ SYS_unlinkat,
		  { CWD, (long)"f", 1 },
		  "EINVAL",
		  "unlinkat() with an unknown flag" },
		{ SYS_unlinkat,
		  { CWD, (long)"f", 0x200 },
		  "ENOTDIR",
		  "unlinkat() AT_REMOVEDIR of a file" },
		{ SYS_unlinkat, { CWD, (long)"f", 0 }, "success", "unlinkat()" },
	};
	static char text[512];
	unsigned int words[64];
	struct stat status;
	long length;

	make_file("f", "12345");
	for (size_t i = 0; i < COUNT(table); i++)
		is_error(kernel_call_array(table[i].number,
					   (const long[6]){
						   table[i].args[0],
						   table[i].args[1],
						   table[i].args[2],
						   table[i].args[3],
					   }),
			 table[i].expected, table[i].what);

	make_file("f", "12345");
	is_error(kernel_call(SYS_statx, CWD, (long)"f", 0, 0x7ff, (long)words),
		 "success", "statx()");
	ok((words[7] & 0xffff) == 0100644 && words[10] == 5 && words[4] == 1,
	   "mode, size and links");
	kernel_call(SYS_mkdir, (long)"d", 0700);
	stat("d", &status);
	ok(status.st_mode == 040700, "a directory with its mode");
	kernel_call(SYS_umask, 077);
	is_long(kernel_call(SYS_umask, 022), 077, "umask() tells the old one");
	kernel_call(SYS_rmdir, (long)"d");
	remove_file("f");

	length = kernel_call(SYS_readlink, (long)"/proc/self/exe", (long)text,
			     sizeof(text) - 1);
	ok(length > 0 && text[0] == '/' &&
		   strcmp(strrchr(text, '/'), strrchr(own_path, '/')) == 0,
	   "/proc/self/exe leads to the program");
	stat("/proc/self/exe", &status);
	ok(S_ISREG(status.st_mode), "and is opened as that");
}

/* The names in the directory FD, each once, "." and ".." not told. */
static const char *listing(int fd, unsigned int buffer_size)
{
	static char names[1024];
	static char buffer[1024];
	long length;

	names[0] = '\0';
	while ((length = kernel_call(SYS_getdents64, fd, (long)buffer,
				     buffer_size)) > 0) {
		for (long at = 0; at < length;) {
			const char *name = buffer + at + 19;

			if (name[0] != '.')
				strcat(names, name);
			at += *(unsigned short *)(void *)(buffer + at + 16);
		}
	}
	return length < 0 ? error_name(length) : names;
}

static void listings(void)
{
	char name[2] = "";
	int fd, count = 0;

	fd = open(".", O_RDONLY | O_DIRECTORY);
	is_string(listing(fd, 1024), "", "an empty directory");
	for (char letter = 'a'; letter <= 'z'; letter++) {
		name[0] = letter;
		make_file(name, "");
	}
	close(fd);
	fd = open(".", O_RDONLY | O_DIRECTORY);
	is_long((long)strlen(listing(fd, 1024)), 26, "26 files");
	is_string(listing(fd, 1024), "", "once");
	kernel_call(SYS_lseek, fd, 0, SEEK_SET);
	is_long((long)strlen(listing(fd, 64)), 26, "from the start, in bits");
	kernel_call(SYS_lseek, fd, 0, SEEK_SET);
	is_string(listing(fd, 8), "EINVAL", "into a buffer for no entry");
	is_error(kernel_call(SYS_getdents64, fd, 8, 1024), "EFAULT",
		 "to a bad address");
	close(fd);
	is_error(kernel_call(SYS_getdents64, fd, 8, 1024), "EBADF",
		 "of a closed descriptor");
	fd = open("a", O_RDONLY);
	is_error(kernel_call(SYS_getdents64, fd, 8, 1024), "ENOTDIR",
		 "of a file");
	close(fd);
	for (char letter = 'a'; letter <= 'z'; letter++) {
		name[0] = letter;
		count += remove_file(name) == 0;
	}
	is_long(count, 26, "all removed");
}

int main(int argc, char **argv)
{
	static char path[512];

	(void)argc;
	(void)argv;
	if (kernel_call(SYS_readlink, (long)"/proc/self/exe", (long)path,
			sizeof(path) - 1) <= 0)
		return 2;
	own_path = path;
	snprintf(work, sizeof(work), "/tmp/test-fs-%d", (int)getpid());
	kernel_call(SYS_umask, 022);
	if (kernel_call(SYS_mkdir, (long)work, 0755) ||
	    kernel_call(SYS_chdir, (long)work))
		return 2;
	opening();
	writing();
	removed();
	directories();
	renaming();
	current_directory();
	status();
	listings();
	is_error(kernel_call(SYS_chdir, (long)"/"), "success", "out of it");
	is_error(kernel_call(SYS_rmdir, (long)work), "success", "removed");
	return done_testing();
}
