/*
 * forkcow.c - fork() copies no memory: it shares it, and copies a page when
 * one of the two writes to it. Six steps, each of which says what it does,
 * shows what has changed, and checks its claim: in frames (VmRSS) and page
 * faults of the process, and, where /proc/self/pagemap tells, the frame's
 * number.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE       4096ul
#define FRAME_BITS ((1ull << 55) - 1) /* of an entry in pagemap */

struct figures {
	unsigned long faults;
	unsigned long rss; /* bytes in frames */
	unsigned long frame; /* behind `page`; 0: not told */
};

static volatile char *page; /* the page that is watched */
static volatile char *spare; /* one to practise with */
static const char *who = "parent";
static int broken_claims;

/* Up to SIZE bytes of PATH from OFFSET on; without malloc(). */
static ssize_t read_at(const char *path, off_t offset, void *to, size_t size)
{
	int fd = open(path, O_RDONLY);
	ssize_t count = -1;

	if (fd < 0)
		return -1;
	if (lseek(fd, offset, SEEK_SET) == offset)
		count = read(fd, to, size);
	close(fd);
	return count;
}

static char *read_text(const char *path)
{
	static char text[1024];
	ssize_t length = read_at(path, 0, text, sizeof(text) - 1);

	if (length < 0) {
		perror(path);
		exit(2);
	}
	text[length] = '\0';
	return text;
}

/* stat has, in field 10, the faults; statm has, in field 2, the pages. */
static void look(struct figures *figures)
{
	off_t offset = (off_t)((unsigned long)page / PAGE * sizeof(uint64_t));
	uint64_t entry = 0;
	char *text;

	if (read_at("/proc/self/pagemap", offset, &entry, sizeof(entry)) < 0)
		entry = 0;
	figures->frame = (unsigned long)(entry & FRAME_BITS);
	text = strchr(read_text("/proc/self/statm"), ' ');
	figures->rss = strtoul(text, NULL, 10) * PAGE;
	text = strrchr(read_text("/proc/self/stat"), ')');
	for (int field = 2; field < 10; field++)
		text = strchr(text + 1, ' ');
	figures->faults = strtoul(text, NULL, 10);
}

static void show(const struct figures *before, const struct figures *after)
{
	printf("    %s: VmRSS %lu KiB, %+ld KiB; faults %+ld", who,
	       after->rss / 1024, (long)(after->rss - before->rss) / 1024,
	       (long)(after->faults - before->faults));
	if (after->frame)
		printf("; the page is in frame 0x%lx", after->frame);
	putchar('\n');
}

static void claim(bool holds, const char *text)
{
	printf("  %s %s\n", holds ? "[true]" : "[NOT TRUE]", text);
	if (!holds)
		broken_claims++;
}

static void step(int number, const char *text)
{
	printf("\nStep %d: %s\n", number, text);
}

/* So that later only the steps' own faults count: touch all that they use. */
static void warm_up(void)
{
	struct figures ignored;

	printf("  (The %s is process %d.)\n", who, getpid());
	for (int i = 0; i < 3; i++) {
		*spare = 1;
		look(&ignored);
	}
}

/* As long as the child runs this, the parent waits. */
static int child(const struct figures *parent)
{
	struct figures before, after;
	char content;

	who = "child";
	warm_up();
	step(2, "the child reads the page");
	look(&before);
	content = *page;
	look(&after);
	show(&before, &after);
	claim(content == 'p', "it finds what the parent wrote");
	claim(after.faults == before.faults && after.rss == before.rss,
	      "without a page fault: the page was there");
	if (after.frame)
		claim(after.frame == parent->frame,
		      "in the same frame as the parent's: one frame, shared");

	step(3, "the child writes to the page");
	look(&before);
	*page = 'c';
	look(&after);
	show(&before, &after);
	claim(after.faults - before.faults == 1,
	      "one page fault: the page was write-protected in both");
	claim(after.rss == before.rss,
	      "VmRSS is as it was: a copy took the shared frame's place");
	if (after.frame)
		claim(after.frame != parent->frame,
		      "another frame: there are two now");

	step(4, "the child writes to it again");
	look(&before);
	*page = 'C';
	look(&after);
	show(&before, &after);
	claim(after.faults == before.faults,
	      "no fault: it is the child's own, and may be written");
	return broken_claims;
}

/* A page of memory that nothing else shares. */
static volatile char *new_page(void)
{
	void *memory = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED) {
		perror("forkcow: mmap");
		exit(2);
	}
	return memory;
}

static void parent(void)
{
	struct figures before, after;
	int status;
	pid_t pid;

	warm_up();
	step(1, "the parent writes to a new page, then calls fork()");
	look(&before);
	*page = 'p';
	look(&after);
	show(&before, &after);
	claim(after.rss - before.rss == PAGE &&
		      after.faults - before.faults == 1,
	      "one page fault, one frame");

	fflush(stdout); /* or the child has a copy of what is not yet out */
	pid = fork();
	if (pid == 0)
		exit(child(&after));
	if (pid < 0 || waitpid(pid, &status, 0) != pid) {
		perror("forkcow: fork");
		exit(2);
	}
	if (!WIFEXITED(status))
		claim(false, "the child should have come to its end");
	else
		broken_claims += WEXITSTATUS(status);

	step(5, "the child has ended; the parent reads the page");
	claim(*page == 'p', "the child's stores are not to be seen here");

	step(6, "the parent writes to the page");
	look(&before);
	*page = 'P';
	look(&after);
	show(&before, &after);
	claim(after.faults - before.faults == 1,
	      "one page fault: it still was write-protected");
	claim(after.rss == before.rss && after.frame == before.frame,
	      "but no copy: nobody else has the frame, so it may be written");
}

int main(int argc, char **argv)
{
	if (argc > 1) {
		int asked = strcmp(argv[1], "--help") == 0;

		fputs("usage: forkcow\n"
		      "Show step by step how fork() shares a page's frame, and "
		      "when it is copied.\n"
		      "The status is 1 if a claim did not hold.\n",
		      asked ? stdout : stderr);
		return asked ? 0 : 2;
	}
	page = new_page();
	spare = new_page();
	parent();
	if (broken_claims > 0) {
		printf("\n%d claims did not hold.\n", broken_claims);
		return 1;
	}
	printf("\nAll claims held.\n");
	return 0;
}
