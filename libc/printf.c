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
#include "decimal.h"
#include "file.h"
#include "format.h"

#define MIN(a, b) ((a) < (b) ? (a) : (b))

/* Where the text goes: to a stream, or as much as has room into memory. */
struct output {
	FILE *file; /* NULL: to memory */
	char *next;
	size_t room; /* bytes left at next */
	int total; /* characters so far, also those without room */
	int error; /* an E… number once it is pointless to go on, or 0 */
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
	char letter; /* in lower case */
	bool upper; /* it is in upper case */
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
static void put_repeated(struct output *output, char c, size_t count)
{
	char block[32];

	memset(block, c, sizeof(block));
	while (count > 0 && (output->file || output->room) && !output->error) {
		size_t length = count < sizeof(block) ? count : sizeof(block);

		put(output, block, length);
		count -= length;
	}
	count_in(output, count);
}

/*
 * What a field has more than the LENGTH that is taken is filled on one side:
 * with spaces in front or behind, or with zeros between prefix and digits.
 */
enum side { FRONT, MIDDLE, BACK };

static void fill(struct output *output, const struct conversion *conversion,
		 enum side side, size_t length)
{
	enum side wanted = conversion->left   ? BACK
			   : conversion->zero ? MIDDLE
					      : FRONT;

	if (side == wanted && length < (size_t)conversion->width)
		put_repeated(output, side == MIDDLE ? '0' : ' ',
			     conversion->width - length);
}

/* Begin a field: PREFIX (a sign, 0x), and LENGTH more bytes to come. */
static void put_prefix(struct output *output,
		       const struct conversion *conversion, const char *prefix,
		       size_t length)
{
	size_t prefix_length = strlen(prefix);

	fill(output, conversion, FRONT, prefix_length + length);
	put(output, prefix, prefix_length);
	fill(output, conversion, MIDDLE, prefix_length + length);
}

static void put_text(struct output *output, struct conversion *conversion,
		     const char *prefix, const char *text, size_t length)
{
	conversion->zero = false;
	put_prefix(output, conversion, prefix, length);
	put(output, text, length);
	fill(output, conversion, BACK, strlen(prefix) + length);
}

static void put_string(struct output *output, struct conversion *conversion,
		       const char *text)
{
	if (!text)
		text = "(null)";
	put_text(output, conversion, "", text,
		 strnlen(text, conversion->precision));
}

/* In the C locale a wide character has one byte, in ASCII. */
static void put_wide(struct output *output, struct conversion *conversion,
		     const wchar_t *text)
{
	size_t limit = conversion->precision;
	size_t length = 0;

	if (!text)
		text = L"(null)";
	for (; length < limit && text[length]; length++)
		if ((unsigned long)text[length] > 0x7f)
			output->error = EILSEQ;
	conversion->zero = false;
	put_prefix(output, conversion, "", length);
	for (size_t i = 0; i < length; i++)
		put(output, (const char *)&text[i], 1); /* its lowest byte */
	fill(output, conversion, BACK, length);
}

static void put_character(struct output *output, struct conversion *conversion,
			  int c)
{
	if (conversion->length == LENGTH_LONG && (c < 0 || c > 0x7f))
		output->error = EILSEQ;
	put_text(output, conversion, "", &(char){ c }, 1);
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

/* ── Integers ─────────────────────────────────────────────────────────── */

static const char *hexadecimal_digits(const struct conversion *conversion)
{
	return conversion->upper ? "0123456789ABCDEF" : "0123456789abcdef";
}

/* VALUE in BASE. PREFIX, which is not counted as digits, goes in front. */
static void put_number(struct output *output, struct conversion *conversion,
		       const char *prefix, unsigned long long value,
		       unsigned int base)
{
	char buffer[sizeof(value) * CHAR_BIT / 3 + 1]; /* octal is longest */
	char *end = buffer + sizeof(buffer);
	char *first = end;
	size_t length, zeros = 0, minimum = 1;

	for (; value > 0; value /= base)
		*--first = hexadecimal_digits(conversion)[value % base];
	length = end - first;
	if (conversion->precision >= 0) {
		minimum = conversion->precision;
		conversion->zero = false;
	}
	if (base == 8 && conversion->alternate && minimum <= length)
		minimum = length + 1;
	if (minimum > length)
		zeros = minimum - length;
	put_prefix(output, conversion, prefix, zeros + length);
	put_repeated(output, '0', zeros);
	put(output, first, length);
	fill(output, conversion, BACK, strlen(prefix) + zeros + length);
}

/* The next argument, and only as much of it as the length says. */
static long long integer_argument(enum length length, bool is_signed,
				  va_list *arguments)
{
	int unused = 64 - __length_bits(length);
	unsigned long long value = length >= LENGTH_LONG_LONG
					   ? va_arg(*arguments, long long)
					   : va_arg(*arguments, int);

	value <<= unused;
	if (is_signed)
		return (long long)value >> unused;
	return value >> unused;
}

static void put_signed(struct output *output, struct conversion *conversion,
		       long long value)
{
	put_number(output, conversion, sign_prefix(conversion, value < 0),
		   value < 0 ? -(unsigned long long)value
			     : (unsigned long long)value,
		   10);
}

static void put_hexadecimal(struct output *output,
			    struct conversion *conversion,
			    unsigned long long value)
{
	const char *prefix = "";

	if (conversion->alternate && value != 0)
		prefix = conversion->upper ? "0X" : "0x";
	put_number(output, conversion, prefix, value, 16);
}

static void put_pointer(struct output *output, struct conversion *conversion,
			const void *pointer)
{
	if (!pointer) {
		put_text(output, conversion, "", "(nil)", 5);
		return;
	}
	conversion->alternate = true;
	put_hexadecimal(output, conversion, (uintptr_t)pointer);
}

/* ── Floating point ───────────────────────────────────────────────────── */

/* COUNT digits of NUMBER from POSITION: zeros behind its last limb. */
static void put_digits(struct output *output, const struct decimal *number,
		       int position, size_t count)
{
	char block[32];

	while (count > 0 && position < number->last * LIMB_DIGITS) {
		size_t length = 0;

		while (length < count && length < sizeof(block))
			block[length++] =
				'0' + __decimal_digit(number, position++);
		put(output, block, length);
		count -= length;
	}
	put_repeated(output, '0', count);
}

/* Conversions e, f and g: WHOLE digits, the point, PRECISION digits. */
static void put_decimal(struct output *output, struct conversion *conversion,
			const char *sign, struct decimal *number)
{
	const size_t most = LIMB_DIGITS * DECIMAL_LIMBS; /* that are not 0 */
	int ones = number->point * LIMB_DIGITS - 1; /* where that digit is */
	size_t precision = conversion->precision < 0 ? 6
						     : conversion->precision;
	char letter = conversion->letter;
	bool shorten = letter == 'g' && !conversion->alternate;
	char exponent[sizeof("e-12345")] = "";
	size_t length, whole = 1;
	int start;

	if (letter == 'g' && precision > 0)
		precision--; /* as e counts: behind the first digit */
	start = letter == 'f' ? ones : __decimal_start(number);
	__decimal_round(number, start + 1 + MIN(precision, most));
	start = __decimal_start(number);
	if (letter == 'g') {
		int size = ones - start;

		letter = size < -4 || size > (long long)precision ? 'e' : 'f';
		if (letter == 'f')
			precision -= size;
	}
	if (letter == 'e') {
		snprintf(exponent, sizeof(exponent), "%c%+.2d",
			 conversion->upper ? 'E' : 'e', ones - start);
	} else {
		start = MIN(start, ones);
		whole = ones - start + 1;
	}
	if (shorten) {
		precision = MIN(precision, most);
		while (precision > 0 &&
		       !__decimal_digit(number, start + whole + precision - 1))
			precision--;
	}
	length = whole + precision + strlen(exponent);
	if (precision > 0 || conversion->alternate)
		length++;
	put_prefix(output, conversion, sign, length);
	put_digits(output, number, start, whole);
	if (precision > 0 || conversion->alternate)
		put(output, ".", 1);
	put_digits(output, number, start + whole, precision);
	put(output, exponent, strlen(exponent));
	fill(output, conversion, BACK, strlen(sign) + length);
}

/*
 * Conversion a: the first digit, the point, PRECISION hexadecimal digits. The
 * first is a double's bit 1, or a long double's first four bits, as in glibc.
 */
static void put_binary(struct output *output, struct conversion *conversion,
		       const char *sign, struct binary number)
{
	const char *digits = hexadecimal_digits(conversion);
	int below = conversion->length == LENGTH_LONG_DOUBLE ? 60 : 63;
	int precision = conversion->precision;
	char prefix[sizeof("-0x")], exponent[sizeof("p-12345")];
	char text[sizeof("1.0123456789abcdef")];
	char *next = text;
	unsigned int lead;
	uint64_t fraction;
	size_t length;

	while (below == 63 && number.mantissa && number.exponent < -1022 - 63) {
		number.mantissa >>= 1; /* a double's subnormal number */
		number.exponent++;
	}
	lead = number.mantissa >> below;
	fraction = number.mantissa << (64 - below);
	if (precision >= 0 && precision < 16) {
		uint64_t unit = 1ULL << (60 - 4 * precision) << 4;
		uint64_t dropped = fraction << 4 * precision;
		bool odd = (precision ? fraction / unit : lead) % 2;

		fraction -= fraction & (unit - 1);
		if (dropped > 1ULL << 63 || (dropped == 1ULL << 63 && odd)) {
			fraction += unit;
			lead += fraction == 0;
		}
		if (lead == 16) {
			lead = 1;
			number.exponent += 4;
		}
	}
	*next++ = digits[lead];
	if (precision > 0 || fraction || conversion->alternate)
		*next++ = '.';
	for (; fraction; fraction <<= 4, precision--)
		*next++ = digits[fraction >> 60];
	snprintf(exponent, sizeof(exponent), "%c%+d",
		 conversion->upper ? 'P' : 'p',
		 number.mantissa ? number.exponent + below : 0);
	snprintf(prefix, sizeof(prefix), "%s%s", sign,
		 conversion->upper ? "0X" : "0x");
	precision = precision < 0 ? 0 : precision;
	length = next - text + precision + strlen(exponent);
	put_prefix(output, conversion, prefix, length);
	put(output, text, next - text);
	put_repeated(output, '0', precision);
	put(output, exponent, strlen(exponent));
	fill(output, conversion, BACK, strlen(prefix) + length);
}

static void put_floating(struct output *output, struct conversion *conversion,
			 long double value)
{
	struct binary number = __binary(value);
	const char *sign = sign_prefix(conversion, number.negative);
	const char *names = conversion->upper ? "INFNAN" : "infnan";

	if (number.kind != BINARY_FINITE) {
		put_text(output, conversion, sign,
			 number.kind == BINARY_NAN ? names + 3 : names, 3);
	} else if (conversion->letter == 'a') {
		put_binary(output, conversion, sign, number);
	} else {
		struct decimal decimal;

		__decimal_set(&decimal, number);
		put_decimal(output, conversion, sign, &decimal);
	}
}

/* ── The format ───────────────────────────────────────────────────────── */

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

/* A number in the format, or for a * from the arguments. */
static int number_or_argument(const char **format, va_list *arguments,
			      int *error)
{
	int number;

	if (**format == '*') {
		++*format;
		return va_arg(*arguments, int);
	}
	number = __parse_number(format);
	if (number < 0)
		*error = EOVERFLOW;
	return number;
}

/*
 * What follows a %; *FORMAT ends behind it. A negative width argument means
 * the flag -, a negative precision none.
 */
static struct conversion parse_conversion(const char **format,
					  va_list *arguments, int *error)
{
	struct conversion conversion = { .precision = -1 };

	parse_flags(format, &conversion);
	conversion.width = number_or_argument(format, arguments, error);
	if (conversion.width < 0) {
		conversion.left = true;
		if (conversion.width == INT_MIN)
			*error = EOVERFLOW;
		else
			conversion.width = -conversion.width;
	}
	if (**format == '.') {
		++*format;
		conversion.precision =
			number_or_argument(format, arguments, error);
	}
	conversion.length = __parse_length(format);
	conversion.letter = **format;
	if (**format && strchr("AEFGX", **format)) {
		conversion.upper = true;
		conversion.letter += 'a' - 'A';
	}
	if (**format)
		++*format;
	return conversion;
}

/* One conversion. Its text in the format is from START to END. */
static void convert(struct output *output, struct conversion *conversion,
		    va_list *arguments, const char *start, const char *end)
{
	enum length length = conversion->length;
	bool wide = length == LENGTH_LONG;

	switch (conversion->letter) {
	case 'd':
	case 'i':
		put_signed(output, conversion,
			   integer_argument(length, true, arguments));
		return;
	case 'u':
		put_number(output, conversion, "",
			   integer_argument(length, false, arguments), 10);
		return;
	case 'o':
		put_number(output, conversion, "",
			   integer_argument(length, false, arguments), 8);
		return;
	case 'x':
		put_hexadecimal(output, conversion,
				integer_argument(length, false, arguments));
		return;
	case 'p':
		put_pointer(output, conversion, va_arg(*arguments, void *));
		return;
	case 'c':
		put_character(output, conversion, va_arg(*arguments, int));
		return;
	case 's':
		if (wide)
			put_wide(output, conversion,
				 va_arg(*arguments, const wchar_t *));
		else
			put_string(output, conversion,
				   va_arg(*arguments, const char *));
		return;
	case 'm':
		put_string(output, conversion, strerror(errno));
		return;
	case 'n':
		__store_integer(va_arg(*arguments, void *), length,
				output->total);
		return;
	case '%':
		put(output, "%", 1);
		return;
	case 'a':
	case 'e':
	case 'f':
	case 'g':
		put_floating(output, conversion,
			     length == LENGTH_LONG_DOUBLE
				     ? va_arg(*arguments, long double)
				     : va_arg(*arguments, double));
		return;
	default: /* not known: shown as it stands */
		put(output, start, end - start);
	}
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
		conversion =
			parse_conversion(&format, &arguments, &output->error);
		if (!output->error)
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
		.operations = &__descriptor_operations,
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
