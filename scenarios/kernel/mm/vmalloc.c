/*
 * vmap blocks, lazy TLB flushing, and vm_unmap_aliases().
 *
 * Unmapping clears page-table entries and flushes no TLB: a range whose translations may live on is remembered in its block
 * (dirty_min, dirty_max) or, once nothing of it is in use, as an area on the purge list; one flush then covers many. Before
 * anybody needs the old translations gone, he calls vm_unmap_aliases().
 *
 * Base: v6.4 (per-CPU buckets of blocks, hashed by address; used_map). 2.6.28 to 6.3 differ in where all blocks are found (a
 * radix tree, later one global xarray) and have no used_map; neither matters to what is shown. Kernel variants:
 *
 *   CONFIG_VMAP_WALK_XARRAY       patch 1/6: vm_unmap_aliases() walks all blocks instead of the free lists
 *   CONFIG_VMAP_WALK_LOCKED       patch 2/6: and holds vmap_purge_lock from before the walk; the walk also purges
 *   CONFIG_VMAP_RESET_RANGE       patch 3/6: a dirty range that will be flushed is forgotten
 *   CONFIG_VMAP_LOCKLESS_CHECK    patch 4/6: vb_alloc() looks at free before it takes the lock
 *   CONFIG_VMAP_MARKED_ACCESSES   patch 5/6: READ_ONCE() and WRITE_ONCE()
 *   CONFIG_VMAP_PURGE_THRESHOLD   patch 6/6: vm_unmap_aliases() leaves blocks alone that still have much free
 *   CONFIG_VMAP_BLOCK_OWNER       2024: a block remembers whose free list it is on
 *   CONFIG_DEBUG_PAGEALLOC        every unmap flushes at once
 * and what was suggested, or must not be done:
 *   CONFIG_VMAP_RESET_TESTS_DIRTY   patch 3 with the test of before
 *   CONFIG_VMAP_WALK_NO_RCU         no read section around the walk of the xarrays
 *   CONFIG_VMAP_FREE_SHORTCUT       a full block's area goes back at once; with ..._IF_CLEAN only if its range is empty
 *   CONFIG_VMAP_UNLOCKED_DIRTY      vb_free() counts without the block's lock
 *   CONFIG_VMAP_PURGE_KEEPS_FREE    purging does not take the free pages away
 *   CONFIG_VMAP_RETIRE_UNDER_LOCK   a repair of what the models found, see retire_vmap_block()
 *
 * Lock order: vmap_purge_lock (sleeps), vmap_block.lock, vmap_block_queue.lock; purge_vmap_area_lock, vmap_area_lock and
 * free_vmap_area_lock are innermost, each alone.
 *
 * Left out: zones and nodes, KASAN, huge mappings, highmem, the vm_struct of vmap(), statistics. Trees of areas are lists in
 * order of address; an area is always a whole block's slot, so nothing is split and nothing merges (merging would only
 * change how many areas there are; that a merged area is freed, which is why walkers must not look at a block with
 * dirty == BITS, is kept as that rule).
 */
#include "vmalloc-internal.h"

DEFINE_PER_CPU(struct vmap_block_queue, vmap_block_queue);

/* Serialises everybody who detaches the purge list, until the flush is done. */
DEFINE_MUTEX(vmap_purge_lock);

LIST_HEAD(free_vmap_area_list);
DEFINE_SPINLOCK(free_vmap_area_lock);
LIST_HEAD(vmap_area_list);		/* busy areas */
DEFINE_SPINLOCK(vmap_area_lock);
LIST_HEAD(purge_vmap_area_list);
DEFINE_SPINLOCK(purge_vmap_area_lock);

/* Pages on the purge list, and on a detached one that is not back in the free tree yet. */
atomic_long_t vmap_lazy_nr;
bool drain_vmap_work_pending;

/* The kernel's page table: one table page that maps the vmap range. */
struct pte_table {
	pte_t pte[PTRS_PER_TABLE_0];
};
struct pte_table swapper_pg_table;

#if VMAP_NR_BLOCKS * CONFIG_VMAP_BBMAP_BITS > PTRS_PER_TABLE_0
#error the page table of the scenario's machine is smaller than the vmap range
#endif

#define pte_offset_kernel(addr)	(&swapper_pg_table.pte[((addr) - VMALLOC_START) >> PAGE_SHIFT])
#define vb_bits(offset, count)	(((1UL << (count)) - 1) << (offset))
#define area_pages(va)		(((va)->va_end - (va)->va_start) >> PAGE_SHIFT)

/* Pages that may wait on the purge list before it is drained. */
static unsigned long lazy_max_pages(void)
{
	return 2 * VMAP_BBMAP_BITS;
}

/*
 * Writes the entries of a new mapping, one after the other. Stands for all versions. No flush: an entry that was not
 * present is not in any TLB, as long as nobody hands out a range with old translations.
 */
static void vmap_pages_range_noflush(unsigned long addr, unsigned long frame, unsigned long count)
{
	unsigned long i;

	for (i = 0; i < count; i++) {
		pte_t *ptep = pte_offset_kernel(addr + i * PAGE_SIZE);

		/* not needed here (unmarked): who maps a page is the only one to use its entry, beside the CPUs' own walks */
		WARN_ON(!pte_none(ptep_get(ptep)));
		/* not needed here (unmarked): as above; and no store of the model is torn, which is what the CPUs' walks need */
		set_pte_at(&init_mm, addr + i * PAGE_SIZE, ptep, pfn_pte(frame + i, PAGE_KERNEL));
		ghost { contract_mapped(addr + i * PAGE_SIZE); }
	}
}

/* Clears the entries of a mapping, one after the other, and leaves the TLBs alone. Stands for all versions. */
static void vunmap_range_noflush(unsigned long addr, unsigned long end)
{
	for (; addr < end; addr += PAGE_SIZE) {
		/* not needed here (unmarked): as in vmap_pages_range_noflush() */
		pte_clear(&init_mm, addr, pte_offset_kernel(addr));
		ghost { contract_cleared(addr); }
	}
}

/* Inserts an area in order of address. The caller holds the list's lock, or owns the list. */
static void link_area(struct vmap_area *va, struct list_head *head)
{
	struct vmap_area *next;

	list_for_each_entry(next, head, list) {
		if (next->va_start > va->va_start)
			break;
	}
	list_add_tail(&va->list, &next->list);
}

/* The lowest free area, or NULL. */
static struct vmap_area *take_free_area(unsigned long size)
{
	struct vmap_area *va = NULL;

	spin_lock(&free_vmap_area_lock);
	if (!list_empty(&free_vmap_area_list)) {
		va = list_first_entry(&free_vmap_area_list, struct vmap_area, list);
		/* not needed here (swapped): who looks at the list or at a free area holds free_vmap_area_lock */
		list_del(&va->list);
		va->va_end = va->va_start + size;
		ghost { contract_area_taken(va); }
	}
	spin_unlock(&free_vmap_area_lock);
	return va;
}

/* Puts an area back into the free tree: from here on anybody may get it. */
static void return_free_area(struct vmap_area *va)
{
	link_area(va, &free_vmap_area_list);
	ghost { contract_area_returned(va); }
}

/*
 * Free tree -> busy tree. When nothing is free, what was freed lazily is flushed and recycled, and then it is tried once
 * more. `size` is at most a block. Stands for all versions; may sleep.
 */
static struct vmap_area *alloc_vmap_area(unsigned long size)
{
	struct vmap_area *va = take_free_area(size);

	if (!va) {
		purge_vmap_area_lazy();
		va = take_free_area(size);
		if (!va)
			return NULL;
	}
	spin_lock(&vmap_area_lock);
	link_area(va, &vmap_area_list);
	spin_unlock(&vmap_area_lock);
	return va;
}

/* Takes an area out of the busy tree. */
static void unlink_busy_area(struct vmap_area *va)
{
	spin_lock(&vmap_area_lock);
	list_del(&va->list);
	spin_unlock(&vmap_area_lock);
}

/* Counts pages that are about to wait for a flush. Returns how many that makes; taken before the area is somebody else's. */
static long count_lazy_pages(struct vmap_area *va)
{
	long pages = (long)area_pages(va);

	return atomic_long_add_return(pages, &vmap_lazy_nr);
}

/* After an area has been queued, so that the worker finds it. */
static void drain_if_too_lazy(long lazy)
{
	/* not needed here (always true): a drain that comes early only costs a flush */
	if (lazy > (long)lazy_max_pages())
		WRITE_ONCE(drain_vmap_work_pending, true); /* schedule_work(&drain_vmap_work) */
}

/*
 * A range whose entries are cleared goes to the purge list; it can be used again after the next flush. Nothing of the area
 * may be touched after the lock is dropped: whoever drains may recycle it. Stands for all versions.
 */
static void free_vmap_area_noflush(struct vmap_area *va)
{
	long lazy = count_lazy_pages(va);

	spin_lock(&purge_vmap_area_lock);
	link_area(va, &purge_vmap_area_list);
	ghost { contract_area_queued(va); }
	/* not needed here (swapped): the area is queued, and the worker waits for the lock */
	spin_unlock(&purge_vmap_area_lock);
	drain_if_too_lazy(lazy);
}

#ifdef CONFIG_VMAP_FREE_SHORTCUT
/* Mail 12: straight back into the free tree, for an area that needs no flush. */
static void free_vmap_area(struct vmap_area *va)
{
	spin_lock(&free_vmap_area_lock);
	return_free_area(va);
	spin_unlock(&free_vmap_area_lock);
}
#endif

/*
 * A block that has no page left in use, and whose pages are all dirty (or declared so by purging), can no longer be found, and
 * its area goes to where it waits for the flush. Stands for all versions. Nobody holds the block's lock; that dirty == BITS
 * keeps everybody else away from it. So there is a time, from when dirty becomes BITS until the area is queued, in which a
 * vm_unmap_aliases() on another CPU finds the pages of the block neither in a dirty range nor on the purge list.
 *
 * CONFIG_VMAP_RETIRE_UNDER_LOCK closes it: vb_free() calls this with the block's lock held, so that whoever meets the block
 * with dirty == BITS comes after the queueing; and nobody looks at the purge list between the removal from the xarray and
 * the queueing, because both are under its lock.
 */
static void retire_vmap_block(struct vmap_block *vb)
{
	struct vmap_area *va = vb->va;
	struct vmap_block_queue *vbq = &per_cpu(vmap_block_queue, addr_to_vb_bucket(va->va_start));
	struct vmap_block *erased;
#ifdef CONFIG_VMAP_RETIRE_UNDER_LOCK
	long lazy;

	/* not needed here (swapped): the count only says when to drain, and the busy tree only what vunmap() finds */
	unlink_busy_area(va);
	/* not needed here (swapped): the area is not queued yet either way, so that no drain subtracts its pages before */
	lazy = count_lazy_pages(va);
	spin_lock(&purge_vmap_area_lock);
	erased = xa_erase(&vbq->vmap_blocks, addr_to_vb_idx(va->va_start));
	ghost { contract_block_erased(vb); }
	BUG_ON(erased != vb);
	link_area(va, &purge_vmap_area_list);
	ghost { contract_area_queued(va); }
	/* not needed here (swapped): the area is queued, and the worker waits for the lock */
	spin_unlock(&purge_vmap_area_lock);
	drain_if_too_lazy(lazy);
#else

	erased = xa_erase(&vbq->vmap_blocks, addr_to_vb_idx(va->va_start));
	ghost { contract_block_erased(vb); }
	BUG_ON(erased != vb);

	unlink_busy_area(va);
#if defined(CONFIG_VMAP_FREE_SHORTCUT_IF_CLEAN)
	if (vb->dirty_min >= vb->dirty_max)
		free_vmap_area(va);
	else
		free_vmap_area_noflush(va);
#elif defined(CONFIG_VMAP_FREE_SHORTCUT)
	free_vmap_area(va);
#else
	free_vmap_area_noflush(va);
#endif
#endif
}

/* The end of a block; walkers that have found it before may hold on to it until they leave their read sections. */
static void free_vmap_block(struct vmap_block *vb)
{
	retire_vmap_block(vb);
	ghost { contract_block_dying(vb); }
	kfree_rcu(vb, rcu_head);
}

/*
 * A new block whose first `count` pages are handed out at once. It goes into the bucket that its address names, and on the
 * free list of the running CPU: two different CPUs, in general. Between the two steps a walk of the xarrays meets it and a
 * walk of the free lists does not; it cannot be purged meanwhile, because its first pages are in use. Returns their address,
 * or 0. Stands for v6.4 on; may sleep.
 */
static unsigned long new_vmap_block(unsigned long count)
{
	struct vmap_block_queue *vbq;
	struct vmap_block *vb;
	struct vmap_area *va;
	unsigned long addr;

	/* One request never fills a block. */
	VM_BUG_ON(count > VMAP_MAX_ALLOC);

	/* not needed here (swapped): two allocations, neither of which knows of the other */
	vb = kmalloc(sizeof(struct vmap_block), GFP_KERNEL);
	va = alloc_vmap_area(VMAP_BLOCK_SIZE);
	if (!va) {
		kfree(vb);
		return 0;
	}
	addr = va->va_start;
	vb->va = va;
	vb->dirty = 0;
	vb->dirty_min = VMAP_BBMAP_BITS;
	vb->dirty_max = 0;
	vb->used_map = vb_bits(0, count);
#ifdef CONFIG_VMAP_BLOCK_OWNER
	vb->cpu = smp_processor_id();
#endif
	vb->free = VMAP_BBMAP_BITS - count;
	ghost { contract_block_born(vb, count); }

	vbq = &per_cpu(vmap_block_queue, addr_to_vb_bucket(addr));
	WARN_ON(xa_insert(&vbq->vmap_blocks, addr_to_vb_idx(addr), vb, GFP_KERNEL));

	vbq = this_cpu_ptr(&vmap_block_queue);
	spin_lock(&vbq->lock);
	ghost { contract_list_changes(vb, "new_vmap_block()"); }
	list_add_tail_rcu(&vb->free_list, &vbq->free);
	spin_unlock(&vbq->lock);
	return addr;
}

/*
 * Hands out the next pages of a block that the caller found on its CPU's free list, in a read section. What free said
 * before the lock was taken means nothing: the block may have been filled or purged meanwhile. A block that becomes full
 * leaves the list. Returns the address, or 0 when the block has not enough left.
 */
static unsigned long vb_take(struct vmap_block *vb, unsigned long count)
{
	struct vmap_block_queue *vbq;
	unsigned long offset;
	unsigned long addr = 0;

	spin_lock(&vb->lock);
	if (vb->free < count)
		goto unlock;
	offset = VMAP_BBMAP_BITS - vb->free;
	/* not needed here (swapped): va never changes */
	addr = vb->va->va_start + offset * PAGE_SIZE;
	/* not needed here (swapped): who reads free without the lock does nothing by it but take the lock */
	vb_write(vb->free, vb->free - count);
	ghost { contract_handed_out(vb, offset, count); }
	vb->used_map |= vb_bits(offset, count);
	if (vb->free == 0) {
#ifdef CONFIG_VMAP_BLOCK_OWNER
		vbq = &per_cpu(vmap_block_queue, vb->cpu);
#else
		vbq = this_cpu_ptr(&vmap_block_queue);
#endif
		spin_lock(&vbq->lock);
		ghost { contract_list_changes(vb, "vb_alloc()"); }
		list_del_rcu(&vb->free_list);
		ghost { contract_block_unlisted(vb); }
		spin_unlock(&vbq->lock);
	}
unlock:
	spin_unlock(&vb->lock);
	return addr;
}

/*
 * Pages for a small mapping: from a block on this CPU's free list, else from a new one. The read section keeps blocks that
 * are removed meanwhile in memory. Stands for 2.6.28 on.
 */
static unsigned long vb_alloc(unsigned long count)
{
	struct vmap_block_queue *vbq = this_cpu_ptr(&vmap_block_queue);
	struct vmap_block *vb;
	unsigned long addr = 0;

	rcu_read_lock();
	list_for_each_entry_rcu(vb, &vbq->free, free_list) {
#ifdef CONFIG_VMAP_LOCKLESS_CHECK
		/* not needed here (never true): saves taking the lock, under which vb_take() looks again */
		if (READ_ONCE(vb->free) < count)
			continue;
#endif
		addr = vb_take(vb, count);
		/*
		 * not needed here (always true, on full-series block-owner retire-under-lock): blocks with too little were skipped; for
		 * one that has become full since, a new one does as well.
		 */
		if (addr)
			break;
	}
	rcu_read_unlock();

	if (!addr)
		addr = new_vmap_block(count);
	return addr;
}

/*
 * Ends a small mapping. The block is found by address; that it has this mapping keeps it alive. Clearing comes before
 * counting: from the moment when the pages are counted as dirty, somebody may flush them, and no CPU may fill its TLB from
 * their entries after that. When all pages are dirty nothing is in use any more and the block is freed. Stands for v6.4 on.
 */
static void vb_free(unsigned long addr, unsigned long count)
{
	struct vmap_block_queue *vbq = &per_cpu(vmap_block_queue, addr_to_vb_bucket(addr));
	unsigned long offset = ((addr - VMALLOC_START) / PAGE_SIZE) % VMAP_BBMAP_BITS;
	struct vmap_block *vb;
	bool full;

	vb = xa_load(&vbq->vmap_blocks, addr_to_vb_idx(addr));
	spin_lock(&vb->lock);
	vb->used_map &= ~vb_bits(offset, count);
	/* not needed here (swapped): it would only make the locked section longer */
	spin_unlock(&vb->lock);

	vunmap_range_noflush(addr, addr + count * PAGE_SIZE);
#ifdef CONFIG_DEBUG_PAGEALLOC
	flush_tlb_kernel_range(addr, addr + count * PAGE_SIZE);
#endif

#ifndef CONFIG_VMAP_UNLOCKED_DIRTY
	spin_lock(&vb->lock);
#endif
	vb->dirty_min = min(vb->dirty_min, offset);
	/* not needed here (swapped): who reads dirty without the lock does nothing by it but take the lock */
	vb->dirty_max = max(vb->dirty_max, offset + count);
	vb_write(vb->dirty, vb->dirty + count);
	ghost { contract_dirty(vb, offset, count); }
	full = vb->dirty == VMAP_BBMAP_BITS;
#ifdef CONFIG_VMAP_RETIRE_UNDER_LOCK
	if (full)
		retire_vmap_block(vb);
	spin_unlock(&vb->lock);
	if (full) {
		ghost { contract_block_dying(vb); }
		kfree_rcu(vb, rcu_head);
	}
#else
#ifndef CONFIG_VMAP_UNLOCKED_DIRTY
	spin_unlock(&vb->lock);
#endif
	if (full)
		free_vmap_block(vb);
#endif
}

/* Nothing in use, but some pages were, and the block has not been purged. */
static bool vb_is_idle(struct vmap_block *vb)
{
	unsigned long free = vb_read(vb->free);
	unsigned long dirty = vb_read(vb->dirty);

	return free + dirty == VMAP_BBMAP_BITS && dirty != VMAP_BBMAP_BITS;
}

/*
 * Takes an idle block out of use: free = 0 stops vb_alloc(), dirty = BITS says that it is being freed. It goes to the list
 * `purge`, and must be freed with free_vmap_block(). The caller holds the block's lock and vmap_purge_lock; `vbq` is the
 * queue whose lock protects the block's free list. That patches 2 to 6 pass the queue of the bucket, which need not be the
 * one whose list the block is on, was found a year later (CONFIG_VMAP_BLOCK_OWNER).
 */
static bool purge_fragmented_block(struct vmap_block *vb, struct vmap_block_queue *vbq, struct list_head *purge, bool force)
{
	lockdep_assert_held(&vb->lock);
	lockdep_assert_held(&vmap_purge_lock);

	if (!vb_is_idle(vb))
		return false;
#ifdef CONFIG_VMAP_PURGE_THRESHOLD
	/*
	 * Only a matter of waste. not needed here (never true): to purge a block worth keeping is what was done before patch 6.
	 * not needed here (operand gone): vm_unmap_aliases() gathers the range of a block that it does not purge.
	 */
	if (!force && vb->free >= VMAP_BBMAP_BITS / 4)
		return false;
#endif
#ifdef CONFIG_VMAP_BLOCK_OWNER
	vbq = &per_cpu(vmap_block_queue, vb->cpu);
#endif

#ifndef CONFIG_VMAP_PURGE_KEEPS_FREE
	vb_write(vb->free, 0);
#endif
	/*
	 * not needed here (unmarked): who reads it without vb->lock holds vmap_purge_lock, as our caller does.
	 * not needed here (swapped): for the same reason, and all others hold vb->lock.
	 */
	vb_write(vb->dirty, VMAP_BBMAP_BITS);
	ghost { contract_block_purged(vb); }
	vb->dirty_min = 0;
	/* not needed here (swapped): who looks at the range holds vb->lock */
	vb->dirty_max = VMAP_BBMAP_BITS;

	spin_lock(&vbq->lock);
	ghost { contract_list_changes(vb, "purge_fragmented_block()"); }
	list_del_rcu(&vb->free_list);
	ghost { contract_block_unlisted(vb); }
	/* not needed here (swapped): the list `purge` is the caller's own */
	spin_unlock(&vbq->lock);
	list_add_tail(&vb->purge, purge);
	return true;
}

/* Frees what purge_fragmented_block() collected. No block's lock is held. */
static void free_purged_blocks(struct list_head *purge)
{
	struct vmap_block *vb;
	struct vmap_block *next;

	list_for_each_entry_safe(vb, next, purge, purge) {
		list_del(&vb->purge);
		free_vmap_block(vb);
	}
}

/*
 * Purges the idle blocks on a CPU's free list. Looks without the lock first, and again under it. Stands for all versions;
 * the caller holds vmap_purge_lock.
 */
static void purge_fragmented_blocks(int cpu)
{
	struct vmap_block_queue *vbq = &per_cpu(vmap_block_queue, cpu);
	struct list_head purge;
	struct vmap_block *vb;

	/* not needed here (swapped): the list is our own */
	INIT_LIST_HEAD(&purge);
	rcu_read_lock();
	list_for_each_entry_rcu(vb, &vbq->free, free_list) {
		/* not needed here (never true): saves taking the lock, under which it is looked at again */
		if (!vb_is_idle(vb))
			continue;
		spin_lock(&vb->lock);
		purge_fragmented_block(vb, vbq, &purge, true);
		spin_unlock(&vb->lock);
	}
	/* not needed here (swapped): it would only make the read section longer; nothing in free_purged_blocks() sleeps */
	rcu_read_unlock();
	free_purged_blocks(&purge);
}

/* The same for every CPU. The caller holds vmap_purge_lock. */
static void purge_fragmented_blocks_allcpus(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		purge_fragmented_blocks(cpu);
}

/*
 * Flushes everything on the purge list, and [start, end) with it, in one range; then the areas are free. Returns false, and
 * flushes nothing, when the list was empty. The caller holds vmap_purge_lock, so that an area is not handed out by one while
 * another still flushes. Stands for all versions.
 */
static bool __purge_vmap_area_lazy(unsigned long start, unsigned long end)
{
	struct list_head local;
	struct vmap_area *va;
	struct vmap_area *next;

	lockdep_assert_held(&vmap_purge_lock);

	/* not needed here (swapped): the list is our own */
	INIT_LIST_HEAD(&local);
	spin_lock(&purge_vmap_area_lock);
	ghost { contract_areas_detached(); }
	list_splice_init(&purge_vmap_area_list, &local);
	spin_unlock(&purge_vmap_area_lock);
	if (list_empty(&local))
		return false;

	va = list_first_entry(&local, struct vmap_area, list);
	start = min(start, va->va_start);
	va = list_last_entry(&local, struct vmap_area, list);
	end = max(end, va->va_end);
	/*
	 * not needed here (swapped): it would only make the locked section longer; spinners take interrupts.
	 * not needed here (no call, on debug-pagealloc): every unmap has flushed already.
	 */
	flush_tlb_kernel_range(start, end);

	spin_lock(&free_vmap_area_lock);
	list_for_each_entry_safe(va, next, &local, list) {
		long pages = (long)area_pages(va);

		list_del(&va->list);
		/* not needed here (swapped): the count only says when to drain */
		return_free_area(va);
		atomic_long_sub(pages, &vmap_lazy_nr);
	}
	spin_unlock(&free_vmap_area_lock);
	return true;
}

void purge_vmap_area_lazy(void)
{
	mutex_lock(&vmap_purge_lock);
	purge_fragmented_blocks_allcpus();
	__purge_vmap_area_lazy(ULONG_MAX, 0);
	mutex_unlock(&vmap_purge_lock);
}

void drain_vmap_area_work(void)
{
	/* not needed here (swapped): it is cleared before the list is taken, so that an area that is too late has the work done again */
	WRITE_ONCE(drain_vmap_work_pending, false);
	mutex_lock(&vmap_purge_lock);
	__purge_vmap_area_lazy(ULONG_MAX, 0);
	mutex_unlock(&vmap_purge_lock);
}

/*
 * Finds the dirty ranges of the blocks that are in use, and flushes them together with [start, end), if `flush`, and with
 * what is on the purge list. One range covers everything from the lowest page to the highest.
 *
 * A block with dirty == BITS is passed over (since v5.13): it is being freed, and its area may have been recycled already. Its
 * pages are then for the purge list to find.
 */
#ifdef CONFIG_VMAP_WALK_LOCKED
/*
 * v6.5 (patches 2 and 3). vmap_purge_lock comes before the walk: whoever forgets a block's dirty range owes the flush, and
 * everybody else who must be sure of it waits here until he has done it.
 */
static void _vm_unmap_aliases(unsigned long start, unsigned long end, bool flush)
{
	struct list_head purge;
	int cpu;

	ghost { contract_walk_begins(start, end, flush); }
	/* not needed here (swapped): the list is our own */
	INIT_LIST_HEAD(&purge);
	mutex_lock(&vmap_purge_lock);
	for_each_possible_cpu(cpu) {
		struct vmap_block_queue *vbq = &per_cpu(vmap_block_queue, cpu);
		struct vmap_block *vb;
		unsigned long index;

		rcu_read_lock();
		xa_for_each(&vbq->vmap_blocks, index, vb) {
			spin_lock(&vb->lock);
			/* not needed here (never true): a block that was purged has dirty == BITS, and is passed over by the next test */
			if (purge_fragmented_block(vb, vbq, &purge, false)) {
				ghost { contract_walk_visits(vb, VISIT_PURGED); }
			/*
			 * not needed here (never true): we hold vmap_purge_lock, so that nobody drains and frees the area of a block that
			 * we have found; its pages would only be flushed twice.
			 */
			} else if (vb->dirty == VMAP_BBMAP_BITS) {
				ghost { contract_walk_visits(vb, VISIT_FREED); }
#if defined(CONFIG_VMAP_RESET_RANGE) && !defined(CONFIG_VMAP_RESET_TESTS_DIRTY)
			} else if (vb->dirty_max != 0) {
#else
			} else if (vb->dirty != 0) {
#endif
				unsigned long base = vb->va->va_start;

				start = min(start, base + vb->dirty_min * PAGE_SIZE);
				end = max(end, base + vb->dirty_max * PAGE_SIZE);
				flush = true;
				ghost { contract_walk_visits(vb, VISIT_RANGE); }
				ghost { contract_walk_range(start, end, flush); }
#ifdef CONFIG_VMAP_RESET_RANGE
				vb->dirty_min = VMAP_BBMAP_BITS;
				vb->dirty_max = 0;
#endif
			} else {
				ghost { contract_walk_visits(vb, VISIT_CLEAN); }
			}
			spin_unlock(&vb->lock);
		}
		rcu_read_unlock();
	}
	free_purged_blocks(&purge);
	if (!__purge_vmap_area_lazy(start, end) && flush)
		flush_tlb_kernel_range(start, end);
	mutex_unlock(&vmap_purge_lock);
}
#else
/*
 * 2.6.28 to v6.4, and with patch 1 alone. The walk is done without vmap_purge_lock: ranges stay in their blocks, so that
 * everybody who comes meanwhile finds them too, and flushes them again.
 */
static void _vm_unmap_aliases(unsigned long start, unsigned long end, bool flush)
{
	int cpu;

	ghost { contract_walk_begins(start, end, flush); }
	for_each_possible_cpu(cpu) {
		struct vmap_block_queue *vbq = &per_cpu(vmap_block_queue, cpu);
		struct vmap_block *vb;
#ifdef CONFIG_VMAP_WALK_XARRAY
		unsigned long index;
#endif

#ifndef CONFIG_VMAP_WALK_NO_RCU
		rcu_read_lock();
#endif
#ifdef CONFIG_VMAP_WALK_XARRAY
		xa_for_each(&vbq->vmap_blocks, index, vb) {
#else
		list_for_each_entry_rcu(vb, &vbq->free, free_list) {
#endif
			spin_lock(&vb->lock);
			/* not needed here (always true, on debug-pagealloc): every unmap has flushed already */
			if (vb->dirty == VMAP_BBMAP_BITS) {
				ghost { contract_walk_visits(vb, VISIT_FREED); }
			/* not needed here (never true, always true, on debug-pagealloc): every unmap has flushed already */
			} else if (vb->dirty != 0) {
				unsigned long base = vb->va->va_start;

				start = min(start, base + vb->dirty_min * PAGE_SIZE);
				end = max(end, base + vb->dirty_max * PAGE_SIZE);
				flush = true;
				ghost { contract_walk_visits(vb, VISIT_RANGE); }
				ghost { contract_walk_range(start, end, flush); }
			} else {
				ghost { contract_walk_visits(vb, VISIT_CLEAN); }
			}
			spin_unlock(&vb->lock);
		}
#ifndef CONFIG_VMAP_WALK_NO_RCU
		rcu_read_unlock();
#endif
	}
	mutex_lock(&vmap_purge_lock);
	purge_fragmented_blocks_allcpus();
	/* not needed here (never true, operand gone, on debug-pagealloc): every unmap has flushed already */
	if (!__purge_vmap_area_lazy(start, end) && flush)
		flush_tlb_kernel_range(start, end);	/* not needed here (no call, on debug-pagealloc): every unmap has flushed already */
	mutex_unlock(&vmap_purge_lock);
}
#endif

void vm_unmap_aliases(void)
{
	ghost { contract_aliases_called(); }
	_vm_unmap_aliases(ULONG_MAX, 0, false);
	ghost { contract_aliases_returned(); }
}

/* A mapping with an area of its own. Stands for all versions; may sleep. */
unsigned long vmap(unsigned long frame, unsigned long count)
{
	struct vmap_area *va;
	unsigned long addr;

	if (count > VMAP_BBMAP_BITS)
		return 0;
	va = alloc_vmap_area(count * PAGE_SIZE);
	if (!va)
		return 0;
	addr = va->va_start;
	vmap_pages_range_noflush(addr, frame, count);
	return addr;
}

/* Takes the busy area that starts at an address out of its tree. */
static struct vmap_area *find_unlink_vmap_area(unsigned long addr)
{
	struct vmap_area *found = NULL;
	struct vmap_area *va;

	spin_lock(&vmap_area_lock);
	list_for_each_entry(va, &vmap_area_list, list) {
		if (va->va_start == addr) {
			found = va;
			list_del(&va->list);
			break;
		}
	}
	spin_unlock(&vmap_area_lock);
	return found;
}

/*
 * Ends such a mapping: its area is on the purge list before it returns, where every flush finds it. Stands for all
 * versions.
 */
void vunmap(unsigned long addr)
{
	struct vmap_area *va = find_unlink_vmap_area(addr);
	unsigned long end;

	if (WARN_ON(!va))
		return;
	end = va->va_end;
	vunmap_range_noflush(addr, end);
#ifdef CONFIG_DEBUG_PAGEALLOC
	/* not needed here: the area is flushed anyway before its range is used again, and whoever must be sure before that asks */
	flush_tlb_kernel_range(addr, end);
#endif
	free_vmap_area_noflush(va);
	ghost { contract_unmapped(addr, (end - addr) / PAGE_SIZE); }
}

/* Stands for all versions; may sleep. */
unsigned long vm_map_ram(unsigned long frame, unsigned long count)
{
	unsigned long addr;

	if (count > VMAP_MAX_ALLOC)
		return vmap(frame, count);
	addr = vb_alloc(count);
	if (addr)
		vmap_pages_range_noflush(addr, frame, count);
	return addr;
}

/* Stands for all versions; must not be called in interrupts. */
void vm_unmap_ram(unsigned long addr, unsigned long count)
{
	if (count > VMAP_MAX_ALLOC) {
		vunmap(addr);
		return;
	}
	vb_free(addr, count);
	ghost { contract_unmapped(addr, count); }
}

void vmalloc_init(void)
{
	struct vmap_area *va;
	int cpu;
	int i;

	init_space = mmu_define_space(&swapper_pg_table, VMALLOC_START, "kernel");
	for_each_possible_cpu(cpu) {
		struct vmap_block_queue *vbq = &per_cpu(vmap_block_queue, cpu);

		INIT_LIST_HEAD(&vbq->free);
	}
	for (i = 0; i < VMAP_NR_BLOCKS; i++) {
		va = kmalloc(sizeof(struct vmap_area), GFP_KERNEL);
		va->va_start = VMALLOC_START + i * VMAP_BLOCK_SIZE;
		va->va_end = va->va_start + VMAP_BLOCK_SIZE;
		list_add_tail(&va->list, &free_vmap_area_list);
		ghost { contract_area_defined(va, i); }
	}
}
