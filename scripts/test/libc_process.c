/*
 * libc_process.c - what a program and the system have to do with each other:
 * start and end, descriptors, memory, jumps. The first argument chooses.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096

/* What an expression says, and errno if that was "failed". */
#define TRY(expression)                            \
	do {                                       \
		long result_;                      \
		errno = 0;                         \
		result_ = (long)(expression);      \
		printf("%s: %s %d\n", #expression, \
		       result_ == -1 ? "failed"    \
		       : result_     ? "not 0"     \
				     : "0",            \
		       errno);                     \
	} while (0)

static int arguments(int argc, char **argv)
{
	char *value = getenv("GREETING");

	printf("%d %d\n", argc, argv[argc] == NULL);
	for (int i = 1; i < argc; i++)
		printf("<%s>\n", argv[i]);
	printf("%s %d %d\n", value ? value : "nothing", getenv("GREET") != NULL,
	       getenv("GREETING=") != NULL);
	return 42;
}

static void first(void)
{
	printf("first, and so last\n");
}

static void second(void)
{
	printf("second\n");
	atexit(first);
}

static int handlers(void)
{
	int registered = 0;

	while (registered < 30 && atexit(first) == 0)
		registered++;
	printf("%d without a newline", registered);
	atexit(second);
	exit(256 + 7);
}

static jmp_buf context;

static int jump_back(const void *a, const void *b)
{
	(void)a;
	(void)b;
	longjmp(context, 0);
}

/* Out of the middle of qsort(), which the C library has compiled. */
static int jumps(void)
{
	static int numbers[20];
	volatile int round = 0;
	int result = setjmp(context);

	printf("setjmp %d\n", result);
	if (round++ == 0)
		qsort(numbers, 20, sizeof(numbers[0]), jump_back);
	if (round < 5)
		longjmp(context, -round);
	return result == -4 ? 0 : 1;
}

static int program_break(void)
{
	char *start = sbrk(0);
	char *heap = sbrk(3 * PAGE);

	printf("%d", heap == start);
	printf(" %d", (char *)sbrk(0) == start + 3 * PAGE);
	heap[0] = heap[3 * PAGE - 1] = 1;
	printf(" %d", (char *)sbrk(-PAGE) == start + 3 * PAGE);
	printf(" %d", (char *)sbrk(1) == start + 2 * PAGE);
	printf(" %d\n", (char *)sbrk(0) == start + 2 * PAGE + 1);
	TRY(sbrk(INTPTR_MAX));
	TRY(sbrk(INTPTR_MIN));
	TRY(brk((void *)0xc0000000));
	printf("%d\n", (char *)sbrk(0) == start + 2 * PAGE + 1);
	TRY(brk(start + 5 * PAGE));
	printf("%d\n", (char *)sbrk(0) == start + 5 * PAGE);
	TRY(brk(start));
	printf("%d\n", (char *)sbrk(0) == start);
	return 0;
}

static int mappings(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	off_t far = 5LL * 1024 * 1024 * 1024; /* no 32 bits reach it */
	char *memory;

	lseek(fd, far, SEEK_SET);
	write(fd, "far away", 9);
	memory = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	printf("%d %d", memory != MAP_FAILED, memory[2 * PAGE]);
	memory[PAGE] = 'x';
	TRY(mprotect(memory, PAGE, PROT_READ));
	TRY(mprotect(memory + 1, PAGE, PROT_READ));
	TRY(munmap(memory + PAGE, PAGE));
	TRY(mprotect(memory, 3 * PAGE, PROT_READ));
	TRY(munmap(memory + 1, PAGE));
	TRY(munmap(memory, 0));
	TRY(munmap(memory, 3 * PAGE));
	TRY(mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	TRY(mmap(NULL, 0xfffff001, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		 0));
	TRY(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, 77, 0));
	TRY(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 1));
	TRY(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 1LL << 44));
	memory = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, far);
	printf("%s\n", memory == MAP_FAILED ? "failed" : memory);
	return close(fd);
}

/* More than PTRDIFF_MAX is refused before the kernel hears of it. */
static int half_of_everything(void)
{
	TRY(mmap(NULL, 0x80000000, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		 0));
	return 0;
}

static int descriptors(const char *path)
{
	struct iovec pieces[] = { { "one ", 4 }, { "", 0 }, { "two\n", 4 } };
	char text[16] = "";
	struct winsize size;
	struct termios termios;
	int fd;

	TRY(open("/nonexistent", O_RDONLY));
	TRY(open(path, O_WRONLY | O_CREAT | O_EXCL, 0640));
	fd = open(path, O_RDWR | O_TRUNC);
	printf("%d\n", (int)writev(fd, pieces, 3));
	printf("%d\n", dprintf(fd, "%s %d\n", "three", 4));
	printf("%lld\n", (long long)lseek(fd, 0, SEEK_CUR));
	printf("%lld\n", (long long)lseek(fd, -4, SEEK_END));
	printf("%d %s", (int)read(fd, text, sizeof(text)), text);
	printf("%d\n", (int)read(fd, text, sizeof(text)));
	printf("%lld\n", (long long)lseek(fd, 10000000000, SEEK_SET));
	printf("%lld\n", (long long)lseek(fd, -1000000000, SEEK_CUR));
	TRY(lseek(fd, -1, SEEK_SET));
	TRY(lseek(fd, 0, 99));
	lseek(fd, 0, SEEK_SET);
	TRY(read(fd, (void *)16, 5));
	TRY(write(fd, (void *)16, 5));
	TRY(write(77, "x", 1));
	printf("dup %d\n", dup(fd) - fd);
	printf("fcntl %d\n", fcntl(fd, F_DUPFD_CLOEXEC, 60));
	printf("fcntl %d %d\n", fcntl(60, F_GETFD), fcntl(fd, F_GETFD));
	printf("%o\n", fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND));
	TRY(close(fd));
	TRY(close(fd));
	TRY(isatty(60));
	TRY(isatty(77));
	TRY(tcgetattr(60, &termios));
	TRY(tcsetattr(60, 3, &termios));
	TRY(tcsetattr(60, TCSANOW, &termios));
	TRY(ioctl(60, TIOCGWINSZ, &size));
	TRY(syscall(SYS_close, 60));
	TRY(syscall(SYS_close, 60));
	TRY(syscall(9999));
	TRY(syscall(SYS_getpid) == getpid());
	return 0;
}

static int status_of(const char *path)
{
	int fd = open(path, O_RDONLY);
	struct stat by_path, status;

	if (stat(path, &by_path) < 0 || fstat(fd, &status) < 0)
		return errno;
	printf("%lld %lld %o %u %u %u %lld %lld %lld %lld %lld\n",
	       (long long)status.st_dev, (long long)status.st_ino,
	       status.st_mode, (unsigned int)status.st_nlink, status.st_uid,
	       status.st_gid, (long long)status.st_size,
	       (long long)status.st_blocks, (long long)status.st_atime,
	       (long long)status.st_mtime, (long long)status.st_ctime);
	printf("%d %d\n", by_path.st_ino == status.st_ino,
	       by_path.st_size == status.st_size);
	TRY(stat("/nonexistent", &status));
	TRY(fstat(77, &status));
	TRY(stat((void *)16, &status));
	return 0;
}

static int system_and_time(void)
{
	struct utsname name;
	struct timespec before, after;
	time_t now, copy;

	printf("%d %s %s %s\n", uname(&name), name.sysname, name.nodename,
	       name.release);
	clock_gettime(CLOCK_MONOTONIC, &before);
	clock_gettime(CLOCK_MONOTONIC, &after);
	printf("%d\n", after.tv_sec > before.tv_sec ||
			       (after.tv_sec == before.tv_sec &&
				after.tv_nsec >= before.tv_nsec));
	TRY(clock_gettime(4711, &after));
	now = time(&copy);
	printf("%lld %d %d\n", (long long)now, now == copy, getpid());
	return 0;
}

/* Which write() brings what: one per full buffer, per call on stderr. */
static int buffering(void)
{
	for (int i = 0; i < 1500; i++)
		printf("%4d", i);
	fprintf(stderr, "%s %d\n", "one", 1);
	fputs("two", stderr);
	printf("\nrest");
	return 0;
}

/* A question without a newline must be seen before its answer is read. */
static int dialogue(void)
{
	char line[32];

	printf("line\npart? ");
	if (fgets(line, sizeof(line), stdin))
		printf("[%s]", line);
	return 0;
}

static int allocated_text(void)
{
	char *text = NULL;
	int length = asprintf(&text, "%s-%d", "allocated", 5);

	printf("%d %s\n", length, text);
	free(text);
	srand(1);
	length = rand();
	srand(1);
	printf("%d %d\n", length == rand(), length >= 0);
	errno = ENOENT;
	perror("path");
	errno = EINVAL;
	perror(NULL);
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	const char *path = argc > 2 ? argv[2] : "";

	if (strcmp(what, "arguments") == 0)
		return arguments(argc, argv);
	if (strcmp(what, "handlers") == 0)
		return handlers();
	if (strcmp(what, "jumps") == 0)
		return jumps();
	if (strcmp(what, "break") == 0)
		return program_break();
	if (strcmp(what, "mappings") == 0)
		return mappings(path);
	if (strcmp(what, "half") == 0)
		return half_of_everything();
	if (strcmp(what, "descriptors") == 0)
		return descriptors(path);
	if (strcmp(what, "status") == 0)
		return status_of(path);
	if (strcmp(what, "system") == 0)
		return system_and_time();
	if (strcmp(what, "buffering") == 0)
		return buffering();
	if (strcmp(what, "dialogue") == 0)
		return dialogue();
	if (strcmp(what, "text") == 0)
		return allocated_text();
	printf("not yet written");
	if (strcmp(what, "assert") == 0)
		assert(argc == 1 && "a reason");
	if (strcmp(what, "abort") == 0)
		abort();
	_exit(3);
}
