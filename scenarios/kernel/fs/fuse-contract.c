/*
 * What is checked and drawn about fs/fuse-write.c. Deadlocks are found by the machine. This adds a warning that comes earlier: a task
 * goes into a page fault, which may sleep on a page lock, with a page locked; and a note when data have been shown that the server
 * then refused. It keeps who holds which page, since when, and what each task sleeps for.
 */
#include <linux/fuse_write.h>

extern struct inode F, G;

#define NR_PAGES_OF_ALL	(2 * FUSE_FILE_PAGES)

__ghost int page_owner[NR_PAGES_OF_ALL];	/* CPU + 1 */
__ghost step_t page_taken_at[NR_PAGES_OF_ALL];
__ghost text sleeps_for[NR_CPUS];

static struct page *page_number(int number)
{
	return number < FUSE_FILE_PAGES ? &F.page[number] : &G.page[number - FUSE_FILE_PAGES];
}

static int number_of(struct page *page)
{
	int number;

	for (number = 0; number < NR_PAGES_OF_ALL; number++)
		if (page_number(number) == page)
			return number;
	return 0;
}

void contract_page_taken(struct page *page)
{
	page_owner[number_of(page)] = smp_processor_id() + 1;
	page_taken_at[number_of(page)] = now();
}

void contract_page_left(struct page *page)
{
	page_owner[number_of(page)] = 0;
}

/* Comes before the deadlock, and without anybody else: the lock that the fault needs might be this one. */
void contract_faults_in(void)
{
	int cpu = smp_processor_id();
	int number;

	for (number = 0; number < NR_PAGES_OF_ALL; number++) {
		if (page_owner[number] != cpu + 1)
			continue;
		warning("deadlock", "CPU%d faults in user memory with a page locked", cpu);
		detail("%p was locked at %t", page_number(number), page_taken_at[number]);
		return;
	}
}

void contract_sleeps(text what)
{
	sleeps_for[smp_processor_id()] = what;
}

void contract_wakes(void)
{
	sleeps_for[smp_processor_id()] = "";
}

/* Not a bug: the price of showing data before the server has them. */
void contract_write_failed(struct page *page)
{
	note("torn-read", "the WRITE of %p failed, and its data could be read for a while", page);
}

__view void request_pages(void)
{
	int number;

	for (number = 0; number < NR_PAGES_OF_ALL; number++) {
		struct page *page = page_number(number);

		view_row("%s.p%d", number < FUSE_FILE_PAGES ? "F" : "G", number % FUSE_FILE_PAGES);
		if (page_owner[number] != 0) {
			view_badge("bad", "LOCKED");
			view_field("by", "CPU%d", page_owner[number] - 1);
			view_field("since", "%t", page_taken_at[number]);
		} else {
			view_badge("free", "unlocked");
		}
		view_badge(page->uptodate ? "live" : "plain", "%s", page->uptodate ? "uptodate" : "not uptodate");
		if (page->dirty)
			view_badge("dirty", "dirty");
		if (page->writeback) {
			view_badge("lazy", "writeback");
			view_field("by", "CPU%d", page->writeback_by);
		}
	}
}

/* Locks held while sleeping. */
__view void sleepers(void)
{
	int cpu, number;

	for (cpu = 0; cpu < NR_CPUS; cpu++) {
		view_row("CPU%d", cpu);
		if (sleeps_for[cpu] != "")
			view_badge("lazy", "sleeps for %s", sleeps_for[cpu]);
		if (fuse_req[cpu].state == FUSE_REQ_SENT)
			view_badge("reserved", "WRITE sent");
		for (number = 0; number < NR_PAGES_OF_ALL; number++)
			if (page_owner[number] == cpu + 1)
				view_remark("has %s.p%d locked", number < FUSE_FILE_PAGES ? "F" : "G", number % FUSE_FILE_PAGES);
	}
}
