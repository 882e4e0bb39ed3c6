/*
 * Faults in a file mapping, and taking pages out of it again.
 *
 * Write faults are in memory-write-fault.c. Kernel variants of the fault, after the patches of October 2020 ("Some more lock_page work"; none of them is in 6.1):
 *
 *   (none)                          __do_fault() locks the page if ->fault did not
 *   CONFIG_FAULT_CALLERS_LOCK       patch 1: its callers do
 *   CONFIG_FAULT_LATE_LOCK          patch 2: do_shared_fault() does it after page_mkwrite
 *   CONFIG_FAULT_COW_UNLOCK_EARLY   patch 3: do_cow_fault() does not lock, and unlocks what ->fault locked right after the copy
 * and mistakes that could have been made:
 *   CONFIG_FAULT_LOST_LOCKED_BIT    patch 2, and the lock that page_mkwrite took is forgotten
 *   CONFIG_FAULT_KEPT_LOCKED_BIT    patch 2, and the bit is not cleared before page_mkwrite
 *   CONFIG_FAULT_COW_UNLOCK_ALWAYS  patch 3, and the unlock does not ask who locked
 *   CONFIG_FAULT_READ_UNLOCK_TWICE  do_read_fault() unlocks once more
 *   CONFIG_FAULT_READ_NO_UNLOCK     do_read_fault() forgets the unlock when there was a PTE already
 *   CONFIG_FAULT_RECHECK_MAPPING    the final lock is followed by the test whether the page is still in the cache
 *
 * Lock order: page lock, ptl. Left out: mmap_lock (held shared by the fault all along, and not wanted by those who remove
 * pages), the allocation of page tables, hwpoison, DAX, error paths of allocations, throttling of whoever dirties pages.
 */
#include <linux/filemap.h>

/* page_add_file_rmap() or page_add_new_anon_rmap(). The caller holds the ptl. */
void page_add_rmap(struct page *page)
{
	__atomic_fetch_add(&page->mapcount, 1);
}

void page_remove_rmap(struct page *page)
{
	int old = __atomic_fetch_add(&page->mapcount, -1);

	VM_BUG_ON_PAGE(old <= 0, page);
}

/*
 * Every mapping of the file, of which there is one: PTEs for [start, end) go, those of copies only with even_cows. May sleep (i_mmap_rwsem,
 * which is left out: nobody else takes it).
 */
void unmap_mapping_range(unsigned long start, unsigned long end, bool even_cows)
{
	unsigned long index;

	spin_lock(&vma.ptl);
	for (index = start; index < end; index++) {
		pte_t pte = ptep_get(&vma.pte[index]);
		struct page *page;

		if (pte_none(pte))
			continue;
		page = pte_page(pte);
		/* not needed here (on trylock): there are no copies in map-pages-truncate; fault-page-lock has some, and notices */
		if (READ_ONCE(page->anon) && !even_cows)
			continue;
		ghost { contract_unmaps(page, even_cows); }
		pte_clear(NULL, index, &vma.pte[index]);
		/* not needed here (swapped, on trylock): a page that is mapped is in the cache, so that this reference is not the last; of copies it is, see
		 * fault-page-lock */
		page_remove_rmap(page);
		ghost { contract_ref_from_pte(page); }
		put_page(page);
	}
	spin_unlock(&vma.ptl);
}

/*
 * The page goes into the page table, if there is nothing yet. Takes the ptl unless it is held, and leaves it held. It does not look at the
 * page's mapping or at i_size: it trusts the page lock of its caller.
 */
unsigned int alloc_set_pte(struct vm_fault *vmf, struct page *page, bool write)
{
	pte_t *ptep = &vma.pte[vmf->pgoff];

	/* not needed here (always true, on before recheck-mapping kept-locked-bit): who has the ptl already is fault-around, which those kernels' file does not have; map-pages-truncate notices */
	if (!vmf->has_ptl) {
		/* not needed here (swapped): *vmf is this CPU's own */
		spin_lock(&vma.ptl);
		vmf->has_ptl = true;
	}
	if (!pte_none(ptep_get(ptep)))
		return VM_FAULT_NOPAGE;
	/* not needed here (swapped): who goes by mapcount, to take the page out of the cache, has locked it, and so has who maps it */
	page_add_rmap(page);
	set_pte(ptep, pfn_pte(page_number(page), write ? PAGE_KERNEL : PAGE_KERNEL_RO));
	ghost {
		contract_ref_to_pte(page);
		contract_sets_pte(vmf->pgoff);
	}
	return 0;
}

/* Maps the pages around a fault that are in the cache, here the whole file. Returns NOPAGE when the fault itself is solved by that. */
unsigned int do_fault_around(unsigned long pgoff)
{
	struct vm_fault vmf = { 0 };
	unsigned int ret = 0;

	vma.vm_ops->map_pages(&vmf, 0, FILE_PAGES);
	/* not needed here (on before recheck-mapping kept-locked-bit): their file has no map_pages, so that nobody comes here; see map-pages-truncate */
	if (!vmf.has_ptl)
		return 0;
	/* not needed here (on before recheck-mapping kept-locked-bit): their file has no map_pages, so that nobody comes here
	 * not needed here (never true, on trylock): the fault goes on then, and finds the PTE
	 * not needed here (always true, on trylock): NOPAGE has the access done again, and fault again if it must
	 * not needed here (unmarked): the ptl is held by everybody who changes it */
	if (!pte_none(ptep_get(&vma.pte[pgoff])))
		ret = VM_FAULT_NOPAGE;
	/* not needed here (on before recheck-mapping kept-locked-bit): their file has no map_pages, so that nobody comes here */
	spin_unlock(&vma.ptl);
	return ret;
}

unsigned int finish_fault(struct vm_fault *vmf, bool write)
{
	struct page *page = vmf->cow_page ? vmf->cow_page : vmf->page;
	unsigned int ret = alloc_set_pte(vmf, page, write);

	/* not needed here (swapped): *vmf is this CPU's own */
	spin_unlock(&vma.ptl);
	vmf->has_ptl = false;
	return ret;
}

/* The final lock: afterwards the page is locked, whatever ->fault did. Returns false when the page is gone. May sleep. */
bool lock_if_not_locked(struct vm_fault *vmf, unsigned int ret)
{
	/* not needed here (always true, on trylock kept-locked-bit): their ->fault locks; see recheck-mapping for one that does not */
	if (ret & VM_FAULT_LOCKED) {
		VM_BUG_ON_PAGE(!PageLocked(vmf->page), vmf->page);
		return true;
	}
	/* not needed here (on trylock kept-locked-bit): their ->fault has locked it */
	lock_page(vmf->page);
#ifdef CONFIG_FAULT_RECHECK_MAPPING
	if (READ_ONCE(vmf->page->mapping) != &inode.i_data) {
		unlock_page(vmf->page);
		put_page(vmf->page);
		return false;
	}
#endif
	return true;
}

/* Calls ->fault. May sleep. */
unsigned int __do_fault(struct vm_fault *vmf)
{
	unsigned int ret = vma.vm_ops->fault(vmf);

	ghost { contract_fault_flags(ret); }
	/* not needed here (on kept-locked-bit): the callers ask, too
	 * not needed here (always true, on trylock): what follows is for pages that come unlocked, and there are none */
	if (ret & VM_FAULT_ENDS)
		return ret;
#ifndef CONFIG_FAULT_CALLERS_LOCK
	/* not needed here (never true, on trylock before): only recheck-mapping ever says no */
	if (!lock_if_not_locked(vmf, ret))
		return VM_FAULT_RETRY;
#endif
	return ret;
}

/* Patch 1 and later. */
bool caller_locks(struct vm_fault *vmf, unsigned int ret)
{
#ifdef CONFIG_FAULT_CALLERS_LOCK
	return lock_if_not_locked(vmf, ret);
#else
	return true;
#endif
}

/* Fault-around comes first, where the filesystem has it. What it skipped is done the slow way. */
unsigned int do_read_fault(unsigned long pgoff)
{
	struct vm_fault vmf = { .pgoff = pgoff };
	unsigned int ret;

	/* not needed here (never true): fault-around saves later faults; without it this one does all by itself */
	if (vma.vm_ops->map_pages) {
		ret = do_fault_around(pgoff);
		/* not needed here (never true): the fault goes on then, finds the PTE, and lets go of the page
		 * not needed here (always true, on before recheck-mapping kept-locked-bit): their file has no map_pages; see map-pages-truncate */
		if (ret)
			return ret;
	}
	ret = __do_fault(&vmf);
	if (ret & VM_FAULT_ENDS)
		return ret;
	/* not needed here (never true): true unless the caller is who looks at mapping; recheck-mapping has __do_fault() do it */
	if (!caller_locks(&vmf, ret))
		return VM_FAULT_RETRY;
	ret |= finish_fault(&vmf, false);
#ifdef CONFIG_FAULT_READ_NO_UNLOCK
	if (ret & VM_FAULT_NOPAGE) {
		put_page(vmf.page);
		return ret;
	}
#endif
	unlock_page(vmf.page);
#ifdef CONFIG_FAULT_READ_UNLOCK_TWICE
	unlock_page(vmf.page);
#endif
	if (ret & VM_FAULT_ENDS)
		put_page(vmf.page);
	return ret;
}
