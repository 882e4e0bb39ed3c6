/*
 * Memory for objects: kmalloc(sizeof(T), gfp), kzalloc(sizeof(T), gfp), kfree(p) are the machine's. Allocation never fails,
 * unless the model itself returns NULL.
 */
#ifndef _LINUX_SLAB_H
#define _LINUX_SLAB_H

#include <linux/compiler.h>

/* The one thing about an allocation that the model checks is whether it may sleep. */
#define GFP_ATOMIC	0
#define GFP_NOWAIT	0
#define GFP_KERNEL	1
#define GFP_NOFS	1

#endif
