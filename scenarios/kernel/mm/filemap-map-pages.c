/*
 * Mapping the pages around a fault that are in the page cache already.
 *
 * filemap_map_pages() kernel variants:
 *
 *   (none)                             5.9, and 6.1 which does the same in another order: a page that cannot be locked at once is skipped
 *   CONFIG_MAP_PAGES_NO_LOCK           "mm: make filemap_map_pages() avoid the page lock if possible", October 2020, not merged: only shared
 *                                      mappings lock; after the reference is taken the lock bit is tested again
 *   CONFIG_MAP_PAGES_NO_RECHECK        with the former: without that test
 *   CONFIG_MAP_PAGES_NO_LOCK_SHARED    with the former: shared mappings do not lock either
 *   CONFIG_MAP_PAGES_UNDER_PTL         everything is tested with the page-table lock held, and no page is locked
 *   CONFIG_MAP_PAGES_MAPCOUNT_FIRST    the idea in that patch's text: with the page-table lock held, the page is not locked, it is
 *                                      counted as mapped, and it is still not locked
 *   CONFIG_MAP_PAGES_RECHECK_MAPPING   with the former: and still in the cache
 *   CONFIG_MAP_PAGES_INVALIDATE_LOCK   with the patch: a filesystem's map_pages takes the lock that its truncate and hole punch hold
 *
 * Lock order: invalidate_lock, page lock, ptl.
 *
 * Left out: see filemap.c.
 */
#include <linux/filemap.h>

#define MAP_PAGES_UNLOCKED (IS_ENABLED(CONFIG_MAP_PAGES_NO_LOCK) || IS_ENABLED(CONFIG_MAP_PAGES_UNDER_PTL) || \
			    IS_ENABLED(CONFIG_MAP_PAGES_MAPCOUNT_FIRST))

/* Whether a page may be mapped; the caller has a reference. Sets *locked when the page is locked now. */
static bool may_map_page(struct page *page, unsigned long index, bool *locked)
{
	/* Lockers of the page see the new reference, or their lock is seen here. */
#if !defined(CONFIG_MAP_PAGES_NO_RECHECK)
	if (MAP_PAGES_UNLOCKED && PageLocked(page))
		return false;
	ghost {
		if (MAP_PAGES_UNLOCKED)
			contract_checks(page, CHECK_UNLOCKED);
	}
#endif
	if (!MAP_PAGES_UNLOCKED || (vma.shared && !IS_ENABLED(CONFIG_MAP_PAGES_NO_LOCK_SHARED))) {
		if (!trylock_page(page))
			return false;
		*locked = true;
	}
	if (READ_ONCE(page->mapping) != &inode.i_data)
		return false;
	ghost { contract_checks(page, CHECK_MAPPING); }
	/* not needed here (never true, on trylock): truncation has not come to a page that is locked here; it unmaps the page when it has */
	if (index >= i_size_read(&inode))
		return false;
	ghost { contract_checks(page, CHECK_SIZE); }
	return true;
}

#ifdef CONFIG_MAP_PAGES_MAPCOUNT_FIRST
/*
 * With the ptl: whoever will lock the page sees it counted, and goes for the PTE, which takes the ptl; whoever has locked it is seen.
 * That is the idea. Returns true with the page counted.
 */
static bool count_unlocked_page(struct page *page)
{
	if (PageLocked(page))
		return false;
	page_add_rmap(page);
	if (PageLocked(page)) {
		page_remove_rmap(page);
		return false;
	}
#ifdef CONFIG_MAP_PAGES_RECHECK_MAPPING
	if (READ_ONCE(page->mapping) != &inode.i_data) {
		page_remove_rmap(page);
		return false;
	}
#endif
	return true;
}
#endif

/* One page of the window. Returns with the ptl held if anything was mapped; then it stays held for the pages after it. */
static void map_one_page(struct vm_fault *vmf, unsigned long index)
{
	struct page *page = READ_ONCE(xa_slot(index));
	bool locked = false;

	/* not needed here (operand gone, on trylock): the trylock says so, too */
	if (!page || PageLocked(page))
		return;
	if (!get_page_unless_zero(page))
		return;
	/* not needed here (never true, on trylock): a page that has left its slot has no mapping, and that is asked with the page locked */
	if (page != READ_ONCE(xa_slot(index)))
		goto put;
	ghost { contract_checks(page, CHECK_SLOT); }
	if (!may_map_page(page, index, &locked))
		goto unlock;
	vmf->pgoff = index;
#ifdef CONFIG_MAP_PAGES_MAPCOUNT_FIRST
	if (!vmf->has_ptl) {
		spin_lock(&vma.ptl);
		vmf->has_ptl = true;
	}
	if (!pte_none(ptep_get(&vma.pte[index])) || !count_unlocked_page(page))
		goto unlock;
	set_pte(&vma.pte[index], pfn_pte(page_number(page), PAGE_KERNEL_RO));
	ghost {
		contract_ref_to_pte(page);
		contract_sets_pte(index);
	}
#else
	if (alloc_set_pte(vmf, page, IS_ENABLED(CONFIG_MAPPING_SHARED)))
		goto unlock;
#endif
	/* not needed here (always true, on trylock): every page that is mapped is locked */
	if (locked)
		unlock_page(page);
	return;
unlock:
	if (locked)
		unlock_page(page);
put:
	put_page(page);
}

/*
 * Maps what is in the cache in [start, end), as far as nobody else has it locked. alloc_set_pte() takes the ptl for the first page that gets
 * there, and it is held from there on: for the first page all tests come before the ptl, for later ones they are under it. The caller drops it.
 */
void filemap_map_pages(struct vm_fault *vmf, unsigned long start, unsigned long end)
{
	unsigned long index;

#ifdef CONFIG_MAP_PAGES_INVALIDATE_LOCK
	down_read(&inode.invalidate_lock);
#endif
#ifdef CONFIG_MAP_PAGES_UNDER_PTL
	spin_lock(&vma.ptl);
	vmf->has_ptl = true;
#endif
	for (index = start; index < end; index++)
		map_one_page(vmf, index);
#ifdef CONFIG_MAP_PAGES_INVALIDATE_LOCK
	up_read(&inode.invalidate_lock);
#endif
}
