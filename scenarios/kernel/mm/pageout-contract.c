/*
 * What must hold when a page is paged out beside a move of its page tables, checked and drawn. All of it is ghost code.
 *
 * The page's frame may go back to the allocator when no CPU has a translation of it left, and no address of the process leads to
 * it. That is checked when it goes, not before: until then a translation may outlive its entry, as long as somebody is bound to
 * flush it before the frame goes.
 *
 * stale-tlb       the frame is freed while a TLB has a translation of it.
 * use-after-free  the user's store goes to a frame that is free, or somebody else's.
 * lost-store      the user's store goes to the page after its last mapping was removed and flushed: nobody will see it.
 * missed-mapping  a walk over all vmas ends, the page was mapped all the time, and the walk did not come by the mapping. While a
 *                 moved entry is under neither address, it is in the mover's hands; the page is mapped nevertheless. A violation
 *                 for a walker that must not miss (PVMW_SYNC), a note for one that finds the page still mapped and keeps it.
 * orphan-pte      everybody who moves or unmaps the page is done, and it is mapped where the process has no vma (with two movers).
 * garbage-mapping the mappings of the page are not as many as its mapcount says: it is freed with one left, or with less than none; a walk
 *                 has made two of one migration entry, or has changed the entry of another page.
 * wild-walk       the walker makes a table, or a table's lock, of an entry that has become none since it looked at it.
 */
#include <linux/pageout.h>

/* The walk in progress. */
__ghost bool walk_running;
__ghost bool walk_is_sync;
__ghost bool walk_was_wild;
__ghost struct vm_area_struct *walk_vma;
/* What it read last in the upper levels, and where. */
__ghost pte_t *read_from[WALK_READS];
__ghost pte_t read_value[WALK_READS];
/* The address that its last flush was of, for as long as the walk is there; and when it was, for reports. */
__ghost unsigned long walk_clears_at;
__ghost step_t walk_cleared_at;
__ghost step_t walk_flushed_at;

/* The move. */
__ghost bool move_in_flight;
__ghost step_t moved_at;
__ghost step_t move_flushed_at;
__ghost step_t installed_at;

__ghost step_t frame_freed_at;

/* For the projection of costs: what this run has moved. */
__ghost int moved_ptes;
__ghost int moved_pmds;
__ghost int moved_puds;
__ghost int move_flushes;

void contract_define(struct pud_page *root, struct page *page)
{
	name_object(page, "P");
	name_range(user_space, O, O + PAGE_SIZE, "O");
	name_range(user_space, N, N + PAGE_SIZE, "N");
}

void contract_walk_begins(bool is_sync)
{
	walk_running = true;
	walk_is_sync = is_sync;
	walk_was_wild = false;
	walk_vma = NULL;
}

static void forget_reads(void)
{
	int which;

	for (which = 0; which < WALK_READS; which++) {
		read_from[which] = NULL;
		read_value[which] = __pte(0);
	}
}

void contract_walk_visits(struct vm_area_struct *vma)
{
	walk_vma = vma;
	walk_clears_at = 0;
	forget_reads();
}

void contract_walk_reads(enum walk_read which, pte_t *from, pte_t value)
{
	read_from[which] = from;
	read_value[which] = value;
}

void contract_walk_is_wild(text what, pte_t *from, unsigned long address)
{
	walk_was_wild = true;
	violation("wild-walk", "%s at %a follows an entry that has become none", what, address);
	detail("%p was read before and led to a table; read again, it is none", from);
	detail("the mover cleared it at %t", moved_at);
	detail("the kernel would take page 0 of memory for a table; the model gives the walk in this vma up");
}

void contract_walk_clears(unsigned long address)
{
	walk_clears_at = address;
	walk_cleared_at = now();
}

void contract_walk_flushed(unsigned long address)
{
	walk_flushed_at = now();
}

void contract_walk_ends(struct page *page)
{
#ifdef CONFIG_WALK_RESTORES
	/* This walk was to find the migration entry. */
	bool missed = page->mapcount == 0;
#else
	bool missed = page->mapcount > 0;
#endif

	if (missed && !walk_was_wild) {
		if (walk_is_sync) {
			violation("missed-mapping", "the rmap walk has visited every vma and missed the mapping of %f", page->pfn);
			detail("the walker (PVMW_SYNC) relies on having seen every mapping");
		} else {
			note("missed-mapping", "the rmap walk has visited every vma and missed the mapping of %f", page->pfn);
			detail("the walker tolerates that: the page is still mapped, and is kept");
		}
		if (move_in_flight)
			detail("the entry was taken from its old place at %t and is on its way", moved_at);
		else
			detail("the entry was taken from its old place at %t and came to its new one at %t", moved_at,
			       installed_at);
	}
#ifdef CONFIG_WALK_RESTORES
	if (page->mapcount > 1)
		violation("garbage-mapping", "the walk has put %d mappings in the place of one migration entry", page->mapcount);
#endif
	walk_running = false;
	walk_is_sync = false;
	walk_was_wild = false;
	walk_vma = NULL;
	walk_clears_at = 0;
	forget_reads();
}

void contract_moves(text what, unsigned long addr)
{
	count(what, 1);
	move_in_flight = true;
	moved_at = now();
	if (what == "PTE entries moved")
		moved_ptes++;
	else if (what == "PMD entries moved")
		moved_pmds++;
	else
		moved_puds++;
}

void contract_move_flushed(void)
{
	move_flushed_at = now();
	move_flushes++;
}

void contract_move_ends(void)
{
	move_in_flight = false;
	installed_at = now();
}

/* Addresses that lead to the frame through the tables, in words. */
static text reachable_as(unsigned long pfn)
{
	pte_t at_old = mmu_walk(user_space, O);
	pte_t at_new = mmu_walk(user_space, N);
	bool old = pte_present(at_old) && pte_pfn(at_old) == pfn;
	bool new = pte_present(at_new) && pte_pfn(at_new) == pfn;

	if (old)
		return new ? "O and N" : "O";
	return new ? "N" : "nothing";
}

#ifdef CONFIG_SECOND_MOVER
extern struct vm_area_struct *mapped_vma;

__final void the_page_is_in_the_vma(void)
{
	if (reachable_as(page.pfn) != (mapped_vma == &vma_O ? "O" : "N"))
		violation("orphan-pte", "the process has its vma at %a, and the page is mapped at %s", mapped_vma->vm_start,
			  reachable_as(page.pfn));
}
#endif

/* The entry at N, when it is of another page: nobody has a reason to change it. */
__ghost pte_t other_entry;
extern struct pte_page T2;

void contract_other_page(pte_t entry)
{
	other_entry = entry;
}

#ifdef CONFIG_OTHER_PAGE
__final void other_page_is_left_alone(void)
{
	if (T2.pte[pte_index(N)] != other_entry)
		violation("garbage-mapping", "the walk for %f has changed the entry of another page, at %a", page.pfn, N);
}
#endif

/*
 * When mremap() has returned, the process must not get at the page by the old address any more: what is stored there after that would
 * go somewhere that it has given up.
 */
void contract_mremap_returns(unsigned long old_addr)
{
	int cpu;

	for (cpu = 0; cpu < NR_CPUS; cpu++) {
		int entry = tlb_lookup(cpu, user_space, old_addr);

		if (entry < 0)
			continue;
		violation("stale-tlb", "mremap() returns, and CPU%d's TLB still maps %a to %f", cpu, old_addr,
			  tlb_frame(cpu, entry));
		detail("filled at %t, stale since %t", tlb_filled_at(cpu, entry), tlb_stale_since(cpu, entry));
	}
}

void contract_frame_freed(unsigned long pfn)
{
	bool reported = false;
	int cpu, entry;

	frame_freed_at = now();
	if (page.mapcount != 0)
		violation("garbage-mapping", "%f is freed with a mapcount of %d", pfn, page.mapcount);
	/* Its entry was dirty when it was mapped, and nobody has cleaned it. */
	if (!page.dirty)
		violation("lost-store", "%f is freed as clean, and has been stored to", pfn);
	for (cpu = 0; cpu < NR_CPUS; cpu++) {
		for (entry = 0; entry < tlb_count(cpu); entry++) {
			unsigned long addr = tlb_address(cpu, entry);

			if (tlb_frame(cpu, entry) != pfn || tlb_generation(cpu, entry) != frame_generation(pfn))
				continue;
			if (!reported)
				violation("stale-tlb", "%f is freed while CPU%d's TLB still maps %a to it", pfn, cpu, addr);
			else
				detail("and CPU%d's TLB maps %a to it", cpu, addr);
			reported = true;
			detail("CPU%d filled it at %t, and it is stale since %t", cpu, tlb_filled_at(cpu, entry),
			       tlb_stale_since(cpu, entry));
			detail("the walker flushed another address, at %t; the table entry came to N at %t", walk_flushed_at,
			       installed_at);
		}
	}
}

void contract_user_stored(unsigned long addr, int error)
{
	int cpu = smp_processor_id();
	int entry = tlb_lookup(cpu, user_space, addr);
	unsigned long pfn;
	pte_t pte;

	if (error || entry < 0)
		return;
	pfn = tlb_frame(cpu, entry);
	if (frame_is_free(pfn) || frame_generation(pfn) != tlb_generation(cpu, entry)) {
		violation("use-after-free", "the store to %a goes to %f, which is %s", addr, pfn,
			  frame_is_free(pfn) ? "free" : "somebody else's");
		if (!frame_is_free(pfn))
			detail("%f belongs to %s now", pfn, frame_owner(pfn));
		detail("CPU%d's translation was filled at %t; the frame was freed at %t", cpu, tlb_filled_at(cpu, entry),
		       frame_freed_at);
		return;
	}
	pte = mmu_walk(user_space, addr);
	if (page.mapcount == 0 && !mm.tlb_flush_batched && !(pte_present(pte) && pte_pfn(pte) == pfn)) {
		violation("lost-store", "the store to %a goes to %f, which is mapped nowhere any more", addr, pfn);
		detail("the last mapping was removed at %t and flushed at %t; what comes back from the swap does not have this store",
		       walk_cleared_at, walk_flushed_at);
		detail("CPU%d's translation was filled at %t", cpu, tlb_filled_at(cpu, entry));
	}
}

/* Drawing. */

static text vma_name(struct vm_area_struct *vma)
{
	return vma == &vma_O ? "old vma" : "new vma";
}

/* The order in which a walk comes by the vmas, and where it is. */
__view void rmap_list(void)
{
	int i;

	view_row("anon_vma");
	view_badge(lock_is_taken(&anon_vma.rwsem) ? "reserved" : "plain", "%s",
		   lock_is_taken(&anon_vma.rwsem) ? "LOCKED" : "NOT LOCKED");
	view_field("mapcount of P", "%d", page.mapcount);
	view_field("P is mapped at", "%s", reachable_as(page.pfn));
	for (i = 0; i < RMAP_MAX_VMAS; i++) {
		struct vm_area_struct *vma = anon_vma.vma[i];

		if (!vma)
			continue;
		view_row("%d. %s", i + 1, vma_name(vma));
		view_field("P's address", "%a", vma->vm_start);
		if (walk_running && walk_vma == vma)
			view_badge("live", "WALKER");
	}
	if (walk_running && !walk_vma)
		view_remark("the walker is before the first vma, or past the last");
}

/* The entries that the walker has read without a lock, and what they hold now. */
__view void walk_read_then_and_now(void)
{
	int which;

	for (which = 0; which < WALK_READS; which++) {
		pte_t then = read_value[which];
		pte_t value;

		if (!read_from[which])
			continue;
		value = *read_from[which];
		view_row("%s", which == READ_PUD ? "PUD entry" : "PMD entry");
		if (__entry_table(then))
			view_field("read then", "table %p", __entry_table(then));
		else
			view_field("read then", "none");
		if (__entry_table(value))
			view_field("now", "table %p", __entry_table(value));
		else
			view_field("now", "none");
		if (then != value)
			view_badge("bad", "CHANGED SINCE");
	}
	if (walk_clears_at != 0) {
		view_row("flush");
		view_field("flushing", "%a", walk_clears_at);
		/* The table that the walker has cleared its entry in: where it hangs now. */
		if (__entry_table(read_value[READ_PMD]) && read_from[READ_PMD] && *read_from[READ_PMD] != read_value[READ_PMD]) {
			view_badge("bad", "THE TABLE HAS MOVED");
			view_remark("the PTE table is reached as N now, and translations of N are not flushed");
		} else if (__entry_table(read_value[READ_PUD]) && read_from[READ_PUD] &&
			   *read_from[READ_PUD] != read_value[READ_PUD]) {
			view_badge("bad", "THE TABLE HAS MOVED");
			view_remark("the PMD table is reached as N now, and translations of N are not flushed");
		}
	}
}

/* Every translation, and whether its being there is right. */
__view void translations(void)
{
	int cpu, entry;

	for (cpu = 0; cpu < NR_CPUS; cpu++) {
		for (entry = 0; entry < tlb_count(cpu); entry++) {
			unsigned long pfn = tlb_frame(cpu, entry);

			view_row("CPU%d %a", cpu, tlb_address(cpu, entry));
			view_field("frame", "%f", pfn);
			if (frame_is_free(pfn) || frame_generation(pfn) != tlb_generation(cpu, entry)) {
				view_badge("bad", "STALE");
				view_remark("the frame was freed at %t: nobody will flush this any more", frame_freed_at);
			} else if (!tlb_is_stale(cpu, entry)) {
				view_badge("live", "FRESH");
			} else if (page.mapcount == 0 && !mm.tlb_flush_batched) {
				view_badge("bad", "STALE");
				view_remark("the last mapping is gone and flushed; this was missed, because only %a was flushed",
					    walk_clears_at);
			} else if (mm.tlb_flush_batched) {
				view_badge("lazy", "STALE, LEGAL");
				view_remark("who frees the frame flushes the process before");
			} else {
				view_badge("lazy", "STALE, LEGAL");
				view_remark("its entry is cleared, the flush is still to come, and the frame is in use");
			}
		}
	}
}

/* Tenths of a nanosecond, from the mail's three times: see the scenario's text. */
#define PER_RUN		617000L
#define PER_EXTENT	21430L
#define PER_ENTRY	43L
#define CHEAP_PER_RUN	50000L
#define CHEAP_PER_EXTENT 1000L

#define EXTENTS_OF_1G	512L
#define ENTRIES_OF_1G	262144L

/* To one digit, rounded. */
static void ratio(text name, long a, long b)
{
	long tenths = (a * 10 + b / 2) / b;

	view_field(name, "%d.%d", (int)(tenths / 10), (int)(tenths % 10));
}

static void project(text name, long per_run, long per_extent)
{
	long by_pte = per_run + EXTENTS_OF_1G * per_extent + ENTRIES_OF_1G * PER_ENTRY;
	long by_pmd = per_run + EXTENTS_OF_1G * per_extent;
	long by_pud = per_run + per_extent;

	view_row("%s", name);
	view_field("PTE", "%d us", (int)(by_pte / 10000));
	view_field("PMD", "%d us", (int)(by_pmd / 10000));
	view_field("PUD", "%d us", (int)(by_pud / 10000));
	ratio("PTE:PMD", by_pte, by_pmd);
	ratio("PMD:PUD", by_pmd, by_pud);
}

/*
 * What this run has counted, times what a mremap() of 1 GB has of it; and the times that would take, by a model with a cost for
 * the call, one for each extent (locks and flush) and one for each entry.
 */
__view void costs_of_1_gb(void)
{
	view_row("entries");
	view_field("this run", "PTE %d, PMD %d, PUD %d", moved_ptes, moved_pmds, moved_puds);
	view_field("1 GB", "PTE %d, PMD %d, PUD %d", moved_ptes * (int)ENTRIES_OF_1G, moved_pmds * (int)EXTENTS_OF_1G,
		   moved_puds);
	view_row("flushes of a move");
	view_field("this run", "%d", move_flushes);
	view_field("1 GB", "%d", move_flushes * (moved_puds ? 1 : (int)EXTENTS_OF_1G));
	project("ppc64-like", PER_RUN, PER_EXTENT);
	project("cheap flush", CHEAP_PER_RUN, CHEAP_PER_EXTENT);
	view_row("the mail");
	view_field("PTE", "2292 us");
	view_field("PMD", "1158 us");
	view_field("PUD", "63 us");
	ratio("PTE:PMD", 2292772, 1158928);
	ratio("PMD:PUD", 1158928, 63886);
}
