/*
 * kernel_fs_calls.c - tests of file.c, proc.c and of what ramfs.c gives to
 * programs: results and errors of the system calls as tables. What Linux
 * answers was found by asking Linux.
 */
#include "kernel_fs_fakes.h"

#include "abi/errno.h"
#include "abi/fcntl.h"
#include "abi/misc.h"
#include "abi/stat.h"
#include "fs/fs.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/task.h"

long sys_openat(int dfd, const char *filename, unsigned int flags,
		unsigned int mode);
long sys_close(unsigned int fd);
long sys_read(unsigned int fd, char *buffer, size_t count);
long sys_write(unsigned int fd, const char *buffer, size_t count);
long do_readv_writev(unsigned int fd, const struct iovec *vec,
		     unsigned long vlen, int write);
long do_pread_pwrite(unsigned int fd, char *buffer, size_t count,
		     loff_t position, int write);
long sys_lseek(unsigned int fd, long offset, unsigned int whence);
long sys_llseek(unsigned int fd, unsigned long offset_high,
		unsigned long offset_low, loff_t *result, unsigned int whence);
long sys_truncate64(const char *path, loff_t length);
long sys_ftruncate64(unsigned int fd, loff_t length);
long sys_fstatat64(int dfd, const char *filename, struct kernel_stat64 *statbuf,
		   unsigned int flag);
long sys_ioctl(unsigned int fd, unsigned int cmd, unsigned long arg);
long sys_fcntl64(unsigned int fd, unsigned int cmd, unsigned long arg);

/* A device: takes at most 10 bytes a call, reads as 'z', knows one ioctl. */
static char device_text[64];
static size_t device_length;
static int device_opens;

static int device_open(struct file *file)
{
	if (file->f_flags & O_NONBLOCK)
		return -EBUSY;
	device_opens++;
	return 0;
}

static void device_release(struct file *file)
{
	(void)file;
	device_opens--;
}

static ssize_t device_read(struct file *file, char *buffer, size_t size,
			   loff_t *position)
{
	(void)file;
	(void)position;
	size = min(size, 10U);
	for (size_t i = 0; i < size; i++)
		if (copy_to_user(buffer + i, "z", 1))
			return i ? (ssize_t)i : -EFAULT;
	return size;
}

static ssize_t device_write(struct file *file, const char *buffer, size_t size,
			    loff_t *position)
{
	(void)file;
	(void)position;
	size = min(size, 10U);
	if (copy_from_user(device_text + device_length, buffer, size))
		return -EFAULT;
	device_length += size;
	device_text[device_length] = '\0';
	return size;
}

static int device_ioctl(struct file *file, unsigned int command,
			unsigned long argument)
{
	(void)file;
	return command == TCGETS ? (int)argument : -ENOTTY;
}

static const struct file_operations device_operations = {
	.open = device_open,
	.release = device_release,
	.read = device_read,
	.write = device_write,
	.ioctl = device_ioctl,
	.is_stream = true,
};

static const char *user_text(const char *text)
{
	return memcpy(USER(char *, 0), text, strlen(text) + 1);
}

static long open_path(const char *path, unsigned int flags)
{
	return sys_openat(AT_FDCWD, user_text(path), flags, 0);
}

static void make_tree(void)
{
	struct inode *inode =
		create_path("/dir/file", S_IFREG | 0644, NULL, NULL);

	kernel_write(inode, "0123456789", 10, 0);
	create_path("/dir/device", S_IFCHR | 0600, &device_operations, NULL);
}

static void done(void)
{
	inode_get(current->cwd);
	close_files(current);
	current->cwd = lookup("/");
	EQUAL(device_opens, 0);
	remove_tree();
	EQUAL(live_objects, 0);
}

static void test_open(const char *argument)
{
	static const struct {
		const char *path;
		unsigned int flags;
		long result;
	} cases[] = {
		{ "/dir/file", O_RDONLY, 0 },
		{ "dir/file", O_RDONLY | O_LARGEFILE | O_CLOEXEC, 0 },
		{ "/dir/file", O_RDONLY | O_CREAT, 0 },
		{ "/dir", O_RDONLY, 0 },
		{ "/dir/", O_RDONLY | O_DIRECTORY, 0 },
		{ "/dir/device", O_RDWR, 0 },
		{ "/dir/device", O_WRONLY | O_CREAT | O_TRUNC, 0 },
		{ "", O_RDONLY, -ENOENT },
		{ "", O_WRONLY | O_CREAT, -ENOENT },
		{ "/none", O_RDONLY, -ENOENT },
		{ "/new", O_RDWR | O_CREAT, 0 },
		{ "/dir/new", O_RDWR | O_CREAT | O_EXCL, 0 },
		{ "/dir/none/", O_RDWR | O_CREAT, -EISDIR },
		{ "/none/none", O_RDWR | O_CREAT, -ENOENT },
		{ "/dir/file/none", O_RDWR | O_CREAT, -ENOTDIR },
		{ "/dir/file", O_RDWR | O_CREAT | O_EXCL, -EEXIST },
		{ "/dir/file", O_WRONLY, 0 },
		{ "/dir/file", O_RDWR, 0 },
		{ "/dir/file", O_ACCMODE, 0 },
		{ "/dir/file", O_RDONLY | O_TRUNC, 0 },
		{ "/dir/file", O_RDONLY | O_DIRECTORY, -ENOTDIR },
		{ "/dir/file/", O_RDONLY, -ENOTDIR },
		{ "/dir", O_WRONLY, -EISDIR },
		{ "/dir", O_RDWR | O_DIRECTORY, -EISDIR },
		{ "/dir", O_RDONLY | O_CREAT, -EISDIR },
		{ "/dir", O_RDONLY | O_TRUNC, -EISDIR },
		{ "/dir/device", O_RDWR | O_NONBLOCK, -EBUSY },
	};

	(void)argument;
	make_tree();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		long fd = open_path(cases[i].path, cases[i].flags);

		if (fd != cases[i].result)
			printf("%s %o:\n", cases[i].path, cases[i].flags);
		EQUAL(fd, cases[i].result);
		if (fd >= 0)
			EQUAL(sys_close(fd), 0);
	}
	EQUAL(lookup("/dir/file")->i_count, 1);

	/* Paths that are bad before they are looked at. */
	EQUAL(sys_openat(AT_FDCWD, USER_END, 0, 0), -EFAULT);
	memset(USER(char *, 0), 'a', USER_SIZE);
	EQUAL(sys_openat(AT_FDCWD, USER(char *, 0), 0, 0), -ENAMETOOLONG);
	EQUAL(sys_openat(AT_FDCWD, USER(char *, USER_SIZE - 10), 0, 0),
	      -EFAULT);
	*USER(char *, PATH_MAX) = '\0';
	EQUAL(sys_openat(AT_FDCWD, USER(char *, 0), 0, 0), -ENAMETOOLONG);
	EQUAL(sys_openat(AT_FDCWD, USER(char *, PATH_MAX - NAME_MAX), 0, 0),
	      -ENOENT);
	EQUAL(sys_openat(AT_FDCWD, USER(char *, PATH_MAX - NAME_MAX - 1), 0, 0),
	      -ENAMETOOLONG);

	/* The table is full: that is said before the path is looked up. */
	for (int fd = 0; fd < NR_OPEN; fd++)
		EQUAL(open_path("/dir/file", O_RDONLY), fd);
	EQUAL(open_path("/dir/file", O_RDONLY), -EMFILE);
	EQUAL(open_path("/none", O_RDONLY), -EMFILE);
	EQUAL(lookup("/dir/file")->i_count, 1 + NR_OPEN);
	EQUAL(sys_close(17), 0);
	EQUAL(sys_close(17), -EBADF);
	EQUAL(sys_close(NR_OPEN), -EBADF);
	EQUAL(sys_close(-1), -EBADF);
	EQUAL(open_path("/dir/file", O_RDONLY), 17);
	done();
}

static void test_open_without_memory(const char *argument)
{
	unsigned long before;
	long fd = -1;

	(void)argument;
	make_tree();
	before = live_objects;
	for (unsigned long n = 1; fd < 0; n++) {
		fail_at = n;
		fd = open_path("/dir/device", O_RDONLY);
		fail_at = 0;
		if (fd < 0) {
			EQUAL(fd, -ENOMEM);
			EQUAL(live_objects, before);
		}
	}
	done();
}

static void test_read(const char *argument)
{
	char *user = USER(char *, 100);
	long file, dir, device;

	(void)argument;
	make_tree();
	file = open_path("/dir/file", O_RDONLY);
	dir = open_path("/dir", O_RDONLY);
	device = open_path("/dir/device", O_WRONLY);

	EQUAL(sys_read(file, user, 4), 4);
	EQUAL(memcmp(user, "0123", 4), 0);
	EQUAL(sys_read(file, user, 0), 0);
	EQUAL(sys_read(file, NULL, 0), 0);
	EQUAL(sys_read(file, NULL, 1), -EFAULT);
	EQUAL(sys_read(file, USER_END - 2, 4), 2);
	EQUAL(sys_read(file, user, 100), 4);
	EQUAL(memcmp(user, "6789", 4), 0);
	EQUAL(sys_read(file, user, 100), 0);
	EQUAL(sys_read(file, NULL, 100), 0); /* nothing is copied */
	EQUAL(sys_read(file, (char *)TASK_SIZE, 0), 0);
	EQUAL(sys_read(file, (char *)TASK_SIZE + 1, 0), -EFAULT);
	EQUAL(sys_read(file, (char *)TASK_SIZE - 1, 2), -EFAULT);
	EQUAL(sys_read(file, user, 0xffffffff), -EFAULT);
	EQUAL(sys_read(file, user, 0x80000000), -EINVAL);
	EQUAL(sys_read(file, user, 0x7fffffff), 0);

	EQUAL(sys_read(dir, user, 10), -EISDIR);
	EQUAL(sys_read(dir, user, 0), -EISDIR);
	EQUAL(sys_read(dir, (char *)TASK_SIZE + 1, 1), -EFAULT);
	EQUAL(sys_read(device, user, 1), -EBADF);
	EQUAL(sys_read(50, user, 1), -EBADF);
	EQUAL(sys_read(-1, user, 0), -EBADF);
	EQUAL(sys_write(file, user, 1), -EBADF);
	EQUAL(sys_write(file, NULL, 0), -EBADF);
	EQUAL(sys_write(dir, user, 1), -EBADF);

	/* A hole, into memory that ends. */
	kernel_write(lookup("/dir/file"), "!", 1, 3 * PAGE_SIZE);
	EQUAL(sys_lseek(file, 5000, SEEK_SET), 5000);
	EQUAL(sys_read(file, USER_END - 100, 200), 100);
	EQUAL(sys_read(file, USER_END, 200), -EFAULT);
	EQUAL(sys_read(file, user, 8000), 3 * PAGE_SIZE + 1 - 5100);
	EQUAL(user[3 * PAGE_SIZE - 5100], '!');
	EQUAL(user[3 * PAGE_SIZE - 5101], 0);
	done();
}

static void test_writev(const char *argument)
{
	struct iovec *vec = USER(struct iovec *, 1024);
	char *text = USER(char *, 512);
	long device, file, reader;

	(void)argument;
	make_tree();
	device = open_path("/dir/device", O_WRONLY);
	reader = open_path("/dir/device", O_RDONLY);
	file = open_path("/dir/file", O_RDONLY);
	memcpy(text, "abcdefghijklmnopqrstuvwxyz", 26);

	vec[0] = (struct iovec){ text, 3 };
	vec[1] = (struct iovec){ NULL, 0 };
	vec[2] = (struct iovec){ text + 3, 4 };
	EQUAL(do_readv_writev(device, vec, 3, 1), 7);
	TEXT(device_text, "abcdefg");
	EQUAL(do_readv_writev(device, vec, 0, 1), 0);
	EQUAL(do_readv_writev(device, NULL, 0, 1), 0);

	/* A short write ends it; so does a bad piece, after good ones. */
	device_length = 0;
	vec[1] = (struct iovec){ text, 12 };
	EQUAL(do_readv_writev(device, vec, 3, 1), 13);
	TEXT(device_text, "abcabcdefghij");
	device_length = 0;
	vec[1] = (struct iovec){ USER_END, 1 };
	EQUAL(do_readv_writev(device, vec, 3, 1), 3);
	TEXT(device_text, "abc");
	EQUAL(do_readv_writev(device, vec + 1, 2, 1), -EFAULT);

	device_length = 0;
	vec[0] = (struct iovec){ text, 0x80000000 };
	EQUAL(do_readv_writev(device, vec, 3, 1), -EINVAL);
	vec[0] = (struct iovec){ (void *)TASK_SIZE, 1 };
	EQUAL(do_readv_writev(device, vec, 3, 1), -EFAULT);
	EQUAL(do_readv_writev(device, USER_END, 1, 1), -EFAULT);
	EQUAL(do_readv_writev(device, NULL, 2, 1), -EFAULT);
	EQUAL(do_readv_writev(device, vec, UIO_MAXIOV + 1, 1), -EINVAL);
	EQUAL(do_readv_writev(device, vec, -1, 1), -EINVAL);
	EQUAL(do_readv_writev(file, vec, 1, 1), -EBADF);
	EQUAL(do_readv_writev(reader, vec, 1, 1), -EBADF);
	EQUAL(do_readv_writev(60, vec, -1, 1), -EBADF);
	EQUAL(device_length, 0);

	/* More than INT_MAX together is cut, as on Linux; not an error. */
	vec[0] = (struct iovec){ text, 0x7fffffff };
	vec[1] = (struct iovec){ text, 0x7fffffff };
	EQUAL(do_readv_writev(device, vec, 2, 1), 10);
	done();
}

static void test_lseek(const char *argument)
{
	loff_t *result = USER(loff_t *, 512);
	long file, device, dir;

	(void)argument;
	make_tree();
	file = open_path("/dir/file", O_RDONLY);
	device = open_path("/dir/device", O_RDONLY);
	dir = open_path("/dir", O_RDONLY);

	EQUAL(sys_lseek(file, 3, SEEK_SET), 3);
	EQUAL(sys_lseek(file, 4, SEEK_CUR), 7);
	EQUAL(sys_lseek(file, -3, SEEK_END), 7);
	EQUAL(sys_lseek(file, 100, SEEK_END), 110);
	EQUAL(sys_lseek(file, -11, SEEK_END), -EINVAL);
	EQUAL(sys_lseek(file, -1, SEEK_SET), -EINVAL);
	EQUAL(sys_lseek(file, 0, SEEK_CUR), 110);
	EQUAL(sys_lseek(file, 0, 9), -EINVAL);
	EQUAL(sys_lseek(file, 0, -1), -EINVAL);
	EQUAL(sys_lseek(60, 0, 9), -EBADF);
	EQUAL(sys_lseek(device, 0, SEEK_SET), -ESPIPE);
	EQUAL(sys_lseek(device, 0, 9), -EINVAL);
	EQUAL(sys_lseek(dir, 0, SEEK_SET), 0);

	EQUAL(sys_lseek(file, 0x7fffffff, SEEK_SET), 0x7fffffff);
	EQUAL(sys_lseek(file, 1, SEEK_CUR), -EOVERFLOW);
	EQUAL(sys_llseek(file, 0, 0, result, SEEK_CUR), 0);
	EQUAL(*result, 0x80000000LL);
	EQUAL(sys_read(file, USER(char *, 0), 10), 0);
	EQUAL(sys_llseek(file, 0xfff, 0xfffff000, result, SEEK_SET), 0);
	EQUAL(*result, 0xffffffff000LL);
	EQUAL(sys_llseek(file, 0xfff, 0xfffff001, result, SEEK_SET), -EINVAL);
	EQUAL(sys_llseek(file, 0x7fffffff, ~0UL, result, SEEK_CUR), -EINVAL);
	EQUAL(sys_llseek(file, ~0UL, ~0UL, result, SEEK_CUR), 0);
	EQUAL(*result, 0xfffffffefffLL);
	EQUAL(sys_llseek(file, 0, 5, USER_END, SEEK_SET), -EFAULT);
	EQUAL(sys_lseek(file, 0, SEEK_CUR), 5);
	EQUAL(sys_llseek(file, 0, 0, result, 3), -EINVAL);
	EQUAL(sys_llseek(60, 0, 0, result, 3), -EBADF);
	EQUAL(sys_llseek(device, 0, 0, result, SEEK_SET), -ESPIPE);
	done();
}

static void test_truncate(const char *argument)
{
	loff_t most = 0xffffffff000LL; /* page numbers have 32 bits */
	long reader, writer, device;

	(void)argument;
	make_tree();
	reader = open_path("/dir/file", O_RDONLY);
	writer = open_path("/dir/file", O_WRONLY);
	device = open_path("/dir/device", O_WRONLY);

	EQUAL(sys_ftruncate64(writer, 3), 0);
	EQUAL(lookup("/dir/file")->i_size, 3);
	EQUAL(sys_ftruncate64(writer, most), 0);
	EQUAL(lookup("/dir/file")->i_size, most);
	EQUAL(sys_ftruncate64(writer, most + 1), -EFBIG);
	EQUAL(sys_ftruncate64(writer, -1), -EINVAL);
	EQUAL(sys_ftruncate64(reader, 3), -EINVAL);
	EQUAL(sys_ftruncate64(device, 3), -EINVAL);
	EQUAL(sys_ftruncate64(60, 3), -EBADF);

	EQUAL(sys_truncate64(user_text("/dir/file"), 5), 0);
	EQUAL(lookup("/dir/file")->i_size, 5);
	EQUAL(sys_truncate64(user_text("/dir/file"), most), 0);
	EQUAL(sys_truncate64(user_text("/dir/file"), most + 1), -EFBIG);
	EQUAL(sys_truncate64(user_text("/dir/file"), -1), -EINVAL);
	EQUAL(sys_truncate64(user_text("/dir"), 5), -EISDIR);
	EQUAL(sys_truncate64(user_text("/none"), 5), -ENOENT);
	EQUAL(lookup("/dir/file")->i_size, most);

	/* Nor does a write make it larger; its position has 64 bits. */
	EQUAL(do_pread_pwrite(writer, USER(char *, 0), 1, 1LL << 62, 1),
	      -EFBIG);
	EQUAL(lookup("/dir/file")->i_size, most);
	done();
}

static void test_stat(const char *argument)
{
	struct kernel_stat64 *stat = USER(struct kernel_stat64 *, 512);
	long file;

	(void)argument;
	EQUAL(sizeof(*stat), 96); /* as on Linux i386 */
	make_tree();
	kernel_write(lookup("/dir/file"), "x", 1, 4096);
	file = open_path("/dir/file", O_RDONLY);
	EQUAL(sys_fstatat64(file, NULL, stat, AT_EMPTY_PATH), 0);
	EQUAL(stat->st_mode, S_IFREG | 0644);
	EQUAL(stat->st_nlink, 1);
	EQUAL(stat->st_size, 4097);
	EQUAL(stat->st_blksize, 4096);
	EQUAL(stat->st_blocks, 16);
	EQUAL(stat->st_ino, lookup("/dir/file")->i_ino);
	EQUAL(stat->__st_ino, stat->st_ino);
	EQUAL(sys_fstatat64(AT_FDCWD, user_text("/dir"), stat, 0), 0);
	EQUAL(stat->st_mode, S_IFDIR | 0755);
	EQUAL(stat->st_nlink, 2);
	EQUAL(sys_fstatat64(AT_FDCWD, user_text("/dir/device"), stat, 0), 0);
	EQUAL(stat->st_mode, S_IFCHR | 0600);
	EQUAL(sys_fstatat64(AT_FDCWD, user_text("/none"), stat, 0), -ENOENT);
	EQUAL(sys_fstatat64(AT_FDCWD, user_text(""), stat, 0), -ENOENT);
	EQUAL(sys_fstatat64(AT_FDCWD, user_text("/dir/file/"), stat, 0),
	      -ENOTDIR);
	EQUAL(sys_fstatat64(AT_FDCWD, USER_END, stat, 0), -EFAULT);
	EQUAL(sys_fstatat64(AT_FDCWD, user_text("/dir"), USER_END - 95, 0),
	      -EFAULT);
	EQUAL(sys_fstatat64(file, NULL, USER_END, AT_EMPTY_PATH), -EFAULT);
	EQUAL(sys_fstatat64(60, NULL, USER_END, AT_EMPTY_PATH), -EBADF);
	done();
}

static void test_fcntl(const char *argument)
{
	long file, device;

	(void)argument;
	make_tree();
	file = open_path("/dir/file", O_RDONLY | O_CLOEXEC | O_LARGEFILE);
	device = open_path("/dir/device",
			   O_WRONLY | O_CREAT | O_TRUNC | O_NOCTTY);
	EQUAL(sys_fcntl64(file, F_GETFD, 0), FD_CLOEXEC);
	EQUAL(sys_fcntl64(file, F_GETFL, 0), O_LARGEFILE);
	EQUAL(sys_fcntl64(device, F_GETFD, 0), 0);
	EQUAL(sys_fcntl64(device, F_GETFL, 0), O_WRONLY);
	EQUAL(sys_fcntl64(device, F_SETFL, O_APPEND | O_RDWR | O_CREAT), 0);
	EQUAL(sys_fcntl64(device, F_GETFL, 0), O_WRONLY | O_APPEND);
	EQUAL(sys_fcntl64(device, F_SETFL, 0), 0);
	EQUAL(sys_fcntl64(device, F_GETFL, 0), O_WRONLY);

	EQUAL(sys_fcntl64(file, F_DUPFD, 0), 2);
	EQUAL(sys_fcntl64(2, F_GETFD, 0), 0);
	EQUAL(sys_fcntl64(device, F_DUPFD_CLOEXEC, 60), 60);
	EQUAL(sys_fcntl64(60, F_GETFD, 0), FD_CLOEXEC);
	EQUAL(sys_fcntl64(device, F_DUPFD, 63), 63);
	EQUAL(sys_fcntl64(device, F_DUPFD, 63), -EMFILE);
	EQUAL(sys_fcntl64(device, F_DUPFD, 64), -EINVAL);
	EQUAL(sys_fcntl64(device, F_DUPFD, -1), -EINVAL);
	EQUAL(sys_fcntl64(60, F_SETFD, ~1), 0);
	EQUAL(sys_fcntl64(60, F_GETFD, 0), 0);
	EQUAL(sys_fcntl64(60, F_SETFD, ~0), 0);
	EQUAL(sys_fcntl64(60, F_GETFD, 0), FD_CLOEXEC);
	EQUAL(sys_fcntl64(60, 12345, 0), -EINVAL);
	EQUAL(sys_fcntl64(59, 12345, 0), -EBADF);

	/* One position for both; it lives until both are closed. */
	EQUAL(sys_lseek(file, 5, SEEK_SET), 5);
	EQUAL(sys_lseek(2, 0, SEEK_CUR), 5);
	EQUAL(sys_close(device), 0);
	EQUAL(device_opens, 1);
	EQUAL(sys_close(60), 0);
	EQUAL(sys_fcntl64(63, F_DUPFD, 60), 60);
	EQUAL(sys_fcntl64(60, F_GETFD, 0), 0);
	EQUAL(sys_close(60), 0);
	EQUAL(sys_close(63), 0);
	EQUAL(device_opens, 0);

	device = open_path("/dir/device", O_RDWR);
	EQUAL(sys_ioctl(device, TCGETS, 7), 7);
	EQUAL(sys_ioctl(device, TCSETS, 7), -ENOTTY);
	EQUAL(sys_ioctl(file, TCGETS, 7), -ENOTTY);
	EQUAL(sys_ioctl(59, TCGETS, 7), -EBADF);
	current->files[file]->f_count = 0;
	CHECK(PANICS(fput(current->files[file])));
	CHECK(PANICS(file_get(current->files[file])));
	current->files[file]->f_count = 2;
	done();
}

/* ── /proc ────────────────────────────────────────────────────────────── */

static struct mm_struct test_mm;

static struct vm_area_struct text_area = {
	.vm_mm = &test_mm,
	.vm_start = 0x8048000,
	.vm_end = 0x804a000,
	.vm_flags = VM_READ | VM_EXEC,
	.vm_pgoff = 1,
};
static struct vm_area_struct anonymous_area = {
	.vm_mm = &test_mm,
	.vm_start = 0xb7ff0000,
	.vm_end = 0xb8000000,
	.vm_flags = VM_READ | VM_WRITE | VM_MAYSHARE,
	.vm_pgoff = 0xb7ff0,
};
static struct vm_area_struct stack_area = {
	.vm_mm = &test_mm,
	.vm_start = 0xbffde000,
	.vm_end = 0xbffff000,
	.vm_flags = VM_READ | VM_WRITE | VM_GROWSDOWN,
};

static pgd_t no_page_tables[PTRS_PER_PGD];

static struct vm_area_struct *test_areas[] = { &text_area, &anonymous_area,
					       &stack_area };

static struct mm_struct test_mm = {
	.pgd = no_page_tables,
	.areas = test_areas,
	.map_count = 3,
	.start_code = 0x8048100,
	.end_code = 0x8049f00,
	.start_data = 0x804b000,
	.end_data = 0x804b800,
	.start_brk = 0x804d000,
	.brk = 0x804e000,
	.start_stack = 0xbfffef00,
	.arg_start = USER_START + 8000,
	.arg_end = USER_START + 8012,
	.env_start = 3,
	.env_end = 4,
	.total_vm = 600,
	.data_vm = 50,
	.exec_vm = 5,
	.stack_vm = 33,
	.rss_stat = { [MM_FILEPAGES] = 7, [MM_ANONPAGES] = 11 },
	.nr_ptes = 3,
	.hiwater_rss = 20,
	.hiwater_vm = 500,
	.fault_count = { [FAULT_ANON_WRITE] = 100,
			 [FAULT_FILE_READ] = 20,
			 [FAULT_REFUSED] = 5000,
			 [FAULT_OOM] = 60000 },
};

static struct task_struct test_task = {
	.pid = 42,
	.comm = "a program",
	.mm = &test_mm,
	.start_time = 12345678901ULL,
};

static char *read_all(const char *path)
{
	static char content[8192];
	struct file *file = filp_open(path, O_RDONLY);
	loff_t position = 0;
	ssize_t size;

	CHECK(!IS_ERR(file));
	size = file->f_op->read(file, USER(char *, 0), USER_SIZE, &position);
	CHECK(size >= 0);
	memcpy(content, USER(char *, 0), size);
	content[size] = '\0';
	fput(file);
	return content;
}

static void test_proc(const char *argument)
{
	long file;

	(void)argument;
	proc_init();
	test_task.stack = init_task.stack;
	list_add_tail(&test_task.tasks, &init_task.tasks);
	current = &test_task;
	text_area.vm_file =
		create_path("/bin/prog", S_IFREG | 0755, NULL, NULL);
	text_area.vm_file->i_ino = 77;
	fake_clock = 12345678901ULL;

	TEXT(read_all("/proc/self/maps"),
	     "08048000-0804a000 r-xp 00001000 00:01 77"
	     "         /bin/prog\n"
	     "b7ff0000-b8000000 rw-s 00000000 00:00 0 \n"
	     "bffde000-bffff000 rw-p 00000000 00:00 0 "
	     "         [stack]\n");
	TEXT(read_all("/proc/self/status"),
	     "Name:\ta program\nState:\tR (running)\nTgid:\t42\nPid:\t42\n"
	     "PPid:\t1\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nFDSize:\t64\n"
	     "VmPeak:\t    2400 kB\nVmSize:\t    2400 kB\n"
	     "VmHWM:\t      80 kB\nVmRSS:\t      72 kB\n"
	     "RssAnon:\t      44 kB\nRssFile:\t      28 kB\n"
	     "VmData:\t     200 kB\nVmStk:\t     132 kB\n"
	     "VmExe:\t       8 kB\nVmLib:\t      12 kB\n"
	     "VmPTE:\t      12 kB\nThreads:\t1\n");
	TEXT(read_all("/proc/self/statm"), "600 18 7 2 0 83 0\n");
	TEXT(read_all("/proc/self/stat"),
	     "42 (a program) R 1 0 0 0 -1 0 120 0 0 0 0 0 0 0 20 0 1 0 1234 "
	     "2457600 18 4294967295 134512896 134520576 3221221120 0 0 "
	     "0 0 0 0 0 0 0 17 0 0 0 0 0 0 "
	     "134524928 134526976 134533120 268443456 268443468 3 4 0\n");
	TEXT(read_all("/proc/self/comm"), "a program\n");
	memcpy(USER(char *, 8000), "prog\0-x\0abc", 12);
	EQUAL(memcmp(read_all("/proc/self/cmdline"), "prog\0-x\0abc", 12), 0);
	test_mm.arg_start = USER_START + USER_SIZE; /* unmapped since */
	test_mm.arg_end = test_mm.arg_start + 100;
	TEXT(read_all("/proc/self/cmdline"), "");

	nr_free_pages = 1000;
	TEXT(read_all("/proc/meminfo"), "MemTotal:          16384 kB\n"
					"MemFree:            4000 kB\n"
					"MemAvailable:       4000 kB\n"
					"Cached:                0 kB\n"
					"AnonPages:            44 kB\n"
					"PageTables:           12 kB\n"
					"CommitLimit:       16384 kB\n"
					"Committed_AS:          0 kB\n");
	TEXT(read_all("/proc/buddyinfo"),
	     "Node 0, zone   Normal      0    100    200    300    400    "
	     "500    600    700    800    900   1000 \n");
	TEXT(read_all("/proc/uptime"), "12.34 0.00\n");

	/* A task of the kernel has no memory of
	 * its own. */
	test_task.mm = NULL;
	TEXT(read_all("/proc/42/maps"), "");
	TEXT(read_all("/proc/42/statm"), "0 0 0 0 0 0 0\n");
	TEXT(read_all("/proc/42/cmdline"), "");
	TEXT(read_all("/proc/self/status"),
	     "Name:\ta program\nState:\tR (running)\nTgid:\t42\nPid:\t42\n"
	     "PPid:\t1\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nFDSize:\t64\n"
	     "Threads:\t1\n");
	CHECK(lookup("/proc/41") == ERR_PTR(-ENOENT));
	CHECK(lookup("/proc/042") == ERR_PTR(-ENOENT));
	CHECK(lookup("/proc/self/exe") == ERR_PTR(-ENOENT));
	file = open_path("/proc/meminfo", O_RDWR | O_TRUNC);
	EQUAL(sys_write(file, USER(char *, 0), 1), -EIO);
	EQUAL(sys_close(file), 0);

	/* Who has it open sees that the task
	 * has gone. */
	file = open_path("/proc/42/comm", O_RDONLY);
	list_del(&test_task.tasks);
	proc_flush_task(&test_task);
	current = &init_task;
	current->files[file] = test_task.files[file];
	test_task.files[file] = NULL;
	EQUAL(sys_read(file, USER(char *, 0), 10), -ESRCH);
	CHECK(lookup("/proc/42") == ERR_PTR(-ENOENT));
	done();
}

const struct test tests[] = {
	{ "open", test_open },
	{ "open_without_memory", test_open_without_memory },
	{ "read", test_read },
	{ "writev", test_writev },
	{ "lseek", test_lseek },
	{ "truncate", test_truncate },
	{ "stat", test_stat },
	{ "fcntl", test_fcntl },
	{ "proc", test_proc },
	{ NULL, NULL },
};
