/*
 * A range of struct pages, P1 to P4, mapped as one leaf. CPU 0 optimises HugeTLB page A, CPU 1 page B; CPU 2 reads struct pages, as a
 * walk over page frame numbers may at any time.
 */
#include <asm/tlbflush.h>
#include <linux/hugetlb_vmemmap.h>

struct mm_struct init_mm;
struct pmd_page vmemmap_pmds;

void start_with_leaf(void)
{
	int i;

	for (i = 0; i < VMEMMAP_PAGES; i++)
		frame_alloc("vmemmap");
	vmemmap_pmds.pmd[0] = pfn_pte(1UL, PAGE_KERNEL | _PAGE_PSE | _PAGE_NX);
	init_space = mmu_define_space(&vmemmap_pmds, VMEMMAP_START, "kernel");
	contract_define();
}

void touch_struct_page(int page)
{
	long word = mmu_load(init_space, vmemmap_address(page));

	ghost { contract_touched(page, word); }
}

void optimise_A(void)
{
	vmemmap_remap_free(0);
}

/* The CPU has a translation of the page of A that it gives back, read from the table that took the leaf's place for B. */
void optimise_B_and_A(void)
{
	vmemmap_remap_free(2);
	touch_struct_page(1);
	vmemmap_remap_free(0);
}

void optimise_B(void)
{
	vmemmap_remap_free(2);
}

/* Looks at a struct page of A that is about to move, and once more. */
void read_struct_pages(void)
{
	touch_struct_page(1);
	touch_struct_page(1);
}
