/*
 * stdio.c - streams and formats: what printf() makes of numbers and strings,
 * what scanf() and strtod() make of them; and reading and writing files,
 * memory and commands.
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

static void floating_point(void)
{
	is_format("3.140000 -0.5 1e+10 0.0001", "%f %g %g %g", 3.14, -0.5, 1e10,
		  1e-4);
	is_format("0 2 2 4 0.12 0.38", "%.0f %.0f %.0f %.0f %.2f %.2f", 0.5,
		  1.5, 2.5, 3.5, 0.125, 0.375);
	is_format("[  1.50] [1.50  ] [001.50] [+1.5e+00]",
		  "[%6.2f] [%-6.2f] [%06.2f] [%+.1e]", 1.5, 1.5, 1.5, 1.5);
	is_format("0.1000000000000000055511151231257827021181583404541015625",
		  "%.55f", 0.1);
	is_format("4.9406564584124654e-324 1.7976931348623157e+308",
		  "%.17g %.17g", 0x1p-1074, 0x1.fffffffffffffp+1023);
	is_format("0x1.8p+1 -0x1p-1 0x1.9p+3", "%a %a %.1a", 3.0, -0.5, 12.51);
	is_format("inf -INF nan", "%f %F %g", __builtin_inf(), -__builtin_inf(),
		  __builtin_nan(""));
	is_format("1.18973149535723176502e+4932", "%.20Le", __LDBL_MAX__);
}

static void numbers_from_text(void)
{
	char *end;

	ok(strtod("0.1", NULL) == 0.1, "strtod(): the double nearest to 0.1");
	ok(strtod(" -12.5e1x", &end) == -125 && *end == 'x',
	   "strtod() stops behind the number");
	ok(strtod("9007199254740993", NULL) == 9007199254740992.0,
	   "halfway between two: the even one");
	ok(strtod("9007199254740993.00000000000000000001", NULL) ==
		   9007199254740994.0,
	   "a trifle more: the other one");
	ok(strtod("0x1.8p1", NULL) == 3, "hexadecimal");
	errno = 0;
	ok(strtod("1e400", NULL) == __builtin_inf() && errno == ERANGE,
	   "too large: infinity, ERANGE");
	errno = 0;
	ok(strtod("1e-400", NULL) == 0 && errno == ERANGE,
	   "too small: 0, ERANGE");
	ok(strtof("16777217", NULL) == 16777216, "strtof() rounds to 24 bits");
	ok(strtold("1e-4940", NULL) > 0, "strtold()");
	errno = 0;
	is_long(strtol("-99999999999", &end, 10), -2147483647L - 1,
		"strtol(): the least there is");
	ok(errno == ERANGE && *end == '\0', "ERANGE, and all was read");
}

static void scanning(void)
{
	char word[10] = "", set[10] = "", c = 0;
	int number = 0, rest = 0;
	double real = 0;

	is_long(sscanf("  12 0x1F,word 2.5e1", "%d %i,%9s %lf", &number, &rest,
		       word, &real),
		4, "sscanf()");
	ok(number == 12 && rest == 31 && real == 25, "its numbers");
	is_string(word, "word", "its word");
	is_long(sscanf("abc123 x", "%9[a-z]%2d%d %c%n", set, &number, &rest, &c,
		       &rest),
		4, "sets and widths");
	is_string(set, "abc", "[a-z]");
	ok(number == 12 && c == 'x' && rest == 8, "%2d, %c, %n");
	is_long(sscanf("12 men", "%*d%d", &number), 0, "what does not match");
	is_long(sscanf("", "%d", &number), -1, "the end comes first");
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

/* Reading and writing one file, in turns. */
static void both_ways(void)
{
	char path[] = "/tmp/stdio-XXXXXX";
	int fd = mkstemp(path);
	FILE *file = fdopen(fd, "w+");
	char line[40];
	fpos_t place;
	int number = 0;

	ok(fd >= 0 && file != NULL && fileno(file) == fd,
	   "mkstemp(), fdopen()");
	fprintf(file, "%s %d\n%s\n", "first", 1, "second 2");
	rewind(file);
	ok(fscanf(file, "%39s %d", line, &number) == 2 && number == 1,
	   "fscanf() reads what fprintf() wrote");
	is_long(getc(file), '\n', "and leaves the newline");
	fgetpos(file, &place);
	fseek(file, 0, SEEK_CUR);
	fputs("SEC", file);
	ok(fsetpos(file, &place) == 0 && fgets(line, sizeof(line), file),
	   "fsetpos() goes back");
	is_string(line, "SECond 2\n", "written in the middle");
	fclose(file);

	file = fopen(path, "a+");
	fputs("third\n", file);
	rewind(file);
	is_string(fgets(line, sizeof(line), file), "first 1\n",
		  "a+ reads from the start");
	ok(fopen(path, "wx") == NULL && errno == EEXIST, "wx: EEXIST");
	file = freopen(path, "r", file);
	ok(file != NULL && fseek(file, -6, SEEK_END) == 0, "freopen()");
	is_string(fgets(line, sizeof(line), file), "third\n",
		  "what a+ wrote is at the end");
	ok(putc('x', file) == EOF && errno == EBADF && ferror(file),
	   "it is open to read now");
	fclose(file);
	ok(remove(path) == 0 && remove(path) < 0 && errno == ENOENT,
	   "remove(), twice");
	file = tmpfile();
	ok(file != NULL && fputs("x", file) >= 0 && fflush(file) == 0 &&
		   ftell(file) == 1,
	   "tmpfile()");
	fclose(file);
}

static void memory(void)
{
	char array[16] = "0123456789abcde";
	char *text = NULL;
	size_t length = 0;
	FILE *file = open_memstream(&text, &length);

	for (int i = 0; i < 300; i++)
		fprintf(file, "%d ", i);
	ok(fflush(file) == 0 && length == 1090 && strlen(text) == 1090,
	   "open_memstream(): the text so far");
	fputs("end", file);
	fclose(file);
	is_string(text + 1086, "299 end", "and all of it");
	free(text);

	file = fmemopen(array, sizeof(array), "r+");
	ok(fseek(file, 4, SEEK_SET) == 0 && getc(file) == '4', "fmemopen()");
	fseek(file, 0, SEEK_CUR);
	fputs("xy", file);
	fclose(file);
	is_string(array, "01234xy789abcde", "written into the array");
}

static void pipes(void)
{
	FILE *file = popen("echo one; echo two; exit 3", "r");
	char *line = NULL;
	size_t size = 0;

	ok(file != NULL && getdelim(&line, &size, 'w', file) == 6,
	   "popen(), getdelim()");
	is_string(line, "one\ntw", "what the command wrote");
	is_long(getc(file), 'o', "and the rest");
	is_long(pclose(file), 3 << 8, "pclose(): its status");
	free(line);
	fflush(stdout);
	file = popen("cat", "w");
	fputs("# through cat\n", file);
	is_long(pclose(file), 0, "popen() to write");
	ok(popen("true", "x") == NULL && errno == EINVAL, "another mode");
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
	floating_point();
	numbers_from_text();
	scanning();
	cutting();
	characters();
	lines();
	both_ways();
	memory();
	pipes();
	errors();
	output();
	return done_testing();
}
