/* Words of the kernel's sources that mean nothing to the model, and constants of the language. */
#ifndef _LINUX_COMPILER_H
#define _LINUX_COMPILER_H

#define likely(x)	(x)
#define unlikely(x)	(x)
#define __must_check
#define __always_inline	inline
#define noinline
#define __init
#define __read_mostly
#define __user
#define __rcu

#endif
