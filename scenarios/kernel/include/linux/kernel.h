/* What every routine needs: limits of the integer types, min() and max(), rounding. */
#ifndef _LINUX_KERNEL_H
#define _LINUX_KERNEL_H

#include <linux/compiler.h>

#define INT_MAX		2147483647
#define UINT_MAX	4294967295U
#define ULONG_MAX	(~0UL)

/* Both arguments are evaluated once. Their types must agree, as in the kernel. */
#define min(a, b) ({				\
	typeof(a) __min_a = (a);		\
	typeof(b) __min_b = (b);		\
	__min_a < __min_b ? __min_a : __min_b;	\
})

#define max(a, b) ({				\
	typeof(a) __max_a = (a);		\
	typeof(b) __max_b = (b);		\
	__max_a > __max_b ? __max_a : __max_b;	\
})

#define min_t(type, a, b)	min((type)(a), (type)(b))
#define max_t(type, a, b)	max((type)(a), (type)(b))

#define clamp(value, low, high)	min(max(value, low), high)

/* Powers of two only for the first two, any divisor for the others. */
#define ALIGN(x, a)		(((x) + ((a) - 1)) & ~((a) - 1))
#define ALIGN_DOWN(x, a)	((x) & ~((a) - 1))
#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))
#define roundup(x, y)		((((x) + (y) - 1) / (y)) * (y))

#define BIT(nr)			(1UL << (nr))
/* Bits low..high, both included. */
#define GENMASK(high, low)	(((~0UL) << (low)) & ~((~0UL) << (high) << 1))

#endif
