/*
 * libc_streams.c - FILE: 150 000 operations, chosen at random among those that
 * C allows at that moment, on a scratch file (first argument) that is opened in
 * every mode. Results are printed; test_libc.py also compares the file.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "libc_cases.h"

#define FILES      500
#define OPERATIONS 300

extern ssize_t getline(char **, size_t *, FILE *);

static char block[10000];

/* Reading and writing need a seek or a flush between them. */
enum state { NEUTRAL, READING, WRITING };

static void report(FILE *file)
{
	printf(" %d%d\n", !!feof(file), !!ferror(file));
}

static unsigned int checksum(size_t length)
{
	unsigned int sum = 0;

	for (size_t i = 0; i < length; i++)
		sum = sum * 31 + (unsigned char)block[i];
	return sum;
}

/* Mostly little, at times more than a buffer. */
static size_t pick_length(void)
{
	return pick(20) ? pick(60) : pick(sizeof(block));
}

static void read_something(FILE *file)
{
	char *line = NULL;
	size_t length = 0;
	ssize_t result;
	int c;

	switch (pick(5)) {
	case 0:
		c = fgetc(file);
		printf("fgetc %d", c);
		break;
	case 1:
		length = fread(block, 1, pick_length(), file);
		printf("fread %d %u", (int)length, checksum(length));
		break;
	case 2:
		length = fread(block, 7, pick(30), file);
		printf("fread %d %u", (int)length, checksum(7 * length));
		break;
	case 3:
		block[0] = '\0';
		if (!fgets(block, 1 + pick(100), file))
			strcpy(block, "nothing\n");
		printf("fgets %d %u", (int)strlen(block),
		       checksum(strlen(block)));
		break;
	case 4:
		result = getline(&line, &length, file);
		printf("getline %d %d", (int)result,
		       result > 0 ? (int)strlen(line) : 0);
		free(line);
		break;
	}
}

/* Back and forth over a few characters. */
static void unread(FILE *file)
{
	int c[3];
	int count = 0;

	while (count < 3 && (c[count] = getc(file)) != EOF)
		count++;
	while (count-- > 0)
		printf("ungetc %d ", ungetc(c[count], file));
}

static void write_something(FILE *file)
{
	size_t length = pick_length();

	for (size_t i = 0; i < length; i++)
		block[i] = pick(9) ? 'a' + i % 26 : '\n';
	switch (pick(4)) {
	case 0:
		printf("fputc %d", fputc(pick(256), file));
		break;
	case 1:
		printf("fwrite %d", (int)fwrite(block, 1, length, file));
		break;
	case 2:
		block[length < sizeof(block) ? length : length - 1] = '\0';
		printf("fputs %d", fputs(block, file) >= 0);
		break;
	case 3:
		printf("fprintf %d",
		       fprintf(file, "%d %s\n", (int)length, "and more"));
		break;
	}
}

/* After a seek that is refused, C does not say what ungetc()'s bytes become. */
static void seek_somewhere(FILE *file)
{
	long here = ftell(file);
	int result = 0;

	switch (pick(5)) {
	case 0:
		result = fseek(file, pick(3000), SEEK_SET);
		break;
	case 1:
		result = fseek(file, (int)pick(200) - 100, SEEK_CUR);
		break;
	case 2:
		result = fseek(file, -(int)pick(200), SEEK_END);
		break;
	case 3:
		result = fseek(file, here, SEEK_SET);
		break;
	case 4:
		rewind(file);
		break;
	}
	printf("seek %d", result);
	if (result < 0)
		rewind(file);
	printf(" %ld -> %ld", here, ftell(file));
}

static void use(FILE *file, const char *mode)
{
	int reads = mode[0] == 'r' || strchr(mode, '+');
	int writes = mode[0] != 'r' || strchr(mode, '+');
	enum state state = NEUTRAL;

	for (int i = 0; i < OPERATIONS; i++) {
		int kind = pick(20);

		if (kind < 2) {
			seek_somewhere(file);
			state = NEUTRAL;
		} else if (kind == 2 && state == WRITING) {
			printf("fflush %d", fflush(file));
			state = NEUTRAL;
		} else if (kind == 3) {
			printf("ftell %ld", ftell(file));
		} else if (kind == 4) {
			clearerr(file);
		} else if (kind < 12 && reads && state != WRITING) {
			if (kind == 5)
				unread(file);
			else
				read_something(file);
			state = READING;
		} else if (writes && state != READING) {
			write_something(file);
			state = WRITING;
		}
		report(file);
	}
}

/* A result that should be a failure, and why. */
static void refused(int result)
{
	printf("%d %d\n", result, errno);
}

/* What is not allowed, or not there. */
static void refusals(const char *path)
{
	FILE *file;

	refused(fopen("/nonexistent/file", "w") != NULL);
	refused(fopen(path, "q") != NULL);
	file = fopen(path, "w");
	refused(fgetc(file));
	report(file);
	fputs("content", file);
	fclose(file);
	file = fopen(path, "r");
	refused(fputc('x', file));
	report(file);
	fclose(file);
	refused(fopen(path, "wx") != NULL);
	file = fopen("/dev/full", "w");
	setvbuf(file, NULL, _IOFBF, 100);
	refused(fputs("short", file) >= 0);
	refused(fclose(file));
	file = fopen("/dev/full", "w");
	fputs("short", file);
	refused(fflush(file));
	report(file);
}

/* C wants a seek between reading and writing; Linux's libraries do not. */
static void turns(const char *path)
{
	FILE *file = fopen(path, "w+");
	FILE *other = fopen(path, "a");

	fputs("0123456789", file);
	rewind(file);
	printf("%c", fgetc(file));
	fputs("ab", file);
	fflush(file);
	printf("%c\n", fgetc(file));
	/* The end, once met, stays the end although the file grows. */
	while (fgetc(file) != EOF)
		;
	fputs("more", other);
	fclose(other);
	printf("%d", fgetc(file));
	report(file);
	clearerr(file);
	printf("%c", fgetc(file));
	report(file);
	fclose(file);
}

int main(int argc, char **argv)
{
	static const char *const modes[] = { "w",  "r",  "a",   "r+", "a+",
					     "w+", "rb", "r+b", "ab" };
	static char buffer[3000];

	(void)argc;
	for (int i = 0; i < FILES; i++) {
		const char *mode = i ? modes[pick(9)] : "w+";
		FILE *file = fopen(argv[1], mode);
		int buffering = pick(6);

		printf("== %s %d\n", mode, buffering);
		if (buffering < 3)
			setvbuf(file, NULL, buffering, 0);
		else if (buffering == 3)
			setvbuf(file, buffer, _IOFBF, 9 + pick(2990));
		else if (buffering == 4)
			setbuf(file, NULL);
		use(file, mode);
		printf("fclose %d\n", fclose(file));
	}
	refusals(argv[2]);
	turns(argv[2]);
	return 0;
}
