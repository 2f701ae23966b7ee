/*
 * vsnprintf.c - printf's formatting, without floating point. Everything that
 * the kernel prints, logs or traces goes through here. Each conversion becomes
 * sign or prefix, zeroes, digits or text; then padding makes up the width.
 * Linux: lib/vsprintf.c.
 */
#include "lib/printk.h"
#include "lib/string.h"

/* Where the text goes. LENGTH counts on when the buffer is full. */
struct output {
	char *buffer;
	size_t size;
	size_t length;
};

/* One conversion, taken apart: %-08.3lx */
struct spec {
	bool left; /* flag - */
	bool zero; /* flag 0 */
	bool plus; /* flag + */
	bool space; /* flag space */
	bool alternate; /* flag # */
	int width;
	int precision; /* -1: none given */
	int size; /* of the integer argument, in bytes */
};

#define MAX_DIGITS 22 /* 2^64 - 1 in octal */

static void put(struct output *out, char character)
{
	if (out->length < out->size)
		out->buffer[out->length] = character;
	out->length++;
}

static void put_many(struct output *out, char character, int count)
{
	while (count-- > 0)
		put(out, character);
}

static void put_text(struct output *out, const char *text, int length)
{
	for (int i = 0; i < length; i++)
		put(out, text[i]);
}

static void put_string(struct output *out, const struct spec *spec,
		       const char *string)
{
	size_t limit = spec->precision < 0 ? SIZE_MAX : (size_t)spec->precision;
	int length;

	if (!string)
		string = "(null)";
	length = strnlen(string, limit);
	if (!spec->left)
		put_many(out, ' ', spec->width - length);
	put_text(out, string, length);
	if (spec->left)
		put_many(out, ' ', spec->width - length);
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

/* VALUE's digits, up to END. Returns the first; of 0 there are none. */
static char *format_digits(char *end, uint64_t value, unsigned int base,
			   const char *digits)
{
	while (value)
		*--end = digits[divide(&value, base)];
	return end;
}

/* PREFIX is the sign or 0x. C11 7.21.6.1 says how the parts play together. */
static void put_number(struct output *out, const struct spec *spec,
		       const char *prefix, uint64_t value, unsigned int base,
		       const char *digits)
{
	char buffer[MAX_DIGITS];
	char *end = buffer + sizeof(buffer);
	char *first = format_digits(end, value, base, digits);
	int length = end - first;
	int prefix_length = strlen(prefix);
	int zeroes = (spec->precision < 0 ? 1 : spec->precision) - length;
	int padding;

	zeroes = max(zeroes, 0);
	/* # in octal asks for one leading zero, however it comes about. */
	if (base == 8 && spec->alternate && zeroes == 0)
		zeroes = 1;
	padding = max(spec->width - prefix_length - zeroes - length, 0);
	if (spec->zero && !spec->left && spec->precision < 0) {
		zeroes += padding;
		padding = 0;
	}
	if (!spec->left)
		put_many(out, ' ', padding);
	put_text(out, prefix, prefix_length);
	put_many(out, '0', zeroes);
	put_text(out, first, length);
	if (spec->left)
		put_many(out, ' ', padding);
}

static void put_signed(struct output *out, const struct spec *spec,
		       int64_t value)
{
	const char *sign = value < 0     ? "-"
			   : spec->plus  ? "+"
			   : spec->space ? " "
					 : "";
	uint64_t magnitude = value;

	if (value < 0)
		magnitude = -magnitude;
	put_number(out, spec, sign, magnitude, 10, "0123456789");
}

static void put_unsigned(struct output *out, const struct spec *spec,
			 uint64_t value, char conversion)
{
	bool prefix = spec->alternate && value;

	switch (conversion) {
	case 'x':
		put_number(out, spec, prefix ? "0x" : "", value, 16,
			   "0123456789abcdef");
		break;
	case 'X':
		put_number(out, spec, prefix ? "0X" : "", value, 16,
			   "0123456789ABCDEF");
		break;
	case 'o':
		put_number(out, spec, "", value, 8, "01234567");
		break;
	default:
		put_number(out, spec, "", value, 10, "0123456789");
		break;
	}
}

static void put_pointer(struct output *out, struct spec *spec,
			const void *pointer)
{
	spec->alternate = true;
	if (pointer)
		put_unsigned(out, spec, (unsigned long)pointer, 'x');
	else
		put_string(out, spec, "(nil)");
}

static void put_character(struct output *out, const struct spec *spec,
			  char character)
{
	if (!spec->left)
		put_many(out, ' ', spec->width - 1);
	put(out, character);
	if (spec->left)
		put_many(out, ' ', spec->width - 1);
}

/* Take a flag character into SPEC; false if it is none. */
static bool parse_flag(char character, struct spec *spec)
{
	switch (character) {
	case '-':
		spec->left = true;
		return true;
	case '0':
		spec->zero = true;
		return true;
	case '+':
		spec->plus = true;
		return true;
	case ' ':
		spec->space = true;
		return true;
	case '#':
		spec->alternate = true;
		return true;
	}
	return false;
}

#define MAX_FIELD 100000 /* keeps absurd widths harmless */

/* A width or precision: a number, or * for the next argument. */
static int parse_field(const char **format, va_list *args)
{
	int number = 0;

	if (**format == '*') {
		(*format)++;
		number = va_arg(*args, int);
		return max(min(number, MAX_FIELD), -MAX_FIELD);
	}
	for (; **format >= '0' && **format <= '9'; (*format)++)
		number = min(number * 10 + (**format - '0'), MAX_FIELD);
	return number;
}

/* h hh l ll z: the size of the integer argument. */
static int parse_size(const char **format)
{
	char letter = **format;
	bool twice;

	if (letter != 'h' && letter != 'l' && letter != 'z')
		return sizeof(int);
	(*format)++;
	twice = letter != 'z' && **format == letter;
	if (twice)
		(*format)++;
	switch (letter) {
	case 'h':
		return twice ? sizeof(char) : sizeof(short);
	case 'l':
		return twice ? sizeof(long long) : sizeof(long);
	default:
		return sizeof(size_t);
	}
}

/* Read what stands between the % and the conversion; returns the latter. */
static const char *parse_spec(const char *format, struct spec *spec,
			      va_list *args)
{
	while (parse_flag(*format, spec))
		format++;
	spec->width = parse_field(&format, args);
	if (spec->width < 0) {
		spec->left = true;
		spec->width = -spec->width;
	}
	spec->precision = -1;
	if (*format == '.') {
		format++;
		spec->precision = parse_field(&format, args);
	}
	spec->size = parse_size(&format);
	return format;
}

/* The next integer argument, cut to the size that h, hh or ll said. */
static uint64_t integer_argument(const struct spec *spec, bool is_signed,
				 va_list *args)
{
	unsigned int shift = 64 - 8 * spec->size;
	uint64_t value;

	if (spec->size == sizeof(long long))
		return va_arg(*args, unsigned long long);
	value = (uint64_t)va_arg(*args, unsigned int) << shift;
	return is_signed ? (uint64_t)((int64_t)value >> shift) : value >> shift;
}

/* Print the next argument as SPEC and CONVERSION say; false if unknown. */
static bool convert(struct output *out, struct spec *spec, char conversion,
		    va_list *args)
{
	switch (conversion) {
	case 'd':
	case 'i':
		put_signed(out, spec, integer_argument(spec, true, args));
		return true;
	case 'u':
	case 'x':
	case 'X':
	case 'o':
		put_unsigned(out, spec, integer_argument(spec, false, args),
			     conversion);
		return true;
	case 'c':
		put_character(out, spec, va_arg(*args, int));
		return true;
	case 's':
		put_string(out, spec, va_arg(*args, const char *));
		return true;
	case 'p':
		put_pointer(out, spec, va_arg(*args, void *));
		return true;
	case '%':
		put(out, '%');
		return true;
	}
	return false;
}

int vsnprintf(char *buffer, size_t size, const char *format, va_list list)
{
	struct output out = { buffer, size, 0 };
	va_list args;

	va_copy(args, list);
	while (*format) {
		struct spec spec = { 0 };

		if (*format != '%') {
			put(&out, *format++);
			continue;
		}
		format = parse_spec(format + 1, &spec, &args);
		if (convert(&out, &spec, *format, &args))
			format++;
		else /* what we do not know is shown as it stands */
			put(&out, '%');
	}
	va_end(args);
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
