/*
 * What is checked and drawn about mm/filemap.c, memory-fault.c and everybody who takes pages out of the page cache.
 *
 * At rest, which is when the removal has returned:
 *   mapped-after-truncate   a PTE maps a page that is not in the cache any more and is no copy; or, after a truncation, maps anything at or
 *                           beyond i_size. A copy that survives a hole punch is as it should be (even_cows is 0 on purpose), and so is a
 *                           PTE beyond i_size while the truncation is still going on.
 *   lost-store              a store to a shared mapping goes to a page that no reader of the file will see; a PTE for such stores is made
 *                           without the filesystem's consent; a hole punch throws a process's own copy away.
 * Always:
 *   invariant               references add up: one for the cache, one for each PTE, one for each that a CPU holds; and so do the PTEs.
 *   use-after-free          a page is freed while a PTE maps it; or, as a warning, while it is locked, which the kernel says and goes on.
 *   invariant               (also) who was alone until now has not done what he was there for: a fault that leaves no PTE, a fault-around
 *                           that leaves out a page, a removal that removes nothing; and who removes a range has left a page in it.
 * Locks that are given back by who does not have them, or not at all, and deadlocks, are the machine's. The kernel's own assertions are in
 * the models, because a kernel stops there.
 */
#include <linux/filemap.h>

__ghost int held_refs[NR_CPUS * NR_PAGES];
__ghost int pte_refs[NR_PAGES];
__ghost int cache_refs[NR_PAGES];
__ghost step_t pte_set_at[FILE_PAGES];
__ghost int pte_set_by[FILE_PAGES];

/* CPUs that have had a reference, or begun a removal: whoever is alone has no excuse. */
__ghost bool has_come[NR_CPUS];
__ghost int removals_running;
__ghost int pages_removed;
/* A truncation stays the one that is spoken of, whoever removes pages beside it. */
__ghost enum removal removal;
__ghost text removal_step;
__ghost bool removal_returned;
__ghost step_t removal_returned_at;

/* Checks that map_pages has passed, for each page, since it was last looked up. */
__ghost bool check_passed[NR_PAGES * PAGE_CHECKS];
__ghost step_t check_passed_at[NR_PAGES * PAGE_CHECKS];

__ghost bool may_write[NR_CPUS];
__ghost bool has_set_pte[NR_CPUS];
__ghost unsigned int fault_flags[NR_CPUS];
__ghost bool fault_has_flags[NR_CPUS];

static text removal_name(void)
{
	switch (removal) {
	case REMOVAL_TRUNCATE:
		return "truncate";
	case REMOVAL_PUNCH:
		return "the hole punch";
	case REMOVAL_INVALIDATE:
		return "invalidate_inode_pages2()";
	case REMOVAL_SWAP_OUT:
		return "swapping out";
	case REMOVAL_RECLAIM:
		return "reclaim";
	case REMOVAL_COLLAPSE:
		return "khugepaged";
	case REMOVAL_NONE:
		break;
	}
	return "nobody";
}

/* The machine's names for these would be numbers. */
void contract_start(void)
{
	int index;

	for (index = 0; index < FILE_PAGES; index++)
		cache_refs[index] = 1;
}

void contract_starts_without(unsigned long index)
{
	cache_refs[index] = 0;
}

void contract_ref(struct page *page, int change)
{
	held_refs[smp_processor_id() * NR_PAGES + page_number(page)] += change;
	has_come[smp_processor_id()] = true;
}

static bool is_alone(void)
{
	int cpu;

	for (cpu = 0; cpu < NR_CPUS; cpu++)
		if (cpu != smp_processor_id() && has_come[cpu])
			return false;
	return true;
}

void contract_ref_from_cache(struct page *page)
{
	cache_refs[page_number(page)]--;
	pages_removed++;
	contract_ref(page, 1);
}

void contract_ref_to_pte(struct page *page)
{
	contract_ref(page, -1);
	pte_refs[page_number(page)]++;
}

void contract_ref_from_pte(struct page *page)
{
	pte_refs[page_number(page)]--;
	contract_ref(page, 1);
}

void contract_freed(struct page *page)
{
	if (lock_is_taken(&page->lock))
		warning("use-after-free", "%p is freed while it is locked, which is a bad page state", page);
	if (page->mapcount != 0)
		violation("use-after-free", "%p is freed while a PTE maps it", page);
}

void contract_checks(struct page *page, enum page_check check)
{
	check_passed[page_number(page) * PAGE_CHECKS + check] = true;
	check_passed_at[page_number(page) * PAGE_CHECKS + check] = now();
}

/* Whether what the check found is still true. */
static bool check_still_holds(struct page *page, enum page_check check)
{
	int number = page_number(page);

	switch (check) {
	case CHECK_UNLOCKED:
		return !lock_is_taken(&page->lock);
	case CHECK_SLOT:
		return number < FILE_PAGES && xa_slot(number) == page;
	case CHECK_MAPPING:
		return page->mapping == &inode.i_data;
	case CHECK_SIZE:
		return (unsigned long)number < inode.i_size;
	case CHECK_COUNT:
		return page->refcount <= 2;
	case PAGE_CHECKS:
		break;
	}
	return true;
}

static text check_name(enum page_check check)
{
	switch (check) {
	case CHECK_UNLOCKED:
		return "unlocked";
	case CHECK_SLOT:
		return "in its slot";
	case CHECK_MAPPING:
		return "mapping";
	case CHECK_SIZE:
		return "below i_size";
	case CHECK_COUNT:
		return "count";
	case PAGE_CHECKS:
		break;
	}
	return "";
}

static void check_at_rest(void)
{
	unsigned long index;

	if (!removal_returned)
		return;
	for (index = 0; index < FILE_PAGES; index++) {
		pte_t pte = vma.pte[index];
		struct page *page;
		enum page_check check;

		if (!pte_present(pte))
			continue;
		page = pte_page(pte);
		if (!page->anon && !page->mapping)
			violation("mapped-after-truncate", "page %d of the file is mapped, and %s has removed it", index, removal_name());
		else if (removal == REMOVAL_TRUNCATE && index >= inode.i_size)
			violation("mapped-after-truncate", "%s of page %d is mapped, and truncate has left %d pages",
				  page->anon ? "a copy" : "the page", index, inode.i_size);
		else
			continue;
		detail("%s returned at %t", removal_name(), removal_returned_at);
		detail("CPU%d set the PTE at %t", pte_set_by[index], pte_set_at[index]);
		for (check = 0; check < PAGE_CHECKS; check++) {
			int which = page_number(page) * PAGE_CHECKS + check;

			if (check_passed[which] && !check_still_holds(page, check))
				detail("\"%s\" was true when it was tested, at %t, and is not now", check_name(check), check_passed_at[which]);
		}
	}
}

void contract_sets_pte(unsigned long index)
{
	if (vma.shared && vma.vm_ops->page_mkwrite && pte_write(vma.pte[index]) && !may_write[smp_processor_id()])
		violation("lost-store", "the PTE of page %d is writable, and the filesystem has not said that it may be", index);
	has_set_pte[smp_processor_id()] = true;
	pte_set_at[index] = now();
	pte_set_by[index] = smp_processor_id();
	check_at_rest();
}

void contract_fault_flags(unsigned int flags)
{
	fault_flags[smp_processor_id()] = flags;
	fault_has_flags[smp_processor_id()] = true;
}

void contract_removal_begins(enum removal which, text step)
{
	if (removal != REMOVAL_TRUNCATE)
		removal = which;
	removal_step = step;
	removals_running++;
	removal_returned = false;
	has_come[smp_processor_id()] = true;
}

void contract_removal_step(text step)
{
	removal_step = step;
}

void contract_removal_returns(void)
{
	if (pages_removed == 0 && is_alone() && (removal == REMOVAL_RECLAIM || removal == REMOVAL_SWAP_OUT || removal == REMOVAL_COLLAPSE))
		violation("invariant", "%s has left the page, and nobody else has come by", removal_name());
	removals_running--;
	if (removals_running != 0)
		return;
	removal_step = "returned";
	removal_returned = true;
	removal_returned_at = now();
	check_at_rest();
}

/* Nobody puts pages in. One whose count is frozen is being taken out by somebody else. */
void contract_range_is_removed(unsigned long start, unsigned long end)
{
	unsigned long index;

	for (index = start; index < end; index++)
		if (xa_slot(index) && xa_slot(index)->refcount != 0)
			violation("invariant", "%s is done with page %d, and it is in the file", removal_name(), index);
}

/* Copies are a process's own. Only a truncation ends them, and munmap(). */
void contract_unmaps(struct page *page, bool even_cows)
{
	if (page->anon && !even_cows)
		violation("lost-store", "%s throws the process's copy away, %p", removal_name(), page);
}

static bool is_in_file(unsigned long index)
{
	return xa_slot(index) && index < inode.i_size;
}

/* A read fault that says that it is done has set the PTE itself; who found it there says NOPAGE. */
void contract_read_fault_returns(unsigned long index, unsigned int ret)
{
	if (!(ret & VM_FAULT_ENDS) && !has_set_pte[smp_processor_id()])
		violation("invariant", "the fault on page %d says that it has set the PTE, and has not", index);
}

/* What a fault is for, whatever it returns. */
void contract_fault_returns(unsigned long index)
{
	if (is_alone() && is_in_file(index) && !pte_present(vma.pte[index]))
		violation("invariant", "the fault on page %d is over, nobody else has come by, and there is no PTE", index);
}

void contract_fault_around_returns(unsigned long start, unsigned long end)
{
	unsigned long index;

	for (index = start; index < end; index++)
		if (is_alone() && is_in_file(index) && !pte_present(vma.pte[index]))
			violation("invariant", "fault-around has left out page %d, and nobody else has come by", index);
}

/* The filesystem's answer, once it has been asked. */
void contract_page_mkwrite(bool consents)
{
	may_write[smp_processor_id()] = consents;
}

void contract_stored(unsigned long index)
{
	struct page *page = pte_page(vma.pte[index]);

	if (!removal_returned || page->anon || xa_slot(index) == page)
		return;
	violation("lost-store", "a store to page %d of the shared mapping goes to %p, which is not in the file", index, page);
	detail("%s returned at %t", removal_name(), removal_returned_at);
	detail("CPU%d set the PTE at %t", pte_set_by[index], pte_set_at[index]);
}

/* A frozen count is 0 while everybody still has what he has. */
__invariant bool references_add_up(void)
{
	int number, cpu;

	for (number = 0; number < NR_PAGES; number++) {
		int sum = cache_refs[number] + pte_refs[number];

		for (cpu = 0; cpu < NR_CPUS; cpu++)
			sum += held_refs[cpu * NR_PAGES + number];
		if (mem_map[number].refcount != 0 && mem_map[number].refcount != sum)
			return false;
		if (mem_map[number].refcount == 0 && pte_refs[number] != 0)
			return false;
	}
	return true;
}

/* Under the ptl they may differ for a moment. */
__invariant bool mapcounts_add_up(void)
{
	int number, index;

	if (lock_is_taken(&vma.ptl))
		return true;
	for (number = 0; number < NR_PAGES; number++) {
		int ptes = 0;

		for (index = 0; index < FILE_PAGES; index++)
			if (pte_present(vma.pte[index]) && pte_page(vma.pte[index]) == &mem_map[number])
				ptes++;
		if (ptes != mem_map[number].mapcount)
			return false;
	}
	return true;
}

/* Nobody has kept a reference, and nobody has put one too many. */
__final void no_reference_is_left(void)
{
	int number, cpu;

	for (number = 0; number < NR_PAGES; number++)
		for (cpu = 0; cpu < NR_CPUS; cpu++)
			if (held_refs[cpu * NR_PAGES + number] != 0 && !lock_is_taken(&mem_map[number].lock))
				violation("leak", "CPU%d has returned with %d references to %p", cpu,
					  held_refs[cpu * NR_PAGES + number], &mem_map[number]);
}

/* One card a page. */
__view void pages(void)
{
	int number, cpu, index;
	enum page_check check;

	for (number = 0; number < NR_PAGES; number++) {
		struct page *page = &mem_map[number];

		if (number >= FILE_PAGES && page->refcount == 0)
			continue;
		view_row("%s%d", page->anon ? "copy " : "page ", number);
		if (lock_is_taken(&page->lock))
			view_badge("reserved", "LOCKED by CPU%d", lock_owner(&page->lock));
		if (page->anon)
			view_badge("live", "anonymous");
		else if (page->mapping)
			view_badge("live", "in the cache");
		else if (page->mapcount != 0 && removal_returned)
			view_badge("bad", "ORPHAN, mapped");
		else if (page->mapcount != 0)
			view_badge("lazy", "removed, mapped");
		else
			view_badge("free", "removed");
		view_field("mapcount", "%d", page->mapcount);
		view_field("refs", "%d", page->refcount);
		if (page->refcount == 0 && cache_refs[number] != 0)
			view_badge("lazy", "FROZEN");
		if (cache_refs[number] != 0)
			view_field("cache", "%d", cache_refs[number]);
		for (index = 0; index < FILE_PAGES; index++)
			if (pte_present(vma.pte[index]) && pte_page(vma.pte[index]) == page)
				view_field("mapped by", "PTE %d", index);
		if (pte_refs[number] != 0)
			view_field("PTEs", "%d", pte_refs[number]);
		for (cpu = 0; cpu < NR_CPUS; cpu++)
			if (held_refs[cpu * NR_PAGES + number] != 0)
				view_field("held", "CPU%d %d", cpu, held_refs[cpu * NR_PAGES + number]);
		for (check = 0; check < PAGE_CHECKS; check++) {
			if (!check_passed[number * PAGE_CHECKS + check])
				continue;
			view_remark("%s: true when tested, at %t; %s", check_name(check), check_passed_at[number * PAGE_CHECKS + check],
				    check_still_holds(page, check) ? "true now" : "FALSE NOW");
		}
	}
}

/* The slots by index, i_size as a bracket, and the PTEs below. */
__view void file(void)
{
	unsigned long index;

	view_row("slots");
	for (index = 0; index < FILE_PAGES; index++) {
		if (xa_slot(index))
			view_cell("live", "%d", page_number(xa_slot(index)));
		else
			view_cell("free", "-");
	}
	view_range(0, (long)inode.i_size);
	view_field("i_size", "%d", inode.i_size);
	view_row("PTEs");
	for (index = 0; index < FILE_PAGES; index++) {
		pte_t pte = vma.pte[index];

		if (!pte_present(pte))
			view_cell("free", "-");
		else if (pte_page(pte)->anon)
			view_cell(removal_returned && removal == REMOVAL_TRUNCATE && index >= inode.i_size ? "bad" : "live", "c");
		else if (pte_page(pte)->mapping)
			view_cell("live", "%d", page_number(pte_page(pte)));
		else
			view_cell(removal_returned ? "bad" : "lazy", "%d", page_number(pte_page(pte)));
	}
	view_badge("plain", "%s", vma.shared ? "shared" : "private");
	if (lock_is_taken(&vma.ptl))
		view_badge("reserved", "ptl held");
}

__view void removal_progress(void)
{
	view_row("%s", removal_name());
	if (removal_returned)
		view_badge("live", "returned");
	else
		view_badge("lazy", "%s", removal_step);
}

/* The bit and the lock that it speaks of. */
__view void fault_flags_view(void)
{
	int cpu;

	for (cpu = 0; cpu < NR_CPUS; cpu++) {
		if (!fault_has_flags[cpu])
			continue;
		view_row("CPU%d", cpu);
		view_badge(fault_flags[cpu] & VM_FAULT_LOCKED ? "reserved" : "free", "%s",
			   fault_flags[cpu] & VM_FAULT_LOCKED ? "VM_FAULT_LOCKED" : "no VM_FAULT_LOCKED");
		if (fault_flags[cpu] & VM_FAULT_ERROR)
			view_badge("bad", "SIGBUS");
		if (fault_flags[cpu] & VM_FAULT_RETRY)
			view_badge("lazy", "RETRY");
		if (lock_is_taken(&mem_map[0].lock))
			view_badge("reserved", "page 0 locked by CPU%d", lock_owner(&mem_map[0].lock));
		else
			view_badge("free", "page 0 not locked");
	}
}
