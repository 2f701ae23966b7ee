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

#define MAX_PHDRS       16
#define ELF_ET_DYN_BASE 0x56555000UL /* where Linux puts static-pie */

/* What loading finds out and the start-up stack tells. */
struct binary {
	struct inode *inode;
	Elf32_Ehdr header;
	Elf32_Phdr phdrs[MAX_PHDRS];
	unsigned long load_bias; /* ET_DYN: added to all addresses */
	unsigned long phdr_address; /* AT_PHDR */
	unsigned long brk; /* end of the highest segment */
};

/* ── The file ─────────────────────────────────────────────────────────── */

static int read_headers(struct binary *binary)
{
	Elf32_Ehdr *header = &binary->header;
	ssize_t size = sizeof(*header);

	if (kernel_read(binary->inode, header, size, 0) != size ||
	    memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
	    header->e_machine != EM_386)
		return -ENOEXEC;
	if (header->e_type == ET_DYN)
		binary->load_bias = ELF_ET_DYN_BASE;
	else if (header->e_type != ET_EXEC)
		return -ENOEXEC;
	if (header->e_phentsize != sizeof(Elf32_Phdr) ||
	    header->e_phnum > MAX_PHDRS)
		return -ENOEXEC;
	size = header->e_phnum * sizeof(Elf32_Phdr);
	if (kernel_read(binary->inode, binary->phdrs, size, header->e_phoff) !=
	    size)
		return -ENOEXEC;
	return 0;
}

/* Does the segment make sense, and does it end below the stack? */
static bool segment_is_valid(const Elf32_Phdr *phdr, unsigned long start)
{
	return phdr->p_filesz <= phdr->p_memsz && start >= MMAP_MIN_ADDR &&
	       start < MMAP_BASE && phdr->p_memsz <= MMAP_BASE - start &&
	       (phdr->p_offset & ~PAGE_MASK) == (phdr->p_vaddr & ~PAGE_MASK);
}

static unsigned long segment_prot(const Elf32_Phdr *phdr)
{
	return (phdr->p_flags & PF_R ? PROT_READ : 0) |
	       (phdr->p_flags & PF_W ? PROT_WRITE : 0) |
	       (phdr->p_flags & PF_X ? PROT_EXEC : 0);
}

/*
 * Pages of the file, then pages of zeroes; between them, in the file's last
 * page, zeroes are written.
 */
static int map_segment(struct mm_struct *mm, struct binary *binary,
		       const Elf32_Phdr *phdr)
{
	struct file file = { .f_inode = binary->inode,
			     .f_op = binary->inode->i_fop };
	unsigned long start = phdr->p_vaddr + binary->load_bias;
	unsigned long page = start & PAGE_MASK;
	unsigned long file_end = start + phdr->p_filesz;
	unsigned long bss = phdr->p_filesz ? PAGE_ALIGN(file_end) : page;
	unsigned long end = start + phdr->p_memsz;
	unsigned long error = 0;

	if (!segment_is_valid(phdr, start))
		return -ENOEXEC;
	if (bss > page)
		error = do_mmap(mm, &file, page, bss - page, segment_prot(phdr),
				MAP_PRIVATE | MAP_FIXED,
				phdr->p_offset >> PAGE_SHIFT);
	if (!IS_ERR_VALUE(error) && end > bss)
		error = do_mmap(mm, NULL, bss, end - bss, segment_prot(phdr),
				MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS, 0);
	if (IS_ERR_VALUE(error))
		return error;
	if (bss > file_end && end > file_end && (phdr->p_flags & PF_W) &&
	    clear_user((void *)file_end, bss - file_end))
		return -ENOMEM;

	if (!binary->brk) /* the first segment has all headers */
		binary->phdr_address =
			start - phdr->p_offset + binary->header.e_phoff;
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

/*
 * Write to *TABLE, which moves up, where COUNT strings lie, and a NULL: one
 * behind the other from *ADDRESS on, as at TEXT. Returns where TEXT goes on;
 * NULL: there is no room.
 */
static const char *put_addresses(unsigned long __user **table, int count,
				 const char *text, unsigned long *address)
{
	const unsigned long end = 0;

	while (count--) {
		size_t size = strlen(text) + 1;

		if (put_user(*address, (*table)++))
			return NULL;
		text += size;
		*address += size;
	}
	return put_user(end, (*table)++) ? NULL : text;
}

static int setup_stack(struct mm_struct *mm, const struct binary *binary,
		       const char *path, const struct arguments *arguments)
{
	/* Not random: the same program gives the same run. */
	static const char random_bytes[16] = "Faultline AT_RND";
	size_t path_size = strlen(path) + 1;
	unsigned long path_at = STACK_TOP - sizeof(long) - path_size;
	unsigned long address = path_at - arguments->size;
	unsigned long random_at = (address & ~15UL) - sizeof(random_bytes);
	const unsigned long auxv[][2] = {
		{ AT_PAGESZ, PAGE_SIZE },
		{ AT_CLKTCK, HZ },
		{ AT_HWCAP, cpu_features },
		{ AT_PHDR, binary->phdr_address },
		{ AT_PHENT, sizeof(Elf32_Phdr) },
		{ AT_PHNUM, binary->header.e_phnum },
		{ AT_ENTRY, binary->header.e_entry + binary->load_bias },
		{ AT_UID, 0 },
		{ AT_EUID, 0 },
		{ AT_GID, 0 },
		{ AT_EGID, 0 },
		{ AT_SECURE, 0 },
		{ AT_RANDOM, random_at },
		{ AT_EXECFN, path_at },
		{ AT_NULL, 0 },
	};
	/* argc, and a NULL behind argv and envp */
	size_t words = 3 + arguments->argc + arguments->envc;
	unsigned long sp = (random_at - words * sizeof(long) - sizeof(auxv)) &
			   ~15UL;
	unsigned long __user *table = (unsigned long __user *)sp;
	const char *text = arguments->text;
	int error;

	mm->start_stack = STACK_TOP - 1; /* so that the area has its name */
	error = do_brk_flags(mm, STACK_TOP - PAGE_SIZE, PAGE_SIZE,
			     VM_GROWSDOWN);
	if (error)
		return error;
	mm->start_stack = sp;
	mm->arg_start = address;
	mm->env_end = path_at;
	if (copy_to_user((void *)path_at, path, path_size) ||
	    copy_to_user((void *)address, text, arguments->size) ||
	    copy_to_user((void *)random_at, random_bytes, 16) ||
	    put_user(arguments->argc, table++))
		return -E2BIG;
	text = put_addresses(&table, arguments->argc, text, &address);
	mm->arg_end = mm->env_start = address;
	if (!text || !put_addresses(&table, arguments->envc, text, &address) ||
	    put_user(auxv, (void *)table))
		return -E2BIG;
	return 0;
}

/* ── The switch ───────────────────────────────────────────────────────── */

/* All registers 0: edx above all, which glibc takes for a function to call. */
static void start_thread(unsigned long ip, unsigned long sp)
{
	*current_pt_regs() = (struct pt_regs){
		.ds = USER_DS,
		.es = USER_DS,
		.ip = ip,
		.cs = USER_CS,
		.flags = X86_EFLAGS_FIXED | X86_EFLAGS_IF,
		.sp = sp,
		.ss = USER_DS,
	};
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
