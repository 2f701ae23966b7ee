/*
 * startup.c - what a program finds on its stack when it starts: the arguments,
 * the environment, and the auxiliary vector, all put there by exec.
 */
#include "kernel_call.h"
#include "tap.h"

/* Of the ELF format (System V ABI, chapters 4 and 5), what is looked at. */
struct elf_header {
	unsigned char e_ident[16]; /* "\177ELF" … */
	unsigned short e_type, e_machine;
	unsigned int e_version;
	unsigned int e_entry;
	unsigned int e_phoff, e_shoff, e_flags;
	unsigned short e_ehsize, e_phentsize, e_phnum;
	unsigned short e_shentsize, e_shnum, e_shstrndx;
};

struct program_header {
	unsigned int p_type, p_offset, p_vaddr, p_paddr;
	unsigned int p_filesz, p_memsz, p_flags, p_align;
};

#define PT_LOAD 1
#define PF_X    1

struct aux_entry {
	unsigned long type;
	unsigned long value;
};

#define AT_NULL   0
#define AT_PHDR   3
#define AT_PHENT  4
#define AT_PHNUM  5
#define AT_PAGESZ 6
#define AT_BASE   7
#define AT_ENTRY  9
#define AT_UID    11
#define AT_HWCAP  16
#define AT_CLKTCK 17
#define AT_SECURE 23
#define AT_RANDOM 25

extern char **environ;

static const struct aux_entry *auxv;

/* The value of entry TYPE, or 0; *FOUND tells whether it is there. */
static unsigned long auxiliary(unsigned long type, bool *found)
{
	for (const struct aux_entry *entry = auxv; entry->type != AT_NULL;
	     entry++) {
		if (entry->type == type) {
			*found = true;
			return entry->value;
		}
	}
	*found = false;
	return 0;
}

static void arguments(int argc, char **argv, char **envp)
{
	bool contiguous = true, equal_signs = true;
	char *end;

	ok(argc >= 1 && argv[0][0] == '/', "argv[0] is the program's path");
	ok(argv[argc] == NULL, "NULL ends the arguments");
	ok(envp == argv + argc + 1, "the environment comes right behind");
	for (int i = 1; i < argc; i++)
		tap_print("# argument %d: \"%s\"\n", i, argv[i]);

	end = argv[0];
	for (int i = 0; i < argc; i++) {
		if (argv[i] != end)
			contiguous = false;
		end = argv[i] + strlen(argv[i]) + 1;
	}
	for (char **env = envp; *env != NULL; env++) {
		if (*env != end)
			contiguous = false;
		if (strchr(*env, '=') == NULL)
			equal_signs = false;
		end = *env + strlen(*env) + 1;
	}
	ok(contiguous, "the strings lie one behind the other");
	ok(equal_signs, "the environment has only NAME=value");
	ok(getenv("PATH") != NULL, "it has PATH");
	ok(environ == envp, "environ is the environment");
	for (char **env = envp; *env != NULL; env++)
		auxv = (const struct aux_entry *)(env + 2);
}

static void auxiliary_vector(void)
{
	bool found;
	unsigned long value = auxiliary(AT_PHDR, &found);
	const struct elf_header *elf;
	const struct program_header *segments =
		(const struct program_header *)value;
	unsigned long text = 0;

	ok(found, "AT_PHDR");
	elf = (const struct elf_header *)(value - sizeof(*elf));
	ok(memcmp(elf->e_ident, "\177ELF", 4) == 0,
	   "points behind the ELF header");
	is_long((long)auxiliary(AT_PHNUM, &found), elf->e_phnum, "AT_PHNUM");
	is_long((long)auxiliary(AT_PHENT, &found),
		sizeof(struct program_header), "AT_PHENT");
	is_long((long)(auxiliary(AT_ENTRY, &found) - elf->e_entry), 0,
		"AT_ENTRY");
	is_long((long)auxiliary(AT_PAGESZ, &found), PAGE, "AT_PAGESZ");
	is_long((long)auxiliary(AT_BASE, &found), 0, "AT_BASE: no interpreter");
	is_long((long)auxiliary(AT_CLKTCK, &found), 100, "AT_CLKTCK");
	auxiliary(AT_HWCAP, &found);
	ok(found, "AT_HWCAP");
	auxiliary(AT_UID, &found);
	ok(found, "AT_UID");
	value = auxiliary(AT_RANDOM, &found);
	ok(found && can_read(value) && can_read(value + 15),
	   "AT_RANDOM: 16 bytes that can be read");
	value = auxiliary(AT_SECURE, &found);
	is_long((long)value, 0, "AT_SECURE");

	for (int i = 0; i < elf->e_phnum; i++)
		if (segments[i].p_type == PT_LOAD &&
		    (segments[i].p_flags & PF_X))
			text = page_down(segments[i].p_vaddr);
	is_string(areas(text, 1), "r-xp 1", "the text is r-xp");
}

static void registers(void)
{
	unsigned long flags, sp;

	__asm__ volatile("pushfl\n\tpopl %0\n\tmovl %%esp, %1"
			 : "=r"(flags), "=r"(sp));
	is_long((long)(flags & 0x7f00 & ~0x200ul), 0,
		"no odd flags: TF, DF, OF, IOPL, NT");
	ok(flags & 0x200, "interrupts are on");
	ok(sp < (unsigned long)environ, "the stack pointer is below it all");
}

int main(int argc, char **argv, char **envp)
{
	arguments(argc, argv, envp);
	auxiliary_vector();
	registers();
	return done_testing();
}
