/*
 * Spinlocks. spin_lock(), spin_trylock(), spin_unlock(), read_lock(), write_lock() and their kin are the machine's. A spinlock
 * is not recursive, and nobody may sleep while holding one.
 */
#ifndef _LINUX_SPINLOCK_H
#define _LINUX_SPINLOCK_H

#include <linux/compiler.h>

#define DEFINE_SPINLOCK(name)	spinlock_t name
#define DEFINE_RWLOCK(name)	rwlock_t name

/* Only before the lock can be seen by others: fresh memory is an unlocked lock already. */
#define spin_lock_init(lock)	do { } while (0)
#define rwlock_init(lock)	do { } while (0)

/* Interrupt handlers of the model take no locks, so these need not save the flags. */
#define spin_lock_irq(lock)		do { local_irq_disable(); spin_lock(lock); } while (0)
#define spin_unlock_irq(lock)		do { spin_unlock(lock); local_irq_enable(); } while (0)
#define spin_lock_bh(lock)		spin_lock(lock)
#define spin_unlock_bh(lock)		spin_unlock(lock)
#define assert_spin_locked(lock)	lockdep_assert_held(lock)

#endif
