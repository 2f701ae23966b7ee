/*
 * exec.c - execve(): collect the arguments from the old program, find out what
 * kind of file the new one is, and have it loaded. An ELF file is loaded as it
 * is (binfmt_elf.c). For a script, which begins with "#!interpreter argument",
 * the interpreter is loaded, and told the script's path:
 *
 *     script a b   →   interpreter argument script a b
 *
 * Linux: fs/exec.c, fs/binfmt_script.c.
 */
#include "proc/exec.h"

#include "abi/errno.h"
#include "abi/resource.h"
#include "fs/fs.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/task.h"

#define MAX_ARG_STRLEN  (128 << 10) /* bytes of one string */
#define FIRST_ROOM      1024 /* bytes for strings; more if they need it */
#define MAX_ARG_STRINGS (6UL << 20) /* bytes of all strings, at most … */
#define MIN_ARG_STRINGS (128UL << 10) /* … and at least */
#define SCRIPT_LINE     256 /* bytes that may tell of an interpreter */
#define MAX_SCRIPTS     5 /* that are each other's interpreter */

/* ── The arguments ────────────────────────────────────────────────────── */

/* A quarter of what the stack may have, and some in any case. */
static unsigned long max_size(void)
{
	return max(min(rlimit(RLIMIT_STACK) / 4, MAX_ARG_STRINGS),
		   MIN_ARG_STRINGS);
}

/* Twice the room. */
static int grow(struct arguments *arguments)
{
	size_t room = arguments->room ? 2 * arguments->room : FIRST_ROOM;
	char *text;

	if (room > max_size())
		return -E2BIG;
	text = kmalloc(room);
	if (!text)
		return -ENOMEM;
	memcpy(text, arguments->text, arguments->size);
	kfree(arguments->text);
	arguments->text = text;
	arguments->room = room;
	return 0;
}

/* How many there are goes to *COUNT. */
static int add_strings(struct arguments *arguments,
		       const char __user *const __user *strings, int *count)
{
	while (strings) {
		const char __user *string;
		size_t room = arguments->room - arguments->size;
		long length;
		int error = get_user(string, strings + *count);

		if (error || !string)
			return error;
		length = strncpy_from_user(arguments->text + arguments->size,
					   string, room);
		if (length < 0)
			return length;
		if (length >= MAX_ARG_STRLEN)
			return -E2BIG;
		if ((size_t)length < room) {
			arguments->size += length + 1;
			++*count;
		} else {
			/* Once more, with more room. */
			error = grow(arguments);
			if (error)
				return error;
		}
	}
	return 0;
}

/* STRING, the kernel's, before all others, or INSTEAD of the first. */
static int put_first(struct arguments *arguments, const char *string,
		     bool instead)
{
	size_t size = strlen(string) + 1;
	size_t old = instead ? strlen(arguments->text) + 1 : 0;

	while (arguments->room - arguments->size + old < size) {
		int error = grow(arguments);

		if (error)
			return error;
	}
	memmove(arguments->text + size, arguments->text + old,
		arguments->size - old);
	memcpy(arguments->text, string, size);
	arguments->size += size - old;
	arguments->argc += !instead;
	return 0;
}

/* ── Scripts ──────────────────────────────────────────────────────────── */

static bool is_blank(char character)
{
	return character == ' ' || character == '\t';
}

/*
 * Put the interpreter of the script INODE before ARGUMENTS, and all that
 * follows on its line as one argument, but for blanks around it. A longer line
 * is cut, yet an interpreter's path without an end is none.
 */
static int add_interpreter(struct inode *inode, struct arguments *arguments)
{
	char line[SCRIPT_LINE] = "";
	char *name = line + 2;
	char *argument, *end;
	int error = 0;

	kernel_read(inode, line, SCRIPT_LINE - 1, 0);
	if (line[0] != '#' || line[1] != '!')
		return -ENOEXEC;
	while (is_blank(*name))
		name++;
	end = strchr(name, '\n');
	if (!end)
		end = name + strlen(name);
	while (end > name && is_blank(end[-1]))
		end--;
	*end = '\0';
	argument = name;
	while (*argument && !is_blank(*argument))
		argument++;
	if (argument == name || argument == line + SCRIPT_LINE - 1)
		return -ENOEXEC;
	while (is_blank(*argument))
		*argument++ = '\0';
	if (*argument)
		error = put_first(arguments, argument, false);
	return error ? error : put_first(arguments, name, false);
}

/* ── execve() ─────────────────────────────────────────────────────────── */

/* The interpreter of a script may be a script, and so on. */
static int load_program(const char *path, struct arguments *arguments)
{
	const char *file = path;

	for (int scripts = 0; scripts <= MAX_SCRIPTS; scripts++) {
		struct inode *inode = lookup(file);
		int error;

		if (IS_ERR(inode))
			return PTR_ERR(inode);
		if (!S_ISREG(inode->i_mode) || !(inode->i_mode & 0111))
			return -EACCES;
		if (inode->i_writecount > 0)
			return -ETXTBSY;
		error = load_elf_binary(inode, path, arguments);
		if (error != -ENOEXEC)
			return error;
		error = scripts ? 0 : put_first(arguments, path, true);
		if (!error)
			error = add_interpreter(inode, arguments);
		if (error)
			return error;
		file = arguments->text;
	}
	return -ELOOP;
}

int kernel_execve(const char *path, const char *const *argv,
		  const char *const *envp)
{
	struct arguments arguments = { 0 };
	int error = add_strings(&arguments, argv, &arguments.argc);

	if (!error && !arguments.argc)
		error = put_first(&arguments, "", false);
	if (!error)
		error = add_strings(&arguments, envp, &arguments.envc);
	if (!error)
		error = load_program(path, &arguments);
	kfree(arguments.text);
	return error;
}

long sys_execve(const char __user *filename,
		const char __user *const __user *argv,
		const char __user *const __user *envp)
{
	char *path = getname(filename);

	if (IS_ERR(path))
		return PTR_ERR(path);
	/* On success 0 is the new program's eax, as start_thread() left it. */
	return kernel_execve(path, argv, envp);
}
