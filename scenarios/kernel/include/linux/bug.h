/*
 * Checks. BUG_ON stops the context that fails it, as an oops does; WARN_ON and assert report and go on. A failed check is an
 * `assertion` violation. The condition is evaluated once; what it loads are ops like any other.
 */
#ifndef _LINUX_BUG_H
#define _LINUX_BUG_H

#define BUG()		__bug("BUG()")

#define BUG_ON(condition) do {				\
	if (condition)					\
		__bug("BUG_ON(" #condition ")");	\
} while (0)

#define WARN_ON(condition) ({				\
	bool __warn_on = !!(condition);			\
	if (__warn_on)					\
		__warn("WARN_ON(" #condition ")");	\
	__warn_on;					\
})

#define WARN_ON_ONCE(condition)	WARN_ON(condition)

#define VM_BUG_ON(condition)		BUG_ON(condition)
#define VM_BUG_ON_PAGE(condition, page)	BUG_ON(condition)
#define VM_WARN_ON(condition)		WARN_ON(condition)

/* A claim of the model's author. */
#define assert(condition) do {				\
	if (!(condition))				\
		__warn("assert(" #condition ")");	\
} while (0)

/* The running context holds this lock, in whatever mode. */
#define lockdep_assert_held(lock) do {						\
	ghost {									\
		if (!lock_is_held(lock))					\
			violation("lock-misuse", "%p is not held", lock);	\
	}									\
} while (0)

#endif
