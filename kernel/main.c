/*
 * main.c - the kernel from its first line of C to the last: bring up each
 * part, run the programs that the command line names, power off.
 *
 *   boot.asm → start_kernel: console, descriptor tables, memory, devices,
 *              files → run_and_wait(init) … → machine_power_off()
 *
 * Linux: init/main.c.
 */
#include "dev/dev.h"
#include "fs/fs.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "trace/fail_page_alloc.h"
#include "mm/mm.h"
#include "mm/multiboot.h"
#include "proc/task.h"
#include "trace/trace.h"
#include "trap/trap.h"

#define MAX_INITS 8 /* init= on the command line */
#define MAX_WORDS 256 /* arguments, or variables, of init */

/* ── The command line ─────────────────────────────────────────────────── */

static struct {
	const char *inits[MAX_INITS + 1];
	int nr_inits; /* on the command line */
	const char *argv[MAX_WORDS + 1]; /* of the last init */
	int argc;
	const char *environment[MAX_WORDS + 1];
	const char *devices[3];
	const char *trace;
	bool trace_separator;
} options = {
	.inits = { "/bin/tour", "/bin/wordfreq" },
	.argc = 1,
	.environment = { "HOME=/", "TERM=linux", "PATH=/bin" },
	.devices = { "/dev/console", "/dev/console", "/dev/console" },
};

bool debug_exit;

/*
 * Cut the next word off *REST: spaces separate, "quotes" keep them, and in
 * quotes a backslash takes the next character as it is. NULL at the end.
 */
static char *next_word(char **rest)
{
	char *from = *rest;
	char *word, *to;
	bool quoted = false;

	while (*from == ' ')
		from++;
	if (!*from)
		return NULL;
	word = to = from;
	for (; *from && (quoted || *from != ' '); from++) {
		if (*from == '"') {
			quoted = !quoted;
			continue;
		}
		if (quoted && *from == '\\' && from[1])
			from++;
		*to++ = *from;
	}
	*rest = *from ? from + 1 : from;
	*to = '\0';
	return word;
}

/* Is WORD NAME=VALUE? Then where the latter begins goes to *VALUE. */
static bool option(const char *word, const char *name, const char **value)
{
	size_t length = strlen(name);

	if (strncmp(word, name, length) != 0 || word[length] != '=')
		return false;
	*value = word + length + 1;
	return true;
}

static void add_init(const char *path)
{
	if (options.nr_inits == MAX_INITS)
		return;
	options.inits[options.nr_inits++] = path;
	options.inits[options.nr_inits] = NULL;
}

static void set_environment(const char *word)
{
	size_t length = strchr(word, '=') - word + 1;
	int i = 0;

	while (options.environment[i] &&
	       strncmp(options.environment[i], word, length) != 0)
		i++;
	if (i < MAX_WORDS)
		options.environment[i] = word;
}

static void parse_option(const char *word)
{
	const char *value;

	if (option(word, "stdin", &options.devices[0]) ||
	    option(word, "stdout", &options.devices[1]) ||
	    option(word, "stderr", &options.devices[2]) ||
	    option(word, "trace", &options.trace))
		return;
	if (option(word, "init", &value))
		add_init(value);
	else if (option(word, "console", &value))
		console_add(value);
	else if (option(word, "fail_page_alloc", &value))
		setup_fail_page_alloc(value);
	else if (strcmp(word, "trace_separator") == 0)
		options.trace_separator = true;
	else if (strcmp(word, "quiet") == 0)
		console_quiet = true;
	else if (strcmp(word, "debug_exit") == 0)
		debug_exit = true;
	else if (strchr(word, '='))
		set_environment(word);
}

static void parse_command_line(char *line)
{
	bool arguments = false;
	char *word;

	while ((word = next_word(&line))) {
		if (!arguments && strcmp(word, "--") == 0)
			arguments = true;
		else if (!arguments)
			parse_option(word);
		else if (options.argc < MAX_WORDS)
			options.argv[options.argc++] = word;
	}
}

/* ── Boot ─────────────────────────────────────────────────────────────── */

/* The initrd's files move into the tree; its frames become free memory. */
static void unpack_modules(const struct multiboot_info *info)
{
	const struct multiboot_module *module = __va(info->mods_addr);

	if (!(info->flags & MULTIBOOT_INFO_MODS))
		return;
	for (unsigned int i = 0; i < info->mods_count; i++, module++) {
		unsigned long start = module->mod_start;
		unsigned long end = module->mod_end;

		if (unpack_initramfs(__va(start), end - start))
			pr_warn("initrd: module %u cannot be unpacked\n", i);
		free_bootmem(start & PAGE_MASK, PAGE_ALIGN(end));
	}
}

static void run_inits(void)
{
	unsigned long free_before = nr_free_pages;
	const char **init;
	int code = 0;
	int status;

	for (init = options.inits; *init && !power_off_requested; init++) {
		const char *alone[] = { *init, NULL };

		options.argv[0] = *init;
		code = run_and_wait(*init, init[1] ? alone : options.argv,
				    options.environment, options.devices);
	}
	/* As a shell shows it: 128 + the signal, or the program's status. */
	status = code & 0x7f ? 128 + (code & 0x7f) : code >> 8;
	printk("%s ended with status %d; %lu frames free before, %lu after\n",
	       init[-1], status, free_before, nr_free_pages);
	trace_printf("machine_power_off",
		     "status=%d free_before=%lu free_after=%lu", status,
		     free_before, nr_free_pages);
}

void start_kernel(unsigned long magic, unsigned long info_address)
{
	const struct multiboot_info *info = __va(info_address);
	static char command_line[4096];
	uint64_t start;

	cpu_init();
	start = read_cycles();
	serial_early_init();
	vga_init();
	if (magic != MULTIBOOT_BOOTLOADER_MAGIC)
		panic("not started by a multiboot loader (magic 0x%lx)", magic);
	if (info->flags & MULTIBOOT_INFO_CMDLINE)
		strscpy(command_line, __va(info->cmdline),
			sizeof(command_line));
	parse_command_line(command_line);
	printk("Faultline: a kernel to see malloc() from below\n");

	gdt_init();
	idt_init();
	mem_init(info);
	sched_init();
	pic_init();
	timer_init();

	ramfs_init();
	tty_init();
	serial_init();
	keyboard_init();
	devices_init();
	proc_init();
	tracefs_init();
	fail_page_alloc_init();
	unpack_modules(info);

	trace_init(options.trace, options.trace_separator);
	if (trace_on(TRACE_MARKER))
		set_environment(
			"MALLOC_TRACE=/sys/kernel/tracing/trace_marker");
	printk("Boot: %lu cycles of the CPU from start_kernel() to init\n",
	       (unsigned long)(read_cycles() - start));
	run_inits();
	machine_power_off();
}
