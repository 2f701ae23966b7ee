/*
 * format.c - the parts of a conversion that printf() and scanf() share.
 */
#include "format.h"

enum length __parse_length(const char **format)
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
		return LENGTH_INT;
	}
}

int __parse_number(const char **format)
{
	int number = 0;

	for (; **format >= '0' && **format <= '9'; ++*format)
		if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, **format - '0', &number))
			return -1;
	return number;
}

int __length_bits(enum length length)
{
	static const char bits[] = { 32, 8, 16, 32, 64, 64 };

	return bits[length];
}

void __store_integer(void *pointer, enum length length, long long value)
{
	switch (__length_bits(length)) {
	case 8:
		*(char *)pointer = value;
		break;
	case 16:
		*(short *)pointer = value;
		break;
	case 32:
		*(int *)pointer = value;
		break;
	default:
		*(long long *)pointer = value;
	}
}
