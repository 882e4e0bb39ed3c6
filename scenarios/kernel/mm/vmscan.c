/* What reclaim does with a page of the process: out with its mappings, then give the frame back. */
#include <linux/pageout.h>

/*
 * R18 to R20. Stands for the part of shrink_page_list() around try_to_unmap(), all versions. Left out: writing the page to the
 * swap (its content is in the swap cache when try_to_unmap() begins, and nobody reads it back here), the reference count (nobody
 * else has a reference), lists.
 * Locking: the caller holds the page lock, and this drops it, before the frame is freed as __ClearPageLocked() does.
 * CONFIG_RECLAIM_MMAP_LOCK is the idea of taking mmap_lock here.
 */
void shrink_page(struct page *page)
{
	unsigned long pfn = page_to_pfn(page);

#ifdef CONFIG_RECLAIM_MMAP_LOCK
	down_read(&mm.mmap_lock);
#endif
	try_to_unmap(page);
#ifdef CONFIG_RECLAIM_MMAP_LOCK
	up_read(&mm.mmap_lock);
#endif
	/* not needed here (unmarked): only the holder of the page lock, as we are, looks at the count */
	if (READ_ONCE(page->mapcount) > 0) {
		/* Still mapped: keep it for another time. not needed here (unmarked): who looks does so in one step, with a test-and-set */
		WRITE_ONCE(page->locked, false);
		return;
	}
#ifdef CONFIG_BATCH_FLUSH_ON
	/* try_to_unmap_flush(); not needed here (always true): one flush more. not needed here (unmarked): we have set it ourselves */
	if (READ_ONCE(mm.tlb_flush_batched)) {
		flush_tlb_mm(&mm);
		WRITE_ONCE(mm.tlb_flush_batched, false);
	}
#endif
	atomic {
		WRITE_ONCE(page->locked, false);
		frame_free(pfn);
		ghost { contract_frame_freed(pfn); }
	}
}

/* An allocation that finds no memory reclaims some itself: this page, if nobody else has locked it. */
void direct_reclaim(struct page *page)
{
	bool was_locked;

	atomic {
		was_locked = READ_ONCE(page->locked) || READ_ONCE(page->mapcount) == 0;
		/* not needed here (always true): it is locked already, or gone, so that nobody asks */
		if (!was_locked)
			WRITE_ONCE(page->locked, true);
	}
	if (!was_locked)
		shrink_page(page);
}
