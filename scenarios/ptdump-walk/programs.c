/*
 * The range of struct pages as in vmemmap-split, and CPU 2, who dumps how it is mapped: as the kernel's, or as part of a process's,
 * whose tables lead to the same kernel tables.
 */
#include <asm/tlbflush.h>
#include <linux/hugetlb_vmemmap.h>

struct mm_struct init_mm;
struct mm_struct user_mm;
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

void dump_kernel(void)
{
	ptdump_walk_pgd(&init_mm);
}

void dump_process(void)
{
	ptdump_walk_pgd(&user_mm);
}
