/*
 * Reclaim of one page of the page cache, and of one page of shmem. Both look at the reference count before they take the page away;
 * the first freezes it, the second only reads it.
 *
 * Stands for 5.9. Locks: page lock (tried, never waited for), ptl inside try_to_unmap(). Left out: the LRU lists (isolation is a reference),
 * dirty pages, swap slots. The swap cache, which keeps a shmem page, is a reference.
 */
#include <linux/filemap.h>

/* Whoever freezes the count has all references; nobody gets a new one. */
bool page_ref_freeze(struct page *page, int count)
{
	return cmpxchg(&page->refcount, count, 0) == count;
}

void page_ref_unfreeze(struct page *page, int count)
{
	WRITE_ONCE(page->refcount, count);
}

/* Ends every mapping; the walk comes by way of page->mapping. The caller holds the page lock. */
static void try_to_unmap(struct page *page, unsigned long index)
{
	/* not needed here (never true): each PTE has a reference, so that a page that stays mapped is kept; it is not reclaimed, which is no mistake
	 * not needed here (always true): unmapping what is not mapped does nothing */
	if (page_mapped(page))
		unmap_mapping_range(index, index + 1, false);
}

/*
 * isolate_lru_page() and trylock_page(): a reference and the lock, or NULL. A page that somebody else has taken out of the file meanwhile
 * has no mapping, and is let go: shrink_page_list() asks for it before pageout() and before __remove_mapping().
 */
static struct page *isolate_and_lock(unsigned long index)
{
	struct page *page = find_get_page(index);

	if (!page)
		return NULL;
	if (!trylock_page(page))
		goto put;
	if (READ_ONCE(page->mapping) != &inode.i_data)
		goto unlock;
	return page;
unlock:
	unlock_page(page);
put:
	put_page(page);
	return NULL;
}

/* shrink_page_list() with __remove_mapping(): cache and caller have a reference each, and nobody else. */
void reclaim_file_page(unsigned long index)
{
	struct page *page;
	bool frozen;

	ghost { contract_removal_begins(REMOVAL_RECLAIM, "isolate, trylock"); }
	page = isolate_and_lock(index);
	if (!page) {
		ghost { contract_removal_returns(); }
		return;
	}
	ghost { contract_removal_step("unmap"); }
	/* not needed here (swapped): the freeze of a page that is mapped fails, and it is kept */
	try_to_unmap(page, index);
	ghost { contract_removal_step("freeze"); }
	frozen = page_ref_freeze(page, 2);
	if (frozen) {
		ghost { contract_removal_step("delete"); }
		/* not needed here (swapped): nobody gets a reference to the page, which is frozen, and nobody locks it without one */
		__delete_from_page_cache(page, index);
		unlock_page(page);
		/* Both references are gone with the page; the last two lines of free_unref_page_list(). */
		ghost {
			contract_ref(page, -2);
			contract_freed(page);
		}
	} else {
		/* not needed here (swapped): the page is in the cache, so that this reference is not the last */
		unlock_page(page);
		put_page(page);
	}
	ghost { contract_removal_returns(); }
}

/*
 * pageout() and shmem_writepage(): the page moves from the file to the swap cache. That nobody else has a reference is only
 * read. What keeps the answer true is that a page is not given a reference and mapped while it is locked.
 */
void swap_out_shmem_page(unsigned long index)
{
	struct page *page;

	ghost { contract_removal_begins(REMOVAL_SWAP_OUT, "isolate, trylock"); }
	page = isolate_and_lock(index);
	if (!page) {
		ghost { contract_removal_returns(); }
		return;
	}
	ghost { contract_removal_step("unmap"); }
	try_to_unmap(page, index);
	ghost { contract_removal_step("freeable?"); }
	/* not needed here (always true, on trylock): who has a reference asks for mapping, with the page locked, before the page is mapped; patch4 does not */
	if (READ_ONCE(page->refcount) == 2) {
		ghost { contract_checks(page, CHECK_COUNT); }
		ghost { contract_removal_step("delete"); }
		/* not needed here (swapped): isolate_and_lock() has taken a reference, which is left until the end */
		get_page(page);		/* the swap cache's; from here on it is counted as this CPU's */
		/* not needed here (swapped): isolate_and_lock() has taken a reference, which is left until the end */
		__delete_from_page_cache(page, index);
		/* not needed here (swapped): isolate_and_lock() has taken a reference, which is left until the end */
		put_page(page);		/* the page cache's */
		ghost { contract_removal_step("assert not mapped"); }
		/* not needed here (swapped): the page is locked, and isolate_and_lock()'s reference is left */
		FILEMAP_BUG_ON(page_mapped(page), page);
		put_page(page);		/* the swap cache's: written out, and dropped at once */
	}
	unlock_page(page);
	put_page(page);
	ghost { contract_removal_returns(); }
}
