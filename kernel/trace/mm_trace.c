/*
 * mm_trace.c - how the memory manager's events look in the event stream. The
 * names are Linux's where Linux has one; the fault handler's decision, areas
 * and the break are events of our own, because they are what one came to see.
 */
#include "trace/mm_trace.h"

#include "fs/fs.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/mm.h"

static const char *const fault_kind_names[NR_FAULT_KINDS] = {
	[FAULT_ANON_WRITE] = "anon_write",
	[FAULT_ANON_READ] = "anon_read",
	[FAULT_ZERO_UPGRADE] = "zero_upgrade",
	[FAULT_FILE_READ] = "file_read",
	[FAULT_FILE_SHARED] = "file_shared",
	[FAULT_FILE_COPY] = "file_copy",
	[FAULT_COW] = "cow_copy",
	[FAULT_REUSE] = "reuse",
	[FAULT_STACK_GROWTH] = "stack_growth",
	[FAULT_SPURIOUS] = "spurious",
	[FAULT_REFUSED] = "refused",
	[FAULT_SIGBUS] = "sigbus",
	[FAULT_OOM] = "oom",
};

char *vma_flags_text(unsigned long vm_flags, char text[5])
{
	text[0] = vm_flags & VM_READ ? 'r' : '-';
	text[1] = vm_flags & VM_WRITE ? 'w' : '-';
	text[2] = vm_flags & VM_EXEC ? 'x' : '-';
	text[3] = vm_flags & VM_MAYSHARE ? 's' : 'p';
	text[4] = '\0';
	return text;
}

char *vma_name(const struct vm_area_struct *vma, char *buffer, size_t size)
{
	const struct mm_struct *mm = vma->vm_mm;
	const char *name = "";

	if (vma->vm_file)
		return inode_path(vma->vm_file, buffer, size);
	if (vma->vm_start <= mm->brk && vma->vm_end > mm->start_brk)
		name = "[heap]";
	else if (vma->vm_start <= mm->start_stack &&
		 mm->start_stack < vma->vm_end)
		name = "[stack]";
	strscpy(buffer, name, size);
	return buffer;
}

const char *area_text(const struct vm_area_struct *vma, unsigned long start,
		      unsigned long end)
{
	static char text[128];
	char flags[5], name[64];

	vma_name(vma, name, sizeof(name));
	snprintf(text, sizeof(text), "0x%lx-0x%lx %s %s", start, end,
		 vma_flags_text(vma->vm_flags, flags), name[0] ? name : "-");
	return text;
}

void __trace_rss_stat(struct mm_struct *mm, int counter)
{
	const char *type = counter == MM_FILEPAGES ? "MM_FILEPAGES"
						   : "MM_ANONPAGES";

	trace_printf("rss_stat", "type=%s size=%ldB", type,
		     mm->rss_stat[counter] << PAGE_SHIFT);
}

void __trace_vma_protect(const struct vm_area_struct *vma,
			 unsigned long old_flags)
{
	const char *area = area_text(vma, vma->vm_start, vma->vm_end);
	char flags[5];

	trace_printf("vma_protect", "0x%lx-0x%lx %s ->%s", vma->vm_start,
		     vma->vm_end, vma_flags_text(old_flags, flags),
		     strchr(area, ' '));
}

void __trace_handle_mm_fault(enum fault_kind kind,
			     const struct vm_area_struct *vma,
			     unsigned long address, pte_t before, pte_t after)
{
	unsigned long pfn = after & _PAGE_PRESENT ? pte_pfn(after) : 0;

	trace_printf("handle_mm_fault",
		     "kind=%s address=0x%lx area=%s pfn=0x%lx pte=0x%lx->0x%lx",
		     fault_kind_names[kind], address,
		     vma ? area_text(vma, vma->vm_start, vma->vm_end) : "none",
		     pfn, before, after);
}
