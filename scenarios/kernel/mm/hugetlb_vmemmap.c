/*
 * Giving back struct pages of HugeTLB pages: mm/sparse-vmemmap.c of 5.14 to 5.19, mm/hugetlb_vmemmap.c since. The PMD entry that
 * maps a range of struct pages as one piece is split, so that single pages of it can be mapped to another frame.
 *
 * Left out: a HugeTLB page of 1G, which has several PMD entries, and with it the way back after a failed allocation; frames from
 * memblock; vmemmap_remap_alloc(), the mirror image. Everything that reads or writes E or a published table is a marked access
 * here, because this is about orders; the kernel has plain ones among them.
 */
#include <asm/tlbflush.h>
#include <linux/hugetlb_vmemmap.h>

/*
 * S0 and S6. The write lock of 5.14 to 5.16 serialises whole remaps; since d8d55f5616cf they only keep away who holds it for
 * writing. S5: the old code lets readers in before it drops the lock.
 */
#ifdef CONFIG_VMEMMAP_WRITE_LOCK
#define lock_init_mm()		down_write(&init_mm.mmap_lock)
#define relax_init_mm()		downgrade_write(&init_mm.mmap_lock)
#else
#define lock_init_mm()		down_read(&init_mm.mmap_lock)
#define relax_init_mm()		do { } while (0)
#endif
#define unlock_init_mm()	up_read(&init_mm.mmap_lock)

/* a3, b3. May sleep, which is why the patch has two critical sections with this between them. */
static struct pte_page *pte_alloc_one_kernel(void)
{
	return kzalloc(sizeof(struct pte_page), GFP_KERNEL);
}

/* a4, b4: one step, for nobody else knows the table. */
static void fill_table(struct pte_page *table, unsigned long head)
{
	int i;

	atomic {
		for (i = 0; i < VMEMMAP_PAGES; i++)
			table->pte[i] = pfn_pte(head + (unsigned long)i, PAGE_KERNEL | _PAGE_NX);
		ghost { contract_table_is_filled(table); }
	}
}

/*
 * a5 and a6, b7 and b8. The barrier orders the filling before the entry, for those who walk without locks; see pmd_install(). With
 * sequential consistency it does nothing, and CONFIG_SPLIT_NO_WMB, without it, does not matter.
 */
static void pmd_populate_kernel(struct pte_page *table, unsigned long head)
{
#ifndef CONFIG_SPLIT_NO_WMB
	/* not needed here: nothing is reordered in sequentially consistent memory */
	smp_wmb();
#endif
	/*
	 * not needed here (unmarked, on v6-1 v5-15 no-wmb no-split-flush both-locks-no-continue): whoever reads E while it may still
	 * change holds page_table_lock, or mmap_lock against us; others read it when it is a table, which it stays.
	 */
	WRITE_ONCE(*vmemmap_pmd, __pte(pte_val(__table_entry(table)) | _PAGE_RW));
	ghost { contract_table_is_published(table, head); }
}

/* a7, b9. The translations do not change; later kernels leave it out where they flush afterwards anyway. */
static void flush_split(void)
{
#ifndef CONFIG_SPLIT_NO_FLUSH
	/* not needed here: a translation of the leaf leads to the frames that the table leads to, and goes before one of them does */
	flush_tlb_kernel_range(VMEMMAP_START, VMEMMAP_START + PMD_SIZE);
#endif
}

static void pte_free_kernel(struct pte_page *table)
{
	ghost { contract_table_is_discarded(table); }
	kfree(table);
}

#ifdef CONFIG_SPLIT_OLD
/*
 * 5.14 to 5.16. No lock of its own: correct only if the caller keeps every other splitter away. CONFIG_SPLIT_UNLOCKED_RETEST looks
 * once more before it stores, without a lock.
 * Locking: init_mm.mmap_lock for writing; the kernels here that take it for reading show what that is for.
 */
static void split_vmemmap_huge_pmd(void)
{
	/* not needed here (unmarked): the caller holds mmap_lock for writing */
	pmd_t pmd = READ_ONCE(*vmemmap_pmd);
	struct pte_page *table;

	ghost { contract_e_is_read(E_TESTED, pmd); }
	if (!pmd_leaf(pmd))
		return;
	/* not needed here (unmarked, swapped): the caller holds mmap_lock for writing */
	pmd = READ_ONCE(*vmemmap_pmd);
	ghost { contract_head_is_read(pmd); }
	table = pte_alloc_one_kernel();
	fill_table(table, pmd_pfn(pmd));
#ifdef CONFIG_SPLIT_UNLOCKED_RETEST
	if (!pmd_leaf(READ_ONCE(*vmemmap_pmd))) {
		pte_free_kernel(table);
		return;
	}
#endif
	/* not needed here (swapped): as without the flush, see flush_split() */
	pmd_populate_kernel(table, pmd_pfn(pmd));
	/* not needed here: see flush_split() */
	flush_split();
}
#else

/* A spinner that cannot be interrupted, while who holds the lock waits for an answer to its interrupt: CONFIG_SPLIT_IRQS_OFF. */
static void lock_page_table(void)
{
#ifdef CONFIG_SPLIT_IRQS_OFF
	local_irq_disable();
#endif
	spin_lock(&init_mm.page_table_lock);
#ifdef CONFIG_SPLIT_IRQS_OFF
	local_irq_enable();
#endif
}

/* The second half: b2 to b10. */
static void __split_vmemmap_huge_pmd(unsigned long head)
{
	struct pte_page *table;
#if !defined(CONFIG_SPLIT_HEAD_LOCKED)
	/* b2 as posted: the entry is read again, outside the lock under which it was tested. */
	pmd_t pmd = READ_ONCE(*vmemmap_pmd);

	ghost { contract_head_is_read(pmd); }
	head = pmd_pfn(pmd);
#endif
#ifdef CONFIG_SPLIT_ALLOC_INSIDE
	lock_page_table();
	table = pte_alloc_one_kernel();
	fill_table(table, head);
#else
	table = pte_alloc_one_kernel();
	/* not needed here (swapped): nobody else knows the table; it would only make the locked section longer */
	fill_table(table, head);
	lock_page_table();
#endif
#ifndef CONFIG_SPLIT_NO_RETEST
	/* not needed here (unmarked): whoever writes E holds page_table_lock */
	if (!pmd_leaf(READ_ONCE(*vmemmap_pmd))) {
		/* not needed here (swapped): nobody else knows the table */
		pte_free_kernel(table);
		spin_unlock(&init_mm.page_table_lock);
		return;
	}
#endif
	/* not needed here (swapped): as without the flush, see flush_split() */
	pmd_populate_kernel(table, head);
	/* not needed here: see flush_split() */
	flush_split();
	spin_unlock(&init_mm.page_table_lock);
}

/*
 * Since d8d55f5616cf (5.17): the entry is tested under init_mm.page_table_lock, the table made without it, and the entry tested
 * again under it, because another splitter may have been faster. CONFIG_SPLIT_HEAD_LOCKED is the follow-up of 2023, which takes the
 * first frame from the reading that was tested. CONFIG_SPLIT_NO_FIRST_TEST and CONFIG_SPLIT_NO_RETEST leave a test out.
 * Locking: init_mm.mmap_lock for reading.
 */
static void split_vmemmap_huge_pmd(void)
{
	pmd_t pmd = __pte(0);

#ifndef CONFIG_SPLIT_NO_FIRST_TEST
	/*
	 * not needed here (no lock, swapped): a leaf that is a table by the time when we have the lock fails the second test, and one
	 * that is a table already stays so. What the lock does beside that, for who goes on with the table, is for weak memory.
	 */
	lock_page_table();
	/* not needed here (unmarked): whoever writes E holds page_table_lock. not needed here (swapped): the lock is not needed, see above. */
	pmd = READ_ONCE(*vmemmap_pmd);
	ghost { contract_e_is_read(E_TESTED, pmd); }
	spin_unlock(&init_mm.page_table_lock);
	if (!pmd_leaf(pmd))
		return;
#endif
#ifdef CONFIG_SPLIT_HEAD_LOCKED
	ghost { contract_head_is_taken(pmd); }
#endif
	__split_vmemmap_huge_pmd(pmd_pfn(pmd));
}
#endif

/*
 * S7. A frame that is none of the vmemmap's is not freed: it came from a garbage table, which was reported, and what the kernel would
 * free there is anybody's guess.
 */
static void free_vmemmap_page(unsigned long frame)
{
	atomic {
		/* not needed here (always true): the frame is the vmemmap's, unless a table of garbage was used */
		if (frame_owner(frame) == "vmemmap") {
			frame_free(frame);
			ghost { contract_frame_is_freed(frame); }
		}
	}
}

/*
 * S0 to S7 for the HugeTLB page whose struct pages begin in page `reuse`: the page after it is mapped to the same frame, read-only,
 * and its own frame is freed. S2 reads E again without a lock: it is a table now, and stays that table.
 * CONFIG_REMAP_NO_FLUSH leaves S4 out, CONFIG_REMAP_FREE_FIRST does S7 before it.
 * Locking: takes init_mm.mmap_lock; may sleep.
 */
void vmemmap_remap_free(int reuse)
{
	struct pte_page *table;
	pmd_t pmd;
	pte_t pte;
	pte_t old;

	/*
	 * not needed here (no lock, swapped, on v6-1 no-wmb no-split-flush patch v6-0): taken for reading it only keeps away who takes
	 * it for writing; nobody does in vmemmap-split, and a dump that goes on after a leaf copes with a split.
	 */
	lock_init_mm();
	split_vmemmap_huge_pmd();

	/* not needed here (unmarked): E is a table by now, and stays that table */
	pmd = READ_ONCE(*vmemmap_pmd);
	ghost { contract_e_is_read(E_TABLE, pmd); }
	table = pmd_pgtable(pmd);
	/* not needed here (unmarked, swapped): the entries of a HugeTLB page are written by nobody but who remaps it */
	pte = ptep_get(&table->pte[reuse]);
	/* not needed here (unmarked): the entries of a HugeTLB page are written by nobody but who remaps it */
	old = ptep_get(&table->pte[reuse + 1]);
	/*
	 * not needed here (unmarked, on v6-1 v5-15 no-wmb no-split-flush): nobody reads the entry beside the CPUs' own walks.
	 * not needed here (unmarked, on both-locks-no-continue): a dump holds mmap_lock of init_mm against us.
	 */
	set_pte(&table->pte[reuse + 1], pfn_pte(pte_pfn(pte), PAGE_KERNEL_RO | _PAGE_NX));
	ghost { contract_remapped(reuse + 1, pte_pfn(old)); }
#ifdef CONFIG_REMAP_FREE_FIRST
	free_vmemmap_page(pte_pfn(old));
#endif
#ifndef CONFIG_REMAP_NO_FLUSH
	flush_tlb_kernel_range(vmemmap_address(reuse + 1), vmemmap_address(reuse + 2));
#endif
	ghost { contract_e_is_done_with(); }
	relax_init_mm();
	unlock_init_mm();
#ifndef CONFIG_REMAP_FREE_FIRST
	free_vmemmap_page(pte_pfn(old));
#endif
}
