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

/* The numbers of a header that matter here, in their order. */
enum {
	MODE = 1,
	NLINK = 4,
	FILESIZE = 6,
	NAMESIZE = 11, /* with the NUL */
	CHECK = 12, /* "070702" only: the sum of the data's bytes */
};

struct archive {
	const unsigned char *data;
	size_t size; /* bytes */
	size_t offset; /* how far it has been read */
};

struct entry {
	uint32_t numbers[NR_NUMBERS];
	const char *name;
	const unsigned char *data;
};

static int malformed(const struct archive *archive, const char *what)
{
	pr_warn("initramfs: %s near byte %lu of %lu\n", what,
		(unsigned long)archive->offset, (unsigned long)archive->size);
	return -EINVAL;
}

/* The next SIZE bytes and the pad behind; NULL if there are not as many. */
static const void *take(struct archive *archive, size_t size)
{
	const unsigned char *data = archive->data + archive->offset;
	size_t left = archive->size - archive->offset;

	if (size > left)
		return NULL;
	/* At the very end the pad may be missing. */
	archive->offset +=
		size + min(-(archive->offset + size) & 3, left - size);
	return data;
}

/* Eight hex digits. -EINVAL: other characters. */
static int parse_number(const char *digits, uint32_t *number)
{
	*number = 0;
	for (int i = 0; i < 8; i++) {
		unsigned int digit;

		if (digits[i] >= '0' && digits[i] <= '9')
			digit = digits[i] - '0';
		else if (digits[i] >= 'a' && digits[i] <= 'f')
			digit = digits[i] - 'a' + 10;
		else if (digits[i] >= 'A' && digits[i] <= 'F')
			digit = digits[i] - 'A' + 10;
		else
			return -EINVAL;
		*number = *number << 4 | digit;
	}
	return 0;
}

static uint32_t sum_of_bytes(const unsigned char *data, size_t size)
{
	uint32_t sum = 0;

	while (size--)
		sum += *data++;
	return sum;
}

/* Header, name and data. 0 or -EINVAL. */
static int read_entry(struct archive *archive, struct entry *entry)
{
	size_t left = archive->size - archive->offset;
	const char *header = (const char *)archive->data + archive->offset;
	uint32_t namesize;
	bool checked;

	if (left < HEADER_SIZE)
		return malformed(archive, "the archive ends in a header");
	if (memcmp(header, "070701", MAGIC_SIZE) != 0 &&
	    memcmp(header, "070702", MAGIC_SIZE) != 0)
		return malformed(archive, "no cpio (newc) header");
	checked = header[MAGIC_SIZE - 1] == '2';
	for (int i = 0; i < NR_NUMBERS; i++)
		if (parse_number(header + MAGIC_SIZE + 8 * i,
				 &entry->numbers[i]))
			return malformed(archive, "no hexadecimal number");

	namesize = entry->numbers[NAMESIZE];
	if (namesize < 2 || namesize > PATH_MAX)
		return malformed(archive, "a name of impossible length");
	header = take(archive, HEADER_SIZE + namesize);
	if (!header)
		return malformed(archive, "the archive ends in a name");
	entry->name = header + HEADER_SIZE;
	if (entry->name[namesize - 1] != '\0')
		return malformed(archive, "a name without an end");

	entry->data = take(archive, entry->numbers[FILESIZE]);
	if (!entry->data)
		return malformed(archive, "the archive ends in a file");
	/* cpio sums up files only, not what symbolic links point to. */
	if (checked && S_ISREG(entry->numbers[MODE]) &&
	    entry->numbers[CHECK] !=
		    sum_of_bytes(entry->data, entry->numbers[FILESIZE]))
		return malformed(archive, "a wrong checksum");
	return 0;
}

/* A file or link there already is replaced: later archives update them. */
static int unpack_file(const struct entry *entry, unsigned int mode)
{
	size_t size = entry->numbers[FILESIZE];
	struct inode *inode = lookup_at(AT_FDCWD, entry->name, 0);
	char *link = NULL;
	ssize_t written;

	/* The data of hard links comes with the last of them only. */
	if (entry->numbers[NLINK] > 1 && size == 0) {
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
	unsigned int mode = entry->numbers[MODE] & (S_IFMT | 07777);
	struct inode *directory;
	int error = 0;

	if (S_ISREG(mode) || S_ISLNK(mode)) {
		error = unpack_file(entry, mode);
	} else if (S_ISDIR(mode)) {
		directory = create_path(entry->name, mode, NULL, NULL);
		if (IS_ERR(directory))
			error = PTR_ERR(directory);
	}
	if (error)
		pr_warn("initramfs: %s: error %d\n", entry->name, -error);
	return error;
}

int unpack_initramfs(const void *data, size_t size)
{
	struct archive archive = { .data = data, .size = size };
	bool inside = false; /* an archive without its trailer yet */
	struct entry entry;
	int error;

	for (;;) {
		if (!inside) {
			while (archive.offset < size &&
			       archive.data[archive.offset] == '\0')
				archive.offset++;
			if (archive.offset == size)
				return 0;
			if (archive.offset & 3)
				return malformed(&archive,
						 "an archive not aligned to 4");
			inside = true;
		}
		error = read_entry(&archive, &entry);
		if (error)
			return error;
		if (strcmp(entry.name, "TRAILER!!!") == 0) {
			inside = false;
			continue;
		}
		error = unpack_entry(&entry);
		if (error)
			return error;
	}
}
