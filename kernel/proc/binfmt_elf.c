/*
 * binfmt_elf.c - from an ELF file to a running program: an address space with
 * the areas that the file asks for, a stack with arguments, and the registers
 * to begin with. Not one page is loaded here: the areas promise, faults
 * deliver. Only the stack's top page and the last page of .data are touched,
 * through the same faults. Linux: fs/binfmt_elf.c.
 *
 *   STACK_TOP  ┌───────────────────────────────┐
 *              │ strings: argv, envp, path     │
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
#include "dev/dev.h"
#include "fs/fs.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/exec.h"
#include "proc/signal.h"
#include "proc/task.h"
#include "trace/trace.h"

#define MAX_PHDRS       64
#define ELF_ET_DYN_BASE 0x56555000UL /* where Linux puts static-pie */
#define AUXV_PAIRS      17

/* What loading finds out and the start-up stack tells. */
struct binary {
	struct inode *inode;
	Elf32_Ehdr header;
	Elf32_Phdr *phdrs;
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
	binary->phdrs = kmalloc(size);
	if (!binary->phdrs)
		return -ENOMEM;
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
	unsigned long size = PAGE_ALIGN(end) - page_end;
	int error = size ? do_munmap(mm, page_end, size) : 0;

	if (size && !error)
		error = do_brk_flags(mm, page_end, size,
				     phdr->p_flags & PF_X ? VM_EXEC : 0);
	if (!error && (phdr->p_flags & PF_W) &&
	    clear_user((void *)file_end, page_end - file_end))
		error = -ENOMEM;
	return error;
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

/* Put SIZE bytes below *SP, which moves down. */
static int push(unsigned long *sp, const void *data, size_t size)
{
	*sp -= size;
	return copy_to_user((void *)*sp, data, size) ? -E2BIG : 0;
}

/* The addresses of COUNT strings, one behind the other in TEXT, which will be
 * at *ADDRESS; NULL behind the last. Returns where TABLE goes on. */
static unsigned long *fill_table(unsigned long *table, int count,
				 const char **text, unsigned long *address)
{
	while (count--) {
		size_t size = strlen(*text) + 1;

		*table++ = *address;
		*text += size;
		*address += size;
	}
	*table++ = 0;
	return table;
}

/* TABLE has room for argc, argv, envp, their NULLs and auxv. */
static int fill_stack(struct mm_struct *mm, const struct binary *binary,
		      const char *path, const struct arguments *arguments,
		      unsigned long *table)
{
	/* Not random: the same program gives the same run. */
	static const char random_bytes[16] = "Faultline AT_RND";
	const char *text = arguments->text;
	unsigned long sp = STACK_TOP - sizeof(long);
	unsigned long *end = table;
	unsigned long address;
	size_t size;

	if (push(&sp, path, strlen(path) + 1))
		return -E2BIG;
	mm->env_end = sp;
	if (push(&sp, arguments->text, arguments->size))
		return -E2BIG;
	mm->arg_start = address = sp;
	sp &= ~15UL;
	if (push(&sp, random_bytes, sizeof(random_bytes)))
		return -E2BIG;

	const unsigned long auxv[AUXV_PAIRS][2] = {
		{ AT_PAGESZ, PAGE_SIZE },
		{ AT_CLKTCK, HZ },
		{ AT_HWCAP, cpu_features },
		{ AT_PHDR, binary->phdr_address },
		{ AT_PHENT, sizeof(Elf32_Phdr) },
		{ AT_PHNUM, binary->header.e_phnum },
		{ AT_BASE, 0 },
		{ AT_FLAGS, 0 },
		{ AT_ENTRY, binary->header.e_entry + binary->load_bias },
		{ AT_UID, 0 },
		{ AT_EUID, 0 },
		{ AT_GID, 0 },
		{ AT_EGID, 0 },
		{ AT_SECURE, 0 },
		{ AT_RANDOM, sp },
		{ AT_EXECFN, mm->env_end },
		{ AT_NULL, 0 },
	};
	*end++ = arguments->argc;
	end = fill_table(end, arguments->argc, &text, &address);
	mm->arg_end = mm->env_start = address;
	end = fill_table(end, arguments->envc, &text, &address);
	memcpy(end, auxv, sizeof(auxv));
	size = (char *)end + sizeof(auxv) - (char *)table;
	sp = ((sp - size) & ~15UL) + size;
	if (push(&sp, table, size))
		return -E2BIG;
	mm->start_stack = sp;
	return 0;
}

static int setup_stack(struct mm_struct *mm, const struct binary *binary,
		       const char *path, const struct arguments *arguments)
{
	unsigned long *table;
	int error;

	mm->start_stack = STACK_TOP - 1; /* so that the area has its name */
	error = do_brk_flags(mm, STACK_TOP - PAGE_SIZE, PAGE_SIZE,
			     VM_GROWSDOWN);
	if (error)
		return error;
	table = kmalloc(
		(arguments->argc + arguments->envc + 3 + 2 * AUXV_PAIRS) *
		sizeof(*table));
	if (!table)
		return -ENOMEM;
	error = fill_stack(mm, binary, path, arguments, table);
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

/* Live in the new space already while it is made, so that uaccess reaches it. */
static int replace_mm(struct binary *binary, const char *path,
		      const struct arguments *arguments)
{
	struct mm_struct *old_mm = current->mm;
	struct mm_struct *mm = mm_alloc();
	int error;

	if (!mm)
		return -ENOMEM;
	set_mm_exe_file(mm, binary->inode);
	current->mm = mm;
	switch_mm(mm);
	error = map_segments(mm, binary);
	if (!error)
		error = setup_stack(mm, binary, path, arguments);
	if (error) {
		current->mm = old_mm;
		switch_mm(old_mm);
		mmput(mm);
	} else if (old_mm) {
		wake_up(old_mm); /* a parent in vfork() */
		mmput(old_mm);
	}
	return error;
}

int load_elf_binary(struct inode *inode, const char *path,
		    const struct arguments *arguments)
{
	struct binary binary = { .inode = inode };
	int error = read_headers(&binary);

	if (!error)
		error = replace_mm(&binary, path, arguments);
	kfree(binary.phdrs);
	if (error)
		return error;
	close_on_exec(current);
	flush_signal_handlers(current);
	set_comm(path);
	current->did_exec = true;
	start_thread(binary.header.e_entry + binary.load_bias,
		     current->mm->start_stack);
	if (trace_on(TRACE_SCHED))
		trace_printf("sched_process_exec", "filename=%s pid=%d", path,
			     current->pid);
	return 0;
}
