/*
 * grp.h - groups of users: there is one, root.
 */
#ifndef _GRP_H
#define _GRP_H

#include <sys/cdefs.h>
#include <sys/types.h>

struct group {
	char *gr_name, *gr_passwd;
	gid_t gr_gid;
	char **gr_mem; /* names of members, NULL */
};

__BEGIN_DECLS

struct group *getgrnam(const char *name);
struct group *getgrgid(gid_t group);

__END_DECLS

#endif
