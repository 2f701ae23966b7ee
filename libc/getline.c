/*
 * getline.c - read a line of any length.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include "file.h"

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

ssize_t getdelim(char **restrict line, size_t *restrict size, int last,
		 FILE *restrict file)
{
	size_t length = 0;
	char end = last;

	if (!*line)
		*size = 0;
	do {
		size_t more;

		if (length + 2 > *size && grow(line, size) < 0)
			return -1;
		more = __take(file, *line + length, *size - 1 - length, last);
		if (more == 0 && (length == 0 || ferror(file)))
			return -1;
		if (more == 0)
			break;
		length += more;
	} while ((*line)[length - 1] != end);
	(*line)[length] = '\0';
	return length;
}

ssize_t getline(char **restrict line, size_t *restrict size,
		FILE *restrict file)
{
	return getdelim(line, size, '\n', file);
}
