/*
 * kernel_mm_fakes.c - the parts of the kernel that kernel/mm calls and that
 * are not under test. The event stream is more than swallowed: every event is
 * formatted, parsed, and checked to tell the truth, since everything that
 * people see of the path comes from there.
 */
#include "kernel_mm_host.h"

#include "abi/errno.h"
#include "fs/fs.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/task.h"
#include "trace/trace.h"

#define TEXT 512

void page_alloc_init(void);
void kmalloc_init(void);

static struct task_struct task = {
	.pid = 1,
	.comm = "test",
	.rlim = {
		[RLIMIT_DATA] = { RLIM_INFINITY, RLIM_INFINITY },
		[RLIMIT_STACK] = { 8UL << 20, RLIM_INFINITY },
		[RLIMIT_MEMLOCK] = { 8UL << 20, 8UL << 20 },
		[RLIMIT_AS] = { RLIM_INFINITY, RLIM_INFINITY },
	},
};
struct task_struct *current = &task;
struct task_struct init_task;
pgd_t swapper_pg_dir[PTRS_PER_PGD];
unsigned int trace_enabled = ~0u;

/* ── Messages, panics, signals ────────────────────────────────────────── */

int last_signal;
int last_code;
unsigned long last_address;

void panic(const char *format, ...)
{
	char text[TEXT];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (!bug_expected || strncmp(text, "BUG: ", 5) != 0)
		fail("panic", 0, "%s", text);
	bug_expected = false;
	longjmp(bug_return, 1);
}

void die(const char *what, const struct pt_regs *regs)
{
	panic("%s at ip 0x%lx", what, regs->ip);
}

static void check_message(const char *format, va_list args)
{
	char text[TEXT];
	int length = vsnprintf(text, sizeof(text), format, args);

	CHECK(length < 256 && text[length - 1] == '\n');
}

void printk(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	check_message(format, args);
	va_end(args);
}

bool fail_page_alloc_enabled;

bool should_fail_alloc_page(unsigned int order)
{
	return false;
}

void force_sig_fault(int signal, int code, unsigned long address)
{
	last_signal = signal;
	last_code = code;
	last_address = address;
}

void send_signal(struct task_struct *task, int signal, int code)
{
	CHECK(task == current);
	last_signal = signal;
}

bool has_handler(int signal)
{
	return false;
}

size_t strscpy(char *to, const char *from, size_t size)
{
	return snprintf(to, size, "%s", from);
}

/* ── Events ───────────────────────────────────────────────────────────── */

#define USER_PAGES (TASK_SIZE >> PAGE_SHIFT)

char last_fault[32];
char last_rule[256];
long frames_taken;
bool other_address_space;

static char event_rights[USER_PAGES][4]; /* "rw-p"; "": no area */
static long event_rss[NR_MM_COUNTERS];
static unsigned long event_brk;

void forget_events(void)
{
	memset(event_rights, 0, sizeof(event_rights));
	memset(event_rss, 0, sizeof(event_rss));
	event_brk = 0;
}

static void frames_event(const char *text, bool freed)
{
	unsigned long page, pfn, order;

	CHECK(sscanf(text, "page=0x%lx pfn=0x%lx order=%lu", &page, &pfn,
		     &order) == 3);
	CHECK_EQ(page, (unsigned long)pfn_to_page(pfn));
	CHECK(pfn >= FIRST_FREE_PFN && pfn + (1UL << order) <= max_low_pfn);
	if (freed) {
		frames_taken -= 1L << order;
		/* What is freed is never zeroed by luck. */
		if (order == 0)
			memset(__va(pfn << PAGE_SHIFT), 0xdb, PAGE_SIZE);
		forbid_memory(__va(pfn << PAGE_SHIFT), PAGE_SIZE << order);
	} else {
		frames_taken += 1L << order;
		allow_memory(__va(pfn << PAGE_SHIFT), PAGE_SIZE << order);
	}
}

/* Pages of [START, END): all must be FROM ("": no area), and become TO. */
static void set_rights(unsigned long start, unsigned long end, const char *from,
		       const char *to)
{
	CHECK(start < end && end <= TASK_SIZE);
	for (unsigned long i = start >> PAGE_SHIFT; i < end >> PAGE_SHIFT;
	     i++) {
		if (from && strncmp(event_rights[i], from, 4) != 0)
			fail(__FILE__, __LINE__,
			     "an event has page 0x%lx '%s' -> '%s', it is "
			     "'%.4s'",
			     i << PAGE_SHIFT, from, to, event_rights[i]);
		memset(event_rights[i], 0, 4);
		memcpy(event_rights[i], to, strnlen(to, 4));
	}
}

static void area_event(const char *name, const char *text)
{
	unsigned long start, end, old_start, old_end;
	char rights[5], old_rights[5], area[64];

	if (strcmp(name, "vma_adjust") == 0) {
		CHECK(sscanf(text, "0x%lx-0x%lx -> 0x%lx-0x%lx %4s %63s",
			     &old_start, &old_end, &start, &end, rights,
			     area) == 6);
		set_rights(old_start, old_end, NULL, "");
		set_rights(start, end, NULL, rights);
	} else if (strcmp(name, "vma_protect") == 0) {
		CHECK(sscanf(text, "0x%lx-0x%lx %4s -> %4s %63s", &start, &end,
			     old_rights, rights, area) == 5);
		set_rights(start, end, old_rights, rights);
	} else {
		bool map = strcmp(name, "vma_map") == 0;

		CHECK(sscanf(text, "0x%lx-0x%lx %4s %63s", &start, &end, rights,
			     area) == 4);
		set_rights(start, end, map ? "" : rights, map ? rights : "");
	}
}

static void rss_event(const char *text)
{
	char type[32];
	long size;

	CHECK(sscanf(text, "type=%31s size=%ldB", type, &size) == 2);
	if (strcmp(type, "MM_FILEPAGES") == 0)
		event_rss[MM_FILEPAGES] = size;
	else if (strcmp(type, "MM_ANONPAGES") == 0)
		event_rss[MM_ANONPAGES] = size;
	else
		fail(__FILE__, __LINE__, "rss_stat: %s", text);
	CHECK(size >= 0);
}

static void brk_event(const char *text)
{
	unsigned long start_brk, old_brk;

	CHECK(sscanf(text, "start_brk=0x%lx brk=0x%lx->0x%lx", &start_brk,
		     &old_brk, &event_brk) == 3);
	CHECK_EQ(event_brk, current->mm->brk);
	CHECK_EQ(start_brk, current->mm->start_brk);
}

bool trace_this_task(void)
{
	return true;
}

void trace_printf(const char *name, const char *format, ...)
{
	char text[TEXT];
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	CHECK(length < TEXT);

	if (strcmp(name, "mm_page_alloc") == 0)
		frames_event(text, false);
	else if (strcmp(name, "mm_page_free") == 0)
		frames_event(text, true);
	else if (other_address_space)
		return;
	else if (strcmp(name, "rss_stat") == 0)
		rss_event(text);
	else if (strncmp(name, "vma_", 4) == 0)
		area_event(name, text);
	else if (strcmp(name, "brk_move") == 0)
		brk_event(text);
	else if (strcmp(name, "handle_mm_fault") == 0)
		CHECK(sscanf(text, "kind=%31s address=0x", last_fault) == 1);
	else if (strcmp(name, "signal_generate") == 0)
		CHECK(sscanf(strstr(text, "rule="), "rule=\"%255[^\"]\"",
			     last_rule) == 1);
	else
		CHECK(strcmp(name, "page_fault_user") == 0 ||
		      strcmp(name, "page_fault_kernel") == 0);
}

void check_events(const struct mm_struct *mm)
{
	char rights[5];
	unsigned long pages = 0;

	for (int index = 0; index < mm->map_count; index++) {
		const struct vm_area_struct *vma = mm->areas[index];

		vma_flags_text(vma->vm_flags, rights);
		for (unsigned long i = vma->vm_start >> PAGE_SHIFT;
		     i < vma->vm_end >> PAGE_SHIFT; i++)
			CHECK(memcmp(event_rights[i], rights, 4) == 0);
	}
	for (unsigned long i = 0; i < USER_PAGES; i++)
		pages += event_rights[i][0] != 0;
	CHECK_EQ(pages, mm->total_vm);
	for (int i = 0; i < NR_MM_COUNTERS; i++)
		CHECK_EQ(event_rss[i], mm->rss_stat[i] << PAGE_SHIFT);
	if (event_brk)
		CHECK_EQ(event_brk, mm->brk);
}

/* ── Memory ───────────────────────────────────────────────────────────── */

static struct page *taken_frames; /* a list, linked through its frames */

void start_allocator(unsigned long frames)
{
	map_physical_memory(frames);
	forbid_memory(__va(0), frames << PAGE_SHIFT);
	mem_map = malloc(frames * sizeof(struct page));
	memset(mem_map, 0xa5, frames * sizeof(struct page));
	max_low_pfn = frames;
	page_alloc_init();
	kmalloc_init();
}

void start_memory(unsigned long frames)
{
	start_allocator(frames);
	free_bootmem(FIRST_FREE_PFN << PAGE_SHIFT, frames << PAGE_SHIFT);
	zero_page = get_zeroed_page();
	INIT_LIST_HEAD(&init_task.tasks);
	list_add_tail(&current->tasks, &init_task.tasks);
	CHECK(zero_page);
}

void take_frames(unsigned long left)
{
	while (nr_free_pages > left) {
		struct page *page = alloc_page();

		*(struct page **)page_address(page) = taken_frames;
		taken_frames = page;
	}
}

void give_frames(void)
{
	while (taken_frames) {
		struct page *page = taken_frames;

		taken_frames = *(struct page **)page_address(page);
		free_pages(page, 0);
	}
}

/* ── Allocations that fail: calls between source files, by ld --wrap ──── */

static unsigned long allocations_until_failure;
static bool failed;

void *__real_kzalloc(size_t size);
void *__wrap_kzalloc(size_t size);
struct page *__real_alloc_pages(unsigned int order);
struct page *__wrap_alloc_pages(unsigned int order);
struct page *__real_get_zeroed_page(void);
struct page *__wrap_get_zeroed_page(void);

void fail_allocation(unsigned long count)
{
	allocations_until_failure = count;
	failed = false;
}

bool allocation_failed(void)
{
	return failed;
}

static bool fails_now(void)
{
	if (allocations_until_failure && !--allocations_until_failure)
		failed = true;
	else
		return false;
	return true;
}

void *__wrap_kzalloc(size_t size)
{
	return fails_now() ? NULL : __real_kzalloc(size);
}

struct page *__wrap_alloc_pages(unsigned int order)
{
	return fails_now() ? NULL : __real_alloc_pages(order);
}

struct page *__wrap_get_zeroed_page(void)
{
	return fails_now() ? NULL : __real_get_zeroed_page();
}

/* ── Files, whose pages are the page cache ────────────────────────────── */

static struct inode inodes[NR_FILES + 1];
static struct file files[NR_FILES + 2];
static struct page *file_pages[NR_FILES][FILE_PAGES];

static struct inode *map_regular(struct file *file, unsigned long vm_flags,
				 size_t len)
{
	inode_get(file->f_inode);
	return file->f_inode;
}

static const struct file_operations regular_file = { .mmap = map_regular };

static int open_device(struct file *file)
{
	(void)file;
	return 0;
}

static const struct file_operations device = { .open = open_device };

bool file_page_is_hole(unsigned int file, unsigned long index)
{
	return (index * 7 + file) % 10 == 3;
}

unsigned long file_word(unsigned int file, unsigned long index,
			unsigned int word)
{
	if (index >= FILE_PAGES || file_page_is_hole(file, index))
		return 0;
	return 0xf0000000UL + (file << 24) + (index << 12) + word;
}

static struct page *new_file_page(unsigned int file, unsigned long index)
{
	struct page *page = alloc_page();
	unsigned long *words = page_address(page);

	page->flags |= PG_cache;
	for (unsigned int i = 0; i < PAGE_SIZE / sizeof(*words); i++)
		words[i] = file_word(file, index, i);
	return page;
}

void open_files(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(inodes); i++) {
		inodes[i].i_count = 1;
		inodes[i].i_mode = S_IFREG | 0644;
		inodes[i].i_fop = &regular_file;
	}
	for (unsigned int i = 0; i < NR_FILES; i++) {
		inodes[i].i_size = FILE_PAGES * PAGE_SIZE - 100;
		inodes[i].i_nrpages = FILE_PAGES;
		inodes[i].i_pages = file_pages[i];
		for (unsigned long j = 0; j < FILE_PAGES; j++)
			if (!file_page_is_hole(i, j))
				file_pages[i][j] = new_file_page(i, j);
		files[i].f_inode = &inodes[i];
		files[i].f_op = &regular_file;
		files[i].f_flags = O_RDONLY;
		current->files[i] = &files[i];
	}
	files[WRITE_ONLY].f_inode = &inodes[0];
	files[WRITE_ONLY].f_op = &regular_file;
	files[WRITE_ONLY].f_flags = O_WRONLY;
	current->files[WRITE_ONLY] = &files[WRITE_ONLY];
	inodes[NR_FILES].i_mode = S_IFCHR | 0666;
	inodes[NR_FILES].i_fop = &device;
	files[DEVICE].f_inode = &inodes[NR_FILES];
	files[DEVICE].f_op = &device;
	files[DEVICE].f_flags = O_RDWR;
	current->files[DEVICE] = &files[DEVICE];
}

/* Nobody may hold an inode or a frame of it any more. */
void close_all_files(void)
{
	for (unsigned int i = 0; i < NR_FILES; i++) {
		CHECK_EQ(inodes[i].i_count, 1);
		for (unsigned long j = 0; j < FILE_PAGES; j++)
			if (file_pages[i][j])
				free_pages(file_pages[i][j], 0);
		memset(file_pages[i], 0, sizeof(file_pages[i]));
	}
}

struct inode *file_inode(unsigned int file)
{
	return &inodes[file];
}

struct page *grab_cache_page(struct inode *inode, loff_t position)
{
	unsigned long index = position >> PAGE_SHIFT;
	struct page *page = find_get_page(inode, index);

	if (page)
		return page;
	page = get_zeroed_page();
	if (!page)
		return ERR_PTR(-ENOMEM);
	page->flags |= PG_cache;
	inode->i_pages[index] = page;
	return page;
}

struct inode *shmem_zero_setup(size_t len, unsigned long vm_flags)
{
	return ERR_PTR(-ENOMEM); /* user/tests/shared.c tests that */
}

struct file *fget(unsigned int fd)
{
	return fd < NR_OPEN ? current->files[fd] : NULL;
}

struct page *find_get_page(struct inode *inode, loff_t index)
{
	return index < inode->i_nrpages ? inode->i_pages[index] : NULL;
}

void inode_get(struct inode *inode)
{
	CHECK(inode->i_count > 0);
	inode->i_count++;
}

/* The descriptors hold the inodes: an area's is never the last. */
void inode_put(struct inode *inode)
{
	inode->i_count--;
	CHECK(inode->i_count > 0);
}

char *inode_path(const struct inode *inode, char *buffer, size_t size)
{
	snprintf(buffer, size, "/file%d", (int)(inode - inodes));
	return buffer;
}
