/*
 * Going down a process's page tables, and the locks of each level. What the kernel derives from an entry's address (the table it
 * is in, and so its lock) is derived from the table here, because there is no pointer arithmetic.
 *
 * Option `ptlocks` is what the kernel's configuration makes of the locks: `both` (USE_SPLIT_PTE_PTLOCKS and
 * USE_SPLIT_PMD_PTLOCKS), `pte-only`, or `none`, where everything is under mm->page_table_lock.
 */
#ifndef _LINUX_PAGETABLE_LEVELS_H
#define _LINUX_PAGETABLE_LEVELS_H

#include <linux/mm_types.h>

#define USER_BASE	0x7f0000000000UL
#define PMD_SIZE	(PTRS_PER_TABLE_2 * PAGE_SIZE)
#define PUD_SIZE	(PTRS_PER_TABLE_1 * PMD_SIZE)

#define pud_index(addr)	((((addr) - USER_BASE) / PUD_SIZE) % PTRS_PER_TABLE_0)
#define pmd_index(addr)	((((addr) - USER_BASE) / PMD_SIZE) % PTRS_PER_TABLE_1)
#define pte_index(addr)	((((addr) - USER_BASE) / PAGE_SIZE) % PTRS_PER_TABLE_2)

/* The slot for an address in the top table, in a PMD table, in a PTE table. */
#define pud_offset(mm, addr)		(&(mm)->pgd.pud[pud_index(addr)])
#define pmd_slot(pmd_page, addr)	(&(pmd_page)->pmd[pmd_index(addr)])
#define pte_slot(pte_page, addr)	(&(pte_page)->pte[pte_index(addr)])

/* The table that an entry points to, NULL when it points to none. */
#define pud_pgtable(pud)	((struct pmd_page *)__entry_table(pud))
#define pmd_pgtable(pmd)	((struct pte_page *)__entry_table(pmd))

#define pud_none(pud)		((pud) == __pte(0))
#define pmd_none(pmd)		((pmd) == __pte(0))

#define pud_clear(slot)			set_pte(slot, __pte(0))
#define pmd_clear(slot)			set_pte(slot, __pte(0))
#define set_pud_at(mm, addr, slot, pud)	set_pte(slot, pud)
#define set_pmd_at(mm, addr, slot, pmd)	set_pte(slot, pmd)

#ifdef CONFIG_PTLOCKS_NONE
#define USE_SPLIT_PTE_PTLOCKS	0
#else
#define USE_SPLIT_PTE_PTLOCKS	1
#endif
#ifdef CONFIG_PTLOCKS_BOTH
#define USE_SPLIT_PMD_PTLOCKS	1
#else
#define USE_SPLIT_PMD_PTLOCKS	0
#endif

/* One lock for all PUD tables of a process, whatever the configuration: pud_lockptr() does not look at the table. */
#define pud_lockptr(mm)			(&(mm)->page_table_lock)
#define pmd_lockptr(mm, pmd_page)	(USE_SPLIT_PMD_PTLOCKS ? &(pmd_page)->ptl : &(mm)->page_table_lock)
#define ptlock_ptr(mm, pte_page)	(USE_SPLIT_PTE_PTLOCKS ? &(pte_page)->ptl : &(mm)->page_table_lock)

#endif
