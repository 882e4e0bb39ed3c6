/*
 * Page-table entries. A table page is a struct whose first cells are its entries; an address space is a root table that was
 * given to mmu_define_space(). An entry is none (0), or holds a frame number or a table page with flag bits. CPUs walk the
 * tables by themselves, without any lock, and set ACCESSED and DIRTY.
 */
#ifndef _LINUX_PGTABLE_H
#define _LINUX_PGTABLE_H

#include <linux/compiler.h>

#define PAGE_SHIFT	12
#ifndef PAGE_SIZE
#define PAGE_SIZE	4096UL
#endif

/* Layout of an entry, as the machine's MMU reads it. */
#define _PAGE_PRESENT	1UL
#define _PAGE_RW	2UL
#define _PAGE_ACCESSED	4UL
#define _PAGE_DIRTY	8UL
#define _PAGE_PSE	16UL	/* a leaf above the last level */
#define _PAGE_SOFTW1	32UL
#define _PAGE_SOFTW2	64UL
#define _PAGE_SOFTW3	128UL
#define _PAGE_FLAGS	255UL
#define _PAGE_PFN_UNIT	256UL

/* Kernel mappings are born accessed and dirty, so that the CPUs need not write to their entries. */
#define PAGE_KERNEL	(_PAGE_PRESENT | _PAGE_RW | _PAGE_ACCESSED | _PAGE_DIRTY)
#define PAGE_KERNEL_RO	(_PAGE_PRESENT | _PAGE_ACCESSED)

#define __pte(value)		((pte_t)(value))
#define pte_val(pte)		((unsigned long)(pte))
#define pfn_pte(pfn, flags)	__pte((pfn) * _PAGE_PFN_UNIT + (flags))

#define pte_none(pte)		(pte_val(pte) == 0)
#define pte_present(pte)	((pte_val(pte) & _PAGE_PRESENT) != 0)
#define pte_write(pte)		((pte_val(pte) & _PAGE_RW) != 0)
#define pte_young(pte)		((pte_val(pte) & _PAGE_ACCESSED) != 0)
#define pte_dirty(pte)		((pte_val(pte) & _PAGE_DIRTY) != 0)
/* The frame number. */
#define pte_pfn(pte)		(pte_val(pte) / _PAGE_PFN_UNIT)
#define pte_wrprotect(pte)	__pte(pte_val(pte) & ~_PAGE_RW)
#define pte_mkclean(pte)	__pte(pte_val(pte) & ~_PAGE_DIRTY)
#define pte_mkold(pte)		__pte(pte_val(pte) & ~_PAGE_ACCESSED)
#define pte_same(a, b)		(pte_val(a) == pte_val(b))

/* `ptep` is a pte_t *. The model has one address space per table, so these need neither mm nor address. */
#define ptep_get(ptep)		READ_ONCE(*(ptep))
#define set_pte(ptep, pte)	WRITE_ONCE(*(ptep), pte)
#define set_pte_at(mm, addr, ptep, pte)	set_pte(ptep, pte)
#define pte_clear(mm, addr, ptep)	set_pte(ptep, __pte(0))
/* One atomic op: a CPU's walk sees the entry before or after. */
#define ptep_get_and_clear(mm, addr, ptep)	__atomic_exchange(ptep, __pte(0))

#endif
