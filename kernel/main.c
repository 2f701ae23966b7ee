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
#include "mm/fail_page_alloc.h"
#include "mm/mm.h"
#include "mm/multiboot.h"
#include "proc/task.h"
#include "trace/trace.h"
#include "trap/trap.h"

#define MAX_INITS 8 /* init= on the command line */
#define MAX_WORDS 256 /* arguments, or variables, of init */

/* ── The command line ─────────────────────────────────────────────────── */

static struct {
	const char *inits[MAX_INITS];
	int nr_inits;
	const char *arguments[MAX_WORDS]; /* of the last init */
	int nr_arguments;
	const char *environment[MAX_WORDS];
	int nr_environment;
	const char *devices[3];
	const char *trace;
	bool trace_separator;
} options = {
	.environment = { "HOME=/", "TERM=linux", "PATH=/bin" },
	.nr_environment = 3,
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
	word = from;
	for (to = word; *from && (quoted || *from != ' '); from++) {
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

/* If WORD is NAME=VALUE, its value. */
static const char *option_value(const char *word, const char *name)
{
	size_t length = strlen(name);

	if (strncmp(word, name, length) != 0 || word[length] != '=')
		return NULL;
	return word + length + 1;
}

static void set_environment(const char *word)
{
	size_t length = strchr(word, '=') - word + 1;
	int i;

	for (i = 0; i < options.nr_environment; i++)
		if (strncmp(options.environment[i], word, length) == 0)
			break;
	if (i == MAX_WORDS - 1)
		return;
	options.environment[i] = word;
	if (i == options.nr_environment)
		options.nr_environment++;
}

static void parse_option(const char *word)
{
	static const char *const device_options[] = { "stdin", "stdout",
						      "stderr" };
	const char *value;

	for (int fd = 0; fd < 3; fd++) {
		value = option_value(word, device_options[fd]);
		if (value) {
			options.devices[fd] = value;
			return;
		}
	}
	if ((value = option_value(word, "init"))) {
		if (options.nr_inits < MAX_INITS)
			options.inits[options.nr_inits++] = value;
	} else if ((value = option_value(word, "trace"))) {
		options.trace = value;
	} else if ((value = option_value(word, "fail_page_alloc"))) {
		setup_fail_page_alloc(value);
	} else if ((value = option_value(word, "console"))) {
		console_add(value);
	} else if (strcmp(word, "trace_separator") == 0) {
		options.trace_separator = true;
	} else if (strcmp(word, "quiet") == 0) {
		console_set_quiet(true);
	} else if (strcmp(word, "debug_exit") == 0) {
		debug_exit = true;
	} else if (strchr(word, '=')) {
		set_environment(word);
	}
}

static void parse_command_line(char *line)
{
	char *word;
	bool arguments = false;

	while ((word = next_word(&line))) {
		if (arguments && options.nr_arguments < MAX_WORDS - 2)
			options.arguments[options.nr_arguments++] = word;
		else if (strcmp(word, "--") == 0)
			arguments = true;
		else
			parse_option(word);
	}
	if (options.nr_inits == 0) {
		options.inits[options.nr_inits++] = "/bin/tour";
		options.inits[options.nr_inits++] = "/bin/wordfreq";
	}
}

/* ── Boot ─────────────────────────────────────────────────────────────── */

/* The initrd's files move into the tree; its frames become free memory. */
static void unpack_modules(const struct multiboot_info *info)
{
	const struct multiboot_module *modules = __va(info->mods_addr);

	if (!(info->flags & MULTIBOOT_INFO_MODS))
		return;
	for (unsigned int i = 0; i < info->mods_count; i++) {
		unsigned long start = modules[i].mod_start;
		unsigned long end = modules[i].mod_end;
		int error;

		if (end > max_low_pfn << PAGE_SHIFT) {
			pr_warn("initrd: a module above lowmem is ignored\n");
			continue;
		}
		error = unpack_initramfs(__va(start), end - start);
		if (error)
			pr_warn("initrd: module %u cannot be unpacked, error "
				"%d\n",
				i, -error);
		free_bootmem(start & PAGE_MASK, PAGE_ALIGN(end));
	}
}

static void run_inits(void)
{
	unsigned long free_before = nr_free_pages;
	int code = 0;
	int status;

	for (int i = 0; i < options.nr_inits; i++) {
		const char *argv[MAX_WORDS] = { options.inits[i] };

		if (i == options.nr_inits - 1)
			memcpy(argv + 1, options.arguments,
			       options.nr_arguments * sizeof(argv[0]));
		code = run_and_wait(options.inits[i], argv, options.environment,
				    options.devices);
		if (power_off_requested)
			break;
	}
	/* As a shell shows it: 128 + the signal, or the program's status. */
	status = code & 0x7f ? 128 + (code & 0x7f) : code >> 8;
	printk("%s ended with status %d; %lu frames free before, %lu after\n",
	       options.inits[options.nr_inits - 1], status, free_before,
	       nr_free_pages);
	trace_printf_always("machine_power_off",
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
	serial_init();
	keyboard_init();

	ramfs_init();
	tty_init();
	devices_init();
	proc_init();
	tracefs_init();
	fail_page_alloc_init();
	unpack_modules(info);

	trace_init(options.trace, options.trace_separator);
	if (trace_on(TRACE_MARKER))
		set_environment(
			"MALLOC_TRACE=/sys/kernel/tracing/trace_marker");
	printk("Boot: %llu cycles of the CPU from start_kernel() to init\n",
	       read_cycles() - start);
	run_inits();
	machine_power_off();
}
