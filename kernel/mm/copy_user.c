/*
 * copy_user.c - the two instructions of the kernel that touch user memory. Each
 * may fault: the exception table (uaccess.c) says where to go on if the fault
 * is refused, and that is just behind it. Linux: arch/x86/lib/usercopy_32.c.
 */
#include "lib/types.h"

unsigned long __copy_user(void *to, const void *from, unsigned long size);

/* COUNT times the string instruction MOVE; COUNT is then what is left. */
#define rep_user(move, to, from, count)                      \
	__asm__ volatile("1:	rep " move "\n"              \
			 "2:\n"                              \
			 ".pushsection __ex_table, \"a\"\n"  \
			 ".long 1b, 2b\n"                    \
			 ".popsection"                       \
			 : "+D"(to), "+S"(from), "+c"(count) \
			 :                                   \
			 : "memory")

/* Four bytes at a time, then the rest. Returns the bytes not copied. */
unsigned long __copy_user(void *to, const void *from, unsigned long size)
{
	unsigned long words = size / 4, bytes = size % 4;

	rep_user("movsl", to, from, words);
	bytes += words * 4;
	/* The first bytes of a refused word may lie on the page before. */
	if (words == 0 || ((unsigned long)to | (unsigned long)from) % 4 != 0)
		rep_user("movsb", to, from, bytes);
	return bytes;
}
