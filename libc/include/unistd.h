/*
 * unistd.h - the system calls nearly every program makes. Unless a comment
 * says otherwise the result is 0 for success, -1 and errno for failure.
 */
#ifndef _UNISTD_H
#define _UNISTD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <abi/fcntl.h>
#include <getopt.h>
#include <sys/cdefs.h>

__BEGIN_DECLS

#define _POSIX_VERSION 200809L

enum {
	_SC_ARG_MAX = 0,
	_SC_CHILD_MAX = 1,
	_SC_CLK_TCK = 2,
	_SC_NGROUPS_MAX = 3,
	_SC_OPEN_MAX = 4,
	_SC_VERSION = 29,
	_SC_PAGESIZE = 30,
	_SC_IOV_MAX = 60,
	_SC_GETPW_R_SIZE_MAX = 70,
	_SC_NPROCESSORS_CONF = 83,
	_SC_NPROCESSORS_ONLN = 84,
	_SC_PHYS_PAGES = 85,
	_SC_AVPHYS_PAGES = 86,
	_SC_LINE_MAX = 43,
	_SC_HOST_NAME_MAX = 180
};
#define _SC_PAGE_SIZE _SC_PAGESIZE

enum {
	_PC_LINK_MAX,
	_PC_MAX_CANON,
	_PC_MAX_INPUT,
	_PC_NAME_MAX,
	_PC_PATH_MAX,
	_PC_PIPE_BUF
};

#define STDIN_FILENO  0
#define STDOUT_FILENO 1
#define STDERR_FILENO 2

/*
 * read, write - up to COUNT bytes between BUFFER and descriptor FD. Return how
 * many it was, which may be less; read() 0: end of file. -1: EBADF, EFAULT,
 * EINTR …
 */
ssize_t read(int fd, void *buffer, size_t count);
ssize_t write(int fd, const void *buffer, size_t count);
ssize_t pread(int fd, void *buffer, size_t count, off_t offset); /* there, */
ssize_t pwrite(int fd, const void *buffer, size_t count,
	       off_t offset); /* leaving the position alone */
int close(int fd);
int fsync(int fd); /* until it is safe: at once, all is in memory */
int fdatasync(int fd);
void sync(void);

/*
 * lseek - move the position of FD to OFFSET bytes from WHENCE: SEEK_SET (the
 * start), SEEK_CUR (where it is), SEEK_END. Returns the new position in bytes
 * from the start; -1: ESPIPE for a pipe or terminal, EINVAL, EBADF.
 */
off_t lseek(int fd, off_t offset, int whence);

/*
 * A second descriptor for the open file FD: the lowest free one; dup2(): TO,
 * which is closed before. Return it; -1: EBADF, EMFILE.
 */
int dup(int fd);
int dup2(int fd, int to);
int dup3(int fd, int to, int flags); /* O_CLOEXEC; -1: EINVAL if FD is TO */

/*
 * pipe - a channel: what is written to FDS[1] is read from FDS[0]. write()
 * without a reader sends SIGPIPE. 0; -1: EMFILE, ENFILE, EFAULT.
 */
int pipe(int fds[2]);
int pipe2(int fds[2], int flags); /* O_CLOEXEC, O_NONBLOCK */

/*
 * The tree of files. chdir() sets where relative paths begin. getcwd() writes
 * that place into BUFFER, of SIZE bytes, or into memory from malloc() if BUFFER
 * is NULL, and returns BUFFER; NULL: ERANGE.
 * access() asks whether PATH is there (F_OK) and may be read, written,
 * executed: R_OK | W_OK | X_OK. 0; -1: ENOENT, ENOTDIR, EACCES, EROFS …
 */
int chdir(const char *path);
char *getcwd(char *buffer, size_t size);
int unlink(const char *path); /* a file */
int rmdir(const char *path); /* an empty directory: else ENOTEMPTY */
int access(const char *path, int mode);
int faccessat(int directory, const char *path, int mode, int flags);
int fchdir(int fd);
int link(const char *from, const char *to); /* Faultline: ENOSYS, has none */
int symlink(const char *target, const char *path);
int unlinkat(int directory, const char *path, int flags);
int chown(const char *path, uid_t user, gid_t group);
int lchown(const char *path, uid_t user, gid_t group); /* the link itself */
int fchown(int fd, uid_t user, gid_t group);
int truncate(const char *path, off_t length); /* cut, or fill with 0s */
int ftruncate(int fd, off_t length);
ssize_t readlink(const char *__restrict path, char *__restrict buffer,
		 size_t size); /* returns the length; no final 0 */

/* 1 if FD is a terminal, else 0 with errno ENOTTY or EBADF. */
int isatty(int fd);

/* The path of terminal FD, in static memory or BUFFER. NULL: ENOTTY, EBADF;
 * ttyname_r() returns 0 or that number. */
char *ttyname(int fd);
int ttyname_r(int fd, char *buffer, size_t size);

pid_t getpid(void);
pid_t getppid(void); /* of the parent */
uid_t getuid(void); /* there is one user: 0, root */
uid_t geteuid(void);
gid_t getgid(void);
gid_t getegid(void);

/*
 * fork - a copy of this process. Returns 0 in the child, in the parent the
 * child's process number; -1: EAGAIN or ENOMEM, and there is no child.
 */
pid_t fork(void);
pid_t vfork(void); /* the same: the memory is not shared */

/*
 * Groups of processes: the jobs of a shell. A group has the number of the
 * process that was its first; a session, all groups at one terminal, likewise.
 * PID 0 is this process.
 * setpgid - put PID, this process or a child before its exec, into GROUP; 0: a
 *	new one of its own. -1: ESRCH, EACCES (after its exec), EPERM.
 * getpgid, getsid - the group, and the session, of PID; -1: ESRCH.
 * setsid - a new session with a new group, without a terminal. Returns its
 *	number; -1: EPERM, this process leads a group already.
 * tcsetpgrp - make GROUP the foreground of terminal FD: it may read, and gets
 *	the signals of keys. tcgetpgrp - which that is. -1: ENOTTY, it is not
 *	this session's terminal; EPERM, ESRCH.
 */
int setpgid(pid_t pid, pid_t group);
pid_t getpgid(pid_t pid);
pid_t getpgrp(void); /* of this process */
pid_t setsid(void);
pid_t getsid(pid_t pid);
int tcsetpgrp(int fd, pid_t group);
pid_t tcgetpgrp(int fd);

/*
 * Replace this program by the one in the file PATH, with the arguments ARGV
 * and the environment ENVP, both NULL-terminated. execvp() looks for names
 * without a slash in the directories of $PATH. Return only to report failure:
 * -1 and ENOENT, EACCES, ENOEXEC, E2BIG, ENOMEM …
 */
int execve(const char *path, char *const argv[], char *const envp[]);
int execv(const char *path, char *const argv[]);
int execvp(const char *file, char *const argv[]);
int execvpe(const char *file, char *const argv[], char *const envp[]);
int execl(const char *path, const char *argument, ... /*, NULL */);
int execlp(const char *file, const char *argument, ... /*, NULL */);
int execle(const char *path, const char *argument,
	   ... /*, NULL, char *const envp[] */);

/*
 * sleep - wait SECONDS, or until a signal has been handled. Returns how many
 *	seconds were left.
 * usleep - the same for MICROSECONDS. 0; -1: EINTR.
 */
unsigned int sleep(unsigned int seconds);
int usleep(unsigned int microseconds);

/*
 * alarm - send this process SIGALRM when SECONDS have passed; 0: do not.
 * Returns how many seconds were left of the alarm before.
 */
unsigned int alarm(unsigned int seconds);

/* Wait until a signal has been handled. Always -1 and EINTR. */
int pause(void);

/*
 * The program break: the end of the heap, the memory behind the program's
 * variables. brk() makes it ADDRESS. sbrk() moves it by INCREMENT bytes, which
 * may be negative, and returns the break as it was before, that is the start
 * of the new memory; (void *)-1 if it fails. Failure is ENOMEM and leaves the
 * break alone. sbrk(0) asks where the break is.
 */
int brk(void *address);
void *sbrk(intptr_t increment);

/*
 * sysconf - a property of the system, _SC_…; pathconf, fpathconf - of a file,
 * _PC_…. -1: EINVAL, there is no such property.
 */
long sysconf(int name);
long pathconf(const char *path, int name);
long fpathconf(int fd, int name);
int getpagesize(void);
int gethostname(char *buffer, size_t size); /* -1: ENAMETOOLONG */

/* End at once with STATUS: streams are not flushed. */
void _exit(int status) __attribute__((noreturn));

/*
 * syscall - the system call NUMBER (<sys/syscall.h>) with up to six arguments
 * of one word each. Returns what the kernel does; -1 and errno for failure.
 */
long syscall(long number, ...);

/* The strings NAME=value, NULL after the last. */
extern char **environ;

__END_DECLS

#endif
