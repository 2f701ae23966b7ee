/*
 * kernel_mm_cpu.c - the MMU as kernel/mm sees it: page walks, a TLB, and the
 * page fault (Intel SDM 3A, 4.6, 4.7 and 4.10). The TLB keeps every
 * translation until the kernel invalidates it, even the one that faulted (a
 * real CPU drops that: 4.10.4.1), so a forgotten flush always shows: a real
 * one would show it on some machine, some day.
 */
#include "kernel_mm_host.h"

#include "abi/misc.h"
#include "mm/mm.h"
#include "proc/task.h"

#define USER_PAGES (TASK_SIZE >> PAGE_SHIFT)

/* The one instruction that may fault in the kernel, and where it leads. */
#define COPY_IP  0xc0100000UL
#define FIXUP_IP 0xc0100100UL

struct {
	unsigned long instruction, fixup;
} const exception_table[]
	__attribute__((section("__ex_table"))) = { { COPY_IP, FIXUP_IP } };

static unsigned long cr3;
static pte_t tlb[USER_PAGES]; /* 0: no translation */
static pgd_t directory_cache[PTRS_PER_PGD]; /* SDM 4.10.3.1 */

/* Pages with a translation (and some without), so that none is missed. */
static unsigned long cached[4 * USER_PAGES];
static unsigned long nr_cached;

/* Also drops all paging-structure caches, whatever the address. */
void cpu_invlpg(unsigned long address)
{
	if (address < TASK_SIZE)
		tlb[address >> PAGE_SHIFT] = 0;
	for (int i = 0; i < PTRS_PER_PGD; i++)
		directory_cache[i] = 0;
}

unsigned long cpu_read_cr3(void)
{
	return cr3;
}

void cpu_write_cr3(unsigned long value)
{
	cr3 = value;
	while (nr_cached)
		tlb[cached[--nr_cached]] = 0;
	cpu_invlpg(0);
}

/* The entry in the page tables, 0 if it is not present. */
static pte_t walk(unsigned long address)
{
	pgd_t entry = ((pgd_t *)__va(cr3))[pgd_index(address)];
	pte_t *table = __va(entry & PAGE_MASK);
	pte_t pte;

	if (!(entry & _PAGE_PRESENT))
		return 0;
	CHECK((entry & _PAGE_RW) && (entry & _PAGE_USER));
	pte = table[pte_index(address)];
	return pte & _PAGE_PRESENT ? pte : 0;
}

static void check_translation(unsigned long page)
{
	pte_t real = walk(page << PAGE_SHIFT);

	if (!tlb[page])
		return;
	if (!real || pte_pfn(real) != pte_pfn(tlb[page]) ||
	    (tlb[page] & ~real & (_PAGE_RW | _PAGE_USER)))
		fail(__FILE__, __LINE__,
		     "the TLB has 0x%lx for 0x%lx, the page table 0x%lx",
		     tlb[page], page << PAGE_SHIFT, real);
}

void cpu_check_tlb(void)
{
	pgd_t *pgd = __va(cr3);

	for (unsigned long i = 0; i < nr_cached; i++)
		check_translation(cached[i]);
	for (int i = 0; i < pgd_index(TASK_SIZE); i++)
		if (directory_cache[i])
			CHECK_EQ(directory_cache[i], pgd[i]);
}

/* The translation that an access uses: the TLB's, or else the tables'. */
static pte_t translate(unsigned long address)
{
	unsigned long page = address >> PAGE_SHIFT;

	if (tlb[page]) {
		check_translation(page);
		return tlb[page];
	}
	tlb[page] = walk(address);
	if (tlb[page]) {
		pgd_t *pgd = __va(cr3);

		directory_cache[pgd_index(address)] = pgd[pgd_index(address)];
		CHECK(nr_cached < ARRAY_SIZE(cached));
		cached[nr_cached++] = page;
	}
	return tlb[page];
}

/*
 * Where ADDRESS is in physical memory, after the page faults it takes; NULL if
 * the kernel refused (IP is then the fixup's, or there is a signal).
 */
static void *access(unsigned long address, bool write, struct pt_regs *regs)
{
	unsigned long ip = regs->ip;

	for (int i = 0; i < 4; i++) {
		unsigned long error_code = user_mode(regs) ? X86_PF_USER : 0;
		pte_t pte = 0;

		if (address < TASK_SIZE) {
			pte = translate(address);
			if (pte && (!write || (pte & _PAGE_RW)))
				return (char *)__va(pte & PAGE_MASK) +
				       (address & ~PAGE_MASK);
		}
		error_code |= write ? X86_PF_WRITE : 0;
		error_code |= pte || address >= TASK_SIZE ? X86_PF_PROT : 0;
		last_signal = 0;
		do_page_fault(regs, error_code, address);
		if (last_signal || regs->ip != ip)
			return NULL;
	}
	fail(__FILE__, __LINE__, "0x%lx faults again and again", address);
}

static unsigned long *user_access(unsigned long address, bool write)
{
	struct pt_regs regs = { .cs = USER_CS, .ip = 0x08048000 };

	return access(address, write, &regs);
}

int cpu_read(unsigned long address, unsigned long *word)
{
	unsigned long *memory = user_access(address, false);

	if (!memory)
		return last_signal;
	*word = *memory;
	return 0;
}

int cpu_write(unsigned long address, unsigned long word)
{
	unsigned long *memory = user_access(address, true);

	if (!memory)
		return last_signal;
	*memory = word;
	return 0;
}

/* ── copy_user.c's function, which runs in the kernel ───────────────── */

/* The byte at ADDRESS: the kernel's own, or a program's. NULL: refused. */
static char *kernel_access(unsigned long address, bool write)
{
	struct pt_regs regs = { .cs = KERNEL_CS, .ip = COPY_IP };
	char *byte = access(address, write, &regs);

	if (!byte)
		CHECK_EQ(regs.ip, FIXUP_IP);
	return byte;
}

bool copy_is_to_user;

unsigned long __copy_user(void *to, const void *from, unsigned long size);

unsigned long __copy_user(void *to, const void *from, unsigned long size)
{
	char *target = to;
	const char *source = from;

	for (; size; size--, target++, source++) {
		char *user = kernel_access(copy_is_to_user
						   ? (unsigned long)target
						   : (unsigned long)source,
					   copy_is_to_user);

		if (!user)
			break;
		if (copy_is_to_user)
			*user = *source;
		else
			*target = *user;
	}
	return size;
}
