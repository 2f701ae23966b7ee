/*
 * free.c - how much of the machine's memory is in use, as /proc/meminfo says.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char text[8192];

/* The value of the line "NAME: … kB", in KiB. 0 if there is none. */
static unsigned long value(const char *name)
{
	size_t length = strlen(name);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		if (*line == '\n')
			line++;
		if (strncmp(line, name, length) == 0 && line[length] == ':')
			return strtoul(line + length + 1, NULL, 10);
	}
	return 0;
}

int main(int argc, char **argv)
{
	unsigned long total, unused;
	FILE *file;

	if (argc > 1) {
		int asked = strcmp(argv[1], "--help") == 0;

		fputs("usage: free\n"
		      "Show how much memory there is, in KiB: in all, in use, "
		      "free;\nand how much of it programs have in frames of "
		      "their own.\n",
		      asked ? stdout : stderr);
		return asked ? 0 : 2;
	}
	file = fopen("/proc/meminfo", "r");
	if (!file || fread(text, 1, sizeof(text) - 1, file) == 0) {
		perror("free: /proc/meminfo");
		return 1;
	}
	fclose(file);
	total = value("MemTotal");
	unused = value("MemFree");
	printf("%12s%12s%12s%12s\n", "total", "used", "free", "programs");
	printf("%12lu%12lu%12lu%12lu\n", total, total - unused, unused,
	       value("AnonPages"));
	return 0;
}
