/*
 * From a page to its mappings: every vma that may map it, in the order of the interval tree, and in each the page's address.
 * Left out: the page's own list of who maps it. There is one page, and the vmas of `anon_vma` are all that can map it.
 */
#include <linux/pageout.h>

/* R13 and R14, and the dirty bit of R12: only the holder of the page lock looks at them, so they take no steps of their own. */
static void page_remove_rmap(struct page *page, pte_t pte)
{
	atomic {
		/* not needed here (always true): a clean page would be written once more */
		if (pte_dirty(pte))
			page->dirty = true;
		WRITE_ONCE(page->mapcount, page->mapcount - 1);
	}
}

/*
 * R11. Two steps in the hardware: between them the entry is none and translations live on. The flush is of the address at which
 * the walk came by, wherever the table hangs by now.
 * With `batch=on`, x86's TTU_BATCH_FLUSH, there is no flush here: whoever frees the page flushes the whole process before.
 */
static pte_t ptep_clear_flush(struct pte_page *pte_page, unsigned long address)
{
	pte_t pte = ptep_get_and_clear(&mm, address, pte_slot(pte_page, address));

	ghost { contract_walk_clears(address); }
#ifdef CONFIG_BATCH_FLUSH_ON
	/* not needed here (unmarked): a mover reads it under the lock of the PTE table, which we hold */
	WRITE_ONCE(mm.tlb_flush_batched, true);
#else
	flush_tlb_range(address, address + PAGE_SIZE);
	ghost { contract_walk_flushed(address); }
#endif
	return pte;
}

/*
 * R3 to R15 in one vma. Stands for try_to_unmap_one() from 4.20 to 6.1, for an anonymous page of 4K without mlock, uffd, oom
 * reaper and notifiers. False when nothing is left to do (R16).
 * Locking: the caller holds the rmap lock for reading and the page lock; takes and drops the locks of the tables.
 */
static bool try_to_unmap_one(struct page *page, unsigned long pfn, unsigned long address)
{
	struct pmd_page *pmd_page = pvmw_pmd_page(&mm, address);
	struct pte_page *pte_page;
	pte_t pte;

	if (!pmd_page)
		return true;
	pte_page = pvmw_map_pte(&mm, pmd_page, address);
	if (!pte_page) {
		pvmw_leave_pmd_page(&mm);
		return true;
	}
	/* R10, check_pte(): is it this page? A swap entry is not. not needed here (unmarked): under the lock of the table */
	pte = ptep_get(pte_slot(pte_page, address));
	if (!pte_present(pte) || pte_pfn(pte) != pfn) {
		page_vma_mapped_walk_done(&mm, pmd_page, pte_page);
		return true;
	}
	pte = ptep_clear_flush(pte_page, address);
	/*
	 * not needed here (swapped): whoever needs the count holds the page lock, and whoever acts on the entry that of the table;
	 * we hold both.
	 */
	set_pte_at(&mm, address, pte_slot(pte_page, address), swp_entry_to_pte(pfn));
	/* not needed here (swapped): whoever needs the count holds the page lock */
	page_remove_rmap(page, pte);
	page_vma_mapped_walk_done(&mm, pmd_page, pte_page);
#ifdef CONFIG_RMAP_WALKS_ON
	return true;
#else
	return false;
#endif
}

/* The next vma of the list and the page's address in it, 0 at the end. Nobody changes the list while we hold the rmap lock. */
static unsigned long rmap_address(int index)
{
	unsigned long address = 0;

	struct vm_area_struct *vma = index < RMAP_MAX_VMAS ? anon_vma.vma[index] : NULL;

	ghost { contract_walk_visits(vma); }
	if (vma)
		address = vma->vm_start;
	return address;
}

/*
 * R1 to R17. Stands for try_to_unmap() and rmap_walk_anon(), all versions. A walk that ends with a mapping left has missed it;
 * the caller of this one tolerates that, if it is not a PVMW_SYNC walk: the page is kept.
 * Locking: the caller holds the page lock. The rmap lock is held for reading from the first vma to the last; sleeps for it.
 */
void try_to_unmap(struct page *page)
{
	unsigned long pfn = page_to_pfn(page);
	unsigned long address;
	int i = 0;

	down_read(&anon_vma.rwsem);
	ghost { contract_walk_begins(IS_ENABLED(CONFIG_PVMW_SYNC_ON)); }
	while ((address = rmap_address(i++)) != 0) {
		/* not needed here (never true): a walker that goes on finds nothing more, see program walks-on */
		if (!try_to_unmap_one(page, pfn, address))
			break;
	}
	ghost { contract_walk_ends(page); }
	up_read(&anon_vma.rwsem);
}

/*
 * A migration has failed, and the page stays where it is: its migration entry becomes a mapping again. Stands for
 * remove_migration_ptes(page, page), 4.20 to 6.1. A walk that must not miss: whoever waits for the page's lock believes that no
 * migration entry of an unlocked page is left.
 */
static bool remove_migration_pte(struct page *page, unsigned long pfn, unsigned long address)
{
	struct pmd_page *pmd_page = pvmw_pmd_page(&mm, address);
	struct pte_page *pte_page;
	pte_t pte;

	if (!pmd_page)
		return true;
	pte_page = pvmw_map_pte(&mm, pmd_page, address);
	if (!pte_page) {
		pvmw_leave_pmd_page(&mm);
		return true;
	}
	/* not needed here (unmarked): under the lock of the table */
	pte = ptep_get(pte_slot(pte_page, address));
	if (is_migration_entry(pte) && pte_pfn(pte) == pfn) {
		set_pte_at(&mm, address, pte_slot(pte_page, address), pfn_pte(pfn, _PAGE_PRESENT | _PAGE_RW));
		atomic {
			WRITE_ONCE(page->mapcount, page->mapcount + 1);
		}
	}
	page_vma_mapped_walk_done(&mm, pmd_page, pte_page);
	return true;
}

void remove_migration_ptes(struct page *page)
{
	unsigned long pfn = page_to_pfn(page);
	unsigned long address;
	int i = 0;

	down_read(&anon_vma.rwsem);
	ghost { contract_walk_begins(IS_ENABLED(CONFIG_PVMW_SYNC_ON)); }
	while ((address = rmap_address(i++)) != 0)
		remove_migration_pte(page, pfn, address);
	ghost { contract_walk_ends(page); }
	up_read(&anon_vma.rwsem);
}
