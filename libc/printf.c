/*
 * printf.c - the printf family: one formatter, and the places its text can go.
 *
 * The formatter goes through the format once. Each conversion is parsed into a
 * struct conversion, made into digits or text, and put out in its field.
 */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include "file.h"

/* Where the text goes: to a stream, or as much as has room into memory. */
struct output {
	FILE *file; /* NULL: to memory */
	char *next;
	size_t room; /* bytes left at next */
	int total; /* characters so far, also those without room */
	int error; /* an E… number once it is pointless to go on, or 0 */
};

enum length {
	LENGTH_NONE,
	LENGTH_CHAR, /* hh */
	LENGTH_SHORT, /* h */
	LENGTH_LONG, /* l; also z and t: all of 32 bits */
	LENGTH_LONG_LONG, /* ll, j */
	LENGTH_LONG_DOUBLE, /* L */
};

/* One conversion of the format: % flags width .precision length letter */
struct conversion {
	bool left; /* - */
	bool plus; /* + */
	bool space; /* the space */
	bool alternate; /* # */
	bool zero; /* 0 */
	int width;
	int precision; /* -1: none given */
	enum length length;
	char letter;
};

/* Count LENGTH more characters. False: it is pointless to go on. */
static bool count_in(struct output *output, size_t length)
{
	if (length > (size_t)(INT_MAX - output->total))
		output->error = EOVERFLOW;
	if (output->error)
		return false;
	output->total += length;
	return true;
}

static void put(struct output *output, const char *text, size_t length)
{
	if (!count_in(output, length))
		return;
	if (output->file) {
		if (fwrite(text, 1, length, output->file) < length)
			output->error = errno;
		return;
	}
	if (length > output->room)
		length = output->room;
	memcpy(output->next, text, length);
	output->next += length;
	output->room -= length;
}

/* In blocks; what memory has no room for is only counted. */
static void put_repeated(struct output *output, char c, int count)
{
	char block[32];

	memset(block, c, sizeof(block));
	while (count > 0 && (output->file || output->room > 0) &&
	       !output->error) {
		int length = count < (int)sizeof(block) ? count
							: (int)sizeof(block);

		put(output, block, length);
		count -= length;
	}
	count_in(output, count);
}

/*
 * PREFIX (a sign, 0x), ZEROS zeros and LENGTH bytes of TEXT, in a field of the
 * conversion's width, which is filled with spaces on one of the sides.
 */
static void put_field(struct output *output,
		      const struct conversion *conversion, const char *prefix,
		      int zeros, const char *text, size_t length)
{
	size_t taken = strlen(prefix) + zeros + length;
	int padding = 0;

	if (taken < (size_t)conversion->width)
		padding = conversion->width - taken;
	if (!conversion->left)
		put_repeated(output, ' ', padding);
	put(output, prefix, strlen(prefix));
	put_repeated(output, '0', zeros);
	put(output, text, length);
	if (conversion->left)
		put_repeated(output, ' ', padding);
}

/* As many zeros as it takes to fill the field, if flag 0 asks for that. */
static int zeros_for_width(const struct conversion *conversion,
			   const char *prefix, size_t length)
{
	size_t taken = strlen(prefix) + length;

	if (!conversion->zero || conversion->left ||
	    taken >= (size_t)conversion->width)
		return 0;
	return conversion->width - taken;
}

static void put_text(struct output *output, const struct conversion *conversion,
		     const char *text)
{
	size_t limit = SIZE_MAX;

	if (!text)
		text = "(null)";
	if (conversion->precision >= 0)
		limit = conversion->precision;
	put_field(output, conversion, "", 0, text, strnlen(text, limit));
}

static const char *sign_prefix(const struct conversion *conversion,
			       bool negative)
{
	if (negative)
		return "-";
	if (conversion->plus)
		return "+";
	return conversion->space ? " " : "";
}

/* VALUE in BASE. PREFIX, which is not counted as digits, goes in front. */
static void put_number(struct output *output,
		       const struct conversion *conversion, const char *prefix,
		       unsigned long long value, unsigned int base)
{
	const char *digits = conversion->letter == 'X' ? "0123456789ABCDEF"
						       : "0123456789abcdef";
	char buffer[sizeof(value) * CHAR_BIT / 3 + 1]; /* octal is longest */
	char *end = buffer + sizeof(buffer);
	char *first = end;
	int zeros, length;

	for (; value > 0; value /= base)
		*--first = digits[value % base];
	length = end - first;
	if (conversion->precision < 0) {
		zeros = zeros_for_width(conversion, prefix, length);
		if (length + zeros == 0)
			zeros = 1; /* the number 0 */
	} else {
		zeros = conversion->precision > length
				? conversion->precision - length
				: 0;
	}
	if (base == 8 && conversion->alternate && zeros == 0 &&
	    (length == 0 || *first != '0'))
		zeros = 1;
	put_field(output, conversion, prefix, zeros, first, length);
}

static long long signed_argument(enum length length, va_list *arguments)
{
	switch (length) {
	case LENGTH_CHAR:
		return (signed char)va_arg(*arguments, int);
	case LENGTH_SHORT:
		return (short)va_arg(*arguments, int);
	case LENGTH_LONG:
		return va_arg(*arguments, long);
	case LENGTH_LONG_LONG:
	case LENGTH_LONG_DOUBLE: /* gcc and glibc take Ld as lld */
		return va_arg(*arguments, long long);
	default:
		return va_arg(*arguments, int);
	}
}

static unsigned long long unsigned_argument(enum length length,
					    va_list *arguments)
{
	long long value = signed_argument(length, arguments);

	switch (length) {
	case LENGTH_CHAR:
		return (unsigned char)value;
	case LENGTH_SHORT:
		return (unsigned short)value;
	case LENGTH_LONG_LONG:
	case LENGTH_LONG_DOUBLE:
		return value;
	default:
		return (unsigned long)value;
	}
}

static void put_signed(struct output *output,
		       const struct conversion *conversion, long long value)
{
	bool negative = value < 0;
	unsigned long long magnitude = negative ? -(unsigned long long)value
						: (unsigned long long)value;

	put_number(output, conversion, sign_prefix(conversion, negative),
		   magnitude, 10);
}

static void put_hexadecimal(struct output *output,
			    const struct conversion *conversion,
			    unsigned long long value)
{
	const char *prefix = "";

	if (conversion->alternate && value != 0)
		prefix = conversion->letter == 'X' ? "0X" : "0x";
	put_number(output, conversion, prefix, value, 16);
}

static void put_pointer(struct output *output, struct conversion *conversion,
			const void *pointer)
{
	if (!pointer) {
		conversion->precision = -1;
		put_text(output, conversion, "(nil)");
		return;
	}
	conversion->alternate = true;
	put_hexadecimal(output, conversion, (uintptr_t)pointer);
}

/*
 * A floating-point number, taken apart: LEAD.FRACTION times 2 to the EXPONENT,
 * where the first digit of FRACTION is in its highest 4 bits.
 */
struct parts {
	bool negative;
	bool finite;
	unsigned int lead;
	uint64_t fraction;
	int exponent;
};

/* IEEE 754 double: sign, 11 bits exponent, 52 bits fraction, lead implied. */
static struct parts take_apart_double(double value)
{
	struct parts parts;
	uint64_t bits;
	int biased;

	memcpy(&bits, &value, sizeof(bits));
	biased = bits >> 52 & 0x7ff;
	parts.negative = bits >> 63;
	parts.finite = biased != 0x7ff;
	parts.lead = biased != 0;
	parts.fraction = bits << 12;
	parts.exponent = (biased ? biased : 1) - 1023;
	if (parts.lead == 0 && parts.fraction == 0)
		parts.exponent = 0;
	return parts;
}

/* The x87's 80 bits: sign, 15 bits exponent, 64 bits with the leading one. */
static struct parts take_apart_long_double(long double value)
{
	struct parts parts;
	uint64_t mantissa;
	uint16_t head;
	int biased;

	memcpy(&mantissa, &value, sizeof(mantissa));
	memcpy(&head, (char *)&value + sizeof(mantissa), sizeof(head));
	biased = head & 0x7fff;
	parts.negative = head >> 15;
	parts.finite = biased != 0x7fff;
	parts.lead = mantissa >> 60;
	parts.fraction = mantissa << 4;
	parts.exponent = (biased ? biased : 1) - 16383 - 3;
	if (!parts.finite)
		parts.fraction = mantissa << 1;
	else if (mantissa == 0)
		parts.exponent = 0;
	return parts;
}

/*
 * Exactly, in hexadecimal, as C's conversion %a does. The decimal conversions
 * end here as well: no digits are better than wrong ones.
 */
static void put_floating(struct output *output,
			 const struct conversion *conversion,
			 struct parts parts)
{
	bool upper = conversion->letter < 'a';
	const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	struct conversion field = *conversion;
	char prefix[sizeof("-0x")];
	char text[sizeof("1.0123456789abcdefp-16445")];
	char *next = text;

	strcpy(prefix, sign_prefix(conversion, parts.negative));
	if (!parts.finite) {
		const char *name = parts.fraction ? "nan" : "inf";

		if (upper)
			name = parts.fraction ? "NAN" : "INF";
		put_field(output, conversion, prefix, 0, name, 3);
		return;
	}
	strcat(prefix, upper ? "0X" : "0x");
	*next++ = digits[parts.lead];
	if (parts.fraction || conversion->alternate)
		*next++ = '.';
	for (; parts.fraction; parts.fraction <<= 4)
		*next++ = digits[parts.fraction >> 60];
	next += sprintf(next, upper ? "P%+d" : "p%+d", parts.exponent);
	field.precision = -1;
	put_field(output, &field, prefix,
		  zeros_for_width(&field, prefix, next - text), text,
		  next - text);
}

/* A number in the format; -1 if an int cannot hold it. */
static int parse_number(const char **format)
{
	int number = 0;

	for (; **format >= '0' && **format <= '9'; ++*format)
		if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, **format - '0', &number))
			return -1;
	return number;
}

static void parse_flags(const char **format, struct conversion *conversion)
{
	for (;; ++*format) {
		switch (**format) {
		case '-':
			conversion->left = true;
			break;
		case '+':
			conversion->plus = true;
			break;
		case ' ':
			conversion->space = true;
			break;
		case '#':
			conversion->alternate = true;
			break;
		case '0':
			conversion->zero = true;
			break;
		case '\'': /* the C locale has no thousands separator */
			break;
		default:
			return;
		}
	}
}

static enum length parse_length(const char **format)
{
	switch (*(*format)++) {
	case 'h':
		if (**format != 'h')
			return LENGTH_SHORT;
		++*format;
		return LENGTH_CHAR;
	case 'l':
		if (**format != 'l')
			return LENGTH_LONG;
		++*format;
		return LENGTH_LONG_LONG;
	case 'j':
		return LENGTH_LONG_LONG;
	case 'z':
	case 't':
		return LENGTH_LONG;
	case 'L':
		return LENGTH_LONG_DOUBLE;
	default:
		--*format;
		return LENGTH_NONE;
	}
}

/*
 * What follows a %; *FORMAT ends behind it. 0, or EOVERFLOW. A negative width
 * argument means the flag -, a negative precision none.
 */
static int parse_conversion(const char **format, struct conversion *conversion,
			    va_list *arguments)
{
	*conversion = (struct conversion){ .precision = -1 };
	parse_flags(format, conversion);
	if (**format == '*') {
		++*format;
		conversion->width = va_arg(*arguments, int);
		if (conversion->width < 0) {
			conversion->left = true;
			if (conversion->width == INT_MIN)
				return EOVERFLOW;
			conversion->width = -conversion->width;
		}
	} else {
		conversion->width = parse_number(format);
		if (conversion->width < 0)
			return EOVERFLOW;
	}
	if (**format == '.') {
		++*format;
		if (**format == '*') {
			++*format;
			conversion->precision = va_arg(*arguments, int);
		} else {
			conversion->precision = parse_number(format);
			if (conversion->precision < 0)
				return EOVERFLOW;
		}
	}
	conversion->length = parse_length(format);
	conversion->letter = **format;
	if (conversion->letter)
		++*format;
	return 0;
}

/* One conversion. Its text in the format is from START to END. */
static void convert(struct output *output, struct conversion *conversion,
		    va_list *arguments, const char *start, const char *end)
{
	enum length length = conversion->length;
	bool wide = length == LENGTH_LONG;
	char c;

	switch (conversion->letter) {
	case 'd':
	case 'i':
		put_signed(output, conversion,
			   signed_argument(length, arguments));
		return;
	case 'u':
		put_number(output, conversion, "",
			   unsigned_argument(length, arguments), 10);
		return;
	case 'o':
		put_number(output, conversion, "",
			   unsigned_argument(length, arguments), 8);
		return;
	case 'x':
	case 'X':
		put_hexadecimal(output, conversion,
				unsigned_argument(length, arguments));
		return;
	case 'p':
		put_pointer(output, conversion, va_arg(*arguments, void *));
		return;
	case 'c':
		c = va_arg(*arguments, int);
		if (!wide) {
			put_field(output, conversion, "", 0, &c, 1);
			return;
		}
		break;
	case 's':
		if (!wide) {
			put_text(output, conversion,
				 va_arg(*arguments, const char *));
			return;
		}
		va_arg(*arguments, void *);
		break;
	case 'm':
		put_text(output, conversion, strerror(errno));
		return;
	case '%':
		put(output, "%", 1);
		return;
	case 'a':
	case 'A':
	case 'e':
	case 'E':
	case 'f':
	case 'F':
	case 'g':
	case 'G':
		if (length == LENGTH_LONG_DOUBLE)
			put_floating(output, conversion,
				     take_apart_long_double(
					     va_arg(*arguments, long double)));
		else
			put_floating(
				output, conversion,
				take_apart_double(va_arg(*arguments, double)));
		return;
	case 'n': /* writing to memory from a format: never */
		va_arg(*arguments, void *);
		break;
	}
	put(output, start, end - start); /* not known: shown as it stands */
}

/* The formatter. Returns the length of the text, or -1 and errno. */
static int format_text(struct output *output, const char *format,
		       va_list caller_arguments)
{
	va_list arguments;

	va_copy(arguments, caller_arguments);
	while (*format && !output->error) {
		const char *percent = strchrnul(format, '%');
		struct conversion conversion;

		put(output, format, percent - format);
		format = percent;
		if (*percent == '\0')
			break;
		format++;
		if (parse_conversion(&format, &conversion, &arguments))
			output->error = EOVERFLOW;
		else
			convert(output, &conversion, &arguments, percent,
				format);
	}
	va_end(arguments);
	if (!output->error)
		return output->total;
	errno = output->error;
	return -1;
}

/* ── The family ───────────────────────────────────────────────────────── */

/* On an unbuffered stream each call is still one write(), not one a piece. */
int vfprintf(FILE *restrict file, const char *restrict format,
	     va_list arguments)
{
	struct output output = { .file = file };
	int result;

	if (file->mode != _IONBF)
		return format_text(&output, format, arguments);
	file->mode = _IOFBF;
	result = format_text(&output, format, arguments);
	file->mode = _IONBF;
	if (fflush(file))
		return -1;
	return result;
}

int vsnprintf(char *restrict buffer, size_t size, const char *restrict format,
	      va_list arguments)
{
	struct output output = { .next = buffer, .room = size ? size - 1 : 0 };
	int result = format_text(&output, format, arguments);

	if (size > 0)
		*output.next = '\0';
	return result;
}

int vsprintf(char *restrict buffer, const char *restrict format,
	     va_list arguments)
{
	return vsnprintf(buffer, SIZE_MAX, format, arguments);
}

int vprintf(const char *restrict format, va_list arguments)
{
	return vfprintf(stdout, format, arguments);
}

int vdprintf(int fd, const char *restrict format, va_list arguments)
{
	unsigned char buffer[UNGETC_ROOM + 512];
	FILE file = {
		.fd = fd,
		.flags = FILE_WRITE,
		.mode = _IOFBF,
		.buffer = buffer + UNGETC_ROOM,
		.size = sizeof(buffer) - UNGETC_ROOM,
	};
	int result = vfprintf(&file, format, arguments);

	if (fflush(&file))
		return -1;
	return result;
}

int printf(const char *restrict format, ...)
{
	va_list arguments;
	int result;

	va_start(arguments, format);
	result = vprintf(format, arguments);
	va_end(arguments);
	return result;
}

int fprintf(FILE *restrict file, const char *restrict format, ...)
{
	va_list arguments;
	int result;

	va_start(arguments, format);
	result = vfprintf(file, format, arguments);
	va_end(arguments);
	return result;
}

int dprintf(int fd, const char *restrict format, ...)
{
	va_list arguments;
	int result;

	va_start(arguments, format);
	result = vdprintf(fd, format, arguments);
	va_end(arguments);
	return result;
}

int sprintf(char *restrict buffer, const char *restrict format, ...)
{
	va_list arguments;
	int result;

	va_start(arguments, format);
	result = vsprintf(buffer, format, arguments);
	va_end(arguments);
	return result;
}

int snprintf(char *restrict buffer, size_t size, const char *restrict format,
	     ...)
{
	va_list arguments;
	int result;

	va_start(arguments, format);
	result = vsnprintf(buffer, size, format, arguments);
	va_end(arguments);
	return result;
}
