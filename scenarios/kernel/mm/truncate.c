/*
 * Taking a range of pages out of the page cache: truncation and hole punch.
 *
 * Stands for 5.9 to 6.1; the names are 5.9's. Lock order: invalidate_lock (CONFIG_MAP_PAGES_INVALIDATE_LOCK: the filesystem has one, and
 * takes it around both), page lock, ptl (inside unmap_mapping_range()). Left out: i_rwsem, which keeps these away from each
 * other and of which only one runs at a time here; partial pages; dirty pages, which are written or thrown away before.
 */
#include <linux/filemap.h>

/*
 * Takes one locked page out of the cache, whoever has references. What may have been mapped since the caller's first unmap is
 * unmapped for good. Drops the cache's reference.
 */
static void truncate_inode_page(struct page *page, unsigned long index)
{
	/* not needed here (always true): unmapping what is not mapped does nothing */
	if (page_mapped(page))
		unmap_mapping_range(index, index + 1, false);
	ghost { contract_removal_step("assert not mapped"); }
	/* unaccount_page_cache_page(): VM_BUG_ON_PAGE(), or with DEBUG_VM off "still mapped when deleted" and a taint */
	/* not needed here (swapped): an assertion of what the page lock, which is held over both, keeps true */
	FILEMAP_BUG_ON(page_mapped(page), page);
	ghost { contract_removal_step("delete"); }
	__delete_from_page_cache(page, index);
}

static void truncate_inode_pages_range(unsigned long start, unsigned long end)
{
	unsigned long index;

	for (index = start; index < end; index++) {
		struct page *page = find_get_page(index);

		if (!page)
			continue;
		ghost { contract_removal_step("lock page"); }
		lock_page(page);
		/* not needed here (always true, on before recheck-mapping kept-locked-bit): i_rwsem keeps other truncations away; reclaim, which takes no such lock, is in map-pages-truncate, and notices */
		if (READ_ONCE(page->mapping) == &inode.i_data) {
			ghost { contract_removal_step("mapped?"); }
			truncate_inode_page(page, index);
			/* not needed here (swapped): the reference of find_get_page() is the last, and goes below */
			unlock_page(page);
			put_page(page);		/* the cache's */
		} else {
			/* not needed here (on before recheck-mapping kept-locked-bit): as above, reclaim is in map-pages-truncate */
			unlock_page(page);
		}
		put_page(page);
	}
	ghost { contract_range_is_removed(start, end); }
}

/*
 * truncate(2), from the new size on. i_size comes first, so that faults that begin from here on fail; the first unmap is for
 * those that came before, and for speed; the second is for copies of pages that were private to a mapping: nobody finds these by the page
 * cache, and a fault may have made one between the first unmap and the page's removal. The kernel's comment says so.
 */
void truncate_setsize(unsigned long size)
{
#ifdef CONFIG_MAP_PAGES_INVALIDATE_LOCK
	down_write(&inode.invalidate_lock);
#endif
	ghost { contract_removal_begins(REMOVAL_TRUNCATE, "i_size"); }
	/* not needed here (swapped): the unmap below is for speed; what is mapped beyond i_size meanwhile is unmapped with the page locked, or, if
	 * it is a copy, by the second unmap */
	WRITE_ONCE(inode.i_size, size);
	ghost { contract_removal_step("unmap 1"); }
	/* not needed here (swapped): for speed, as above */
	unmap_mapping_range(size, FILE_PAGES, true);
	/* not needed here (swapped, on trylock): the second unmap is for copies, of which map-pages-truncate has none; see fault-page-lock */
	truncate_inode_pages_range(size, FILE_PAGES);
	ghost { contract_removal_step("unmap 2"); }
	unmap_mapping_range(size, FILE_PAGES, true);
#ifdef CONFIG_MAP_PAGES_INVALIDATE_LOCK
	up_write(&inode.invalidate_lock);
#endif
	ghost { contract_removal_returns(); }
}

/* fallocate(2) with PUNCH_HOLE: pages in the middle. i_size stays, copies stay, and there is no second unmap. */
void truncate_pagecache_range(unsigned long start, unsigned long end)
{
#ifdef CONFIG_MAP_PAGES_INVALIDATE_LOCK
	down_write(&inode.invalidate_lock);
#endif
	ghost { contract_removal_begins(REMOVAL_PUNCH, "unmap"); }
	/* not needed here (swapped): for speed; a page that is mapped is unmapped once it is locked */
	unmap_mapping_range(start, end, false);
	truncate_inode_pages_range(start, end);
#ifdef CONFIG_MAP_PAGES_INVALIDATE_LOCK
	up_write(&inode.invalidate_lock);
#endif
	ghost { contract_removal_returns(); }
}
