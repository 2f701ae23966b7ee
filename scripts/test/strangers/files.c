/*
 * files.c - a program nobody wrote for Faultline: what glibc makes of files:
 * streams, positions, directories, maps, temporary names.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <ftw.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static void tell(long result)
{
	printf("%ld %s\n", result, result < 0 ? strerror(errno) : "fine");
}

static void streams(void)
{
	FILE *file = fopen("stream", "w+");
	char line[100];
	long position;
	int number;
	double real;
	char word[20];

	setvbuf(file, NULL, _IOFBF, 64);
	for (int i = 0; i < 1000; i++)
		fprintf(file, "%d %.3f word%d\n", i, i / 7.0, i * i);
	position = ftell(file);
	printf("written %ld\n", position);
	rewind(file);
	for (int i = 0; i < 500; i++)
		if (fscanf(file, "%d %lf %19s", &number, &real, word) != 3)
			break;
	printf("%d %.3f %s at %ld\n", number, real, word, ftell(file));
	fseek(file, -20, SEEK_END);
	while (fgets(line, sizeof(line), file))
		printf("[%s]", line);
	printf("end %d error %d\n", !!feof(file), !!ferror(file));
	fseek(file, 10, SEEK_SET);
	fputs("HERE", file);
	fflush(file);
	rewind(file);
	fgets(line, sizeof(line), file);
	fgets(line, sizeof(line), file);
	printf("%s", line);
	ungetc('x', file);
	printf("%c%c\n", getc(file), getc(file));
	fclose(file);
	file = fopen("stream", "a");
	fputs("appended\n", file);
	printf("%ld\n", ftell(file));
	fclose(file);
	tell(fopen("nowhere/at/all", "r") == NULL);
	tell(fopen("stream", "wx") == NULL);
}

static void in_memory(void)
{
	char *text = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&text, &size);

	for (int i = 0; i < 5000; i++)
		fprintf(file, "%d,", i);
	fclose(file);
	printf("%zu %.20s\n", size, text);
	free(text);
	file = tmpfile();
	if (!file) {
		perror("tmpfile");
		return;
	}
	fputs("temporary", file);
	rewind(file);
	printf("%c\n", getc(file));
	fclose(file);
	{
		char name[] = "tempXXXXXX";
		int fd = mkstemp(name);
		struct stat status;

		fstat(fd, &status);
		printf("mkstemp %o %d\n", status.st_mode, (int)status.st_size);
		close(fd);
		unlink(name);
	}
	{
		char name[] = "dirXXXXXX";

		printf("%d\n", mkdtemp(name) != NULL);
		printf("%d\n", rmdir(name));
	}
}

static void positions(void)
{
	int fd = open("raw", O_RDWR | O_CREAT | O_TRUNC, 0640);
	char buffer[64];
	struct iovec parts[3] = { { "one", 3 }, { "", 0 }, { "three", 5 } };
	struct stat status;

	printf("%zd\n", writev(fd, parts, 3));
	printf("%d\n", (int)lseek(fd, 100000, SEEK_SET));
	printf("%zd\n", write(fd, "far", 3));
	printf("%zd", pread(fd, buffer, 8, 0));
	printf(" %.8s %d\n", buffer, (int)lseek(fd, 0, SEEK_CUR));
	printf("%zd\n", pwrite(fd, "X", 1, 3));
	lseek(fd, -3, SEEK_END);
	printf("%zd %.3s\n", read(fd, buffer, 10), buffer);
	printf("%zd\n", read(fd, buffer, 10));
	fstat(fd, &status);
	printf("%d %o %d\n", (int)status.st_size, status.st_mode,
	       (int)status.st_nlink);
	printf("%d\n", ftruncate(fd, 10));
	printf("%d\n", (int)lseek(fd, 0, SEEK_END));
	tell((int)lseek(fd, -1, SEEK_SET));
	printf("%d %d\n", fsync(fd), fdatasync(fd));
	printf("%d\n", ftruncate(fd, 5000));
	printf("%d %x\n", fcntl(fd, F_GETFD), fcntl(fd, F_GETFL));
	printf("%d %d\n", fcntl(fd, F_SETFD, FD_CLOEXEC), fcntl(fd, F_GETFD));
	printf("%d\n", fcntl(fd, F_DUPFD, 20));
	{
		struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

		printf("lock %d\n", fcntl(fd, F_SETLK, &lock));
		printf("get %d", fcntl(fd, F_GETLK, &lock));
		printf(" %d\n", lock.l_type == F_UNLCK);
		printf("lockf %d\n", lockf(fd, F_ULOCK, 0));
	}
	close(fd);
	tell(close(fd));
}

static void maps(void)
{
	int fd = open("raw", O_RDWR);
	char *map =
		mmap(NULL, 5000, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);

	printf("%.3s %.1s\n", map, map + 3);
	memcpy(map, "MINE", 4);
	printf("%.8s\n", map);
	munmap(map, 5000);
	map = mmap(NULL, 5000, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED) {
		perror("shared");
	} else {
		memcpy(map, "OURS", 4);
		msync(map, 5000, MS_SYNC);
		munmap(map, 5000);
	}
	{
		char buffer[5] = "";

		pread(fd, buffer, 4, 0);
		printf("%s\n", buffer);
	}
	close(fd);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int walked(const char *path, const struct stat *status, int kind,
		  struct FTW *ftw)
{
	(void)status;
	printf("walk %s %d %d\n", path, kind, ftw->level);
	return 0;
}

static void directories(void)
{
	struct dirent **names;
	glob_t found;
	char path[PATH_MAX];
	int count;

	printf("%d\n", mkdir("tree", 0755));
	tell(mkdir("tree", 0755));
	mkdir("tree/b", 0700);
	for (int i = 0; i < 300; i++) {
		sprintf(path, "tree/b/file%03d", i);
		close(open(path, O_CREAT | O_WRONLY, 0600));
	}
	count = scandir("tree/b", &names, NULL, by_name);
	printf("%d %s %s\n", count, names[2]->d_name, names[count - 1]->d_name);
	for (int i = 0; i < 280; i++) {
		sprintf(path, "tree/b/file%03d", i);
		unlink(path);
	}
	tell(rmdir("tree"));
	printf("%d\n", rename("tree/b/file280", "tree/moved"));
	tell(rename("tree", "tree/b/inside"));
	if (!glob("tree/b/*29[0-5]", 0, NULL, &found))
		for (size_t i = 0; i < found.gl_pathc; i++)
			printf("glob %s\n", found.gl_pathv[i]);
	globfree(&found);
	printf("%d\n", fnmatch("*.[ch]", "x.c", 0));
	printf("%d\n", chdir("tree/b"));
	printf("%s\n", strrchr(getcwd(path, sizeof(path)), '/'));
	printf("%d\n", access("../moved", R_OK | W_OK));
	tell(access("nobody", F_OK));
	printf("%s\n", strstr(realpath("../b/./file290", path), "tree/b"));
	chdir("../..");
	for (int i = 283; i < 300; i++) {
		sprintf(path, "tree/b/file%03d", i);
		unlink(path);
	}
	nftw("tree/b/file281", walked, 10, FTW_PHYS);
	tell(open("tree", O_WRONLY));
	tell(open("raw/x", O_RDONLY));
	tell(unlink("tree"));
	{
		DIR *directory = opendir("tree/b");
		int entries = 0;

		while (readdir(directory))
			entries++;
		rewinddir(directory);
		while (readdir(directory))
			entries++;
		printf("%d entries\n", entries);
		closedir(directory);
	}
	{
		int at = open("tree", O_RDONLY | O_DIRECTORY);
		int fd = openat(at, "new", O_CREAT | O_RDWR, 0644);

		printf("openat %d\n", fd >= 0);
		close(fd);
		printf("%d\n", unlinkat(at, "new", 0));
		printf("%d\n", fchdir(at));
		printf("%s\n", strrchr(getcwd(path, sizeof(path)), '/'));
		close(at);
		chdir("..");
	}
}

static void links(void)
{
	char path[100] = "";
	struct stat status;

	printf("%d\n", symlink("raw", "symbolic"));
	printf("%zd %s\n", readlink("symbolic", path, sizeof(path)), path);
	printf("%d", lstat("symbolic", &status));
	printf(" %d\n", S_ISLNK(status.st_mode));
	printf("%d", stat("symbolic", &status));
	printf(" %d\n", S_ISREG(status.st_mode));
	unlink("symbolic");
	printf("%d\n", chmod("raw", 0444));
	stat("raw", &status);
	printf("%o\n", status.st_mode & 07777);
	{
		struct timespec times[2] = { { 1000000000, 5 },
					     { 981173106, 7 } };

		printf("%d\n", utimensat(AT_FDCWD, "raw", times, 0));
		stat("raw", &status);
		printf("%lld %lld\n", (long long)status.st_atime,
		       (long long)status.st_mtime);
	}
	printf("%d\n", mkfifo("fifo", 0600));
	stat("fifo", &status);
	printf("%d\n", S_ISFIFO(status.st_mode));
	unlink("fifo");
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	umask(022);
	streams();
	in_memory();
	positions();
	maps();
	directories();
	links();
	unlink("raw");
	unlink("stream");
	unlink("tree/moved");
	for (int i = 281; i < 283; i++) {
		char path[40];

		sprintf(path, "tree/b/file%d", i);
		unlink(path);
	}
	printf("%d\n", rmdir("tree/b"));
	printf("%d\n", rmdir("tree"));
	return 0;
}
