/*
 * locale.c - the C locale, and UTF-8 with it.
 */
#include <limits.h>
#include <locale.h>
#include <string.h>

char *setlocale(int category, const char *name)
{
	if (category < LC_CTYPE || category > LC_ALL)
		return NULL;
	if (name && *name && strcmp(name, "C") != 0 &&
	    strcmp(name, "POSIX") != 0)
		return NULL;
	return "C";
}

struct lconv *localeconv(void)
{
	static struct lconv conventions;
	char **texts = &conventions.decimal_point;

	for (int i = 0; i < 10; i++)
		texts[i] = "";
	conventions.decimal_point = ".";
	memset(&conventions.int_frac_digits, CHAR_MAX, 14);
	return &conventions;
}
