/*
 * Faults of a write: to a private mapping, which gets a copy, and to a shared one, where the filesystem is asked first. The kernel variants are
 * those of memory-fault.c.
 *
 * Lock order: page lock, ptl.
 */
#include <linux/filemap.h>

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

/* The page that a copy gets; the last of mem_map is free at the start. It is gone again when its reference is. */
static struct page *alloc_cow_page(void)
{
	struct page *page = &mem_map[NR_PAGES - 1];

	atomic {
		WRITE_ONCE(page->refcount, 1);
		WRITE_ONCE(page->anon, true);
	}
	ghost { contract_ref(page, 1); }
	return page;
}

/* A write to a private mapping: the file's page is copied, and the copy mapped. */
unsigned int do_cow_fault(unsigned long pgoff)
{
	struct vm_fault vmf = { .pgoff = pgoff };
	unsigned int ret;

	/* not needed here (swapped): nobody else knows the copy until it is mapped */
	vmf.cow_page = alloc_cow_page();
	ret = __do_fault(&vmf);
	if (ret & VM_FAULT_ENDS)
		goto put_copy;
#ifdef CONFIG_FAULT_COW_UNLOCK_EARLY
	/* copy_user_highpage() is between the lock and the unlock; what it copies is of no matter here */
	if ((ret & VM_FAULT_LOCKED) || IS_ENABLED(CONFIG_FAULT_COW_UNLOCK_ALWAYS))
		unlock_page(vmf.page);
	ret |= finish_fault(&vmf, true);
#else
	/* not needed here (never true): as in do_read_fault() */
	if (!caller_locks(&vmf, ret)) {
		ret = VM_FAULT_RETRY;
		goto put_copy;
	}
	ret |= finish_fault(&vmf, true);
	unlock_page(vmf.page);
#endif
	put_page(vmf.page);
	if (ret & VM_FAULT_ENDS)
		goto put_copy;
	return ret;
put_copy:
	put_page(vmf.cow_page);
	return ret;
}

/*
 * Tells the filesystem that the page will be written to. It wants the page unlocked, and may lock it; if it has not, the page is
 * locked here and looked at. 0 means: fault again. Every success has the LOCKED bit.
 */
static unsigned int do_page_mkwrite(struct vm_fault *vmf)
{
	unsigned int ret = vma.vm_ops->page_mkwrite(vmf);

	ghost { contract_page_mkwrite(!(ret & (VM_FAULT_ERROR | VM_FAULT_NOPAGE))); }
	if (ret & (VM_FAULT_ERROR | VM_FAULT_NOPAGE))
		return ret;
	if (!(ret & VM_FAULT_LOCKED)) {
		lock_page(vmf->page);
		if (!READ_ONCE(vmf->page->mapping)) {
			unlock_page(vmf->page);
			return 0;
		}
		ret |= VM_FAULT_LOCKED;
	}
	return ret;
}

/* A write to a shared mapping. What marks the page dirty and unlocks it (fault_dirty_shared_page()) is the unlock at the end. */
unsigned int do_shared_fault(unsigned long pgoff)
{
	struct vm_fault vmf = { .pgoff = pgoff };
	unsigned int ret = __do_fault(&vmf);

	if (ret & VM_FAULT_ENDS)
		return ret;
#ifndef CONFIG_FAULT_LATE_LOCK
	/* not needed here (never true): as in do_read_fault() */
	if (!caller_locks(&vmf, ret))
		return VM_FAULT_RETRY;
#endif
	if (vma.vm_ops->page_mkwrite) {
		unsigned int tmp;

#ifdef CONFIG_FAULT_LATE_LOCK
		/* not needed here (always true, on kept-locked-bit): its ->fault locks */
		if (ret & VM_FAULT_LOCKED) {
			unlock_page(vmf.page);
			if (!IS_ENABLED(CONFIG_FAULT_KEPT_LOCKED_BIT))
				ret &= ~VM_FAULT_LOCKED;
		}
#else
		unlock_page(vmf.page);
#endif
		ghost { contract_fault_flags(ret); }
		tmp = do_page_mkwrite(&vmf);
		if (!tmp || (tmp & (VM_FAULT_ERROR | VM_FAULT_NOPAGE))) {
			put_page(vmf.page);
			return tmp;
		}
#ifndef CONFIG_FAULT_LOST_LOCKED_BIT
		ret |= tmp & VM_FAULT_LOCKED;
#endif
		ghost { contract_fault_flags(ret); }
	}
#ifdef CONFIG_FAULT_LATE_LOCK
	/* not needed here (never true, on kept-locked-bit): only recheck-mapping ever says no */
	if (!lock_if_not_locked(&vmf, ret))
		return VM_FAULT_RETRY;
#endif
	ret |= finish_fault(&vmf, true);
	unlock_page(vmf.page);
	if (ret & VM_FAULT_ENDS)
		put_page(vmf.page);
	return ret;
}
