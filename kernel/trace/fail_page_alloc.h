/*
 * fail_page_alloc.h - asked by alloc_pages() before it gives.
 */
#ifndef TRACE_FAIL_PAGE_ALLOC_H
#define TRACE_FAIL_PAGE_ALLOC_H

#include "lib/types.h"

extern bool fail_page_alloc_enabled;

/* Is this one of those that are to fail? */
bool should_fail_alloc_page(unsigned int order);

/* "interval,probability,space,times" from the command line. */
void setup_fail_page_alloc(const char *text);

void fail_page_alloc_init(void); /* the files */

#endif
