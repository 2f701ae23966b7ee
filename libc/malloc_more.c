/*
 * malloc_more.c - functions of <stdlib.h> and <malloc.h> that only call others:
 * realloc() and memalign(), whoever provides them.
 */
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>

void *reallocarray(void *old, size_t count, size_t size)
{
	size_t request;

	if (__builtin_mul_overflow(count, size, &request))
		request = SIZE_MAX;
	return realloc(old, request);
}

void *aligned_alloc(size_t alignment, size_t request)
{
	return memalign(alignment, request);
}

void *valloc(size_t request)
{
	return memalign(4096, request);
}

int posix_memalign(void **result, size_t alignment, size_t request)
{
	int saved_errno = errno;
	int error = 0;
	void *block;

	if (alignment % sizeof(void *))
		return EINVAL;
	block = memalign(alignment, request);
	if (block)
		*result = block;
	else
		error = errno;
	errno = saved_errno;
	return error;
}
