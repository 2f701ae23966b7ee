/*
 * vsnprintf.c - printf's formatting, as much of it as the kernel uses.
 * Everything that it prints, logs or traces goes through here. Each conversion
 * becomes a text; then padding makes up the width. Linux: lib/vsprintf.c.
 */
#include "lib/printk.h"
#include "lib/string.h"

#define NUMBER_SIZE 32 /* 11 digits, and as many zeroes as one may ask for */

/* Where the text goes. LENGTH counts on when the buffer is full. */
struct output {
	char *buffer;
	size_t size;
	size_t length;
};

static void put(struct output *out, char character)
{
	if (out->length < out->size)
		out->buffer[out->length] = character;
	out->length++;
}

/* In WIDTH columns at least, on the right; or -WIDTH, on the left. */
static void put_padded(struct output *out, const char *text, int length,
		       int width)
{
	for (int i = length; i < width; i++)
		put(out, ' ');
	for (int i = 0; i < length; i++)
		put(out, text[i]);
	for (int i = length; i < -width; i++)
		put(out, ' ');
}

/* VALUE in at least WIDTH digits, up to END. Returns the first. */
static char *format_number(char *end, unsigned long value, unsigned int base,
			   bool negative, int width)
{
	char *first = end;

	if (negative)
		value = -value;
	do {
		*--first = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	while (end - first < min(width, NUMBER_SIZE) - negative)
		*--first = '0';
	if (negative)
		*--first = '-';
	return first;
}

/* FORMAT is behind the %; returns where it goes on. */
static const char *convert(struct output *out, const char *format,
			   va_list *args)
{
	const char *begin = format;
	char number[NUMBER_SIZE];
	char *end = number + sizeof(number);
	const char *text = number;
	int length = 1;
	bool zero = *format == '0';
	int width = parse_long(&format);
	unsigned int base;
	long value;

	if (*format == 'l')
		format++;
	switch (*format) {
	case 'd':
	case 'u':
	case 'x':
	case 'o':
		value = va_arg(*args, long);
		base = *format == 'x' ? 16 : *format == 'o' ? 8 : 10;
		text = format_number(end, value, base,
				     *format == 'd' && value < 0,
				     zero ? width : 0);
		length = end - text;
		break;
	case 'c':
		number[0] = va_arg(*args, int);
		break;
	case 's':
		text = va_arg(*args, const char *);
		length = strlen(text);
		break;
	case '%':
		text = "%";
		break;
	default: /* what we do not know is shown as it stands */
		put(out, '%');
		return begin;
	}
	put_padded(out, text, length, width);
	return format + 1;
}

int vsnprintf(char *buffer, size_t size, const char *format, va_list args)
{
	struct output out = { buffer, size, 0 };

	while (*format) {
		if (*format == '%')
			format = convert(&out, format + 1, &args);
		else
			put(&out, *format++);
	}
	if (size)
		buffer[min(out.length, size - 1)] = '\0';
	return out.length;
}

int snprintf(char *buffer, size_t size, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(buffer, size, format, args);
	va_end(args);
	return length;
}
