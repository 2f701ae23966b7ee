/*
 * glob.c - the files that match a pattern: name by name of the path, in each
 * directory that the names before it led to.
 */
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct search {
	glob_t *result;
	int flags;
	int (*failed)(const char *path, int error);
};

static int add(const struct search *search, const char *path)
{
	glob_t *result = search->result;
	size_t count = result->gl_offs + result->gl_pathc;
	char **paths =
		reallocarray(result->gl_pathv, count + 2, sizeof(*paths));

	if (!paths)
		return GLOB_NOSPACE;
	result->gl_pathv = paths;
	paths[count] = strdup(path);
	paths[count + 1] = NULL;
	if (!paths[count])
		return GLOB_NOSPACE;
	result->gl_pathc++;
	return 0;
}

/* PATH, LENGTH characters long so far, may go on with PATTERN. */
static int walk(const struct search *search, char *path, size_t length,
		const char *pattern)
{
	size_t slashes = strspn(pattern, "/");
	size_t name = strcspn(pattern + slashes, "/");
	char part[NAME_MAX + 1];
	struct dirent *entry;
	struct stat status;
	DIR *directory;
	int result = 0;

	if (length + slashes >= PATH_MAX - NAME_MAX || name > NAME_MAX)
		return 0;
	memcpy(path + length, pattern, slashes);
	length += slashes;
	path[length] = '\0';
	pattern += slashes;
	if (name == 0) {
		if (lstat(path, &status) < 0)
			return 0;
		if (search->flags & GLOB_MARK && path[length - 1] != '/' &&
		    stat(path, &status) == 0 && S_ISDIR(status.st_mode))
			strcpy(path + length, "/");
		return add(search, path);
	}
	memcpy(part, pattern, name);
	part[name] = '\0';
	pattern += name;

	/* Without special characters there is nothing to search. */
	if (!strpbrk(part, "*?[\\")) {
		strcpy(path + length, part);
		return walk(search, path, length + name, pattern);
	}
	directory = opendir(length ? path : ".");
	if (!directory) {
		if (errno == ENOENT || errno == ENOTDIR)
			return 0;
		if ((search->failed && search->failed(path, errno)) ||
		    search->flags & GLOB_ERR)
			return GLOB_ABORTED;
		return 0;
	}
	while (result == 0 && (entry = readdir(directory))) {
		if (fnmatch(part, entry->d_name,
			    FNM_PERIOD | (search->flags & GLOB_NOESCAPE
						  ? FNM_NOESCAPE
						  : 0)) != 0)
			continue;
		strcpy(path + length, entry->d_name);
		result = walk(search, path, length + strlen(entry->d_name),
			      pattern);
	}
	closedir(directory);
	return result;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int glob(const char *pattern, int flags,
	 int (*failed)(const char *path, int error), glob_t *result)
{
	struct search search = { result, flags, failed };
	char path[PATH_MAX + 1];
	size_t before;
	int error;

	if (!(flags & GLOB_APPEND)) {
		if (!(flags & GLOB_DOOFFS))
			result->gl_offs = 0;
		result->gl_pathc = 0;
		result->gl_pathv = calloc(result->gl_offs + 1, sizeof(char *));
		if (!result->gl_pathv)
			return GLOB_NOSPACE;
	}
	before = result->gl_pathc;
	error = walk(&search, path, 0, pattern);
	if (error)
		return error;
	if (result->gl_pathc == before)
		return flags & GLOB_NOCHECK ? add(&search, pattern)
					    : GLOB_NOMATCH;
	if (!(flags & GLOB_NOSORT))
		qsort(result->gl_pathv + result->gl_offs + before,
		      result->gl_pathc - before, sizeof(char *), compare);
	return 0;
}

void globfree(glob_t *result)
{
	for (size_t i = 0; i < result->gl_pathc; i++)
		free(result->gl_pathv[result->gl_offs + i]);
	free(result->gl_pathv);
	result->gl_pathv = NULL;
	result->gl_pathc = 0;
}
