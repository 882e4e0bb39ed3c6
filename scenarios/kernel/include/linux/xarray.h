/*
 * The xarray, as an array of XA_SLOTS pointers: index -> entry. The tree of the real one, its marks and its retry entries
 * are left out; to its callers they do not exist. Changing a slot is one op, which stands for the section under xa_lock:
 * nobody looks at a half-changed tree.
 *
 * A search is a read section of its own, and only of its own: xa_load() and each turn of xa_for_each() protect the way to the
 * entry, not the entry that they return. A caller whose entries are freed by RCU needs rcu_read_lock() around the use.
 */
#ifndef _LINUX_XARRAY_H
#define _LINUX_XARRAY_H

#include <linux/compiler.h>
#include <linux/errno.h>

#ifndef XA_SLOTS
#define XA_SLOTS	4
#endif

struct xarray {
	void *slots[XA_SLOTS];
};

/* The entry at the index, or NULL. */
static inline void *xa_load(struct xarray *xa, unsigned long index)
{
	void *entry;

	/* not needed here (no lock, swapped): it is for the tree on the way to the entry, which is left out; the caller sees to the entry */
	rcu_read_lock();
	/* not needed here (unmarked): who looks a block up has a mapping in it, which keeps it in its slot
	 * not needed here (swapped): the read section is for the tree, which is left out */
	entry = rcu_dereference(xa->slots[index]);
	rcu_read_unlock();
	return entry;
}

/* Stores an entry where there is none. -EBUSY if there is one. */
static inline int xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)
{
	int result = -EBUSY;

	atomic { /* xa_lock */
		/* not needed here (always true): the caller has allocated the address, and a block leaves its slot before its area is free */
		if (!xa->slots[index]) {
			rcu_assign_pointer(xa->slots[index], entry);
			result = 0;
		}
	}
	return result;
}

/* Removes and returns the entry at the index; NULL if there was none. */
static inline void *xa_erase(struct xarray *xa, unsigned long index)
{
	void *entry;

	atomic { /* xa_lock */
		entry = xa->slots[index];
		rcu_assign_pointer(xa->slots[index], NULL);
	}
	return entry;
}

/*
 * Every entry, by rising index; `entry` is NULL at the end. Before each turn the search starts again from the index after the
 * last one, in a read section of its own (xa_find(), xa_find_after()), so that entries may be added and removed meanwhile and
 * the walk never gets lost.
 */
#define xa_for_each(xa, index, entry)								\
	for (index = 0;										\
	     ({											\
		rcu_read_lock();								\
		entry = NULL;									\
		while (index < XA_SLOTS && !(entry = rcu_dereference((xa)->slots[index])))	\
			index++;								\
		rcu_read_unlock();								\
		index < XA_SLOTS;								\
	     });										\
	     index++)

#endif
