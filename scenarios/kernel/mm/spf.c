/*
 * The speculative page fault: without mmap_sem, and with another look at everything before the PTE is set.
 *
 * Stands for v7 and v8 of Laurent Dufour's series (2018). Every failure falls back to the fault with mmap_sem. Kernel variants, beside those in
 * spf-mmap.c:
 *
 *   CONFIG_SPF_NO_CHECK1      mistake: pte_map_lock() does not look at the VMA before it goes for the page-table lock
 *   CONFIG_SPF_NO_CHECK2      mistake: nor again with the lock held
 *   CONFIG_SPF_IRQS_ON        mistake: pte_map_lock() leaves interrupts on
 *   CONFIG_SPF_WALK_IRQS_ON   mistake: so does the first walk of the page tables
 *   CONFIG_SPF_NO_RB_TEST     mistake: vma_has_changed() does not look at the node
 *   CONFIG_SPF_NO_PMD_TEST    the test of *pmd between the two is left out, as in Android's 5.10
 *
 * What keeps what alive: the VMA, its reference (or the read section of SRCU); page-table pages, interrupts off while the VMA is known to be in the
 * tree, and then the page-table lock with the VMA looked at once more.
 *
 * Left out: what makes the fault give up at once (vm_ops, no anon_vma, userfaultfd, stacks), and levels above the PMD page; the new page,
 * which is allocated before and is given back on failure.
 */
#include <linux/spf.h>

#define FAULT_FRAME	1UL

/* vma_has_changed(): the node first, then the number. */
static bool vma_has_changed(struct vm_area_struct *vma, unsigned int sequence)
{
#ifndef CONFIG_SPF_NO_RB_TEST
	if (RB_EMPTY_NODE(vma))
		return true;
#endif
#ifndef CONFIG_SPF_NO_SEQUENCE
	if (READ_ONCE(vma->vm_sequence) != sequence)
		return true;
#endif
	return false;
}

static void walk_irq_disable(void)
{
#ifndef CONFIG_SPF_WALK_IRQS_ON
	local_irq_disable();
#endif
}

static void walk_irq_enable(void)
{
#ifndef CONFIG_SPF_WALK_IRQS_ON
	local_irq_enable();
#endif
}

static void lock_irq_disable(void)
{
#ifndef CONFIG_SPF_IRQS_ON
	local_irq_disable();
#endif
}

static void lock_irq_enable(void)
{
#ifndef CONFIG_SPF_IRQS_ON
	local_irq_enable();
#endif
}

/*
 * The page-table lock, with the VMA known to be as it was when the number was read. False: it is not, or somebody has the lock. (v12
 * tries again then.)
 */
static bool pte_map_lock(struct vm_area_struct *vma, unsigned int sequence, struct pmd_page *pmd_page, pmd_t pmd)
{
	struct pte_page *pte_page = (struct pte_page *)__entry_table(pmd);
	bool good = false;

	lock_irq_disable();
#ifndef CONFIG_SPF_NO_CHECK1
	ghost { contract_fault_step("check 1"); }
	if (vma_has_changed(vma, sequence)) {
		ghost { contract_gives_up("check 1: the VMA has changed"); }
		goto out;
	}
#endif
	/* not needed here (never true): below a VMA that is still there only khugepaged changes it, which is left out */
	if (READ_ONCE(pmd_page->pmd) != pmd) {
		ghost { contract_gives_up("*pmd has changed"); }
		goto out;
	}
	ghost { contract_fault_step("trylock"); }
	if (!spin_trylock(&pte_page->ptl)) {
		ghost { contract_gives_up("somebody has the page-table lock"); }
		goto out;
	}
#ifndef CONFIG_SPF_NO_CHECK2
	ghost { contract_fault_step("check 2"); }
	if (vma_has_changed(vma, sequence)) {
		ghost { contract_gives_up("check 2: the VMA has changed"); }
		spin_unlock(&pte_page->ptl);
		goto out;
	}
#endif
	good = true;
out:
	lock_irq_enable();
	return good;
}

/* With the VMA at hand. False: to be done again with mmap_sem. */
static bool speculate(struct vm_area_struct *vma, unsigned long addr)
{
	struct pmd_page *pmd_page;
	struct pte_page *pte_page;
	unsigned long start, end;
	unsigned int sequence = 0;
	bool write;
	pmd_t pmd;
	pte_t pte;

#ifndef CONFIG_SPF_NO_SEQUENCE
	ghost { contract_fault_step("snapshot"); }
	sequence = READ_ONCE(vma->vm_sequence);
	ghost { contract_snapshot(vma, sequence); }
	/* not needed here (never true): a writer whose number is odd has not come to the PTEs; what is set before he does, under the ptl, he unmaps or protects */
	if (sequence & 1) {
		ghost { contract_gives_up("the sequence number is odd"); }
		return false;
	}
#endif
	/* not needed here (swapped): the number is read before all three, and looked at again after them */
	write = READ_ONCE(vma->vm_write);
	/* not needed here (swapped): the number is read before both, and looked at again after them */
	start = READ_ONCE(vma->vm_start);
	end = READ_ONCE(vma->vm_end);
	ghost {
		contract_bounds(start, end, write);
		contract_fault_step("walk of the page tables");
	}
	if (addr < start || end <= addr) {
		ghost { contract_gives_up("the page is outside the VMA"); }
		return false;
	}

	walk_irq_disable();
	pmd_page = (struct pmd_page *)__entry_table(READ_ONCE(mm.pud));
	if (!pmd_page) {
		ghost { contract_gives_up("there is no PMD page"); }
		walk_irq_enable();
		return false;
	}
	pmd = READ_ONCE(pmd_page->pmd);
	if (pmd == __pte(0)) {
		ghost { contract_gives_up("there is no PTE page"); }
		walk_irq_enable();
		return false;
	}
	pte_page = (struct pte_page *)__entry_table(pmd);
	pte = ptep_get(&pte_page->pte[pte_index(addr)]);
	walk_irq_enable();
	/* not needed here (never true): the same is asked below with the ptl held */
	if (!pte_none(pte))
		return true;
#ifndef CONFIG_SPF_NO_SEQUENCE
	ghost { contract_fault_step("sequence"); }
	/* not needed here (never true): the number is looked at again under the ptl; this only gives up earlier */
	if (READ_ONCE(vma->vm_sequence) != sequence) {
		ghost { contract_gives_up("the sequence number has changed"); }
		return false;
	}
#endif
#ifndef CONFIG_SPF_NO_PMD_TEST
	/* handle_pte_fault(): nothing keeps the page of the PMD alive here */
	ghost { contract_fault_step("test of *pmd"); }
	if (READ_ONCE(pmd_page->pmd) == __pte(0)) {
		ghost { contract_gives_up("*pmd is empty"); }
		return false;
	}
#endif
	if (!pte_map_lock(vma, sequence, pmd_page, pmd))
		return false;
	if (pte_none(ptep_get(&pte_page->pte[pte_index(addr)]))) {
		set_pte(&pte_page->pte[pte_index(addr)],
			pfn_pte(FAULT_FRAME, write ? PAGE_KERNEL : PAGE_KERNEL_RO));
		ghost { contract_pte_set(addr); }
	}
	spin_unlock(&pte_page->ptl);
	return true;
}

static bool handle_speculative_fault(unsigned long addr)
{
	struct vm_area_struct *vma;
	bool done;

#ifdef CONFIG_SPF_SRCU
	rcu_read_lock();	/* srcu_read_lock(): readers may sleep, here they do not */
#endif
	ghost { contract_fault_step("lookup"); }
	vma = get_vma(addr);
	ghost {
		if (!vma)
			contract_gives_up("no VMA ends above the page");
	}
	done = vma && speculate(vma, addr);
#ifdef CONFIG_SPF_REF
	if (vma)
		put_vma(vma);
#endif
#ifdef CONFIG_SPF_SRCU
	rcu_read_unlock();
#endif
	return done;
}

/* A store of the process to a page that is not mapped. */
void handle_mm_fault(unsigned long addr)
{
	struct vm_area_struct *vma;

	ghost { contract_fault_begins(addr); }
	/* not needed here (never true): a fault that is done again finds the PTE */
	if (handle_speculative_fault(addr)) {
		ghost { contract_fault_step("done"); }
		return;
	}
	ghost { contract_fault_step("again with mmap_sem"); }
	down_read(&mm.mmap_sem);
	vma = find_vma(addr);
	if (!vma || READ_ONCE(vma->vm_start) > addr) {
		ghost { contract_fault_step("SIGSEGV"); }
	} else {
		/* nobody changes page-table pages or VMAs now; the PTE may be there already */
		struct pte_page *page = (struct pte_page *)__entry_table(((struct pmd_page *)__entry_table(mm.pud))->pmd);

		spin_lock(&page->ptl);
		if (pte_none(ptep_get(&page->pte[pte_index(addr)]))) {
			set_pte(&page->pte[pte_index(addr)],
				pfn_pte(FAULT_FRAME, READ_ONCE(vma->vm_write) ? PAGE_KERNEL : PAGE_KERNEL_RO));
			ghost { contract_pte_set(addr); }
		}
		spin_unlock(&page->ptl);
		ghost { contract_fault_step("done"); }
	}
	up_read(&mm.mmap_sem);
}
