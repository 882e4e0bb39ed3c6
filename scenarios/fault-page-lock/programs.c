/*
 * A file of two pages, both in the cache, uptodate, unlocked and not mapped. CPU0 faults on page 0; CPU1 truncates the file to nothing, or punches
 * a hole where page 0 is; CPU2, in one program, faults on the same page.
 */
#include <linux/filemap.h>

struct vm_area_struct vma;

/* ->fault of a driver that returns its page unlocked: it has looked at everything, and then lets go. */
static unsigned int unlocked_fault(struct vm_fault *vmf)
{
	unsigned int ret = filemap_fault(vmf);

	if (!(ret & VM_FAULT_LOCKED))
		return ret;
	unlock_page(vmf->page);
	return 0;
}

/* ->page_mkwrite of a filesystem that leaves the locking to its caller. */
static unsigned int unlocked_page_mkwrite(struct vm_fault *vmf)
{
	return 0;
}

/* ->page_mkwrite of a filesystem that is full. */
static unsigned int refusing_page_mkwrite(struct vm_fault *vmf)
{
	return VM_FAULT_SIGBUS;
}

#ifdef CONFIG_FAULT_RETURNS_UNLOCKED
#define FAULT	unlocked_fault
#else
#define FAULT	filemap_fault
#endif

static struct vm_operations_struct plain_ops = { .fault = FAULT };
static struct vm_operations_struct mkwrite_ops = { .fault = FAULT, .page_mkwrite = unlocked_page_mkwrite };
static struct vm_operations_struct locking_mkwrite_ops = { .fault = FAULT, .page_mkwrite = filemap_page_mkwrite };
static struct vm_operations_struct refusing_ops = { .fault = FAULT, .page_mkwrite = refusing_page_mkwrite };

static void start_with(struct vm_operations_struct *ops, bool shared)
{
	int index;

	inode.i_size = FILE_PAGES;
	for (index = 0; index < FILE_PAGES; index++) {
		inode.i_data.i_pages[index] = &mem_map[index];
		mem_map[index].mapping = &inode.i_data;
		mem_map[index].refcount = 1;
	}
	vma.shared = shared;
	vma.vm_ops = ops;
	ghost { contract_start(); }
}

void start_private(void)
{
	start_with(&plain_ops, false);
}

/* Page 0 is a hole. */
void start_hole(void)
{
	start_private();
	inode.i_data.i_pages[0] = NULL;
	mem_map[0].mapping = NULL;
	mem_map[0].refcount = 0;
	ghost { contract_starts_without(0); }
}

void start_shared(void)
{
	start_with(&plain_ops, true);
}

void start_mkwrite(void)
{
	start_with(&mkwrite_ops, true);
}

void start_refusing(void)
{
	start_with(&refusing_ops, true);
}

void start_locking_mkwrite(void)
{
	start_with(&locking_mkwrite_ops, true);
}

void read_page_0(void)
{
	unsigned int ret = do_read_fault(0);

	ghost {
		contract_read_fault_returns(0, ret);
		contract_fault_returns(0);
	}
}

void read_page_0_and_unmap(void)
{
	read_page_0();
	unmap_mapping_range(0, FILE_PAGES, true);	/* munmap() */
}

void copy_page_0(void)
{
	do_cow_fault(0);
	ghost { contract_fault_returns(0); }
}

void write_page_0(void)
{
	do_shared_fault(0);
	ghost { contract_fault_returns(0); }
}

/* The filesystem does not want it, so that there is no PTE to be. */
void write_page_0_in_vain(void)
{
	do_shared_fault(0);
}

void truncate_to_0(void)
{
	truncate_setsize(0);
}

void punch_page_0(void)
{
	truncate_pagecache_range(0, 1);
}
