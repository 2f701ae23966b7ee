/*
 * sys/unistd.h - the older name of <unistd.h>.
 */
#include <unistd.h>
