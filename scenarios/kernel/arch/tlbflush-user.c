/*
 * Flushes of a process's translations. One broadcast, done on every CPU when it is done at all (ppc64's tlbie, arm64's TLBI ...IS);
 * with interrupts sent to one CPU after the other nothing changes in these races, because whoever flushes waits for all before it
 * goes on, holding whatever it holds. Translations of upper levels are not cached in the model; the kernel's flush drops them too.
 */
#include <linux/pageout.h>

int user_space;

void flush_tlb_range(unsigned long start, unsigned long end)
{
	tlb_invalidate_everywhere(user_space, start, end);
	ghost {
		count("flush calls", 1);
		count("flush interrupts, one for each other CPU", NR_CPUS - 1);
	}
}

/* The whole process: x86's flush of what reclaim has batched. */
void flush_tlb_mm(struct mm_struct *mm)
{
	tlb_invalidate_everywhere(user_space, USER_BASE, USER_BASE + PTRS_PER_TABLE_0 * PUD_SIZE);
	ghost {
		count("flush calls", 1);
		count("flush interrupts, one for each other CPU", NR_CPUS - 1);
	}
}
