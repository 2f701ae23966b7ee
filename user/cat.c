/*
 * cat.c - copy files to the standard output, one after the other, with the
 * bare system calls: open, read, write, close.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char buffer[16384];

static int complain(const char *name)
{
	fprintf(stderr, "cat: %s: %s\n", name, strerror(errno));
	return 1;
}

/* Write all SIZE bytes of the buffer; write() may take fewer at a time. */
static int write_buffer(size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t count =
			write(STDOUT_FILENO, buffer + done, size - done);

		if (count < 0)
			return -1;
		done += (size_t)count;
	}
	return 0;
}

/* Copy what FD has. Returns 0, or 1 after a message about NAME. */
static int copy(int fd, const char *name)
{
	for (;;) {
		ssize_t size = read(fd, buffer, sizeof(buffer));

		if (size < 0)
			return complain(name);
		if (size == 0)
			return 0;
		if (write_buffer((size_t)size) < 0)
			return complain("standard output");
	}
}

static int copy_file(const char *name)
{
	int fd, status;

	if (strcmp(name, "-") == 0)
		return copy(STDIN_FILENO, "standard input");
	fd = open(name, O_RDONLY);
	if (fd < 0)
		return complain(name);
	status = copy(fd, name);
	close(fd);
	return status;
}

int main(int argc, char **argv)
{
	int status = 0;

	if (argc > 1 && strcmp(argv[1], "--help") == 0) {
		puts("usage: cat [FILE]...\n"
		     "Copy the FILEs to the standard output. Without FILE, "
		     "and for -, copy\nthe standard input. The status is 1 "
		     "if a FILE could not be read.");
		return 0;
	}
	if (argc == 1)
		return copy_file("-");
	for (int i = 1; i < argc; i++)
		status |= copy_file(argv[i]);
	return status;
}
