/*
 * sysconf.c - properties of the system that programs ask for by number.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

/* The limit of RESOURCE; -1 without an error: there is none. */
static long limit_of(int resource)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY)
		return -1;
	return limit.rlim_cur;
}

/* Of RAM or of what is free of it, in pages. */
static long pages(int free)
{
	struct sysinfo info;

	if (sysinfo(&info) < 0)
		return -1;
	return (unsigned long long)(free ? info.freeram : info.totalram) *
	       info.mem_unit / PAGE_SIZE;
}

long sysconf(int name)
{
	switch (name) {
	case _SC_ARG_MAX:
		return ARG_MAX;
	case _SC_CHILD_MAX:
		return limit_of(RLIMIT_NPROC);
	case _SC_CLK_TCK:
		return 100;
	case _SC_NGROUPS_MAX:
		return NGROUPS_MAX;
	case _SC_OPEN_MAX:
		return limit_of(RLIMIT_NOFILE);
	case _SC_VERSION:
		return _POSIX_VERSION;
	case _SC_PAGESIZE:
		return PAGE_SIZE;
	case _SC_IOV_MAX:
		return IOV_MAX;
	case _SC_LINE_MAX:
		return LINE_MAX;
	case _SC_GETPW_R_SIZE_MAX:
		return 1024;
	case _SC_NPROCESSORS_CONF:
	case _SC_NPROCESSORS_ONLN:
		return 1; /* that a program here can use */
	case _SC_PHYS_PAGES:
		return pages(0);
	case _SC_AVPHYS_PAGES:
		return pages(1);
	case _SC_HOST_NAME_MAX:
		return HOST_NAME_MAX;
	}
	errno = EINVAL;
	return -1;
}

long pathconf(const char *path, int name)
{
	switch (name) {
	case _PC_LINK_MAX:
		return 127;
	case _PC_MAX_CANON:
	case _PC_MAX_INPUT:
		return 255;
	case _PC_NAME_MAX:
		return NAME_MAX;
	case _PC_PATH_MAX:
		return PATH_MAX;
	case _PC_PIPE_BUF:
		return PIPE_BUF;
	}
	errno = EINVAL;
	return -1;
}

long fpathconf(int fd, int name)
{
	return pathconf("", name);
}

int getpagesize(void)
{
	return PAGE_SIZE;
}

int gethostname(char *buffer, size_t size)
{
	struct utsname name;

	if (uname(&name) < 0)
		return -1;
	if (strlcpy(buffer, name.nodename, size) < size)
		return 0;
	errno = ENAMETOOLONG;
	return -1;
}
