/*
 * What is checked and drawn about mm/spf.c and mm/spf-mmap.c.
 *
 * When nobody holds mmap_sem for write:
 *   orphan-pte         a PTE is present where no VMA of the tree is; also a PTE page that is freed with a present PTE
 *   stale-protection   a PTE is writable where the VMA is not
 * (While mmap_sem is held for write a PTE may come up between the removal of the VMA and the unmap, which takes it away.)
 *   missed-mapping     a VMA is in the tree, and a walk from the root does not come to it
 * Always:
 *   invariant          the count of a VMA is one for the tree and one for each speculative fault; its sequence number is odd while a writer is
 *                      inside, and only then
 *   use-after-free     a reference is taken of a VMA that has none; a VMA is freed while it is in the tree. Accesses to freed memory are the
 *                      machine's.
 * At the end:
 *   missed-mapping     the fault ended in SIGSEGV, and a VMA covers the page; or it ended well, the VMA is there, and there is no PTE
 *   leak               a VMA that is in no tree and has no references is not freed
 *   invariant          the fault was given up before anybody had changed anything
 * A lookup that finds what no version of the tree had during the walk is a warning (torn-read): with mmap_sem it would be a bug, here
 * it ends in another try.
 */
#include <linux/spf.h>

#define MAX_VMAS	5

/* Of both pages that have one: whether the PTE is there, by what was done to it. */
__ghost bool has_been_set[USER_PAGES];
__ghost bool fault_has_begun;

__ghost struct vm_area_struct *known[MAX_VMAS];
__ghost text vma_name[MAX_VMAS];
__ghost int nr_known;
__ghost bool linked[MAX_VMAS];
__ghost bool was_linked[MAX_VMAS];
__ghost bool has_base[MAX_VMAS];
__ghost bool freed[MAX_VMAS];
__ghost int holders[MAX_VMAS];
__ghost int writers[MAX_VMAS];
__ghost bool mmap_sem_written;

/* The walk of the speculative fault: what it may find. The last is for nothing. */
__ghost bool walking;
__ghost unsigned long walk_addr;
__ghost bool may_find[MAX_VMAS + 1];

/* What the fault has read. */
__ghost text fault_step;
/* A change of VMAs or PTEs has begun; and a zap that leaves the VMA. */
__ghost bool anything_changes, anything_zapped;
__ghost unsigned long fault_addr;
__ghost text gave_up;	/* why the fault is done again with mmap_sem */
__ghost struct vm_area_struct *fault_vma;
__ghost bool has_snapshot, has_bounds;
__ghost unsigned int snapshot;
__ghost unsigned long bound_start, bound_end;
__ghost bool bound_write;
__ghost step_t pte_set_at;

static int number_of(struct vm_area_struct *vma)
{
	int number;

	for (number = 0; number < nr_known; number++)
		if (known[number] == vma)
			return number;
	return MAX_VMAS;
}

static text name_of(int number)
{
	return number == MAX_VMAS ? "nothing" : vma_name[number];
}

void contract_vma(struct vm_area_struct *vma, text name)
{
	name_object(vma, name);
	known[nr_known] = vma;
	vma_name[nr_known] = name;
	nr_known++;
}

void contract_linked(struct vm_area_struct *vma)
{
	linked[number_of(vma)] = true;
	was_linked[number_of(vma)] = true;
	has_base[number_of(vma)] = true;
}

void contract_unlinked(struct vm_area_struct *vma)
{
	linked[number_of(vma)] = false;
}

void contract_taken(struct vm_area_struct *vma, int old)
{
	holders[number_of(vma)]++;
	if (old == 0)
		violation("use-after-free", "a reference is taken of %p, which has none left", vma);
}

void contract_put(struct vm_area_struct *vma)
{
	holders[number_of(vma)]--;
}

void contract_base_put(struct vm_area_struct *vma)
{
	has_base[number_of(vma)] = false;
}

void contract_freed(struct vm_area_struct *vma)
{
	int number = number_of(vma);

	freed[number] = true;
	has_base[number] = false;
	if (linked[number])
		violation("use-after-free", "%p is freed while it is in the tree", vma);
}

void contract_writer(struct vm_area_struct *vma, int change)
{
	writers[number_of(vma)] += change;
}

/* What find_vma() would say of the tree as it is meant now. */
static int right_answer(unsigned long addr)
{
	int number, best = MAX_VMAS;

	for (number = 0; number < nr_known; number++) {
		if (!linked[number] || known[number]->vm_end <= addr)
			continue;
		if (best == MAX_VMAS || known[number]->vm_end < known[best]->vm_end)
			best = number;
	}
	return best;
}

void contract_walk_begins(unsigned long addr)
{
	int number;

	for (number = 0; number <= MAX_VMAS; number++)
		may_find[number] = false;
	walking = true;
	walk_addr = addr;
	may_find[right_answer(addr)] = true;
}

void contract_tree_changed(void)
{
	if (walking)
		may_find[right_answer(walk_addr)] = true;
}

void contract_walk_ends(struct vm_area_struct *found)
{
	int number = number_of(found);

	walking = false;
	fault_vma = found;
	if (!may_find[number]) {
		warning("torn-read", "the walk for page %d finds %s, which no version of the tree would have given", walk_addr,
			name_of(number));
	}
}

/* The PTE page as the tables say, or NULL. */
static struct pte_page *mapped_pte_page(void)
{
	struct pmd_page *pmd_page = (struct pmd_page *)__entry_table(mm.pud);
	struct pte_page *pte_page = pmd_page ? (struct pte_page *)__entry_table(pmd_page->pmd) : NULL;

	return pte_page && object_is_live(pte_page) ? pte_page : NULL;
}

/* The VMA of the tree that covers a page, or MAX_VMAS. */
static int covering(unsigned long addr)
{
	int number;

	for (number = 0; number < nr_known; number++)
		if (linked[number] && known[number]->vm_start <= addr && addr < known[number]->vm_end)
			return number;
	return MAX_VMAS;
}

static void check_ptes(void)
{
	struct pte_page *page = mapped_pte_page();
	unsigned long addr;

	if (mmap_sem_written || !page)
		return;
	for (addr = USER_START; addr < USER_START + USER_PAGES; addr++) {
		pte_t pte = page->pte[pte_index(addr)];
		int number = covering(addr);

		if (!pte_present(pte))
			continue;
		if (number == MAX_VMAS) {
			violation("orphan-pte", "page %d has a PTE and no VMA", addr);
			detail("the PTE was set at %t", pte_set_at);
		} else if (pte_write(pte) && !known[number]->vm_write) {
			violation("stale-protection", "page %d has a writable PTE, and %s is read-only", addr, vma_name[number]);
			detail("the PTE was set at %t", pte_set_at);
		}
	}
}

void contract_pte_cleared(unsigned long addr)
{
	has_been_set[pte_index(addr)] = false;
}

void contract_pte_set(unsigned long addr)
{
	if (has_been_set[pte_index(addr)])
		violation("lost-store", "the PTE of page %d is set over one that is there, and the page behind that is lost", addr);
	has_been_set[pte_index(addr)] = true;
	pte_set_at = now();
	check_ptes();
}

void contract_writer_enters(void)
{
	if (mmap_sem_written)
		violation("invariant", "two CPUs change VMAs at the same time");
	mmap_sem_written = true;
	anything_changes = true;
}

/* From the root down to a VMA, by addresses: two more than there are VMAs at most. */
static bool leads_to(struct vm_area_struct *vma)
{
	struct vm_area_struct *node = mm.mm_rb;
	int depth;

	for (depth = 0; node && node != vma && depth <= MAX_VMAS; depth++)
		node = vma->vm_start < node->vm_start ? node->vm_rb.left : node->vm_rb.right;
	return node == vma;
}

/* A walk or a change of the tree in one step is one that nobody can come between, by mm_rb_lock. */
void contract_tree_step(void)
{
	if (!lock_is_taken(&mm.mm_rb_lock))
		violation("lock-misuse", "the tree is walked or changed without mm_rb_lock");
}

static void check_tree(void)
{
	int number;

	for (number = 0; number < nr_known; number++)
		if (linked[number] && !leads_to(known[number]))
			violation("missed-mapping", "%s is in use, and the tree does not lead to it", vma_name[number]);
		else if (linked[number] && (known[number]->vm_rb.left == known[number] || known[number]->vm_rb.right == known[number]))
			violation("invariant", "%s hangs below itself, and a walk that comes there does not end", vma_name[number]);
}

void contract_zaps(void)
{
	if (mmap_sem_written)
		violation("invariant", "a VMA is changed while its pages are thrown away");
	anything_changes = true;
	anything_zapped = true;
}

void contract_fault_begins(unsigned long addr)
{
	/* Two may be in each other's way. */
	if (fault_has_begun)
		anything_changes = true;
	fault_has_begun = true;
	fault_addr = addr;
}

void contract_at_rest(void)
{
	mmap_sem_written = false;
	if (mm.mm_seq & 1)
		violation("invariant", "the number of changes of the tree is odd, nobody changes it, and every walk is repeated for ever");
	check_ptes();
	check_tree();
}

void contract_pte_page_freed(struct pte_page *page)
{
	int index;

	for (index = 0; index < USER_PAGES; index++)
		if (covering(USER_START + index) != MAX_VMAS)
			violation("use-after-free", "%p is freed, and %s is above it", page, vma_name[covering(USER_START + index)]);

	for (index = 0; index < USER_PAGES; index++) {
		if (!pte_present(page->pte[index]))
			continue;
		violation("orphan-pte", "%p is freed with a present PTE", page);
		detail("the PTE was set at %t", pte_set_at);
	}
}

void contract_fault_step(text step)
{
	fault_step = step;
}

void contract_gives_up(text reason)
{
	gave_up = reason;
	if (!anything_changes && covering(fault_addr) != MAX_VMAS)
		violation("invariant", "the fault is given up (%s), and nobody has changed anything", reason);
}

void contract_snapshot(struct vm_area_struct *vma, unsigned int sequence)
{
	has_snapshot = true;
	snapshot = sequence;
}

void contract_bounds(unsigned long start, unsigned long end, bool write)
{
	has_bounds = true;
	bound_start = start;
	bound_end = end;
	bound_write = write;
}

#ifdef CONFIG_SPF_REF
__invariant bool counts_add_up(void)
{
	int number;

	for (number = 0; number < nr_known; number++) {
		if (freed[number] || (!has_base[number] && holders[number] == 0))
			continue;
		if (known[number]->vm_ref_count.counter != (has_base[number] ? 1 : 0) + holders[number])
			return false;
	}
	return true;
}
#endif

#ifndef CONFIG_SPF_NO_SEQUENCE
__invariant bool sequence_is_odd_while_written(void)
{
	int number;

	for (number = 0; number < nr_known; number++) {
		if (freed[number])
			continue;
		if (writers[number] > 1 || (known[number]->vm_sequence & 1) != (unsigned int)writers[number])
			return false;
	}
	return true;
}
#endif

/* Nothing in these programs comes to cover a page that was not there before. */
__final void fault_has_its_answer(void)
{
	int number = covering(fault_addr);
	struct pte_page *page = mapped_pte_page();

	if (number == MAX_VMAS || fault_step == "")
		return;
	if (fault_step == "SIGSEGV")
		violation("missed-mapping", "the fault on page %d ended in SIGSEGV, and %s covers it", fault_addr, vma_name[number]);
	else if (!anything_zapped && (!page || pte_none(page->pte[pte_index(fault_addr)])))
		violation("missed-mapping", "the fault on page %d is over, %s covers it, and there is no PTE", fault_addr, vma_name[number]);
}

/* The grace period, where there is one, is over. */
__final void nothing_is_left(void)
{
	int number;

	for (number = 0; number < nr_known; number++)
		if (holders[number] != 0)
			violation("leak", "%d references to %s are never given back", holders[number], vma_name[number]);
	for (number = 0; number < nr_known; number++)
		if (!linked[number] && !has_base[number] && !freed[number] && holders[number] == 0 && was_linked[number])
			violation("leak", "%s is in no tree, has no references, and is not freed", vma_name[number]);
#ifdef CONFIG_PGTABLES_FREED
	if (mapped_pte_page() && covering(USER_START) == MAX_VMAS && covering(USER_START + 1) == MAX_VMAS)
		violation("leak", "no VMA is above the PTE page any more, and it is not freed");
#endif
}

__view void vmas(void)
{
	int number;

	for (number = 0; number < nr_known; number++) {
		struct vm_area_struct *vma = known[number];

		view_row("%s", vma_name[number]);
		if (freed[number]) {
			view_badge("bad", "FREED");
			continue;
		}
		view_badge(linked[number] ? "live" : "lazy", "%s", linked[number] ? "in the tree" : "detached");
		if (mm.mm_rb == vma)
			view_badge("plain", "root");
		if (vma->vm_rb.parent == vma)
			view_badge("dirty", "node empty");
		view_field("range", "[%d,%d)", vma->vm_start, vma->vm_end);
		view_field("write", "%d", vma->vm_write);
		view_field("left", "%p", vma->vm_rb.left);
		view_field("right", "%p", vma->vm_rb.right);
		view_field("sequence", "%d", vma->vm_sequence);
		if (vma->vm_sequence & 1)
			view_badge("bad", "writer inside");
		view_field("count", "%d", vma->vm_ref_count.counter);
		if (has_base[number])
			view_field("tree", "1");
		if (holders[number] != 0)
			view_field("fault", "%d", holders[number]);
	}
}

/* What the fault has read, beside what is there now. */
__view void speculation(void)
{
	view_row("CPU0");
	view_badge("plain", "%s", fault_step);
	if (gave_up != "")
		view_remark("gave up: %s", gave_up);
	if (!fault_vma)
		return;
	view_field("vma", "%p", fault_vma);
	if (!object_is_live(fault_vma)) {
		view_badge("bad", "FREED");
		return;
	}
	if (has_snapshot) {
		view_field("sequence read", "%d", snapshot);
		view_field("now", "%d", fault_vma->vm_sequence);
		if (snapshot != fault_vma->vm_sequence)
			view_remark("the sequence number would stop it");
	}
	if (has_bounds) {
		view_field("bounds read", "[%d,%d)", bound_start, bound_end);
		view_field("now", "[%d,%d)", fault_vma->vm_start, fault_vma->vm_end);
		if (bound_write && !fault_vma->vm_write)
			view_remark("it was writable when it was read");
	}
	if (fault_vma->vm_rb.parent == fault_vma)
		view_remark("the empty node would stop it");
	if (holders[number_of(fault_vma)] != 0)
		view_remark("its reference keeps the VMA alive");
}

__view void ptes(void)
{
	struct pte_page *page = mapped_pte_page();
	unsigned long addr;

	view_row("PTEs");
	if (!page) {
		view_badge("free", "no PTE page");
		return;
	}
	for (addr = USER_START; addr < USER_START + USER_PAGES; addr++) {
		pte_t pte = page->pte[pte_index(addr)];
		int number = covering(addr);

		if (!pte_present(pte))
			view_cell("free", "-");
		else if (number == MAX_VMAS)
			view_cell(mmap_sem_written ? "lazy" : "bad", "%s", pte_write(pte) ? "W" : "R");
		else
			view_cell(pte_write(pte) && !known[number]->vm_write ? "bad" : "live", "%s", pte_write(pte) ? "W" : "R");
	}
	view_row("VMAs");
	for (addr = USER_START; addr < USER_START + USER_PAGES; addr++)
		view_cell(covering(addr) == MAX_VMAS ? "free" : "live", "%s", covering(addr) == MAX_VMAS ? "-" : vma_name[covering(addr)]);
}
