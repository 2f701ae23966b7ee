/*
 * attributes.c - what stat() tells beside size and kind: times, owners,
 * permissions, blocks; and the calls that set them.
 */
#include <sys/stat.h>
#include <time.h>

#include "../../kernel/abi/stat.h" /* also where libc has another struct stat */
#include "kernel_call.h"
#include "tap.h"

#define CWD          (-100)
#define NOFOLLOW     0x100
#define EMPTY_PATH   0x1000
#define NOW          ((1L << 30) - 1)
#define OMIT         ((1L << 30) - 2)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct kernel_stat64 status_of(const char *path)
{
	struct kernel_stat64 status;

	if (kernel_call(SYS_lstat64, (long)path, (long)&status))
		_exit(2);
	return status;
}

static void make_file(const char *path)
{
	close(open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644));
}

/* Set the modification time of PATH far back, so that a change is seen. */
static void make_old(const char *path)
{
	const long old[4] = { 1000, 0, 1000, 0 };

	kernel_call(SYS_utimensat, CWD, (long)path, (long)old, NOFOLLOW);
}

static bool is_old(const char *path)
{
	return status_of(path).st_mtime == 1000;
}

static void setting(void)
{
	const long times[4] = { 11, 12, 13, 14 };
	const long long long_times[4] = { 21, 22, 23, 24 };
	const long omit[4] = { 0, OMIT, 33, NOW };
	const long omit_both[4] = { 0, OMIT, 0, OMIT };
	const long bad[4] = { 0, 1000000000, 0, 0 };
	const long negative[4] = { -5, 0, -6, 7 };
	const long now = time(NULL);
	struct kernel_stat64 status;
	long fd;

	is_error(kernel_call(SYS_utimensat, CWD, (long)"f", (long)times, 0),
		 "success", "utimensat()");
	status = status_of("f");
	ok(status.st_atime == 11 && status.st_atim.tv_nsec == 12 &&
		   status.st_mtime == 13 && status.st_mtim.tv_nsec == 14,
	   "sets both times");
	ok((long)status.st_ctime >= now && (long)status.st_ctime <= now + 600,
	   "and the time of that is now");
	is_error(kernel_call(SYS_utimensat, CWD, (long)"f", (long)omit, 0),
		 "success", "UTIME_OMIT and UTIME_NOW");
	status = status_of("f");
	ok(status.st_atime == 11 && (long)status.st_mtime >= now, "do so");
	is_error(kernel_call(SYS_utimensat_time64, CWD, (long)"f",
			     (long)long_times, 0),
		 "success", "utimensat_time64()");
	status = status_of("f");
	ok(status.st_atime == 21 && status.st_mtim.tv_nsec == 24, "sets both");
	is_error(kernel_call(SYS_utimensat, CWD, (long)"f", (long)negative, 0),
		 "success", "times before 1970");
	status = status_of("f");
	ok((long)status.st_atime == -5 && status.st_mtim.tv_nsec == 7, "exist");
	is_error(kernel_call(SYS_utimensat, CWD, (long)"f", 0, 0), "success",
		 "no times");
	ok((long)status_of("f").st_mtime >= now, "are now");

	fd = open("f", O_RDONLY);
	is_error(kernel_call(SYS_utimensat, fd, 0, (long)times, 0), "success",
		 "by a descriptor");
	is_long((long)status_of("f").st_mtime, 13, "the file's");
	is_error(kernel_call(SYS_utimensat, fd, 0, (long)times, NOFOLLOW),
		 "EINVAL", "with flags");
	close((int)fd);
	is_error(kernel_call(SYS_utimensat, fd, 0, (long)times, 0), "EBADF",
		 "by a closed one");
	is_error(kernel_call(SYS_utimensat, CWD, 0, (long)times, 0), "EFAULT",
		 "by none");
	is_error(kernel_call(SYS_utimensat, CWD, (long)"f", (long)bad, 0),
		 "EINVAL", "too many nanoseconds");
	is_error(kernel_call(SYS_utimensat, CWD, (long)"f", 8, 0), "EFAULT",
		 "a bad address");
	is_error(kernel_call(SYS_utimensat, CWD, (long)"no", (long)omit_both,
			     0),
		 "success", "nothing to set of nothing");
	is_error(kernel_call(SYS_utimensat, CWD, (long)"no", 0, 0), "ENOENT",
		 "of nothing");
	is_error(kernel_call(SYS_utimensat, CWD, (long)"f", 0, 2), "EINVAL",
		 "unknown flags");
	is_error(kernel_call(SYS_utimensat, CWD, (long)"link", (long)times,
			     NOFOLLOW),
		 "success", "of a link");
	ok(status_of("link").st_mtime == 13, "the link's");
}

/* Which actions change the modification time of what. */
static void changing(void)
{
	int fd = open("f", O_RDWR);

	make_old("f");
	make_old(".");
	kernel_call(SYS_chmod, (long)"f", 0600);
	ok(is_old("f"), "chmod() is no modification");
	write(fd, "x", 0);
	ok(is_old("f"), "nor is to write nothing");
	write(fd, "x", 1);
	ok(!is_old("f"), "to write is one");
	make_old("f");
	kernel_call(SYS_ftruncate64, fd, 0, 0);
	ok(!is_old("f"), "so is ftruncate()");
	write(fd, "x", 1);
	close(fd);
	make_old("f");
	close(open("f", O_WRONLY | O_TRUNC));
	ok(!is_old("f"), "and O_TRUNC");
	ok(is_old("."), "none of the directory");

	make_file("new");
	ok(!is_old("."), "a new file is one of the directory");
	make_old(".");
	kernel_call(SYS_rename, (long)"new", (long)"newer");
	ok(!is_old("."), "so is rename()");
	make_old(".");
	unlink("newer");
	ok(!is_old("."), "and unlink()");
}

static void owners(void)
{
	const bool root = kernel_call(SYS_getuid32) == 0;
	struct kernel_stat64 status;
	long fd = open("f", O_RDWR);

	status = status_of("f");
	ok((long)status.st_uid == kernel_call(SYS_getuid32) &&
		   (long)status.st_gid == kernel_call(SYS_getgid32),
	   "a file is its maker's");
	if (root)
		is_error(kernel_call(SYS_chown32, (long)"f", 1000, 100),
			 "success", "chown()");
	else
		ok(true, "chown()");
	status = status_of("f");
	ok(!root || (status.st_uid == 1000 && status.st_gid == 100), "works");
	kernel_call(SYS_chmod, (long)"f", 06755);
	is_error(kernel_call(SYS_fchown32, fd, -1, -1), "success",
		 "fchown() to nobody");
	status = status_of("f");
	ok(!root || (status.st_uid == 1000 && status.st_gid == 100),
	   "leaves both");
	is_long((long)status.st_mode, 0100755, "but no set-user-ID bit");
	is_error(kernel_call(SYS_lchown32, (long)"link", -1, -1), "success",
		 "lchown()");
	is_error(kernel_call(SYS_fchownat, CWD, (long)"f", -1, -1, 2), "EINVAL",
		 "fchownat() with an unknown flag");
	is_error(kernel_call(SYS_fchownat, fd, (long)"", -1, -1, EMPTY_PATH),
		 "success", "fchownat() of a descriptor");
	is_error(kernel_call(SYS_chown32, (long)"no", -1, -1), "ENOENT",
		 "of nothing");
	is_error(kernel_call(SYS_fchmodat, CWD, (long)"link", 0600), "success",
		 "fchmodat()");
	is_long((long)status_of("f").st_mode, 0100600, "of what a link names");
	is_error(kernel_call(SYS_fchmod, fd, 0644), "success", "fchmod()");
	is_long((long)status_of("f").st_mode, 0100644, "of a descriptor");
	is_error(kernel_call(SYS_faccessat2, CWD, (long)"f", 1, 0), "EACCES",
		 "faccessat2()");
	is_error(kernel_call(SYS_faccessat2, CWD, (long)"f", 4, 1), "EINVAL",
		 "with an unknown flag");
	close((int)fd);
}

static void blocks(void)
{
	static char page[4096];
	struct kernel_stat64 status;
	int fd = open("f", O_RDWR | O_TRUNC);

	is_long((long)status_of("f").st_blocks, 0, "an empty file: no blocks");
	kernel_call(SYS_ftruncate64, fd, 1000000, 0);
	is_long((long)status_of("f").st_blocks, 0, "nor has a hole any");
	kernel_call(SYS_lseek, fd, 409600, SEEK_SET);
	write(fd, page, sizeof(page));
	is_long((long)status_of("f").st_blocks, 8, "a page of it has 8");
	kernel_call(SYS_ftruncate64, fd, 409600, 0);
	is_long((long)status_of("f").st_blocks, 0, "until it is cut off");
	close(fd);

	status = status_of("/dev/null");
	is_long((long)status.st_rdev, 0x103, "/dev/null is device 1:3");
	is_long((long)status_of("/dev/zero").st_rdev, 0x105, "/dev/zero 1:5");
	mkdir("d", 0755);
	is_long((long)status_of("d").st_nlink, 2, "a directory has two names");
	mkdir("d/e", 0755);
	is_long((long)status_of("d").st_nlink, 3,
		"and one per directory in it");
	kernel_call(SYS_rmdir, (long)"d/e");
	kernel_call(SYS_rmdir, (long)"d");
}

int main(void)
{
	char work[64];

	snprintf(work, sizeof(work), "/tmp/test-attributes-%d", (int)getpid());
	if (kernel_call(SYS_mkdir, (long)work, 0755) ||
	    kernel_call(SYS_chdir, (long)work))
		return 2;
	make_file("f");
	kernel_call(SYS_symlink, (long)"f", (long)"link");
	setting();
	changing();
	owners();
	blocks();
	unlink("link");
	unlink("f");
	kernel_call(SYS_chdir, (long)"/");
	is_error(kernel_call(SYS_rmdir, (long)work), "success", "removed");
	return done_testing();
}
