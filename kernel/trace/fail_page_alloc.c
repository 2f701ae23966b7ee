/*
 * fail_page_alloc.c - make frame allocations fail on purpose, to see whether
 * everybody who asks for a frame can live without. As on Linux:
 *
 *     fail_page_alloc=<interval>,<probability>,<space>,<times>
 *
 * on the command line: of the allocations, those after <space> bytes have been
 * given, every <interval>-th fails, <times> times (-1: no limit). Probability
 * is 0 (off) or 100: nothing here is random. So 7,100,0,1 fails exactly the
 * seventh. The same four are files under /sys/kernel/debug/fail_page_alloc.
 * The boot's own allocations are spared. Linux: lib/fault-inject.c.
 */
#include "abi/errno.h"
#include "fs/fs.h"
#include "lib/string.h"
#include "trace/fail_page_alloc.h"
#include "mm/mm.h"
#include "proc/task.h"

bool fail_page_alloc_enabled;

static struct {
	long interval, probability, space, times;
} attr = { .interval = 1, .times = 1 };

static unsigned long count; /* allocations, since an attribute was set */

bool should_fail_alloc_page(unsigned int order)
{
	long size = PAGE_SIZE << order;

	if (current == &init_task || attr.times == 0)
		return false;
	if (attr.space > size) {
		attr.space -= size;
		return false;
	}
	count++;
	if (attr.interval > 1 && count % attr.interval)
		return false;
	if (attr.times > 0)
		attr.times--;
	return true;
}

static void attributes_changed(void)
{
	count = 0;
	fail_page_alloc_enabled = attr.probability > 0;
}

/* Files in /sys/kernel/debug/fail_page_alloc. */
static const struct attribute fields[] = {
	{ "interval", 0600, .number = &attr.interval,
	  .changed = attributes_changed },
	{ "probability", 0600, .number = &attr.probability,
	  .changed = attributes_changed },
	{ "space", 0600, .number = &attr.space, .changed = attributes_changed },
	{ "times", 0600, .number = &attr.times, .changed = attributes_changed },
};

void fail_page_alloc_init(void)
{
	register_attributes("/sys/kernel/debug/fail_page_alloc", fields,
			    ARRAY_SIZE(fields));
}

void setup_fail_page_alloc(const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		*fields[i].number = parse_long(&text);
		text += *text == ',';
	}
	attributes_changed();
}
