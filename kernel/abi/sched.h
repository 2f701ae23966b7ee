/*
 * sched.h - flags of clone(), options of wait4() and what its status means, as
 * Linux has them.
 */
#ifndef ABI_SCHED_H
#define ABI_SCHED_H

#define CSIGNAL              0x000000ff /* the signal sent at the child's end */
#define CLONE_VM             0x00000100
#define CLONE_VFORK          0x00004000
#define CLONE_CHILD_CLEARTID 0x00200000
#define CLONE_CHILD_SETTID   0x01000000

#define WNOHANG     0x00000001
#define WUNTRACED   0x00000002
#define WCONTINUED  0x00000008
#define __WNOTHREAD 0x20000000
#define __WALL      0x40000000

#define P_ALL  0 /* whom wait4() and kill() mean: any */
#define P_PID  1 /* … this one */
#define P_PGID 2 /* … of this group */

#define RUSAGE_SELF     0
#define RUSAGE_CHILDREN (-1)
#define RUSAGE_THREAD   1

#define SIZE_OF_RUSAGE 72 /* bytes of a struct rusage */

#endif
