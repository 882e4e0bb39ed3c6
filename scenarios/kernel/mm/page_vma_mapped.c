/*
 * From a vma and an address to the PTE, on the way from a page to its mappings. The walker holds the rmap lock, so the vma stays;
 * it does not hold mmap_lock, so the tables need not.
 *
 * The kernel keeps where it is in struct page_vma_mapped_walk; here it is what these functions take and return, so that a walk in
 * progress is no shared memory.
 */
#include <linux/pageout.h>

/*
 * The source names each upper-level entry again wherever it needs it, and the compiler may not keep it across the spin_lock() in
 * between, nor across READ_ONCE(); so the hardware reads it again. Option `walk=snapshot` is a walk that uses its first value
 * instead, to tell what comes of the second reading from what comes of using a table that has been moved.
 */
#ifdef CONFIG_WALK_SNAPSHOT
#define read_again(slot, value)	(value)
#else
#define read_again(slot, value)	READ_ONCE(*(slot))
#endif

/*
 * R3 and R4: the PMD table for an address, NULL when there is none. Stands for all versions to 6.1: pud_present() looks at one
 * reading of the entry, pmd_offset() follows another.
 * Locking: none of the tables. v7 02/11 (CONFIG_PVMW_PUD_LOCK) takes the PUD lock between the two readings and keeps it until
 * page_vma_mapped_walk_done() or pvmw_leave_pmd_page(); it does not look again under it. CONFIG_PVMW_PUD_RETEST does, and
 * CONFIG_PVMW_PUD_LOCK_FIRST takes the lock before the first reading.
 * Where the entry has become none in between, pmd_offset() makes a pointer into page 0 of it. That is reported, and the walk is
 * given up here.
 */
struct pmd_page *pvmw_pmd_page(struct mm_struct *mm, unsigned long address)
{
	struct pmd_page *pmd_page;
	pud_t pud;

#ifdef CONFIG_PVMW_PUD_LOCK_FIRST
	spin_lock(pud_lockptr(mm));
#endif
	/* not needed here (unmarked, on accepted late-flush v7-1-2-lock-first): the rmap lock, or ours, keeps movers away */
	pud = READ_ONCE(*pud_offset(mm, address));
	ghost { contract_walk_reads(READ_PUD, pud_offset(mm, address), pud); }
	if (pud_none(pud)) {
#ifdef CONFIG_PVMW_PUD_LOCK_FIRST
		spin_unlock(pud_lockptr(mm));
#endif
		return NULL;
	}
#if defined(CONFIG_PVMW_PUD_LOCK) && !defined(CONFIG_PVMW_PUD_LOCK_FIRST)
	spin_lock(pud_lockptr(mm));
#ifdef CONFIG_PVMW_PUD_RETEST
	pud = READ_ONCE(*pud_offset(mm, address));
	if (pud_none(pud)) {
		spin_unlock(pud_lockptr(mm));
		return NULL;
	}
#endif
#endif
	pmd_page = pud_pgtable(read_again(pud_offset(mm, address), pud));
	/* not needed here (never true): the test is the detector of wild walks */
	if (!pmd_page) {
		ghost { contract_walk_is_wild("pmd_offset()", pud_offset(mm, address), address); }
		pvmw_leave_pmd_page(mm);
	}
	return pmd_page;
}

/* Drops what pvmw_pmd_page() holds when it has found a table. */
void pvmw_leave_pmd_page(struct mm_struct *mm)
{
#ifdef CONFIG_PVMW_PUD_LOCK
	spin_unlock(pud_lockptr(mm));
#endif
}

/* With the PUD lock held the lock of the PMD table may be the same one: v7 02/11 takes it only if it is not. */
#if defined(CONFIG_PVMW_PMD_LOCK) && (!defined(CONFIG_PVMW_PUD_LOCK) || defined(CONFIG_PTLOCKS_BOTH))
#define pvmw_lock_pmd(mm, pmd_page)	spin_lock(pmd_lockptr(mm, pmd_page))
#define pvmw_unlock_pmd(mm, pmd_page)	spin_unlock(pmd_lockptr(mm, pmd_page))
#else
#define pvmw_lock_pmd(mm, pmd_page)	do { } while (0)
#define pvmw_unlock_pmd(mm, pmd_page)	do { } while (0)
#endif

/*
 * v7 01/11 does not take the PTE lock where that is the lock it has (#if USE_SPLIT_PTE_PTLOCKS); CONFIG_PVMW_UNGUARDED is the
 * patch without that test.
 */
#if defined(CONFIG_PVMW_PMD_LOCK) && !defined(CONFIG_PVMW_UNGUARDED)
#define PVMW_TAKES_PTL	USE_SPLIT_PTE_PTLOCKS
#else
#define PVMW_TAKES_PTL	1
#endif

/*
 * R5 to R9: the PTE table for an address, with its lock held; NULL, holding nothing of it, where the walk has nothing to do.
 * Stands for page_vma_mapped_walk() and map_pte() from 4.11 to 6.1. Left out: PMD entries that are huge or a migration entry (the
 * page here has 4K; for a huge one the kernel takes the PMD lock and reads the entry again), hugetlb, and going on to the next
 * PTE (the page has one address in a vma).
 * Three readings of the PMD entry: R5 decides, R6 (pte_offset_map()) makes the pointer to the PTE of it, R8 (pte_lockptr()) the
 * lock, unless there is only one lock. R7 looks at the PTE without the lock; option `sync` is PVMW_SYNC, which does without.
 * Locking: v7 01/11 (CONFIG_PVMW_PMD_LOCK) holds the PMD table's lock from before R5 until page_vma_mapped_walk_done().
 */
struct pte_page *pvmw_map_pte(struct mm_struct *mm, struct pmd_page *pmd_page, unsigned long address)
{
	struct pte_page *pte_page;
	struct pte_page *lock_page;
	pmd_t pmd;
#ifndef CONFIG_PVMW_SYNC_ON
	pte_t pte;
#endif

	pvmw_lock_pmd(mm, pmd_page);
	/* not needed here (unmarked, on accepted late-flush v7-1-2-lock-first): the rmap lock, or ours, keeps movers away */
	pmd = READ_ONCE(*pmd_slot(pmd_page, address));
	ghost { contract_walk_reads(READ_PMD, pmd_slot(pmd_page, address), pmd); }
	if (pmd_none(pmd))
		goto not_found;
	pte_page = pmd_pgtable(read_again(pmd_slot(pmd_page, address), pmd));
	/* not needed here (never true): the test is the detector of wild walks */
	if (!pte_page) {
		ghost { contract_walk_is_wild("pte_offset_map()", pmd_slot(pmd_page, address), address); }
		goto not_found;
	}
#ifndef CONFIG_PVMW_SYNC_ON
	pte = ptep_get(pte_slot(pte_page, address));
	/* not needed here (never true): saves taking the lock, under which the entry is looked at again */
	if (!pte_present(pte))
		goto not_found;
#endif
	lock_page = pte_page;
	if (USE_SPLIT_PTE_PTLOCKS) {
		lock_page = pmd_pgtable(read_again(pmd_slot(pmd_page, address), pmd));
		/* not needed here (never true): the test is the detector of wild walks */
		if (!lock_page) {
			ghost { contract_walk_is_wild("pte_lockptr()", pmd_slot(pmd_page, address), address); }
			goto not_found;
		}
	}
	if (PVMW_TAKES_PTL)
		spin_lock(ptlock_ptr(mm, lock_page));
	return pte_page;
not_found:
	pvmw_unlock_pmd(mm, pmd_page);
	return NULL;
}

/* Drops the locks of the walk in this vma, innermost first. */
void page_vma_mapped_walk_done(struct mm_struct *mm, struct pmd_page *pmd_page, struct pte_page *pte_page)
{
	if (PVMW_TAKES_PTL)
		spin_unlock(ptlock_ptr(mm, pte_page));
	/* not needed here (swapped): nobody holds one of the two and waits for the other */
	pvmw_unlock_pmd(mm, pmd_page);
	pvmw_leave_pmd_page(mm);
}
