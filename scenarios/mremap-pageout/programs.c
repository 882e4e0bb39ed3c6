/*
 * One process, one page P of it (frame P1), mapped at O; mremap() moves it to N. The top table G has a slot for each; D1 and D2 are
 * the PMD tables below, T1 and T2 PTE tables. What the new side has depends on the level of the move: T2 with an empty entry, D2
 * with an empty slot, or nothing. With option `pmd-table=one` O and N are two slots of D1 (not for PUD moves, which need two slots
 * of G).
 */
#include <linux/pageout.h>

struct mm_struct mm;
struct page page;
struct anon_vma anon_vma;
struct address_space i_mmap;
struct vm_area_struct vma_O, vma_N;
unsigned long O, N;

struct pmd_page D1, D2;
struct pte_page T1, T2;

/* O and N below one PMD table. */
#if defined(CONFIG_PMD_TABLE_ONE) && !defined(CONFIG_MOVE_LEVEL_PUD)
#define SAME_PMD_TABLE
#endif

#ifdef SAME_PMD_TABLE
#define DISTANCE	PMD_SIZE
#else
#define DISTANCE	PUD_SIZE
#endif

/* Everything but the entry that maps P. */
static void set_up_tables(void)
{
	O = USER_BASE;
	N = USER_BASE + DISTANCE;
	mm.pgd.pud[pud_index(O)] = __table_entry(&D1);
	D1.pmd[pmd_index(O)] = __table_entry(&T1);
#if !defined(SAME_PMD_TABLE) && !defined(CONFIG_MOVE_LEVEL_PUD)
	mm.pgd.pud[pud_index(N)] = __table_entry(&D2);
#endif
#ifdef CONFIG_MOVE_LEVEL_PTE
#ifdef SAME_PMD_TABLE
	D1.pmd[pmd_index(N)] = __table_entry(&T2);
#else
	D2.pmd[pmd_index(N)] = __table_entry(&T2);
#endif
#endif
	user_space = mmu_define_space(&mm.pgd, USER_BASE, "process");
	vma_O.vm_start = O;
	vma_N.vm_start = N;
	anon_vma.vma[0] = &vma_O;
	page.pfn = frame_alloc("the process");
	contract_define(&mm.pgd, &page);
}

/* P is mapped once, at O, dirty; reclaim has isolated it and holds its lock. */
void start_mapped(void)
{
	set_up_tables();
	page.mapcount = 1;
	page.locked = true;
	T1.pte[pte_index(O)] = pfn_pte(page.pfn, _PAGE_PRESENT | _PAGE_RW | _PAGE_ACCESSED | _PAGE_DIRTY);
}

/* The same, but nobody has locked the page yet. */
void start_unlocked(void)
{
	start_mapped();
	page.locked = false;
}

/* An entry of another page at N, where the walk for P comes by first or goes on to. */
static void map_another_page(pte_t entry)
{
	T2.pte[pte_index(N)] = entry;
#ifdef CONFIG_VMA_ORDER_NEW_FIRST
	anon_vma.vma[0] = &vma_N;
	anon_vma.vma[1] = &vma_O;
#else
	anon_vma.vma[1] = &vma_N;
#endif
	ghost { contract_other_page(entry); }
}

/* The zero page is none of the machine's frames. */
#define ZERO_PFN	2UL

/* P is mapped at O, and the zero page at N: it was read there, and not stored to. */
void start_beside_zero_page(void)
{
	start_mapped();
	map_another_page(pfn_pte(ZERO_PFN, _PAGE_PRESENT | _PAGE_ACCESSED));
}

/* At N was another page, which went to a place of the swap that has the number of P's frame. */
void start_beside_swapped_page(void)
{
	start_mapped();
	map_another_page(swp_entry_to_pte(page.pfn));
}

/* A migration of P is under way: its entry is a migration entry, and the page is locked. */
void start_migrating(void)
{
	set_up_tables();
	page.locked = true;
	T1.pte[pte_index(O)] = make_migration_entry(page.pfn);
}

/* The same, and at N is another page that migrates. */
void start_migrating_two(void)
{
	start_migrating();
	map_another_page(make_migration_entry(page.pfn + 1));
}

/* CPU 0: mremap(O, 4096, 4096, MREMAP_FIXED | MREMAP_MAYMOVE, N). */
void mremap_O_to_N(void)
{
	move_vma(&mm, O, N);
}

/* CPU 1: another thread moves it back, if it is at N. */
void mremap_N_to_O(void)
{
	move_vma(&mm, N, O);
}

/* Set when mremap() has returned. */
bool moved;

void mremap_and_tell(void)
{
	move_vma(&mm, O, N);
	WRITE_ONCE(moved, true);
}

/* The allocation of tables reclaims P, and finds it unlocked: nobody else does anything. */
void mremap_and_look(void)
{
	move_vma(&mm, O, N);
	WARN_ON(!frame_is_free(page_to_pfn(&page)));
}

/* CPU 1: an allocation, of whatever process. */
void allocate(void)
{
	direct_reclaim(&page);
}

/* CPU 1: pages P out. */
void page_out(void)
{
	shrink_page(&page);
}

/* CPU 1: finds that P cannot be migrated. */
void give_migration_up(void)
{
	remove_migration_ptes(&page);
	WRITE_ONCE(page.locked, false);
}

/* CPU 2: another thread of the process. It knows both addresses, and does not wait for mremap() to return. */
void store_to_O_and_N(void)
{
	user_store(O, 1);
	user_store(N, 10);
	user_store(N, 11);
}

void store_to_N_twice(void)
{
	user_store(N, 10);
	user_store(N, 11);
}

void store_to_O(void)
{
	user_store(O, 1);
}

/* Once mremap() has returned, N is there to be stored to. */
void store_to_N(void)
{
	bool was_moved = READ_ONCE(moved);

	WARN_ON(user_store(N, 10) && was_moved);
}

/* CPU 3: takes the frame, if it is free. */
void take_a_frame(void)
{
	unsigned long frame = frame_alloc("X");

	if (frame != 0)
		frame_write(frame, 99);
}

/* CPU 2: the same file and anon_vma, another process (a child), so that mmap_lock is no help: vma_adjust(), in the documented order. */
void adjust_a_vma(void)
{
	down_write(&i_mmap.i_mmap_rwsem);
	down_write(&anon_vma.rwsem);
	up_write(&anon_vma.rwsem);
	up_write(&i_mmap.i_mmap_rwsem);
}
