/*
 * kernel_fs_tree.c - tests of ramfs.c, initramfs.c and seq_file.c on the host:
 * paths, the page cache, damaged archives, and memory that runs out at every
 * single allocation.
 */
#include "kernel_fs_fakes.h"

#include "abi/errno.h"
#include "fs/fs.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/mm.h"

void *fopen(const char *path, const char *mode);
size_t fread(void *to, size_t size, size_t count, void *stream);
int fclose(void *stream);

static long error_of(const void *pointer)
{
	return IS_ERR(pointer) ? PTR_ERR(pointer) : 0;
}

static struct inode *make(const char *path, unsigned int mode)
{
	return create_path(path, mode, NULL, NULL);
}

/* ── Paths ────────────────────────────────────────────────────────────── */

static void test_lookup(const char *argument)
{
	static char name[PATH_MAX + 16];
	static const struct {
		const char *path;
		const char *found; /* NULL: error */
		int error;
	} cases[] = {
		{ "/", "/", 0 },
		{ "//", "/", 0 },
		{ ".", "/", 0 },
		{ "..", "/", 0 },
		{ "/../..", "/", 0 },
		{ "/bin", "/bin", 0 },
		{ "bin", "/bin", 0 },
		{ "bin/", "/bin", 0 },
		{ "./bin/.", "/bin", 0 },
		{ "/bin/tour", "/bin/tour", 0 },
		{ "//bin///tour", "/bin/tour", 0 },
		{ "/bin/../bin/./tour", "/bin/tour", 0 },
		{ "/bin/..", "/", 0 },
		{ "/a/b/../b/c", "/a/b/c", 0 },
		{ "", "/", 0 }, /* getname() knows better */
		{ "/none", NULL, ENOENT },
		{ "/none/tour", NULL, ENOENT },
		{ "/bin/tou", NULL, ENOENT },
		{ "/bin/tourx", NULL, ENOENT },
		{ "/bin/tour/", NULL, ENOTDIR },
		{ "/bin/tour/.", NULL, ENOTDIR },
		{ "/bin/tour/..", NULL, ENOTDIR },
		{ "/bin/tour/x", NULL, ENOTDIR },
	};
	char path[64];

	(void)argument;
	make("/bin/tour", S_IFREG | 0755);
	make("a/b/c", S_IFREG | 0644);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct inode *inode = lookup(cases[i].path);

		if (error_of(inode) != -cases[i].error)
			printf("%s:\n", cases[i].path);
		EQUAL(error_of(inode), -cases[i].error);
		if (!IS_ERR(inode) && cases[i].found)
			TEXT(inode_path(inode, path, sizeof(path)),
			     cases[i].found);
	}
	TEXT(inode_path(lookup("/bin/tour"), path, 6), "/tour");
	TEXT(inode_path(lookup("/bin/tour"), path, 10), "/bin/tour");
	TEXT(inode_path(lookup("/bin/tour"), path, 9), "/tour");
	TEXT(inode_path(lookup("/bin/tour"), path, 1), "");
	TEXT(inode_path(lookup("/"), path, 1), "");
	TEXT(inode_path(lookup("/"), path, 2), "/");

	memset(name, 'x', NAME_MAX);
	EQUAL(error_of(lookup(name)), -ENOENT);
	EQUAL(error_of(make(name, S_IFREG)), 0);
	CHECK(&lookup(name)->i_sibling == lookup("/")->i_children.prev);
	name[NAME_MAX] = 'x';
	EQUAL(error_of(lookup(name)), -ENAMETOOLONG);
	EQUAL(error_of(make(name, S_IFREG)), -ENAMETOOLONG);

	remove_tree();
	EQUAL(live_objects, 0);
}

static void test_create(const char *argument)
{
	struct inode *inode;

	(void)argument;
	inode = make("/a/b/file", S_IFREG | 0600);
	EQUAL(inode->i_mode, S_IFREG | 0600);
	EQUAL(lookup("/a")->i_mode, S_IFDIR | 0755);
	CHECK(make("/a/b/file", S_IFREG | 0777) == inode);
	EQUAL(inode->i_mode, S_IFREG | 0600);
	CHECK(make("/a//b/", S_IFDIR) == lookup("/a/b"));
	CHECK(make("/", S_IFDIR) == lookup("/"));
	CHECK(make("/a/../a/./b", S_IFDIR) == lookup("/a/b"));
	EQUAL(error_of(make("/a/b/file/x", S_IFREG)), -ENOTDIR);
	EQUAL(error_of(make("/a/b/file", S_IFDIR)), -ENOTDIR);
	EQUAL(error_of(make("/a/b/new/", S_IFREG)), -ENOTDIR);
	EQUAL(error_of(make("/a/b", S_IFREG)), -EISDIR);
	EQUAL(error_of(make("/a/.", S_IFREG)), -EISDIR);
	EQUAL(error_of(make("/", S_IFREG)), -ENOTDIR);

	/* A user keeps what has left the tree; then it goes. */
	inode_get(inode);
	kernel_write(inode, "abc", 3, 0);
	EQUAL(nr_file_pages, 1);
	ramfs_unlink(inode);
	EQUAL(error_of(lookup("/a/b/file")), -ENOENT);
	EQUAL(inode->i_size, 3);
	inode_put(inode);
	EQUAL(nr_file_pages, 0);
	CHECK(PANICS(ramfs_unlink(lookup("/a")))); /* not empty */

	inode = make("/underflow", S_IFREG);
	inode->i_count = 0;
	CHECK(PANICS(inode_put(inode)));
	CHECK(PANICS(inode_get(inode)));
	inode->i_count = 1;
	remove_tree();
	EQUAL(live_objects, 0);
}

static void test_create_without_memory(const char *argument)
{
	unsigned long n;
	struct inode *inode;

	(void)argument;
	make("/old", S_IFDIR);
	for (n = 1;; n++) {
		unsigned long before = live_objects;

		fail_at = n;
		inode = make("/old/a/b/../../c/d/e", S_IFREG);
		if (!IS_ERR(inode))
			break;
		EQUAL(PTR_ERR(inode), -ENOMEM);
		EQUAL(error_of(lookup("/old/a/b/../../c/d/e")), -ENOENT);
		remove_tree();
		EQUAL(live_objects, 0);
		make("/old", S_IFDIR);
		EQUAL(live_objects, before);
	}
	fail_at = 0;
	CHECK(n > 5);
	remove_tree();
	for (n = 1; n <= 2; n++) {
		fail_at = n;
		EQUAL(error_of(create_path("/link", S_IFLNK | 0777, NULL,
					   "text")),
		      -ENOMEM);
		EQUAL(live_objects, 0);
	}
	fail_at = 0;
}

/* ── Content ──────────────────────────────────────────────────────────── */

static char pattern(loff_t position)
{
	return (char)(position * 7 + (position >> 12));
}

static void test_content(const char *argument)
{
	static char data[50000], back[50000];
	struct inode *inode = make("/file", S_IFREG);
	loff_t position;

	(void)argument;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = pattern(i);
	for (size_t size = 1; size < 9000; size += 997)
		for (position = 0; position + size < sizeof(data);
		     position += size)
			EQUAL(kernel_write(inode, data + position, size,
					   position),
			      size);
	EQUAL(kernel_read(inode, back, sizeof(back), 0), inode->i_size);
	EQUAL(memcmp(back, data, inode->i_size), 0);
	EQUAL(kernel_read(inode, back, 5000, 4000), 5000);
	EQUAL(memcmp(back, data + 4000, 5000), 0);
	EQUAL(kernel_read(inode, back, 10, inode->i_size - 3), 3);
	EQUAL(kernel_read(inode, back, 10, inode->i_size), 0);
	EQUAL(kernel_read(inode, back, 10, 1LL << 60), 0);
	EQUAL(kernel_write(inode, data, 1, 1LL << 32), -EFBIG);
	EQUAL(kernel_write(inode, data, 1, INT64_MAX), -EFBIG);
	EQUAL(kernel_write(inode, data, 0, 5), 0);

	/* A hole reads as zeroes and takes no frame. */
	inode = make("/holes", S_IFREG);
	EQUAL(kernel_write(inode, "end", 3, 20 * PAGE_SIZE + 5), 3);
	EQUAL(inode->i_size, 20 * PAGE_SIZE + 8);
	CHECK(find_get_page(inode, 19) == NULL);
	CHECK(find_get_page(inode, 20) != NULL);
	CHECK(find_get_page(inode, 1 << 30) == NULL);
	memset(back, 1, sizeof(back));
	EQUAL(kernel_read(inode, back, 8192, 19 * PAGE_SIZE), 4096 + 8);
	EQUAL(memcmp(back + 4096, "\0\0\0\0\0end", 8), 0);
	for (int i = 0; i < 4096; i++)
		CHECK(back[i] == 0);
	remove_tree();
	EQUAL(live_objects, 0);
}

static void test_write_without_memory(const char *argument)
{
	static char data[5 * 4096];
	ssize_t written = 0;

	(void)argument;
	for (unsigned long n = 1; written < (ssize_t)sizeof(data); n++) {
		struct inode *inode = make("/file", S_IFREG);

		fail_at = n;
		written = kernel_write(inode, data, sizeof(data), 100);
		fail_at = 0;
		/* What was counted is there, and only that. */
		if (written < 0)
			EQUAL(written, -ENOMEM);
		EQUAL(inode->i_size, written < 0 ? 0 : 100 + written);
		EQUAL(nr_file_pages, (inode->i_size + 4095) / 4096);
		remove_tree();
		EQUAL(live_objects, 0);
	}
}

/* Programs may fill half of memory; what the kernel unpacks may be more. */
static void test_full(const char *argument)
{
	struct inode *inode = make("/file", S_IFREG);
	struct file *file = filp_open("/file", O_RDWR);
	loff_t position = 0;
	ssize_t size;

	(void)argument;
	while ((size = file->f_op->write(file, USER(char *, 0), USER_SIZE,
					 &position)) > 0)
		;
	EQUAL(size, -ENOSPC);
	EQUAL(position, totalram_pages / 2 * PAGE_SIZE);
	EQUAL(inode->i_size, position);
	position = 0;
	EQUAL(file->f_op->write(file, USER(char *, 0), 100, &position), 100);
	EQUAL(kernel_write(inode, "more", 4, inode->i_size), 4);
	fput(file);
	remove_tree();
	EQUAL(live_objects, 0);
}

/* ── initramfs ────────────────────────────────────────────────────────── */

/* FILE in a block of its own size, so that ASan sees the byte behind. */
static unsigned char *load(const char *file, size_t *size)
{
	static unsigned char buffer[1 << 20];
	void *stream = fopen(file, "rb");
	unsigned char *archive;

	CHECK(stream != NULL);
	*size = fread(buffer, 1, sizeof(buffer), stream);
	fclose(stream);
	archive = malloc(*size);
	memcpy(archive, buffer, *size);
	return archive;
}

/* One line per inode below "/": mode, size, sum of bytes, path. */
static void print_tree(struct inode *directory)
{
	struct inode *inode;
	char path[512];

	list_for_each_entry(inode, &directory->i_children, i_sibling) {
		unsigned long sum = 0;
		unsigned char byte;

		for (loff_t i = 0; i < inode->i_size; i++) {
			byte = S_ISLNK(inode->i_mode) ? inode->i_link[i] : 0;
			if (!S_ISLNK(inode->i_mode))
				EQUAL(kernel_read(inode, &byte, 1, i), 1);
			sum += byte;
		}
		printf("%o %lld %lu %s\n", inode->i_mode, inode->i_size, sum,
		       inode_path(inode, path, sizeof(path)));
		print_tree(inode);
	}
}

static void test_unpack(const char *file)
{
	size_t size;
	unsigned char *archive = load(file, &size);

	printf("result %d\n", unpack_initramfs(archive, size));
	printf("%s", printk_text);
	print_tree(lookup("/"));
	free(archive);
	remove_tree();
	EQUAL(live_objects, 0);
}

/* A good archive cut off: nothing is wrong where an entry begins anew. */
static void test_truncated(const char *file)
{
	size_t size;
	unsigned char *archive = load(file, &size);

	EQUAL(unpack_initramfs(archive, size), 0);
	remove_tree();
	while (size && archive[size - 1] == '\0')
		size--; /* padding, and the NUL of "TRAILER!!!" */
	for (size_t cut = 1; cut <= size; cut++) {
		unsigned char *part = malloc(cut);
		bool behind_entry =
			memcmp(archive + ALIGN_UP(cut, 4), "070701", 6) == 0;
		int result;

		memcpy(part, archive, cut);
		result = unpack_initramfs(part, cut);
		CHECK(result == -EINVAL || (behind_entry && result == 0));
		CHECK(result == 0 || !behind_entry || cut % 4);
		free(part);
		remove_tree();
		EQUAL(live_objects, 0);
	}
	EQUAL(unpack_initramfs(archive, 0), 0);
	free(archive);
}

/* xorshift32 (Marsaglia 2003): the same numbers in every run. */
static uint32_t next_random(void)
{
	static uint32_t state = 2463534242;

	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

/* Whatever the bytes are: no wild access (ASan), nothing kept. */
static void test_corrupted(const char *file)
{
	static const char interesting[] = "0f78FgG/.\0\xff";
	size_t size;
	unsigned char *good = load(file, &size);
	unsigned char *bad = malloc(size);
	unsigned long refused = 0;

	for (int run = 0; run < 20000; run++) {
		int changes = 1 + next_random() % 4;
		int result;

		memcpy(bad, good, size);
		while (changes--) {
			size_t at = next_random() % size;

			bad[at] = interesting[next_random() %
					      (sizeof(interesting) - 1)];
		}
		result = unpack_initramfs(bad, size);
		refused += result != 0;
		CHECK(result == 0 || result == -EINVAL || result == -ENOTDIR ||
		      result == -EISDIR || result == -ENAMETOOLONG ||
		      result == -ENOENT);
		remove_tree();
		EQUAL(live_objects, 0);
	}
	CHECK(refused > 2000);
	CHECK(refused < 20000);
	free(good);
	free(bad);
}

static void test_unpack_without_memory(const char *file)
{
	size_t size;
	unsigned char *archive = load(file, &size);
	unsigned long n;
	int result = -ENOMEM;

	for (n = 1; result; n++) {
		struct inode *inode;

		fail_at = n;
		result = unpack_initramfs(archive, size);
		fail_at = 0;
		if (result)
			EQUAL(result, -ENOMEM);
		/* A file that is there is whole. */
		inode = lookup("bin/large");
		if (!IS_ERR(inode))
			EQUAL(inode->i_size, 20000);
		remove_tree();
		EQUAL(live_objects, 0);
	}
	CHECK(n > 15);
	free(archive);
}

/* ── seq_file ─────────────────────────────────────────────────────────── */

static int lines_to_show = 3;
static int shown;

static void show_lines(struct seq_file *seq, void *data)
{
	shown++;
	for (int i = 0; i < lines_to_show; i++) {
		seq_printf(seq, "line %-10d", i);
		seq_write(seq, "|\n", 2);
	}
}

static const struct attribute lines_attribute = { "seq", .show = show_lines };

static void test_seq_file(const char *argument)
{
	char *user = USER(char *, 0);
	struct inode *inode;
	struct file *file;
	loff_t position = 0;
	ssize_t total = 0;
	ssize_t size;

	(void)argument;
	EQUAL(create_attributes(lookup("/"), &lines_attribute, 1), 0);
	inode = lookup("/seq");
	file = filp_open("/seq", O_RDONLY);
	user[17 * 3] = '\0';
	EQUAL(file->f_op->read(file, user, 100, &position), 51);
	TEXT(user, "line 0         |\nline 1         |\nline 2         |\n");
	EQUAL(file->f_op->read(file, user, 100, &position), 0);
	EQUAL(shown, 1);

	/* From 0 on it is printed anew; further on it is the same text. */
	lines_to_show = 5000;
	position = 0;
	while ((size = file->f_op->read(file, user, 999, &position)) > 0)
		total += size;
	EQUAL(total, 5000 * 17);
	EQUAL(shown, 1 + 6); /* into 4, 8, 16, 32, 64, 128 KiB */
	position = 17 * 4999;
	EQUAL(file->f_op->read(file, user, 999, &position), 17);
	EQUAL(memcmp(user, "line 4999      |\n", 17), 0);

	/* Part of the buffer is bad, then all of it. */
	position = 0;
	EQUAL(file->f_op->read(file, USER_END - 5, 999, &position), 5);
	EQUAL(position, 5);
	EQUAL(file->f_op->read(file, USER_END, 999, &position), -EFAULT);
	EQUAL(position, 5);
	EQUAL(file->f_op->read(file, USER_END, 0, &position), 0);
	fput(file);

	/* The open file, a page, two pages, enough. */
	lines_to_show = 300;
	for (unsigned long n = 1; n <= 4; n++) {
		fail_at = n;
		file = filp_open("/seq", O_RDONLY);
		EQUAL(error_of(file), n <= 1 ? -ENOMEM : 0);
		if (IS_ERR(file))
			continue;
		position = 0;
		EQUAL(file->f_op->read(file, user, 10, &position),
		      n <= 3 ? -ENOMEM : 10);
		/* With memory, it goes on as if nothing had been. */
		fail_at = 0;
		EQUAL(file->f_op->read(file, user, 10, &position), 10);
		fput(file);
	}
	EQUAL(inode->i_count, 1);
	remove_tree();
	EQUAL(live_objects, 0);
}

const struct test tests[] = {
	{ "lookup", test_lookup },
	{ "create", test_create },
	{ "create_without_memory", test_create_without_memory },
	{ "content", test_content },
	{ "write_without_memory", test_write_without_memory },
	{ "full", test_full },
	{ "seq_file", test_seq_file },
	{ "unpack", test_unpack },
	{ "truncated", test_truncated },
	{ "corrupted", test_corrupted },
	{ "unpack_without_memory", test_unpack_without_memory },
	{ NULL, NULL },
};
