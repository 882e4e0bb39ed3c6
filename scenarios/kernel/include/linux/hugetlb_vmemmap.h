/*
 * The vmemmap range of two HugeTLB pages, A and B: struct pages, mapped by one PMD entry E. Between mm/hugetlb_vmemmap.c,
 * mm/ptdump.c and their contract.
 *
 * Real sizes: a PMD entry maps 512 pages of struct pages, eight of which belong to a HugeTLB page of 2M, which keeps the first and
 * gives the other seven back. Here it maps four: A has 0 and 1, B has 2 and 3, each keeps its first ("reuse") and gives back its
 * second. What the two have in common is E, and the table that takes its place; that is all there is to the race.
 */
#ifndef _LINUX_HUGETLB_VMEMMAP_H
#define _LINUX_HUGETLB_VMEMMAP_H

#include <linux/kernel.h>
#include <linux/bug.h>
#include <linux/pgtable.h>
#include <linux/rwsem.h>
#include <linux/slab.h>

/* The model's entries have no bit for it, so a software bit stands for "not executable". */
#define _PAGE_NX	_PAGE_SOFTW1

#define VMEMMAP_START	0xffffea0000000000UL
#define VMEMMAP_PAGES	4
#define PMD_SIZE	(VMEMMAP_PAGES * PAGE_SIZE)
#define vmemmap_address(page)	(VMEMMAP_START + (unsigned long)(page) * PAGE_SIZE)

/* A table of PTEs, and the part of the kernel's PMD table that has E in it. */
struct pte_page {
	pte_t pte[VMEMMAP_PAGES];
};

struct pmd_page {
	pmd_t pmd[PTRS_PER_TABLE_0];
};

struct mm_struct {
	struct rw_semaphore mmap_lock;
	spinlock_t page_table_lock;
};

extern struct mm_struct init_mm;
extern struct pmd_page vmemmap_pmds;
/* Where E is. */
#define vmemmap_pmd	(&vmemmap_pmds.pmd[0])

#define pmd_none(pmd)	((pmd) == __pte(0))
#define pmd_leaf(pmd)	((pte_val(pmd) & _PAGE_PSE) != 0)
/* What stands in the entry above the flags: the first frame of a leaf; for a table, the page that the table is in. */
#define pmd_pfn(pmd)	pte_pfn(pmd)
#define pmd_pgtable(pmd)	((struct pte_page *)__entry_table(pmd))

/* mm/hugetlb_vmemmap.c: a HugeTLB page gives its second page of struct pages back. */
void vmemmap_remap_free(int reuse);

/* mm/ptdump.c: prints how the range is mapped, as /sys/kernel/debug/page_tables/kernel (or current_kernel, of a user process). */
void ptdump_walk_pgd(struct mm_struct *mm);

/* A reader or writer of struct pages, who knows their address and nothing of any of this. */
void touch_struct_page(int page);

/* mm/vmemmap-contract.c: ghost code. */
enum e_read {
	E_NOT_READ,
	E_TESTED,		/* b1, a1: is it a leaf? */
	E_HEAD,			/* b2, a2: the first frame */
	E_TABLE,		/* S2: where the PTEs are */
	E_PRINTED,		/* d2: what the dump tests and prints */
	E_DESCENDED,		/* d4: whether the dump goes down */
};

void contract_define(void);
void contract_e_is_read(enum e_read what, pmd_t value);
void contract_e_is_done_with(void);
void contract_head_is_read(pmd_t from);
void contract_table_is_filled(struct pte_page *table);
void contract_head_is_taken(pmd_t from);
void contract_table_is_published(struct pte_page *table, unsigned long head);
void contract_table_is_discarded(struct pte_page *table);
void contract_remapped(int page, unsigned long old_frame);
void contract_frame_is_freed(unsigned long frame);
void contract_touched(int page, long word);
void contract_dump_begins(struct mm_struct *mm);
void contract_dump_reads_leaf(pmd_t tested, pmd_t reported);
void contract_dump_notes_pmd(pmd_t value);
void contract_dump_notes_pte(int page, pte_t value);
void contract_dump_ends(void);

#endif
