/*
 * dlfcn.c - shared libraries: there are none. What asks for one is told so, in
 * the way it expects.
 */
#include <dlfcn.h>
#include <stddef.h>

static char *error;

static void refuse(void)
{
	error = "programs are static: no shared libraries";
}

void *dlopen(const char *path, int flags)
{
	refuse();
	return NULL;
}

void *dlsym(void *library, const char *name)
{
	refuse();
	return NULL;
}

int dlclose(void *library)
{
	refuse();
	return -1;
}

char *dlerror(void)
{
	char *message = error;

	error = NULL;
	return message;
}
