/*
 * What is checked and drawn about fs/fuse-write.c. Deadlocks are found by the machine; a copy that fails for ever is one, too. Data are checked as far as
 * locks are there for them: a write(2) that has succeeded is with the server (lost-store), and a page that is uptodate has all of its data, and
 * no other than the server in the end (torn-read). This adds a warning that comes earlier: a task
 * goes into a page fault, which may sleep on a page lock, with a page locked; and a note when data have been shown that the server
 * then refused. It keeps who holds which page, since when, and what each task sleeps for.
 */
#include <linux/fuse_write.h>

extern struct inode F, G;

#define NR_PAGES_OF_ALL	(2 * FUSE_FILE_PAGES)

__ghost int page_owner[NR_PAGES_OF_ALL];	/* CPU + 1 */
__ghost step_t page_taken_at[NR_PAGES_OF_ALL];
__ghost text sleeps_for[NR_CPUS];
__ghost int zaps, failed_copies;
__ghost bool was_written[NR_PAGES_OF_ALL];	/* by a write(2) that said so */

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
	if (page->uptodate && !page->has_rest)
		violation("torn-read", "%p is uptodate, and a part of it was never read in", page);
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

/* Each PTE that somebody takes away may cost a copy; after that it has to succeed. */
void contract_copy_fails(void)
{
	failed_copies++;
	if (failed_copies > zaps)
		violation("deadlock", "CPU%d's copy fails for ever: nobody takes the source away, and the fault-in does not bring it", smp_processor_id());
}

void contract_zaps(void)
{
	zaps++;
}

/* Whoever has a PTE reads the page, all of it. */
void contract_maps(struct vm_area_struct *vma, int index)
{
	if (vma->file && !vma->file->page[index].has_rest)
		violation("torn-read", "%p is mapped, and was never read in", &vma->file->page[index]);
}

/* Every request gets on by a page. */
void contract_sends(int pages)
{
	if (pages == 0)
		violation("assertion", "CPU%d sends a WRITE of nothing, and will again", smp_processor_id());
}

/* write(2) says that it has worked. */
void contract_write_ends(struct inode *inode, int index, bool failed)
{
	int number = number_of(&inode->page[index]);

	if (failed)
		return;
	was_written[number] = true;
	if (!inode->stored[index])
		violation("lost-store", "the WRITE of %p has succeeded, and the server has the old data", &inode->page[index]);
}

/* BUG_ON() of a page that is in two requests; and nobody but a reader of the file makes a page uptodate. */
void contract_writeback_begins(struct page *page)
{
	if (page->writeback)
		violation("assertion", "%p is under writeback already", page);
	if (!page->has_rest)
		violation("torn-read", "%p is written back, and was never read in", page);
}

/* Who did what is over. */
__final void everybody_has_the_same(void)
{
	int number;

	for (number = 0; number < NR_PAGES_OF_ALL; number++) {
		struct page *page = page_number(number);
		bool stored = number < FUSE_FILE_PAGES ? F.stored[number] : G.stored[number - FUSE_FILE_PAGES];

		if (page->writeback)
			violation("leak", "%p stays under writeback", page);
		if (page->dirty)
			violation("lost-store", "%p stays dirty, and the flusher is done", page);
		if (was_written[number] && !stored)
			violation("lost-store", "%p was written, and the server has older data", page);
		if (page->uptodate && !page->dirty && page->written != stored)
			violation("torn-read", "%p is uptodate, and the server has other data", page);
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
