/*
 * exec.c - from a file to a running program: an address space with the areas
 * that the ELF file asks for, a stack with arguments, and the registers to
 * begin with. Not one page is loaded here: the areas promise, faults deliver.
 * Only the stack's top page and the last page of .data are touched, through
 * the same faults. Linux: fs/exec.c, fs/binfmt_elf.c.
 *
 *   STACK_TOP  ┌───────────────────────────────┐
 *              │ strings: path, argv, envp     │
 *              │ 16 bytes for AT_RANDOM        │
 *              │ auxv … AT_NULL                │
 *              │ envp[0] … NULL                │
 *              │ argv[0] … NULL                │
 *   esp →      │ argc                          │  aligned to 16
 *              └───────────────────────────────┘
 */
#include <elf.h>

#include "abi/errno.h"
#include "abi/mman.h"
#include "fs/fs.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/signal.h"
#include "proc/task.h"
#include "trace/trace.h"

#define MAX_PHDRS        64
#define MAX_STRINGS      4095 /* in argv, and in envp */
#define MAX_ARG_BYTES    (128 << 10) /* in the strings of each */
#define MAX_STRINGS_SIZE (6UL << 20) /* on the stack, in all */
#define MIN_STRINGS_SIZE (128UL << 10)
#define ELF_ET_DYN_BASE  0x56555000UL /* where Linux puts static-pie */
#define AUXV_WORDS       (2 * 20)

/* What loading finds out and the start-up stack tells. */
struct binary {
	struct inode *inode;
	Elf32_Ehdr header;
	Elf32_Phdr phdrs[MAX_PHDRS];
	unsigned long load_bias; /* ET_DYN: added to all addresses */
	unsigned long phdr_address; /* AT_PHDR; 0: not mapped */
	unsigned long brk; /* end of the highest segment */
};

/* ── The file ─────────────────────────────────────────────────────────── */

static int read_headers(struct binary *binary)
{
	Elf32_Ehdr *header = &binary->header;
	ssize_t size = sizeof(*header);

	if (kernel_read(binary->inode, header, size, 0) != size)
		return -ENOEXEC;
	if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
	    header->e_ident[EI_CLASS] != ELFCLASS32 ||
	    header->e_machine != EM_386)
		return -ENOEXEC;
	if (header->e_type != ET_EXEC && header->e_type != ET_DYN)
		return -ENOEXEC;
	if (header->e_phentsize != sizeof(Elf32_Phdr) || header->e_phnum == 0 ||
	    header->e_phnum > MAX_PHDRS)
		return -ENOEXEC;
	size = header->e_phnum * sizeof(Elf32_Phdr);
	if (kernel_read(binary->inode, binary->phdrs, size, header->e_phoff) !=
	    size)
		return -ENOEXEC;
	if (header->e_type == ET_DYN)
		binary->load_bias = ELF_ET_DYN_BASE;
	return 0;
}

/* Does the segment make sense, and does it end below the stack? */
static bool segment_is_valid(const struct binary *binary,
			     const Elf32_Phdr *phdr)
{
	unsigned long start = phdr->p_vaddr + binary->load_bias;

	if (phdr->p_filesz > phdr->p_memsz || start < MMAP_MIN_ADDR)
		return false;
	if (start >= MMAP_BASE || phdr->p_memsz > MMAP_BASE - start)
		return false;
	return (phdr->p_offset & ~PAGE_MASK) == (phdr->p_vaddr & ~PAGE_MASK);
}

static unsigned long segment_prot(const Elf32_Phdr *phdr)
{
	return (phdr->p_flags & PF_R ? PROT_READ : 0) |
	       (phdr->p_flags & PF_W ? PROT_WRITE : 0) |
	       (phdr->p_flags & PF_X ? PROT_EXEC : 0);
}

/* The zeroes behind the file's part: the rest of its last page, and more. */
static int map_bss(struct mm_struct *mm, const Elf32_Phdr *phdr,
		   unsigned long file_end, unsigned long end)
{
	unsigned long page_end = PAGE_ALIGN(file_end);
	int error;

	if (PAGE_ALIGN(end) > page_end) {
		error = do_munmap(mm, page_end, PAGE_ALIGN(end) - page_end);
		if (error)
			return error;
		error = do_brk_flags(mm, page_end, PAGE_ALIGN(end) - page_end,
				     phdr->p_flags & PF_X ? VM_EXEC : 0);
		if (error)
			return error;
	}
	if (!(phdr->p_flags & PF_W) || page_end == file_end)
		return 0;
	return clear_user((void *)file_end, page_end - file_end) ? -ENOMEM : 0;
}

static int map_segment(struct mm_struct *mm, struct binary *binary,
		       const Elf32_Phdr *phdr)
{
	unsigned long start = phdr->p_vaddr + binary->load_bias;
	unsigned long file_end = start + phdr->p_filesz;
	unsigned long end = start + phdr->p_memsz;
	unsigned long page = start & PAGE_MASK;
	unsigned long address;

	if (!segment_is_valid(binary, phdr))
		return -ENOEXEC;
	if (phdr->p_filesz) {
		struct file file = { .f_inode = binary->inode,
				     .f_op = binary->inode->i_fop };

		address = do_mmap(mm, &file, page, file_end - page,
				  segment_prot(phdr), MAP_PRIVATE | MAP_FIXED,
				  phdr->p_offset >> PAGE_SHIFT);
		if (IS_ERR_VALUE(address))
			return address;
	} else {
		file_end = page;
	}
	if (end > file_end) {
		int error = map_bss(mm, phdr, file_end, end);

		if (error)
			return error;
	}

	if (phdr->p_offset <= binary->header.e_phoff &&
	    binary->header.e_phoff < phdr->p_offset + phdr->p_filesz)
		binary->phdr_address =
			start + binary->header.e_phoff - phdr->p_offset;
	if (phdr->p_flags & PF_X) {
		if (!mm->start_code || start < mm->start_code)
			mm->start_code = start;
		mm->end_code = max(mm->end_code, file_end);
	}
	mm->start_data = max(mm->start_data, start);
	mm->end_data = max(mm->end_data, file_end);
	binary->brk = max(binary->brk, end);
	return 0;
}

static int map_segments(struct mm_struct *mm, struct binary *binary)
{
	for (int i = 0; i < binary->header.e_phnum; i++) {
		const Elf32_Phdr *phdr = &binary->phdrs[i];
		int error;

		if (phdr->p_type == PT_INTERP) {
			pr_warn("%s: needs shared libraries; only static "
				"programs run here\n",
				binary->inode->i_name);
			return -ENOEXEC;
		}
		if (phdr->p_type != PT_LOAD || !phdr->p_memsz)
			continue;
		error = map_segment(mm, binary, phdr);
		if (error)
			return error;
	}
	if (!binary->brk)
		return -ENOEXEC;
	mm->start_brk = PAGE_ALIGN(binary->brk);
	mm->brk = mm->start_brk;
	return 0;
}

/* ── The stack ────────────────────────────────────────────────────────── */

static int count_strings(const char *const *strings)
{
	int count = 0;

	while (strings[count])
		count++;
	return count;
}

/* Put SIZE bytes below *SP, which moves down. 0 or -E2BIG. */
static int push(unsigned long *sp, const void *data, size_t size)
{
	/* A quarter of the stack's limit, and some in any case: as Linux. */
	unsigned long limit = min(rlimit(RLIMIT_STACK) / 4, MAX_STRINGS_SIZE);

	if (STACK_TOP - *sp + size > max(limit, MIN_STRINGS_SIZE))
		return -E2BIG;
	*sp -= size;
	return copy_to_user((void *)*sp, data, size) ? -ENOMEM : 0;
}

/* The strings themselves; their addresses go to TABLE. */
static int push_strings(unsigned long *sp, const char *const *strings,
			int count, unsigned long *table)
{
	for (int i = count - 1; i >= 0; i--) {
		int error = push(sp, strings[i], strlen(strings[i]) + 1);

		if (error)
			return error;
		table[i] = *sp;
	}
	table[count] = 0;
	return 0;
}

static unsigned long *put_aux(unsigned long *auxv, unsigned long type,
			      unsigned long value)
{
	auxv[0] = type;
	auxv[1] = value;
	return auxv + 2;
}

/* Returns how many words of AUXV are used. */
static int fill_auxv(unsigned long *auxv, const struct binary *binary,
		     unsigned long random, unsigned long path)
{
	unsigned long *end = auxv;

	end = put_aux(end, AT_PAGESZ, PAGE_SIZE);
	end = put_aux(end, AT_CLKTCK, 100);
	end = put_aux(end, AT_HWCAP, cpu_features());
	if (binary->phdr_address) {
		end = put_aux(end, AT_PHDR, binary->phdr_address);
		end = put_aux(end, AT_PHENT, sizeof(Elf32_Phdr));
		end = put_aux(end, AT_PHNUM, binary->header.e_phnum);
	}
	end = put_aux(end, AT_BASE, 0);
	end = put_aux(end, AT_FLAGS, 0);
	end = put_aux(end, AT_ENTRY,
		      binary->header.e_entry + binary->load_bias);
	end = put_aux(end, AT_UID, 0);
	end = put_aux(end, AT_EUID, 0);
	end = put_aux(end, AT_GID, 0);
	end = put_aux(end, AT_EGID, 0);
	end = put_aux(end, AT_SECURE, 0);
	end = put_aux(end, AT_RANDOM, random);
	end = put_aux(end, AT_EXECFN, path);
	end = put_aux(end, AT_NULL, 0);
	BUG_ON(end - auxv > AUXV_WORDS);
	return end - auxv;
}

/* TABLE has room for argv, envp, their NULLs, argc and auxv. */
static int fill_stack(struct mm_struct *mm, const struct binary *binary,
		      const char *path, const char *const *argv,
		      const char *const *envp, unsigned long *table)
{
	/* Not random: the same program gives the same run. */
	static const char random_bytes[16] = "Faultline AT_RND";
	int argc = count_strings(argv);
	int envc = count_strings(envp);
	unsigned long *argv_table = table + 1;
	unsigned long *envp_table = argv_table + argc + 1;
	unsigned long *auxv = envp_table + envc + 1;
	unsigned long sp = STACK_TOP - sizeof(long);
	unsigned long path_address, random_address;
	size_t words;

	if (push(&sp, path, strlen(path) + 1))
		return -ENOMEM;
	path_address = sp;
	mm->env_end = sp;
	if (push_strings(&sp, envp, envc, envp_table))
		return -E2BIG;
	mm->env_start = sp;
	mm->arg_end = sp;
	if (push_strings(&sp, argv, argc, argv_table))
		return -E2BIG;
	mm->arg_start = sp;
	sp &= ~15UL;
	if (push(&sp, random_bytes, sizeof(random_bytes)))
		return -ENOMEM;
	random_address = sp;

	table[0] = argc;
	words = auxv - table +
		fill_auxv(auxv, binary, random_address, path_address);
	sp -= words * sizeof(long);
	sp = (sp & ~15UL) + words * sizeof(long);
	if (push(&sp, table, words * sizeof(long)))
		return -E2BIG;
	mm->start_stack = sp;
	return 0;
}

static int setup_stack(struct mm_struct *mm, const struct binary *binary,
		       const char *path, const char *const *argv,
		       const char *const *envp)
{
	size_t strings = count_strings(argv) + count_strings(envp);
	unsigned long *table;
	int error;

	if (strings > 2 * MAX_STRINGS)
		return -E2BIG;
	mm->start_stack = STACK_TOP - 1; /* so that the area has its name */
	error = setup_stack_area(mm);
	if (error)
		return error;
	table = kmalloc((strings + 3 + AUXV_WORDS) * sizeof(*table));
	if (!table)
		return -ENOMEM;
	error = fill_stack(mm, binary, path, argv, envp, table);
	kfree(table);
	return error;
}

/* ── The switch ───────────────────────────────────────────────────────── */

/* All registers 0: edx above all, which glibc takes for a function to call. */
static void start_thread(unsigned long ip, unsigned long sp)
{
	struct pt_regs *regs = current_pt_regs();

	memset(regs, 0, sizeof(*regs));
	regs->cs = USER_CS;
	regs->ds = USER_DS;
	regs->es = USER_DS;
	regs->ss = USER_DS;
	regs->ip = ip;
	regs->sp = sp;
	regs->flags = X86_EFLAGS_FIXED | X86_EFLAGS_IF;
	fpu_reset();
	memset(current->tls, 0, sizeof(current->tls));
	load_segments(current->tls, 0, 0);
}

static void set_comm(const char *path)
{
	const char *name = path;

	for (; *path; path++)
		if (*path == '/')
			name = path + 1;
	strscpy(current->comm, name, sizeof(current->comm));
}

static int load_elf_binary(struct binary *binary, const char *path,
			   const char *const *argv, const char *const *envp)
{
	struct mm_struct *old_mm = current->mm;
	struct mm_struct *mm;
	int error = read_headers(binary);

	if (error)
		return error;
	mm = mm_alloc();
	if (!mm)
		return -ENOMEM;
	mm->exe_file = binary->inode;
	inode_get(binary->inode);

	/* Live in the new space already, so that uaccess reaches it. */
	current->mm = mm;
	switch_mm(mm);
	error = map_segments(mm, binary);
	if (!error)
		error = setup_stack(mm, binary, path, argv, envp);
	if (error) {
		current->mm = old_mm;
		switch_mm(old_mm);
		mmput(mm);
		return error;
	}
	if (old_mm)
		mmput(old_mm);
	complete_vfork(current);
	close_on_exec(current);
	flush_signal_handlers(current);
	set_comm(path);
	current->did_exec = true;
	start_thread(binary->header.e_entry + binary->load_bias,
		     mm->start_stack);
	if (trace_on(TRACE_SCHED))
		trace_printf("sched_process_exec", "filename=%s pid=%d", path,
			     current->pid);
	return 0;
}

int kernel_execve(const char *path, const char *const *argv,
		  const char *const *envp)
{
	struct inode *inode = lookup(path);
	struct binary *binary;
	int error;

	if (IS_ERR(inode))
		return PTR_ERR(inode);
	if (!S_ISREG(inode->i_mode))
		return -EACCES;
	binary = kzalloc(sizeof(*binary));
	if (!binary)
		return -ENOMEM;
	binary->inode = inode;
	error = load_elf_binary(binary, path, argv, envp);
	kfree(binary);
	return error;
}

/* ── execve() ─────────────────────────────────────────────────────────── */

/* Strings copied from the program: their pointers, NULL behind the last. */
struct strings {
	char **pointers;
	char *text;
	size_t size; /* bytes of text */
};

static void free_strings(struct strings *strings)
{
	kfree(strings->pointers);
	kfree(strings->text);
}

/* Copies the array USER and what it points at. 0, -EFAULT, -E2BIG, -ENOMEM. */
static int copy_strings(struct strings *strings,
			const char __user *const __user *user)
{
	const char __user *string = NULL;
	int count = 0;

	strings->pointers = kmalloc((MAX_STRINGS + 1) * sizeof(char *));
	strings->text = kmalloc(MAX_ARG_BYTES);
	strings->size = 0;
	if (!strings->pointers || !strings->text)
		return -ENOMEM;
	for (; user; count++) {
		size_t room = MAX_ARG_BYTES - strings->size;
		long length;

		if (copy_from_user(&string, user + count, sizeof(string)))
			return -EFAULT;
		if (!string)
			break;
		if (count == MAX_STRINGS)
			return -E2BIG;
		length = strncpy_from_user(strings->text + strings->size,
					   string, room);
		if (length < 0)
			return length;
		if ((size_t)length == room)
			return -E2BIG;
		strings->pointers[count] = strings->text + strings->size;
		strings->size += length + 1;
	}
	strings->pointers[count] = NULL;
	return 0;
}

long sys_execve(const char __user *filename,
		const char __user *const __user *argv,
		const char __user *const __user *envp)
{
	struct strings arguments = { 0 };
	struct strings environment = { 0 };
	char *path = getname(filename);
	int error;

	if (IS_ERR(path))
		return PTR_ERR(path);
	error = copy_strings(&arguments, argv);
	if (!error)
		error = copy_strings(&environment, envp);
	if (!error)
		error = kernel_execve(
			path, (const char *const *)arguments.pointers,
			(const char *const *)environment.pointers);
	free_strings(&arguments);
	free_strings(&environment);
	kfree(path);
	/* On success this is the new program's eax, as start_thread() left it. */
	return error;
}
