/*
 * pagemap.c - /proc/self/pagemap: which pages have a frame.
 */
#include "kernel_call.h"
#include "tap.h"

#define PAGES   8ul
#define PRESENT (1ull << 63)

static int pagemap;

/* The entry for ADDRESS, or 0 if it cannot be read. */
static unsigned long long entry_of(unsigned long address)
{
	unsigned long long entry = 0;
	off_t offset = (off_t)(address / PAGE * sizeof(entry));

	if (lseek(pagemap, offset, SEEK_SET) != offset ||
	    read(pagemap, &entry, sizeof(entry)) != sizeof(entry))
		return 0;
	return entry;
}

static bool present(unsigned long address)
{
	return entry_of(address) & PRESENT;
}

int main(void)
{
	unsigned long ground = free_ground(PAGES);
	unsigned long long entries[PAGES];
	unsigned long count = 0;

	pagemap = open("/proc/self/pagemap", O_RDONLY);
	ok(pagemap >= 0, "it can be opened");
	kernel_mmap(ground, PAGES * PAGE, PROT_READ | PROT_WRITE,
		    ANONYMOUS | MAP_FIXED);
	ok(!present(ground), "a new page has no frame");
	*(volatile char *)ground = 1;
	ok(present(ground), "one that was written to has");
	ok(!present(ground + PAGE), "its neighbour has none");
	((volatile char *)ground)[3 * PAGE] = 1;
	lseek(pagemap, (off_t)(ground / PAGE * 8), SEEK_SET);
	is_long(read(pagemap, entries, sizeof(entries)), sizeof(entries),
		"eight entries at once");
	for (unsigned long i = 0; i < PAGES; i++)
		count += (entries[i] & PRESENT) != 0;
	is_long((long)count, 2, "two of them are there");
	kernel_munmap(ground, PAGES * PAGE);
	ok(!present(ground), "none after munmap()");
	ok(present((unsigned long)main), "this code has a frame");
	is_error(kernel_call(SYS_read, pagemap, (long)entries, 7), "EINVAL",
		 "part of an entry");
	lseek(pagemap, 4, SEEK_SET);
	is_error(kernel_call(SYS_read, pagemap, (long)entries, 8), "EINVAL",
		 "from the middle of one");
	lseek(pagemap, 0x7ffffff8, SEEK_SET);
	is_long(read(pagemap, entries, 8), 0, "nothing behind the last page");
	return done_testing();
}
