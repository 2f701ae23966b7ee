/*
 * file.c - streams: a buffer between a program's many small reads and writes
 * and few large system calls. The three standard streams need no malloc().
 */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>
#include "file.h"

static ssize_t descriptor_read(FILE *file, void *to, size_t size)
{
	return read(file->fd, to, size);
}

static ssize_t descriptor_write(FILE *file, const void *from, size_t size)
{
	return write(file->fd, from, size);
}

static off_t descriptor_seek(FILE *file, off_t offset, int whence)
{
	return lseek(file->fd, offset, whence);
}

static int descriptor_close(FILE *file)
{
	return close(file->fd);
}

const struct file_operations __descriptor_operations = {
	.read = descriptor_read,
	.write = descriptor_write,
	.seek = descriptor_seek,
	.close = descriptor_close,
};

static unsigned char stdin_buffer[UNGETC_ROOM + BUFSIZ];
static unsigned char stdout_buffer[UNGETC_ROOM + BUFSIZ];
static unsigned char stderr_buffer[UNGETC_ROOM + BUFSIZ];

#define STANDARD_STREAM(number, access, buffering, memory, then)               \
	{                                                                      \
		.operations = &__descriptor_operations, .fd = (number),        \
		.flags = (access), .mode = (buffering),                        \
		.buffer = (memory) + UNGETC_ROOM, .size = BUFSIZ,              \
		.next = (memory) + UNGETC_ROOM, .end = (memory) + UNGETC_ROOM, \
		.following = (then),                                           \
	}

static struct __file error =
	STANDARD_STREAM(STDERR_FILENO, FILE_WRITE, _IONBF, stderr_buffer, NULL);
static struct __file output = STANDARD_STREAM(
	STDOUT_FILENO, FILE_WRITE, MODE_UNDECIDED, stdout_buffer, &error);
static struct __file input = STANDARD_STREAM(
	STDIN_FILENO, FILE_READ, MODE_UNDECIDED, stdin_buffer, &output);

FILE *const stdin = &input;
FILE *const stdout = &output;
FILE *const stderr = &error;

struct __file *__open_files = &input;

/* Whether FD is a terminal is asked when it first matters; errno survives. */
static void decide_mode(FILE *file)
{
	int saved_errno = errno;

	if (file->mode == MODE_UNDECIDED)
		file->mode = isatty(file->fd) ? _IOLBF : _IOFBF;
	errno = saved_errno;
}

static int fail(FILE *file, int number)
{
	file->flags |= FILE_ERROR;
	errno = number;
	return EOF;
}

/* ── Writing ──────────────────────────────────────────────────────────── */

/* All of DATA to the kernel; a write() may take less. Returns the bytes. */
static size_t write_through(FILE *file, const unsigned char *data,
			    size_t length)
{
	size_t done = 0;

	while (done < length) {
		ssize_t written = file->operations->write(file, data + done,
							  length - done);

		if (written <= 0) {
			fail(file, written < 0 ? errno : EIO);
			break;
		}
		done += written;
	}
	return done;
}

/* What cannot be written is dropped: it would only fail again. */
static int flush_pending(FILE *file)
{
	size_t pending = file->pending;

	file->pending = 0;
	return write_through(file, file->buffer, pending) == pending ? 0 : EOF;
}

/*
 * Forget what was read ahead and put the kernel's position back to where the
 * program is. A pipe or terminal has no position: there it stays, unread.
 */
static int flush_unread(FILE *file)
{
	int saved_errno = errno;

	if (file->next == file->end)
		return 0;
	if (file->operations->seek(file, file->next - file->end, SEEK_CUR) <
	    0) {
		if (errno != ESPIPE)
			return EOF;
		errno = saved_errno;
		return 0;
	}
	file->next = file->end = file->buffer;
	return 0;
}

static int begin_writing(FILE *file)
{
	if (!(file->flags & FILE_WRITE))
		return fail(file, EBADF);
	decide_mode(file);
	flush_unread(file);
	file->next = file->end = file->buffer;
	return 0;
}

/* Into the buffer; what is too long for it goes straight to the kernel. */
static size_t append(FILE *file, const unsigned char *data, size_t length)
{
	if (length > file->size - file->pending) {
		if (flush_pending(file))
			return 0;
		if (length >= file->size)
			return write_through(file, data, length);
	}
	memcpy(file->buffer + file->pending, data, length);
	file->pending += length;
	return length;
}

/* How much of DATA may not stay in the buffer. */
static size_t length_due(const FILE *file, const unsigned char *data,
			 size_t length)
{
	const unsigned char *newline;

	if (file->mode == _IONBF)
		return length;
	if (file->mode == _IOFBF)
		return 0;
	newline = memrchr(data, '\n', length);
	return newline ? newline - data + 1 : 0;
}

/* Returns how many bytes of DATA were taken: LENGTH, unless writing failed. */
static size_t write_bytes(FILE *file, const void *data, size_t length)
{
	size_t due, done;

	if (begin_writing(file))
		return 0;
	due = length_due(file, data, length);
	done = append(file, data, due);
	if (done < due)
		return done;
	if (due > 0 && flush_pending(file))
		return 0;
	return due +
	       append(file, (const unsigned char *)data + due, length - due);
}

size_t fwrite(const void *restrict from, size_t size, size_t count,
	      FILE *restrict file)
{
	size_t length;

	if (__builtin_mul_overflow(size, count, &length)) {
		fail(file, EOVERFLOW);
		return 0;
	}
	if (length == 0)
		return 0;
	return write_bytes(file, from, length) / size;
}

int fputc(int c, FILE *file)
{
	unsigned char byte = c;

	/* The usual case: it is being written to, and there is room. */
	if (file->pending > 0 && file->pending < file->size &&
	    file->mode == _IOFBF)
		return file->buffer[file->pending++] = byte;
	return write_bytes(file, &byte, 1) == 1 ? byte : EOF;
}

int putc(int c, FILE *file)
{
	return fputc(c, file);
}

int putchar(int c)
{
	return fputc(c, stdout);
}

/* ── Reading ──────────────────────────────────────────────────────────── */

/*
 * At most SIZE bytes from the kernel, 0 at the end or after an error. Somebody
 * who is about to be asked on a terminal should see the question: stdout is
 * flushed first, as in glibc.
 */
static size_t read_through(FILE *file, void *to, size_t size)
{
	ssize_t count;

	if (!(file->flags & FILE_READ)) {
		fail(file, EBADF);
		return 0;
	}
	if (file->flags & FILE_EOF)
		return 0;
	if (flush_pending(file))
		return 0;
	decide_mode(file);
	if (file->mode != _IOFBF && stdout->mode == _IOLBF)
		flush_pending(stdout);
	count = file->operations->read(file, to, size);
	if (count > 0)
		return count;
	file->flags |= count == 0 ? FILE_EOF : FILE_ERROR;
	return 0;
}

int __fill(FILE *file)
{
	size_t size = file->mode == _IONBF ? 1 : file->size;

	file->next = file->buffer;
	file->end = file->buffer + read_through(file, file->buffer, size);
	return file->next < file->end ? 0 : EOF;
}

int fgetc(FILE *file)
{
	if (file->next == file->end && __fill(file))
		return EOF;
	return *file->next++;
}

int getc(FILE *file)
{
	return fgetc(file);
}

int getchar(void)
{
	return fgetc(stdin);
}

/* In front of what is unread there is what was read, or UNGETC_ROOM. */
int ungetc(int c, FILE *file)
{
	if (c == EOF || !(file->flags & FILE_READ) || flush_pending(file) ||
	    file->next == file->buffer - UNGETC_ROOM)
		return EOF;
	file->flags &= ~FILE_EOF;
	*--file->next = c;
	return (unsigned char)c;
}

/* What does not fit into the buffer is not copied through it. */
static size_t read_bytes(FILE *file, unsigned char *to, size_t length)
{
	size_t done = 0;

	while (done < length) {
		size_t count = file->end - file->next;

		if (count > 0) {
			if (count > length - done)
				count = length - done;
			memcpy(to + done, file->next, count);
			file->next += count;
		} else if (length - done >= file->size) {
			count = read_through(file, to + done, length - done);
			if (count == 0)
				break;
		} else if (__fill(file)) {
			break;
		}
		done += count;
	}
	return done;
}

size_t fread(void *restrict to, size_t size, size_t count, FILE *restrict file)
{
	size_t length;

	if (__builtin_mul_overflow(size, count, &length)) {
		fail(file, EOVERFLOW);
		return 0;
	}
	if (length == 0)
		return 0;
	return read_bytes(file, to, length) / size;
}

/* ── Both ─────────────────────────────────────────────────────────────── */

int fflush(FILE *file)
{
	int result = 0;

	if (file)
		return flush_pending(file) | flush_unread(file);
	for (file = __open_files; file; file = file->following)
		result |= flush_pending(file);
	return result;
}

void __flush_all(void)
{
	for (FILE *file = __open_files; file; file = file->following)
		fflush(file);
}

int fseeko(FILE *file, off_t offset, int whence)
{
	if (flush_pending(file))
		return -1;
	if (whence == SEEK_CUR) /* from where the program is */
		offset -= file->end - file->next;
	if (file->operations->seek(file, offset, whence) < 0)
		return -1;
	file->next = file->end = file->buffer;
	file->flags &= ~FILE_EOF;
	return 0;
}

int fseek(FILE *file, long offset, int whence)
{
	return fseeko(file, offset, whence);
}

/* The kernel's position, less what is unread, plus what is unwritten. */
off_t ftello(FILE *file)
{
	int at_end = file->pending > 0 && file->flags & FILE_APPEND;
	off_t position =
		file->operations->seek(file, 0, at_end ? SEEK_END : SEEK_CUR);

	if (position < 0)
		return -1;
	return position - (file->end - file->next) + file->pending;
}

long ftell(FILE *file)
{
	off_t position = ftello(file);

	if (position > LONG_MAX) {
		errno = EOVERFLOW;
		return -1;
	}
	return position;
}

int fgetpos(FILE *restrict file, fpos_t *restrict position)
{
	*position = ftello(file);
	return *position < 0 ? -1 : 0;
}

int fsetpos(FILE *file, const fpos_t *position)
{
	return fseeko(file, *position, SEEK_SET);
}

void rewind(FILE *file)
{
	fseek(file, 0, SEEK_SET);
	clearerr(file);
}

int setvbuf(FILE *restrict file, char *restrict buffer, int mode, size_t size)
{
	if (mode != _IOFBF && mode != _IOLBF && mode != _IONBF) {
		errno = EINVAL;
		return -1;
	}
	file->mode = mode;
	if (mode != _IONBF && buffer && size > UNGETC_ROOM &&
	    file->next == file->end && file->pending == 0) {
		file->buffer = (unsigned char *)buffer + UNGETC_ROOM;
		file->size = size - UNGETC_ROOM;
		file->next = file->end = file->buffer;
	}
	return 0;
}

void setbuffer(FILE *file, char *buffer, size_t size)
{
	setvbuf(file, buffer, buffer ? _IOFBF : _IONBF, size);
}

void setbuf(FILE *restrict file, char *restrict buffer)
{
	setbuffer(file, buffer, BUFSIZ);
}

void setlinebuf(FILE *file)
{
	setvbuf(file, NULL, _IOLBF, 0);
}

int feof(FILE *file)
{
	return (file->flags & FILE_EOF) != 0;
}

int ferror(FILE *file)
{
	return (file->flags & FILE_ERROR) != 0;
}

void clearerr(FILE *file)
{
	file->flags &= ~(FILE_EOF | FILE_ERROR);
}

int fileno(FILE *file)
{
	if (file->fd < 0)
		errno = EBADF;
	return file->fd;
}

/* ── Locks ────────────────────────────────────────────────────────────── */

/* A process has one thread, so nobody has to wait for a stream. */
void flockfile(FILE *file)
{
}

int ftrylockfile(FILE *file)
{
	return 0;
}

void funlockfile(FILE *file)
{
}

#define UNLOCKED(type, name, parameters) \
	type name##_unlocked parameters __attribute__((alias(#name)))

UNLOCKED(int, fgetc, (FILE * file));
UNLOCKED(int, getc, (FILE * file));
UNLOCKED(int, getchar, (void));
UNLOCKED(int, fputc, (int c, FILE *file));
UNLOCKED(int, putc, (int c, FILE *file));
UNLOCKED(int, putchar, (int c));
UNLOCKED(size_t, fread, (void *, size_t, size_t, FILE *));
UNLOCKED(size_t, fwrite, (const void *, size_t, size_t, FILE *));
UNLOCKED(int, fflush, (FILE * file));
UNLOCKED(int, feof, (FILE * file));
UNLOCKED(int, ferror, (FILE * file));
UNLOCKED(void, clearerr, (FILE * file));
UNLOCKED(int, fileno, (FILE * file));
