/*
 * maps.c - draw a process's address space: its areas from /proc/PID/maps, from
 * the highest address down, and below each area its pages: which are in frames
 * (/proc/PID/pagemap), and which are only promised.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE    4096ul
#define COLUMNS 64 /* characters of a drawing */
#define PRESENT (1ull << 63) /* in an entry of pagemap */

struct area {
	unsigned long start, end;
	char rights[5];
	char name[100];
};

static int pagemap; /* a descriptor, or -1 */

/* Returns how many areas there are; *AREAS is from malloc(). -1: errno. */
static int read_areas(const char *path, struct area **areas)
{
	FILE *file = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;
	int count = 0;

	*areas = NULL;
	if (!file)
		return -1;
	while (getline(&line, &size, file) > 0) {
		struct area *area =
			reallocarray(*areas, (size_t)count + 1, sizeof(*area));

		if (!area)
			break;
		*areas = area;
		area += count++;
		area->name[0] = '\0'; /* not every area has one */
		/* Offset, device and file number come before the name. */
		sscanf(line, "%lx-%lx %4s %*s %*s %*s %99[^\n]", &area->start,
		       &area->end, area->rights, area->name);
	}
	free(line);
	fclose(file);
	return count;
}

/* Is the page at ADDRESS in a frame? */
static int is_resident(unsigned long address)
{
	off_t offset = (off_t)(address / PAGE * sizeof(uint64_t));
	uint64_t entry;

	return lseek(pagemap, offset, SEEK_SET) == offset &&
	       read(pagemap, &entry, sizeof(entry)) == sizeof(entry) &&
	       (entry & PRESENT);
}

/*
 * One character for each page; where the area is too large, for some pages:
 * '#' all are in frames, '+' some, '.' none. Returns how many are.
 */
static unsigned long draw(const struct area *area)
{
	unsigned long pages = (area->end - area->start) / PAGE;
	unsigned long per_column = (pages + COLUMNS - 1) / COLUMNS;
	unsigned long total = 0;
	unsigned long page = 0;

	printf("    ");
	while (page < pages) {
		unsigned long first = page;
		unsigned long resident = 0;

		for (; page < pages && page < first + per_column; page++)
			resident += (unsigned long)is_resident(area->start +
							       page * PAGE);
		putchar(resident == 0              ? '.'
			: resident == page - first ? '#'
						   : '+');
		total += resident;
	}
	if (per_column > 1)
		printf("  %lu pages each", per_column);
	putchar('\n');
	return total;
}

static void show(const struct area *areas, int count)
{
	unsigned long promised = 0;
	unsigned long resident = 0;

	for (int i = count - 1; i >= 0; i--) {
		const struct area *area = &areas[i];
		unsigned long size = area->end - area->start;

		printf("%08lx-%08lx %s %8lu KiB  %s\n", area->start, area->end,
		       area->rights, size / 1024, area->name);
		promised += size;
		if (pagemap >= 0)
			resident += draw(area) * PAGE;
		if (i > 0 && areas[i - 1].end < area->start)
			printf("         (nothing: %lu KiB)\n",
			       (area->start - areas[i - 1].end) / 1024);
	}
	printf("%d areas, %lu KiB promised", count, promised / 1024);
	if (pagemap >= 0)
		printf(", %lu KiB in frames", resident / 1024);
	putchar('\n');
}

int main(int argc, char **argv)
{
	const char *process = argc == 2 ? argv[1] : "self";
	struct area *areas;
	char path[64];
	int count;

	if (argc > 2 || (argc == 2 && argv[1][0] == '-')) {
		int asked = strcmp(argv[1], "--help") == 0;

		fputs("usage: maps [PROCESS]\n"
		      "Draw the address space of the process with this number, "
		      "or of maps itself,\nfrom the highest address down: # is "
		      "a page in a frame, . one only promised,\n+ several "
		      "pages of which some are in frames.\n",
		      asked ? stdout : stderr);
		return asked ? 0 : 2;
	}
	snprintf(path, sizeof(path), "/proc/%s/maps", process);
	count = read_areas(path, &areas);
	if (count < 0) {
		fprintf(stderr, "maps: %s: %s\n", process,
			errno == ENOENT ? "no such process" : strerror(errno));
		return 1;
	}
	snprintf(path, sizeof(path), "/proc/%s/pagemap", process);
	pagemap = open(path, O_RDONLY);
	show(areas, count);
	free(areas);
	return 0;
}
