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
	unsigned long limit = min(rlimit(RLIMIT_STACK) / 4, MAX_ARG_STRINGS);

	return max(limit, MIN_ARG_STRINGS);
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

/*
 * Copy from the old program; a task of the kernel's has none, its strings are
 * the kernel's own. get_string: how long it is, or SIZE if that was too little.
 */
static long get_string(char *to, const char __user *from, size_t size)
{
	if (current->mm)
		return strncpy_from_user(to, from, size);
	strscpy(to, from, size);
	return min(strlen(from), size);
}

static int get_pointer(const char __user **to,
		       const char __user *const __user *from)
{
	if (current->mm)
		return get_user(*to, from);
	*to = *from;
	return 0;
}

static int add_string(struct arguments *arguments, const char __user *string)
{
	for (;;) {
		size_t room = arguments->room - arguments->size;
		long length = get_string(arguments->text + arguments->size,
					 string, room);
		int error;

		if (length < 0)
			return length;
		if (length >= MAX_ARG_STRLEN)
			return -E2BIG;
		if ((size_t)length < room) {
			arguments->size += length + 1;
			return 0;
		}
		error = grow(arguments);
		if (error)
			return error;
	}
}

/* How many there are goes to *COUNT. */
static int add_strings(struct arguments *arguments,
		       const char __user *const __user *strings, int *count)
{
	while (strings) {
		const char __user *string;
		int error = get_pointer(&string, strings + *count);

		if (error || !string)
			return error;
		++*count;
		if (arguments->size + *count * sizeof(char *) > max_size())
			return -E2BIG;
		error = add_string(arguments, string);
		if (error)
			return error;
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

static char *skip_blanks(char *text)
{
	while (is_blank(*text))
		text++;
	return text;
}

/*
 * Cut the LINE of SCRIPT_LINE bytes, and a NUL. Returns the interpreter's
 * path; NULL: there is none, or one without an end. *ARGUMENT: all that
 * follows, in one piece, or NULL.
 */
static char *parse_script(char *line, char **argument)
{
	char *name = skip_blanks(line + 2);
	char *name_end = name;
	char *end = strchr(line, '\n');

	if (end)
		*end = '\0';
	while (*name_end && !is_blank(*name_end))
		name_end++;
	if (name_end == name || name_end == line + SCRIPT_LINE)
		return NULL;
	end = line + min(strlen(line), (size_t)SCRIPT_LINE - 1);
	while (is_blank(end[-1]))
		end--;
	*end = '\0';
	*argument = end > name_end ? skip_blanks(name_end) : NULL;
	*name_end = '\0';
	return name;
}

/* Put the interpreter of the script INODE before ARGUMENTS. */
static int add_interpreter(struct inode *inode, struct arguments *arguments)
{
	char line[SCRIPT_LINE + 1] = "";
	char *name, *argument;
	int error = 0;

	if (kernel_read(inode, line, SCRIPT_LINE, 0) < 2 || line[0] != '#' ||
	    line[1] != '!')
		return -ENOEXEC;
	name = parse_script(line, &argument);
	if (!name)
		return -ENOEXEC;
	if (argument)
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
