/*
 * vsnprintf.c - printf's formatting, as much of it as the kernel uses.
 * Everything that it prints, logs or traces goes through here. Each conversion
 * becomes a text; then padding makes up the width. Linux: lib/vsprintf.c.
 */
#include "lib/printk.h"
#include "lib/string.h"

#define NUMBER_SIZE 32 /* 22 digits, and as many zeroes as one may ask for */

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

static void put_padded(struct output *out, const char *text, int length,
		       int width, bool left)
{
	for (int i = length; i < width && !left; i++)
		put(out, ' ');
	for (int i = 0; i < length; i++)
		put(out, text[i]);
	for (int i = length; i < width && left; i++)
		put(out, ' ');
}

/*
 * VALUE becomes VALUE / BASE; returns the remainder. DIV takes 64 bits by 32,
 * but the quotient must fit 32 bits: hence in two steps, as on paper.
 */
static unsigned int divide(uint64_t *value, unsigned int base)
{
	uint32_t high = *value >> 32;
	uint32_t low = *value;
	uint32_t remainder = high % base;

	__asm__("divl %2" : "+a"(low), "+d"(remainder) : "rm"(base) : "cc");
	*value = (uint64_t)(high / base) << 32 | low;
	return remainder;
}

/* VALUE in at least WIDTH digits, up to END. Returns the first. */
static char *format_number(char *end, uint64_t value, unsigned int base,
			   bool negative, int width)
{
	char *first = end;

	if (negative)
		value = -value;
	do {
		*--first = "0123456789abcdef"[divide(&value, base)];
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
	bool left = *format == '-';
	bool zero = *format == '0';
	bool wide;
	int width;
	int precision = -1; /* none: all of the text */
	unsigned int base;
	int64_t value;

	if (left)
		format++;
	width = parse_long(&format);
	if (*format == '.' && format[1] == '*') {
		precision = va_arg(*args, int);
		format += 2;
	} else if (*format == '.') {
		format++;
		precision = parse_long(&format);
	}
	wide = format[0] == 'l' && format[1] == 'l';
	while (*format == 'l')
		format++;
	switch (*format) {
	case 'd':
		value = wide ? va_arg(*args, long long) : va_arg(*args, long);
		text = format_number(end, value, 10, value < 0,
				     zero ? width : 0);
		length = end - text;
		break;
	case 'u':
	case 'x':
	case 'o':
		value = wide ? va_arg(*args, long long)
			     : va_arg(*args, unsigned long);
		base = *format == 'x' ? 16 : *format == 'o' ? 8 : 10;
		text = format_number(end, value, base, false, zero ? width : 0);
		length = end - text;
		break;
	case 'c':
		number[0] = va_arg(*args, int);
		break;
	case 's':
		text = va_arg(*args, const char *);
		length = strnlen(text, precision);
		break;
	case '%':
		text = "%";
		break;
	default: /* what we do not know is shown as it stands */
		put(out, '%');
		return begin;
	}
	put_padded(out, text, length, width, left);
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
