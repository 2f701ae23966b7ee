/*
 * assert.h - assert(condition): when CONDITION is false, say where on stderr
 * and abort(). With NDEBUG defined the condition is not even computed.
 * No guard around this file: C lets it be included again with NDEBUG changed.
 */
#undef assert

#ifdef NDEBUG
#define assert(condition) ((void)0)
#else
#define assert(condition)  \
	((condition)       \
		 ? (void)0 \
		 : __assert_fail(#condition, __FILE__, __LINE__, __func__))
#endif

#include <sys/cdefs.h>

__BEGIN_DECLS

/* Prints "FILE:LINE: FUNCTION: Assertion `CONDITION' failed.", aborts. */
void __assert_fail(const char *condition, const char *file, unsigned int line,
		   const char *function) __attribute__((noreturn));

__END_DECLS
