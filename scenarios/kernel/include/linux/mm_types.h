/*
 * A process's memory: its page tables, its vmas, and a page of it with the rmap list that leads from the page to the vmas.
 * Only what a walk of the page tables, from above or from the page, needs.
 */
#ifndef _LINUX_MM_TYPES_H
#define _LINUX_MM_TYPES_H

#include <linux/pgtable.h>
#include <linux/rwsem.h>

/*
 * Three levels; the two above the PUD are left out. The lock of a PTE or PMD table is in the table's own page, so it goes where
 * the table goes. A PUD table has none: see pud_lockptr().
 */
struct pte_page {
	pte_t pte[PTRS_PER_TABLE_2];
	spinlock_t ptl;
};

struct pmd_page {
	pmd_t pmd[PTRS_PER_TABLE_1];
	spinlock_t ptl;
};

struct pud_page {
	pud_t pud[PTRS_PER_TABLE_0];
};

struct mm_struct {
	struct pud_page pgd;
	struct rw_semaphore mmap_lock;
	spinlock_t page_table_lock;
	/* A page was unmapped without a flush: nobody may free it, or move the tables' entries, before one. */
	bool tlb_flush_batched;
};

struct vm_area_struct {
	unsigned long vm_start;
};

/* The interval tree of an anon_vma, as what matters of it: the order in which a walk comes by the vmas. */
#define RMAP_MAX_VMAS	2

struct anon_vma {
	struct rw_semaphore rwsem;
	struct vm_area_struct *vma[RMAP_MAX_VMAS];
};

struct address_space {
	struct rw_semaphore i_mmap_rwsem;
};

/* What struct page says about a page of memory; its frame is the machine's. */
struct page {
	unsigned long pfn;
	bool locked;			/* PG_locked */
	bool dirty;			/* PG_dirty */
	int mapcount;
};

#define page_to_pfn(page)	((page)->pfn)

#endif
