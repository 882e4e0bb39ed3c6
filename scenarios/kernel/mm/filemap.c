/*
 * The page cache: looking pages up, faulting them in, mapping those around a fault, and deleting them.
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
 * Left out: RCU around the lookup (struct page is never freed, and the speculative reference fails on a free page), the tests of
 * uptodate, readahead and hwpoison (pages are uptodate and healthy), compound pages (they are locked in every variant), reuse of a
 * freed page for another file (the slot is read again after the reference is taken, against that).
 */
#include <linux/filemap.h>

struct page mem_map[NR_PAGES];
struct inode inode;

int page_number(struct page *page)
{
	int number;

	for (number = 0; number < NR_PAGES - 1; number++)
		if (page == &mem_map[number])
			break;
	return number;
}

/* The caller has a reference, or a lock that keeps one from going away. */
void get_page(struct page *page)
{
	int old = __atomic_fetch_add(&page->refcount, 1);

	ghost { contract_ref(page, 1); }
	VM_BUG_ON_PAGE(old <= 0, page);
}

void put_page(struct page *page)
{
	int old = __atomic_fetch_add(&page->refcount, -1);

	ghost {
		contract_ref(page, -1);
		if (old == 1)
			contract_freed(page);
	}
	VM_BUG_ON_PAGE(old <= 0, page);
}

/* page_cache_get_speculative(): a reference, unless the page is free or frozen. One atomic add_unless(). */
static bool get_page_unless_zero(struct page *page)
{
	bool got;

	atomic {
		int count = READ_ONCE(page->refcount);

		got = count != 0;
		if (got)
			WRITE_ONCE(page->refcount, count + 1);
	}
	ghost {
		if (got)
			contract_ref(page, 1);
	}
	return got;
}

/* The page at the index with a reference, or NULL. Loses the race with a removal at most once here, for pages do not come back. */
struct page *find_get_page(unsigned long index)
{
	struct page *page = READ_ONCE(xa_slot(index));

	if (!page || !get_page_unless_zero(page))
		return NULL;
	if (page != READ_ONCE(xa_slot(index))) {
		put_page(page);
		return NULL;
	}
	return page;
}

/* Whoever freezes the count has all references; nobody gets a new one. */
bool page_ref_freeze(struct page *page, int count)
{
	return cmpxchg(&page->refcount, count, 0) == count;
}

void page_ref_unfreeze(struct page *page, int count)
{
	WRITE_ONCE(page->refcount, count);
}

/* The caller holds the page lock; slots are changed under the xarray's lock, but are read without it. */
void __delete_from_page_cache(struct page *page, unsigned long index)
{
	WRITE_ONCE(xa_slot(index), NULL);
	WRITE_ONCE(page->mapping, NULL);
	ghost { contract_ref_from_cache(page); }
}

/*
 * ->fault of a filesystem. Stands for all versions from 2.6.23 on. Returns the page with a reference, locked, in the cache and below
 * i_size, until the caller unlocks it. Left out: reading the page in, and dropping mmap_lock while it waits. A page that was removed while
 * it waited is looked up once more in the kernel; here the answer of that second time is known: SIGBUS beyond EOF, and else
 * a retry of the fault.
 */
unsigned int filemap_fault(struct vm_fault *vmf)
{
	struct page *page;

	if (vmf->pgoff >= i_size_read(&inode))
		return VM_FAULT_SIGBUS;
	page = find_get_page(vmf->pgoff);
	if (!page)
		return VM_FAULT_RETRY;
	lock_page(page);
	if (READ_ONCE(page->mapping) != &inode.i_data) {
		unlock_page(page);
		put_page(page);
		return VM_FAULT_RETRY;
	}
	if (vmf->pgoff >= i_size_read(&inode)) {
		unlock_page(page);
		put_page(page);
		return VM_FAULT_SIGBUS;
	}
	vmf->page = page;
	return VM_FAULT_LOCKED;
}

/* ->page_mkwrite of a filesystem that locks: the page was unlocked, and may have been removed. */
unsigned int filemap_page_mkwrite(struct vm_fault *vmf)
{
	lock_page(vmf->page);
	if (READ_ONCE(vmf->page->mapping) != &inode.i_data) {
		unlock_page(vmf->page);
		return VM_FAULT_NOPAGE;
	}
	return VM_FAULT_LOCKED;
}

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

	if (!page || PageLocked(page))
		return;
	if (!get_page_unless_zero(page))
		return;
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
