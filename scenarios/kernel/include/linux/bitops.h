/* Bits of an unsigned long, atomically. test_and_*() order everything around them; so do the others here. */
#ifndef _LINUX_BITOPS_H
#define _LINUX_BITOPS_H

#include <linux/kernel.h>

#define set_bit(nr, word)		((void)__atomic_fetch_or(word, BIT(nr)))
#define clear_bit(nr, word)		((void)__atomic_fetch_and(word, ~BIT(nr)))
#define test_bit(nr, word)		((READ_ONCE(*(word)) >> (nr)) & 1)
#define test_and_set_bit(nr, word)	((__atomic_fetch_or(word, BIT(nr)) >> (nr)) & 1)
#define test_and_clear_bit(nr, word)	((__atomic_fetch_and(word, ~BIT(nr)) >> (nr)) & 1)

#endif
