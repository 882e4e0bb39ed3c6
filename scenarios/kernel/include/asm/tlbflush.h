/*
 * Flushing translations of kernel addresses out of every CPU's TLB: kernel/arch/tlbflush.c, in one of three ways, and loads
 * and stores that go through a TLB.
 */
#ifndef _ASM_TLBFLUSH_H
#define _ASM_TLBFLUSH_H

/* The number of the kernel's address space, from mmu_define_space(). */
extern int init_space;

/* All pages in [start, end), on all CPUs; when it returns no CPU has a translation of them. */
void flush_tlb_kernel_range(unsigned long start, unsigned long end);

/* What a CPU reads at a kernel address that is mapped, or -EFAULT; checks that it is what the tables say. */
long kernel_load(unsigned long addr);

#endif
