/*
 * procfs.c - the files of /proc that ps, top, free and uptime read: their
 * form, and that they agree with what system calls tell.
 */
#include "kernel_call.h"
#include "tap.h"

/* Does the first line of PATH that begins with START match FORM for scanf()? */
static const char *line_of(const char *path, const char *start)
{
	char *line = read_proc(path);

	while (line && strncmp(line, start, strlen(start)) != 0) {
		line = strchr(line, '\n');
		line = line && line[1] ? line + 1 : NULL;
	}
	if (!line)
		return "";
	if (strchr(line, '\n'))
		*strchr(line, '\n') = '\0';
	return line;
}

/* How many words LINE has that are numbers, as "1", "0.25" or "1/20". */
static int numbers(const char *line)
{
	int count = 0;

	while (*line) {
		size_t length = strspn(line, "0123456789./");

		count += length > 0;
		line += length;
		line += length ? 0 : 1;
	}
	return count;
}

static void machine(void)
{
	struct {
		long uptime;
		unsigned long loads[3], total, free, shared, buffers, swap,
			free_swap;
		unsigned short processes, pad;
		unsigned long high, free_high;
		unsigned int unit;
		char rest[8];
	} info;
	char expected[80];

	ok(numbers(line_of("/proc/stat", "cpu ")) >= 4, "/proc/stat: cpu");
	ok(numbers(line_of("/proc/stat", "cpu0 ")) >= 5, "cpu0");
	is_long(numbers(line_of("/proc/stat", "btime ")), 1, "btime");
	is_long(numbers(line_of("/proc/uptime", "")), 2, "/proc/uptime");
	is_error(kernel_call(SYS_sysinfo, (long)&info), "success", "sysinfo()");
	snprintf(expected, sizeof(expected), "MemTotal: %lu kB",
		 (unsigned long)((unsigned long long)info.total * info.unit >>
				 10));
	ok(strtoul(line_of("/proc/meminfo", "MemTotal:") + 9, NULL, 10) ==
		   strtoul(expected + 9, NULL, 10),
	   "tells as much memory as /proc/meminfo");
	ok(info.free <= info.total && info.processes >= 1, "some of it free");
	is_error(kernel_call(SYS_sysinfo, 8), "EFAULT", "to a bad address");
}

static void task(void)
{
	int fd = open("/proc/self/maps", O_RDONLY);

	is_long(kernel_call(SYS_lseek, fd, 7, SEEK_SET), 7, "lseek() to 7");
	is_error(kernel_call(SYS_lseek, fd, 0, SEEK_END), "EINVAL",
		 "where it ends is not known");
	close(fd);
	ok(strstr(read_proc("/proc/mounts"), " / ") != NULL, "/proc/mounts");
	ok(strstr(read_proc("/proc/mounts"), " /proc proc ") != NULL, "/proc");
}

int main(void)
{
	machine();
	task();
	return done_testing();
}
