/*
 * links.c - symbolic links: what they are, where they lead, which calls follow
 * them; and the links of /proc that lead to what a program has open. Works in
 * a directory of its own below /tmp and leaves nothing.
 */
#include <sys/stat.h>

#include "kernel_call.h"
#include "tap.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define NOFOLLOW     0400000
#define DIRECTORY    0200000
#define EMPTY_PATH   0x1000
#define AT_NOFOLLOW  0x100

static char work[64]; /* the directory */

static long do_symlink(const char *text, const char *path)
{
	return kernel_call(SYS_symlink, (long)text, (long)path);
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

static const char *text_of(const char *path)
{
	static char text[512];
	long length = kernel_call(SYS_readlink, (long)path, (long)text,
				  sizeof(text) - 1);

	if (length < 0)
		return error_name(length);
	text[length] = '\0';
	return text;
}

static void making(void)
{
	struct stat status;
	char cut[4] = "";

	is_error(do_symlink("file", "link"), "success", "symlink()");
	is_error(do_symlink("file", "link"), "EEXIST", "symlink() again");
	is_error(do_symlink("file", "file"), "EEXIST", "over a file");
	is_error(do_symlink("file", "."), "EEXIST", "over a directory");
	is_error(do_symlink("file", "no/link"), "ENOENT", "below nothing");
	is_error(do_symlink("file", "new/"), "ENOENT", "with a slash");
	is_error(do_symlink("file", ""), "ENOENT", "at the empty path");
	is_error(do_symlink("", "empty"), "ENOENT", "to the empty path");
	is_error(do_symlink((char *)8, "x"), "EFAULT", "to a bad address");
	is_error(do_symlink("x", (char *)8), "EFAULT", "at a bad address");
	is_string(text_of("link"), "file", "readlink()");
	is_long(kernel_call(SYS_readlink, (long)"link", (long)cut, 3), 3,
		"readlink() into a small buffer");
	is_string(cut, "fil", "is cut off");
	is_string(text_of("file"), "EINVAL", "readlink() of a file");
	is_string(text_of("link/"), "ENOTDIR", "and of a link with a slash");

	lstat("link", &status);
	ok(status.st_mode == (S_IFLNK | 0777) && status.st_size == 4 &&
		   status.st_nlink == 1 && status.st_blocks == 0,
	   "lstat() sees the link");
	stat("link", &status);
	ok(S_ISREG(status.st_mode) && status.st_size == 7, "stat() the file");
	is_string(content("link"), "content", "open() follows it");
	kernel_call(SYS_chmod, (long)"link", 0600);
	stat("file", &status);
	is_long((long)status.st_mode, 0100600, "chmod() too");
	kernel_call(SYS_truncate64, (long)"link", 3, 0);
	is_string(content("file"), "con", "and truncate()");
	is_error(kernel_call(SYS_unlink, (long)"link"), "success", "unlink()");
	is_string(content("file"), "con", "removes the link only");
}

/* The tree for what follows. */
static void make_tree(void)
{
	mkdir("d", 0755);
	make_file("d/f", "in d");
	do_symlink("d", "dir");
	do_symlink("d/", "slash");
	do_symlink("d/f", "deep");
	do_symlink("dir/../dir/f", "through");
	do_symlink("../file", "d/up");
	do_symlink("nothing", "dangling");
	do_symlink("nothing/", "dangling2");
	do_symlink("file/", "wrong");
	do_symlink("self", "self");
	do_symlink("pong", "ping");
	do_symlink("ping", "pong");
	do_symlink("/", "root");
	do_symlink("no/such", "nowhere");
}

static void following(void)
{
	const struct {
		const char *path, *expected;
	} table[] = {
		{ "deep", "in d" },         { "dir/f", "in d" },
		{ "dir//f", "in d" },       { "slash/f", "in d" },
		{ "through", "in d" },      { "d/up", "con" },
		{ "dir/up", "con" },        { "dir/../file", "con" },
		{ "root/dev/null", "" },    { "dangling", "ENOENT" },
		{ "dangling/f", "ENOENT" }, { "nowhere", "ENOENT" },
		{ "wrong", "ENOTDIR" },     { "deep/", "ENOTDIR" },
		{ "deep/x", "ENOTDIR" },    { "self", "ELOOP" },
		{ "ping", "ELOOP" },        { "ping/x", "ELOOP" },
	};

	for (size_t i = 0; i < COUNT(table); i++)
		is_string(content(table[i].path), table[i].expected,
			  table[i].path);
	is_long(kernel_call(SYS_open, (long)"self", O_RDONLY), -ELOOP,
		"a link to itself is ELOOP");
}

/* A chain of 40 links may be followed, one of 41 may not. */
static void chains(void)
{
	char name[8], next[8];

	for (int i = 1; i <= 41; i++) {
		snprintf(name, sizeof(name), "c%d", i);
		snprintf(next, sizeof(next), "c%d", i - 1);
		do_symlink(i == 1 ? "file" : next, name);
	}
	is_string(content("c40"), "con", "a chain of 40 links");
	is_long(kernel_call(SYS_open, (long)"c41", O_RDONLY), -ELOOP,
		"one of 41");
	is_string(content("dir/../c39"), "con", "40 in two parts");
	is_long(kernel_call(SYS_open, (long)"dir/../c40", O_RDONLY), -ELOOP,
		"41 in two parts");
	for (int i = 1; i <= 41; i++) {
		snprintf(name, sizeof(name), "c%d", i);
		unlink(name);
	}
}

static void calls(void)
{
	const struct {
		long number;
		long args[3];
		const char *expected, *what;
	} table[] = {
		{ SYS_open,
		  { (long)"dir", DIRECTORY },
		  "success",
		  "open() O_DIRECTORY of a link to a directory" },
		{ SYS_open,
		  { (long)"dir", DIRECTORY | NOFOLLOW },
		  "ENOTDIR",
		  "with O_NOFOLLOW" },
		{ SYS_open,
		  { (long)"dir/", NOFOLLOW },
		  "success",
		  "O_NOFOLLOW with a slash" },
		{ SYS_open,
		  { (long)"deep", O_WRONLY | O_CREAT | O_EXCL, 0644 },
		  "EEXIST",
		  "O_EXCL where a link is" },
		{ SYS_open,
		  { (long)"dangling", O_WRONLY | O_CREAT | O_EXCL, 0644 },
		  "EEXIST",
		  "and where one leads to nothing" },
		{ SYS_open,
		  { (long)"dangling/", O_WRONLY | O_CREAT, 0644 },
		  "EISDIR",
		  "O_CREAT with a slash" },
		{ SYS_open,
		  { (long)"dangling2", O_WRONLY | O_CREAT, 0644 },
		  "EISDIR",
		  "O_CREAT with a slash in the link" },
		{ SYS_open,
		  { (long)"nowhere", O_WRONLY | O_CREAT, 0644 },
		  "ENOENT",
		  "O_CREAT in a directory that is not there" },
		{ SYS_mkdir, { (long)"dangling", 0755 }, "EEXIST", "mkdir()" },
		{ SYS_mkdir,
		  { (long)"dangling/", 0755 },
		  "EEXIST",
		  "mkdir() with a slash" },
		{ SYS_rmdir, { (long)"dir" }, "ENOTDIR", "rmdir()" },
		{ SYS_rmdir,
		  { (long)"dir/" },
		  "ENOTDIR",
		  "rmdir() with a slash" },
		{ SYS_unlink,
		  { (long)"dir/" },
		  "ENOTDIR",
		  "unlink() with a slash" },
		{ SYS_rename,
		  { (long)"dir/", (long)"new" },
		  "ENOTDIR",
		  "rename() with a slash" },
		{ SYS_rename,
		  { (long)"d", (long)"dir" },
		  "ENOTDIR",
		  "rename() of a directory over a link" },
		{ SYS_access, { (long)"dangling", 0 }, "ENOENT", "access()" },
		{ SYS_chdir, { (long)"dir" }, "success", "chdir()" },
		{ SYS_chdir, { (long)".." }, "success", "and back" },
		{ SYS_chdir, { (long)"deep" }, "ENOTDIR", "to a file" },
	};
	struct stat status;

	for (size_t i = 0; i < COUNT(table); i++) {
		long result = kernel_call_array(
			table[i].number,
			(const long[6]){ table[i].args[0], table[i].args[1],
					 table[i].args[2] });

		is_error(result, table[i].expected, table[i].what);
		if (result > 2)
			close((int)result);
	}
	is_long(kernel_call(SYS_open, (long)"deep", NOFOLLOW), -ELOOP,
		"O_NOFOLLOW of a link to a file");
	is_long(kernel_call(SYS_open, (long)"dangling", O_CREAT | NOFOLLOW,
			    0644),
		-ELOOP, "and with O_CREAT");
	make_file("dangling", "made");
	is_string(content("nothing"), "made", "O_CREAT makes what is missing");
	lstat("dangling", &status);
	ok(S_ISLNK(status.st_mode), "and leaves the link");
	unlink("nothing");

	is_error(kernel_call(SYS_rename, (long)"deep", (long)"moved"),
		 "success", "rename() of a link");
	is_string(text_of("moved"), "d/f", "moves the link");
	make_file("other", "other");
	is_error(kernel_call(SYS_rename, (long)"other", (long)"moved"),
		 "success", "rename() over a link");
	is_string(content("moved"), "other", "replaces the link");
	is_string(content("d/f"), "in d", "not the file");
	is_error(kernel_call(SYS_rename, (long)"ping", (long)"moved"),
		 "success", "rename() of a link over a file");
	is_string(text_of("moved"), "pong", "replaces the file");
}

static void at_calls(void)
{
	char text[8] = "";
	int fd = open("d", O_RDONLY);

	is_error(kernel_call(SYS_symlinkat, (long)"f", fd, (long)"at"),
		 "success", "symlinkat()");
	is_long(kernel_call(SYS_readlinkat, fd, (long)"at", (long)text, 8), 1,
		"readlinkat()");
	is_string(text, "f", "the same text");
	is_string(content("d/at"), "in d", "it counts from where it is");
	is_error(kernel_call(SYS_symlinkat, (long)"f", 77, (long)"at"), "EBADF",
		 "symlinkat() with a bad descriptor");
	is_error(kernel_call(SYS_unlinkat, fd, (long)"at", 0), "success",
		 "unlinkat()");
	close(fd);
}

/* ── The links of /proc and /dev ──────────────────────────────────────── */

/* Where the descriptor FD leads, below the directory of the test. */
static const char *fd_text(int fd)
{
	char path[64];
	const char *text;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	text = text_of(path);
	return strncmp(text, work, strlen(work)) == 0 ? text + strlen(work)
						      : text;
}

static void proc_links(void)
{
	char number[16], path[64], text[8] = "";
	struct stat status;
	int fd, fds[2];

	snprintf(number, sizeof(number), "%d", (int)getpid());
	is_string(text_of("/proc/self"), number, "/proc/self");
	lstat("/proc/self", &status);
	ok(S_ISLNK(status.st_mode), "is a link");
	stat("/proc/self", &status);
	ok(S_ISDIR(status.st_mode), "to a directory");

	fd = open("d/f", O_RDWR);
	is_string(fd_text(fd), "/d/f", "/proc/self/fd/N");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	lstat(path, &status);
	is_long((long)status.st_mode, S_IFLNK | 0700, "its mode: rw");
	read(fd, text, 2);
	is_string(content(path), "in d", "opened anew, it begins anew");
	is_string(fd_text(fd + 1), "ENOENT", "where nothing is open");
	is_string(text_of("/proc/self/fd/x"), "ENOENT", "no number");
	is_string(text_of("/proc/self/fd/00"), "ENOENT",
		  "not as a shell has it");
	is_long(kernel_call(SYS_open, (long)"/proc/self/fd/0",
			    O_RDONLY | NOFOLLOW),
		-ELOOP, "O_NOFOLLOW");
	unlink("d/f");
	is_string(fd_text(fd), "/d/f (deleted)", "the name is gone");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	is_string(content(path), "in d", "the content is there");
	close(fd);

	if (pipe(fds))
		_exit(2);
	fstat(fds[0], &status);
	snprintf(path, sizeof(path), "pipe:[%lu]",
		 (unsigned long)status.st_ino);
	is_string(fd_text(fds[1]), path, "a pipe by its inode");
	snprintf(path, sizeof(path), "/dev/fd/%d", fds[1]);
	fd = open(path, O_WRONLY);
	write(fd, "through", 7);
	is_long(read(fds[0], text, 7), 7, "opened anew, it is the same pipe");
	close(fds[1]);
	write(fd, "!", 1);
	is_long(read(fds[0], text, 7), 1, "with two writers");
	close(fd);
	is_long(read(fds[0], text, 7), 0, "the last one ends it");
	snprintf(path, sizeof(path), "/dev/fd/%d", fds[0]);
	fd = open(path, O_RDONLY);
	is_long(read(fd, text, 7), 0, "which open() does not wait for");
	close(fd);
	close(fds[0]);

	fd = open("file", O_RDONLY);
	dup2(fd, 0);
	is_string(content("/dev/stdin"), "con", "/dev/stdin");
	is_string(text_of("/dev/stdin"), "/proc/self/fd/0", "is a link");
	is_string(text_of("/dev/fd"), "/proc/self/fd", "as /dev/fd is");
	close(fd);
}

int main(void)
{
	static const char *const names[] = { "dir",   "slash",    "through",
					     "d/up",  "dangling", "dangling2",
					     "wrong", "self",     "pong",
					     "root",  "nowhere",  "moved",
					     "file" };
	int removed = 0;

	snprintf(work, sizeof(work), "/tmp/test-links-%d", (int)getpid());
	if (kernel_call(SYS_mkdir, (long)work, 0755) ||
	    kernel_call(SYS_chdir, (long)work))
		return 2;
	make_file("file", "content");
	making();
	make_tree();
	following();
	chains();
	calls();
	at_calls();
	proc_links();
	for (size_t i = 0; i < COUNT(names); i++)
		removed += unlink(names[i]) == 0;
	is_long(removed, COUNT(names), "all removed");
	is_error(kernel_call(SYS_rmdir, (long)"d"), "success", "rmdir()");
	is_error(kernel_call(SYS_chdir, (long)"/"), "success", "out of it");
	is_error(kernel_call(SYS_rmdir, (long)work), "success", "removed");
	return done_testing();
}
