/*
 * Buffered write to a FUSE file, with the page faults that it runs into and the server that it waits for.
 *
 * A write copies user memory into page-cache pages and sends them to the server, several pages a request. The copy must not
 * fault, because it is done with the target page locked, so the source is faulted in before. The source may itself be a mapping of a
 * FUSE file, and a fault in one locks the page. Kernel variants:
 *
 *   (none)                        2.6.26 to 5.12: the pages of a request are locked one after the other and stay locked until the reply
 *   CONFIG_FUSE_ONE_PAGE          the quick cure: one page in a request (58 instead of 266 MB/s in Vivek Goyal's measurement)
 *   CONFIG_FUSE_RELOCK            Vivek Goyal's draft: each page is unlocked after its copy, and all are locked again for the request; that a full
 *                                 page is uptodate before it is unlocked is how it has to be read, for
 *   CONFIG_FUSE_RELOCK_NOT_UPTODATE  with the former: it is not, and a fault that comes by reads it in again over what was copied
 *   CONFIG_FUSE_UNLOCK_UPTODATE   4f06dd92b5d0, 5.13: a page that is uptodate after its copy is unlocked at once, for good; one that is
 *                                 not ends the request and stays locked
 *   CONFIG_FUSE_DROP_BEFORE_FAULT Linus Torvalds' other option: many pages while all copies succeed without a fault; before a fault-in
 *                                 the request is sent, and all its locks are dropped
 *
 * Lock order as it should be: inode.i_rwsem, mmap_lock, page lock. A page lock is held over a fault-in (mmap_lock, page lock) where
 * the variants are wrong.
 *
 * Left out: byte ranges (a page is written fully or partially), stable pages (FUSE does not ask for them, so nobody waits for
 * writeback when taking a page), truncation, so that a relocked page is still the file's (which is Linus Torvalds' objection to
 * the draft), fault-around (it skips locked pages and then the fault comes here), eviction, and READ requests: a fault that finds a page not
 * uptodate reads it in no time, for the reply to a READ needs no lock that anybody in these programs holds.
 */
#include <linux/fuse_write.h>

struct fuse_req fuse_req[NR_CPUS];
int fuse_server_cpu;
int fuse_clients;
bool fuse_aborted;

static void fuse_lock_page(struct page *page)
{
	lock_page(page);
	ghost { contract_page_taken(page); }
}

static void fuse_unlock_page(struct page *page)
{
	unlock_page(page);
	ghost { contract_page_left(page); }
}

/* READ of a page and its reply: what the server has replaces what is there. The caller holds the page lock. */
static void fuse_readpage(struct inode *inode, int index)
{
	struct page *page = &inode->page[index];

	atomic { /* page lock held; the server's side is one step */
		WRITE_ONCE(page->written, READ_ONCE(inode->stored[index]));
		WRITE_ONCE(page->has_rest, true);
		WRITE_ONCE(page->uptodate, true);
	}
}

/*
 * A user's access to a page, or fault_in_readable(): nothing if there is a PTE, else a page fault. filemap_fault() sleeps on the
 * page lock. CONFIG_FAULT_MMAP_LOCK_DROPS: a first try drops mmap_lock before it sleeps, and the fault begins again, as for
 * FAULT_FLAG_ALLOW_RETRY; a second try, and every one of a fault that came without the flag (get_user_pages(), say), keeps it.
 * May sleep.
 */
void touch_user_page(struct vm_area_struct *vma, int index)
{
	struct page *page;

	/* not needed here (never true): a fault on a page that is mapped maps it again, and changes nothing */
	if (READ_ONCE(vma->pte[index]))
		return;

	mmap_read_lock(&vma->mm->mmap_lock);
	if (!vma->file) {
		/* not needed here (swapped): mmap_lock keeps the VMA, and none goes here */
		WRITE_ONCE(vma->pte[index], true);
		ghost { contract_maps(vma, index); }
		mmap_read_unlock(&vma->mm->mmap_lock);
		return;
	}

	page = &vma->file->page[index];
#ifdef CONFIG_FAULT_MMAP_LOCK_DROPS
	if (!trylock_page(page)) {
		/* not needed here (swapped, on fixed): sleeping with mmap_lock held is what fault=keeps does; this writer wants it with no page locked */
		mmap_read_unlock(&vma->mm->mmap_lock);
		/* wait_on_page_locked(), as a lock and an unlock */
		fuse_lock_page(page);
		/* not needed here (swapped, on fixed): sleeping with mmap_lock held is what fault=keeps does; and the page is let go next */
		fuse_unlock_page(page);
		/* not needed here (swapped, on fixed): page lock before mmap_lock would deadlock with who takes them as a fault does and keeps both; see old */
		mmap_read_lock(&vma->mm->mmap_lock);
		fuse_lock_page(page);
	} else {
		ghost { contract_page_taken(page); }
	}
#else
	fuse_lock_page(page);
#endif
	/* not needed here (unmarked): PG_uptodate is an atomic bit in the kernel; here everybody who races for it holds the page lock */
	if (!READ_ONCE(page->uptodate))
		fuse_readpage(vma->file, index);
	/* not needed here (unmarked): PTEs are changed under the page-table lock, which is left out
	 * not needed here (swapped): the page lock keeps the page in the file until the PTE is there, and nobody removes pages here */
	WRITE_ONCE(vma->pte[index], true);
	ghost { contract_maps(vma, index); }
	/* not needed here (swapped): nobody waits for one of two locks that are dropped with the other held */
	fuse_unlock_page(page);
	mmap_read_unlock(&vma->mm->mmap_lock);
}

/* MADV_DONTNEED of one page: the PTE goes. */
void zap_user_page(struct vm_area_struct *vma, int index)
{
	/* not needed here: mmap_lock keeps the VMA, and none goes here */
	mmap_read_lock(&vma->mm->mmap_lock);
	/* not needed here (swapped): mmap_lock keeps the VMA, and none goes here */
	WRITE_ONCE(vma->pte[index], false);
	ghost { contract_zaps(); }
	mmap_read_unlock(&vma->mm->mmap_lock);
}

/* A request as it is put together: pages first .. first + count - 1. */
struct fuse_io {
	int first;
	int count;
	bool page_locked;	/* with CONFIG_FUSE_UNLOCK_UPTODATE: the last page is */
};

static bool is_full_page(int index, int last, bool is_partial)
{
	return index < last || !is_partial;
}

/*
 * iov_iter_copy_from_user_atomic(): the copy is done with page faults disabled, so that it works, or it does not. The caller holds the page lock.
 * Whether a byte of it can be seen before another does not matter here.
 */
static bool copy_from_user_atomic(struct page *page, struct vm_area_struct *source, int from, bool is_full)
{
	bool copied;

	atomic {
		copied = READ_ONCE(source->pte[from]);
		/* not needed here (always true): a copy that is said to have failed is done once more, over the same bytes */
		if (copied) {
			WRITE_ONCE(page->written, true);
			/* not needed here (always true): bookkeeping of what a partial copy leaves alone, no step of the kernel's */
			if (is_full)
				WRITE_ONCE(page->has_rest, true);
		}
	}
	return copied;
}

/*
 * Copies pages from `index` on, up to `last`, into the page cache and puts them into a request. Which of them are locked when it
 * returns is what the variants are about. The caller holds inode.i_rwsem. May sleep.
 */
static void fuse_fill_write_pages(struct fuse_io *ia, struct inode *inode, int index, int last, bool is_partial,
				  struct vm_area_struct *source, int from)
{
	struct page *page;
	bool copied;

	ia->first = index;
	ia->count = 0;
	ia->page_locked = false;
	while (index <= last) {
#ifdef CONFIG_FUSE_DROP_BEFORE_FAULT
		if (ia->count > 0 && !READ_ONCE(source->pte[from]))
			break;
#endif
		ghost { contract_faults_in(); }
		/* not needed here (swapped): the line below computes an address that nothing changes */
		touch_user_page(source, from);

		page = &inode->page[index];
		fuse_lock_page(page);
		copied = copy_from_user_atomic(page, source, from, is_full_page(index, last, is_partial));
		if (!copied) {
			fuse_unlock_page(page);
			ghost { contract_copy_fails(); }
			continue;
		}
		ia->count++;

#ifdef CONFIG_FUSE_UNLOCK_UPTODATE
		if (is_full_page(index, last, is_partial))
			/* not needed here (unmarked): PG_uptodate is an atomic bit in the kernel; here everybody who races for it holds the page lock */
			WRITE_ONCE(page->uptodate, true);
		/* not needed here (unmarked): PG_uptodate is an atomic bit in the kernel; here everybody who races for it holds the page lock */
		if (READ_ONCE(page->uptodate)) {
			fuse_unlock_page(page);
		} else {
			ia->page_locked = true;
			break;
		}
#endif
#ifdef CONFIG_FUSE_RELOCK
		if (!IS_ENABLED(CONFIG_FUSE_RELOCK_NOT_UPTODATE) && is_full_page(index, last, is_partial))
			WRITE_ONCE(page->uptodate, true);
		fuse_unlock_page(page);
#endif
#ifdef CONFIG_FUSE_ONE_PAGE
		break;
#endif
		index++;
		from++;
	}

#ifdef CONFIG_FUSE_RELOCK
	/* Nobody asks whether these are still the file's pages. */
	for (index = ia->first; index < ia->first + ia->count; index++)
		fuse_lock_page(&inode->page[index]);
#endif
}

/* fuse_wait_on_page_writeback(): the page may still be in a request of the flusher. May sleep. */
static void fuse_wait_on_page_writeback(struct page *page)
{
	ghost { contract_sleeps("writeback"); }
	wait_event(!READ_ONCE(page->writeback), READ_ONCE(page->writeback_by));
	ghost { contract_wakes(); }
}

/* Sends the request and sleeps until the server has replied. Returns whether it failed. */
static bool fuse_simple_request(struct fuse_io *ia, struct inode *inode)
{
	struct fuse_req *req = &fuse_req[smp_processor_id()];

	ghost {
		contract_sends(ia->count);
		contract_sleeps("the server");
	}
	atomic { /* fiq.lock */
		WRITE_ONCE(req->inode, inode);
		WRITE_ONCE(req->first, ia->first);
		WRITE_ONCE(req->count, ia->count);
		WRITE_ONCE(req->state, READ_ONCE(fuse_aborted) ? FUSE_REQ_ERROR : FUSE_REQ_SENT);
	}
	wait_event(READ_ONCE(req->state) >= FUSE_REQ_DONE, READ_ONCE(fuse_server_cpu));
	ghost { contract_wakes(); }
	/* not needed here (unmarked): there is an answer, and nobody changes an answer */
	return READ_ONCE(req->state) == FUSE_REQ_ERROR;
}

/* Writes what was gathered, and gives back the page locks that are left. May sleep. */
static bool fuse_send_write_pages(struct fuse_io *ia, struct inode *inode, int last, bool is_partial)
{
	bool failed;
	int i;

	for (i = ia->first; i < ia->first + ia->count; i++)
		fuse_wait_on_page_writeback(&inode->page[i]);
	failed = fuse_simple_request(ia, inode);
	for (i = ia->first; i < ia->first + ia->count; i++) {
		struct page *page = &inode->page[i];

		ghost { contract_write_ends(inode, i, failed); }
#ifdef CONFIG_FUSE_UNLOCK_UPTODATE
		/* The data were shown to readers before the server took them. */
		/* not needed here (always true): a page that is not uptodate is read in once more, and that is all */
		if (failed) {
			ghost { contract_write_failed(page); }
			WRITE_ONCE(page->uptodate, false);
		}
		if (ia->page_locked && i == ia->first + ia->count - 1)
			fuse_unlock_page(page);
#else
		if (!failed && is_full_page(i, last, is_partial))
			WRITE_ONCE(page->uptodate, true);
		if (failed && IS_ENABLED(CONFIG_FUSE_RELOCK))
			WRITE_ONCE(page->uptodate, false);
		fuse_unlock_page(page);
#endif
	}
	return failed;
}

/* Stands for all versions. May sleep. */
void fuse_perform_write(struct inode *inode, int pos, struct vm_area_struct *source, int from, int count, bool is_partial)
{
	int last = pos + count - 1;
	struct fuse_io ia;
	bool failed = false;

	/* not needed here: it keeps file sizes and O_APPEND whole, which are left out; a page's data are whole by its lock */
	down_write(&inode->i_rwsem);
	while (pos <= last && !failed) {
		fuse_fill_write_pages(&ia, inode, pos, last, is_partial, source, from);
		/* not needed here (swapped): the line below is of this CPU's own variables, which the request has copies of */
		failed = fuse_send_write_pages(&ia, inode, last, is_partial);
		pos += ia.count;
		from += ia.count;
	}
	up_write(&inode->i_rwsem);
}

/*
 * write_cache_pages() with fuse_writepages_fill(): dirty pages in order; each is locked, put into the request and marked as under
 * writeback, and unlocked; the request goes out when there is no further page to add. So the first pages are under writeback
 * while it waits for the lock of the next. Its reply is immediate here. May sleep.
 */
void fuse_writepages(struct inode *inode)
{
	int i;

	for (i = 0; i < FUSE_FILE_PAGES; i++) {
		struct page *page = &inode->page[i];

		/* not needed here (never true, unmarked): it saves taking the lock of pages that are clean; what counts is the test under the lock */
		if (!READ_ONCE(page->dirty))
			continue;
		fuse_lock_page(page);
		/* not needed here (unmarked): the page lock is held by everybody who changes it */
		if (READ_ONCE(page->dirty)) {
			ghost { contract_writeback_begins(page); }
			atomic { /* clear_page_dirty_for_io(), set_page_writeback() and the insertion into the request; page lock held */
				WRITE_ONCE(page->dirty, false);
				WRITE_ONCE(page->writeback, true);
				WRITE_ONCE(page->writeback_by, smp_processor_id());
				/* copied to a page of the request's own (fuse_writepages_fill()) */
				WRITE_ONCE(page->in_request, READ_ONCE(page->written));
			}
		}
		fuse_unlock_page(page);
	}
	for (i = 0; i < FUSE_FILE_PAGES; i++) {
		struct page *page = &inode->page[i];

		/* not needed here (operand gone): a page that is this flusher's is under writeback until here
		 * not needed here (unmarked): a word of each; who is not this CPU sees another CPU's number before and after */
		if (READ_ONCE(page->writeback) && READ_ONCE(page->writeback_by) == smp_processor_id()) {
			atomic { /* the reply, and fuse_writepage_end() */
				WRITE_ONCE(inode->stored[i], READ_ONCE(page->in_request));
				WRITE_ONCE(page->writeback, false);
			}
		}
	}
}

static int pending_request(void)
{
	int cpu;

	for (cpu = 0; cpu < NR_CPUS; cpu++)
		/* not needed here (unmarked): fiq.lock is held by everybody who sends or takes a request */
		if (READ_ONCE(fuse_req[cpu].state) == FUSE_REQ_SENT)
			return cpu;
	return -1;
}

/* The server's read(2): a request, in *cpu, or false when no client is left. */
bool fuse_read_request(int *cpu)
{
	int found;

	wait_event(pending_request() >= 0 || READ_ONCE(fuse_clients) == 0);
	atomic { /* fiq.lock, and the pages' data as they are when they are copied to the server */
		found = pending_request();
		if (found >= 0) {
			struct fuse_req *req = &fuse_req[found];
			int i;

			for (i = READ_ONCE(req->first); i < READ_ONCE(req->first) + READ_ONCE(req->count); i++)
				WRITE_ONCE(req->inode->stored[i], READ_ONCE(req->inode->page[i].written));
		}
	}
	*cpu = found;
	return found >= 0;
}

/* The server's write(2) of a reply. An aborted request has its reply already. */
void fuse_reply(int cpu)
{
	cmpxchg(&fuse_req[cpu].state, FUSE_REQ_SENT, FUSE_REQ_DONE);
}

void fuse_client_exits(void)
{
	__atomic_fetch_add(&fuse_clients, -1);
}

void fuse_abort_conn(void)
{
	int cpu;

	atomic { /* fc.lock, and the locks of the queues */
		WRITE_ONCE(fuse_aborted, true);
		for (cpu = 0; cpu < NR_CPUS; cpu++)
			/* not needed here (always true): a write that is told that it failed may have come to the server */
			if (READ_ONCE(fuse_req[cpu].state) == FUSE_REQ_SENT)
				WRITE_ONCE(fuse_req[cpu].state, FUSE_REQ_ERROR);
	}
}
