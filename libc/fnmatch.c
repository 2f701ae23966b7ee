/*
 * fnmatch.c - patterns for names, as the shell has them.
 */
#include <ctype.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <string.h>

static int fold(unsigned char c, int flags)
{
	return flags & FNM_CASEFOLD ? tolower(c) : c;
}

/* NAME, LENGTH characters: a kind of character in [[:NAME:]]. */
static bool is_kind(int c, const char *name, size_t length)
{
	static const struct {
		const char *name;
		int (*is)(int c);
	} kinds[] = {
		{ "alnum", isalnum }, { "alpha", isalpha },
		{ "blank", isblank }, { "cntrl", iscntrl },
		{ "digit", isdigit }, { "graph", isgraph },
		{ "lower", islower }, { "print", isprint },
		{ "punct", ispunct }, { "space", isspace },
		{ "upper", isupper }, { "xdigit", isxdigit },
	};

	for (unsigned int i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strlen(kinds[i].name) == length &&
		    strncmp(kinds[i].name, name, length) == 0)
			return kinds[i].is(c);
	return false;
}

/*
 * Is C in the set behind the [ at PATTERN? *END: behind its ]; NULL: there is
 * none, and the [ is a character like others.
 */
static bool in_set(const char *pattern, unsigned char c, int flags,
		   const char **end)
{
	bool no, found = false;
	const char *start;

	no = *pattern == '!' || *pattern == '^';
	pattern += no;
	start = pattern;
	*end = NULL;
	for (; *pattern && (*pattern != ']' || pattern == start); pattern++) {
		unsigned char first = *pattern, last;
		const char *close;

		if (first == '[' && pattern[1] == ':' &&
		    (close = strstr(pattern + 2, ":]"))) {
			found |= is_kind(c, pattern + 2, close - pattern - 2);
			pattern = close + 1;
			continue;
		}
		if (first == '\\' && !(flags & FNM_NOESCAPE) && pattern[1])
			first = *++pattern;
		if (first == '/' && flags & FNM_PATHNAME)
			return false;
		last = first;
		if (pattern[1] == '-' && pattern[2] && pattern[2] != ']') {
			pattern += 2;
			if (*pattern == '\\' && !(flags & FNM_NOESCAPE) &&
			    pattern[1])
				pattern++;
			last = *pattern;
		}
		found |= fold(c, flags) >= fold(first, flags) &&
			 fold(c, flags) <= fold(last, flags);
	}
	if (*pattern == ']')
		*end = pattern + 1;
	return found != no;
}

static bool matches(const char *pattern, const char *text, const char *start,
		    int flags)
{
	for (; *pattern; pattern++, text++) {
		bool dot = *text == '.' && flags & FNM_PERIOD &&
			   (text == start ||
			    (text[-1] == '/' && flags & FNM_PATHNAME));
		bool special = *text == '\0' || dot ||
			       (*text == '/' && flags & FNM_PATHNAME);
		const char *end;

		switch (*pattern) {
		case '*':
			if (dot)
				return false;
			while (pattern[1] == '*')
				pattern++;
			for (;; text++) {
				if (matches(pattern + 1, text, start, flags))
					return true;
				if (*text == '\0' ||
				    (*text == '/' && flags & FNM_PATHNAME))
					return false;
			}
		case '?':
			if (special)
				return false;
			continue;
		case '[':
			if (in_set(pattern + 1, *text, flags, &end) && end &&
			    !special) {
				pattern = end - 1;
				continue;
			}
			if (end)
				return false;
			break;
		case '\\':
			if (!(flags & FNM_NOESCAPE) && pattern[1])
				pattern++;
			break;
		}
		if (fold(*pattern, flags) != fold(*text, flags))
			return false;
	}
	return *text == '\0';
}

int fnmatch(const char *pattern, const char *text, int flags)
{
	return matches(pattern, text, text, flags) ? 0 : FNM_NOMATCH;
}
