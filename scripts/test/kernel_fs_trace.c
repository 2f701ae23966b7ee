/*
 * kernel_fs_trace.c - tests of trace.c, tracefs.c and mm_trace.c: lists of
 * events, the text of a line, the ring when it is full, and the files by which
 * programs reach them.
 */
#include "kernel_fs_fakes.h"

#include "abi/errno.h"
#include "abi/fcntl.h"
#include "fs/fs.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/task.h"
#include "trace/trace.h"
#include "trap/trap.h"
#include "trace/mm_trace.h"

char *strstr(const char *text, const char *part); /* glibc's */

static const struct pt_regs regs = {
	.bx = 0x804e000, .cx = 2, .dx = 3, .si = 0xffffffff, .di = 5, .bp = 6
};

/* What has come out of the port since the last call. */
static const char *port(void)
{
	static unsigned int last;
	const char *text = port_bytes + last;

	last = port_count;
	return text;
}

static char *read_all(const char *path)
{
	static char content[1 << 18];
	struct file *file = filp_open(path, O_RDONLY);
	loff_t position = 0;
	size_t length = 0;
	ssize_t size;

	CHECK(!IS_ERR(file));
	while ((size = file->f_op->read(file, USER(char *, 0), 5000,
					&position)) > 0) {
		memcpy(content + length, USER(char *, 0), size);
		length += size;
	}
	EQUAL(size, 0);
	content[length] = '\0';
	fput(file);
	return content;
}

static long write_file(const char *path, unsigned int flags, const char *text,
		       size_t size)
{
	struct file *file = filp_open(path, O_WRONLY | flags);
	ssize_t result;

	CHECK(!IS_ERR(file));
	memcpy(USER(char *, 0), text, size);
	result = file->f_op->write(file, USER(char *, 0), size, &file->f_pos);
	fput(file);
	return result;
}

static long write_text(const char *path, const char *text)
{
	return write_file(path, 0, text, strlen(text));
}

static void test_lines(const char *argument)
{
	static struct task_struct task = { .pid = 1, .comm = "tour" };
	struct pt_regs write_regs = { .bx = 1, .cx = 0x804e000, .dx = 4 };
	static char text[2000];
	const char *line;

	(void)argument;
	current = &task;
	fake_clock = 12345999;
	EQUAL(trace_set_events("all"), 0);
	trace_printf("page_fault_user", "address=0x%lx", 0x804c04fUL);
	TEXT(port(), "            tour-1       [000] .....     0.012345: "
		     "page_fault_user: address=0x804c04f\n");

	fake_clock = 123456789012345678ULL;
	strscpy(task.comm, "fifteen letters", 16);
	task.pid = 1234567;
	trace_sys_enter(45, &regs);
	TEXT(port(), " fifteen letters-1234567 [000] ..... 123456789.012345: "
		     "sys_enter_brk: brk: 0x0804e000\n");

	fake_clock = 0;
	task.pid = 1;
	strscpy(task.comm, "tour", 16);
#define START "            tour-1       [000] .....     0.000000: "
	trace_sys_enter(192, &regs);
	TEXT(port(), START "sys_enter_mmap2: addr: 0x0804e000, "
			   "len: 0x00000002, prot: 0x00000003, "
			   "flags: 0xffffffff, fd: 0x00000005, "
			   "pgoff: 0x00000006\n");
	trace_sys_enter(20, &regs);
	TEXT(port(), START "sys_enter_getpid: \n");
	trace_sys_exit(45, 0x804e000);
	TEXT(port(), START "sys_exit_brk: 0x804e000\n");
	trace_sys_exit(45, -12);
	TEXT(port(), START "sys_exit_brk: -12\n");
	trace_sys_exit(45, -4096); /* an address, not an error */
	TEXT(port(), START "sys_exit_brk: 0xfffff000\n");

	/* Strings, to the NUL or as many bytes as are said. */
	trace_sys_enter(10, &regs);
	TEXT(port(), START "sys_enter_unlink: pathname: 0x0804e000 "
			   "\"a \\\"b\\\\\\n\\001\\303\"\n");
	trace_sys_enter(4, &write_regs);
	TEXT(port(), START "sys_enter_write: fd: 0x00000001, "
			   "buf: 0x0804e000 \"a \\\"b\", count: 0x00000004\n");
	write_regs.dx = 4000;
	trace_sys_enter(4, &write_regs);
	CHECK(strstr(port(), "\\303\\000\"..., count: 0x00000fa0\n"));
	write_regs.cx = 0x804f000; /* nothing there */
	trace_sys_enter(4, &write_regs);
	TEXT(port(), START "sys_enter_write: fd: 0x00000001, "
			   "buf: 0x0804f000, count: 0x00000fa0\n");

	/* Unknown numbers: one line each, whatever the number. */
	trace_sys_enter(0, &regs);
	trace_sys_exit(0, -ENOSYS);
	trace_sys_enter(404, &regs);
	trace_sys_exit(404, -ENOSYS);
	trace_sys_enter(0xffffffff, &regs);
	trace_sys_exit(0xffffffff, -ENOSYS);
	TEXT(port(), START "sys_enter_unknown: nr: 0x0\n" START
			   "sys_enter_unknown: nr: 0x194\n" START
			   "sys_enter_unknown: nr: 0xffffffff\n");

	/* Nothing in a line may look like two; what is too long is cut. */
	trace_printf("x", "a\nb\tc\x1e\x7f\xc3\xa9");
	TEXT(port(), START "x: a?b?c??\xc3\xa9\n");
	memset(text, 'y', sizeof(text) - 1);
	trace_printf("x", "%s%s", text, text);
	line = port();
	EQUAL(strlen(line), 1280);
	EQUAL(line[1278], 'y');
	EQUAL(line[1279], '\n');
	trace_printf("x", "next");
	TEXT(port(), START "x: next\n");

	/* trace_separator; and the line that always comes. */
	trace_init(NULL, true);
	trace_printf("x", "y");
	TEXT(port(), "\x1e" START "x: y\n");
	trace_set_events("");
	trace_printf("machine_power_off", "status=%d", 139);
	TEXT(port(), "\x1e" START "machine_power_off: status=139\n");
}

static void test_mm_events(const char *argument)
{
	static struct task_struct task = { .pid = 1, .comm = "tour" };
	struct mm_struct mm = { .start_brk = 0x804c000, .brk = 0x806d000 };
	struct vm_area_struct area = { .vm_mm = &mm,
				       .vm_start = 0x804c000,
				       .vm_end = 0x806d000,
				       .vm_flags = VM_READ | VM_WRITE };

	(void)argument;
	current = &task;
	mm.rss_stat[MM_ANONPAGES] = 20;

	/* Each event is there when its bit is on, and only then. */
	for (int on = 1; on >= 0; on--) {
		trace_set_events(on ? "path" : "");
		trace_mm_page_alloc(mem_map + 0x321, 0);
		trace_rss_stat(&mm, MM_ANONPAGES);
		trace_vma_map(&area);
		trace_handle_mm_fault(FAULT_ANON_WRITE, &area, 0x804c04f, 0,
				      0x321067);
		trace_handle_mm_fault(FAULT_REFUSED, NULL, 4, 0, 0);
		if (on)
			CHECK(strchr(port(), '\n') != NULL);
	}
	TEXT(port(), "");

	trace_set_events("mm_page_alloc,rss_stat,vma_map,handle_mm_fault");
	trace_rss_stat(&mm, MM_ANONPAGES);
	TEXT(port(), START "rss_stat: type=MM_ANONPAGES size=81920B\n");
	trace_vma_map(&area);
	TEXT(port(), START "vma_map: 0x804c000-0x806d000 rw-p [heap]\n");
	trace_handle_mm_fault(FAULT_ANON_WRITE, &area, 0x804c04f, 0, 0x321067);
	TEXT(port(), START "handle_mm_fault: kind=anon_write "
			   "address=0x804c04f area=0x804c000-0x806d000 rw-p "
			   "[heap] pfn=0x321 pte=0x0->0x321067\n");
}

static void test_selection(const char *argument)
{
	const unsigned int all_events = (1u << NR_TRACE_EVENTS) - 1;
	static const struct {
		const char *list;
		int result;
		unsigned int events; /* afterwards */
	} cases[] = {
		{ "page_fault_user", 0, 1 << TRACE_PAGE_FAULT_USER },
		{ "none", -EINVAL, 0 },
		{ "rss_stat,none", -EINVAL, 0 },
		{ "rss_sta", -EINVAL, 0 },
		{ "rss_statx", -EINVAL, 0 },
		{ "sys_enter_", -EINVAL, 0 },
		{ "sys_exit_", -EINVAL, 0 },
		{ "sys_exit_none", -EINVAL, 0 },
		{ "sys_", -EINVAL, 0 },
		{ "", 0, 0 },
		{ "rss_stat", 0, 1 << TRACE_RSS_STAT },
		{ ",, \n\t", 0, 0 },
		{ "rss_stat,vma_unmap", 0,
		  1 << TRACE_RSS_STAT | 1 << TRACE_VMA },
		{ " signal_generate\nmm_page_free\n", 0,
		  1 << TRACE_SIGNAL | 1 << TRACE_MM_PAGE_FREE },
		{ "brk", 0, 1 << TRACE_SYSCALL },
		{ "sys_exit_brk", 0, 1 << TRACE_SYSCALL },
		{ "unknown", 0, 1 << TRACE_SYSCALL },
		{ "sys_enter_unknown", 0, 1 << TRACE_SYSCALL },
		{ "brk_move", 0, 1 << TRACE_VMA },
		{ "tracing_mark_write", 0, 1 << TRACE_MARKER },
	};

	(void)argument;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		if (trace_set_events(cases[i].list) != cases[i].result)
			printf("%s:\n", cases[i].list);
		EQUAL(trace_set_events(cases[i].list), cases[i].result);
		EQUAL(trace_enabled, cases[i].events);
	}

	trace_set_events("all");
	EQUAL(trace_enabled, all_events);
	trace_sys_enter(4, &regs);
	trace_sys_exit(4, 0);
	trace_sys_enter(0, &regs);
	CHECK(strlen(port()) > 150);

	trace_set_events("path");
	EQUAL(trace_enabled, all_events);
	trace_sys_enter(4, &regs);
	trace_sys_exit(4, 0);
	trace_sys_enter(0, &regs);
	TEXT(port(), "");
	trace_sys_enter(91, &regs);
	trace_sys_exit(125, 0);
	CHECK(strlen(port()) > 100);

	/* Enter and exit together; a list that failed: nothing at all. */
	trace_set_events("sys_enter_write,sys_exit_brk");
	trace_sys_enter(20, &regs);
	trace_sys_exit(20, 1);
	TEXT(port(), "");
	trace_sys_exit(45, 1);
	CHECK(strlen(port()) > 60);
	trace_sys_enter(45, &regs);
	CHECK(strlen(port()) > 60);
	trace_sys_exit(4, 0);
	CHECK(strlen(port()) > 60);
	EQUAL(trace_set_events("brk,getpid,none"), -EINVAL);
	trace_sys_enter(45, &regs);
	TEXT(port(), "");

	trace_init("rss_stat,none", false);
	CHECK(strlen(printk_text) > 0);
	trace_init("rss_stat", false);
	EQUAL(trace_enabled, 1 << TRACE_RSS_STAT);
}

/* The lines of the ring, behind the heading. */
static const char *ring_lines(void)
{
	const char *text = read_all("/sys/kernel/tracing/trace");

	EQUAL(memcmp(text, "# tracer: nop\n#\n", 16), 0);
	while (*text == '#')
		text = strchr(text, '\n') + 1;
	return text;
}

static void test_ring(const char *argument)
{
	static char want[1 << 17];
	const char *text;
	char number[200];
	size_t at = 0;

	(void)argument;
	tracefs_init();
	TEXT(ring_lines(), "");
	/* Lines of all lengths, many times around. */
	for (unsigned int i = 0; i < 5000; i++) {
		size_t zeroes = i * 7 % 97;

		memset(number, '0', zeroes);
		snprintf(number + zeroes, sizeof(number) - zeroes, "%u", i);
		trace_printf("n", "%s", number);
		if (i % 50 && i < 4900)
			continue;
		/* Whole lines, in order, up to the last, and nearly full. */
		text = ring_lines();
		CHECK(strlen(text) <= 65536);
		CHECK(i < 700 || strlen(text) > 65536 - 200);
		CHECK(memcmp(text, "         swapper-0", 18) == 0);
		at = strlen(text) - strlen(number) - 1;
		EQUAL(memcmp(text + at, number, strlen(number)), 0);
	}
	/* The port had them all; the ring is the end of that. */
	memcpy(want, ring_lines(), strlen(ring_lines()) + 1);
	at = strlen(port_bytes) - strlen(want);
	TEXT(port_bytes + at, want);
	EQUAL(port_bytes[at - 1], '\n');

	trace_clear();
	TEXT(ring_lines(), "");
	trace_printf("after", "clear");
	TEXT(ring_lines(), "         swapper-0       [000] .....     "
			   "0.000000: after: clear\n");
	remove_tree();
	EQUAL(live_objects, 0);
}

/* A line as long as can be, when the ring is full of short ones. */
static void test_ring_long_line(const char *argument)
{
	static char text[2000];

	(void)argument;
	tracefs_init();
	memset(text, 'z', sizeof(text) - 1);
	for (int i = 0; i < 3000; i++)
		trace_printf("s", "%d", i);
	for (int i = 0; i < 200; i++) {
		trace_printf("long", "%s", text);
		trace_printf("s", "%d", i);
	}
	CHECK(memcmp(ring_lines(), "         swapper-0", 18) == 0);
	CHECK(strlen(ring_lines()) > 65536 - 1280);
}

static int first_number(const char *text)
{
	int value = 0;

	while (*text >= '0' && *text <= '9')
		value = value * 10 + (*text++ - '0');
	return value;
}

/* trace_pipe: each line once, whole, and how many it never saw. */
static void test_pipe(const char *argument)
{
	const char *path = "/sys/kernel/tracing/trace_pipe";
	char *buffer = USER(char *, 0);
	struct file *file;
	size_t length;

	(void)argument;
	tracefs_init();
	file = filp_open(path, O_RDONLY | O_NONBLOCK);
	EQUAL(PTR_ERR(filp_open(path, O_RDONLY)), -EBUSY);
	EQUAL(file->f_op->read(file, buffer, 4096, &file->f_pos), -EAGAIN);
	trace_printf("a", "1");
	trace_printf("b", "2");
	length = file->f_op->read(file, buffer, 100, &file->f_pos);
	CHECK(length < 100 && memcmp(buffer + length - 5, "a: 1\n", 5) == 0);
	EQUAL(file->f_op->read(file, buffer, length - 1, &file->f_pos),
	      -EINVAL);
	CHECK(strstr(ring_lines(), "b: 2\n"));
	EQUAL(file->f_op->read(file, buffer, length, &file->f_pos), length);
	TEXT(ring_lines(), "");

	EQUAL(current->need_resched, false);
	for (int i = 0; i < 3000; i++)
		trace_printf("n", "%d", i);
	EQUAL(current->need_resched, true);
	length = file->f_op->read(file, buffer, 1000, &file->f_pos);
	EQUAL(memcmp(buffer, "CPU:0 [LOST ", 12), 0);
	buffer[length] = '\0';
	/* As many lines were lost as its first line says. */
	CHECK(first_number(buffer + 12) ==
	      first_number(strstr(buffer, ": n: ") + 5));
	fput(file);
	EQUAL(trace_reading, false);
	trace_clear();
	remove_tree();
	EQUAL(live_objects, 0);
}

static void test_tracefs(const char *argument)
{
	static char long_mark[1500];
	struct file *file;
	const char *line;

	(void)argument;
#define DIR "/sys/kernel/tracing/"
	tracefs_init();
	EQUAL(write_text(DIR "set_event", "path\n"), 5);
	EQUAL(write_text(DIR "trace_marker", "malloc: request=100\n"), 20);
	CHECK(strlen(port()) > 70);
	EQUAL(write_file(DIR "trace_marker", 0, "a\tb\nc\n\n", 7), 7);
	line = port();
	TEXT(line + 52 - 1, "tracing_mark_write: a?b?c\n");
	memset(long_mark, 'm', sizeof(long_mark));
	EQUAL(write_file(DIR "trace_marker", 0, long_mark, 1500), 1500);
	line = port();
	EQUAL(strlen(line), 1280);
	EQUAL(write_file(DIR "trace_marker", 0, "", 0), 0);
	TEXT(port(), "");
	file = filp_open(DIR "trace_marker", O_WRONLY | O_APPEND);
	EQUAL(file->f_op->write(file, USER_END, 5, &file->f_pos), -EFAULT);
	EQUAL(file->f_op->write(file, USER_END - 3, 5, &file->f_pos), -EFAULT);
	EQUAL(file->f_op->read(file, USER(char *, 0), 5, &file->f_pos), -EINVAL);
	fput(file);
	TEXT(port(), "");

	/* tracing_on: a pause. */
	TEXT(read_all(DIR "tracing_on"), "1\n");
	EQUAL(write_text(DIR "tracing_on", "2"), -EINVAL);
	EQUAL(write_text(DIR "tracing_on", "on"), -EINVAL);
	EQUAL(write_text(DIR "tracing_on", "0\n"), 2);
	TEXT(read_all(DIR "tracing_on"), "0\n");
	EQUAL(trace_enabled, 0);
	EQUAL(write_text(DIR "trace_marker", "x\n"), 2);
	EQUAL(write_text(DIR "set_event", "brk,rss_stat\n"), 13);
	EQUAL(trace_enabled, 0);
	TEXT(port(), "");
	EQUAL(write_text(DIR "tracing_on", "1"), 1);
	EQUAL(trace_enabled, 1 << TRACE_RSS_STAT | 1 << TRACE_SYSCALL);
	EQUAL(write_text(DIR "trace_marker", "off\n"), 4);
	TEXT(port(), "");

	TEXT(read_all(DIR "set_event"),
	     "rss_stat\nsys_enter_brk\nsys_exit_brk\n");
	EQUAL(write_text(DIR "set_event", "brk none"), -EINVAL);
	EQUAL(write_text(DIR "set_event", "sys_exit_write,vma_map"), 22);
	TEXT(read_all(DIR "set_event"), "vma_map\nvma_unmap\nvma_adjust\n"
					"vma_protect\nbrk_move\n"
					"sys_enter_write\nsys_exit_write\n");
	/* What available_events says can be given back to set_event. */
	line = read_all(DIR "available_events");
	EQUAL(write_text(DIR "set_event", line), strlen(line));
	TEXT(read_all(DIR "set_event"), line);
	EQUAL(trace_enabled, (1u << NR_TRACE_EVENTS) - 1);
	EQUAL(write_file(DIR "set_event", 0, USER(char *, 0), 4096), -EINVAL);
	EQUAL(write_text(DIR "set_event", "\n"), 1);
	EQUAL(trace_enabled, 0);

	/* trace: emptied by O_TRUNC and by writing, not by reading. */
	trace_printf("x", "y");
	CHECK(*ring_lines());
	CHECK(*ring_lines());
	fput(filp_open(DIR "trace", O_WRONLY));
	CHECK(*ring_lines());
	fput(filp_open(DIR "trace", O_WRONLY | O_TRUNC));
	TEXT(ring_lines(), "");
	trace_printf("x", "y");
	EQUAL(write_text(DIR "trace", "0"), 1);
	TEXT(ring_lines(), "");
	remove_tree();
	EQUAL(live_objects, 0);
}

const struct test tests[] = {
	{ "lines", test_lines },
	{ "mm_events", test_mm_events },
	{ "selection", test_selection },
	{ "ring", test_ring },
	{ "ring_long_line", test_ring_long_line },
	{ "pipe", test_pipe },
	{ "tracefs", test_tracefs },
	{ NULL, NULL },
};
