/*
 * malloc_trace.c - what the environment asks of malloc: glibc's thresholds, and
 * marks. With MALLOC_TRACE=FILE each step of malloc.c is one line written to
 * FILE by one write(). On Faultline that is the kernel's trace_marker, which
 * puts the line between its own events.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "malloc_chunk.h"

#define UNDECIDED (-2)

static int marks = UNDECIDED; /* a descriptor, or -1 */

/* Setting any of glibc's variables stops the adjustment of the threshold. */
static size_t setting(const char *name, size_t value)
{
	const char *text = getenv(name);

	if (!text)
		return value;
	main_arena.learning = false;
	return strtoul(text, NULL, 0);
}

static void read_settings(void)
{
	struct malloc_state *a = &main_arena;

	a->mmap_threshold =
		setting("MALLOC_MMAP_THRESHOLD_", a->mmap_threshold);
	a->trim_threshold =
		setting("MALLOC_TRIM_THRESHOLD_", a->trim_threshold);
	a->pad_max = setting("MALLOC_TOP_PAD_", a->pad_max);
	if (getenv("MALLOC_TOP_PAD_"))
		a->pad_min = a->pad_max;
}

/* Opens FILE on a descriptor out of the program's way. */
static int open_marks(void)
{
	const char *file = getenv("MALLOC_TRACE");
	int fd = file ? open(file, O_WRONLY | O_APPEND) : -1;
	int moved;

	if (fd < 0)
		return -1;
	moved = fcntl(fd, F_DUPFD_CLOEXEC, 60);
	close(fd);
	return moved;
}

bool __heap_mark(const char *format, ...)
{
	int saved_errno = errno;
	char line[160];
	va_list arguments;
	int length;

	if (marks == UNDECIDED) {
		read_settings();
		marks = open_marks();
	}
	if (marks >= 0) {
		va_start(arguments, format);
		length = vsnprintf(line, sizeof(line), format, arguments);
		va_end(arguments);
		if (write(marks, line, length) < 0)
			marks = -1;
	}
	errno = saved_errno;
	return marks >= 0;
}
