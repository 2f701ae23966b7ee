/*
 * asprintf.c - format into memory of the right size: measure, take, write.
 */
#include <stdio.h>
#include <stdlib.h>

int vasprintf(char **restrict result, const char *restrict format,
	      va_list arguments)
{
	int length = vsnprintf(NULL, 0, format, arguments);

	if (length < 0)
		return -1;
	*result = malloc((size_t)length + 1);
	if (!*result)
		return -1;
	return vsnprintf(*result, (size_t)length + 1, format, arguments);
}

int asprintf(char **restrict result, const char *restrict format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vasprintf(result, format, arguments);
	va_end(arguments);
	return length;
}
