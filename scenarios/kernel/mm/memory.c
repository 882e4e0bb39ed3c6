/* What a thread of the process does: stores, and faults where the tables have nothing for it. */
#include <linux/pageout.h>

/*
 * A fault. It waits for whoever holds mmap_lock for writing, so for a move in progress. Stands for do_user_addr_fault() and
 * handle_mm_fault(), all versions. Left out: bringing a page back from the swap, and the signal for an address without a vma; in
 * both cases this thread is out of the race. True when the store can be tried again.
 * A migration entry: migration_entry_wait() takes the lock of the PTE table, and insists that the page of such an entry is
 * locked, before it waits for that. migration_entry_to_page(), 2.6.18 to 5.14, later pfn_swap_entry_to_page().
 */
static bool handle_mm_fault(unsigned long addr)
{
	struct pte_page *pte_page = NULL;
	bool is_migrating;
	pte_t pte;

	/* not needed here (no lock): the fault only looks for a migration entry, and takes none for what it was when the table has moved */
	down_read(&mm.mmap_lock);
	/* The upper levels do not change while we hold mmap_lock. */
	atomic {
		struct pmd_page *pmd_page = pud_pgtable(READ_ONCE(*pud_offset(&mm, addr)));

		if (pmd_page)
			pte_page = pmd_pgtable(READ_ONCE(*pmd_slot(pmd_page, addr)));
	}
	pte = pte_page ? ptep_get(pte_slot(pte_page, addr)) : __pte(0);
	is_migrating = is_migration_entry(pte);
	if (is_migrating) {	/* not needed here (never true): what is inside is a claim */
		spin_lock(ptlock_ptr(&mm, pte_page));
		/* not needed here (unmarked): under the lock of the table */
		pte = ptep_get(pte_slot(pte_page, addr));
		/* not needed here (never true): what follows is a claim */
		if (is_migration_entry(pte))
			/* not needed here (unmarked): the page is not unlocked before its last migration entry is gone */
			BUG_ON(!READ_ONCE(page.locked));
		spin_unlock(ptlock_ptr(&mm, pte_page));
	}
	up_read(&mm.mmap_lock);
	/* not needed here (always true): who holds the page lock drops it in any case */
	if (is_migrating)
		wait_event(!READ_ONCE(page.locked));
	/* Somebody may have mapped the page since the store failed. */
	return is_migrating || pte_present(pte);
}

int user_store(unsigned long addr, long value)
{
	int error = mmu_store(user_space, addr, value);

	ghost { contract_user_stored(addr, error); }
	/* not needed here (always true, operand gone): a store that worked may be done again */
	if (error && handle_mm_fault(addr)) {
		error = mmu_store(user_space, addr, value);
		ghost { contract_user_stored(addr, error); }
	}
	return error;
}
