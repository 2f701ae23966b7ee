/*
 * stdlib.h - memory, numbers, sorting, and how a program ends.
 */
#ifndef _STDLIB_H
#define _STDLIB_H

#include <stddef.h>
#include <sys/cdefs.h>

__BEGIN_DECLS

#define EXIT_SUCCESS 0
#define EXIT_FAILURE 1
#define RAND_MAX     0x7fffffff

/*
 * Memory (malloc.c). Sizes in bytes. The result is aligned for any type; NULL
 * with errno ENOMEM when there is none, or when a size exceeds PTRDIFF_MAX.
 *
 * malloc - SIZE bytes with any content; of 0 bytes: an address to free.
 * calloc - COUNT objects of SIZE bytes each, all bytes 0.
 * realloc - make the block at POINTER SIZE bytes long, perhaps elsewhere; what
 *	was in it stays. NULL leaves the old block as it was. POINTER NULL:
 *	malloc(SIZE). SIZE 0: frees, returns NULL.
 * reallocarray - realloc(POINTER, COUNT * SIZE), with the product checked.
 * free - give back what one of these returned; NULL is allowed. Keeps errno.
 */
void *malloc(size_t size) __attribute__((malloc));
void *calloc(size_t count, size_t size) __attribute__((malloc));
void *realloc(void *pointer, size_t size);
void *reallocarray(void *pointer, size_t count, size_t size);
void free(void *pointer);

/*
 * aligned_alloc - SIZE bytes at a multiple of ALIGNMENT, a power of two.
 * posix_memalign - the same, into *RESULT; ALIGNMENT is also a multiple of
 *	sizeof(void *). Returns 0, EINVAL or ENOMEM, and leaves errno alone.
 */
void *aligned_alloc(size_t alignment, size_t size) __attribute__((malloc));
int posix_memalign(void **result, size_t alignment, size_t size);

/*
 * Numbers from text: space, sign, digits of BASE 2 … 36, or 0: decimal, octal
 * after 0, hexadecimal after 0x. *END (unless END is NULL): the first
 * character not used, TEXT itself if there is no number. Out of range: the
 * nearest value, and errno ERANGE; no such BASE: 0 and EINVAL. strtoul() and
 * strtoull() take a minus sign too, and negate. The ato… functions tell of no
 * error.
 */
long strtol(const char *__restrict text, char **__restrict end, int base);
long long strtoll(const char *__restrict text, char **__restrict end, int base);
unsigned long strtoul(const char *__restrict text, char **__restrict end,
		      int base);
unsigned long long strtoull(const char *__restrict text, char **__restrict end,
			    int base);
int atoi(const char *text);
long atol(const char *text);
long long atoll(const char *text);

/*
 * Floating-point numbers from text: space, sign, then digits with a point and
 * perhaps e and an exponent of ten; or 0x, hexadecimal digits, p and an
 * exponent of two; or inf, infinity, nan, nan(…) in either case. The result is
 * the nearest number, from the middle the even one. *END as above. Too large:
 * infinity, and errno ERANGE; smaller than the normal numbers and not exact:
 * ERANGE. atof() is strtod() without END.
 */
float strtof(const char *__restrict text, char **__restrict end);
double strtod(const char *__restrict text, char **__restrict end);
long double strtold(const char *__restrict text, char **__restrict end);
double atof(const char *text);

/* Quotient, cut to an integer, and remainder. */
typedef struct {
	int quot, rem;
} div_t;

typedef struct {
	long quot, rem;
} ldiv_t;

typedef struct {
	long long quot, rem;
} lldiv_t;

div_t div(int number, int divisor);
ldiv_t ldiv(long number, long divisor);
lldiv_t lldiv(long long number, long long divisor);

int abs(int number);
long labs(long number);
long long llabs(long long number);

/*
 * qsort - sort COUNT elements of SIZE bytes at BASE. COMPARE gets the
 * addresses of two and returns negative, 0 or positive as the first belongs
 * before, with or after the second. Equal elements end in any order. At most
 * about 2 n log2 n comparisons, whatever the input; takes no memory.
 */
void qsort(void *base, size_t count, size_t size,
	   int (*compare)(const void *, const void *));

/*
 * bsearch - find KEY among COUNT elements of SIZE bytes at BASE, sorted by
 * COMPARE, which gets KEY first. Returns the address of one, or NULL.
 */
void *bsearch(const void *key, const void *base, size_t count, size_t size,
	      int (*compare)(const void *, const void *));

/*
 * rand - a number from 0 to RAND_MAX: always the same sequence, one for each
 * SEED. The sequence of a program that never calls srand() is that of seed 1.
 */
int rand(void);
void srand(unsigned int seed);

/*
 * random - the same with a sequence of its own. rand_r - with one in *SEED.
 * drand48 - from 0 up to 1; lrand48 - from 0 to 2^31 - 1; mrand48 - any long.
 */
long random(void);
void srandom(unsigned int seed);
int rand_r(unsigned int *seed);
double drand48(void);
long lrand48(void);
long mrand48(void);
void srand48(long seed);

/*
 * The environment, strings "NAME=value", which execve() hands on.
 * getenv - the value of NAME, or NULL. Valid until the next change.
 * setenv - give NAME the value VALUE; if it has one already, only if OVERWRITE
 *	is not 0. The strings are copied. 0; -1: ENOMEM, EINVAL (a bad name).
 * unsetenv - take NAME out, if it is there. 0; -1: ENOMEM, EINVAL.
 */
char *getenv(const char *name);
int setenv(const char *name, const char *value, int overwrite);
int unsetenv(const char *name);
int putenv(char *text); /* "NAME=value", which becomes part of it, uncopied */
int clearenv(void);
char *secure_getenv(const char *name);

/*
 * exit - end with STATUS (its low 8 bits count): calls what atexit() was given,
 *	last one first, flushes and closes all streams.
 * atexit - have HANDLER called by exit(). Up to 32. Returns 0; -1: no room.
 * _Exit - end at once.
 * abort - end with the signal SIGABRT: 134 in a shell. Nothing is flushed.
 */
void exit(int status) __attribute__((noreturn));
int atexit(void (*handler)(void));
void _Exit(int status) __attribute__((noreturn));
void abort(void) __attribute__((noreturn));

/*
 * mkstemp - make a new file, and open it to read and write. PATH
 *	ends with XXXXXX, which a new name takes the place of; mkostemp(): with
 *	more FLAGS of open(). Returns the descriptor; -1: EINVAL, or as open().
 * mkdtemp - the same for a directory. Returns PATH, or NULL.
 */
int mkstemp(char *path);
int mkostemp(char *path, int flags);
char *mkdtemp(char *path);

/*
 * system - have /bin/sh run COMMAND. Returns its status as waitpid() tells it
 *	(127 << 8: there is no shell); -1: no process. NULL: is there a shell?
 * realpath - PATH without links, "." and "..", into RESULT (PATH_MAX bytes), or
 *	into memory from malloc() if that is NULL. NULL: ENOENT, EACCES …
 */
int system(const char *command);
char *realpath(const char *__restrict path, char *__restrict result);

/*
 * Characters of several bytes, in UTF-8; more of them in <wchar.h>. The length
 * in bytes; -1: not valid.
 */
#define MB_CUR_MAX 4
int mblen(const char *bytes, size_t size);
int mbtowc(wchar_t *__restrict result, const char *__restrict bytes,
	   size_t size);
int wctomb(char *bytes, wchar_t character);
size_t mbstowcs(wchar_t *__restrict to, const char *__restrict from,
		size_t count);
size_t wcstombs(char *__restrict to, const wchar_t *__restrict from,
		size_t size);

__END_DECLS

#endif
