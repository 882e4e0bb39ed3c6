/*
 * The page cache: looking pages up, faulting them in, and deleting them. Mapping what is around a fault is in filemap-map-pages.c.
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
bool get_page_unless_zero(struct page *page)
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
	/* not needed here (never true): a page that has left its slot has no mapping, for which everybody asks once he has locked it */
	if (page != READ_ONCE(xa_slot(index))) {
		put_page(page);
		return NULL;
	}
	return page;
}

/* The caller holds the page lock; slots are changed under the xarray's lock, but are read without it. */
void __delete_from_page_cache(struct page *page, unsigned long index)
{
	/* not needed here (swapped): who finds the slot goes on to mapping with the page lock, which is held here over both */
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

	/* not needed here (never true): the same is asked below with the page locked; this saves the way there */
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
	/* not needed here (never true): a page that is in the cache beyond i_size is one that truncation has not locked yet; when it has, it unmaps
	 * the page first. Until then the process may see it, as if it had come earlier */
	if (vmf->pgoff >= i_size_read(&inode)) {
		/* not needed here (swapped): the page is in the cache, as mapping has said, so that this reference is not the last */
		unlock_page(page);
		put_page(page);
		return VM_FAULT_SIGBUS;
	}
	vmf->page = page;
	return VM_FAULT_LOCKED;
}
