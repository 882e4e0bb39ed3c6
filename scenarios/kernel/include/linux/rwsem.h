/* Reader-writer semaphores: down_read(), down_write(), downgrade_write() and their kin are the machine's. Holders may sleep. */
#ifndef _LINUX_RWSEM_H
#define _LINUX_RWSEM_H

#include <linux/compiler.h>

#define DECLARE_RWSEM(name)		struct rw_semaphore name
#define init_rwsem(semaphore)		do { } while (0)
#define rwsem_is_locked(semaphore)	lock_is_taken(semaphore)

/* Nobody kills a task of the model. */
#define down_read_killable(semaphore)	({ down_read(semaphore); 0; })
#define down_write_killable(semaphore)	({ down_write(semaphore); 0; })

#endif
