/*
 * pwd.h - users: there is one, root.
 */
#ifndef _PWD_H
#define _PWD_H

#include <sys/cdefs.h>
#include <sys/types.h>

struct passwd {
	char *pw_name, *pw_passwd;
	uid_t pw_uid;
	gid_t pw_gid;
	char *pw_gecos, *pw_dir, *pw_shell;
};

__BEGIN_DECLS

/* NULL, and errno as it was: there is no such user. */
struct passwd *getpwnam(const char *name);
struct passwd *getpwuid(uid_t user);

__END_DECLS

#endif
