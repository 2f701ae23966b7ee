/*
 * ctype.h - what kind of character is this? The C locale, that is ASCII.
 * C: an unsigned char's value, or EOF, which is no character of any kind.
 * Results: non-zero for yes, 0 for no.
 */
#ifndef _CTYPE_H
#define _CTYPE_H

#include <sys/cdefs.h>

__BEGIN_DECLS

int isalnum(int c); /* letter or digit */
int isalpha(int c);
int isblank(int c); /* space or tab */
int iscntrl(int c); /* 0 … 31 and 127 */
int isdigit(int c);
int isgraph(int c); /* leaves a mark on paper */
int islower(int c);
int isprint(int c); /* isgraph() or space */
int ispunct(int c); /* isgraph() and neither letter nor digit */
int isspace(int c); /* space, \t \n \v \f \r */
int isupper(int c);
int isxdigit(int c);
int isascii(int c); /* 0 … 127 */

int tolower(int c); /* C, or its other case if it is a letter */
int toupper(int c);
int toascii(int c); /* its low 7 bits */

__END_DECLS

#endif
