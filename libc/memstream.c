/*
 * memstream.c - streams with memory behind them instead of a file: fmemopen()
 * reads and writes an array, open_memstream() writes to one that grows.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "file.h"

/* Behind the struct __file. */
struct memory {
	char *data;
	size_t room; /* bytes at data */
	size_t length; /* of what has been written there */
	size_t position;
	char **result; /* open_memstream(): where to tell the address */
	size_t *result_length;
	bool owned; /* freed by fclose() */
};

static struct memory *memory_of(FILE *file)
{
	return (struct memory *)(file + 1);
}

/* open_memstream() tells where the text is, up to the position. */
static void publish(const struct memory *memory)
{
	if (!memory->result)
		return;
	*memory->result = memory->data;
	*memory->result_length = memory->position < memory->length
					 ? memory->position
					 : memory->length;
}

/* Room for LENGTH bytes and a 0. */
static bool grow(struct memory *memory, size_t length)
{
	size_t room = memory->room;
	char *data;

	while (room <= length)
		if (__builtin_mul_overflow(room, 2, &room))
			return false;
	data = realloc(memory->data, room);
	if (!data)
		return false;
	memory->data = data;
	memset(data + memory->room, 0, room - memory->room);
	memory->room = room;
	return true;
}

static ssize_t memory_read(FILE *file, void *to, size_t size)
{
	struct memory *memory = memory_of(file);
	size_t left = 0;

	if (memory->position < memory->length)
		left = memory->length - memory->position;
	if (size > left)
		size = left;
	memcpy(to, memory->data + memory->position, size);
	memory->position += size;
	return size;
}

static ssize_t memory_write(FILE *file, const void *from, size_t size)
{
	struct memory *memory = memory_of(file);
	size_t end;

	if (file->flags & FILE_APPEND)
		memory->position = memory->length;
	if (__builtin_add_overflow(memory->position, size, &end) ||
	    (memory->result && end >= memory->room && !grow(memory, end))) {
		errno = ENOMEM;
		return -1;
	}
	if (!memory->result && end > memory->room) {
		end = memory->room;
		if (memory->position >= end) {
			errno = ENOSPC;
			return -1;
		}
		size = end - memory->position;
	}
	memcpy(memory->data + memory->position, from, size);
	memory->position = end;
	if (end > memory->length) {
		memory->length = end;
		if (end < memory->room)
			memory->data[end] = '\0';
		else if (!(file->flags & FILE_READ))
			memory->data[end - 1] = '\0';
	}
	publish(memory);
	return size;
}

static off_t memory_seek(FILE *file, off_t offset, int whence)
{
	struct memory *memory = memory_of(file);
	off_t limit = memory->result ? PTRDIFF_MAX : (off_t)memory->room;

	if (whence == SEEK_CUR)
		offset += memory->position;
	else if (whence == SEEK_END)
		offset += memory->length;
	if (offset < 0 || offset > limit) {
		errno = EINVAL;
		return -1;
	}
	memory->position = offset;
	publish(memory);
	return offset;
}

static int memory_close(FILE *file)
{
	if (memory_of(file)->owned)
		free(memory_of(file)->data);
	return 0;
}

static const struct file_operations memory_operations = {
	.read = memory_read,
	.write = memory_write,
	.seek = memory_seek,
	.close = memory_close,
};

static FILE *open_memory(struct memory memory, int flags)
{
	FILE *file = __new_file(flags, sizeof(memory));

	if (!file) {
		if (memory.owned || memory.result)
			free(memory.data);
		return NULL;
	}
	file->operations = &memory_operations;
	file->mode = _IOFBF;
	*memory_of(file) = memory;
	return file;
}

FILE *fmemopen(void *restrict array, size_t size, const char *restrict mode)
{
	struct memory memory = { .data = array, .room = size };
	int flags = __open_flags(mode);

	if (flags < 0)
		return NULL;
	if (!array) {
		memory.owned = true;
		memory.data = calloc(size + 1, 1);
		if (!memory.data)
			return NULL;
	}
	if (*mode == 'r')
		memory.length = size;
	else if (*mode == 'a')
		memory.position = memory.length = strnlen(memory.data, size);
	else if (size > 0)
		memory.data[0] = '\0';
	return open_memory(memory, flags);
}

FILE *open_memstream(char **result, size_t *length)
{
	struct memory memory = {
		.data = calloc(1, 64),
		.room = 64,
		.result = result,
		.result_length = length,
	};

	if (!memory.data)
		return NULL;
	publish(&memory);
	return open_memory(memory, O_WRONLY);
}
