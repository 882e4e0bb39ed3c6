/* Waiting. wait_event(condition) is a word of the language: one op that is not ready while the condition is false. */
#ifndef _LINUX_WAIT_H
#define _LINUX_WAIT_H

#include <linux/compiler.h>

/* Something that happens once: complete_all() and wait_for_completion(). */
struct completion {
	bool done;
};

#define complete_all(x)			smp_store_release(&(x)->done, true)
#define wait_for_completion(x)		wait_event(READ_ONCE((x)->done))

#endif
