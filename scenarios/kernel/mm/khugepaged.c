/*
 * collapse_file() for one page: a page of the cache is replaced by a part of a huge page. What becomes of the huge page is left out; the slot
 * is empty afterwards.
 *
 * Stands for 5.9. 6.1 has dropped the assertion: a page may be mapped there, and then the freeze fails and the collapse is given up.
 * Locks: page lock (tried), ptl inside unmap_mapping_range(), the xarray's lock (left out: nobody else changes slots).
 */
#include <linux/filemap.h>

void collapse_file_page(unsigned long index)
{
	struct page *page;

	ghost { contract_removal_begins(REMOVAL_COLLAPSE, "find, trylock"); }
	page = find_get_page(index);
	if (!page) {
		ghost { contract_removal_returns(); }
		return;
	}
	if (!trylock_page(page)) {
		put_page(page);
		ghost { contract_removal_returns(); }
		return;
	}
	/* SCAN_TRUNCATED */
	if (READ_ONCE(page->mapping) != &inode.i_data) {
		unlock_page(page);
		put_page(page);
		ghost { contract_removal_returns(); }
		return;
	}
	get_page(page);		/* isolate_lru_page() */
	ghost { contract_removal_step("unmap"); }
	/* not needed here (always true): unmapping what is not mapped does nothing */
	if (page_mapped(page))
		unmap_mapping_range(index, index + 1, false);
	ghost { contract_removal_step("assert not mapped"); }
	FILEMAP_BUG_ON(page_mapped(page), page);
	/* Ours, the LRU's and the cache's. Who has one more may be about to map it. */
	ghost { contract_removal_step("freeze"); }
	if (page_ref_freeze(page, 3)) {
		ghost { contract_removal_step("delete"); }
		__delete_from_page_cache(page, index);
		/* The cache's goes. */
		page_ref_unfreeze(page, 2);
		ghost { contract_ref(page, -1); }
	}
	/* not needed here (swapped): there is a second reference */
	unlock_page(page);
	/* not needed here (swapped): one as the other */
	put_page(page);
	put_page(page);
	ghost { contract_removal_returns(); }
}
