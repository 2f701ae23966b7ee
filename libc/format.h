/*
 * format.h - what the formats of printf() and scanf() have in common: numbers,
 * and the letters that tell how long an argument is.
 */
#ifndef LIBC_FORMAT_H
#define LIBC_FORMAT_H

enum length {
	LENGTH_INT,
	LENGTH_CHAR, /* hh */
	LENGTH_SHORT, /* h */
	LENGTH_LONG, /* l; also z and t: all of 32 bits */
	LENGTH_LONG_LONG, /* ll, j; gcc and glibc take Ld as lld */
	LENGTH_LONG_DOUBLE, /* L */
};

/* *FORMAT ends behind what was read. __parse_number(): -1: too large. */
enum length __parse_length(const char **format);
int __parse_number(const char **format);

/* Bits of an integer of that length; and store VALUE into one at POINTER. */
int __length_bits(enum length length);
void __store_integer(void *pointer, enum length length, long long value);

#endif
