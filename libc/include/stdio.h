/*
 * stdio.h - streams: files with a buffer in front. A stream collects what is
 * written to it and hands it to the kernel when the buffer is full (terminals:
 * at the end of each line; stderr: at once), and reads ahead.
 * Failures set errno.
 */
#ifndef _STDIO_H
#define _STDIO_H

#include <stdarg.h>
#include <stddef.h>
#include <sys/types.h>
#include <abi/fcntl.h> /* SEEK_SET, SEEK_CUR, SEEK_END */

#define EOF    (-1)
#define BUFSIZ 4096 /* bytes of a stream's buffer */

#define _IOFBF 0 /* written when the buffer is full */
#define _IOLBF 1 /* and at the end of each line */
#define _IONBF 2 /* at once */

typedef struct __file FILE;

extern FILE *const stdin;
extern FILE *const stdout;
extern FILE *const stderr;
#define stdin  stdin
#define stdout stdout
#define stderr stderr

/*
 * fopen - open PATH. MODE: "r" read; "w" make anew and write; "a" append; "+"
 *	after it: both read and write; "x" (with w): must not exist yet; "e":
 *	close on exec; "b" means nothing. NULL: EINVAL, ENOMEM, or as open().
 * fclose - flush, close, free. 0; EOF: something could not be written.
 * fflush - hand what is in the buffer to the kernel; of an input file: put the
 *	position back to what was read by the program. NULL: all output
 *	streams. 0 or EOF.
 * setvbuf - choose MODE (_IO?BF) and perhaps a BUFFER of SIZE bytes, as the
 *	first thing done with FILE. 0; -1: EINVAL.
 * setbuf - setvbuf() with BUFSIZ bytes, or unbuffered if BUFFER is NULL.
 */
FILE *fopen(const char *restrict path, const char *restrict mode);
int fclose(FILE *file);
int fflush(FILE *file);
int setvbuf(FILE *restrict file, char *restrict buffer, int mode, size_t size);
void setbuf(FILE *restrict file, char *restrict buffer);

/* COUNT objects of SIZE bytes; returns how many objects it really was. */
size_t fread(void *restrict to, size_t size, size_t count, FILE *restrict file);
size_t fwrite(const void *restrict from, size_t size, size_t count,
	      FILE *restrict file);

/*
 * One character, as an unsigned char's value; EOF: the end, or an error.
 * ungetc() puts C back so that it is read next: at least 8 characters may be
 * put back in a row. Returns C; EOF: no room, or C is EOF.
 */
int fgetc(FILE *file);
int getc(FILE *file);
int getchar(void);
int ungetc(int c, FILE *file);

/* Write one character. Return it, or EOF. */
int fputc(int c, FILE *file);
int putc(int c, FILE *file);
int putchar(int c);

/*
 * fgets - read a line, with its newline, but at most SIZE - 1 bytes; a 0
 *	follows. Returns BUFFER; NULL: the end came first, or an error.
 * getline - read a whole line, with its newline, into *LINE, *SIZE bytes from
 *	malloc() (at first NULL and 0) that grow as needed; free() it at last.
 *	Returns the length in bytes; -1: the end, or an error (ENOMEM).
 * fputs - write STRING. puts - to stdout, and a newline. EOF if that fails.
 */
char *fgets(char *restrict buffer, int size, FILE *restrict file);
ssize_t getline(char **restrict line, size_t *restrict size,
		FILE *restrict file);
int fputs(const char *restrict string, FILE *restrict file);
int puts(const char *string);

/* State: has the end been met, or an error? clearerr() forgets both. */
int feof(FILE *file);
int ferror(FILE *file);
void clearerr(FILE *file);
int fileno(FILE *file); /* the descriptor */

/*
 * fseek, fseeko - go to OFFSET bytes from WHENCE (see lseek()). 0 or -1.
 * ftell, ftello - where the next byte will be read or written; -1: ESPIPE.
 * rewind - go to the start, forget errors.
 */
int fseek(FILE *file, long offset, int whence);
int fseeko(FILE *file, off_t offset, int whence);
long ftell(FILE *file);
off_t ftello(FILE *file);
void rewind(FILE *file);

/*
 * The printf family. FORMAT: text and conversions
 *	% flags width .precision length letter
 *	flags		- left; + and space: sign of positive numbers; # 0 or 0x
 *			in front; 0 fill with zeros; ' is accepted
 *	width, precision: a number, or * for an int argument
 *	length		hh h l ll j z t; L: long double
 *	letters		d i u o x X c s p %; a A e E f F g G, with as many
 *			digits as asked for, correctly rounded, from the
 *			middle to the even digit; n: stores the length so far;
 *			m is strerror(errno); lc and ls: wide, ASCII only
 * Anything else is printed as it stands in FORMAT.
 * The result is the length of the text in bytes (without the final 0), also
 * where it did not fit; -1: an error, EOVERFLOW if longer than INT_MAX.
 *
 * snprintf - into BUFFER, of SIZE bytes: cut if need be, always a 0 at the end
 *	(unless SIZE is 0: then nothing is written).
 * sprintf - the same without a limit.
 * asprintf - into memory from malloc(), whose address it leaves in *RESULT.
 * dprintf - to descriptor FD.
 */
#define __PRINTF(text, first) __attribute__((format(printf, text, first)))

int printf(const char *restrict format, ...) __PRINTF(1, 2);
int fprintf(FILE *restrict file, const char *restrict format, ...)
	__PRINTF(2, 3);
int dprintf(int fd, const char *restrict format, ...) __PRINTF(2, 3);
int sprintf(char *restrict buffer, const char *restrict format, ...)
	__PRINTF(2, 3);
int snprintf(char *restrict buffer, size_t size, const char *restrict format,
	     ...) __PRINTF(3, 4);
int asprintf(char **restrict result, const char *restrict format, ...)
	__PRINTF(2, 3);

int vprintf(const char *restrict format, va_list arguments) __PRINTF(1, 0);
int vfprintf(FILE *restrict file, const char *restrict format,
	     va_list arguments) __PRINTF(2, 0);
int vdprintf(int fd, const char *restrict format, va_list arguments)
	__PRINTF(2, 0);
int vsprintf(char *restrict buffer, const char *restrict format,
	     va_list arguments) __PRINTF(2, 0);
int vsnprintf(char *restrict buffer, size_t size, const char *restrict format,
	      va_list arguments) __PRINTF(3, 0);
int vasprintf(char **restrict result, const char *restrict format,
	      va_list arguments) __PRINTF(2, 0);

/*
 * The scanf family. FORMAT: white space, which stands for any amount of it;
 * other text, which must be there as it is; and conversions
 *	% * width m length letter
 *	*		read, but assign nothing
 *	width		at most so many characters; c: so many, else 1
 *	m		(c s [) into memory from malloc(): the target is a
 *			char **, to be freed
 *	length		hh h l ll j z t; for floating point none: float, l:
 *			double, L: long double
 *	letters		d i u o x X p, a e f g, c s, [set] [^set] with ranges
 *			such as 0-9; n: stores how many characters were read;
 *			% (all but c [ n skip white space in front)
 * Returns how many targets were assigned, which may be fewer than asked for:
 * the first character that does not match stays unread. EOF: the end, or an
 * error, came before anything was assigned.
 */
#define __SCANF(text, first) __attribute__((format(scanf, text, first)))

int scanf(const char *restrict format, ...) __SCANF(1, 2);
int fscanf(FILE *restrict file, const char *restrict format, ...) __SCANF(2, 3);
int sscanf(const char *restrict text, const char *restrict format, ...)
	__SCANF(2, 3);
int vscanf(const char *restrict format, va_list targets) __SCANF(1, 0);
int vfscanf(FILE *restrict file, const char *restrict format, va_list targets)
	__SCANF(2, 0);
int vsscanf(const char *restrict text, const char *restrict format,
	    va_list targets) __SCANF(2, 0);

/* Give file FROM the path TO, whose file, if any, goes away. 0 or -1. */
int rename(const char *from, const char *to);

/* "TEXT: what errno means" and a newline on stderr. TEXT may be NULL. */
void perror(const char *text);

/* Remove a file, or an empty directory. 0; -1: ENOENT, ENOTEMPTY, EACCES … */
int remove(const char *path);

#endif
