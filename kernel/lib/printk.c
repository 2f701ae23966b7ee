/*
 * printk.c - the kernel's messages on its consoles, and its last words:
 * panic() with a backtrace. Linux: kernel/printk/printk.c, kernel/panic.c.
 */
#include "lib/printk.h"

#include "dev/dev.h"
#include "lib/string.h"
#include "mm/mm_types.h"
#include "proc/task.h"
#include "trace/trace.h"

#define MAX_MESSAGE 256 /* bytes, with the terminator */

/* Bit 0-3: a serial port; bit 4: the screen. */
#define CONSOLE_VGA     NR_SERIAL
#define CONSOLE_DEFAULT (1u << 0 | 1u << CONSOLE_VGA)

static unsigned int consoles = CONSOLE_DEFAULT;
bool console_quiet;

void console_add(const char *name)
{
	static bool chosen;

	if (!chosen)
		consoles = 0;
	chosen = true;
	if (!strcmp(name, "tty0"))
		consoles |= 1u << CONSOLE_VGA;
	else if (!strncmp(name, "ttyS", 4) && name[4] >= '0' &&
		 name[4] < '0' + NR_SERIAL && !name[5])
		consoles |= 1u << (name[4] - '0');
}

/* Ports and screen that are not there, or not yet set up, ignore this. */
static void console_write(const char *message, size_t length)
{
	for (unsigned int line = 0; line < NR_SERIAL; line++) {
		if (!(consoles & 1u << line))
			continue;
		serial_write(line, message, length);
		/* A terminal wants both; the others are read by programs. */
		if (line == 0)
			serial_write(line, "\r", 1);
		serial_write(line, "\n", 1);
	}
	if (consoles & 1u << CONSOLE_VGA) {
		vga_write(message, length);
		vga_write("\r\n", 2);
	}
}

void printk(const char *format, ...)
{
	bool warning = *format == *KERN_WARNING;
	char message[MAX_MESSAGE];
	size_t length;
	va_list args;

	if (console_quiet && !warning)
		return;
	va_start(args, format);
	vsnprintf(message, sizeof(message), format + warning, args);
	va_end(args);
	length = strlen(message);
	if (length && message[length - 1] == '\n')
		length--;
	console_write(message, length);
}

void panic(const char *format, ...)
{
	static bool in_panic;
	char message[MAX_MESSAGE];
	va_list args;

	__asm__ volatile("cli");
	/* What is broken may be what reports it. */
	if (in_panic)
		machine_panic_exit();
	in_panic = true;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	trace_printf("kernel_panic", "%s", message);
	pr_warn("Kernel panic - not syncing: %s\n", message);
	dump_stack((unsigned long)__builtin_return_address(0),
		   *(unsigned long *)__builtin_frame_address(0));
	machine_panic_exit();
}

/*
 * A function begins with `push ebp; mov ebp, esp` (-fno-omit-frame-pointer):
 * so EBP points at the caller's EBP, and behind it is the return address.
 */
struct stack_frame {
	unsigned long next;
	unsigned long return_address;
};

/*
 * BACK: the name is that of so many bytes before ADDRESS. A call that never
 * returns may be its function's last instruction.
 */
static void print_address(unsigned long address, unsigned long back)
{
	unsigned long offset;
	const char *name = kallsyms_lookup(address - back, &offset);

	if (name)
		pr_warn(" [<%08lx>] %s+0x%lx\n", address, name, offset + back);
	else
		pr_warn(" [<%08lx>] ?\n", address);
}

/*
 * The next frame is further up on CURRENT's kernel stack. Anything else ends
 * the chain: EBP was 0 at boot, is the program's in a trap from ring 3, and is
 * anything at all when the kernel is broken.
 */
void dump_stack(unsigned long ip, unsigned long frame)
{
	unsigned long below = (unsigned long)current->stack + PAGE_SIZE - 1;
	unsigned long end = (unsigned long)current->stack + THREAD_SIZE;

	pr_warn("Call trace:\n");
	print_address(ip, 0);
	while (frame > below && frame % sizeof(frame) == 0 &&
	       frame <= end - sizeof(struct stack_frame)) {
		const struct stack_frame *here = (const void *)frame;

		if (!here->return_address)
			break;
		print_address(here->return_address, 1);
		below = frame;
		frame = here->next;
	}
}
