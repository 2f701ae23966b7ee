/*
 * popen.c - a stream to or from a command of the shell: a pipe, and a child at
 * its other end.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "file.h"

/* In the child: no stream of an earlier popen() may stay open in it. */
static void run(const char *command, int fd, int standard)
{
	char *arguments[] = { "sh", "-c", (char *)command, NULL };

	for (FILE *file = __open_files; file; file = file->following)
		if (file->child > 0 && file->fd != standard)
			close(file->fd);
	if (fd == standard)
		fcntl(fd, F_SETFD, 0);
	else
		dup2(fd, standard);
	execve("/bin/sh", arguments, environ);
	_exit(127);
}

FILE *popen(const char *command, const char *mode)
{
	bool reads = *mode == 'r';
	int fds[2]; /* to read, to write */
	FILE *file;

	if (!reads && *mode != 'w') {
		errno = EINVAL;
		return NULL;
	}
	if (pipe(fds) < 0)
		return NULL;
	fcntl(fds[0], F_SETFD, FD_CLOEXEC);
	fcntl(fds[1], F_SETFD, FD_CLOEXEC);
	file = __new_file(reads ? O_RDONLY : O_WRONLY, 0);
	if (file) {
		file->fd = fds[!reads];
		file->child = fork();
	}
	if (file && file->child == 0)
		run(command, fds[reads], reads);
	close(fds[reads]);
	if (!file) {
		close(fds[!reads]);
		return NULL;
	}
	if (file->child < 0) {
		fclose(file);
		return NULL;
	}
	if (!strchr(mode, 'e'))
		fcntl(file->fd, F_SETFD, 0);
	return file;
}

int pclose(FILE *file)
{
	pid_t child = file->child;
	int status;

	fclose(file);
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return status;
}
