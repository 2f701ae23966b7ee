/*
 * scanf.c - the scanf family: one reader, from a stream or a string. It goes
 * through the format once and takes what matches; the first character that
 * does not is left to be read next.
 */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "format.h"
#include "scan.h"

/* One conversion of the format: % * width m length letter */
struct conversion {
	bool suppress; /* *: read, but assign nothing */
	bool allocate; /* m: into memory from malloc() */
	size_t width; /* at most so many characters */
	enum length length;
	char letter; /* in lower case */
	bool skips; /* white space in front */
	bool set[UCHAR_MAX + 1]; /* of [ and s: what may be read */
};

/* *FORMAT is behind a [ and ends behind the ] */
static void parse_set(const char **format, bool *set)
{
	const unsigned char *next = (const unsigned char *)*format;
	bool inverted = *next == '^';
	const unsigned char *start = next += inverted;

	memset(set, inverted, UCHAR_MAX + 1);
	for (; *next && (*next != ']' || next == start); next++) {
		int first = *next;

		/* A - at an end, or out of order, stands for itself. */
		if (next[1] == '-' && next[2] != ']' && next[2] >= first)
			next += 2;
		memset(set + first, !inverted, *next - first + 1);
	}
	*format = (const char *)next + (*next == ']');
}

/* *FORMAT is behind a % and ends behind the conversion. */
static void parse_conversion(const char **format, struct conversion *conversion)
{
	int width;

	if (**format == '*') {
		conversion->suppress = true;
		++*format;
	}
	width = __parse_number(format);
	if (**format == 'm') {
		conversion->allocate = true;
		++*format;
	}
	conversion->length = __parse_length(format);
	conversion->letter = lower((unsigned char)**format);
	if (conversion->letter)
		++*format;
	if (width > 0)
		conversion->width = width;
	else if (conversion->letter != 'c' && conversion->letter != '%')
		conversion->width = SIZE_MAX;
	memset(conversion->set, true, sizeof(conversion->set));
	if (conversion->letter == '[')
		parse_set(format, conversion->set);
	else if (conversion->letter == 's')
		for (const char *space = " \t\n\v\f\r"; *space; space++)
			conversion->set[(unsigned char)*space] = false;
	conversion->skips = !strchr("c[", conversion->letter);
}

/* Where text goes: to the caller's array, or memory that grows. */
struct text {
	void *start; /* NULL: nowhere */
	size_t used, room; /* characters; room 0: not ours, believed to do */
	size_t size; /* of a character: 1, or a wchar_t's */
};

static bool append(struct text *text, int c)
{
	if (text->start && text->room && text->used == text->room) {
		void *grown =
			reallocarray(text->start, text->room *= 2, text->size);

		if (!grown)
			return false;
		text->start = grown;
	}
	if (text->start && text->size > 1)
		((wchar_t *)text->start)[text->used] = c;
	else if (text->start)
		((char *)text->start)[text->used] = c;
	text->used++;
	return true;
}

/* Conversions c, s and [ */
static bool read_text(struct input *input, const struct conversion *conversion,
		      void *target)
{
	struct text text = { .start = target, .size = 1 };
	bool fits = true;

	if (conversion->length == LENGTH_LONG)
		text.size = sizeof(wchar_t);
	if (target && conversion->allocate) {
		text.room = 32;
		text.start = malloc(text.room * text.size);
		fits = text.start;
	}
	while (fits && input->c != EOF && conversion->set[input->c]) {
		fits = append(&text, input->c);
		__input_next(input);
	}
	if (conversion->letter != 'c' && text.used > 0)
		fits = fits && append(&text, '\0');
	if (target && conversion->allocate) {
		if (!fits || text.used == 0) {
			free(text.start);
			text.start = NULL;
		}
		*(void **)target = text.start;
	}
	return fits && text.used > 0;
}

static bool read_integer(struct input *input,
			 const struct conversion *conversion, void *target,
			 int base)
{
	bool is_signed = conversion->letter == 'd' || conversion->letter == 'i';
	bool is_long = conversion->length >= LENGTH_LONG_LONG;
	struct integer number;
	size_t accepted = __read_integer(input, base, &number);
	long long value;

	if (accepted == 0 || accepted != input->taken)
		return false;
	value = is_signed
			? __to_signed(number, is_long ? LLONG_MAX : LONG_MAX)
			: (long long)__to_unsigned(number, is_long ? ULLONG_MAX
								   : ULONG_MAX);
	if (target)
		__store_integer(target, conversion->length, value);
	return true;
}

static bool read_floating(struct input *input,
			  const struct conversion *conversion, void *target)
{
	enum length length = conversion->length;
	long double value;
	size_t accepted = __read_floating(input,
					  length == LENGTH_INT ? &__float
					  : length == LENGTH_LONG
						  ? &__double
						  : &__long_double_kind,
					  &value);

	if (accepted == 0 || accepted != input->taken)
		return false;
	if (!target)
		return true;
	if (length == LENGTH_INT)
		*(float *)target = value;
	else if (length == LENGTH_LONG)
		*(double *)target = value;
	else
		*(long double *)target = value;
	return true;
}

/* One conversion, with what is read into TARGET. False: no match. */
static bool convert(struct input *input, const struct conversion *conversion,
		    void *target)
{
	switch (conversion->letter) {
	case 'd':
	case 'u':
		return read_integer(input, conversion, target, 10);
	case 'i':
		return read_integer(input, conversion, target, 0);
	case 'o':
		return read_integer(input, conversion, target, 8);
	case 'x':
	case 'p':
		return read_integer(input, conversion, target, 16);
	case 'a':
	case 'e':
	case 'f':
	case 'g':
		return read_floating(input, conversion, target);
	case 'c':
	case 's':
	case '[':
		return read_text(input, conversion, target);
	default:
		return false;
	}
}

/* Skip what the format says may be skipped: any amount of white space. */
static void skip_space(struct input *input, size_t *total)
{
	__input_start(input, SIZE_MAX);
	while (isspace(input->c))
		__input_next(input);
	*total += __input_end(input);
}

/* The reader. Returns how many targets were assigned, EOF: none, and no more. */
static int scan(struct input *input, const char *format, va_list caller)
{
	size_t total = 0; /* characters taken */
	int assigned = 0;
	bool matches = true;
	va_list targets;

	va_copy(targets, caller);
	while (matches && *format) {
		struct conversion conversion = { .letter = '%', .width = 1 };
		char c = *format++;
		void *target = NULL;

		if (isspace((unsigned char)c)) {
			skip_space(input, &total);
			continue;
		}
		if (c == '%') {
			parse_conversion(&format, &conversion);
			c = '%'; /* what matches %% */
		}
		if (conversion.letter != '%' && !conversion.suppress)
			target = va_arg(targets, void *);
		if (conversion.letter == 'n') {
			if (target)
				__store_integer(target, conversion.length,
						total);
			continue;
		}
		if (conversion.skips)
			skip_space(input, &total);
		__input_start(input, conversion.width);
		if (input->c == EOF) {
			if (assigned == 0)
				assigned = EOF;
			break;
		}
		if (conversion.letter == '%') {
			matches = input->c == (unsigned char)c;
			if (matches)
				__input_next(input);
		} else {
			matches = convert(input, &conversion, target);
			assigned += matches && target;
		}
		total += __input_end(input);
	}
	va_end(targets);
	return assigned;
}

int vfscanf(FILE *restrict file, const char *restrict format, va_list targets)
{
	return scan(&(struct input){ .file = file }, format, targets);
}

int vsscanf(const char *restrict text, const char *restrict format,
	    va_list targets)
{
	return scan(&(struct input){ .text = text }, format, targets);
}

int vscanf(const char *restrict format, va_list targets)
{
	return vfscanf(stdin, format, targets);
}

int scanf(const char *restrict format, ...)
{
	va_list targets;
	int result;

	va_start(targets, format);
	result = vscanf(format, targets);
	va_end(targets);
	return result;
}

int fscanf(FILE *restrict file, const char *restrict format, ...)
{
	va_list targets;
	int result;

	va_start(targets, format);
	result = vfscanf(file, format, targets);
	va_end(targets);
	return result;
}

int sscanf(const char *restrict text, const char *restrict format, ...)
{
	va_list targets;
	int result;

	va_start(targets, format);
	result = vsscanf(text, format, targets);
	va_end(targets);
	return result;
}
