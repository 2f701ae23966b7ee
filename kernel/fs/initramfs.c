/*
 * initramfs.c - the initrd becomes the file tree: an archive in the format
 * that `cpio -H newc` writes is unpacked into ramfs. One entry is
 *
 *     "070701"  13 numbers, 8 hex digits each  name NUL  pad   data  pad
 *     0         6                              110
 *
 * where pad goes to the next multiple of 4, and "TRAILER!!!" is the last name.
 * Several archives may follow each other with NULs between, as Linux allows
 * (Documentation/driver-api/early-userspace/buffer-format.rst; Linux:
 * init/initramfs.c, which unpacks compressed ones too).
 *
 * The archive is whatever the boot loader was given: nothing in it is believed
 * before it has been compared with what is there.
 */
#include "abi/errno.h"
#include "fs/fs.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/mm.h"

#define MAGIC_SIZE  6
#define NR_NUMBERS  13
#define HEADER_SIZE (MAGIC_SIZE + 8 * NR_NUMBERS)

enum { MODE = 1, NLINK = 4, FILE_SIZE = 6, NAME_SIZE = 11 };

struct archive {
	const char *data;
	size_t size; /* bytes */
	size_t offset; /* how far it has been read */
};

struct entry {
	uint32_t numbers[NR_NUMBERS];
	const char *name;
	const char *data;
};

/* The next SIZE bytes and the pad behind; NULL if there are not as many. */
static const char *take(struct archive *archive, size_t size)
{
	const char *data = archive->data + archive->offset;
	size_t left = archive->size - archive->offset;

	if (size > left)
		return NULL;
	/* At the very end the pad may be missing. */
	archive->offset +=
		size + min(-(archive->offset + size) & 3, left - size);
	return data;
}

/* False: other characters. */
static bool parse_header(const char *header, uint32_t *numbers)
{
	static const char digits[] = "0123456789abcdefABCDEF";

	if (memcmp(header, "070701", MAGIC_SIZE) != 0)
		return false;
	for (int i = 0; i < 8 * NR_NUMBERS; i++) {
		const char *digit = strchr(digits, header[MAGIC_SIZE + i]);
		uint32_t value = digit - digits;

		if (!digit || !*digit)
			return false;
		value = value < 16 ? value : value - 6;
		numbers[i / 8] = numbers[i / 8] << 4 | value;
	}
	return true;
}

/* Header, name and data. False: that is not what is there. */
static bool read_entry(struct archive *archive, struct entry *entry)
{
	const char *header = archive->data + archive->offset;
	uint32_t name_size; /* with the NUL */

	if (archive->size - archive->offset < HEADER_SIZE ||
	    !parse_header(header, entry->numbers))
		return false;
	name_size = entry->numbers[NAME_SIZE];
	if (name_size < 2 || name_size > PATH_MAX ||
	    !take(archive, HEADER_SIZE + name_size))
		return false;
	entry->name = header + HEADER_SIZE;
	entry->data = take(archive, entry->numbers[FILE_SIZE]);
	return entry->data && entry->name[name_size - 1] == '\0';
}

/* A file or link there already is replaced: later archives update them. */
static int unpack_entry(const struct entry *entry)
{
	static char text[PATH_MAX]; /* of a link */
	unsigned int mode = entry->numbers[MODE] & (S_IFMT | 07777);
	size_t size = entry->numbers[FILE_SIZE];
	struct inode *inode = lookup_at(AT_FDCWD, entry->name, 0);
	ssize_t written;

	if (!S_ISDIR(mode) && !S_ISREG(mode) && !S_ISLNK(mode))
		return 0; /* such as the trailer */
	/* The data of hard links comes with the last of them only. */
	if (!S_ISDIR(mode) && entry->numbers[NLINK] > 1 && size == 0) {
		pr_warn("initramfs: %s is a hard link: left out\n",
			entry->name);
		return 0;
	}
	if (!IS_ERR(inode) && !S_ISDIR(inode->i_mode))
		ramfs_unlink(inode);
	strscpy(text, entry->data, min(size + 1, sizeof(text)));
	inode = create_path(entry->name, mode, NULL,
			    S_ISLNK(mode) ? text : NULL);
	if (IS_ERR(inode))
		return PTR_ERR(inode);
	if (!S_ISREG(mode))
		return 0;
	written = kernel_write(inode, entry->data, size, 0);
	if (written == (ssize_t)size)
		return 0;
	ramfs_unlink(inode); /* half a program is worse than none */
	return written < 0 ? written : -ENOMEM;
}

int unpack_initramfs(const void *data, size_t size)
{
	struct archive archive = { .data = data, .size = size };
	struct entry entry;
	int error;

	for (;;) {
		while (archive.offset < size && !archive.data[archive.offset])
			archive.offset++;
		if (archive.offset == size)
			return 0;
		if (!read_entry(&archive, &entry)) {
			pr_warn("initramfs: no cpio (newc) entry, or not all "
				"of it, near byte %lu\n",
				(unsigned long)archive.offset);
			return -EINVAL;
		}
		error = unpack_entry(&entry);
		if (error) {
			pr_warn("initramfs: %s: error %d\n", entry.name,
				-error);
			return error;
		}
	}
}
