/*
 * dlfcn.h - shared libraries, for programs that can do without: programs here
 * are static, so none is ever found.
 */
#ifndef _DLFCN_H
#define _DLFCN_H

#include <sys/cdefs.h>

__BEGIN_DECLS

#define RTLD_LAZY   1
#define RTLD_NOW    2
#define RTLD_GLOBAL 0x100
#define RTLD_LOCAL  0

#define RTLD_DEFAULT ((void *)0)

/*
 * dlopen, dlsym - a library, and a symbol in one: NULL, and dlerror() says why.
 * dlclose - -1. dlerror - the last failure, once; NULL: none since.
 */
void *dlopen(const char *path, int flags);
void *dlsym(void *library, const char *name);
int dlclose(void *library);
char *dlerror(void);

__END_DECLS

#endif
