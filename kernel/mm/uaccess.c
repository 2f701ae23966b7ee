/*
 * uaccess.c - the only door between kernel and user memory. The copies run
 * into page faults like the program itself would, and take the same path
 * through do_page_fault(); where the rules refuse, the exception table leads
 * out of the copy, and the caller returns -EFAULT. Linux: lib/usercopy.c,
 * arch/x86/mm/extable.c.
 */
#include "abi/errno.h"
#include "fs/fs.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "mm/vma.h"
#include "trap/trap.h"

/* If the instruction at `instruction` faults, go on at `fixup`. */
struct exception_table_entry {
	unsigned long instruction, fixup;
};

extern const struct exception_table_entry __start___ex_table[];
extern const struct exception_table_entry __stop___ex_table[];

/* copy_user.asm; all return how many bytes were left over */
unsigned long __copy_user(void *to, const void *from, unsigned long size);
unsigned long __clear_user(void *to, unsigned long size);
long __strncpy_from_user(char *to, const char __user *from, long size);

static const struct exception_table_entry *
search_exception_tables(unsigned long ip)
{
	const struct exception_table_entry *entry;

	for (entry = __start___ex_table; entry < __stop___ex_table; entry++)
		if (entry->instruction == ip)
			return entry;
	return NULL;
}

bool may_fault(unsigned long ip)
{
	return search_exception_tables(ip) != NULL;
}

bool fixup_exception(struct pt_regs *regs)
{
	const struct exception_table_entry *entry =
		search_exception_tables(regs->ip);

	if (!entry)
		return false;
	regs->ip = entry->fixup;
	return true;
}

/* Compared so that ADDRESS + SIZE cannot wrap around. */
bool access_ok(const void __user *address, unsigned long size)
{
	return size <= TASK_SIZE && (unsigned long)address <= TASK_SIZE - size;
}

unsigned long copy_to_user(void __user *to, const void *from,
			   unsigned long size)
{
	return access_ok(to, size) ? __copy_user(to, from, size) : size;
}

unsigned long copy_from_user(void *to, const void __user *from,
			     unsigned long size)
{
	return access_ok(from, size) ? __copy_user(to, from, size) : size;
}

unsigned long clear_user(void __user *to, unsigned long size)
{
	return access_ok(to, size) ? __clear_user(to, size) : size;
}

long strncpy_from_user(char *to, const char __user *from, long size)
{
	unsigned long limit;

	if ((unsigned long)from >= TASK_SIZE || size <= 0)
		return size == 0 ? 0 : -EFAULT;
	limit = TASK_SIZE - (unsigned long)from;
	if ((unsigned long)size > limit) {
		long length = __strncpy_from_user(to, from, limit);

		/* It would have to go on in the kernel's half. */
		return length == (long)limit ? -EFAULT : length;
	}
	return __strncpy_from_user(to, from, size);
}

/* ── Another's memory, or CURRENT's without leaving a trace ───────────── */

static struct page *peek_page(struct mm_struct *mm, unsigned long address)
{
	const struct vm_area_struct *vma;
	const pte_t *pte;

	if (address >= TASK_SIZE)
		return NULL;
	pte = pte_lookup(mm, address);
	if (pte && *pte)
		return pfn_to_page(pte_pfn(*pte));
	vma = find_vma(mm, address);
	if (!vma || vma->vm_start > address || !vma->vm_file)
		return NULL;
	return find_get_page(vma->vm_file, linear_page_index(vma, address));
}

/* Linux's makes what is not there; this one only looks. */
size_t access_remote_vm(struct mm_struct *mm, unsigned long address, void *to,
			size_t size)
{
	size_t done = 0;

	while (done < size) {
		const struct page *page = peek_page(mm, address + done);
		size_t offset = (address + done) & ~PAGE_MASK;
		size_t chunk = min(size - done, PAGE_SIZE - offset);

		if (!page)
			break;
		memcpy((char *)to + done, (char *)page_address(page) + offset,
		       chunk);
		done += chunk;
	}
	return done;
}
