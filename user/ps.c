/*
 * ps.c - list the processes: one directory each below /proc, with its name a
 * number.
 */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_KIB 4

/* The fields of /proc/PID/stat that matter here; proc(5) numbers them. */
#define FIELD_PPID  4
#define FIELD_VSIZE 23 /* bytes */
#define FIELD_RSS   24 /* pages */

/* Up to SIZE - 1 bytes of /proc/PID/NAME into TEXT. Returns how many. */
static size_t read_file(const char *pid, const char *name, char *text,
			size_t size)
{
	char path[300];
	size_t length = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%s/%s", pid, name);
	file = fopen(path, "r");
	if (file) {
		length = fread(text, 1, size - 1, file);
		fclose(file);
	}
	text[length] = '\0';
	return length;
}

/* TEXT begins at field 3. */
static unsigned long field(const char *text, int number)
{
	for (int at = 3; at < number; at++) {
		text = strchr(text, ' ');
		if (!text)
			return 0;
		text++;
	}
	return strtoul(text, NULL, 10);
}

/* A process may end while it is looked at: then nothing is printed. */
static void show(const char *pid)
{
	char stat[1024];
	char command[1024];
	char *name, *rest;
	size_t length;

	if (read_file(pid, "stat", stat, sizeof(stat)) == 0)
		return;
	name = strchr(stat, '(');
	rest = strrchr(stat, ')');
	if (!name || !rest || !rest[1])
		return;
	rest[0] = '\0';
	rest += 2;

	/* Arguments end with 0 each; a process without memory has none. */
	length = read_file(pid, "cmdline", command, sizeof(command));
	for (size_t i = 0; i + 1 < length; i++)
		if (command[i] == '\0')
			command[i] = ' ';
	if (length == 0)
		snprintf(command, sizeof(command), "[%s]", name + 1);
	printf("%5s %5lu %c %8lu %8lu %s\n", pid, field(rest, FIELD_PPID),
	       *rest, field(rest, FIELD_VSIZE) / 1024,
	       field(rest, FIELD_RSS) * PAGE_KIB, command);
}

static int is_process(const struct dirent *entry)
{
	return isdigit((unsigned char)entry->d_name[0]);
}

static int by_number(const struct dirent **a, const struct dirent **b)
{
	return atoi((*a)->d_name) - atoi((*b)->d_name);
}

int main(int argc, char **argv)
{
	struct dirent **processes;
	int count;

	if (argc > 1) {
		int asked = strcmp(argv[1], "--help") == 0;

		fputs("usage: ps\n"
		      "List all processes: number, parent's number, state (R "
		      "runs or could, S sleeps,\nZ ended and not yet waited "
		      "for), memory promised and memory in frames in KiB,\n"
		      "command.\n",
		      asked ? stdout : stderr);
		return asked ? 0 : 2;
	}
	count = scandir("/proc", &processes, is_process, by_number);
	if (count < 0) {
		perror("ps: /proc");
		return 1;
	}
	printf("%5s %5s %c %8s %8s %s\n", "PID", "PPID", 'S', "VSZ", "RSS",
	       "COMMAND");
	for (int i = 0; i < count; i++)
		show(processes[i]->d_name);
	return 0;
}
