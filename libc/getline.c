/*
 * getline.c - read a line of any length.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

/* Make *LINE twice as long, 0 if that works. */
static int grow(char **line, size_t *size)
{
	size_t new_size = *line && *size > 0 ? *size * 2 : 128;
	char *new_line;

	if (new_size > SSIZE_MAX) {
		errno = EOVERFLOW;
		return -1;
	}
	new_line = realloc(*line, new_size);
	if (!new_line)
		return -1;
	*line = new_line;
	*size = new_size;
	return 0;
}

ssize_t getline(char **restrict line, size_t *restrict size,
		FILE *restrict file)
{
	size_t length = 0;
	int c = 0;

	if (!*line)
		*size = 0;
	while (c != '\n') {
		c = fgetc(file);
		if (c == EOF) {
			if (length == 0 || ferror(file))
				return -1;
			break;
		}
		if (length + 2 > *size && grow(line, size) < 0)
			return -1;
		(*line)[length++] = c;
	}
	(*line)[length] = '\0';
	return length;
}
