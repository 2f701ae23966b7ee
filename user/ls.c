/*
 * ls.c - list what is in directories, sorted by name, on a terminal in columns;
 * with -l one line for each file, with what stat() knows of it.
 */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool all; /* -a: names that begin with a dot, too */
static bool details; /* -l */
static int status;

static void complain(const char *name)
{
	fprintf(stderr, "ls: %s: %s\n", name, strerror(errno));
	status = 1;
}

static char kind_letter(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return 'd';
	case S_IFCHR:
		return 'c';
	case S_IFLNK:
		return 'l';
	case S_IFIFO:
		return 'p';
	}
	return '-';
}

/* PATH leads there, NAME is what is printed. */
static void show(const char *path, const char *name)
{
	char target[PATH_MAX];
	struct stat file;
	char rights[] = "rwxrwxrwx";
	ssize_t length;

	if (!details) {
		puts(name);
		return;
	}
	if (lstat(path, &file) < 0) {
		complain(path);
		return;
	}
	for (int bit = 0; bit < 9; bit++)
		if (!(file.st_mode & (0400 >> bit)))
			rights[bit] = '-';
	printf("%c%s %3u %9lld %s", kind_letter(file.st_mode), rights,
	       file.st_nlink, file.st_size, name);
	if (S_ISLNK(file.st_mode)) {
		length = readlink(path, target, sizeof(target));
		printf(" -> %.*s", length < 0 ? 0 : (int)length, target);
	}
	putchar('\n');
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names in directory PATH, sorted. Returns how many; -1 after a message. */
static int read_names(const char *path, char ***names)
{
	DIR *directory = opendir(path);
	struct dirent *entry;
	char **more;
	int count = 0;

	*names = NULL;
	if (!directory) {
		complain(path);
		return -1;
	}
	errno = 0;
	while ((entry = readdir(directory))) {
		if (entry->d_name[0] == '.' && !all)
			continue;
		more = reallocarray(*names, (size_t)count + 1, sizeof(*more));
		if (!more)
			break;
		*names = more;
		more[count] = strdup(entry->d_name);
		if (!more[count])
			break;
		count++;
	}
	if (errno)
		complain(path);
	closedir(directory);
	if (count > 0)
		qsort(*names, (size_t)count, sizeof(**names), compare);
	return count;
}

/* On a terminal: as many columns as fit, read downwards. */
static void show_columns(char **names, int count)
{
	struct winsize window = { 0 };
	int width = 1;
	int columns, rows;

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &window);
	for (int i = 0; i < count; i++)
		if ((int)strlen(names[i]) + 2 > width)
			width = (int)strlen(names[i]) + 2;
	columns = (window.ws_col ? window.ws_col : 80) / width;
	rows = columns ? (count + columns - 1) / columns : count;
	for (int row = 0; row < rows; row++) {
		for (int i = row; i < count; i += rows)
			printf("%-*s", i + rows < count ? width : 0, names[i]);
		putchar('\n');
	}
}

static void list(const char *path)
{
	char child[PATH_MAX];
	char **names;
	int count = read_names(path, &names);
	bool columns = !details && isatty(STDOUT_FILENO);

	if (columns)
		show_columns(names, count);
	for (int i = 0; i < count; i++) {
		snprintf(child, sizeof(child), "%s/%s", path, names[i]);
		if (!columns)
			show(child, names[i]);
		free(names[i]);
	}
	free(names);
}

/* What is no directory is listed itself. */
static void list_argument(const char *path, bool title)
{
	struct stat file;

	if (stat(path, &file) < 0) {
		complain(path);
		return;
	}
	if (!S_ISDIR(file.st_mode)) {
		show(path, path);
		return;
	}
	if (title)
		printf("%s:\n", path);
	list(path);
}

int main(int argc, char **argv)
{
	int option;

	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		puts("usage: ls [-a] [-l] [PATH]...\n"
		     "List the names in the directories PATH, or the current "
		     "one.\n"
		     "  -a  also names that begin with a dot\n"
		     "  -l  kind and permissions, links, size in bytes, name");
		return 0;
	}
	while ((option = getopt(argc, argv, "al")) != -1) {
		if (option == '?')
			return 2;
		if (option == 'a')
			all = true;
		else
			details = true;
	}
	if (optind == argc)
		list_argument(".", false);
	for (int i = optind; i < argc; i++)
		list_argument(argv[i], argc - optind > 1);
	return status;
}
