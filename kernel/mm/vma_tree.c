/*
 * vma_tree.c - the order of an address space's areas: a list by address, and
 * over the same areas a balanced binary tree, so that finding one among
 * thousands takes a dozen steps.
 *
 *     list    [text]→[data]→[heap]→[lib]→[stack]
 *     tree                 [heap]
 *                      [text]   [lib]
 *                        [data]    [stack]
 *
 * It is an AVL tree: the heights of two siblings differ by at most one. Each
 * area also knows the largest gap in front of any area of its subtree, which
 * is how mmap() finds a free place without walking the list. Linux did this
 * with a red-black tree (mm_rb, rb_subtree_gap) before 6.1, now with a maple
 * tree.
 */
#include "mm/vma.h"

#include "lib/printk.h"
#include "mm/mm.h"

static int height(const struct vm_area_struct *node)
{
	return node ? node->height : 0;
}

static unsigned long subtree_gap(const struct vm_area_struct *node)
{
	return node ? node->subtree_gap : 0;
}

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

static unsigned long gap_before(const struct vm_area_struct *vma)
{
	unsigned long start = gap_start(vma);
	unsigned long end = vm_start_gap(vma);

	return end > start ? end - start : 0;
}

/* Derive what NODE says of its subtree from its children. */
static void update(struct vm_area_struct *node)
{
	unsigned long below =
		max(subtree_gap(node->left), subtree_gap(node->right));

	node->height = 1 + max(height(node->left), height(node->right));
	node->subtree_gap = max(node->gap, below);
}

static struct vm_area_struct *rotate_left(struct vm_area_struct *node)
{
	struct vm_area_struct *top = node->right;

	node->right = top->left;
	top->left = node;
	update(node);
	update(top);
	return top;
}

static struct vm_area_struct *rotate_right(struct vm_area_struct *node)
{
	struct vm_area_struct *top = node->left;

	node->left = top->right;
	top->right = node;
	update(node);
	update(top);
	return top;
}

/* Restore the balance of NODE, whose subtrees are balanced; its new top. */
static struct vm_area_struct *balance(struct vm_area_struct *node)
{
	int lean = height(node->left) - height(node->right);

	if (lean > 1) {
		if (height(node->left->left) < height(node->left->right))
			node->left = rotate_left(node->left);
		return rotate_right(node);
	}
	if (lean < -1) {
		if (height(node->right->right) < height(node->right->left))
			node->right = rotate_right(node->right);
		return rotate_left(node);
	}
	update(node);
	return node;
}

static struct vm_area_struct *insert(struct vm_area_struct *root,
				     struct vm_area_struct *vma)
{
	if (!root) {
		vma->left = NULL;
		vma->right = NULL;
		update(vma);
		return vma;
	}
	if (vma->vm_start < root->vm_start)
		root->left = insert(root->left, vma);
	else
		root->right = insert(root->right, vma);
	return balance(root);
}

static struct vm_area_struct *remove(struct vm_area_struct *root,
				     struct vm_area_struct *vma)
{
	struct vm_area_struct *next;

	if (vma->vm_start < root->vm_start) {
		root->left = remove(root->left, vma);
	} else if (vma->vm_start > root->vm_start) {
		root->right = remove(root->right, vma);
	} else {
		BUG_ON(root != vma);
		if (!root->right)
			return root->left;
		for (next = root->right; next->left; next = next->left)
			;
		next->right = remove(root->right, next);
		next->left = root->left;
		root = next;
	}
	return balance(root);
}

/* VMA's gap has changed: tell all that stand above it in the tree. */
static void update_path(struct vm_area_struct *root, struct vm_area_struct *vma)
{
	if (vma->vm_start < root->vm_start)
		update_path(root->left, vma);
	else if (vma != root)
		update_path(root->right, vma);
	update(root);
}

static void update_gap(struct mm_struct *mm, struct vm_area_struct *vma)
{
	unsigned long gap = vma ? gap_before(vma) : 0;

	if (!vma || gap == vma->gap)
		return;
	vma->gap = gap;
	update_path(mm->mm_tree, vma);
}

struct vm_area_struct *vma_tree_find(struct mm_struct *mm,
				     unsigned long address)
{
	struct vm_area_struct *node = mm->mm_tree;
	struct vm_area_struct *found = NULL;

	while (node) {
		if (address < node->vm_end) {
			found = node;
			if (address >= node->vm_start)
				break;
			node = node->left;
		} else {
			node = node->right;
		}
	}
	return found;
}

struct vm_area_struct *vma_tree_last(struct mm_struct *mm)
{
	struct vm_area_struct *last = mm->mm_tree;

	while (last && last->right)
		last = last->right;
	return last;
}

void vma_link(struct mm_struct *mm, struct vm_area_struct *vma,
	      struct vm_area_struct *prev)
{
	struct vm_area_struct *next = prev ? prev->vm_next : mm->mmap;

	BUG_ON(vma->vm_start >= vma->vm_end);
	BUG_ON(prev && prev->vm_end > vma->vm_start);
	BUG_ON(next && next->vm_start < vma->vm_end);

	vma->vm_prev = prev;
	vma->vm_next = next;
	if (prev)
		prev->vm_next = vma;
	else
		mm->mmap = vma;
	if (next)
		next->vm_prev = vma;
	mm->map_count++;

	vma->gap = gap_before(vma);
	mm->mm_tree = insert(mm->mm_tree, vma);
	update_gap(mm, next);
}

void vma_unlink(struct mm_struct *mm, struct vm_area_struct *vma)
{
	struct vm_area_struct *next = vma->vm_next;

	mm->mm_tree = remove(mm->mm_tree, vma);
	if (vma->vm_prev)
		vma->vm_prev->vm_next = next;
	else
		mm->mmap = next;
	if (next)
		next->vm_prev = vma->vm_prev;
	mm->map_count--;
	if (mm->mmap_cache == vma)
		mm->mmap_cache = NULL;
	update_gap(mm, next);
}

void vma_moved(struct mm_struct *mm, struct vm_area_struct *vma)
{
	update_gap(mm, vma);
	update_gap(mm, vma->vm_next);
}

/* The highest LEN free bytes of [LOW, HIGH) in front of areas under NODE. */
static unsigned long highest_gap(struct vm_area_struct *node, unsigned long len,
				 unsigned long low, unsigned long high)
{
	unsigned long found;
	unsigned long start, end;

	if (subtree_gap(node) < len)
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
