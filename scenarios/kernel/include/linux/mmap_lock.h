/*
 * mmap_lock (mmap_sem, before 5.8) as the fair lock that it is: a writer that waits stops readers that come after it. The
 * semaphore of the machine lets readers in whenever no writer holds it; the queue in front of it makes everybody wait in the order in
 * which they came. What it costs is two more ops for each acquisition.
 *
 * CONFIG_MMAP_LOCK_UNFAIR leaves the queue out, to show that fairness is half of the deadlock.
 */
#ifndef _LINUX_MMAP_LOCK_H
#define _LINUX_MMAP_LOCK_H

#include <linux/rwsem.h>

struct mmap_lock {
	struct mutex queue;
	struct rw_semaphore sem;
};

static inline void mmap_read_lock(struct mmap_lock *lock)
{
#ifndef CONFIG_MMAP_LOCK_UNFAIR
	/* not needed here (no lock): without the queue readers pass a writer that waits, which makes fewer wait, see CONFIG_MMAP_LOCK_UNFAIR */
	mutex_lock(&lock->queue);
#endif
	/* not needed here (no lock, on fixed): it keeps VMAs, and the model's munmap() is one that only waits; no VMA goes */
	down_read(&lock->sem);
#ifndef CONFIG_MMAP_LOCK_UNFAIR
	mutex_unlock(&lock->queue);
#endif
}

static inline void mmap_read_unlock(struct mmap_lock *lock)
{
	up_read(&lock->sem);
}

static inline void mmap_write_lock(struct mmap_lock *lock)
{
#ifndef CONFIG_MMAP_LOCK_UNFAIR
	/* not needed here (no lock): as for readers, the queue only makes more of them wait */
	mutex_lock(&lock->queue);
#endif
	/* not needed here (no lock, on fixed): no VMA goes in the model's munmap() */
	down_write(&lock->sem);
#ifndef CONFIG_MMAP_LOCK_UNFAIR
	mutex_unlock(&lock->queue);
#endif
}

static inline void mmap_write_unlock(struct mmap_lock *lock)
{
	up_write(&lock->sem);
}

#endif
