/*
 * stdio.c - streams and formats: what printf() makes of numbers and strings,
 * and reading files by characters, lines and blocks.
 */
#include <stddef.h>
#include <stdlib.h>

#include "tap.h"

static const char *own_path; /* argv[0]: a file that begins with \177ELF */

/* One line each: the compiler checks formats, so no table. */
#define is_format(expected, ...)                                    \
	do {                                                        \
		char text[128];                                     \
		int length;                                         \
                                                                    \
		length = snprintf(text, sizeof(text), __VA_ARGS__); \
		is_string(text, expected, "printf: " expected);     \
		if (length != (int)strlen(text))                    \
			ok(false, "and its result");                \
	} while (0)

static void formats(void)
{
	const char *volatile no_string = NULL; /* the compiler shall not see */

	is_format("0 -1 2147483647 -2147483648", "%d %i %d %d", 0, -1,
		  2147483647, -2147483647 - 1);
	is_format("4294967295 37777777777 ffffffff FFFFFFFF", "%u %o %x %X",
		  ~0u, ~0u, ~0u, ~0u);
	is_format("[   42] [42   ] [00042] [  +42] [ 42]",
		  "[%5d] [%-5d] [%05d] [%+5d] [% d]", 42, 42, 42, 42, 42);
	is_format("[  -42] [-42  ] [-0042]", "[%5d] [%-5d] [%05d]", -42, -42,
		  -42);
	is_format("0x2a 0X2A 052 0 0", "%#x %#X %#o %#x %#o", 42, 42, 42, 0, 0);
	is_format("[00042] [  0042] [0042  ] []",
		  "[%.5d] [%6.4d] [%-6.4d] [%.0d]", 42, 42, 42, 0);
	is_format("[    7] [7    ]", "[%*d] [%*d]", 5, 7, -5, 7);
	is_format("-9223372036854775808 18446744073709551615 deadbeefcafe",
		  "%lld %llu %llx", -9223372036854775807ll - 1, ~0ull,
		  0xdeadbeefcafeull);
	is_format("-1 255 -1 65535", "%hhd %hhu %hd %hu", (signed char)-1,
		  (unsigned char)255, (short)-1, (unsigned short)65535);
	is_format("123 456 789", "%zu %ld %td", (size_t)123, 456l,
		  (ptrdiff_t)789);
	is_format("[abc] [  abc] [abc  ] [ab] [   ab]",
		  "[%s] [%5s] [%-5s] [%.2s] [%5.2s]", "abc", "abc", "abc",
		  "abc", "abc");
	is_format("x  y %", "%c %2c %%", 'x', 'y');
	is_format("0x12ab", "%p", (void *)0x12ab);
	is_format("(nil)", "%p", NULL);
	is_format("(null)", "%s", no_string);
}

static void cutting(void)
{
	const char *volatile long_string = "abcdefgh";
	char text[8];

	memset(text, '#', sizeof(text));
	is_long(snprintf(text, 5, "%s", long_string), 8,
		"snprintf() tells the length it would have been");
	is_string(text, "abcd", "and cuts");
	ok(text[5] == '#', "it writes no byte more");
	is_long(snprintf(NULL, 0, "%d", 12345), 5, "snprintf() to nowhere");
}

static void characters(void)
{
	FILE *file = fopen(own_path, "r");
	char block[64];

	ok(file != NULL, "fopen() to read");
	ok(fgetc(file) == 0x7f && fgetc(file) == 'E', "fgetc()");
	ok(ungetc('x', file) == 'x' && fgetc(file) == 'x' && fgetc(file) == 'L',
	   "ungetc() puts one back");
	is_long(ftell(file), 3, "ftell()");
	ok(fseek(file, 1, SEEK_SET) == 0 && fgetc(file) == 'E', "fseek() to 1");
	ok(fseek(file, 1, SEEK_CUR) == 0 && fgetc(file) == 'F',
	   "fseek() by 1, with what is buffered taken into account");
	rewind(file);
	is_long((long)fread(block, 4, 1, file), 1, "fread() of one object");
	ok(memcmp(block, "\177ELF", 4) == 0, "the file's first bytes");
	is_long((long)fread(block, 1, 64, file), 64, "fread() of 64 bytes");

	ok(fseek(file, -10, SEEK_END) == 0, "fseek() to near the end");
	is_long((long)fread(block, 4, 16, file), 2,
		"fread() of 4-byte objects from 10 bytes: 2");
	ok(feof(file) && !ferror(file), "that was the end, no error");
	ok(fgetc(file) == EOF, "fgetc(): EOF");
	clearerr(file);
	ok(!feof(file), "clearerr() forgets it");
	ok(fclose(file) == 0, "fclose()");
}

static void lines(void)
{
	FILE *file = fopen("/proc/self/status", "r");
	char line[256], small[4];
	char *grown = NULL;
	size_t size = 0;
	int count = 0;

	ok(fgets(line, sizeof(line), file) != NULL &&
		   strncmp(line, "Name:\t", 6) == 0 &&
		   line[strlen(line) - 1] == '\n',
	   "fgets(): a whole line");
	rewind(file);
	ok(fgets(small, sizeof(small), file) == small, "into 4 bytes");
	is_string(small, "Nam", "as much as fits");
	ok(fgets(small, sizeof(small), file) == small, "the next piece");
	is_string(small, "e:\t", "goes on where it stopped");
	while (fgets(line, sizeof(line), file) != NULL)
		count++;
	ok(count > 5 && feof(file), "lines up to the end");

	rewind(file);
	ok(getline(&grown, &size, file) > 6 && size > 6 &&
		   strncmp(grown, "Name:\t", 6) == 0,
	   "getline() allocates");
	free(grown);
	fclose(file);
}

static void errors(void)
{
	FILE *file;

	errno = 0;
	ok(fopen("/no such file", "r") == NULL && errno == ENOENT,
	   "fopen() of no such file");
	errno = 0;
	ok(fopen(own_path, "?") == NULL && errno == EINVAL,
	   "fopen() with a mode unheard of");
	file = fopen(own_path, "r");
	ok(fputc('x', file) == EOF && ferror(file),
	   "fputc() to a file opened to read");
	fclose(file);
	file = fopen("/dev/null", "w");
	ok(file != NULL && fprintf(file, "%d\n", 12345) == 6 &&
		   fflush(file) == 0 && fclose(file) == 0,
	   "fprintf() to /dev/null");
	is_string(strerror(ENOMEM), "Cannot allocate memory", "strerror()");
}

/* What goes to stdout here must come out in this order. */
static void output(void)
{
	static char buffer[512];
	bool flushed;

	setvbuf(stdout, buffer, _IOLBF, sizeof(buffer));
	printf("# printf: %s %d\n", "text", 42);
	puts("# puts");
	ok(true, "with _IOLBF a line leaves at its end: before this one");
	fputs("# fputs, ", stdout);
	putchar('p');
	putc('u', stdout);
	ok(true, "what is no line yet waits: this one comes first");
	fputc('t', stdout);
	fwrite("char\n", 1, 5, stdout);
	printf("# half a line, ");
	flushed = fflush(stdout) == 0;
	tap_print("and the other half, past the stream\n");
	ok(flushed, "fflush(): the first half came first");
	setvbuf(stdout, NULL, _IONBF, 0);
	printf("# without a buffer ");
	tap_print("all leaves at once\n");
	ok(true, "with _IONBF: before the line's other half");
}

int main(int argc, char **argv)
{
	(void)argc;
	own_path = argv[0];

	formats();
	cutting();
	characters();
	lines();
	errors();
	output();
	return done_testing();
}
