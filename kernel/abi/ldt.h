/*
 * ldt.h - what set_thread_area() is told: a segment of the thread's own, which
 * C libraries reach through %gs. Linux: arch/x86/include/uapi/asm/ldt.h.
 */
#ifndef ABI_LDT_H
#define ABI_LDT_H

struct user_desc {
	unsigned int entry_number; /* of the GDT; -1: choose one */
	unsigned int base_addr;
	unsigned int limit; /* bytes, or pages */
	unsigned int seg_32bit : 1;
	unsigned int contents : 2;
	unsigned int read_exec_only : 1;
	unsigned int limit_in_pages : 1;
	unsigned int seg_not_present : 1;
	unsigned int useable : 1;
};

#endif
