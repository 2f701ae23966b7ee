/*
 * ctype.c - kinds of characters, in ASCII. A range needs one comparison: below
 * its start the unsigned difference wraps around and is large, for EOF too.
 */
#include <ctype.h>

static int in_range(int c, unsigned int first, unsigned int last)
{
	return (unsigned int)c - first <= last - first;
}

int isascii(int c)
{
	return in_range(c, 0, 127);
}

int iscntrl(int c)
{
	return in_range(c, 0, 31) || c == 127;
}

int isprint(int c)
{
	return in_range(c, ' ', '~');
}

int isgraph(int c)
{
	return in_range(c, '!', '~');
}

int isblank(int c)
{
	return c == ' ' || c == '\t';
}

int isspace(int c)
{
	return c == ' ' || in_range(c, '\t', '\r');
}

int isdigit(int c)
{
	return in_range(c, '0', '9');
}

int isxdigit(int c)
{
	return isdigit(c) || in_range(c | 32, 'a', 'f');
}

int islower(int c)
{
	return in_range(c, 'a', 'z');
}

int isupper(int c)
{
	return in_range(c, 'A', 'Z');
}

/* Upper and lower case differ by the bit of value 32. */
int isalpha(int c)
{
	return in_range(c | 32, 'a', 'z');
}

int isalnum(int c)
{
	return isalpha(c) || isdigit(c);
}

int ispunct(int c)
{
	return isgraph(c) && !isalnum(c);
}

int tolower(int c)
{
	return isupper(c) ? c | 32 : c;
}

int toupper(int c)
{
	return islower(c) ? c & ~32 : c;
}

int toascii(int c)
{
	return c & 127;
}
