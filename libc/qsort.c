/*
 * qsort.c - sorting and searching in arrays.
 *
 * Heapsort: n log n comparisons whatever the input, and no memory beside the
 * array. In a heap the element at index i is not less than its children, those
 * at 2i + 1 and 2i + 2; so the greatest is at index 0.
 */
#include <stdlib.h>

struct array {
	char *base;
	size_t size; /* of an element, bytes */
	int (*compare)(const void *, const void *);
};

static void *element(const struct array *array, size_t index)
{
	return array->base + index * array->size;
}

static void swap(const struct array *array, size_t first, size_t second)
{
	char *a = element(array, first);
	char *b = element(array, second);

	for (size_t i = 0; i < array->size; i++) {
		char byte = a[i];

		a[i] = b[i];
		b[i] = byte;
	}
}

/*
 * The elements below ROOT form heaps, the one at ROOT may be too small: let it
 * sink, each time changing places with its greater child. COUNT elements
 * belong to the heap.
 */
static void sift_down(const struct array *array, size_t root, size_t count)
{
	while (root < count / 2) {
		size_t child = 2 * root + 1;

		if (child + 1 < count &&
		    array->compare(element(array, child),
				   element(array, child + 1)) < 0)
			child++;
		if (array->compare(element(array, root),
				   element(array, child)) >= 0)
			return;
		swap(array, root, child);
		root = child;
	}
}

void qsort(void *base, size_t count, size_t size,
	   int (*compare)(const void *, const void *))
{
	const struct array array = { base, size, compare };

	for (size_t root = count / 2; root-- > 0;)
		sift_down(&array, root, count);
	while (count > 1) {
		count--;
		swap(&array, 0, count);
		sift_down(&array, 0, count);
	}
}

void *bsearch(const void *key, const void *base, size_t count, size_t size,
	      int (*compare)(const void *, const void *))
{
	const char *start = base;

	while (count > 0) {
		const char *middle = start + count / 2 * size;
		int order = compare(key, middle);

		if (order == 0)
			return (void *)middle;
		if (order > 0) {
			start = middle + size;
			count--;
		}
		count /= 2;
	}
	return NULL;
}
