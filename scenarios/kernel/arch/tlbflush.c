/*
 * Kernel TLB flushes, and loads through the TLB. Option `flush`:
 *
 * atomic:  one broadcast that is done everywhere when it is done at all (arm64's TLBI ...IS + DSB, newer x86's INVLPGB).
 * per-cpu: the same, one CPU after the other, as steps of their own; nobody is interrupted.
 * ipi:     this CPU, then an interrupt to every other one, which takes it when it can (x86); the sender waits for all.
 *
 * Costs: `flush calls`; `flush pages`, the page slots between start and end; and what these flushes were good for:
 * `flushed stale translations`, and `flushed live translations`, which are lost and must be filled again.
 */
#include <linux/kernel.h>
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/percpu.h>
#include <linux/pgtable.h>
#include <asm/tlbflush.h>

int init_space;

static void count_flush(unsigned long start, unsigned long end)
{
	int cpu, entry;

	count("flush calls", 1);
	count("flush pages", (long)((end - start) >> PAGE_SHIFT));
	for_each_online_cpu(cpu) {
		for (entry = 0; entry < tlb_count(cpu); entry++) {
			unsigned long addr = tlb_address(cpu, entry);

			if (tlb_space(cpu, entry) != init_space || addr < start || addr >= end)
				continue;
			if (tlb_is_stale(cpu, entry))
				count("flushed stale translations", 1);
			else
				count("flushed live translations", 1);
		}
	}
}

/*
 * Stands for: every version and architecture that flushes a range. Left out: the ceiling above which x86 and arm64 flush
 * everything (it only removes more translations, so no stale one survives that the model would not have; what it costs is a
 * matter of the counters), and translations of user addresses.
 * Locking: may be called with mutexes held, never with interrupts off, for it waits for other CPUs.
 * A range that is empty or upside down is a `bad-range` violation, and flushes nothing.
 */
void flush_tlb_kernel_range(unsigned long start, unsigned long end)
{
#ifndef CONFIG_TLB_FLUSH_ATOMIC
	int cpu;
#endif

	/* not needed here (never true): the test is the detector of such ranges */
	if (start >= end) {
		ghost {
			violation("bad-range", "flush_tlb_kernel_range(%a, %a): the range is empty or upside down", start, end);
			detail("start %x, end %x: on an architecture that loops over the pages nothing is flushed,", start, end);
			detail("one that looks at end - start first flushes everything");
		}
		return;
	}
	ghost { count_flush(start, end); }
#if defined(CONFIG_TLB_FLUSH_IPI)
	tlb_invalidate(smp_processor_id(), init_space, start, end);
	for_each_online_cpu(cpu) {
		/* not needed here (always true): one interrupt more, to oneself */
		if (cpu != smp_processor_id())
			ipi_flush(cpu, init_space, start, end);
	}
	ipi_wait();
#elif defined(CONFIG_TLB_FLUSH_PER_CPU)
	for_each_online_cpu(cpu)
		tlb_invalidate(cpu, init_space, start, end);
#else
	tlb_invalidate_everywhere(init_space, start, end);
#endif
}

/*
 * A load from a mapped kernel address on the running CPU. What software may do is load from addresses that are mapped to it.
 * Such a load must see the frame that the page tables name: if the CPU still has an older translation, that is the
 * violation `stale-tlb` (the legal load that returns the wrong data). A load from an address that is not mapped any more is a
 * mistake of the one who loads, or the CPU's speculation; if it finds a translation nevertheless, that is the warning
 * `stale-use`, which shows what the translation leads to.
 */
long kernel_load(unsigned long addr)
{
	long word = mmu_load(init_space, addr);

	ghost {
		int cpu = smp_processor_id();
		int entry = tlb_lookup(cpu, init_space, addr);

		if (entry >= 0 && tlb_is_stale(cpu, entry)) {
			unsigned long frame = tlb_frame(cpu, entry);
			pte_t pte = mmu_walk(init_space, addr);

			if (pte_present(pte) && pte_pfn(pte) != frame) {
				violation("stale-tlb", "CPU%d loads %a and reads %f, but the page tables say %f",
					  cpu, addr, frame, pte_pfn(pte));
				detail("a legal load: %a is mapped to %f (%s)", addr, pte_pfn(pte), frame_owner(pte_pfn(pte)));
				detail("the CPU's translation to %f (%s) was filled at %t and is stale since %t",
				       frame, frame_owner(frame), tlb_filled_at(cpu, entry), tlb_stale_since(cpu, entry));
			} else if (!pte_present(pte)) {
				warning("stale-use", "CPU%d loads %a, which is not mapped, and reads %f (%s) through a stale translation",
					cpu, addr, frame, frame_owner(frame));
				detail("filled at %t, stale since %t; software should not load from an address that is not mapped",
				       tlb_filled_at(cpu, entry), tlb_stale_since(cpu, entry));
			}
		}
	}
	return word;
}
