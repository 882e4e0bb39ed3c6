/*
 * What must hold while struct pages are remapped, checked and drawn. All of it is ghost code. The addresses are in use all the
 * time, whatever is done to their mappings: that is what makes the difference to vmalloc addresses, where a translation may outlive
 * the mapping, because nobody may use the address any more.
 *
 * leak             a table that was in E is overwritten: nobody can find it, and nobody is to free it.
 * use-after-free   a frame is freed while the tables map an address in use to it; or an access goes to a frame that is free.
 * stale-tlb        a frame is freed while a CPU has a translation of an address in use to it.
 * garbage-mapping  the table that is put into E was not made from the leaf that was there.
 * torn-read        a value is used as what another reading of the same entry was tested to be.
 * hole             an access finds nothing mapped.
 * duplicate-report the dump prints an address as part of a leaf and again as a PTE.
 *
 * Legal, and not reported: translations of the leaf after the split, which lead to the same frames; translations of a remapped page
 * as long as its old frame is not free; a table that was never published and is freed; two splitters with a private table each; a
 * dump that prints a leaf which has been split since.
 */
#include <asm/tlbflush.h>
#include <linux/hugetlb_vmemmap.h>

#define FIRST_FRAME	1UL

enum table_state {
	TABLE_NONE,
	TABLE_PRIVATE,
	TABLE_PUBLISHED,
	TABLE_LOST,
	TABLE_DISCARDED,
};

/* By CPU: the table that it has made. Not the pointer: what only an explanation leads to shall count as lost. */
__ghost enum table_state table_of[NR_CPUS];
__ghost bool head_is_torn[NR_CPUS];
/* The CPU whose table is in E, -1 for the leaf. */
__ghost int owner_of_e = -1;
__ghost int times_published;
__ghost step_t published_at[NR_CPUS];
/* By CPU: what it has last read E for, and what it read. */
__ghost enum e_read e_read_for[NR_CPUS];
__ghost pmd_t e_read_value[NR_CPUS];
__ghost step_t remapped_at[VMEMMAP_PAGES];

/* The dump: lines as the kernel's note_page() makes them, which prints a line when protection or level change. */
#define MAX_LINES	12
#define LEVEL_PMD	0
#define LEVEL_PTE	1

__ghost bool dump_running;
__ghost int dump_nr_lines;
__ghost int line_start[MAX_LINES];
__ghost int line_end[MAX_LINES];
__ghost int line_level[MAX_LINES];
__ghost unsigned long line_prot[MAX_LINES];
__ghost bool line_is_bad[MAX_LINES];
/* The pages that were noted as part of the leaf. */
__ghost bool noted_as_pmd;
__ghost int noted_ptes;
__ghost bool duplicate_reported;

static text cpu_letter(int cpu)
{
	return cpu == 0 ? "A" : "B";
}

static text table_name(int cpu)
{
	return cpu == 0 ? "T_A" : "T_B";
}

void contract_define(void)
{
	name_range(init_space, VMEMMAP_START, VMEMMAP_START + PMD_SIZE, "vmemmap");
}

void contract_e_is_read(enum e_read what, pmd_t value)
{
	int cpu = smp_processor_id();

	e_read_for[cpu] = what;
	e_read_value[cpu] = value;
}

/* Forgets the value too: a table that only an explanation leads to shall count as lost. */
void contract_e_is_done_with(void)
{
	contract_e_is_read(E_NOT_READ, __pte(0));
}

/* The first frame of the new table is taken from an entry; it must be the leaf. */
void contract_head_is_read(pmd_t from)
{
	int cpu = smp_processor_id();

	contract_e_is_read(E_HEAD, from);
	head_is_torn[cpu] = !pmd_leaf(from);
	if (!pmd_leaf(from)) {
		violation("torn-read", "%s takes the first frame of the leaf from an entry that is a table now", cpu_letter(cpu));
		detail("the entry was tested in another reading, before CPU%d put %s into it at %t", owner_of_e,
		       table_name(owner_of_e), published_at[owner_of_e]);
		detail("the page of a page table, %x, is taken for the page of struct pages", pmd_pfn(from));
	}
}

/* The first frame comes from the reading that was tested, and this is what the test must have said. */
void contract_head_is_taken(pmd_t from)
{
	head_is_torn[smp_processor_id()] = !pmd_leaf(from);
	if (!pmd_leaf(from))
		violation("torn-read", "%s takes the first frame of the leaf from an entry that is a table",
			  cpu_letter(smp_processor_id()));
}

void contract_table_is_filled(struct pte_page *table)
{
	int cpu = smp_processor_id();

	table_of[cpu] = TABLE_PRIVATE;
	name_object(table, table_name(cpu));
}

void contract_table_is_discarded(struct pte_page *table)
{
	table_of[smp_processor_id()] = TABLE_DISCARDED;
	head_is_torn[smp_processor_id()] = false;
	count("page tables discarded", 1);
}

/* E has been set. That it was a leaf is so if nobody has set it before. */
void contract_table_is_published(struct pte_page *table, unsigned long head)
{
	int cpu = smp_processor_id();

	if (owner_of_e >= 0) {
		violation("leak", "%s replaces %s in E: nobody can find it any more, and nobody is to free it", table_name(cpu),
			  table_name(owner_of_e));
		detail("%s was put there by CPU%d at %t; what was remapped in it is lost with it", table_name(owner_of_e),
		       owner_of_e, published_at[owner_of_e]);
		table_of[owner_of_e] = TABLE_LOST;
	}
	if (head != FIRST_FRAME) {
		violation("garbage-mapping", "%s is put into E, and maps struct pages to what is no page of them", table_name(cpu));
		detail("its first frame, %x, was the page of another page table", head);
	}
	table_of[cpu] = TABLE_PUBLISHED;
	owner_of_e = cpu;
	times_published++;
	published_at[cpu] = now();
}

void contract_remapped(int page, unsigned long old_frame)
{
	remapped_at[page] = now();
	count("struct pages remapped", 1);
}

/* The frame that the tables say for a page of struct pages, 0 for none. */
static unsigned long mapped_frame(int page)
{
	pte_t pte = mmu_walk(init_space, vmemmap_address(page));

	if (!pte_present(pte))
		return 0;
	return pmd_leaf(pte) ? pte_pfn(pte) + (unsigned long)page : pte_pfn(pte);
}

/* The frame that a CPU's TLB says, 0 for none. */
static unsigned long cached_frame(int cpu, int page)
{
	int entry = tlb_lookup(cpu, init_space, vmemmap_address(page));

	if (entry < 0)
		return 0;
	return tlb_frame(cpu, entry) + (vmemmap_address(page) - tlb_address(cpu, entry)) / PAGE_SIZE;
}

void contract_frame_is_freed(unsigned long frame)
{
	int cpu, page;

	for (page = 0; page < VMEMMAP_PAGES; page++) {
		if (mapped_frame(page) == frame) {
			violation("use-after-free", "%f is freed, and the tables still map %a to it", frame,
				  vmemmap_address(page));
			if (owner_of_e >= 0)
				detail("E leads to %s since %t; the page was remapped at %t, in another table or before",
				       table_name(owner_of_e), published_at[owner_of_e], remapped_at[page]);
		}
		for (cpu = 0; cpu < NR_CPUS; cpu++) {
			int entry = tlb_lookup(cpu, init_space, vmemmap_address(page));

			if (cached_frame(cpu, page) != frame)
				continue;
			violation("stale-tlb", "%f is freed, and CPU%d's TLB still maps %a to it", frame, cpu,
				  vmemmap_address(page));
			detail("filled at %t; the page was remapped at %t, and the address is in use all the time",
			       tlb_filled_at(cpu, entry), remapped_at[page]);
		}
	}
}

/* A reader of struct pages has been served. */
void contract_touched(int page, long word)
{
	int cpu = smp_processor_id();
	int entry = tlb_lookup(cpu, init_space, vmemmap_address(page));
	unsigned long frame;

	if (entry < 0) {
		violation("hole", "CPU%d finds no mapping for %a, where struct pages are", cpu, vmemmap_address(page));
		return;
	}
	frame = cached_frame(cpu, page);
	if (frame_is_free(frame)) {
		violation("use-after-free", "CPU%d reads a struct page at %a from %f, which is free", cpu, vmemmap_address(page),
			  frame);
		detail("its translation was filled at %t", tlb_filled_at(cpu, entry));
	}
}

/*
 * E changes once, from the leaf to a table, and then leads to that table for ever: what every unlocked reading of it relies on. A
 * warning, because the harm is reported where it is done.
 */
__invariant bool e_changes_once(void)
{
	if (times_published > 1)
		warning("invariant", "E has been set %d times: it must go from leaf to table once", times_published);
	return true;
}

/* At the end: a frame of struct pages that nothing maps any more has been given back. */
__final void vmemmap_no_lost_frame(void)
{
	unsigned long frame;
	int page;

	for (frame = FIRST_FRAME; frame < FIRST_FRAME + VMEMMAP_PAGES; frame++) {
		bool mapped = false;

		if (frame_is_free(frame) || frame_owner(frame) != "vmemmap")
			continue;
		for (page = 0; page < VMEMMAP_PAGES; page++) {
			if (mapped_frame(page) == frame)
				mapped = true;
		}
		if (!mapped)
			violation("leak", "%f is mapped nowhere any more, and was never freed", frame);
	}
}

void contract_dump_begins(struct mm_struct *mm)
{
	dump_running = true;
	dump_nr_lines = 0;
	noted_as_pmd = false;
	noted_ptes = 0;
	duplicate_reported = false;
}

/* What note_page() does: a line goes on while level and protection stay the same, and ends where they change. */
static void note_page(int page, int level, unsigned long prot, bool is_bad)
{
	int last = dump_nr_lines - 1;

	if (last >= 0 && line_level[last] == level && line_prot[last] == prot)
		return;
	if (last >= 0)
		line_end[last] = page;
	if (dump_nr_lines >= MAX_LINES)
		return;
	line_start[dump_nr_lines] = page;
	line_end[dump_nr_lines] = VMEMMAP_PAGES;
	line_level[dump_nr_lines] = level;
	line_prot[dump_nr_lines] = prot;
	line_is_bad[dump_nr_lines] = is_bad;
	dump_nr_lines++;
}

#define PROT_BITS	(_PAGE_PRESENT | _PAGE_RW | _PAGE_PSE | _PAGE_NX)

/* What is tested is what is printed, or not. */
void contract_dump_reads_leaf(pmd_t tested, pmd_t reported)
{
	if (pmd_leaf(reported))
		return;
	violation("torn-read", "the dump tests one reading of E, a leaf, and prints another, a table");
	detail("E was set at %t, between the two", published_at[owner_of_e]);
	if ((pte_val(reported) & _PAGE_RW) && !(pte_val(reported) & _PAGE_NX))
		detail("the entry of a table is writable and executable: the check for W+X mappings would report one");
}

void contract_dump_notes_pmd(pmd_t value)
{
#ifndef CONFIG_PTDUMP_NO_COPY
	if (!pmd_leaf(value))
		violation("torn-read", "the dump prints an entry that is a table as if it were a leaf");
#endif
	noted_as_pmd = true;
	note_page(0, LEVEL_PMD, pte_val(value) & PROT_BITS, !pmd_leaf(value));
}

void contract_dump_notes_pte(int page, pte_t value)
{
	if (pte_none(value))
		violation("hole", "the dump finds nothing mapped at %a, where struct pages are", vmemmap_address(page));
	if (noted_as_pmd && !duplicate_reported) {
		duplicate_reported = true;
		violation("duplicate-report", "the dump prints %a as part of a leaf and again as a PTE", vmemmap_address(page));
		detail("E was a leaf when the callback read it, and a table when the walk read it again; it was set at %t",
		       published_at[owner_of_e]);
	}
	noted_ptes++;
	note_page(page, LEVEL_PTE, pte_val(value) & PROT_BITS, noted_as_pmd);
}

void contract_dump_ends(void)
{
	if (!noted_as_pmd && noted_ptes < VMEMMAP_PAGES)
		violation("hole", "the dump ends, and has printed %d of %d pages", noted_ptes, VMEMMAP_PAGES);
	dump_running = false;
	contract_e_is_done_with();
}

/* Drawing. */

static text state_name(enum table_state state)
{
	switch (state) {
	case TABLE_NONE:
		return "not made";
	case TABLE_PRIVATE:
		return "private";
	case TABLE_PUBLISHED:
		return "published";
	case TABLE_LOST:
		return "lost";
	case TABLE_DISCARDED:
		return "discarded";
	}
	return "?";
}

/* E, and the table that each splitter has made for it. */
__view void vmemmap_range(void)
{
	pmd_t e = *vmemmap_pmd;
	int cpu, page;

	view_row("E");
	if (pmd_leaf(e)) {
		for (page = 0; page < VMEMMAP_PAGES; page++)
			view_cell("live", "%f", pmd_pfn(e) + (unsigned long)page);
		view_badge("live", "LEAF");
	} else {
		for (page = 0; page < VMEMMAP_PAGES; page++) {
			unsigned long frame = mapped_frame(page);

			view_cell(frame_is_free(frame) ? "bad" : page % 2 ? "reserved" : "live", "%f", frame);
		}
		view_badge("plain", "TABLE %s", table_name(owner_of_e));
	}
	if (times_published > 1)
		view_badge("bad", "SET %d TIMES", times_published);
	view_remark("pages 0 and 1 are HugeTLB page A's, 2 and 3 are B's; each gives its second one back");
	for (cpu = 0; cpu < NR_CPUS; cpu++) {
		if (table_of[cpu] == TABLE_NONE)
			continue;
		view_row("%s", table_name(cpu));
		view_badge(table_of[cpu] == TABLE_LOST ? "bad" : table_of[cpu] == TABLE_PUBLISHED ? "live" : "plain", "%s",
			   state_name(table_of[cpu]));
		if (head_is_torn[cpu])
			view_badge("bad", "made from a table, not from the leaf");
	}
}

static text read_name(enum e_read what)
{
	switch (what) {
	case E_NOT_READ:
		break;
	case E_TESTED:
		return "tested";
	case E_HEAD:
		return "first frame";
	case E_TABLE:
		return "table";
	case E_PRINTED:
		return "printed";
	case E_DESCENDED:
		return "descended";
	}
	return "?";
}

/* What each CPU has taken E for, and what it is. */
__view void e_read_then_and_now(void)
{
	int cpu;

	for (cpu = 0; cpu < NR_CPUS; cpu++) {
		pmd_t then = e_read_value[cpu];

		if (e_read_for[cpu] == E_NOT_READ)
			continue;
		view_row("CPU%d", cpu);
		view_field("for", "%s", read_name(e_read_for[cpu]));
		view_field("read then", "%s", pmd_leaf(then) ? "LEAF" : "TABLE");
		view_field("now", "%s", pmd_leaf(*vmemmap_pmd) ? "LEAF" : "TABLE");
		if (then != *vmemmap_pmd)
			view_badge("bad", "CHANGED SINCE");
	}
}

/* Every translation, and whether its being there is right. */
__view void translations(void)
{
	int cpu, page;

	for (cpu = 0; cpu < NR_CPUS; cpu++) {
		for (page = 0; page < VMEMMAP_PAGES; page++) {
			int entry = tlb_lookup(cpu, init_space, vmemmap_address(page));
			unsigned long frame = cached_frame(cpu, page);

			if (entry < 0)
				continue;
			view_row("CPU%d %a", cpu, vmemmap_address(page));
			view_field("frame", "%f", frame);
			if (frame_is_free(frame)) {
				view_badge("bad", "STALE");
				view_remark("the frame was freed, and the address is in use");
			} else if (!tlb_is_stale(cpu, entry)) {
				view_badge("live", "FRESH");
			} else if (mapped_frame(page) == frame) {
				view_badge("live", "STALE, SAME FRAME");
				view_remark("read from an entry that has been split since; the tables say the same");
			} else {
				view_badge("lazy", "STALE, LEGAL");
				view_remark("the page was remapped at %t; its old frame is not free yet, and the flush is to come",
					    remapped_at[page]);
			}
		}
	}
}

static text prot_text(unsigned long prot)
{
	bool writable = (prot & _PAGE_RW) != 0;
	bool leaf = (prot & _PAGE_PSE) != 0;
	bool no_exec = (prot & _PAGE_NX) != 0;

	if (writable && leaf)
		return no_exec ? "RW         PSE         NX" : "RW         PSE         x ";
	if (writable)
		return no_exec ? "RW                     NX" : "RW                     x ";
	return no_exec ? "ro                     NX" : "ro                     x ";
}

/* What the file in debugfs would have, so far. */
__view void ptdump_output(void)
{
	int i;

	view_row("---[ Vmemmap ]---");
	for (i = 0; i < dump_nr_lines; i++) {
		int pages = line_end[i] - line_start[i];

		view_row("%x-%x %dK %s %s", vmemmap_address(line_start[i]), vmemmap_address(line_end[i]),
			 pages * (int)(PAGE_SIZE / 1024), prot_text(line_prot[i]), line_level[i] == LEVEL_PMD ? "pmd" : "pte");
		if (line_is_bad[i])
			view_badge("bad", "%s", line_level[i] == LEVEL_PTE ? "AGAIN" : "TORN");
		/* note_page() has seen the same address again, at another level, before the line had a length. */
		if (pages == 0)
			view_badge("bad", "EMPTY");
	}
	if (dump_running)
		view_row("...");
}
