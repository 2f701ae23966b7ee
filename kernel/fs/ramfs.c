/*
 * ramfs.c - the file tree in memory: inodes with their names, and the frames
 * that hold what is in the files. Those frames are the page cache: read()
 * copies out of them, page faults map them into programs. Linux: fs/ramfs,
 * fs/namei.c (path_walk is its link_path_walk), mm/filemap.c.
 */
#include "abi/errno.h"
#include "fs/fs.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/task.h"

/* i_pages is one kmalloc'd block; this is what fits the largest: 4 GiB. */
#define MAX_FILE_PAGES (1UL << 20)
#define MIN_SLOTS      4UL

static const struct file_operations ramfs_file_operations;
static const struct file_operations ramfs_dir_operations;

static struct inode root = {
	.i_name = "",
	.i_parent = &root,
	.i_ino = 1,
	.i_dev = RAMFS_DEV,
	.i_mode = S_IFDIR | 0755,
	.i_count = 1,
	.i_fop = &ramfs_dir_operations,
};

static unsigned long last_ino = 1;
static unsigned long last_cookie = 2; /* "." and ".." have 1 and 2 */
unsigned long nr_file_pages;

/* ── Paths ────────────────────────────────────────────────────────────── */

/* The next name in [*PATH, END), *LENGTH bytes; *PATH moves behind it. */
static const char *next_component(const char **path, const char *end,
				  size_t *length)
{
	const char *name;

	while (*path < end && **path == '/')
		(*path)++;
	name = *path;
	while (*path < end && **path != '/')
		(*path)++;
	*length = *path - name;
	return name;
}

static struct inode *find_child(struct inode *directory, const char *name,
				size_t length)
{
	struct inode *child;

	if (length > NAME_MAX)
		return ERR_PTR(-ENAMETOOLONG);
	if (length == 1 && name[0] == '.')
		return directory;
	if (length == 2 && name[0] == '.' && name[1] == '.')
		return directory->i_parent;
	for (child = directory->i_children; child; child = child->i_sibling)
		if (strlen(child->i_name) == length &&
		    memcmp(child->i_name, name, length) == 0)
			return child;
	if (directory->i_lookup)
		return directory->i_lookup(name, length);
	return ERR_PTR(-ENOENT);
}

/* From BASE, or from the root if PATH begins with a slash. */
static struct inode *path_walk(struct inode *base, const char *path,
			       const char *end, bool follow)
{
	struct inode *inode = path < end && *path == '/' ? &root : base;

	for (;;) {
		size_t length;
		const char *name = next_component(&path, end, &length);

		if (!length)
			return inode;
		inode = find_child(inode, name, length);
		if (!IS_ERR(inode) && S_ISLNK(inode->i_mode) &&
		    (follow || path < end))
			inode = inode->i_follow(inode);
		if (IS_ERR(inode))
			return inode;
		/* A slash behind a name, also the last, asks for a directory */
		if (path < end && !S_ISDIR(inode->i_mode))
			return ERR_PTR(-ENOTDIR);
	}
}

struct inode *current_directory(void)
{
	return current->cwd ? current->cwd : &root;
}

struct inode *lookup_from(struct inode *base, const char *path, bool follow)
{
	size_t length = strlen(path);

	if (!length)
		return ERR_PTR(-ENOENT);
	if (length >= PATH_MAX)
		return ERR_PTR(-ENAMETOOLONG);
	return path_walk(base, path, path + length, follow);
}

struct inode *lookup(const char *path)
{
	return lookup_from(current_directory(), path, true);
}

int find_last(struct inode *base, const char *path, struct last *last)
{
	const char *end = path + strlen(path);
	const char *name_end;

	last->slash = end > path && end[-1] == '/';
	while (end > path && end[-1] == '/')
		end--;
	name_end = end;
	while (end > path && end[-1] != '/')
		end--;
	last->name = end;
	last->length = name_end - end;
	last->normal = last->length && !(last->length <= 2 && end[0] == '.' &&
					 end[last->length - 1] == '.');
	/* Only slashes: that is the root. */
	if (end == path && last->slash && !last->length)
		end++;
	last->parent = path_walk(base, path, end, true);
	return IS_ERR(last->parent) ? PTR_ERR(last->parent) : 0;
}

struct inode *last_inode(const struct last *last)
{
	return find_child(last->parent, last->name, last->length);
}

struct inode *lookup_parent(const char *path)
{
	struct last last;

	find_last(current_directory(), path, &last);
	return last.parent;
}

/* Written from the end, where the walk up to the root begins. */
char *inode_path(const struct inode *inode, char *buffer, size_t size)
{
	char *start = buffer + size - 1;

	*start = '\0';
	if (inode == &root && size > 1)
		*--start = '/';
	for (; inode && inode != &root; inode = inode->i_parent) {
		size_t length = strlen(inode->i_name);

		if ((size_t)(start - buffer) < length + 1)
			break; /* too deep for SIZE: the end is what tells */
		start -= length;
		memcpy(start, inode->i_name, length);
		*--start = '/';
	}
	return memmove(buffer, start, buffer + size - start);
}

/* ── Inodes ───────────────────────────────────────────────────────────── */

static struct inode *alloc_inode(const char *name, size_t length,
				 unsigned int mode,
				 const struct file_operations *fop)
{
	struct inode *inode = kzalloc(sizeof(*inode));

	if (!inode)
		return NULL;
	inode->i_name = kmalloc(length + 1);
	if (!inode->i_name) {
		kfree(inode);
		return NULL;
	}
	memcpy(inode->i_name, name, length);
	inode->i_name[length] = '\0';
	inode->i_ino = ++last_ino;
	inode->i_mode = mode;
	inode->i_count = 1;
	inode->i_fop = fop;
	if (!fop)
		inode->i_fop = S_ISDIR(mode) ? &ramfs_dir_operations
					     : &ramfs_file_operations;
	return inode;
}

struct inode *anonymous_inode(unsigned int mode,
			      const struct file_operations *fop, void *private)
{
	struct inode *inode = alloc_inode("", 0, mode, fop);

	if (!inode)
		return NULL;
	inode->i_private = private;
	return inode;
}

/* At the end of the list, so that i_cookie grows along it. */
static void link_inode(struct inode *inode, struct inode *directory)
{
	struct inode **link = &directory->i_children;

	while (*link)
		link = &(*link)->i_sibling;
	*link = inode;
	inode->i_cookie = ++last_cookie;
	inode->i_parent = directory;
	inode->i_dev = directory->i_dev;
}

static void unlink_inode(struct inode *inode)
{
	struct inode **link = &inode->i_parent->i_children;

	while (*link != inode)
		link = &(*link)->i_sibling;
	*link = inode->i_sibling;
	inode->i_sibling = NULL;
}

struct inode *new_inode(struct inode *directory, const char *name,
			size_t length, unsigned int mode,
			const struct file_operations *fop)
{
	struct inode *inode = alloc_inode(name, length, mode, fop);

	if (inode)
		link_inode(inode, directory);
	return inode;
}

/* Whoever still uses it may ask for ".." and for its path. */
void ramfs_unlink(struct inode *inode)
{
	BUG_ON(inode == &root || inode->i_children);
	unlink_inode(inode);
	inode->i_unlinked = true;
	inode_get(inode->i_parent);
	inode_put(inode);
}

int ramfs_rename(struct inode *source, const struct last *to,
		 struct inode *target)
{
	char *name = kmalloc(to->length + 1);

	if (!name)
		return -ENOMEM;
	memcpy(name, to->name, to->length);
	name[to->length] = '\0';
	if (target)
		ramfs_unlink(target);
	unlink_inode(source);
	kfree(source->i_name);
	source->i_name = name;
	link_inode(source, to->parent);
	return 0;
}

/* Undo what create_path() made: from INODE up to TOP, which stays. */
static void remove_new(struct inode *inode, struct inode *top)
{
	while (inode != top) {
		struct inode *parent = inode->i_parent;

		ramfs_unlink(inode);
		inode = parent;
	}
}

struct inode *create_path(const char *path, unsigned int mode,
			  const struct file_operations *fop, void *private)
{
	const char *end = path + strlen(path);
	struct inode *inode = &root;
	struct inode *existing = &root; /* the last that was not made here */

	if (end > path && end[-1] == '/' && !S_ISDIR(mode))
		return ERR_PTR(-ENOTDIR);
	while (end > path && end[-1] == '/')
		end--;

	while (path < end) {
		size_t length;
		const char *name = next_component(&path, end, &length);
		struct inode *next = find_child(inode, name, length);

		if (next == ERR_PTR(-ENOENT)) {
			next = path < end ? new_inode(inode, name, length,
						      S_IFDIR | 0755, NULL)
					  : new_inode(inode, name, length, mode,
						      fop);
			if (!next)
				next = ERR_PTR(-ENOMEM);
			else if (path == end)
				next->i_private = private;
		} else if (!IS_ERR(next)) {
			if (path < end && !S_ISDIR(next->i_mode))
				next = ERR_PTR(-ENOTDIR);
			else
				existing = next;
		}
		if (IS_ERR(next)) {
			remove_new(inode, existing);
			return next;
		}
		inode = next;
	}
	if (S_ISDIR(mode) && !S_ISDIR(inode->i_mode))
		return ERR_PTR(-ENOTDIR);
	if (!S_ISDIR(mode) && S_ISDIR(inode->i_mode))
		return ERR_PTR(-EISDIR);
	return inode;
}

void inode_get(struct inode *inode)
{
	BUG_ON(inode->i_count <= 0);
	inode->i_count++;
}

/* Give back the pages from INDEX on. */
static void drop_pages(struct inode *inode, unsigned long index)
{
	for (; index < inode->i_nrpages; index++) {
		if (!inode->i_pages[index])
			continue;
		put_page(inode->i_pages[index]);
		inode->i_pages[index] = NULL;
		nr_file_pages--;
	}
}

/*
 * The last user goes: the content goes, too. The tree is a user; outside it, an
 * inode uses the directory in which it was, whose last user it may be.
 */
void inode_put(struct inode *inode)
{
	BUG_ON(inode->i_count <= 0);
	while (--inode->i_count == 0) {
		struct inode *parent = inode->i_parent;
		bool holds_parent = inode->i_unlinked;

		drop_pages(inode, 0);
		kfree(inode->i_pages);
		kfree(inode->i_name);
		kfree(inode);
		if (!holds_parent)
			return;
		inode = parent;
	}
}

/* ── The page cache ───────────────────────────────────────────────────── */

struct page *find_get_page(struct inode *inode, unsigned long index)
{
	return index < inode->i_nrpages ? inode->i_pages[index] : NULL;
}

/* Make a slot for page INDEX, and as many again. 0 or -ENOMEM. */
static int grow_i_pages(struct inode *inode, unsigned long index)
{
	unsigned long slots = max(inode->i_nrpages, MIN_SLOTS);
	struct page **pages;

	while (slots <= index)
		slots *= 2;
	pages = kzalloc(slots * sizeof(*pages));
	if (!pages)
		return -ENOMEM;
	if (inode->i_pages)
		memcpy(pages, inode->i_pages,
		       inode->i_nrpages * sizeof(*pages));
	kfree(inode->i_pages);
	inode->i_pages = pages;
	inode->i_nrpages = slots;
	return 0;
}

/*
 * The frame at POSITION, a new one if there was a hole: zeroed, unless the
 * caller is going to write ALL of it. ERR_PTR: -ENOMEM, -EFBIG.
 */
static struct page *grab_cache_page(struct inode *inode, loff_t position,
				    bool all)
{
	unsigned long index = position >> PAGE_SHIFT;
	struct page *page;

	if (position >> PAGE_SHIFT >= (loff_t)MAX_FILE_PAGES)
		return ERR_PTR(-EFBIG);
	if (index >= inode->i_nrpages && grow_i_pages(inode, index))
		return ERR_PTR(-ENOMEM);
	page = inode->i_pages[index];
	if (page)
		return page;
	page = all ? alloc_page() : get_zeroed_page();
	if (!page)
		return ERR_PTR(-ENOMEM);
	page->flags |= PG_cache; /* for rss_stat, when it is mapped */
	inode->i_pages[index] = page;
	nr_file_pages++;
	return page;
}

/* Of SIZE bytes from POSITION: those in one page and before END. */
static size_t chunk_size(loff_t position, size_t size, loff_t end)
{
	size_t in_page = PAGE_SIZE - (position & (PAGE_SIZE - 1));
	loff_t in_file = end - position;

	size = min(size, in_page);
	return (loff_t)size < in_file ? size : (size_t)in_file;
}

ssize_t kernel_write(struct inode *inode, const void *from, size_t size,
		     loff_t to)
{
	size_t done = 0;

	if (to < 0)
		return -EINVAL;
	while (done < size) {
		size_t chunk = chunk_size(to, size - done, INT64_MAX);
		struct page *page =
			grab_cache_page(inode, to, chunk == PAGE_SIZE);

		if (IS_ERR(page))
			return done ? (ssize_t)done : PTR_ERR(page);
		memcpy((char *)page_address(page) + (to & (PAGE_SIZE - 1)),
		       (const char *)from + done, chunk);
		done += chunk;
		to += chunk;
		inode->i_size = max(inode->i_size, to);
	}
	return done;
}

ssize_t kernel_read(struct inode *inode, void *to, size_t size, loff_t from)
{
	size_t done = 0;

	if (from < 0)
		return -EINVAL;
	while (done < size && from < inode->i_size) {
		size_t chunk = chunk_size(from, size - done, inode->i_size);
		struct page *page = find_get_page(inode, from >> PAGE_SHIFT);
		char *target = (char *)to + done;

		if (page)
			memcpy(target,
			       (char *)page_address(page) +
				       (from & (PAGE_SIZE - 1)),
			       chunk);
		else
			memset(target, 0, chunk);
		done += chunk;
		from += chunk;
	}
	return done;
}

/* ── What programs can do with files and directories of the tree ──────── */

/* Linux: filemap_read() */
static ssize_t ramfs_read(struct file *file, char __user *buffer, size_t size,
			  loff_t *position)
{
	struct inode *inode = file->f_inode;
	size_t done = 0;

	while (done < size && *position < inode->i_size) {
		size_t chunk =
			chunk_size(*position, size - done, inode->i_size);
		unsigned long offset = *position & (PAGE_SIZE - 1);
		struct page *page =
			find_get_page(inode, *position >> PAGE_SHIFT);
		size_t left;

		if (page)
			left = copy_to_user(buffer + done,
					    (char *)page_address(page) + offset,
					    chunk);
		else
			left = clear_user(buffer + done, chunk);
		done += chunk - left;
		*position += chunk - left;
		if (left)
			return done ? (ssize_t)done : -EFAULT;
	}
	return done;
}

/* What lies behind the end is gone, and reads as zeroes if it comes back. */
void ramfs_truncate(struct inode *inode, loff_t size)
{
	unsigned long in_page = size & (PAGE_SIZE - 1);
	unsigned long index = min(size >> PAGE_SHIFT, (loff_t)MAX_FILE_PAGES);
	struct page *page = find_get_page(inode, index);

	if (size < inode->i_size) {
		if (in_page && page)
			memset((char *)page_address(page) + in_page, 0,
			       PAGE_SIZE - in_page);
		drop_pages(inode, index + (in_page != 0));
	}
	inode->i_size = size;
}

/* Linux: generic_perform_write() */
static ssize_t ramfs_write(struct file *file, const char __user *buffer,
			   size_t size, loff_t *position)
{
	struct inode *inode = file->f_inode;
	size_t done = 0;

	if (!size)
		return 0;
	if (file->f_flags & O_APPEND)
		*position = inode->i_size;
	while (done < size) {
		size_t chunk = chunk_size(*position, size - done, INT64_MAX);
		unsigned long offset = *position & (PAGE_SIZE - 1);
		struct page *page = grab_cache_page(inode, *position, false);
		size_t left;

		if (IS_ERR(page))
			return done ? (ssize_t)done : PTR_ERR(page);
		left = copy_from_user((char *)page_address(page) + offset,
				      buffer + done, chunk);
		done += chunk - left;
		*position += chunk - left;
		if (chunk > left)
			inode->i_size = max(inode->i_size, *position);
		if (left)
			return done ? (ssize_t)done : -EFAULT;
	}
	return done;
}

static ssize_t generic_read_dir(struct file *file, char __user *buffer,
				size_t size, loff_t *position)
{
	(void)file;
	(void)buffer;
	(void)size;
	(void)position;
	return -EISDIR;
}

static const struct file_operations ramfs_file_operations = {
	.read = ramfs_read,
	.write = ramfs_write,
	.llseek = generic_file_llseek,
};

static const struct file_operations ramfs_dir_operations = {
	.read = generic_read_dir,
	.llseek = generic_file_llseek,
};

void ramfs_init(void)
{
	static const char *const directories[] = { "/dev", "/proc", "/sys",
						   "/tmp" };

	for (size_t i = 0; i < ARRAY_SIZE(directories); i++)
		if (IS_ERR(create_path(directories[i], S_IFDIR | 0755, NULL,
				       NULL)))
			panic("ramfs: no memory for %s", directories[i]);
}
