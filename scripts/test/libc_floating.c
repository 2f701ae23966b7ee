/*
 * libc_floating.c - floating-point numbers to text and back: 150 000 numbers
 * through printf(), 150 000 texts through strtod() and its kin. The numbers are
 * those that go wrong: subnormal, next to powers of two and of ten, halfway
 * between two results, and any others.
 */
#include <errno.h>
#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "libc_cases.h"

#define CASES 150000

static char text[30000];

/* One pick() a statement: in which order two come is up to the compiler. */
static uint64_t pick_bits(void)
{
	uint64_t high = pick(UINT32_MAX);

	return high << 32 | pick(UINT32_MAX);
}

static double double_of(uint64_t bits)
{
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

static uint64_t bits_of(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

static long double long_double_of(uint64_t mantissa, unsigned int head)
{
	long double value = 0;

	memcpy(&value, &mantissa, 8);
	memcpy((char *)&value + 8, &head, 2);
	return value;
}

static double pick_double(void)
{
	static const double some[] = { 0.0,
				       DBL_MAX,
				       DBL_MIN,
				       DBL_MIN / 2,
				       DBL_EPSILON,
				       9.5,
				       99.5,
				       999.5,
				       9.9999995,
				       0.00009999995,
				       0.1,
				       0.15,
				       0.25,
				       0.35,
				       1e23,
				       9e15,
				       1e21,
				       0.5,
				       1.5,
				       2.5,
				       123456.5,
				       5e-324,
				       0x1.fffffffffffffp0 };
	uint64_t power = (uint64_t)pick(2047) << 52;
	int shift = pick(52);
	volatile double value; /* and nothing wider */

	switch (pick(9)) {
	case 0:
		value = some[pick(sizeof(some) / sizeof(some[0]))];
		break;
	case 1: /* next to a power of two */
		value = double_of(power + pick(3) - (power ? 1 : 0));
		break;
	case 2: /* next to a power of ten */
		snprintf(text, sizeof(text), "1e%d", (int)pick(632) - 323);
		power = bits_of(strtod(text, NULL));
		value = double_of(power + pick(3) - 1);
		break;
	case 3: /* subnormal */
		value = double_of(pick_bits() >> (12 + shift));
		break;
	case 4: /* halfway between two decimal fractions */
		value = (double)pick(1 << 20) / (1 << shift % 20);
		break;
	case 5: /* what people write */
		value = pick(100000) / 1000.0;
		break;
	case 6:
		value = pick_integer();
		break;
	case 7:
		value = double_of(0x7ff0000000000000 + (pick(2) ? 1 : 0));
		break;
	default:
		value = double_of(pick_bits());
	}
	return pick(3) ? value : -value;
}

static long double pick_long_double(void)
{
	uint64_t mantissa = pick_bits() | 1ULL << 63;
	unsigned int head = pick(2) << 15;
	unsigned int near_one = 16083 + pick(600);
	int shift = 1 + pick(63);

	switch (pick(8)) {
	case 0:
		return long_double_of(mantissa, head | pick(0x7fff));
	case 1:
		return long_double_of(mantissa >> shift, head);
	case 2: /* a power of two */
		return long_double_of(1ULL << 63, head | near_one);
	case 3: /* the largest before one */
		return long_double_of(-1, head | near_one);
	case 4:
		return long_double_of(shift % 2 ? -1ULL : 1ULL << 63,
				      head | (pick(2) ? 0x7ffe : 1));
	case 5:
		return long_double_of(mantissa, head | (16383 + shift));
	default:
		return pick_double();
	}
}

/* All of a short text, of a long one its ends and a sum. */
static void show(const char *name, int length)
{
	unsigned int sum = 0;

	if (length < 0 || length < 150) {
		printf("%s %d [%s]\n", name, length, text);
		return;
	}
	for (int i = 0; text[i]; i++)
		sum = sum * 31 + (unsigned char)text[i];
	printf("%s %d [%.50s ... %s] %u\n", name, length, text,
	       text + strlen(text) - 50, sum);
}

static void print_case(void)
{
	char format[64];
	char *next = format;
	const char *flags = "-+ #0";
	int is_long = pick(4) == 0;

	*next++ = '%';
	while (*flags) {
		if (pick(4) == 0)
			*next++ = *flags;
		flags++;
	}
	if (pick(3) == 0)
		next += sprintf(next, "%d", 1 + (int)pick(40));
	if (pick(3)) {
		static const int limits[] = { 1, 4, 20, 20, 60, 350 };
		int precision = pick(limits[pick(6)]);

		if (pick(200) == 0)
			precision = 1000 + pick(20000);
		next += sprintf(next, ".%d", precision);
	}
	if (is_long)
		*next++ = 'L';
	*next++ = "eEfFgGaA"[pick(8)];
	*next = '\0';
	/* %#.2g of 99.5 is 1.0e+02, where glibc 2.36 leaves out the 0. */
	if (strchr(format, '#') && (next[-1] | 32) == 'g')
		next[-1] = 'e';
	memset(text, 0, 100);
	if (is_long)
		show(format,
		     snprintf(text, sizeof(text), format, pick_long_double()));
	else
		show(format,
		     snprintf(text, sizeof(text), format, pick_double()));
}

/* ── From text ────────────────────────────────────────────────────────── */

static void convert(void)
{
	union {
		float value;
		uint32_t bits;
	} f;
	union {
		double value;
		uint64_t bits;
	} d;
	union {
		long double value;
		struct {
			uint64_t mantissa;
			uint16_t head;
		} bits;
	} l;
	char *end;

	errno = 0;
	f.value = strtof(text, &end);
	if (f.value != f.value)
		f.bits &= 0xffc00000; /* what is behind nan( is not told */
	printf("%x %d %d ", f.bits, (int)(end - text), errno);
	errno = 0;
	d.value = strtod(text, &end);
	if (d.value != d.value)
		d.bits &= 0xfff8000000000000;
	printf("%llx %d %d ", (unsigned long long)d.bits, (int)(end - text),
	       errno);
	errno = 0;
	l.value = strtold(text, &end);
	if (l.value != l.value)
		l.bits.mantissa &= 0xc000000000000000;
	printf("%llx %x %d %d", (unsigned long long)l.bits.mantissa,
	       l.bits.head, (int)(end - text), errno);
	show("", strlen(text));
}

static char *add_digits(char *next, const char *digits, int count)
{
	while (count-- > 0)
		*next++ = digits[pick(strlen(digits))];
	*next = '\0';
	return next;
}

/* Digits, point, digits, exponent, each of which may be missing. */
static void random_number(void)
{
	int hexadecimal = pick(4) == 0;
	const char *digits = hexadecimal ? "0123456789abcdefABCDEF"
			     : pick(4)   ? "0123456789"
					 : "09";
	char *next = text;

	next += sprintf(next, "%s", pick(10) ? "" : " \t");
	next += sprintf(next, "%s", pick(4) ? "" : pick(2) ? "-" : "+");
	if (hexadecimal)
		next += sprintf(next, pick(2) ? "0x" : "0X");
	next = add_digits(next, "0", pick(4) ? 0 : pick(5));
	next = add_digits(next, digits, pick(pick(2) ? 4 : 24));
	if (pick(3)) {
		*next++ = '.';
		next = add_digits(next, "0", pick(4) ? 0 : pick(20));
		next = add_digits(next, digits, pick(pick(2) ? 4 : 30));
	}
	if (pick(2)) {
		static const int limits[] = { 5, 50, 400, 5200 };
		int limit = limits[pick(pick(20) ? 3 : 4)];

		next += sprintf(next, "%c%s", hexadecimal ? 'p' : 'e',
				pick(3) ? "" : "+");
		next += sprintf(next, "%d", (int)pick(2 * limit) - limit);
	}
	if (pick(20) == 0)
		sprintf(next, "%c", "x.ep-+ 0"[pick(8)]);
}

/* The exact middle between two doubles or floats, or next to it. */
static void halfway_double(void)
{
	uint64_t bits = pick_bits() % ((2046ULL << 52) - 1);
	long double middle;
	char *end;

	if (pick(4) == 0)
		bits >>= 12 + pick(52);
	middle = ((long double)double_of(bits) + double_of(bits + 1)) / 2;
	if (pick(3) == 0) {
		union {
			uint32_t bits;
			float value;
		} low = { pick(0x7f7fffff) }, high = { low.bits + 1 };

		if (pick(3) == 0) {
			low.bits >>= 8 + pick(23);
			high.bits = low.bits + 1;
		}
		middle = ((double)low.value + high.value) / 2;
	}
	snprintf(text, sizeof(text), "%.1100Lf", middle);
	end = strchr(text, '\0');
	if (pick(2)) { /* the zeros that are not needed */
		while (end[-1] == '0')
			*--end = '\0';
	}
	switch (pick(3)) {
	case 0:
		strcpy(end, pick(2) ? "1" : "0000000001");
		break;
	case 1: /* a little less */
		while (end[-1] == '0' || end[-1] == '.')
			end--;
		strcpy(end, "99999");
		--*--end;
		if (*end < '0')
			*end = '0';
		break;
	}
}

/* Between 2^63 and 2^65, where long doubles are 1 and 2 apart. */
static void halfway_long_double(void)
{
	static const char *const tails[] = { "",
					     ".0",
					     ".5",
					     ".50000000001",
					     ".49999999999999999999999999999",
					     ".00000000000000000000000000001" };
	uint64_t mantissa = pick(4) ? pick_bits() : -(uint64_t)pick(5);
	int power = pick(2);
	char *end;

	mantissa |= 1ULL << 63;
	snprintf(text, sizeof(text), "%.0Lf",
		 long_double_of(mantissa, 16383 + 63 + power));
	end = strchr(text, '\0');
	end[-1] += power; /* it was even */
	strcpy(end, tails[pick(6)]);
}

static void random_text(void)
{
	static const char *const texts[] = {
		"",
		"inf",
		"INFINITY",
		"-Infinity",
		"infinit",
		"in",
		"nan",
		"NaN(",
		"-nan()",
		"nan(1_a)",
		"nan(-)",
		"nano",
		"infx",
		".",
		"-.",
		".e5",
		"e5",
		"0x",
		"0x.",
		"0x.p1",
		"0xp1",
		"1e",
		"1e+",
		"1e-",
		"1ee5",
		"1.e1",
		"1..2",
		"--1",
		"+-1",
		"0x1p",
		"0x1p+",
		"0x1.8p1x",
		"00x1",
		"1e99999999999999999999",
		"1e-99999999999999999999",
		"0e99999999999999999999",
		"0x1p99999999999999999999",
		"0x1p-99999999999999999999",
		"0x0p99999999",
		"1,5",
		"1 5",
		" \n\v\f\r\t1",
		"\x80",
		"1e5000",
		"1e-5000",
		"179769313486231580793e289",
		"1.7976931348623159e308",
		"2.2250738585072011e-308",
		"2.2250738585072014e-308",
		"4.9406564584124654e-324",
		"2.4703282292062327e-324",
		"2.4703282292062328e-324",
		"3.6451995318824746025e-4951",
		"1.8225997659412373013e-4951",
		"1.18973149535723176506e4932",
		"1.18973149535723176509e4932",
		/* just under the least normal double: on either side of
		 * where rounding to 53 bits reaches it */
		"0x1.fffffffffffffp-1023",
		"0x1.fffffffffffff7p-1023",
		"0x1.fffffffffffff8p-1023",
		"0x1.fffffffffffffbp-1023",
		"0x1.ffffffp-127",
		"0x1.fffffe8p-127",
		"0x1.ffffff8p-127",
		"0x1.ffffffcp-127",
	};

	strcpy(text, texts[pick(sizeof(texts) / sizeof(texts[0]))]);
}

/* More digits than any number has. */
static void long_number(void)
{
	char *next = text;
	int zeros = pick(25000);

	*next++ = "05"[pick(2)];
	*next++ = pick(2) ? '.' : '1';
	memset(next, '0', zeros);
	strcpy(next + zeros, pick(2) ? "1" : "5.5");
	if (pick(2))
		sprintf(strchr(next, '\0'), "e%d",
			(zeros % 2 ? zeros : -zeros) + (int)pick(40) - 20);
}

static void single_cases(void)
{
	printf("%#g %#G %#.3g %#g %g\n", 1.0, 1e-5, 123456.0, 0.0, 1e6);
	printf("%.0f %.0f %.0f %.0f %.1f %.2f\n", 0.5, 1.5, 2.5, 3.5, 0.25,
	       1.005);
	printf("%.3s|%Lf|%d|%f|%d\n", "abcdef", 1.5L, 1, 2.5, 2);
	printf("%d\n", snprintf(text, 10, "%.2000f", 1.0 / 3));
	printf("%s\n", text);
	printf("%d\n", snprintf(text, 10, "%.2147483647f", 1.0));
	printf("%f\n", atof(" -12.75e1x"));
}

int main(void)
{
	single_cases();
	for (int i = 0; i < CASES; i++)
		print_case();
	for (int i = 0; i < CASES; i++) {
		int kind = pick(100);

		if (kind < 60)
			random_number();
		else if (kind < 80)
			halfway_double();
		else if (kind < 90)
			halfway_long_double();
		else if (kind < 99 || pick(20))
			random_text();
		else
			long_number();
		convert();
	}
	return 0;
}
