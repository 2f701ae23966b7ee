/*
 * kernel_fs_fakes.c - see kernel_fs_fakes.h.
 */
#include "kernel_fs_fakes.h"

#include "abi/errno.h"
#include "abi/misc.h"
#include "abi/mman.h"
#include "fs/fs.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/signal.h"
#include "proc/task.h"
#include "trap/syscall.h"

#define NR_FRAMES  4096
#define PORT_SIZE  (1 << 20)
#define PRINTK_MAX 8192

void *mmap(void *address, size_t size, int protection, int flags, int fd,
	   long offset);
long strtol(const char *text, char **end, int base);
void exit(int status) __noreturn;
void __asan_poison_memory_region(const volatile void *, size_t);
void __asan_unpoison_memory_region(const volatile void *, size_t);

unsigned long live_objects, fail_at;
uint64_t fake_clock;
char port_bytes[PORT_SIZE];
unsigned int port_count;
char printk_text[PRINTK_MAX];
static size_t printk_length;
int expect_panic;
void *panic_jump[5];
static int failures;

static struct page frames[NR_FRAMES];
struct page *mem_map = frames;
unsigned long totalram_pages = NR_FRAMES, nr_free_pages = NR_FRAMES;
unsigned long max_low_pfn = NR_FRAMES;

struct task_struct init_task = { .comm = "swapper" };
struct task_struct *current = &init_task;

static long nothing(long a, long b, long c, long d, long e, long f)
{
	return a + b + c + d + e + f;
}

const struct syscall_entry syscall_table[] = {
	[1] = { nothing, "exit", { "error_code" } },
	[4] = { nothing, "write", { "fd", "+buf", "count" } },
	[10] = { nothing, "unlink", { "*pathname" } },
	[20] = { nothing, "getpid", { NULL } },
	[45] = { nothing, "brk", { "brk" } },
	[91] = { nothing, "munmap", { "addr", "len" } },
	[125] = { nothing, "mprotect", { "start", "len", "prot" } },
	[163] = { nothing,
		  "mremap",
		  { "addr", "old_len", "new_len", "flags", "new_addr" } },
	[192] = { nothing,
		  "mmap2",
		  { "addr", "len", "prot", "flags", "fd", "pgoff" } },
	[219] = { nothing, "madvise", { "start", "len", "behavior" } },
	[404] = { NULL, NULL, { NULL } },
};
const unsigned int NR_syscalls = ARRAY_SIZE(syscall_table);

struct task_struct *find_task(int pid)
{
	struct task_struct *task;

	list_for_each_entry(task, &init_task.tasks, tasks)
		if (task->pid == pid)
			return task;
	return NULL;
}

bool is_time64(void)
{
	return false;
}

/* A program's memory: USER, these bytes at 0x804e000, and no others. */
static const char program_memory[] = "a \"b\\\n\001\xc3";

size_t access_remote_vm(struct mm_struct *mm, unsigned long address, void *to,
			size_t size)
{
	if (address >= USER_START && address + size <= USER_START + USER_SIZE) {
		memcpy(to, (void *)address, size);
		return size;
	}
	if (address != 0x804e000)
		return 0;
	size = min(size, sizeof(program_memory));
	memcpy(to, program_memory, size);
	return size;
}

int sleep_on(void *channel)
{
	CHECK(current->pending_signal || !"a test that sleeps");
	return -ERESTARTSYS;
}

long task_ppid(const struct task_struct *task)
{
	return 1;
}

void wake_up(void *channel)
{
}

/* ── Memory ───────────────────────────────────────────────────────────── */

static bool fails_now(void)
{
	return fail_at && --fail_at == 0;
}

void *kmalloc(size_t size)
{
	void *object = fails_now() ? NULL : malloc(size);

	if (object)
		live_objects++;
	return object;
}

void *kzalloc(size_t size)
{
	void *object = kmalloc(size);

	if (object)
		memset(object, 0, size);
	return object;
}

void kfree(void *object)
{
	if (object)
		live_objects--;
	free(object);
}

struct page *alloc_pages(unsigned int order)
{
	static unsigned int last;

	BUG_ON(order != 0);
	if (fails_now())
		return NULL;
	for (unsigned int i = 0; i < NR_FRAMES; i++) {
		struct page *page = &frames[++last % NR_FRAMES];

		if (page->_refcount)
			continue;
		page->_refcount = 1;
		live_objects++;
		nr_free_pages--;
		__asan_unpoison_memory_region(page_address(page), PAGE_SIZE);
		memset(page_address(page), 0xa5, PAGE_SIZE);
		return page;
	}
	return NULL;
}

struct page *get_zeroed_page(void)
{
	struct page *page = alloc_pages(0);

	if (page)
		memset(page_address(page), 0, PAGE_SIZE);
	return page;
}

void free_pages(struct page *page, unsigned int order)
{
	BUG_ON(order || page->_refcount != 1);
	page->_refcount = 0;
	__asan_poison_memory_region(page_address(page), PAGE_SIZE);
	live_objects--;
	nr_free_pages++;
}

unsigned long buddy_free_blocks(unsigned int order)
{
	return order * 100;
}

/* ── User memory ──────────────────────────────────────────────────────── */

bool access_ok(const void __user *address, unsigned long size)
{
	return size <= TASK_SIZE && (unsigned long)address <= TASK_SIZE - size;
}

/* How many of SIZE bytes from ADDRESS on are there. */
static unsigned long present(const void __user *address, unsigned long size)
{
	unsigned long start = (unsigned long)address;

	if (!access_ok(address, size) || start < USER_START ||
	    start >= USER_START + USER_SIZE)
		return 0;
	return min(size, USER_START + USER_SIZE - start);
}

unsigned long copy_to_user(void __user *to, const void *from,
			   unsigned long size)
{
	memcpy(to, from, present(to, size));
	return size - present(to, size);
}

unsigned long copy_from_user(void *to, const void __user *from,
			     unsigned long size)
{
	memcpy(to, from, present(from, size));
	return size - present(from, size);
}

unsigned long clear_user(void __user *to, unsigned long size)
{
	memset(to, 0, present(to, size));
	return size - present(to, size);
}

long strncpy_from_user(char *to, const char __user *from, long size)
{
	for (long i = 0; i < size; i++) {
		if (!present(from + i, 1))
			return -EFAULT;
		to[i] = from[i];
		if (!to[i])
			return i;
	}
	return size;
}

/* ── The rest ─────────────────────────────────────────────────────────── */

volatile unsigned long jiffies;
struct page *zero_page;
const struct file_operations pipefifo_fops;

uint64_t boot_time_seconds(void)
{
	return 1000000000;
}

uint64_t sched_clock(void)
{
	return fake_clock;
}

void outb(uint16_t port, uint8_t value)
{
	BUG_ON(port != 0xe9 || port_count == PORT_SIZE - 1);
	port_bytes[port_count++] = value;
	port_bytes[port_count] = '\0';
}

static void say(const char *format, va_list args)
{
	if (printk_length > PRINTK_MAX / 2)
		printk_length = 0;
	printk_length += vsnprintf(printk_text + printk_length,
				   PRINTK_MAX - printk_length, format, args);
}

void printk(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format + (*format == *KERN_WARNING), args);
	va_end(args);
}

void panic(const char *format, ...)
{
	va_list args;

	if (expect_panic) {
		expect_panic = 0;
		__builtin_longjmp(panic_jump, 1);
	}
	va_start(args, format);
	say(format, args);
	va_end(args);
	printf("panic: %s\n", printk_text);
	exit(2);
}

long parse_long(const char **text)
{
	return strtol(*text, (char **)text, 10);
}

size_t strscpy(char *to, const char *from, size_t size)
{
	size_t length = strnlen(from, size - 1);

	memcpy(to, from, length);
	to[length] = '\0';
	return length;
}

void remove_tree(void)
{
	struct inode *directory = lookup("/");

	while (!list_empty(&directory->i_children) ||
	       directory != lookup("/")) {
		struct inode *last = directory;

		if (list_empty(&directory->i_children)) {
			directory = directory->i_parent;
			ramfs_unlink(last);
			continue;
		}
		directory = list_first_entry(&directory->i_children,
					     struct inode, i_sibling);
	}
}

/* ── Checks ───────────────────────────────────────────────────────────── */

bool check(bool holds, const char *what, const char *file, int line)
{
	if (!holds) {
		printf("%s:%d: does not hold: %s\n", file, line, what);
		failures++;
	}
	return holds;
}

void equal(long long actual, long long expected, const char *what,
	   const char *file, int line)
{
	if (actual == expected)
		return;
	printf("%s:%d: %s is %lld, not %lld\n", file, line, what, actual,
	       expected);
	failures++;
}

void text_equal(const char *actual, const char *expected, const char *what,
		const char *file, int line)
{
	if (strcmp(actual, expected) == 0)
		return;
	printf("%s:%d: %s is\n%s\nnot\n%s\n", file, line, what, actual,
	       expected);
	failures++;
}

int main(int argc, char **argv)
{
	const int protection = PROT_READ | PROT_WRITE;
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;
	void *lowmem = (void *)PAGE_OFFSET;

	INIT_LIST_HEAD(&init_task.tasks);
	if (mmap(lowmem, NR_FRAMES * PAGE_SIZE, protection, flags, -1, 0) !=
		    lowmem ||
	    mmap(USER(void *, 0), USER_SIZE, protection, flags, -1, 0) !=
		    USER(void *, 0)) {
		printf("no room for frames at 0x%lx\n", PAGE_OFFSET);
		return 2;
	}
	__asan_poison_memory_region(lowmem, NR_FRAMES * PAGE_SIZE);
	init_task.cwd = lookup("/");
	zero_page = get_zeroed_page();
	live_objects = 0; /* it stays */
	for (const struct test *test = tests; argc > 1 && test->name; test++) {
		if (strcmp(test->name, argv[1]) != 0)
			continue;
		test->run(argc > 2 ? argv[2] : NULL);
		return failures != 0;
	}
	for (const struct test *test = tests; test->name; test++)
		printf("%s\n", test->name);
	return argc > 1 ? 2 : 0;
}

void unmap_mapping_range(struct inode *file, unsigned long index)
{
}

long sysctl_overcommit_memory;
long sysctl_overcommit_ratio = 50;
unsigned long vm_committed_as;

unsigned long vm_commit_limit(void)
{
	return 4096;
}

bool vm_enough_memory(const struct mm_struct *mm, unsigned long pages)
{
	return true;
}

unsigned long vm_events[NR_VM_EVENT_ITEMS];
