/*
 * A file of two pages, both in the cache, uptodate, unlocked and not mapped. CPU0 faults beside them and maps what is around; CPU1 takes pages
 * out of the cache.
 */
#include <linux/filemap.h>

struct vm_area_struct vma;

static struct vm_operations_struct ops = { .fault = filemap_fault, .map_pages = filemap_map_pages };

void start(void)
{
	int index;

	inode.i_size = FILE_PAGES;
	for (index = 0; index < FILE_PAGES; index++) {
		inode.i_data.i_pages[index] = &mem_map[index];
		mem_map[index].mapping = &inode.i_data;
		mem_map[index].refcount = 1;
	}
#ifdef CONFIG_MAPPING_SHARED
	vma.shared = true;
#endif
	vma.vm_ops = &ops;
	ghost { contract_start(); }
}

static struct vm_operations_struct ops_without_map_pages = { .fault = filemap_fault };

/* A filesystem that does not fault around. */
void start_without_map_pages(void)
{
	start();
	vma.vm_ops = &ops_without_map_pages;
}

/* Page 0 is a hole. */
void start_hole(void)
{
	start();
	inode.i_data.i_pages[0] = NULL;
	mem_map[0].mapping = NULL;
	mem_map[0].refcount = 0;
	ghost { contract_starts_without(0); }
}

/* A store of the process, if there is a PTE for it and it may. */
static void user_store(unsigned long pgoff)
{
	pte_t pte = ptep_get(&vma.pte[pgoff]);

	if (!pte_present(pte) || !pte_write(pte))
		return;
	ghost { contract_stored(pgoff); }
}

void map_around(void)
{
	do_fault_around(0);
	ghost { contract_fault_around_returns(0, FILE_PAGES); }
#ifdef CONFIG_MAPPING_SHARED
	user_store(0);
#endif
}

/* All of a read fault: where fault-around skips page 0, that is waited for. */
void read_page_0(void)
{
	unsigned int ret = do_read_fault(0);

	ghost {
		contract_read_fault_returns(0, ret);
		contract_fault_returns(0);
	}
}

/* And that mapping goes, too. */
void read_page_0_and_unmap(void)
{
	read_page_0();
	unmap_mapping_range(0, FILE_PAGES, true);
}

/* The mapping goes when it is done with. */
void map_around_and_unmap(void)
{
	map_around();
	unmap_mapping_range(0, FILE_PAGES, true);	/* munmap(): copies too, if there were any */
}

void truncate_to_0(void)
{
	truncate_setsize(0);
}

void truncate_to_1(void)
{
	truncate_setsize(1);
}

void punch_page_0(void)
{
	truncate_pagecache_range(0, 1);
}

void invalidate_page_0(void)
{
	invalidate_inode_pages2_range(0, 1);
}

void swap_page_0_out(void)
{
	swap_out_shmem_page(0);
}

void reclaim_page_0(void)
{
	reclaim_file_page(0);
}

void collapse_page_0(void)
{
	collapse_file_page(0);
}
