/*
 * passwd.c - the one user and the one group.
 */
#include <grp.h>
#include <pwd.h>
#include <stddef.h>
#include <string.h>

static struct passwd root = { "root", "x", 0, 0, "root", "/", "/bin/sh" };
static char *members[] = { NULL };
static struct group wheel = { "root", "x", 0, members };

struct passwd *getpwnam(const char *name)
{
	return strcmp(name, root.pw_name) == 0 ? &root : NULL;
}

struct passwd *getpwuid(uid_t user)
{
	return user == root.pw_uid ? &root : NULL;
}

struct group *getgrnam(const char *name)
{
	return strcmp(name, wheel.gr_name) == 0 ? &wheel : NULL;
}

struct group *getgrgid(gid_t group)
{
	return group == wheel.gr_gid ? &wheel : NULL;
}
