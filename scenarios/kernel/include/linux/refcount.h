/* Reference counts. Raising one from zero, or dropping below it, is a bug that is reported. */
#ifndef _LINUX_REFCOUNT_H
#define _LINUX_REFCOUNT_H

#include <linux/atomic.h>
#include <linux/bug.h>

typedef struct {
	atomic_t refs;
} refcount_t;

#define REFCOUNT_INIT(n)	{ { (n) } }

#define refcount_set(r, n)	atomic_set(&(r)->refs, n)
#define refcount_read(r)	atomic_read(&(r)->refs)

static inline void refcount_inc(refcount_t *r)
{
	int old = __atomic_fetch_add(&r->refs.counter, 1);

	if (old <= 0)
		__warn("refcount_inc() of an object without references: use after free");
}

static inline bool refcount_inc_not_zero(refcount_t *r)
{
	return atomic_inc_not_zero(&r->refs);
}

static inline bool refcount_dec_and_test(refcount_t *r)
{
	int old = __atomic_fetch_add(&r->refs.counter, -1);

	if (old <= 0)
		__warn("refcount_dec_and_test() of an object without references");
	return old == 1;
}

#endif
