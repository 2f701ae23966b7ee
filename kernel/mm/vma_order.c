/*
 * vma_order.c - the order of an address space's areas: an array, sorted by
 * address, so that finding one among thousands takes a dozen steps, each of
 * which halves what is left.
 *
 *     mm->areas    [0]    [1]    [2]    [3]    [4]
 *                   ↓      ↓      ↓      ↓      ↓
 *                  text   data   heap   lib   stack
 *
 * A new area moves the pointers behind its place by one; a place for a mapping
 * is looked for from gap to gap, downwards. Programs have a few dozen areas;
 * Linux, where some have thousands and many CPUs look at them at once, did this
 * with a red-black tree (mm_rb) before 6.1, now with a maple tree, whose nodes
 * are such arrays.
 */
#include "abi/errno.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "mm/vma.h"

#define FIRST_ROOM 16 /* areas */

int vma_index(const struct mm_struct *mm, unsigned long address)
{
	int low = 0, high = mm->map_count;

	while (low < high) {
		int middle = (low + high) / 2;

		if (mm->areas[middle]->vm_end > address)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* ── Putting in, taking out ───────────────────────────────────────────── */

/* Room for one area more: twice as much as before. 0 or -ENOMEM. */
static int make_room(struct mm_struct *mm)
{
	int room = mm->areas_room ? 2 * mm->areas_room : FIRST_ROOM;
	struct vm_area_struct **areas;

	if (mm->map_count < mm->areas_room)
		return 0;
	areas = kmalloc(room * sizeof(*areas));
	if (!areas)
		return -ENOMEM;
	if (mm->areas)
		memcpy(areas, mm->areas, mm->map_count * sizeof(*areas));
	kfree(mm->areas);
	mm->areas = areas;
	mm->areas_room = room;
	return 0;
}

int vma_link(struct mm_struct *mm, struct vm_area_struct *vma)
{
	int index = vma_index(mm, vma->vm_start);
	struct vm_area_struct **place;

	if (make_room(mm) < 0)
		return -ENOMEM;
	place = &mm->areas[index];
	BUG_ON(vma->vm_start >= vma->vm_end);
	BUG_ON(index < mm->map_count && (*place)->vm_start < vma->vm_end);

	memmove(place + 1, place, (mm->map_count - index) * sizeof(*place));
	*place = vma;
	mm->map_count++;
	return 0;
}

void vma_unlink(struct mm_struct *mm, struct vm_area_struct *vma)
{
	int index = vma_index(mm, vma->vm_start);
	struct vm_area_struct **place = &mm->areas[index];

	mm->map_count--;
	memmove(place, place + 1, (mm->map_count - index) * sizeof(*place));
	if (mm->mmap_cache == vma)
		mm->mmap_cache = NULL;
}

/* ── Gaps ─────────────────────────────────────────────────────────────── */

/* A stack may grow into the gap in front of it, and keeps a guard. */
unsigned long vm_start_gap(const struct vm_area_struct *vma)
{
	if (!(vma->vm_flags & VM_GROWSDOWN))
		return vma->vm_start;
	return vma->vm_start > STACK_GUARD ? vma->vm_start - STACK_GUARD : 0;
}

bool range_is_free(struct mm_struct *mm, unsigned long start, unsigned long len)
{
	const struct vm_area_struct *next = find_vma(mm, start);

	return len <= TASK_SIZE && start <= TASK_SIZE - len &&
	       (!next || start + len <= vm_start_gap(next));
}

/* From the top: the gap in front of each area, the first behind the last. */
unsigned long unmapped_area_topdown(struct mm_struct *mm, unsigned long len,
				    unsigned long low, unsigned long high)
{
	for (int index = vma_index(mm, high); index >= 0; index--) {
		unsigned long start = low, end = high;

		if (index > 0)
			start = max(low, mm->areas[index - 1]->vm_end);
		if (index < mm->map_count)
			end = min(high, vm_start_gap(mm->areas[index]));
		if (start < end && end - start >= len)
			return end - len;
	}
	return 0;
}
