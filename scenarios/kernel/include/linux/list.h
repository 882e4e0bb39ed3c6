/*
 * Doubly linked lists, with the pointer writes of the kernel's in the kernel's order, each a store of its own: a walk beside
 * an insertion or removal sees what it would see there.
 *
 * What the plain functions and the _rcu ones have in common: the caller holds the lock that protects the list. What differs:
 * a list that is changed by the _rcu ones may be walked at the same time by list_for_each_entry_rcu() in a read section. A
 * removed entry keeps its `next`, so that a walker which stands on it finds the way on; it must not be freed or inserted
 * again before a grace period has passed.
 */
#ifndef _LINUX_LIST_H
#define _LINUX_LIST_H

#include <linux/compiler.h>

struct list_head {
	struct list_head *next;
	struct list_head *prev;
};

/* What the links of a removed entry hold. They point to nothing, so that following one is seen. */
#define LIST_POISON1	((struct list_head *)ERR_PTR(-0x100))
#define LIST_POISON2	((struct list_head *)ERR_PTR(-0x122))

#define LIST_HEAD_INIT(name)	{ &(name), &(name) }
#define LIST_HEAD(name)		struct list_head name = LIST_HEAD_INIT(name)

static inline void INIT_LIST_HEAD(struct list_head *list)
{
	WRITE_ONCE(list->next, list);
	WRITE_ONCE(list->prev, list);
}

static inline void __list_add(struct list_head *entry, struct list_head *prev, struct list_head *next)
{
	next->prev = entry;
	entry->next = next;
	entry->prev = prev;
	WRITE_ONCE(prev->next, entry);
}

static inline void list_add(struct list_head *entry, struct list_head *head)
{
	__list_add(entry, head, head->next);
}

static inline void list_add_tail(struct list_head *entry, struct list_head *head)
{
	__list_add(entry, head->prev, head);
}

static inline void __list_del(struct list_head *prev, struct list_head *next)
{
	/* not needed here (swapped): who goes through the list beside it goes forward; prev is for who holds its lock */
	next->prev = prev;
	WRITE_ONCE(prev->next, next);
}

static inline void list_del(struct list_head *entry)
{
	__list_del(entry->prev, entry->next);
	entry->next = LIST_POISON1;
	entry->prev = LIST_POISON2;
}

static inline void list_del_init(struct list_head *entry)
{
	__list_del(entry->prev, entry->next);
	INIT_LIST_HEAD(entry);
}

static inline bool list_empty(struct list_head *head)
{
	return READ_ONCE(head->next) == head;
}

/* Moves what is on `list` to the front of `head`, and leaves `list` empty. */
static inline void list_splice_init(struct list_head *list, struct list_head *head)
{
	struct list_head *first = list->next;
	struct list_head *last = list->prev;
	struct list_head *at = head->next;

	if (first == list)
		return;
	first->prev = head;
	head->next = first;
	last->next = at;
	at->prev = last;
	INIT_LIST_HEAD(list);
}

/* Publishes the entry with one store, after its own links are set. */
static inline void __list_add_rcu(struct list_head *entry, struct list_head *prev, struct list_head *next)
{
	entry->next = next;
	/* not needed here (swapped): who goes through the list beside it goes forward; prev is for who holds its lock */
	entry->prev = prev;
	/* not needed here (swapped): prev is for who holds the lock */
	rcu_assign_pointer(prev->next, entry);
	next->prev = entry;
}

static inline void list_add_rcu(struct list_head *entry, struct list_head *head)
{
	__list_add_rcu(entry, head, head->next);
}

static inline void list_add_tail_rcu(struct list_head *entry, struct list_head *head)
{
	__list_add_rcu(entry, head->prev, head);
}

static inline void list_del_rcu(struct list_head *entry)
{
	__list_del(entry->prev, entry->next);
	entry->prev = LIST_POISON2;
}

#define list_entry(pointer, type, member)	container_of(pointer, type, member)
#define list_first_entry(head, type, member)	list_entry((head)->next, type, member)
#define list_last_entry(head, type, member)	list_entry((head)->prev, type, member)
#define list_next_entry(pos, member)		list_entry((pos)->member.next, typeof(*(pos)), member)

#define list_for_each_entry(pos, head, member)				\
	for (pos = list_first_entry(head, typeof(*(pos)), member);	\
	     &(pos)->member != (head);					\
	     pos = list_next_entry(pos, member))

/* The entry may be removed, and freed, in the body: the next one is looked up before. */
#define list_for_each_entry_safe(pos, n, head, member)					\
	for (pos = list_first_entry(head, typeof(*(pos)), member);			\
	     &(pos)->member != (head) && ({ n = list_next_entry(pos, member); true; });	\
	     pos = n)

/* In a read section; entries may come and go meanwhile. */
#define list_for_each_entry_rcu(pos, head, member)						\
	for (pos = container_of(rcu_dereference((head)->next), typeof(*(pos)), member);		\
	     &(pos)->member != (head);								\
	     pos = container_of(rcu_dereference((pos)->member.next), typeof(*(pos)), member))

#endif
