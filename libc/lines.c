/*
 * lines.c - whole strings and lines on streams.
 */
#include <errno.h>
#include <string.h>
#include "file.h"

size_t __take(FILE *file, char *to, size_t limit, int last)
{
	size_t length;
	unsigned char *found;

	if (file->next == file->end && __fill(file))
		return 0;
	length = file->end - file->next;
	if (length > limit)
		length = limit;
	found = memchr(file->next, last, length);
	if (found)
		length = found + 1 - file->next;
	memcpy(to, file->next, length);
	file->next += length;
	return length;
}

char *fgets(char *restrict buffer, int size, FILE *restrict file)
{
	int length = 0;

	if (size <= 0)
		return NULL;
	while (length < size - 1 &&
	       (length == 0 || buffer[length - 1] != '\n')) {
		size_t more =
			__take(file, buffer + length, size - 1 - length, '\n');

		if (more == 0 && (length == 0 || ferror(file)))
			return NULL;
		if (more == 0)
			break;
		length += more;
	}
	buffer[length] = '\0';
	return buffer;
}

int fputs(const char *restrict string, FILE *restrict file)
{
	size_t length = strlen(string);

	return fwrite(string, 1, length, file) == length ? 1 : EOF;
}

int puts(const char *string)
{
	if (fputs(string, stdout) == EOF || putchar('\n') == EOF)
		return EOF;
	return 1;
}

void perror(const char *text)
{
	const char *message = strerror(errno);

	if (text && *text)
		fprintf(stderr, "%s: %s\n", text, message);
	else
		fprintf(stderr, "%s\n", message);
}
