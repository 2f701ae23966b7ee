/*
 * vma_tree.c - the order of an address space's areas: a list by address, and
 * over the same areas a binary tree, so that finding one among thousands takes
 * two dozen steps.
 *
 *     list    [text]→[data]→[heap]→[lib]→[stack]
 *     tree                 [heap]
 *                      [text]   [lib]
 *                        [data]    [stack]
 *
 * It is a treap (Seidel and Aragon, 1996): each area draws a number when it
 * comes, and none stands below one with a smaller number. So the tree has the
 * shape that it would have if the areas had come in random order, whatever
 * order they do come in. Each area also knows the largest gap in front of any
 * area of its subtree, which is how mmap() finds a free place. Linux did this
 * with a red-black tree (mm_rb, rb_subtree_gap) before 6.1, now with a maple
 * tree.
 */
#include "mm/vma.h"

#include "lib/printk.h"
#include "mm/mm.h"

/* A stack may grow into the gap in front of it, and keeps a guard. */
unsigned long vm_start_gap(const struct vm_area_struct *vma)
{
	if (!(vma->vm_flags & VM_GROWSDOWN))
		return vma->vm_start;
	return vma->vm_start > STACK_GUARD ? vma->vm_start - STACK_GUARD : 0;
}

static unsigned long gap_start(const struct vm_area_struct *vma)
{
	return vma->vm_prev ? vma->vm_prev->vm_end : 0;
}

/* ── The tree ─────────────────────────────────────────────────────────── */

/* Always the same numbers: Numerical Recipes' generator. */
static unsigned int draw_priority(void)
{
	static unsigned int state;

	return state = state * 1664525 + 1013904223;
}

/* Derive what NODE says of its subtree from its children. */
static void update(struct vm_area_struct *node)
{
	unsigned long start = gap_start(node);
	unsigned long gap = max(vm_start_gap(node), start) - start;

	if (node->left)
		gap = max(gap, node->left->subtree_gap);
	if (node->right)
		gap = max(gap, node->right->subtree_gap);
	node->subtree_gap = gap;
}

/* Something has changed between ADDRESS and the areas on both sides of it. */
static void update_path(struct vm_area_struct *node, unsigned long address)
{
	if (!node)
		return;
	update_path(address < node->vm_start ? node->left : node->right,
		    address);
	update(node);
}

/* Where VMA stands in the tree, or is to: above those that have drawn more. */
static struct vm_area_struct **place_of(struct mm_struct *mm,
					struct vm_area_struct *vma)
{
	struct vm_area_struct **place = &mm->mm_tree;

	while (*place && *place != vma && (*place)->priority <= vma->priority)
		place = vma->vm_start < (*place)->vm_start ? &(*place)->left
							   : &(*place)->right;
	return place;
}

/* What stood in VMA's place goes below it: each part on its side. */
static void insert(struct mm_struct *mm, struct vm_area_struct *vma)
{
	struct vm_area_struct **place = place_of(mm, vma);
	struct vm_area_struct *node = *place;
	struct vm_area_struct **left = &vma->left, **right = &vma->right;

	*place = vma;
	while (node) {
		if (node->vm_start < vma->vm_start) {
			*left = node;
			left = &node->right;
			node = node->right;
		} else {
			*right = node;
			right = &node->left;
			node = node->left;
		}
	}
	*left = NULL;
	*right = NULL;
	update_path(vma->left, vma->vm_start);
}

/* The other way round: VMA's two subtrees become one, in its place. */
static void remove(struct mm_struct *mm, struct vm_area_struct *vma)
{
	struct vm_area_struct **place = place_of(mm, vma);
	struct vm_area_struct *left = vma->left, *right = vma->right;

	while (left && right) {
		if (left->priority < right->priority) {
			*place = left;
			place = &left->right;
			left = left->right;
		} else {
			*place = right;
			place = &right->left;
			right = right->left;
		}
	}
	*place = left ? left : right;
}

struct vm_area_struct *vma_tree_last(struct mm_struct *mm)
{
	struct vm_area_struct *last = mm->mm_tree;

	while (last && last->right)
		last = last->right;
	return last;
}

/* ── The list and the tree ────────────────────────────────────────────── */

void vma_link(struct mm_struct *mm, struct vm_area_struct *vma,
	      struct vm_area_struct *prev)
{
	struct vm_area_struct *next = prev ? prev->vm_next : mm->mmap;

	BUG_ON(vma->vm_start >= vma->vm_end);
	BUG_ON(prev && prev->vm_end > vma->vm_start);
	BUG_ON(next && next->vm_start < vma->vm_end);

	vma->vm_prev = prev;
	vma->vm_next = next;
	*(prev ? &prev->vm_next : &mm->mmap) = vma;
	if (next)
		next->vm_prev = vma;
	mm->map_count++;
	vma->priority = draw_priority();
	insert(mm, vma);
	vma_moved(mm, vma);
}

void vma_unlink(struct mm_struct *mm, struct vm_area_struct *vma)
{
	struct vm_area_struct *prev = vma->vm_prev, *next = vma->vm_next;

	*(prev ? &prev->vm_next : &mm->mmap) = next;
	if (next)
		next->vm_prev = prev;
	mm->map_count--;
	if (mm->mmap_cache == vma)
		mm->mmap_cache = NULL;
	remove(mm, vma);
	vma_moved(mm, vma);
}

/* On the way down to the place behind VMA are VMA itself and the next area. */
void vma_moved(struct mm_struct *mm, struct vm_area_struct *vma)
{
	update_path(mm->mm_tree, vma->vm_start);
}

/* The highest LEN free bytes of [LOW, HIGH) in front of areas under NODE. */
static unsigned long highest_gap(struct vm_area_struct *node, unsigned long len,
				 unsigned long low, unsigned long high)
{
	unsigned long found;
	unsigned long start, end;

	if (!node || node->subtree_gap < len)
		return 0;
	if (node->vm_end < high) {
		found = highest_gap(node->right, len, low, high);
		if (found)
			return found;
	}
	start = max(gap_start(node), low);
	end = min(vm_start_gap(node), high);
	if (start < end && end - start >= len)
		return end - len;
	if (gap_start(node) <= low)
		return 0;
	return highest_gap(node->left, len, low, high);
}

unsigned long unmapped_area_topdown(struct mm_struct *mm, unsigned long len,
				    unsigned long low, unsigned long high)
{
	struct vm_area_struct *last = vma_tree_last(mm);
	unsigned long start = last ? max(low, last->vm_end) : low;

	if (start < high && high - start >= len)
		return high - len;
	return highest_gap(mm->mm_tree, len, low, high);
}
