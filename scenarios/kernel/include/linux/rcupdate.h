/*
 * Read-copy-update: rcu_read_lock(), rcu_read_unlock(), call_rcu(), kfree_rcu(), synchronize_rcu() are the machine's, and
 * rcu_dereference(), rcu_assign_pointer() words of the language. The end of a grace period is a choice of its own (`rcu`).
 */
#ifndef _LINUX_RCUPDATE_H
#define _LINUX_RCUPDATE_H

#include <linux/compiler.h>

/* The lock, or the read section, that makes the dereference safe is checked. */
#define rcu_dereference_check(pointer, condition) ({					\
	ghost {										\
		if (!rcu_read_lock_held() && !(condition))				\
			violation("lock-misuse", "rcu_dereference outside a read section");	\
	}										\
	rcu_dereference(pointer);							\
})

#define rcu_dereference_protected(pointer, condition) ({				\
	ghost {										\
		if (!(condition))							\
			violation("lock-misuse", "rcu_dereference_protected without its lock");	\
	}										\
	rcu_dereference(pointer);							\
})

#endif
