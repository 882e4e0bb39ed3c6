/*
 * What mm/vmalloc.c promises, checked; and what it looks like, drawn. All of it is ghost code: it belongs to the op beside
 * which it stands and changes nothing that the kernel's code can see.
 *
 * The promise of vm_unmap_aliases(): when it returns, no CPU has a translation of a mapping whose end (vm_unmap_ram(),
 * vunmap()) had returned before the call. Mappings whose end is still under way, or returned during the call, are not under
 * the caller's control and are not part of it. Translations that live on before anybody calls are what lazy flushing is for,
 * and so are frames that are freed and used again meanwhile: neither is reported.
 *
 * Mappings are told apart by the TLB entries themselves: an entry that was filled from a page-table entry which has been
 * cleared since is stale for ever, even if the same frame is mapped there again. Marks on TLB entries:
 */
#define MARK_UNMAPPED		1		/* the end of its mapping has returned */
#define MARK_REUSED		2		/* its address was handed out again, and that was reported */
#define MARK_PROMISED(cpu)	(4 << (cpu))	/* a vm_unmap_aliases() on that CPU must get rid of it */

#include "vmalloc-internal.h"

#define for_each_translation(cpu, entry)				\
	for (cpu = 0; cpu < NR_CPUS; cpu++)				\
		for (entry = 0; entry < tlb_count(cpu); entry++)	\
			if (tlb_space(cpu, entry) == init_space)

#define page_index(addr)	((int)(((addr) - VMALLOC_START) / PAGE_SIZE))
#define block_index(addr)	((int)addr_to_vb_idx(addr))
#define slot_end(va)		((va)->va_start + VMAP_BLOCK_SIZE)

/* What a page of the vmap range has been through since its area was taken. */
enum page_life {
	PAGE_FREE,
	PAGE_RESERVED,
	PAGE_MAPPED,
	PAGE_CLEARED,
	PAGE_DIRTY,
};

enum area_place {
	AREA_FREE,
	AREA_BUSY,
	AREA_PURGE,
	AREA_DETACHED,
};

__ghost enum page_life page_life[VMAP_NR_PAGES];
__ghost step_t page_unmapped_at[VMAP_NR_PAGES];

__ghost struct vmap_area *area_at[VMAP_NR_BLOCKS];
__ghost enum area_place area_place[VMAP_NR_BLOCKS];
__ghost step_t area_moved_at[VMAP_NR_BLOCKS];

/* The block whose area that is, from when its fields are set; it may have been freed since. */
__ghost struct vmap_block *block_at[VMAP_NR_BLOCKS];
__ghost bool block_purged[VMAP_NR_BLOCKS];
__ghost bool block_dying[VMAP_NR_BLOCKS];
/* The CPU whose free list it was put on. */
__ghost int block_owner[VMAP_NR_BLOCKS];
/* When, and on which CPU: it left the free list; left the xarray; vb_free() last found it not full, or full. */
__ghost step_t block_unlisted_at[VMAP_NR_BLOCKS];
__ghost step_t block_erased_at[VMAP_NR_BLOCKS];
__ghost step_t block_counted_at[VMAP_NR_BLOCKS];

/* The walk of vm_unmap_aliases() on each CPU: what it met, and the range it gathered. Stays until the next one. */
__ghost bool walk_running[NR_CPUS];
__ghost bool walk_done[NR_CPUS];
__ghost unsigned long walk_start[NR_CPUS];
__ghost unsigned long walk_end[NR_CPUS];
__ghost bool walk_flush[NR_CPUS];
__ghost enum vmap_visit walk_visit[NR_CPUS * VMAP_NR_BLOCKS];

static text block_name(int index)
{
	switch (index) {
	case 0:
		return "A";
	case 1:
		return "B";
	case 2:
		return "C";
	}
	return "?";
}

/* The area of that block, as an object. */
static text area_name(int index)
{
	switch (index) {
	case 0:
		return "va_A";
	case 1:
		return "va_B";
	case 2:
		return "va_C";
	}
	return "va_?";
}

/* The block at an index if it is in memory and initialised, else NULL. */
static struct vmap_block *live_block(int index)
{
	struct vmap_block *vb = block_at[index];

	return vb && object_is_live(vb) ? vb : NULL;
}

static bool block_in_xarray(struct vmap_block *vb, int index)
{
	return per_cpu(vmap_block_queue, index % NR_CPUS).vmap_blocks.slots[index] == vb;
}

/* The CPU on whose free list a walker can find the block now, or -1. */
static int block_free_list(struct vmap_block *vb)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct list_head *head = &per_cpu(vmap_block_queue, cpu).free;
		struct list_head *at = head->next;
		int i;

		for (i = 0; i < VMAP_NR_BLOCKS && at && at != head; i++) {
			if (at == &vb->free_list)
				return cpu;
			at = at->next;
		}
	}
	return -1;
}

/* Whether a drain that takes the purge list now would get the area at an index. */
static bool area_on_purge_list(int index)
{
	struct list_head *head = &purge_vmap_area_list;
	struct list_head *at = head->next;
	int i;

	for (i = 0; i < VMAP_NR_BLOCKS && at && at != head; i++) {
		if (at == &area_at[index]->list)
			return true;
		at = at->next;
	}
	return false;
}

/* Whether the walk of this kernel's vm_unmap_aliases() would come by the block. */
static bool walker_reaches(struct vmap_block *vb, int index)
{
#ifdef CONFIG_VMAP_WALK_XARRAY
	return block_in_xarray(vb, index);
#else
	return block_free_list(vb) >= 0;
#endif
}

/* The index of a block since its birth; by the pointer, for its memory may be gone. */
static int index_of(struct vmap_block *vb)
{
	int index;

	for (index = 0; index < VMAP_NR_BLOCKS; index++) {
		if (block_at[index] == vb)
			return index;
	}
	return 0;
}

void contract_area_defined(struct vmap_area *va, int index)
{
	area_at[index] = va;
	area_place[index] = AREA_FREE;
	area_moved_at[index] = now();
	name_object(va, area_name(index));
	name_range(init_space, va->va_start, va->va_end, block_name(index));
}

/* Nobody may get an address for which some CPU still has a translation: each is reported once. */
static void check_reuse(unsigned long start, unsigned long end, text what)
{
	int cpu, entry;
	bool reported = false;

	for_each_translation(cpu, entry) {
		unsigned long addr = tlb_address(cpu, entry);

		if (addr < start || addr >= end || (tlb_mark(cpu, entry) & MARK_REUSED))
			continue;
		if (!reported)
			violation("va-reuse", "%s hands out %a while CPU%d still has a translation of it to %f (%s)",
				  what, addr, cpu, tlb_frame(cpu, entry), frame_owner(tlb_frame(cpu, entry)));
		else
			detail("and CPU%d has one of %a to %f (%s)", cpu, addr, tlb_frame(cpu, entry),
			       frame_owner(tlb_frame(cpu, entry)));
		reported = true;
		detail("filled at %t, stale since %t, never flushed", tlb_filled_at(cpu, entry), tlb_stale_since(cpu, entry));
		tlb_set_mark(cpu, entry, tlb_mark(cpu, entry) | MARK_REUSED);
	}
	if (reported)
		detail("the range %s was last put into the free tree at %t", block_name(block_index(start)),
		       area_moved_at[block_index(start)]);
}

/* From the free tree to whoever asked for it. */
void contract_area_taken(struct vmap_area *va)
{
	int index = block_index(va->va_start);
	int i;

	check_reuse(va->va_start, slot_end(va), "alloc_vmap_area()");
	area_place[index] = AREA_BUSY;
	area_moved_at[index] = now();
	block_at[index] = NULL;
	for (i = 0; i < CONFIG_VMAP_BBMAP_BITS; i++)
		page_life[index * CONFIG_VMAP_BBMAP_BITS + i] = PAGE_FREE;
}

void contract_area_queued(struct vmap_area *va)
{
	int index = block_index(va->va_start);

	area_place[index] = AREA_PURGE;
	area_moved_at[index] = now();
}

void contract_areas_detached(void)
{
	int index;

	for (index = 0; index < VMAP_NR_BLOCKS; index++) {
		if (area_place[index] == AREA_PURGE)
			area_place[index] = AREA_DETACHED;
	}
}

void contract_area_returned(struct vmap_area *va)
{
	int index = block_index(va->va_start);

	area_place[index] = AREA_FREE;
	area_moved_at[index] = now();
}

void contract_block_born(struct vmap_block *vb, unsigned long count)
{
	int index = block_index(vb->va->va_start);
	int i;

	name_object(vb, block_name(index));
	block_at[index] = vb;
	block_purged[index] = false;
	block_dying[index] = false;
	block_owner[index] = smp_processor_id();
	for (i = 0; i < (int)count; i++)
		page_life[index * CONFIG_VMAP_BBMAP_BITS + i] = PAGE_RESERVED;
}

/* A free list is changed under the lock of the queue that owns the list, whoever changes it. */
void contract_list_changes(struct vmap_block *vb, text what)
{
	int index = index_of(vb);
	int owner = block_owner[index];

	if (lock_is_held(&per_cpu(vmap_block_queue, owner).lock))
		return;
	violation("lock-misuse", "%s changes CPU%d's free list without the lock of CPU%d's queue", what, owner, owner);
	detail("block %s was put on that list by CPU%d; its bucket of the hash table is CPU%d's", block_name(index), owner,
	       index % NR_CPUS);
}

void contract_block_unlisted(struct vmap_block *vb)
{
	block_unlisted_at[index_of(vb)] = now();
}

/* Pages of a block get an owner. */
void contract_handed_out(struct vmap_block *vb, unsigned long offset, unsigned long count)
{
	unsigned long start = vb->va->va_start + offset * PAGE_SIZE;
	int index = index_of(vb);
	int i;

	if (block_purged[index]) {
		violation("va-reuse", "vb_alloc() hands out %a of a block that has been purged", start);
		detail("block %s is being freed; its range will be handed out again while this mapping is in use",
		       block_name(index));
	}
	if (offset + count > CONFIG_VMAP_BBMAP_BITS) {
		violation("va-reuse", "vb_alloc() hands out %d pages from %a, which is past the end of block %s", (int)count,
			  start, block_name(index));
		return;
	}
	check_reuse(start, start + count * PAGE_SIZE, "vb_alloc()");
	for (i = 0; i < (int)count; i++)
		page_life[page_index(start) + i] = PAGE_RESERVED;
}

void contract_block_purged(struct vmap_block *vb)
{
	block_purged[index_of(vb)] = true;
}

void contract_block_erased(struct vmap_block *vb)
{
	block_erased_at[index_of(vb)] = now();
}

void contract_block_dying(struct vmap_block *vb)
{
	int index;

	/* With the shortcut the range may be somebody else's already. */
	for (index = 0; index < VMAP_NR_BLOCKS; index++) {
		if (block_at[index] == vb)
			block_dying[index] = true;
	}
}

void contract_mapped(unsigned long addr)
{
	page_life[page_index(addr)] = PAGE_MAPPED;
}

void contract_cleared(unsigned long addr)
{
	page_life[page_index(addr)] = PAGE_CLEARED;
}

void contract_dirty(struct vmap_block *vb, unsigned long offset, unsigned long count)
{
	int index = index_of(vb);
	int i;

	for (i = 0; i < (int)count; i++)
		page_life[index * CONFIG_VMAP_BBMAP_BITS + (int)offset + i] = PAGE_DIRTY;
	block_counted_at[index] = now();
}

/* The end of a mapping returns: from here on vm_unmap_aliases() answers for what is left of it. */
void contract_unmapped(unsigned long addr, unsigned long count)
{
	unsigned long end = addr + count * PAGE_SIZE;
	int cpu, entry;
	int i;

	for (i = 0; i < (int)count; i++)
		page_unmapped_at[page_index(addr) + i] = now();
	for_each_translation(cpu, entry) {
		unsigned long at = tlb_address(cpu, entry);

		if (at >= addr && at < end && tlb_is_stale(cpu, entry))
			tlb_set_mark(cpu, entry, tlb_mark(cpu, entry) | MARK_UNMAPPED);
	}
}

void contract_walk_begins(unsigned long start, unsigned long end, bool flush)
{
	int self = smp_processor_id();
	int index;

	walk_running[self] = true;
	walk_done[self] = false;
	walk_start[self] = start;
	walk_end[self] = end;
	walk_flush[self] = flush;
	for (index = 0; index < VMAP_NR_BLOCKS; index++)
		walk_visit[self * VMAP_NR_BLOCKS + index] = VISIT_NONE;
}

void contract_walk_visits(struct vmap_block *vb, enum vmap_visit visit)
{
	int index = index_of(vb);

	walk_visit[smp_processor_id() * VMAP_NR_BLOCKS + index] = visit;
	/* Areas of the model are never merged; of the kernel's, who drains frees what he can merge with a neighbour. */
	if (visit == VISIT_RANGE && area_place[index] == AREA_FREE)
		violation("use-after-free", "the walk reads the area of block %s, which went to the free tree at %t",
			  block_name(index), area_moved_at[index]);
}

void contract_walk_range(unsigned long start, unsigned long end, bool flush)
{
	int self = smp_processor_id();

	walk_start[self] = start;
	walk_end[self] = end;
	walk_flush[self] = flush;
}

void contract_aliases_called(void)
{
	int self = smp_processor_id();
	int cpu, entry;

	for_each_translation(cpu, entry) {
		int mark = tlb_mark(cpu, entry);

		if (mark & MARK_UNMAPPED)
			tlb_set_mark(cpu, entry, mark | MARK_PROMISED(self));
	}
}

/* Why the walk of this CPU's vm_unmap_aliases() did not lead to a flush of an address. */
static void explain_walk(unsigned long addr)
{
	int index = block_index(addr);
	int self = smp_processor_id();
	struct vmap_block *vb = live_block(index);
	text name = block_name(index);

	switch (walk_visit[self * VMAP_NR_BLOCKS + index]) {
	case VISIT_RANGE:
		detail("the walk took a dirty range from %s, and gathered %a to %a: the page is not among them", name,
		       walk_start[self], walk_end[self] - PAGE_SIZE);
		return;
	case VISIT_CLEAN:
		detail("the walk met %s and found no dirty range in it", name);
		return;
	case VISIT_FREED:
		detail("the walk met %s and passed it over: dirty was %d of %d since %t, so it is being freed", name,
		       CONFIG_VMAP_BBMAP_BITS, CONFIG_VMAP_BBMAP_BITS, block_counted_at[index]);
		return;
	case VISIT_PURGED:
		detail("the walk took %s apart", name);
		return;
	case VISIT_NONE:
		break;
	}
	if (!vb) {
		detail("the walk did not meet block %s: it has been freed", name);
		return;
	}
#ifdef CONFIG_VMAP_WALK_XARRAY
	detail("the walk of the xarrays did not meet %s: it was erased at %t", name, block_erased_at[index]);
#else
	detail("the walk of the free lists did not meet %s: it left CPU%d's list at %t, when free became 0", name,
	       block_owner[index], block_unlisted_at[index]);
#endif
}

/* Why its area was not on the purge list that was flushed. */
static void explain_purge_list(unsigned long addr)
{
	int index = block_index(addr);
	struct vmap_block *vb = live_block(index);
	text name = block_name(index);

	switch (area_place[index]) {
	case AREA_FREE:
		detail("%s was not on the purge list: its range went to the free tree at %t", name, area_moved_at[index]);
		break;
	case AREA_PURGE:
		detail("%s came to the purge list at %t, after it had been taken", name, area_moved_at[index]);
		break;
	case AREA_DETACHED:
		detail("%s was taken from the purge list and not flushed", name);
		break;
	case AREA_BUSY:
		if (vb && vb->dirty < VMAP_BBMAP_BITS)
			detail("%s was not on the purge list: dirty became %d of %d at %t, so vb_free() did not free the block",
			       name, (int)vb->dirty, CONFIG_VMAP_BBMAP_BITS, block_counted_at[index]);
		else
			detail("%s was not on the purge list yet: dirty became %d of %d at %t, but free_vmap_block() is not there",
			       name, CONFIG_VMAP_BBMAP_BITS, CONFIG_VMAP_BBMAP_BITS, block_counted_at[index]);
		break;
	}
}

void contract_aliases_returned(void)
{
	int self = smp_processor_id();
	bool reported = false;
	int cpu, entry;

	walk_running[self] = false;
	walk_done[self] = true;
	for_each_translation(cpu, entry) {
		unsigned long addr = tlb_address(cpu, entry);
		unsigned long frame = tlb_frame(cpu, entry);
		int mark = tlb_mark(cpu, entry);

		if (!(mark & MARK_PROMISED(self)))
			continue;
		tlb_set_mark(cpu, entry, mark & ~MARK_PROMISED(self));
		if (reported) {
			detail("CPU%d also still maps %a to %f (%s), filled at %t", cpu, addr, frame, frame_owner(frame),
			       tlb_filled_at(cpu, entry));
			continue;
		}
		reported = true;
		violation("stale-tlb", "vm_unmap_aliases() returns, but CPU%d's TLB still maps %a to %f, owned by %s", cpu, addr,
			  frame, frame_is_free(frame) ? "nobody" : frame_owner(frame));
		detail("CPU%d filled it at %t; the page table entry was cleared at %t, and the unmap returned at %t", cpu,
		       tlb_filled_at(cpu, entry), tlb_stale_since(cpu, entry), page_unmapped_at[page_index(addr)]);
		if (frame_generation(frame) != tlb_generation(cpu, entry))
			detail("%f has been freed and given to %s since", frame, frame_owner(frame));
		explain_walk(addr);
		explain_purge_list(addr);
	}
#ifdef CONFIG_VMAP_NAIVE_ON
	/* The wrong reading of the promise, to see why it is wrong: it also covers unmaps that are still under way. */
	for_each_translation(cpu, entry) {
		unsigned long addr = tlb_address(cpu, entry);

		if (pte_none(mmu_walk(init_space, addr)))
			violation("stale-tlb", "naive: vm_unmap_aliases() returns, and CPU%d has a translation of %a, which is not mapped",
				  cpu, addr);
	}
#endif
}

/* Who is bound to flush a translation that outlived its mapping. */
enum flush_promise {
	PROMISE_NONE,
	PROMISE_WALK,		/* the next vm_unmap_aliases(): its walk comes by the block, and the page is in its dirty range */
	PROMISE_PURGE_LIST,	/* whoever drains: the area is on the purge list, or he has taken it from there */
	PROMISE_MUTEX,		/* whoever holds vmap_purge_lock: he has gathered the range, or purged the block */
	PROMISE_LOCK,		/* whoever holds the block's lock: he queues the area before he drops it */
};

static enum flush_promise promise_for(unsigned long addr)
{
	int index = block_index(addr);
	struct vmap_block *vb = live_block(index);
	unsigned long offset = ((addr - VMALLOC_START) / PAGE_SIZE) % VMAP_BBMAP_BITS;
	int cpu;

	if (vb && walker_reaches(vb, index) && vb->dirty != VMAP_BBMAP_BITS && offset >= vb->dirty_min &&
	    offset < vb->dirty_max)
		return PROMISE_WALK;
	if (area_place[index] == AREA_DETACHED || area_on_purge_list(index))
		return PROMISE_PURGE_LIST;
#ifdef CONFIG_VMAP_RETIRE_UNDER_LOCK
	if (vb && vb->dirty == VMAP_BBMAP_BITS && lock_is_taken(&vb->lock))
		return PROMISE_LOCK;
#endif
	if (lock_is_taken(&vmap_purge_lock)) {
		if (block_purged[index] && area_place[index] == AREA_BUSY)
			return PROMISE_MUTEX;
#ifdef CONFIG_VMAP_WALK_LOCKED
		for (cpu = 0; cpu < NR_CPUS; cpu++) {
			if (walk_running[cpu] && walk_flush[cpu] && addr >= walk_start[cpu] && addr < walk_end[cpu])
				return PROMISE_MUTEX;
		}
#endif
	}
	return PROMISE_NONE;
}

/*
 * Coverage: a translation that outlives its mapping has somebody who will flush it. When it has not, nothing is wrong yet; the
 * next vm_unmap_aliases() will break its promise.
 */
__invariant bool vmap_coverage(void)
{
	int cpu, entry;

	for_each_translation(cpu, entry) {
		unsigned long addr = tlb_address(cpu, entry);
		int index = block_index(addr);
		struct vmap_block *vb;

		if (!(tlb_mark(cpu, entry) & MARK_UNMAPPED) || (tlb_mark(cpu, entry) & MARK_REUSED))
			continue;
		if (promise_for(addr) != PROMISE_NONE)
			continue;
		vb = live_block(index);
		warning("stale-tlb", "nobody will flush CPU%d's translation of %a to %f: vm_unmap_aliases() cannot find it", cpu,
			addr, tlb_frame(cpu, entry));
		if (area_place[index] == AREA_FREE)
			detail("the range of %s went to the free tree at %t", block_name(index), area_moved_at[index]);
		else if (vb && !walker_reaches(vb, index))
#ifdef CONFIG_VMAP_WALK_XARRAY
			detail("the walk goes over the xarrays; %s was erased at %t", block_name(index), block_erased_at[index]);
#else
			detail("the walk goes over the free lists; %s left CPU%d's at %t", block_name(index),
			       block_owner[index], block_unlisted_at[index]);
#endif
		else if (vb && vb->dirty == VMAP_BBMAP_BITS)
			detail("the walk passes %s over, because dirty is %d of %d", block_name(index), CONFIG_VMAP_BBMAP_BITS,
			       CONFIG_VMAP_BBMAP_BITS);
		else if (vb)
			detail("the dirty range of %s is [%d, %d)", block_name(index), (int)vb->dirty_min, (int)vb->dirty_max);
		if (vb)
			detail("its area is not on the purge list: free %d, dirty %d of %d since %t", (int)vb->free,
			       (int)vb->dirty, CONFIG_VMAP_BBMAP_BITS, block_counted_at[index]);
	}
	return true;
}

/*
 * Pages of a block are free, in use, or dirty; the counters say how many, whenever nobody is changing them. A wrong count is a
 * warning: the harm, a range that is not flushed or a block that is never freed, comes later and is reported then.
 */
__invariant bool vmap_accounting(void)
{
	int index, i;

	for (index = 0; index < VMAP_NR_BLOCKS; index++) {
		struct vmap_block *vb = live_block(index);
		int free = 0;
		int dirty = 0;

		if (!vb || block_purged[index] || lock_is_taken(&vb->lock))
			continue;
		for (i = 0; i < CONFIG_VMAP_BBMAP_BITS; i++) {
			enum page_life life = page_life[index * CONFIG_VMAP_BBMAP_BITS + i];

			if (life == PAGE_FREE)
				free++;
			else if (life == PAGE_DIRTY)
				dirty++;
		}
		if ((int)vb->free != free || (int)vb->dirty != dirty)
			warning("invariant", "block %s counts free %d and dirty %d, but %d pages are free and %d dirty",
				  block_name(index), (int)vb->free, (int)vb->dirty, free, dirty);
	}
	return true;
}

/* Links of the free lists agree in both directions, whenever nobody is changing one under a queue's lock, the right or another. */
__invariant bool vmap_lists_are_linked(void)
{
	int cpu, i;

	for_each_possible_cpu(cpu) {
		if (lock_is_taken(&per_cpu(vmap_block_queue, cpu).lock))
			return true;
	}
	for_each_possible_cpu(cpu) {
		struct list_head *head = &per_cpu(vmap_block_queue, cpu).free;
		struct list_head *at = head;

		for (i = 0; i <= VMAP_NR_BLOCKS && at->next; i++) {
			if (at->next->prev != at) {
				violation("invariant", "CPU%d's free list is damaged: %p's next does not point back", cpu, at);
				break;
			}
			at = at->next;
			if (at == head)
				break;
		}
	}
	return true;
}

/* At the end: nobody is left who would flush what is too much on the purge list. */
__final void vmap_drain_is_due(void)
{
	if (atomic_long_read(&vmap_lazy_nr) > 2 * CONFIG_VMAP_BBMAP_BITS && !drain_vmap_work_pending)
		violation("leak", "%d lazily freed pages wait for a flush, and nobody has been told to do it",
			  (int)atomic_long_read(&vmap_lazy_nr));
}

/* At the end: a block that nobody can find any more has been freed. */
__final void vmap_no_lost_block(void)
{
	int index;

	for (index = 0; index < VMAP_NR_BLOCKS; index++) {
		struct vmap_block *vb = live_block(index);

		if (vb && !block_in_xarray(vb, index))
			violation("leak", "block %s was taken out of the xarray at %t, and never freed", block_name(index),
				  block_erased_at[index]);
	}
}

/* At the end: a block without free pages in which nothing is in use should have been freed. */
__final void vmap_no_forgotten_block(void)
{
	int index, i;

	for (index = 0; index < VMAP_NR_BLOCKS; index++) {
		struct vmap_block *vb = live_block(index);
		bool used = false;

		if (!vb || vb->free != 0 || !block_in_xarray(vb, index))
			continue;
		for (i = 0; i < CONFIG_VMAP_BBMAP_BITS; i++) {
			if (page_life[index * CONFIG_VMAP_BBMAP_BITS + i] != PAGE_DIRTY)
				used = true;
		}
		if (!used) {
			violation("leak", "block %s is never freed: nothing of it is free or in use, but dirty is %d of %d",
				  block_name(index), (int)vb->dirty, CONFIG_VMAP_BBMAP_BITS);
			detail("vb_free() frees a block when dirty reaches %d, and purging one only while free is not 0",
			       CONFIG_VMAP_BBMAP_BITS);
		}
	}
}

static void draw_page(int index, int offset)
{
	switch (page_life[index * CONFIG_VMAP_BBMAP_BITS + offset]) {
	case PAGE_FREE:
		view_cell("free", ".");
		break;
	case PAGE_RESERVED:
		view_cell("reserved", "r");
		break;
	case PAGE_MAPPED:
		view_cell("live", "M");
		break;
	case PAGE_CLEARED:
		view_cell("lazy", "u");
		break;
	case PAGE_DIRTY:
		view_cell("dirty", "d");
		break;
	}
}

/*
 * One row a block: a cell a page (. never handed out, r handed out, M mapped, u unmapped but not counted, d dirty), brackets
 * for the dirty range, where it can be found, and the counters.
 */
__view void vmap_blocks(void)
{
	int index, i;

	for (index = 0; index < VMAP_NR_BLOCKS; index++) {
		struct vmap_block *vb = live_block(index);
		int list;

		if (!block_at[index])
			continue;
		view_row("%s", block_name(index));
		if (!vb) {
			view_badge("plain", "FREED");
			continue;
		}
		for (i = 0; i < CONFIG_VMAP_BBMAP_BITS; i++)
			draw_page(index, i);
		view_range((long)vb->dirty_min, (long)vb->dirty_max);
		list = block_free_list(vb);
		if (list >= 0)
			view_badge("plain", "FREE-LIST(q%d)", list);
		if (block_in_xarray(vb, index))
			view_badge("plain", "XARRAY(b%d)", index % NR_CPUS);
		if (area_on_purge_list(index))
			view_badge("plain", "PURGE");
		if (block_dying[index])
			view_badge("lazy", "RCU-PENDING");
		else if (!walker_reaches(vb, index) && (vb->dirty != 0 || vb->dirty_min < vb->dirty_max))
			view_badge("bad", "no walker reaches it");
		view_field("free", "%d", (int)vb->free);
		view_field("dirty", "%d of %d", (int)vb->dirty, CONFIG_VMAP_BBMAP_BITS);
		if (vb->dirty_min < vb->dirty_max)
			view_field("range", "[%d,%d)", (int)vb->dirty_min, (int)vb->dirty_max);
		else
			view_field("range", "empty");
		view_field("used_map", "%x", vb->used_map);
		if (vb->dirty == VMAP_BBMAP_BITS)
			view_remark("dirty %d of %d: being freed, walkers pass it over", (int)vb->dirty, CONFIG_VMAP_BBMAP_BITS);
		else if (vb->dirty != 0)
			view_remark("dirty %d of %d: not full", (int)vb->dirty, CONFIG_VMAP_BBMAP_BITS);
	}
}

/*
 * One row a translation: live (its mapping is there), in flight (its unmap has not returned), lazy (somebody is bound to flush
 * it, and who), or orphaned (nobody is).
 */
__view void vmap_translations(void)
{
	int cpu, entry;

	for_each_translation(cpu, entry) {
		unsigned long addr = tlb_address(cpu, entry);
		unsigned long frame = tlb_frame(cpu, entry);

		view_row("CPU%d %a", cpu, addr);
		view_field("frame", "%f", frame);
		view_field("owner", "%s", frame_is_free(frame) ? "nobody" : frame_owner(frame));
		view_field("filled", "%t", tlb_filled_at(cpu, entry));
		if (!tlb_is_stale(cpu, entry)) {
			view_badge("live", "LIVE");
			continue;
		}
		view_field("stale since", "%t", tlb_stale_since(cpu, entry));
		if (!(tlb_mark(cpu, entry) & MARK_UNMAPPED)) {
			view_badge("reserved", "IN FLIGHT");
			continue;
		}
		switch (promise_for(addr)) {
		case PROMISE_WALK:
			view_badge("lazy", "LAZY");
			view_remark("the next vm_unmap_aliases() will flush it: %s's dirty range", block_name(block_index(addr)));
			break;
		case PROMISE_PURGE_LIST:
			view_badge("lazy", "LAZY");
			view_remark("whoever drains the purge list will flush it");
			break;
		case PROMISE_MUTEX:
			view_badge("lazy", "LAZY");
			view_remark("whoever holds vmap_purge_lock will flush it");
			break;
		case PROMISE_LOCK:
			view_badge("lazy", "LAZY");
			view_remark("whoever holds %s's lock will queue it for the flush", block_name(block_index(addr)));
			break;
		case PROMISE_NONE:
			view_badge("bad", "ORPHANED");
			view_remark("nobody will flush it before %s is freed and drained", block_name(block_index(addr)));
			break;
		}
	}
}

/* Where each piece of the vmap range is. */
__view void vmap_areas(void)
{
	int index;

	for (index = 0; index < VMAP_NR_BLOCKS; index++) {
		struct vmap_area *va = area_at[index];

		if (!va)
			continue;
		view_row("%s", block_name(index));
		if (area_on_purge_list(index))
			view_badge("dirty", "PURGE LIST");
		else if (area_place[index] == AREA_FREE)
			view_badge("free", "FREE TREE");
		else if (area_place[index] == AREA_DETACHED)
			view_badge("lazy", "DETACHED");
		else
			view_badge("live", "BUSY");
		view_field("since", "%t", area_moved_at[index]);
		view_field("start", "%x", va->va_start);
		view_field("end", "%x", va->va_end);
	}
	view_row("vmap_lazy_nr");
	view_field("pages", "%d", (int)vmap_lazy_nr.counter);
}

/* The end of a range, counted from the block that its last page is in. */
static void draw_end(unsigned long end)
{
	int index = block_index(end - 1);

	view_field("end", "%s+%d", block_name(index), page_index(end) - index * CONFIG_VMAP_BBMAP_BITS);
}

/* What the walks of vm_unmap_aliases() met, and the one range that each gathered. */
__view void vmap_walk(void)
{
	int cpu, index;

	for_each_possible_cpu(cpu) {
		if (!walk_running[cpu] && !walk_done[cpu])
			continue;
		view_row("CPU%d", cpu);
		if (walk_running[cpu])
			view_badge("live", "WALKING");
		else
			view_badge("plain", "RETURNED");
		if (walk_flush[cpu]) {
			view_field("start", "%a", walk_start[cpu]);
			draw_end(walk_end[cpu]);
		} else {
			view_field("start", "MAX");
			view_field("end", "0");
		}
		view_field("flush", "%d", walk_flush[cpu]);
		for (index = 0; index < VMAP_NR_BLOCKS; index++) {
			struct vmap_block *vb = live_block(index);

			switch (walk_visit[cpu * VMAP_NR_BLOCKS + index]) {
			case VISIT_RANGE:
				view_remark("%s: took its dirty range", block_name(index));
				break;
			case VISIT_CLEAN:
				view_remark("%s: met, range empty", block_name(index));
				break;
			case VISIT_FREED:
				view_remark("%s: met, passed over: dirty == BITS", block_name(index));
				break;
			case VISIT_PURGED:
				view_remark("%s: purged", block_name(index));
				break;
			case VISIT_NONE:
#ifdef CONFIG_VMAP_WALK_XARRAY
				if (vb && !block_in_xarray(vb, index))
					view_remark("%s: not met, it is not in the xarray", block_name(index));
#else
				if (vb && block_free_list(vb) < 0)
					view_remark("%s: not met, it is on no free list", block_name(index));
#endif
				break;
			}
		}
	}
}
