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
#define HEADER_SIZE (MAGIC_SIZE + 8 * 13)

struct archive {
	const char *data;
	size_t size; /* bytes */
	size_t offset; /* how far it has been read */
};

struct entry {
	uint32_t mode, nlink, size;
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

/* Number INDEX of a header: eight hex digits. False: other characters. */
static bool parse_number(const char *header, int index, uint32_t *number)
{
	const char *text = header + MAGIC_SIZE + 8 * index;

	*number = 0;
	for (int i = 0; i < 8; i++) {
		uint8_t digit = text[i] - '0';
		uint8_t letter = (text[i] | 0x20) - 'a';

		if (digit > 9 && letter > 5)
			return false;
		*number = *number << 4 | (digit <= 9 ? digit : letter + 10);
	}
	return true;
}

/* Header, name and data. False: that is not what is there. */
static bool read_entry(struct archive *archive, struct entry *entry)
{
	const char *header = archive->data + archive->offset;
	uint32_t name_size; /* with the NUL */

	if (archive->size - archive->offset < HEADER_SIZE ||
	    memcmp(header, "070701", MAGIC_SIZE) != 0 ||
	    !parse_number(header, 1, &entry->mode) ||
	    !parse_number(header, 4, &entry->nlink) ||
	    !parse_number(header, 6, &entry->size) ||
	    !parse_number(header, 11, &name_size))
		return false;
	if (name_size < 2 || name_size > PATH_MAX ||
	    !take(archive, HEADER_SIZE + name_size))
		return false;
	entry->name = header + HEADER_SIZE;
	entry->data = take(archive, entry->size);
	return entry->data && entry->name[name_size - 1] == '\0';
}

/* A file or link there already is replaced: later archives update them. */
static int unpack_file(const struct entry *entry, unsigned int mode)
{
	size_t size = entry->size;
	struct inode *inode = lookup_at(AT_FDCWD, entry->name, 0);
	char *link = NULL;
	ssize_t written;

	/* The data of hard links comes with the last of them only. */
	if (entry->nlink > 1 && size == 0) {
		pr_warn("initramfs: %s is a hard link: left out\n",
			entry->name);
		return 0;
	}
	if (!IS_ERR(inode) && !S_ISDIR(inode->i_mode))
		ramfs_unlink(inode);

	if (S_ISLNK(mode)) {
		link = kzalloc(size + 1);
		if (!link)
			return -ENOMEM;
		memcpy(link, entry->data, size);
		size = 0;
	}
	inode = create_path(entry->name, mode, NULL, link);
	kfree(link);
	if (IS_ERR(inode))
		return PTR_ERR(inode);
	written = kernel_write(inode, entry->data, size, 0);
	if (written == (ssize_t)size)
		return 0;
	ramfs_unlink(inode); /* half a program is worse than none */
	return written < 0 ? written : -ENOMEM;
}

static int unpack_entry(const struct entry *entry)
{
	unsigned int mode = entry->mode & (S_IFMT | 07777);
	struct inode *directory;

	if (S_ISREG(mode) || S_ISLNK(mode))
		return unpack_file(entry, mode);
	if (!S_ISDIR(mode))
		return 0;
	directory = create_path(entry->name, mode, NULL, NULL);
	return IS_ERR(directory) ? PTR_ERR(directory) : 0;
}

int unpack_initramfs(const void *data, size_t size)
{
	struct archive archive = { .data = data, .size = size };
	bool inside = false; /* an archive without its trailer yet */
	struct entry entry;
	int error;

	for (;;) {
		while (archive.offset < size && !archive.data[archive.offset])
			archive.offset++;
		if (archive.offset == size && !inside)
			return 0;
		if (!read_entry(&archive, &entry)) {
			pr_warn("initramfs: no cpio (newc) entry, or not all "
				"of it, near byte %lu of %lu\n",
				(unsigned long)archive.offset,
				(unsigned long)size);
			return -EINVAL;
		}
		inside = strcmp(entry.name, "TRAILER!!!") != 0;
		error = inside ? unpack_entry(&entry) : 0;
		if (error) {
			pr_warn("initramfs: %s: error %d\n", entry.name,
				-error);
			return error;
		}
	}
}
