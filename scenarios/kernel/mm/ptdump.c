/*
 * Printing how the kernel's addresses are mapped: mm/ptdump.c and the part of mm/pagewalk.c that it uses. It reads entries while
 * others change them; mmap_lock keeps away only who takes that.
 */
#include <asm/tlbflush.h>
#include <linux/hugetlb_vmemmap.h>

enum page_walk_action {
	ACTION_SUBTREE,		/* go down */
	ACTION_CONTINUE,	/* this entry is done, go on to the next */
};

/*
 * d0 and d6. Until 8782fb61cc84 (6.0) the dumped process's mmap_lock was taken for reading, since for writing
 * (CONFIG_PTDUMP_WRITE_LOCK). Kernel tables are everybody's: who dumps a process reads what init_mm's lock protects.
 * CONFIG_PTDUMP_LOCKS_INIT_MM takes that too.
 */
static void lock_dumped(struct mm_struct *mm)
{
#ifdef CONFIG_PTDUMP_WRITE_LOCK
	down_write(&mm->mmap_lock);
#ifdef CONFIG_PTDUMP_LOCKS_INIT_MM
	if (mm != &init_mm)
		down_write(&init_mm.mmap_lock);
#endif
#else
	down_read(&mm->mmap_lock);
#endif
}

static void unlock_dumped(struct mm_struct *mm)
{
#ifdef CONFIG_PTDUMP_WRITE_LOCK
#ifdef CONFIG_PTDUMP_LOCKS_INIT_MM
	if (mm != &init_mm)
		up_write(&init_mm.mmap_lock);
#endif
	up_write(&mm->mmap_lock);
#else
	up_read(&mm->mmap_lock);
#endif
}

/*
 * d2 and d3. Since 5.7 a local variable has the value, so that what is printed is what was tested; CONFIG_PTDUMP_NO_COPY reads
 * twice. CONFIG_PTDUMP_CONTINUE is what the patch adds: a leaf that has been printed is done, whatever it has become meanwhile.
 */
static enum page_walk_action ptdump_pmd_entry(void)
{
	/* not needed here (unmarked, on both-locks-no-continue): nobody splits while the dump holds init_mm's lock for writing */
	pmd_t val = READ_ONCE(*vmemmap_pmd);

	ghost { contract_e_is_read(E_PRINTED, val); }
	if (!pmd_leaf(val))
		return ACTION_SUBTREE;
#ifdef CONFIG_PTDUMP_NO_COPY
	pmd_t again = READ_ONCE(*vmemmap_pmd);

	ghost {
		contract_dump_reads_leaf(val, again);
		contract_dump_notes_pmd(again);
	}
#else
	ghost { contract_dump_notes_pmd(val); }
#endif
#ifdef CONFIG_PTDUMP_CONTINUE
	return ACTION_CONTINUE;
#else
	return ACTION_SUBTREE;
#endif
}

/* d5: every PTE, without the lock of the table. */
static void walk_pte_range(struct pte_page *table)
{
	int i;

	for (i = 0; i < VMEMMAP_PAGES; i++) {
		/* not needed here (unmarked, on both-locks-no-continue): nobody splits while the dump holds init_mm's lock for writing */
		pte_t pte = ptep_get(&table->pte[i]);

		ghost { contract_dump_notes_pte(i, pte); }
	}
}

/* d1 to d5. Stands for walk_pmd_range(), 5.7 to 6.1: the entry is read again after the callback, to see whether it can go down. */
static void walk_pmd_range(void)
{
	pmd_t pmd;

	/*
	 * not needed here (never true): a range of struct pages is never unmapped.
	 * not needed here (unmarked, on both-locks-no-continue): nobody splits while the dump holds init_mm's lock for writing.
	 */
	if (pmd_none(READ_ONCE(*vmemmap_pmd)))
		return;
	/* not needed here (never true, on both-locks-no-continue): the callback never says so there */
	if (ptdump_pmd_entry() == ACTION_CONTINUE)
		return;
	/*
	 * not needed here (unmarked, on patch v6-0): a leaf was done, and a table stays that table.
	 * not needed here (unmarked, on both-locks-no-continue): nobody splits while the dump holds init_mm's lock for writing.
	 */
	pmd = READ_ONCE(*vmemmap_pmd);
	ghost { contract_e_is_read(E_DESCENDED, pmd); }
	/* not needed here (never true, on patch v6-0): a leaf was done with ACTION_CONTINUE, and a table does not become one */
	if (pmd_leaf(pmd))
		return;
	walk_pte_range(pmd_pgtable(pmd));
}

void ptdump_walk_pgd(struct mm_struct *mm)
{
	/*
	 * not needed here (no lock, swapped, on patch v6-0): with a local copy and ACTION_CONTINUE a dump copes with splits; what else
	 * the lock keeps away, the freeing of tables, is left out.
	 */
	lock_dumped(mm);
	ghost { contract_dump_begins(mm); }
	/* not needed here (swapped, on patch v6-0): the lock is not needed at all, see above */
	walk_pmd_range();
	ghost { contract_dump_ends(); }
	unlock_dumped(mm);
}
