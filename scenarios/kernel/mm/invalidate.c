/*
 * Invalidation of a range before direct I/O. Stands for 5.9 to 6.1 (mm/truncate.c there).
 *
 * Lock order: page lock, ptl inside unmap_mapping_range(). No invalidate_lock. Left out: dirty pages, which are written before.
 */
#include <linux/filemap.h>

/* After a direct write: what is cached of the range is old. The reference count is not looked at, and BUG_ON() is there in every build. */
void invalidate_inode_pages2_range(unsigned long start, unsigned long end)
{
	unsigned long index;

	ghost { contract_removal_begins(REMOVAL_INVALIDATE, "find"); }
	for (index = start; index < end; index++) {
		struct page *page = find_get_page(index);

		if (!page)
			continue;
		ghost { contract_removal_step("lock page"); }
		lock_page(page);
		if (READ_ONCE(page->mapping) != &inode.i_data) {
			unlock_page(page);
			put_page(page);
			continue;
		}
		ghost { contract_removal_step("mapped?"); }
		/* not needed here (always true): unmapping what is not mapped does nothing */
		if (page_mapped(page))
			unmap_mapping_range(index, index + 1, false);
		ghost { contract_removal_step("assert not mapped"); }
		/* not needed here (swapped): an assertion of what the page lock, which is held over both, keeps true */
		FILEMAP_BUG_ON(page_mapped(page), page);
		ghost { contract_removal_step("delete"); }
		/* not needed here (swapped): find_get_page() has taken a reference, so that this one is not the last */
		__delete_from_page_cache(page, index);
		/* not needed here (swapped): as above; the last one is dropped below */
		put_page(page);		/* the cache's */
		unlock_page(page);
		put_page(page);
	}
	ghost {
		contract_range_is_removed(start, end);
		contract_removal_returns();
	}
}
