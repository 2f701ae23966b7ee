/*
 * signal.h - the numbers of the signals. A program that a signal ended has the
 * exit status 128 + number in a shell.
 */
#ifndef _SIGNAL_H
#define _SIGNAL_H

#include <abi/signal.h>

#endif
