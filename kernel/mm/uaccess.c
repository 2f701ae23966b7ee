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
#include "proc/task.h"
#include "trap/trap.h"

/* If the instruction at `instruction` faults, go on at `fixup`. */
struct exception_table_entry {
	unsigned long instruction, fixup;
};

extern const struct exception_table_entry __start___ex_table[];
extern const struct exception_table_entry __stop___ex_table[];

/* copy_user.c: returns how many bytes were left over */
unsigned long __copy_user(void *to, const void *from, unsigned long size);

unsigned long search_exception_tables(unsigned long ip)
{
	const struct exception_table_entry *entry;

	for (entry = __start___ex_table; entry < __stop___ex_table; entry++)
		if (entry->instruction == ip)
			return entry->fixup;
	return 0;
}

/*
 * Compared so that ADDRESS + SIZE cannot wrap around. A task of the kernel's has
 * no program: the first exec's strings, which it copies, are the kernel's own.
 */
bool access_ok(const void __user *address, unsigned long size)
{
	return (size <= TASK_SIZE &&
		(unsigned long)address <= TASK_SIZE - size) ||
	       !current->mm;
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
	unsigned long piece, left = 0;

	for (; size && !left; size -= piece - left) {
		piece = min(size, PAGE_SIZE);
		left = copy_to_user(to, page_address(zero_page), piece);
		to = (char *)to + piece;
	}
	return size;
}

/* In pieces that do not touch a page where no part of the string is. */
long strncpy_from_user(char *to, const char __user *from, long size)
{
	unsigned long limit = max(size, 0), done = 0;

	while (done < limit) {
		unsigned long address = (unsigned long)from + done;
		unsigned long piece = min(limit - done, 32 - address % 32);
		unsigned long left =
			copy_from_user(to + done, from + done, piece);
		unsigned long length = strnlen(to + done, piece - left);

		done += length;
		if (length < piece - left)
			return done;
		if (left)
			return -EFAULT;
	}
	return size < 0 ? -EFAULT : size;
}

/* ── Another's memory, or CURRENT's without leaving a trace ───────────── */

struct page *follow_page(struct mm_struct *mm, unsigned long address)
{
	const struct vm_area_struct *vma;
	const pte_t *pte;

	if (address >= TASK_SIZE)
		return NULL;
	pte = pte_lookup(mm, address);
	if (pte && *pte)
		return pfn_to_page(pte_pfn(*pte));
	vma = find_vma_intersection(mm, address, address + 1);
	return vma && vma->vm_file
		       ? find_get_page(vma->vm_file,
				       linear_page_index(vma, address))
		       : NULL;
}

/* Linux's makes what is not there; this one only looks. */
size_t access_remote_vm(struct mm_struct *mm, unsigned long address, void *to,
			size_t size)
{
	size_t done = 0;

	while (done < size) {
		const struct page *page = follow_page(mm, address + done);
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
