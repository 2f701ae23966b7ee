/*
 * proc.c - the files under /proc: that they have Linux's form, and that what
 * they say agrees with each other and with what the program does.
 */
#include "kernel_call.h"
#include "tap.h"

static const char *own_path; /* argv[0] */

/* "VmRSS:\t     184 kB": the number of line NAME in PATH; -1: not there. */
static long kib(const char *path, const char *name)
{
	const char *line = read_proc(path);
	size_t length = strlen(name);

	while (line != NULL && *line != '\0') {
		if (strncmp(line, name, length) == 0 && line[length] == ':') {
			char *end;
			long value = strtol(line + length + 1, &end, 10);

			return strncmp(end, " kB\n", 4) == 0 ? value : -1;
		}
		line = strchr(line, '\n');
		if (line != NULL)
			line++;
	}
	return -1;
}

static long status_kib(const char *name)
{
	return kib("/proc/self/status", name);
}

/* Number INDEX (from 0) of /proc/self/statm, in pages. */
static long statm(int index)
{
	char *text = read_proc("/proc/self/statm");

	while (index-- > 0)
		text = strchr(text, ' ') + 1;
	return strtol(text, NULL, 10);
}

/* Does TEXT begin with DIGITS digits of base BASE, and then STOP? */
static bool number(const char **text, unsigned int digits, int base, char stop)
{
	char *end;

	strtoul(*text, &end, base);
	if (end == *text || (size_t)(end - *text) < digits || *end != stop)
		return false;
	*text = end + 1;
	return true;
}

static void maps(void)
{
	static char copy[65536];
	const char *line = strcpy(copy, read_proc("/proc/self/maps"));
	bool form = true, order = true, stack = false, text = false;
	unsigned long previous = 0, pages = 0;

	ok(copy[0] != '\0' && copy[strlen(copy) - 1] == '\n',
	   "maps: ends with a newline");
	while (*line != '\0') {
		const char *at = line, *end = strchr(line, '\n');
		char *rest;
		unsigned long from = strtoul(line, &rest, 16);
		unsigned long to = strtoul(rest + 1, NULL, 16);
		const char *rights;

		if (from < previous || to <= from || from % PAGE != 0 ||
		    to % PAGE != 0)
			order = false;
		previous = to;
		pages += (to - from) / PAGE;

		if (!number(&at, 8, 16, '-') || !number(&at, 8, 16, ' ')) {
			form = false;
			break;
		}
		rights = at;
		if (strchr("r-", at[0]) == NULL ||
		    strchr("w-", at[1]) == NULL ||
		    strchr("x-", at[2]) == NULL || at[3] != 'p' || at[4] != ' ')
			form = false;
		at += 5;
		if (!number(&at, 8, 16, ' ') || !number(&at, 2, 16, ':') ||
		    !number(&at, 2, 16, ' '))
			form = false;
		strtoul(at, &rest, 10);
		if (rest == at || (*rest != ' ' && *rest != '\n'))
			form = false;

		if (strncmp(end - 7, "[stack]", 7) == 0 &&
		    strncmp(rights, "rw-p", 4) == 0)
			stack = true;
		if (strncmp(end - strlen(own_path), own_path,
			    strlen(own_path)) == 0 &&
		    strncmp(rights, "r-xp", 4) == 0)
			text = true;
		line = end + 1;
	}
	ok(form, "maps: start-end rights offset device inode");
	ok(order, "maps: in order, without overlaps, whole pages");
	ok(stack, "maps: there is a [stack], rw-p");
	ok(text, "maps: there is the program's text, r-xp, with its path");
	is_long((long)pages, statm(0), "maps: the sum is statm's size");
}

static void heap_line(void)
{
	unsigned long start = page_up(kernel_call(SYS_brk, 0));
	char *line;
	char expected[48];

	kernel_call(SYS_brk, (long)(start + 3 * PAGE));
	line = strstr(read_proc("/proc/self/maps"), "[heap]\n");
	ok(line != NULL, "maps: there is a [heap] after brk()");
	snprintf(expected, sizeof(expected), "-%08lx rw-p 00000000 00:00 0 ",
		 start + 3 * PAGE);
	ok(strstr(read_proc("/proc/self/maps"), expected) != NULL,
	   "maps: it ends where the break is");
	kernel_call(SYS_brk, (long)start);
}

static void sizes(void)
{
	const unsigned long pages = 1024;
	long vm_size, vm_data, rss, resident;
	unsigned long area;

	is_long(status_kib("VmSize"), statm(0) * 4, "VmSize is statm's size");
	is_long(status_kib("VmRSS"), statm(1) * 4, "VmRSS is statm's resident");
	is_long((long)stat_field(23) / 1024, statm(0) * 4,
		"stat's vsize is the same");
	ok(labs((long)stat_field(24) - statm(1)) < 256,
	   "stat's rss is about the same (Linux counts it in batches)");
	ok(status_kib("VmPeak") >= status_kib("VmSize"), "VmPeak >= VmSize");
	ok(status_kib("VmHWM") >= status_kib("VmRSS"), "VmHWM >= VmRSS");
	ok(status_kib("VmStk") > 0, "VmStk");
	ok(status_kib("VmExe") > 0, "VmExe");
	ok(status_kib("VmLib") >= 0, "VmLib");
	ok(status_kib("VmPTE") >= 4, "VmPTE");
	ok(statm(1) >= statm(2), "statm: resident >= shared");

	vm_size = status_kib("VmSize");
	vm_data = status_kib("VmData");
	rss = status_kib("VmRSS");
	area = (unsigned long)kernel_mmap(0, pages * PAGE,
					  PROT_READ | PROT_WRITE, ANONYMOUS);
	is_long(status_kib("VmSize") - vm_size, 4096,
		"mmap() of 4 MiB: VmSize");
	is_long(status_kib("VmData") - vm_data, 4096, "VmData");
	ok(status_kib("VmRSS") - rss < 1024, "but not VmRSS");
	for (unsigned long i = 0; i < pages; i++)
		*(volatile char *)(area + i * PAGE) = 1;
	is_long(status_kib("VmSize") - vm_size, 4096, "touched: VmSize stays");
	resident = status_kib("VmRSS") - rss;
	ok(resident > 3500 && resident < 4700, "VmRSS grows by 4 MiB");
	kernel_munmap(area, pages * PAGE);
	is_long(status_kib("VmSize"), vm_size, "munmap(): VmSize");
	ok(status_kib("VmRSS") - rss < 1024, "VmRSS");
	ok(status_kib("VmPeak") >= vm_size + 4096, "VmPeak remembers");
	ok(status_kib("VmHWM") >= rss + 3500, "so does VmHWM");
}

static void faults(void)
{
	const unsigned long pages = 100;
	unsigned long area = (unsigned long)kernel_mmap(
		0, pages * PAGE, PROT_READ | PROT_WRITE, ANONYMOUS);
	unsigned long before = stat_field(10), major = stat_field(12);

	is_long((long)(stat_field(10) - before), 0,
		"minflt: no fault where nothing is touched");
	for (unsigned long i = 0; i < pages; i++)
		*(volatile char *)(area + i * PAGE) = 1;
	is_long((long)(stat_field(10) - before), (long)pages,
		"100 pages touched: 100 faults");
	is_long((long)(stat_field(12) - major), 0,
		"majflt: none came from a disk");
	kernel_munmap(area, pages * PAGE);
}

static void names(void)
{
	const char *base = strrchr(own_path, '/') + 1;
	char expected[64];

	snprintf(expected, sizeof(expected), "Name:\t%s\n", base);
	ok(strncmp(read_proc("/proc/self/status"), expected,
		   strlen(expected)) == 0,
	   "status: begins with the name");
	snprintf(expected, sizeof(expected), "%d (%s) R ", getpid(), base);
	ok(strncmp(read_proc("/proc/self/stat"), expected, strlen(expected)) ==
		   0,
	   "stat: begins with the pid, the name, the state");
	snprintf(expected, sizeof(expected), "\nPid:\t%d\n", getpid());
	ok(strstr(read_proc("/proc/self/status"), expected) != NULL,
	   "status: has the pid");
	ok(strstr(read_proc("/proc/self/status"), "\nState:\tR (running)\n") !=
		   NULL,
	   "status: has the state");
}

static void addresses(void)
{
	static int in_data = 1;
	unsigned long text = (unsigned long)addresses;
	char *arguments = (char *)own_path;

	ok(stat_field(26) <= text && text < stat_field(27),
	   "stat: startcode and endcode enclose the text");
	ok(stat_field(45) <= (unsigned long)&in_data &&
		   (unsigned long)&in_data < stat_field(46),
	   "stat: start_data and end_data enclose the data");
	ok(stat_field(47) >= stat_field(46) &&
		   stat_field(47) <= (unsigned long)kernel_call(SYS_brk, 0),
	   "stat: start_brk is between the data and the break");
	ok(stat_field(28) > (unsigned long)&arguments &&
		   stat_field(28) < (unsigned long)own_path,
	   "stat: startstack is between this frame and the arguments");
	is_long((long)(stat_field(48) - (unsigned long)own_path), 0,
		"stat: arg_start is where argv[0] is");
}

static void meminfo(void)
{
	long total = kib("/proc/meminfo", "MemTotal");
	long free = kib("/proc/meminfo", "MemFree");

	ok(total > 0, "meminfo: MemTotal");
	ok(free > 0 && free <= total, "meminfo: MemFree, not more than that");
	ok(kib("/proc/meminfo", "MemAvailable") > 0, "meminfo: MemAvailable");
	ok(strncmp(read_proc("/proc/meminfo"), "MemTotal:  ", 11) == 0,
	   "meminfo: begins with MemTotal");
}

/* A file of /proc can be read a few bytes at a time. */
static void in_pieces(void)
{
	char whole[64], piece[8];
	size_t length = 0;
	int fd = open("/proc/self/status", O_RDONLY);
	long count;

	memcpy(whole, read_proc("/proc/self/status"), sizeof(whole));
	while (length < 35) {
		count = read(fd, piece, 7);
		if (count != 7 || memcmp(piece, whole + length, 7) != 0)
			break;
		length += 7;
	}
	is_long((long)length, 35, "status: the same in pieces of 7 bytes");
	close(fd);
}

int main(int argc, char **argv)
{
	(void)argc;
	own_path = argv[0];
	read_proc("/proc/self/maps"); /* touches its buffer */

	maps();
	heap_line();
	sizes();
	faults();
	names();
	addresses();
	meminfo();
	in_pieces();
	return done_testing();
}
