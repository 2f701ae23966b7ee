/*
 * sched.h - flags of clone(), options of wait4() and what its status means, as
 * Linux has them.
 */
#ifndef ABI_SCHED_H
#define ABI_SCHED_H

#define CSIGNAL              0x000000ff /* the signal sent at the child's end */
#define CLONE_VM             0x00000100
#define CLONE_VFORK          0x00004000
#define CLONE_PARENT_SETTID  0x00100000
#define CLONE_CHILD_CLEARTID 0x00200000
#define CLONE_CHILD_SETTID   0x01000000

#define WNOHANG    1
#define WUNTRACED  2
#define WCONTINUED 8

#define SIZE_OF_RUSAGE 72 /* bytes of a struct rusage */

#endif
