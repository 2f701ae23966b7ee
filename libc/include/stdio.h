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
#include <sys/cdefs.h>
#include <abi/fcntl.h> /* SEEK_SET, SEEK_CUR, SEEK_END */

__BEGIN_DECLS

#define EOF    (-1)
#define BUFSIZ 4096 /* bytes of a stream's buffer */

#define FOPEN_MAX    16 /* streams that can be open, and more */
#define FILENAME_MAX 4096 /* bytes of a path */
#define P_tmpdir     "/tmp"
#define L_tmpnam     20 /* bytes of a name from tmpnam() */
#define TMP_MAX      238328 /* different ones */

#define _IOFBF 0 /* written when the buffer is full */
#define _IOLBF 1 /* and at the end of each line */
#define _IONBF 2 /* at once */

typedef struct __file FILE;
typedef off_t fpos_t;

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
 * fdopen - a stream for the open descriptor FD, which fclose() then closes.
 *	NULL: EINVAL (FD is not open for what MODE says), EBADF, ENOMEM.
 * freopen - open PATH in place of what FILE stands for now, with the same
 *	descriptor; PATH NULL: the same file with another MODE. NULL: as
 *	fopen(), and FILE is closed.
 * fclose - flush, close, free. 0; EOF: something could not be written.
 * fflush - hand what is in the buffer to the kernel; of an input file: put the
 *	position back to what was read by the program. NULL: all output
 *	streams. 0 or EOF.
 * setvbuf - choose MODE (_IO?BF) and perhaps a BUFFER of SIZE bytes, as the
 *	first thing done with FILE. 0; -1: EINVAL.
 * setbuf - setvbuf() with BUFSIZ bytes, or unbuffered if BUFFER is NULL;
 *	setbuffer() with SIZE bytes. setlinebuf - write at the end of lines.
 */
FILE *fopen(const char *__restrict path, const char *__restrict mode);
FILE *fdopen(int fd, const char *mode);
FILE *freopen(const char *__restrict path, const char *__restrict mode,
	      FILE *__restrict file);
int fclose(FILE *file);
int fflush(FILE *file);
int setvbuf(FILE *__restrict file, char *__restrict buffer, int mode,
	    size_t size);
void setbuf(FILE *__restrict file, char *__restrict buffer);
void setbuffer(FILE *file, char *buffer, size_t size);
void setlinebuf(FILE *file);

/*
 * Streams of memory.
 * fmemopen - read and write the SIZE bytes at ARRAY as if they were a file;
 *	ARRAY NULL: SIZE bytes from malloc(), until fclose(). A 0 is kept behind
 *	what is written, if it has room. NULL: EINVAL, ENOMEM.
 * open_memstream - write to memory that grows. After fflush() or fclose() its
 *	address is in *RESULT, to be freed after fclose(), and the number of
 *	bytes, without the 0 behind them, in *SIZE. NULL: ENOMEM.
 */
FILE *fmemopen(void *__restrict array, size_t size,
	       const char *__restrict mode);
FILE *open_memstream(char **result, size_t *size);

/*
 * popen - run COMMAND with sh(1); MODE "r": read what it writes, "w": write
 *	what it reads; with "e" close on exec. NULL: EINVAL, or as pipe(),
 *	fork(), malloc().
 * pclose - close that stream and wait for the command. Returns its status as
 *	wait() does; -1: ECHILD.
 */
FILE *popen(const char *command, const char *mode);
int pclose(FILE *file);

/*
 * tmpfile - a file without a name, to write and read. NULL: as open().
 * tmpnam - a path that no file has yet, in BUFFER of L_tmpnam bytes, or in
 *	static memory. Somebody else may take it: prefer mkstemp().
 */
FILE *tmpfile(void);
char *tmpnam(char *buffer);

/* COUNT objects of SIZE bytes; returns how many objects it really was. */
size_t fread(void *__restrict to, size_t size, size_t count,
	     FILE *__restrict file);
size_t fwrite(const void *__restrict from, size_t size, size_t count,
	      FILE *__restrict file);

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
 * getdelim - the same up to the byte LAST.
 * fputs - write STRING. puts - to stdout, and a newline. EOF if that fails.
 */
char *fgets(char *__restrict buffer, int size, FILE *__restrict file);
ssize_t getline(char **__restrict line, size_t *__restrict size,
		FILE *__restrict file);
ssize_t getdelim(char **__restrict line, size_t *__restrict size, int last,
		 FILE *__restrict file);
int fputs(const char *__restrict string, FILE *__restrict file);
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
 * fgetpos, fsetpos - store the position; go back to it. 0 or -1.
 */
int fseek(FILE *file, long offset, int whence);
int fseeko(FILE *file, off_t offset, int whence);
long ftell(FILE *file);
off_t ftello(FILE *file);
void rewind(FILE *file);
int fgetpos(FILE *__restrict file, fpos_t *__restrict position);
int fsetpos(FILE *file, const fpos_t *position);

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

int printf(const char *__restrict format, ...) __PRINTF(1, 2);
int fprintf(FILE *__restrict file, const char *__restrict format, ...)
	__PRINTF(2, 3);
int dprintf(int fd, const char *__restrict format, ...) __PRINTF(2, 3);
int sprintf(char *__restrict buffer, const char *__restrict format, ...)
	__PRINTF(2, 3);
int snprintf(char *__restrict buffer, size_t size,
	     const char *__restrict format, ...) __PRINTF(3, 4);
int asprintf(char **__restrict result, const char *__restrict format, ...)
	__PRINTF(2, 3);

int vprintf(const char *__restrict format, va_list arguments) __PRINTF(1, 0);
int vfprintf(FILE *__restrict file, const char *__restrict format,
	     va_list arguments) __PRINTF(2, 0);
int vdprintf(int fd, const char *__restrict format, va_list arguments)
	__PRINTF(2, 0);
int vsprintf(char *__restrict buffer, const char *__restrict format,
	     va_list arguments) __PRINTF(2, 0);
int vsnprintf(char *__restrict buffer, size_t size,
	      const char *__restrict format, va_list arguments) __PRINTF(3, 0);
int vasprintf(char **__restrict result, const char *__restrict format,
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

int scanf(const char *__restrict format, ...) __SCANF(1, 2);
int fscanf(FILE *__restrict file, const char *__restrict format, ...)
	__SCANF(2, 3);
int sscanf(const char *__restrict text, const char *__restrict format, ...)
	__SCANF(2, 3);
int vscanf(const char *__restrict format, va_list targets) __SCANF(1, 0);
int vfscanf(FILE *__restrict file, const char *__restrict format,
	    va_list targets) __SCANF(2, 0);
int vsscanf(const char *__restrict text, const char *__restrict format,
	    va_list targets) __SCANF(2, 0);

/* Give file FROM the path TO, whose file, if any, goes away. 0 or -1. */
int rename(const char *from, const char *to);

/* "TEXT: what errno means" and a newline on stderr. TEXT may be NULL. */
void perror(const char *text);

/*
 * Locks between threads. A process has one, so these do nothing, and the
 * functions that rely on a lock are the usual ones.
 */
void flockfile(FILE *file);
int ftrylockfile(FILE *file);
void funlockfile(FILE *file);
int fgetc_unlocked(FILE *file);
int getc_unlocked(FILE *file);
int getchar_unlocked(void);
int fputc_unlocked(int c, FILE *file);
int putc_unlocked(int c, FILE *file);
int putchar_unlocked(int c);
size_t fread_unlocked(void *__restrict to, size_t size, size_t count,
		      FILE *__restrict file);
size_t fwrite_unlocked(const void *__restrict from, size_t size, size_t count,
		       FILE *__restrict file);
int fflush_unlocked(FILE *file);
int feof_unlocked(FILE *file);
int ferror_unlocked(FILE *file);
void clearerr_unlocked(FILE *file);
int fileno_unlocked(FILE *file);

/* Remove a file, or an empty directory. 0; -1: ENOENT, ENOTEMPTY, EACCES … */
int remove(const char *path);

__END_DECLS

#endif
