/*
 * sys/fcntl.h - the older name of <fcntl.h>.
 */
#include <fcntl.h>
