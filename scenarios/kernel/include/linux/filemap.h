/*
 * A file of FILE_PAGES pages, its page cache, one mapping of it, and everything that puts pages into page tables or takes them out of
 * the cache. Between mm/filemap*.c, memory-*fault.c, truncate.c, invalidate.c,
 * vmscan-filemap.c, khugepaged.c and their contract.
 *
 * Sizes and offsets are in pages. A page keeps its number for life; pages 0 .. FILE_PAGES-1 of mem_map are the file's at the
 * start, the ones after them are free for copies.
 */
#ifndef _LINUX_FILEMAP_H
#define _LINUX_FILEMAP_H

#include <linux/kernel.h>
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/page_lock.h>
#include <linux/pgtable.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>

#define FILE_PAGES	2
#define NR_PAGES	(FILE_PAGES + 1)

struct page {
	struct mutex lock;		/* PG_locked */
	int refcount;
	int mapcount;			/* number of PTEs; the real one begins at -1 */
	struct address_space *mapping;	/* NULL: not, or no longer, in the page cache */
	bool anon;			/* PageAnon(): a copy for a private mapping */
};

struct address_space {
	struct page *i_pages[FILE_PAGES];
};

struct inode {
	unsigned long i_size;
	struct rw_semaphore invalidate_lock;	/* mapping.invalidate_lock, or a filesystem's own; not taken by all */
	struct address_space i_data;
};

struct vm_area_struct;
struct vm_fault;

/* What a filesystem or a driver does. */
struct vm_operations_struct {
	unsigned int (*fault)(struct vm_fault *vmf);
	unsigned int (*page_mkwrite)(struct vm_fault *vmf);
	void (*map_pages)(struct vm_fault *vmf, unsigned long start, unsigned long end);
};

struct vm_area_struct {
	bool shared;			/* VM_SHARED; writable */
	struct vm_operations_struct *vm_ops;
	spinlock_t ptl;
	pte_t pte[FILE_PAGES];
};

struct vm_fault {
	unsigned long pgoff;
	struct page *page;
	struct page *cow_page;
	bool has_ptl;			/* vmf->pte is mapped, and its lock held */
};

#define VM_FAULT_SIGBUS		0x002
#define VM_FAULT_NOPAGE		0x100
#define VM_FAULT_LOCKED		0x200
#define VM_FAULT_RETRY		0x400
#define VM_FAULT_ERROR		VM_FAULT_SIGBUS
/* What makes a fault end early. */
#define VM_FAULT_ENDS		(VM_FAULT_ERROR | VM_FAULT_NOPAGE | VM_FAULT_RETRY)

extern struct page mem_map[NR_PAGES];
extern struct inode inode;
extern struct vm_area_struct vma;

#define pte_page(pte)		(&mem_map[pte_pfn(pte)])
#define page_mapped(page)	(READ_ONCE((page)->mapcount) != 0)
#define i_size_read(inode)	READ_ONCE((inode)->i_size)
#define xa_slot(index)		(inode.i_data.i_pages[index])

/*
 * The kernel's own checks on the way out of the page cache. CONFIG_ASSERTIONS_MUTED looks behind them: what fires is a note, and the
 * CPU goes on. `when_muted` names it.
 */
#ifdef CONFIG_ASSERTIONS_MUTED
#define FILEMAP_BUG_ON(condition, page) do {						\
	bool __bug_on = (condition);							\
	ghost {										\
		if (__bug_on)								\
			note("assertion", "muted: BUG_ON(" #condition ") of %p", page);	\
	}										\
} while (0)
#else
#define FILEMAP_BUG_ON(condition, page)	BUG_ON(condition)
#endif

/* mm/filemap.c */
int page_number(struct page *page);
void get_page(struct page *page);
void put_page(struct page *page);
bool get_page_unless_zero(struct page *page);
struct page *find_get_page(unsigned long index);
void __delete_from_page_cache(struct page *page, unsigned long index);
unsigned int filemap_fault(struct vm_fault *vmf);

/* mm/filemap-map-pages.c */
void filemap_map_pages(struct vm_fault *vmf, unsigned long start, unsigned long end);

/* mm/memory-fault.c */
void page_add_rmap(struct page *page);
void page_remove_rmap(struct page *page);
void unmap_mapping_range(unsigned long start, unsigned long end, bool even_cows);
unsigned int alloc_set_pte(struct vm_fault *vmf, struct page *page, bool write);
unsigned int do_fault_around(unsigned long pgoff);
unsigned int __do_fault(struct vm_fault *vmf);
unsigned int finish_fault(struct vm_fault *vmf, bool write);
bool lock_if_not_locked(struct vm_fault *vmf, unsigned int ret);
bool caller_locks(struct vm_fault *vmf, unsigned int ret);
unsigned int do_read_fault(unsigned long pgoff);

/* mm/memory-write-fault.c */
unsigned int filemap_page_mkwrite(struct vm_fault *vmf);
unsigned int do_cow_fault(unsigned long pgoff);
unsigned int do_shared_fault(unsigned long pgoff);

/* mm/truncate.c */
void truncate_setsize(unsigned long size);
void truncate_pagecache_range(unsigned long start, unsigned long end);

/* mm/invalidate.c */
void invalidate_inode_pages2_range(unsigned long start, unsigned long end);

/* mm/vmscan-filemap.c */
bool page_ref_freeze(struct page *page, int count);
void page_ref_unfreeze(struct page *page, int count);
void reclaim_file_page(unsigned long index);
void swap_out_shmem_page(unsigned long index);

/* mm/khugepaged.c */
void collapse_file_page(unsigned long index);

/* mm/filemap-contract.c: ghost code. */
enum page_check {
	CHECK_UNLOCKED,
	CHECK_SLOT,
	CHECK_MAPPING,
	CHECK_SIZE,
	CHECK_COUNT,
	PAGE_CHECKS,
};

enum removal {
	REMOVAL_NONE,
	REMOVAL_TRUNCATE,
	REMOVAL_PUNCH,
	REMOVAL_INVALIDATE,
	REMOVAL_SWAP_OUT,
	REMOVAL_RECLAIM,
	REMOVAL_COLLAPSE,
};

void contract_start(void);
void contract_starts_without(unsigned long index);
void contract_ref(struct page *page, int change);
void contract_ref_to_cache(struct page *page);
void contract_ref_from_cache(struct page *page);
void contract_ref_to_pte(struct page *page);
void contract_ref_from_pte(struct page *page);
void contract_freed(struct page *page);
void contract_checks(struct page *page, enum page_check check);
void contract_sets_pte(unsigned long index);
void contract_fault_flags(unsigned int flags);
void contract_removal_begins(enum removal removal, text step);
void contract_removal_step(text step);
void contract_removal_returns(void);
void contract_range_is_removed(unsigned long start, unsigned long end);
void contract_unmaps(struct page *page, bool even_cows);
void contract_read_fault_returns(unsigned long index, unsigned int ret);
void contract_fault_returns(unsigned long index);
void contract_fault_around_returns(unsigned long start, unsigned long end);
void contract_page_mkwrite(bool consents);
void contract_stored(unsigned long index);

#endif
