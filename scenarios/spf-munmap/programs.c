/*
 * Up to four VMAs of a process. At first: A = [0,2), V = [2,4), C = [4,6); A is the root of the tree, C its right child, V C's left one. V is writable, anonymous,
 * and has a PTE page without PTEs. CPU0 stores to page 3. CPU1 does what the program says.
 */
#include <linux/spf.h>

static struct vm_area_struct *A, *V, *B, *C;

/* The interrupts that free_pgtables() sends belong to some address space; nobody loads or stores in this one. */
static struct pmd_page no_translations;

static struct vm_area_struct *new_vma(unsigned long start, unsigned long end, bool write, text name)
{
	struct vm_area_struct *vma = kzalloc(sizeof(*vma), GFP_KERNEL);

	vma->vm_start = start;
	vma->vm_end = end;
	vma->vm_write = write;
	ghost { contract_vma(vma, name); }
	return vma;
}

static void make_page_tables(void)
{
	struct pmd_page *pmd_page = kzalloc(sizeof(*pmd_page), GFP_KERNEL);
	struct pte_page *pte_page = kzalloc(sizeof(*pte_page), GFP_KERNEL);

	ghost {
		name_object(pmd_page, "PMD page");
		name_object(pte_page, "PTE page");
	}
	pmd_page->pmd = __table_entry(pte_page);
	mm.pud = __table_entry(pmd_page);
	mmu_define_space(&no_translations, 0, "user");
}

/* The writability of A is what the programs differ in. */
static void start_with(bool a_writable)
{
	make_page_tables();
	A = new_vma(0, 2, a_writable, "A");
	V = new_vma(2, 4, true, "V");
	C = new_vma(4, 6, true, "C");
	atomic_set(&A->vm_ref_count, 1);
	mm.mm_rb = A;
	ghost { contract_linked(A); }
	__vma_link_rb(C, A, false);
	__vma_link_rb(V, C, true);
	vmacache.vma = V;
}

void start(void)
{
	start_with(true);
}

/* A is read-only, so that V can be merged into it when it becomes read-only too. */
void start_read_only_neighbour(void)
{
	start_with(false);
}

/* A and V only, V A's right child. C is not in the tree yet. */
void start_two(void)
{
	make_page_tables();
	A = new_vma(0, 2, true, "A");
	V = new_vma(2, 4, true, "V");
	C = new_vma(4, 6, true, "C");
	atomic_set(&A->vm_ref_count, 1);
	mm.mm_rb = A;
	ghost { contract_linked(A); }
	__vma_link_rb(V, A, false);
}

/* V is the root, and the lowest VMA above it is not its child: A to the left, C to the right, B left of C. */
void start_V_on_top(void)
{
	make_page_tables();
	A = new_vma(0, 2, true, "A");
	V = new_vma(2, 4, true, "V");
	B = new_vma(4, 5, true, "B");
	C = new_vma(5, 6, true, "C");
	atomic_set(&V->vm_ref_count, 1);
	mm.mm_rb = V;
	ghost { contract_linked(V); }
	__vma_link_rb(A, V, true);
	__vma_link_rb(C, V, false);
	__vma_link_rb(B, C, true);
}

/* The same, seen from the fault. */
void start_without_C(void)
{
	start_two();
	vmacache.vma = V;
}

/* The fault's task has found C lately. */
void start_C_cached(void)
{
	start();
	vmacache.vma = C;
}

/* There is only A, which is what the fault's task has found lately. */
void start_A_alone(void)
{
	make_page_tables();
	A = new_vma(0, 2, true, "A");
	atomic_set(&A->vm_ref_count, 1);
	mm.mm_rb = A;
	ghost { contract_linked(A); }
	vmacache.vma = A;
}

void fault_on_page_3(void)
{
	handle_mm_fault(3);
}

void munmap_V(void)
{
	do_munmap(V, 2, 4);
}

void munmap_A(void)
{
	do_munmap(A, 0, 2);
}

void munmap_C(void)
{
	do_munmap(C, 4, 6);
}

/* What comes in the place of V has two children, and goes next. */
void munmap_V_and_B(void)
{
	do_munmap(V, 2, 4);
	do_munmap(B, 4, 5);
}

void munmap_page_3(void)
{
	do_munmap(V, 3, 4);
}

void mprotect_V_into_A(void)
{
	mprotect_merge(A, V);
}

void mprotect_V(void)
{
	mprotect_read_only(V);
}

void mprotect_A(void)
{
	mprotect_read_only(A);
}

void madvise_V(void)
{
	madvise_dontneed(V);
}

void mmap_C(void)
{
	mmap_right_of(V, C);
}
