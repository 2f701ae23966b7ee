/*
 * alloca.h - memory that goes when the function returns.
 */
#ifndef _ALLOCA_H
#define _ALLOCA_H

#define alloca(size) __builtin_alloca(size)

#endif
