/*
 * lines.c - whole strings and lines on streams.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

char *fgets(char *restrict buffer, int size, FILE *restrict file)
{
	int length = 0;
	int c = 0;

	if (size <= 0)
		return NULL;
	while (length < size - 1 && c != '\n') {
		c = fgetc(file);
		if (c == EOF) {
			if (length == 0 || ferror(file))
				return NULL;
			break;
		}
		buffer[length++] = c;
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
