/* Mutexes: mutex_lock(), mutex_trylock() and mutex_unlock() are the machine's. The owner may sleep, and only it may unlock. */
#ifndef _LINUX_MUTEX_H
#define _LINUX_MUTEX_H

#include <linux/compiler.h>

#define DEFINE_MUTEX(name)	struct mutex name
#define mutex_init(lock)	do { } while (0)
#define mutex_is_locked(lock)	lock_is_taken(lock)

#endif
