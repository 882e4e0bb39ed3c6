/* Atomic integers and read-modify-write operations. Each is one op and orders everything around it. */
#ifndef _LINUX_ATOMIC_H
#define _LINUX_ATOMIC_H

#include <linux/compiler.h>

typedef struct {
	int counter;
} atomic_t;

typedef struct {
	long counter;
} atomic_long_t;

#define ATOMIC_INIT(i)		{ (i) }
#define ATOMIC_LONG_INIT(i)	{ (i) }

#define atomic_read(v)			READ_ONCE((v)->counter)
#define atomic_set(v, i)		WRITE_ONCE((v)->counter, i)
#define atomic_add(i, v)		((void)__atomic_fetch_add(&(v)->counter, i))
#define atomic_sub(i, v)		((void)__atomic_fetch_add(&(v)->counter, -(i)))
#define atomic_inc(v)			atomic_add(1, v)
#define atomic_dec(v)			atomic_sub(1, v)
#define atomic_add_return(i, v)		(__atomic_fetch_add(&(v)->counter, i) + (i))
#define atomic_sub_return(i, v)		(__atomic_fetch_add(&(v)->counter, -(i)) - (i))
#define atomic_inc_return(v)		atomic_add_return(1, v)
#define atomic_dec_return(v)		atomic_sub_return(1, v)
#define atomic_dec_and_test(v)		(atomic_dec_return(v) == 0)
#define atomic_add_negative(i, v)	(atomic_add_return(i, v) < 0)
#define atomic_cmpxchg(v, old, new)	__atomic_compare_exchange(&(v)->counter, old, new)
#define atomic_xchg(v, new)		__atomic_exchange(&(v)->counter, new)

static inline bool atomic_add_unless(atomic_t *v, int add, int unless)
{
	int old = atomic_read(v);
	int seen;

	while (old != unless) {
		seen = atomic_cmpxchg(v, old, old + add);
		if (seen == old)
			return true;
		old = seen;
	}
	return false;
}

#define atomic_inc_not_zero(v)	atomic_add_unless(v, 1, 0)

#define atomic_long_read(v)			READ_ONCE((v)->counter)
#define atomic_long_set(v, i)			WRITE_ONCE((v)->counter, i)
#define atomic_long_add(i, v)			((void)__atomic_fetch_add(&(v)->counter, i))
#define atomic_long_sub(i, v)			((void)__atomic_fetch_add(&(v)->counter, -(i)))
#define atomic_long_add_return(i, v)		(__atomic_fetch_add(&(v)->counter, i) + (i))
#define atomic_long_sub_return(i, v)		(__atomic_fetch_add(&(v)->counter, -(i)) - (i))

/* On any integer or pointer cell. */
#define xchg(pointer, new)		__atomic_exchange(pointer, new)
#define cmpxchg(pointer, old, new)	__atomic_compare_exchange(pointer, old, new)

#define try_cmpxchg(pointer, old, new) ({						\
	typeof(*(pointer)) __cmpxchg_old = *(old);					\
	typeof(*(pointer)) __cmpxchg_seen = __atomic_compare_exchange(pointer, __cmpxchg_old, new);	\
	bool __cmpxchg_done = __cmpxchg_seen == __cmpxchg_old;				\
	if (!__cmpxchg_done)								\
		*(old) = __cmpxchg_seen;						\
	__cmpxchg_done;									\
})

#endif
