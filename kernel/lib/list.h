/*
 * list.h - a circular doubly linked list whose links live inside the objects,
 * as in Linux's include/linux/list.h. An empty list points at itself.
 */
#ifndef LIB_LIST_H
#define LIB_LIST_H

#include "lib/types.h"

struct list_head {
	struct list_head *next, *prev;
};

static inline void INIT_LIST_HEAD(struct list_head *list)
{
	list->next = list;
	list->prev = list;
}

static inline bool list_empty(const struct list_head *head)
{
	return head->next == head;
}

/* Put ENTRY behind PREV. */
static inline void list_add(struct list_head *entry, struct list_head *prev)
{
	entry->next = prev->next;
	entry->prev = prev;
	prev->next->prev = entry;
	prev->next = entry;
}

static inline void list_add_tail(struct list_head *entry,
				 struct list_head *head)
{
	list_add(entry, head->prev);
}

static inline void list_del(struct list_head *entry)
{
	entry->prev->next = entry->next;
	entry->next->prev = entry->prev;
	entry->next = NULL;
	entry->prev = NULL;
}

#define list_entry(pointer, type, member) container_of(pointer, type, member)

#define list_first_entry(head, type, member) \
	list_entry((head)->next, type, member)

#define list_for_each_entry(position, head, member)                          \
	for (position = list_first_entry(head, typeof(*position), member);   \
	     &position->member != (head);                                    \
	     position = list_entry(position->member.next, typeof(*position), \
				   member))

#endif
