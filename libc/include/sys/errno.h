/*
 * sys/errno.h - the older name of <errno.h>.
 */
#include <errno.h>
