/*
 * kernel_mm_host.h - what the tests of kernel/mm share. The kernel's sources
 * are compiled as they are into a 32-bit process of the host, under ASan and
 * UBSan; what lies outside of them is played here:
 *
 *   kernel_mm_host.c    the process: main(), physical memory, and the
 *                       privileged instructions, which trap and are emulated
 *   kernel_mm_cpu.c     the MMU: page walks, a TLB that forgets nothing by
 *                       itself, programs' accesses, page faults
 *   kernel_mm_fakes.c   the rest of the kernel: panic(), events, inodes
 *   kernel_mm_model.c   what an address space should be, page by page
 *
 * The kernel's headers and the host's do not go together (ssize_t), so what
 * the tests need of the host's C library is declared here.
 */
#ifndef KERNEL_MM_HOST_H
#define KERNEL_MM_HOST_H

#include <setjmp.h>

#include "lib/types.h"

struct inode;
struct mm_struct;

int printf(const char *format, ...) __printf(1, 2);
int sscanf(const char *string, const char *format, ...);
char *strstr(const char *string, const char *part);
void *malloc(size_t size);
void free(void *memory);

/* ── Tests ────────────────────────────────────────────────────────────── */

struct test {
	const char *name;
	void (*run)(void);
	struct test *next;
};

void register_test(struct test *test);

/* TEST(NAME) { … }: test_kernel_mm.py finds it, and runs it by its name. */
#define TEST(function)                                                     \
	static void function(void);                                        \
	__attribute__((constructor)) static void register_##function(void) \
	{                                                                  \
		static struct test entry = { #function, function, NULL };  \
		register_test(&entry);                                     \
	}                                                                  \
	static void function(void)

/* Where a random test is, for the message of a failed CHECK. */
extern unsigned long test_seed, test_step;

void fail(const char *file, int line, const char *format, ...)
	__printf(3, 4) __noreturn;

#define CHECK(condition)                                            \
	do {                                                        \
		if (!(condition))                                   \
			fail(__FILE__, __LINE__, "%s", #condition); \
	} while (0)

/* Two numbers of at most one word. */
#define CHECK_EQ(actual, expected)                                          \
	do {                                                                \
		unsigned long actual_ = (unsigned long)(actual);            \
		unsigned long expected_ = (unsigned long)(expected);        \
		if (actual_ != expected_)                                   \
			fail(__FILE__, __LINE__,                            \
			     "%s is 0x%lx (%ld), not 0x%lx (%ld)", #actual, \
			     actual_, (long)actual_, expected_,             \
			     (long)expected_);                              \
	} while (0)

extern jmp_buf bug_return;
extern bool bug_expected;

/* STATEMENT must run into a BUG_ON(). */
#define EXPECT_BUG(statement)                                               \
	do {                                                                \
		bug_expected = true;                                        \
		if (!setjmp(bug_return)) {                                  \
			statement;                                          \
			fail(__FILE__, __LINE__, "no BUG: %s", #statement); \
		}                                                           \
		bug_expected = false;                                       \
	} while (0)

/* The same numbers in each run: below LIMIT, which is not 0. */
void random_start(unsigned long seed);
unsigned long random_below(unsigned long limit);

/* ── Physical memory ──────────────────────────────────────────────────── */

/* The frames from here on are free memory; those below are reserved. */
#define FIRST_FREE_PFN 16

/* Map frames 0 … FRAMES at PAGE_OFFSET, with garbage in the first bytes. */
void map_physical_memory(unsigned long frames);

/* Touching [ADDRESS, ADDRESS + SIZE) is an error from now on; or allowed. */
void forbid_memory(void *address, unsigned long size);
void allow_memory(void *address, unsigned long size);

/* mem_map of FRAMES frames, all reserved, and empty free lists. */
void start_allocator(unsigned long frames);

/* … and everything above FIRST_FREE_PFN free, a zero page: as mem_init(). */
void start_memory(unsigned long frames);

/* Take all free frames but LEFT away; give them back. */
void take_frames(unsigned long left);
void give_frames(void);

/* ── Making allocations fail ──────────────────────────────────────────── */

/*
 * The COUNTth call from now of kzalloc(), alloc_pages() or get_zeroed_page()
 * out of another source file returns NULL; 0: none does.
 */
void fail_allocation(unsigned long count);
bool allocation_failed(void); /* since then */

/* ── The CPU ──────────────────────────────────────────────────────────── */

/* What the privileged instructions do (called by kernel_mm_host.c). */
void cpu_invlpg(unsigned long address);
unsigned long cpu_read_cr3(void);
void cpu_write_cr3(unsigned long value);

/*
 * The program reads or writes *WORD at ADDRESS, with all the page faults that
 * takes. Returns the signal that kills it, or 0.
 */
int cpu_read(unsigned long address, unsigned long *word);
int cpu_write(unsigned long address, unsigned long word);

/*
 * Which side of copy_to_user() and copy_from_user() is the program's: the
 * kernel's side is the test's own memory, which may have any address.
 */
extern bool copy_is_to_user;

/* No translation in the TLB allows more than the page tables do. */
void cpu_check_tlb(void);

/* ── What the kernel said ─────────────────────────────────────────────── */

extern char last_fault[32]; /* kind of the last handle_mm_fault event */
extern char last_rule[256]; /* rule="…" of the last signal_generate event */
extern int last_signal; /* of force_sig_fault(); the tests set it to 0 */
extern int last_code;
extern unsigned long last_address;

/* Frames allocated minus frames freed, by the events; by kmalloc's slabs. */
extern long frames_taken;

/* What the events tell now is not about the program: a child of fork(). */
extern bool other_address_space;

/* Forget the areas and counters the events told of: a new address space. */
void forget_events(void);

/* The events since then tell of exactly what MM is now. */
void check_events(const struct mm_struct *mm);

/* ── Files ────────────────────────────────────────────────────────────── */

#define NR_FILES   3
#define FILE_PAGES 96 /* size of each; the last page is not quite full */
#define WRITE_ONLY NR_FILES /* descriptors behind the files' */
#define DEVICE     (NR_FILES + 1)

/* Descriptors 0 … NR_FILES - 1; some pages are holes. */
void open_files(void);
void close_all_files(void);
struct inode *file_inode(unsigned int file);
bool file_page_is_hole(unsigned int file, unsigned long index);
unsigned long file_word(unsigned int file, unsigned long index,
			unsigned int word);

#endif
