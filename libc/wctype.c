/*
 * wctype.c - kinds of wide characters: of ASCII what <ctype.h> says, others are
 * letters of no kind that can be printed.
 */
#include <ctype.h>
#include <wctype.h>

#define KIND(name)                                  \
	int isw##name(wint_t c)                     \
	{                                           \
		return c < 128 && is##name((int)c); \
	}

KIND(alnum)
KIND(alpha)
KIND(blank)
KIND(cntrl)
KIND(digit)
KIND(graph)
KIND(lower)
KIND(punct)
KIND(space)
KIND(upper)
KIND(xdigit)

int iswprint(wint_t c)
{
	return c < 128 ? isprint(c) : c >= 160 && c < 0x110000;
}

wint_t towlower(wint_t c)
{
	return c < 128 ? (wint_t)tolower(c) : c;
}

wint_t towupper(wint_t c)
{
	return c < 128 ? (wint_t)toupper(c) : c;
}

int wcwidth(wchar_t character)
{
	return iswprint(character) ? 1 : character == 0 ? 0 : -1;
}
