/*
 * ramfs.c - the file tree in memory: inodes with their names, and the frames
 * that hold what is in the files. Those frames are the page cache: read()
 * copies out of them, page faults map them into programs. Linux: fs/ramfs,
 * mm/filemap.c.
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

static const struct file_operations ramfs_operations;

struct inode ramfs_root = {
	.i_parent = &ramfs_root,
	.i_children = { &ramfs_root.i_children, &ramfs_root.i_children },
	.i_ino = 1,
	.i_dev = RAMFS_DEV,
	.i_mode = S_IFDIR | 0755,
	.i_count = 1,
	.i_fop = &ramfs_operations,
};

static unsigned long last_ino = 1;
static unsigned long last_cookie = 2; /* "." and ".." have 1 and 2 */
unsigned long nr_file_pages;

/* ── Inodes ───────────────────────────────────────────────────────────── */

struct inode *alloc_inode(const char *name, size_t length, unsigned int mode,
			  const struct file_operations *fop, void *private)
{
	struct inode *inode = kzalloc(sizeof(*inode));

	if (!inode)
		return NULL;
	strscpy(inode->i_name, name, length + 1);
	INIT_LIST_HEAD(&inode->i_children);
	inode->i_count = 1;
	inode->i_ino = ++last_ino;
	inode->i_mode = mode;
	inode->i_atime = inode->i_mtime = inode->i_ctime = current_time();
	inode->i_fop = fop              ? fop
		       : S_ISFIFO(mode) ? &pipefifo_fops
					: &ramfs_operations;
	inode->i_private = private;
	if (!S_ISLNK(mode) || !private)
		return inode;
	inode->i_size = strlen(private);
	inode->i_link = kmalloc(inode->i_size + 1);
	if (!inode->i_link) {
		kfree(inode);
		return NULL;
	}
	memcpy(inode->i_link, private, inode->i_size + 1);
	return inode;
}

/* Its name is what Linux's maps say. */
struct inode *shmem_zero_setup(size_t len, unsigned long vm_flags)
{
	static const char name[] = "/dev/zero (deleted)";
	unsigned long pages =
		vm_flags & VM_NORESERVE ? 0 : PAGE_ALIGN(len) >> PAGE_SHIFT;
	struct inode *inode;

	if (pages && !vm_enough_memory(current->mm, pages))
		return ERR_PTR(-ENOMEM);
	inode = alloc_inode(name, sizeof(name) - 1, S_IFREG | 0777, NULL, NULL);
	if (!inode)
		return ERR_PTR(-ENOMEM);
	inode->i_size = len;
	inode->i_committed = pages;
	vm_committed_as += pages;
	return inode;
}

/* At the end of the list, so that i_cookie grows along it. */
static void link_inode(struct inode *inode, struct inode *directory)
{
	list_add_tail(&inode->i_sibling, &directory->i_children);
	inode->i_cookie = ++last_cookie;
	inode->i_parent = directory;
	inode->i_dev = directory->i_dev;
	inode->i_pid = directory->i_pid;
	inode_modified(directory);
}

static void unlink_inode(struct inode *inode)
{
	list_del(&inode->i_sibling);
	inode_modified(inode->i_parent);
	inode->i_ctime = inode->i_parent->i_ctime;
}

struct inode *new_inode(struct inode *directory, const char *name,
			size_t length, unsigned int mode,
			const struct file_operations *fop, void *private)
{
	struct inode *inode = alloc_inode(name, length, mode, fop, private);

	if (inode)
		link_inode(inode, directory);
	return inode;
}

/* Whoever still uses it sees by the name where it was. Linux: d_path() */
void ramfs_unlink(struct inode *inode)
{
	char path[NAME_MAX + 1 - sizeof(" (deleted)")];

	BUG_ON(inode == &ramfs_root || !list_empty(&inode->i_children));
	inode_path(inode, path, sizeof(path));
	snprintf(inode->i_name, sizeof(inode->i_name), "%s (deleted)", path);
	unlink_inode(inode);
	inode->i_parent = NULL;
	inode_put(inode);
}

void ramfs_rename(struct inode *source, const struct nameidata *to)
{
	if (!IS_ERR(to->inode))
		ramfs_unlink(to->inode);
	unlink_inode(source);
	strscpy(source->i_name, to->name, to->length + 1);
	link_inode(source, to->parent);
}

/* Each walk gets as far as the tree has grown, and it grows by one name. */
struct inode *create_path(const char *path, unsigned int mode,
			  const struct file_operations *fop, void *private)
{
	struct nameidata nd = { 0 };
	int error;

	while ((error = path_lookup(AT_FDCWD, path, LOOKUP_FOLLOW, &nd)) ==
		       -ENOENT &&
	       nd.inode == ERR_PTR(-ENOENT))
		if (!new_inode(nd.parent, nd.name, nd.length, S_IFDIR | 0755,
			       NULL, NULL))
			return ERR_PTR(-ENOMEM);
	if (error)
		return ERR_PTR(error);
	if (nd.slash && !S_ISDIR(mode))
		return ERR_PTR(-ENOTDIR);
	if (nd.inode == ERR_PTR(-ENOENT))
		nd.inode = new_inode(nd.parent, nd.name, nd.length, mode, fop,
				     private)
				   ?: ERR_PTR(-ENOMEM);
	if (IS_ERR(nd.inode) || S_ISDIR(mode) == S_ISDIR(nd.inode->i_mode))
		return nd.inode;
	return ERR_PTR(S_ISDIR(mode) ? -ENOTDIR : -EISDIR);
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
		inode->i_blocks--;
		nr_file_pages--;
	}
}

/* The last user goes: the content goes, too. The tree is a user. */
void inode_put(struct inode *inode)
{
	BUG_ON(inode->i_count <= 0);
	if (--inode->i_count)
		return;
	drop_pages(inode, 0);
	vm_committed_as -= inode->i_committed;
	kfree(inode->i_pages);
	kfree(inode);
}

/* ── The page cache ───────────────────────────────────────────────────── */

struct page *find_get_page(struct inode *inode, loff_t index)
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

struct page *grab_cache_page(struct inode *inode, loff_t position)
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
	page = get_zeroed_page();
	if (!page)
		return ERR_PTR(-ENOMEM);
	page->flags |= PG_cache; /* for rss_stat, when it is mapped */
	inode->i_pages[index] = page;
	inode->i_blocks++;
	nr_file_pages++;
	return page;
}

/*
 * SIZE bytes from *POSITION and on, or to there if WRITE; BUFFER is a program's
 * if USER, else the kernel's. Programs may fill half of memory (Linux:
 * shmem_default_max_blocks()). Linux: filemap_read(), generic_perform_write()
 */
static ssize_t rw_pages(struct inode *inode, char *buffer, size_t size,
			loff_t *position, bool write, bool user)
{
	size_t done = 0;

	if (!write && *position >= inode->i_size)
		return 0;
	if (!write)
		size = min((loff_t)size, inode->i_size - *position);
	while (done < size) {
		size_t offset = *position & ~PAGE_MASK;
		size_t chunk = min(size - done, PAGE_SIZE - offset), left = 0;
		struct page *page =
			find_get_page(inode, *position >> PAGE_SHIFT);
		char *data;

		if (!page && !write)
			page = zero_page;
		else if (!page && user && nr_file_pages >= totalram_pages / 2)
			page = ERR_PTR(-ENOSPC);
		else if (!page)
			page = grab_cache_page(inode, *position);
		if (IS_ERR(page))
			return done ? (ssize_t)done : PTR_ERR(page);
		data = (char *)page_address(page) + offset;
		if (!user)
			memcpy(write ? data : buffer, write ? buffer : data,
			       chunk);
		else if (write)
			left = copy_from_user(data, buffer, chunk);
		else
			left = copy_to_user(buffer, data, chunk);
		chunk -= left;
		buffer += chunk;
		done += chunk;
		*position += chunk;
		if (write && chunk)
			inode->i_size = max(inode->i_size, *position);
		if (left)
			return done ? (ssize_t)done : -EFAULT;
	}
	return done;
}

ssize_t kernel_write(struct inode *inode, const void *from, size_t size,
		     loff_t to)
{
	return rw_pages(inode, (char *)from, size, &to, true, false);
}

ssize_t kernel_read(struct inode *inode, void *to, size_t size, loff_t from)
{
	return rw_pages(inode, to, size, &from, false, false);
}

/* ── What programs can do with files and directories of the tree ──────── */

static ssize_t ramfs_read(struct file *file, char __user *buffer, size_t size,
			  loff_t *position)
{
	if (S_ISDIR(file->f_inode->i_mode))
		return -EISDIR;
	return rw_pages(file->f_inode, buffer, size, position, false, true);
}

static ssize_t ramfs_write(struct file *file, const char __user *buffer,
			   size_t size, loff_t *position)
{
	if (!size)
		return 0;
	if (file->f_flags & O_APPEND)
		*position = file->f_inode->i_size;
	inode_modified(file->f_inode);
	return rw_pages(file->f_inode, (char *)buffer, size, position, true,
			true);
}

/* What lies behind the end is gone, and reads as zeroes if it comes back. */
void ramfs_truncate(struct inode *inode, loff_t size)
{
	unsigned long in_page = size & ~PAGE_MASK;
	unsigned long index = min(size >> PAGE_SHIFT, (loff_t)MAX_FILE_PAGES);
	struct page *page = find_get_page(inode, index);

	if (size < inode->i_size) {
		if (in_page && page)
			memset((char *)page_address(page) + in_page, 0,
			       PAGE_SIZE - in_page);
		unmap_mapping_range(inode, index + (in_page != 0));
		drop_pages(inode, index + (in_page != 0));
	}
	inode->i_size = size;
	inode_modified(inode);
}

static struct inode *ramfs_mmap(struct file *file, unsigned long vm_flags,
				size_t len)
{
	if (S_ISDIR(file->f_inode->i_mode))
		return ERR_PTR(-ENODEV);
	inode_get(file->f_inode);
	return file->f_inode;
}

static const struct file_operations ramfs_operations = {
	.read = ramfs_read,
	.write = ramfs_write,
	.mmap = ramfs_mmap,
};

void ramfs_init(void)
{
	static const struct {
		const char *path;
		unsigned int dev;
	} directories[] = {
		{ "/dev", RAMFS_DEV },
		{ "/proc", PROC_DEV },
		{ "/sys", PROC_DEV },
		{ "/tmp", RAMFS_DEV },
	};

	init_task.cwd = &ramfs_root;
	ramfs_root.i_atime = current_time();
	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		struct inode *inode = create_path(directories[i].path,
						  S_IFDIR | 0755, NULL, NULL);

		if (IS_ERR(inode))
			panic("ramfs: no memory for %s", directories[i].path);
		inode->i_dev = directories[i].dev;
	}
}
