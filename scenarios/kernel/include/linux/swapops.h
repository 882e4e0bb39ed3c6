/*
 * Entries that are not present: where a page was swapped to, or that it is being migrated. The payload is the page's frame
 * number in both, for one page has one place in the swap here.
 */
#ifndef _LINUX_SWAPOPS_H
#define _LINUX_SWAPOPS_H

#include <linux/pgtable.h>

#define _PAGE_SWAP		_PAGE_SOFTW1
#define _PAGE_MIGRATION		_PAGE_SOFTW2

#define swp_entry_to_pte(pfn)		pfn_pte(pfn, _PAGE_SWAP)
#define make_migration_entry(pfn)	pfn_pte(pfn, _PAGE_MIGRATION)

#define is_swap_pte(pte)		((pte_val(pte) & _PAGE_SWAP) != 0)
#define is_migration_entry(pte)		((pte_val(pte) & _PAGE_MIGRATION) != 0)

#endif
