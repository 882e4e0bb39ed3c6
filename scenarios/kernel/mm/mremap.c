/*
 * Moving page tables: mremap() of a range that keeps its size. A page's mapping moves from one address to another by moving its
 * PTE, or the PMD entry that leads to its whole PTE table, or the PUD entry above that.
 *
 * What is not modelled: unmapping the old range at the end (do_munmap(); the old vma is still in the rmap list when the move is
 * over, and nobody finds anything there), moves that fail half-way, huge and migration entries at the PMD level, hugetlb, uffd.
 *
 * CONFIG_SECOND_MOVER is a second thread of the process in mremap(). Then the process's tree of vmas matters, which mmap_lock is for: it
 * has one vma, where the page was or where it goes.
 */
#include <linux/pageout.h>

#ifdef CONFIG_SECOND_MOVER
struct vm_area_struct *mapped_vma = &vma_O;
#endif

/* The vma at an address, NULL when there is none: mremap() fails with -EFAULT. Locking: mmap_lock. */
static struct vm_area_struct *vma_lookup(unsigned long addr)
{
#ifdef CONFIG_SECOND_MOVER
	return mapped_vma->vm_start == addr ? mapped_vma : NULL;
#else
	return &vma_O;
#endif
}

/* The new vma comes into the tree before anything is moved. The old one, which goes at the end of the same call, is out of it here. */
static void vma_link(struct vm_area_struct *old)
{
#ifdef CONFIG_SECOND_MOVER
	mapped_vma = old->vm_start == O ? &vma_N : &vma_O;
#endif
}

/*
 * E1 and P1. The rmap lock in write mode keeps walks from a page to its mappings away. Documented order: mmap_lock, page lock,
 * i_mmap_rwsem, anon_vma->rwsem, then the locks of the tables. CONFIG_VMA_PRIVATE_FILE is a private mapping of a file, with
 * both; CONFIG_RMAP_LOCKS_REVERSED takes them in the wrong order. Stands for all versions since 4.x.
 */
static void take_rmap_locks(void)
{
#if defined(CONFIG_VMA_PRIVATE_FILE) && !defined(CONFIG_RMAP_LOCKS_REVERSED)
	down_write(&i_mmap.i_mmap_rwsem);
#endif
	down_write(&anon_vma.rwsem);
#if defined(CONFIG_VMA_PRIVATE_FILE) && defined(CONFIG_RMAP_LOCKS_REVERSED)
	down_write(&i_mmap.i_mmap_rwsem);
#endif
}

static void drop_rmap_locks(void)
{
	up_write(&anon_vma.rwsem);
#ifdef CONFIG_VMA_PRIVATE_FILE
	up_write(&i_mmap.i_mmap_rwsem);
#endif
}

/* CONFIG_MOVE_RMAP_LOCKS_INSIDE is a mistake: the rmap locks, which sleep, inside the locks of the tables. */
#ifdef CONFIG_MOVE_RMAP_LOCKS_INSIDE
#define take_outer_rmap_locks(need)	do { } while (0)
#define take_inner_rmap_locks(need)	do { if (need) take_rmap_locks(); } while (0)
#else
#define take_outer_rmap_locks(need)	do { if (need) take_rmap_locks(); } while (0)
#define take_inner_rmap_locks(need)	do { } while (0)
#endif

/*
 * The second lock of a move. Two locks of one kind are safe because mmap_lock keeps a second mover away. They may be one and the
 * same, when old and new are in one table or where the locks are not split; CONFIG_MOVE_NO_SAME_LOCK_TEST does not look.
 */
#ifdef CONFIG_MOVE_NO_SAME_LOCK_TEST
#define is_other_lock(new_ptl, old_ptl)	true
#else
#define is_other_lock(new_ptl, old_ptl)	((new_ptl) != (old_ptl))
#endif

/*
 * P1 to P9. Stands for move_ptes(), 4.9 to 6.1, for a table with one entry in the range. The old translations are flushed while both
 * PTE locks are held (since 4.9 and 4.20), so that nobody who finds the page at its new place can free it before.
 * Locking: mmap_lock for writing.
 */
static void move_ptes(struct mm_struct *mm, struct pte_page *old_table, struct pte_page *new_table, unsigned long old_addr,
		      unsigned long new_addr, bool need_rmap_locks)
{
	spinlock_t *old_ptl = ptlock_ptr(mm, old_table);
	spinlock_t *new_ptl = ptlock_ptr(mm, new_table);
	pte_t pte;

	take_outer_rmap_locks(need_rmap_locks);
	spin_lock(old_ptl);
	if (is_other_lock(new_ptl, old_ptl))
		spin_lock(new_ptl);
	take_inner_rmap_locks(need_rmap_locks);
#ifdef CONFIG_BATCH_FLUSH_ON
	/* flush_tlb_batched_pending(); not needed here (always true): one flush more */
	if (READ_ONCE(mm->tlb_flush_batched))
		flush_tlb_mm(mm);
#endif
	pte = ptep_get_and_clear(mm, old_addr, pte_slot(old_table, old_addr));
	ghost { contract_moves("PTE entries moved", old_addr); }
	set_pte_at(mm, new_addr, pte_slot(new_table, new_addr), pte);
	/* not needed here (always true): one flush more */
	if (pte_present(pte)) {
		flush_tlb_range(old_addr, old_addr + PMD_SIZE);
		ghost { contract_move_flushed(); }
	}
	ghost { contract_move_ends(); }
	if (is_other_lock(new_ptl, old_ptl))
		spin_unlock(new_ptl);
	spin_unlock(old_ptl);
	if (need_rmap_locks)
		drop_rmap_locks();
}

/*
 * E1 to E9 for a PMD entry: the PTE table moves, with its lock in it, from below one slot to below another. Stands for
 * move_normal_pmd() since 4.20 and the part of move_pgt_entry() around it. The locks are of the PMD tables (or the process's one);
 * nobody who has found the PTE table before is kept from going on with it.
 * The mail's diagram flushes the old range first; the source installs first, since 2c91bd4a4e2e and in 6.1: option `install`.
 * CONFIG_MOVE_LATE_FLUSH flushes when the locks of the tables are dropped.
 * Locking: mmap_lock for writing.
 */
static void move_normal_pmd(struct mm_struct *mm, struct pmd_page *old_table, struct pmd_page *new_table, unsigned long old_addr,
			    unsigned long new_addr, bool need_rmap_locks)
{
	spinlock_t *old_ptl = pmd_lockptr(mm, old_table);
	spinlock_t *new_ptl = pmd_lockptr(mm, new_table);
	pmd_t pmd;

	take_outer_rmap_locks(need_rmap_locks);
	/* not needed here (no lock, on accepted late-flush): walks are kept away by the rmap lock, and faults by mmap_lock */
	spin_lock(old_ptl);
	if (is_other_lock(new_ptl, old_ptl))
		/* not needed here (no lock, on accepted late-flush v7-1-2-lock-first): nobody is at the new place before he has been at the old one */
		spin_lock(new_ptl);
	take_inner_rmap_locks(need_rmap_locks);
	/* not needed here (unmarked, on accepted late-flush v7-1-2-lock-first): who reads the entry is kept away by the rmap lock, or by that of the table */
	pmd = READ_ONCE(*pmd_slot(old_table, old_addr));
	/* not needed here (unmarked, on accepted late-flush v7-1-2-lock-first): who reads the entry is kept away by the rmap lock, or by that of the table */
	pmd_clear(pmd_slot(old_table, old_addr));
	ghost { contract_moves("PMD entries moved", old_addr); }
#if defined(CONFIG_INSTALL_FLUSH_FIRST) && !defined(CONFIG_MOVE_LATE_FLUSH)
	flush_tlb_range(old_addr, old_addr + PMD_SIZE);
	ghost { contract_move_flushed(); }
#endif
	/* not needed here (unmarked, on accepted late-flush v7-1-2-lock-first): who reads the entry is kept away by the rmap lock, or by that of the table */
	set_pmd_at(mm, new_addr, pmd_slot(new_table, new_addr), pmd);
#if defined(CONFIG_INSTALL_INSTALL_FIRST) && !defined(CONFIG_MOVE_LATE_FLUSH)
	flush_tlb_range(old_addr, old_addr + PMD_SIZE);
	ghost { contract_move_flushed(); }
#endif
	ghost { contract_move_ends(); }
	if (is_other_lock(new_ptl, old_ptl))
		spin_unlock(new_ptl);
	spin_unlock(old_ptl);
#ifdef CONFIG_MOVE_LATE_FLUSH
	flush_tlb_range(old_addr, old_addr + PMD_SIZE);
	ghost { contract_move_flushed(); }
#endif
	/* not needed here (always true, on accepted late-flush): they are always taken there */
	if (need_rmap_locks)
		drop_rmap_locks();
}

/*
 * E1 to E9 for a PUD entry: the PMD table moves, with its lock and all PTE tables below it. Stands for move_normal_pud() since 5.11.
 * Its lock is the process's page_table_lock, for both slots.
 * Locking: mmap_lock for writing.
 */
static void move_normal_pud(struct mm_struct *mm, unsigned long old_addr, unsigned long new_addr, bool need_rmap_locks)
{
	spinlock_t *old_ptl = pud_lockptr(mm);
	spinlock_t *new_ptl = pud_lockptr(mm);
	pud_t pud;

	take_outer_rmap_locks(need_rmap_locks);
	/* not needed here (no lock, on accepted late-flush): walks are kept away by the rmap lock, and faults by mmap_lock */
	spin_lock(old_ptl);
	/* not needed here (never true): PUD tables of a process have one lock */
	if (is_other_lock(new_ptl, old_ptl))
		spin_lock(new_ptl);	/* not needed here (no lock, no call): the test is never true */
	take_inner_rmap_locks(need_rmap_locks);
	/* not needed here (unmarked, on accepted late-flush v7-1-2-lock-first): who reads the entry is kept away by the rmap lock, or by that of the table */
	pud = READ_ONCE(*pud_offset(mm, old_addr));
	/* not needed here (unmarked, on accepted late-flush v7-1-2-lock-first): who reads the entry is kept away by the rmap lock, or by that of the table */
	pud_clear(pud_offset(mm, old_addr));
	ghost { contract_moves("PUD entries moved", old_addr); }
#if defined(CONFIG_INSTALL_FLUSH_FIRST) && !defined(CONFIG_MOVE_LATE_FLUSH)
	flush_tlb_range(old_addr, old_addr + PUD_SIZE);
	ghost { contract_move_flushed(); }
#endif
	/* not needed here (unmarked, on accepted late-flush v7-1-2-lock-first): who reads the entry is kept away by the rmap lock, or by that of the table */
	set_pud_at(mm, new_addr, pud_offset(mm, new_addr), pud);
#if defined(CONFIG_INSTALL_INSTALL_FIRST) && !defined(CONFIG_MOVE_LATE_FLUSH)
	flush_tlb_range(old_addr, old_addr + PUD_SIZE);
	ghost { contract_move_flushed(); }
#endif
	ghost { contract_move_ends(); }
	/* not needed here (never true): PUD tables of a process have one lock */
	if (is_other_lock(new_ptl, old_ptl))
		spin_unlock(new_ptl);	/* not needed here (no call): the test is never true */
	spin_unlock(old_ptl);
#ifdef CONFIG_MOVE_LATE_FLUSH
	flush_tlb_range(old_addr, old_addr + PUD_SIZE);
	ghost { contract_move_flushed(); }
#endif
	/* not needed here (always true, on accepted late-flush): they are always taken there */
	if (need_rmap_locks)
		drop_rmap_locks();
}

/* What the accepted change does to the two moves of whole tables: the rmap locks are taken, whatever copy_vma() found. */
#ifdef CONFIG_MOVE_RMAP_LOCKS
#define TABLE_MOVE_LOCKS(need_rmap_locks)	true
#else
#define TABLE_MOVE_LOCKS(need_rmap_locks)	(need_rmap_locks)
#endif

/*
 * M3 and M4 for one extent. The kernel finds out from the alignment of both addresses and from the length which level it can move
 * at; here option `level` says which, and the tables on the new side are there already as far as that level needs them
 * (allocating them is the time when reclaim may run on this CPU, see alloc_new_tables()).
 * Locking: mmap_lock for writing, so that nobody else changes the upper levels, which are read without their locks.
 */
static void move_page_tables(struct mm_struct *mm, unsigned long old_addr, unsigned long new_addr, bool need_rmap_locks)
{
#if defined(CONFIG_MOVE_LEVEL_PUD)
	move_normal_pud(mm, old_addr, new_addr, TABLE_MOVE_LOCKS(need_rmap_locks));
#else
	struct pmd_page *old_pmds;
	struct pmd_page *new_pmds;
#ifdef CONFIG_MOVE_LEVEL_PTE
	struct pte_page *old_ptes;
	struct pte_page *new_ptes;
#endif

	/* One step: we are the only one to change what is read. */
	atomic {
		old_pmds = pud_pgtable(READ_ONCE(*pud_offset(mm, old_addr)));
		new_pmds = pud_pgtable(READ_ONCE(*pud_offset(mm, new_addr)));
#ifdef CONFIG_MOVE_LEVEL_PTE
		old_ptes = pmd_pgtable(READ_ONCE(*pmd_slot(old_pmds, old_addr)));
		new_ptes = pmd_pgtable(READ_ONCE(*pmd_slot(new_pmds, new_addr)));
#endif
	}
#ifdef CONFIG_MOVE_LEVEL_PTE
	move_ptes(mm, old_ptes, new_ptes, old_addr, new_addr, need_rmap_locks);
#else
	move_normal_pmd(mm, old_pmds, new_pmds, old_addr, new_addr, TABLE_MOVE_LOCKS(need_rmap_locks));
#endif
#endif
}

/*
 * M2: the new vma joins the rmap list, and whether a move must take the rmap locks. A vma that is new comes after the old one in
 * the list (equal keys are inserted to the right): a walk that does not find the page at the old place will find it at the new
 * one, so no rmap lock is needed. If the range was merged into a vma that a walk visits first, it is. Option `vma-order` says
 * which of the two it is here, and option `rmap-flag` overrides the conclusion. Stands for copy_vma(), 3.x to 6.1.
 */
static bool copy_vma(struct vm_area_struct *vma)
{
	/* not needed here (swapped): the tree of vmas is under mmap_lock, which we hold */
	vma_link(vma);
	down_write(&anon_vma.rwsem);
#ifdef CONFIG_VMA_ORDER_NEW_FIRST
	anon_vma.vma[1] = &vma_O;
	anon_vma.vma[0] = &vma_N;
#else
	anon_vma.vma[1] = &vma_N;
#endif
	up_write(&anon_vma.rwsem);
#if defined(CONFIG_RMAP_FLAG_FALSE)
	return false;
#elif defined(CONFIG_RMAP_FLAG_TRUE)
	return true;
#else
	return IS_ENABLED(CONFIG_VMA_ORDER_NEW_FIRST);
#endif
}

/* Page tables for the new range: an allocation, with mmap_lock held, that may have to reclaim memory itself. */
static void alloc_new_tables(void)
{
#ifdef CONFIG_DIRECT_RECLAIM
	direct_reclaim(&page);
#endif
}

/*
 * M1 to the end. Stands for the syscall and move_vma(), all versions. Pageout does not take mmap_lock, so the two exclude each other by
 * other locks or not at all; it is for faults and for second movers.
 */
void move_vma(struct mm_struct *mm, unsigned long old_addr, unsigned long new_addr)
{
	struct vm_area_struct *vma;
	bool need_rmap_locks;

	down_write(&mm->mmap_lock);
	vma = vma_lookup(old_addr);
	if (!vma) {
		up_write(&mm->mmap_lock);
		return;
	}
	/* not needed here (swapped): neither needs what the other does */
	need_rmap_locks = copy_vma(vma);
	/* not needed here (swapped): the model's tables are there already */
	alloc_new_tables();
	move_page_tables(mm, old_addr, new_addr, need_rmap_locks);
	up_write(&mm->mmap_lock);
	ghost { contract_mremap_returns(old_addr); }
}
