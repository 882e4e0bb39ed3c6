/* What mm/vmalloc.c and its contract share. */
#ifndef _MM_VMALLOC_INTERNAL_H
#define _MM_VMALLOC_INTERNAL_H

#include <linux/kernel.h>
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/pgtable.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/vmalloc.h>
#include <linux/xarray.h>
#include <asm/tlbflush.h>

/* A piece of the vmap range. On one list at a time: free, busy, purge, or a list of the one who drains. */
struct vmap_area {
	unsigned long va_start;
	unsigned long va_end;
	struct list_head list;
};

/* An area that many small mappings share. */
struct vmap_block {
	spinlock_t lock;		/* protects all below but the lists' links */
	struct vmap_area *va;
	unsigned long free;		/* pages never handed out; handed out from the front, never again */
	unsigned long dirty;		/* pages that were mapped and unmapped again */
	unsigned long dirty_min;	/* [dirty_min, dirty_max): pages that may have translations; empty: [BITS, 0) */
	unsigned long dirty_max;
	unsigned long used_map;		/* one bit a page that is handed out */
#ifdef CONFIG_VMAP_BLOCK_OWNER
	int cpu;			/* whose free list it is on */
#endif
	struct list_head free_list;	/* protected by the lock of the queue that owns the list */
	struct rcu_head rcu_head;
	struct list_head purge;		/* on a list of the one who purges */
};

/* Per CPU: the blocks that this CPU allocates from, and one bucket of the hash table of all blocks, by address. */
struct vmap_block_queue {
	spinlock_t lock;		/* protects `free` */
	struct list_head free;
	struct xarray vmap_blocks;	/* bucket: blocks whose index modulo the number of CPUs is this CPU */
};

DECLARE_PER_CPU(struct vmap_block_queue, vmap_block_queue);
extern struct mutex vmap_purge_lock;
extern struct list_head free_vmap_area_list;
extern struct list_head vmap_area_list;
extern struct list_head purge_vmap_area_list;
extern spinlock_t purge_vmap_area_lock;
extern spinlock_t free_vmap_area_lock;
extern spinlock_t vmap_area_lock;
extern atomic_long_t vmap_lazy_nr;

/* Number of the block that an address belongs to, and the CPU whose bucket holds it. */
#define addr_to_vb_idx(addr)	(((addr) - VMALLOC_START) / VMAP_BLOCK_SIZE)
#define addr_to_vb_bucket(addr)	((int)(addr_to_vb_idx(addr) % NR_CPUS))

/*
 * Plain accesses to free and dirty became marked ones with the series (patch 5), because some readers take no lock. The
 * values are the same.
 */
#ifdef CONFIG_VMAP_MARKED_ACCESSES
#define vb_read(field)		READ_ONCE(field)
#define vb_write(field, value)	WRITE_ONCE(field, value)
#else
#define vb_read(field)		(field)
#define vb_write(field, value)	((field) = (value))
#endif

/*
 * The contract (mm/vmalloc-contract.c): bookkeeping for checking and drawing, called in ghost regions only. Nothing in
 * mm/vmalloc.c depends on it.
 */
enum vmap_visit {
	VISIT_NONE,		/* the walk has not met the block */
	VISIT_RANGE,		/* it took the block's dirty range */
	VISIT_CLEAN,		/* it met the block, and found nothing dirty */
	VISIT_FREED,		/* it met the block, and took it for freed: dirty == BITS */
	VISIT_PURGED,		/* it took the block apart */
};

void contract_area_defined(struct vmap_area *va, int index);
void contract_area_taken(struct vmap_area *va);
void contract_area_queued(struct vmap_area *va);
void contract_areas_detached(void);
void contract_area_returned(struct vmap_area *va);
void contract_block_born(struct vmap_block *vb, unsigned long count);
void contract_list_changes(struct vmap_block *vb, text what);
void contract_block_unlisted(struct vmap_block *vb);
void contract_handed_out(struct vmap_block *vb, unsigned long offset, unsigned long count);
void contract_block_purged(struct vmap_block *vb);
void contract_block_erased(struct vmap_block *vb);
void contract_block_dying(struct vmap_block *vb);
void contract_mapped(unsigned long addr);
void contract_cleared(unsigned long addr);
void contract_dirty(struct vmap_block *vb, unsigned long offset, unsigned long count);
void contract_unmapped(unsigned long addr, unsigned long count);
void contract_walk_begins(unsigned long start, unsigned long end, bool flush);
void contract_walk_visits(struct vmap_block *vb, enum vmap_visit visit);
void contract_walk_range(unsigned long start, unsigned long end, bool flush);
void contract_aliases_called(void);
void contract_aliases_returned(void);

#endif
