/*
 * fs.h - files: one tree in memory (ramfs.c), what a program has open
 * (file.c), and the special files that are windows into the kernel: /proc,
 * /sys/kernel/tracing, the terminal.
 */
#ifndef FS_FS_H
#define FS_FS_H

#include "abi/fcntl.h"
#include "abi/misc.h"
#include "abi/stat.h"
#include "lib/list.h"
#include "lib/types.h"

#define NAME_MAX 255 /* bytes of one name in a path */
#define PATH_MAX 4096 /* bytes of a whole path, with its NUL */

/* st_dev: whose entries come and go as programs want, and whose do not. */
#define RAMFS_DEV 1
#define PROC_DEV  2

struct file;
struct inode;
struct nameidata;
struct page;

/*
 * What a file can do; NULL means it cannot. All return bytes or 0, or -errno;
 * the buffers are the program's, reached through kernel/mm/uaccess only.
 */
struct file_operations {
	int (*open)(struct file *file);
	void (*release)(struct file *file);
	ssize_t (*read)(struct file *file, char __user *buffer, size_t size,
			loff_t *position);
	ssize_t (*write)(struct file *file, const char __user *buffer,
			 size_t size, loff_t *position);
	int (*ioctl)(struct file *file, unsigned int command,
		     unsigned long argument);
	/* POLL* of abi/poll.h that hold now. NULL: one may read and write. */
	unsigned int (*poll)(struct file *file);
	/*
	 * Whose pages a new mapping of LEN bytes shows: an inode, counted up;
	 * NULL: zeroes; ERR_PTR(-ENOMEM). No function: -ENODEV.
	 */
	struct inode *(*mmap)(struct file *file, unsigned long vm_flags,
			      size_t len);
	bool is_stream; /* there are no positions in it: -ESPIPE */
};

/*
 * A node of the tree. Regular files hold their content in i_pages, one frame
 * per page, NULL for a hole: that is the page cache, and page faults map these
 * very frames into programs.
 */
struct inode {
	char i_name[NAME_MAX + 1];
	struct inode *i_parent; /* NULL: not in the tree (any more) */
	struct list_head i_children; /* a directory's, by their … */
	struct list_head i_sibling;
	unsigned long i_ino;
	unsigned int i_dev; /* RAMFS_DEV …; 0: never in the tree */
	unsigned long i_cookie; /* its place in the directory: they grow */
	unsigned int i_mode; /* S_IF*, and permissions */
	int i_count; /* the tree, open files, areas */
	unsigned int i_uid, i_gid, i_rdev;
	struct kernel_timespec i_atime, i_mtime, i_ctime;
	int i_writecount; /* > 0: open to be written; < 0: programs run it */
	loff_t i_size; /* bytes */
	union {
		struct page **i_pages;
		char *i_link; /* a symbolic link's text; NULL: proc_get_link() */
	};
	unsigned long i_nrpages; /* slots in i_pages */
	unsigned long i_blocks; /* frames in them */
	unsigned long i_committed; /* pages promised: shared memory */
	const struct file_operations *i_fop;
	void *i_private;
	int i_pid; /* below /proc/PID: whose */

	/* Directories: bring i_children up to date, 0 or -errno; or NULL. */
	int (*i_populate)(struct inode *directory);
};

/* An open file: shared by the descriptors that dup() makes. */
struct file {
	struct inode *f_inode;
	const struct file_operations *f_op;
	unsigned int f_flags; /* O_* */
	loff_t f_pos; /* bytes */
	int f_count;
	void *private_data;
};

/* ── ramfs.c: the tree ────────────────────────────────────────────────── */

void ramfs_init(void); /* "/", with /dev, /proc, /sys to be filled */

extern struct inode ramfs_root;

/*
 * A new inode, for the caller to put; or, with new_inode, an entry of
 * DIRECTORY, held by the tree. PRIVATE is a symbolic link's text, which is
 * copied, or i_private. NULL: no memory.
 */
struct inode *alloc_inode(const char *name, size_t length, unsigned int mode,
			  const struct file_operations *fop, void *private);
struct inode *new_inode(struct inode *directory, const char *name,
			size_t length, unsigned int mode,
			const struct file_operations *fop, void *private);

/* SOURCE moves to the place TO, where what is there, if anything, goes. */
void ramfs_rename(struct inode *source, const struct nameidata *to);

/* Make a regular file SIZE bytes long. */
void ramfs_truncate(struct inode *inode, loff_t size);

/*
 * Make PATH with MODE and the directories above it; an existing directory or
 * file is taken as it is. ERR_PTR: -ENOMEM, -ENOTDIR or -EISDIR (something of
 * the other kind is there), -ENAMETOOLONG, -ELOOP,
 * -ENOENT (it is empty).
 */
struct inode *create_path(const char *path, unsigned int mode,
			  const struct file_operations *fop, void *private);

/* Take a file or an empty directory out of the tree; it lives on in users. */
void ramfs_unlink(struct inode *inode);

void inode_get(struct inode *inode);
void inode_put(struct inode *inode);

/*
 * Bytes of a regular file, from and to the kernel. Returns the count: less at
 * the end of the file, or of memory. kernel_write: -ENOMEM, -EFBIG.
 */
ssize_t kernel_read(struct inode *inode, void *to, size_t size, loff_t from);
ssize_t kernel_write(struct inode *inode, const void *from, size_t size,
		     loff_t to);

extern unsigned long nr_file_pages; /* frames in the page cache */

/* The page cache's frame for page INDEX, not counted up; NULL: a hole. */
struct page *find_get_page(struct inode *inode, loff_t index);

/* The frame at POSITION; where a hole was a zeroed one. -ENOMEM, -EFBIG. */
struct page *grab_cache_page(struct inode *inode, loff_t position);

/*
 * A file of LEN zeroes without a name: shared anonymous memory, which counts as
 * promised unless VM_NORESERVE. ERR_PTR(-ENOMEM).
 */
struct inode *shmem_zero_setup(size_t len, unsigned long vm_flags);

/* ── namei.c: paths ───────────────────────────────────────────────────── */

/* Where a path leads. */
struct nameidata {
	struct inode *parent; /* the directory of the last name */
	const char *name;
	size_t length; /* of NAME; 0: the path is "/" */
	bool slash; /* slashes behind it: a directory is meant */
	struct inode *inode; /* or ERR_PTR: -ENOENT, -ENAMETOOLONG */
	unsigned int links; /* that led here */
};

#define LOOKUP_FOLLOW 1 /* a symbolic link that is last */
#define LOOKUP_PARENT 2 /* do not, not even with a slash behind it */

/*
 * Follow PATH, counted from the descriptor DFD or AT_FDCWD. 0 also if the last
 * name is not there. -ENOENT, -ENOTDIR, -ENAMETOOLONG, -ELOOP, -EBADF, or PATH
 * itself if that is an ERR_PTR. Inodes are not counted up.
 */
int path_lookup(int dfd, const char *path, unsigned int flags,
		struct nameidata *nd);
bool last_is_name(const struct nameidata *nd); /* not "/", "." or ".." */

/*
 * The inode at PATH, or ERR_PTR. user_path_at: at the program's, with AT_*; and
 * with AT_EMPTY_PATH a FILENAME of NULL is the descriptor itself: so the calls
 * on open files are those on paths.
 */
struct inode *lookup(const char *path);
struct inode *lookup_at(int dfd, const char *path, unsigned int flags);
struct inode *user_path_at(int dfd, const char __user *filename,
			   unsigned int flags);

/* "/bin/tour" into SIZE bytes at BUFFER; returns BUFFER. */
char *inode_path(const struct inode *inode, char *buffer, size_t size);

/* ── attr.c ───────────────────────────────────────────────────────────── */

/* The content of INODE, or a directory's entries, have changed now. */
struct kernel_timespec current_time(void);
void inode_modified(struct inode *inode);

/* ── initramfs.c ──────────────────────────────────────────────────────── */

/* Unpack a cpio archive ("newc", Linux's initrd format). 0 or -errno. */
int unpack_initramfs(const void *archive, size_t size);

/* ── file.c: descriptors ──────────────────────────────────────────────── */

struct task_struct;

/*
 * Open PATH or INODE; ERR_PTR, or INODE itself if that is one. fput() closes
 * when the last one goes.
 */
struct file *filp_open(const char *path, unsigned int flags);
struct file *open_inode(struct inode *inode, unsigned int flags);
struct file *fget(unsigned int fd); /* CURRENT's, not counted up; NULL */
struct inode *fd_inode(unsigned int fd); /* of that; or -EBADF */

/*
 * The lowest free descriptor from FROM on becomes FILE's, which was counted up
 * for it. -EMFILE, and it is put; or FILE itself if that is an ERR_PTR.
 */
int fd_attach(struct file *file, unsigned int from, bool close_on_exec);
struct file *file_get(struct file *file);
void fput(struct file *file);
bool may_read(const struct file *file); /* as it was opened */
bool may_write(const struct file *file);

long sys_close(unsigned int fd);
void close_files(struct task_struct *task); /* all of them */
void close_on_exec(struct task_struct *task); /* those marked */

/*
 * A path from the program, until the call after the next. ERR_PTR: -EFAULT,
 * -ENOENT (it is empty), -ENAMETOOLONG.
 */
char *getname(const char __user *filename);

/* What WHENCE counts from: 0, f_pos or i_size; or -EINVAL. */
loff_t seek_base(const struct file *file, unsigned int whence);

/* ── locks.c ──────────────────────────────────────────────────────────── */

/* fcntl()'s F_GETLK, F_SETLK and F_SETLKW, and with 64: 0 or -errno. */
long fcntl_lock(struct file *file, unsigned int command, void __user *user);

/* CURRENT closes FILE: it has no locks there any more. */
void locks_remove_posix(struct file *file);

/* ── proc.c, tracefs.c, tty.c, devices.c: the special files ───────────── */

void proc_init(void); /* /proc/meminfo, /proc/PID/… */
void proc_machine_init(void); /* /proc/stat, /proc/vmstat … */

/* Where a LINK of /proc leads now goes to *TARGET. 0 or -ENOENT. */
int proc_get_link(const struct inode *link, struct inode **target);
void proc_flush_task(struct task_struct *task); /* it has been waited for */
void tracefs_init(void); /* /sys/kernel/tracing/… */
void tty_init(void); /* /dev/console, /dev/tty: the terminal */
void set_controlling_terminal(void); /* of CURRENT's session */
void devices_init(void); /* /dev/null and its kin; /dev/ttyS1 … ttyS3 raw */

/* proc/misc.c: what /dev/urandom reads. */
long sys_getrandom(char __user *ubuf, size_t len, unsigned int flags);

/*
 * A file of which a function prints the whole content (seq_file.c): anew
 * whenever reading begins at position 0, so that one pass sees one state; again
 * with a larger buffer if it did not fit. Linux: seq_file, single_open()
 */
struct seq_file;
void seq_printf(struct seq_file *seq, const char *format, ...) __printf(2, 3);
void seq_write(struct seq_file *seq, const char *data, size_t size);

/* A line such as "MemTotal:          64000 kB". */
void show_kib(struct seq_file *seq, const char *name, unsigned long kib);
#define PAGES_TO_KIB(pages) ((unsigned long)(pages) << (PAGE_SHIFT - 10))

/*
 * What such a file is, its i_private. SHOW prints it; STORE gets what is
 * written, terminated, without white space at the end, and returns 0 or -errno;
 * "" also when the file is opened to be replaced, as by > in a shell. Or the
 * file is a NUMBER from 0 to MAX (0: any), and CHANGED is told of it. Or it is
 * of another kind, told by S_IF* in MODE, by FOP or i_populate.
 */
struct attribute {
	const char *name;
	unsigned int mode;
	void (*show)(struct seq_file *seq, void *task); /* of /proc/PID */
	int (*store)(const char *text);
	long *number, max;
	void (*changed)(void); /* or NULL */
	const struct file_operations *fop;
	int (*populate)(struct inode *directory);
};

/* Put them into DIRECTORY, 0 or -ENOMEM; or, at the boot, into that at PATH. */
int create_attributes(struct inode *directory,
		      const struct attribute *attributes, size_t count);
void register_attributes(const char *path, const struct attribute *attributes,
			 size_t count);

/* task_mmu.c: files of /proc/PID. */
void proc_maps_show(struct seq_file *seq, void *task);
void proc_smaps_show(struct seq_file *seq, void *task);
extern const struct file_operations pagemap_operations;

extern const struct file_operations pipefifo_fops; /* pipe.c */

#endif
