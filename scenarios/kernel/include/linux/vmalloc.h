/*
 * Kernel virtual mappings: what users of mm/vmalloc.c call, and the geometry.
 *
 * The vmap range has VMAP_NR_BLOCKS blocks (A, B, C) of VMAP_BBMAP_BITS pages each. The real number of pages in a block
 * is 128 to 1024, and a request may have up to 64; but every branch only compares free and dirty with 0, with the number of
 * pages in a block and with the size of the request, and a request is at most half a block. 4 and 2 keep that.
 *
 * The pages of a mapping are consecutive frames here, so that a frame number and a count name them; addresses are numbers,
 * 0 for a failure.
 */
#ifndef _LINUX_VMALLOC_H
#define _LINUX_VMALLOC_H

#include <linux/pgtable.h>

#ifndef CONFIG_VMAP_BBMAP_BITS
#define CONFIG_VMAP_BBMAP_BITS	4
#endif

#define VMALLOC_START		0xffffc90000000000UL
#define VMAP_BBMAP_BITS		((unsigned long)CONFIG_VMAP_BBMAP_BITS)
#define VMAP_MAX_ALLOC		(VMAP_BBMAP_BITS / 2)
#define VMAP_BLOCK_SIZE		(VMAP_BBMAP_BITS * PAGE_SIZE)
#define VMAP_NR_BLOCKS		3
#define VMAP_NR_PAGES		(VMAP_NR_BLOCKS * CONFIG_VMAP_BBMAP_BITS)

/* Sets up an empty vmap range, its page table and its address space. */
void vmalloc_init(void);

/* Maps `count` frames from `frame` on. Small ones share a block, larger ones have an area of their own. */
unsigned long vm_map_ram(unsigned long frame, unsigned long count);

/* Ends that mapping. The caller may free the frames when it has returned; translations of it may live on. */
void vm_unmap_ram(unsigned long addr, unsigned long count);

/* The same with an area of its own whatever the size. */
unsigned long vmap(unsigned long frame, unsigned long count);
void vunmap(unsigned long addr);

/*
 * After it has returned, no CPU has a translation left of a mapping that was ended before the call: none of the pages that the
 * caller has control over has an alias in the vmap range.
 */
void vm_unmap_aliases(void);

/* Flushes and recycles what was freed lazily; also takes idle blocks apart. */
void purge_vmap_area_lazy(void);

/* What the work item does that free_vmap_area_noflush() schedules. */
void drain_vmap_area_work(void);

extern bool drain_vmap_work_pending;

#endif
