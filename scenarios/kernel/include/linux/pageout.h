/* Between the files of the page-table races: mremap.c, rmap.c, page_vma_mapped.c, vmscan.c, memory.c and their contract. */
#ifndef _LINUX_PAGEOUT_H
#define _LINUX_PAGEOUT_H

#include <linux/kernel.h>
#include <linux/bug.h>
#include <linux/mm_types.h>
#include <linux/pagetable-levels.h>
#include <linux/swapops.h>

/* The process, its address space's number, the page, and the list that leads from it to the vmas. */
extern struct mm_struct mm;
extern int user_space;
extern struct page page;
extern struct anon_vma anon_vma;
extern struct address_space i_mmap;
extern struct vm_area_struct vma_O, vma_N;

/* Where the page is mapped before mremap() and after it. */
extern unsigned long O, N;

/* arch: every CPU forgets the translations of [start, end); of the whole process. */
void flush_tlb_range(unsigned long start, unsigned long end);
void flush_tlb_mm(struct mm_struct *mm);

/* mm/memory.c: what a thread of the process does. 0, or -EFAULT for a fault that it could not resolve. */
int user_store(unsigned long addr, long value);

/* mm/page_vma_mapped.c */
struct pmd_page *pvmw_pmd_page(struct mm_struct *mm, unsigned long address);
void pvmw_leave_pmd_page(struct mm_struct *mm);
struct pte_page *pvmw_map_pte(struct mm_struct *mm, struct pmd_page *pmd_page, unsigned long address);
void page_vma_mapped_walk_done(struct mm_struct *mm, struct pmd_page *pmd_page, struct pte_page *pte_page);

/* mm/rmap.c: end every mapping of the page; put the mappings back when a migration has failed. */
void try_to_unmap(struct page *page);
void remove_migration_ptes(struct page *page);

/* mm/vmscan.c: pages the page out, and gives its frame back. */
void shrink_page(struct page *page);
void direct_reclaim(struct page *page);

/* mm/mremap.c: mremap(O, ..., N), from mmap_lock to mmap_lock. */
void move_vma(struct mm_struct *mm, unsigned long old_addr, unsigned long new_addr);

/* mm/pageout-contract.c: ghost code. */
enum walk_read {
	READ_PUD,		/* R3 and R4 */
	READ_PMD,		/* R5, R6 and R8 */
	WALK_READS,
};

void contract_define(struct pud_page *root, struct page *page);
void contract_walk_begins(bool is_sync);
void contract_walk_visits(struct vm_area_struct *vma);
void contract_walk_reads(enum walk_read which, pte_t *from, pte_t value);
void contract_walk_is_wild(text what, pte_t *from, unsigned long address);
void contract_walk_clears(unsigned long address);
void contract_walk_flushed(unsigned long address);
void contract_walk_ends(struct page *page);
void contract_moves(text what, unsigned long addr);
void contract_move_flushed(void);
void contract_move_ends(void);
void contract_mremap_returns(unsigned long old_addr);
void contract_other_page(pte_t entry);
void contract_frame_freed(unsigned long pfn);
void contract_user_stored(unsigned long addr, int error);

#endif
