/*
 * The lock bit of a page, PG_locked, with the owner that the real one has no room for: a `struct mutex` in the page, so that the
 * machine knows who waits for whom and who unlocks what is not his. Whoever holds it may sleep.
 *
 * Real page locks may be released by another than the one who took them (a read that completes in an interrupt does that).
 * Nobody here does.
 */
#ifndef _LINUX_PAGE_LOCK_H
#define _LINUX_PAGE_LOCK_H

#include <linux/compiler.h>

#define lock_page(page)		mutex_lock(&(page)->lock)
#define trylock_page(page)	mutex_trylock(&(page)->lock)
#define unlock_page(page)	mutex_unlock(&(page)->lock)

/* One read of the flags word. */
#define PageLocked(page) ({				\
	bool __page_locked;				\
	atomic {					\
		__page_locked = lock_is_taken(&(page)->lock);	\
	}						\
	__page_locked;					\
})

#endif
