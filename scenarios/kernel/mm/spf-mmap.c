/*
 * The tree of VMAs, and the system calls that change it.
 *
 * Stands for v4.16 with "mm: Protect mm_rb tree with a rwlock" (v8 17/24 of the speculative page fault series, February 2018): mmap_sem is held for
 * write throughout munmap(). Where the text of the patch and its code disagree the model follows the code: the functions are get_vma() and
 * put_vma(), the count becomes 1 in __vma_link_rb(), and file and policy live as long as the count. Kernel variants:
 *
 *   CONFIG_SPF_RB_LOCK          mm_rb_lock: get_vma() holds it shared, changes of the tree exclusively
 *   CONFIG_SPF_REF              get_vma() takes a reference; else a VMA is freed when it is unmapped
 *   CONFIG_SPF_SRCU             as in 2014 and in v2 to v5 of the series: VMAs are freed after a grace period
 *   CONFIG_SPF_MM_SEQ           with it: a walk beside which the tree changed is repeated
 *   CONFIG_SPF_NO_RB_CLEAR      mistake: an erased node is not marked as empty
 *   CONFIG_SPF_NO_SEQUENCE      mistake: no vm_sequence
 *   CONFIG_SPF_NO_SEQ_IN_UNMAP  mistake: unmap_page_range() does not change it
 *   CONFIG_SPF_NO_VMACACHE_INVALIDATE  mistake: who removes a VMA does not say so to the caches of single VMAs
 *   CONFIG_SEQUENCE_TWO_STEPS   the increment of a sequence number is a load and a store, as the kernel's is; else one step
 *   CONFIG_PGTABLES_FREED       munmap() frees the page-table pages; else they live for ever, which shows what the VMA rules do by themselves
 *
 * SRCU is the machine's RCU here: a count of readers, and a grace period that ends when all are gone who were inside when it began. A domain of its own
 * would matter to readers that sleep (these do not), or if other readers of RCU were there to be waited for (there are none).
 *
 * Lock order: mmap_sem, mm_rb_lock; mmap_sem, ptl. Walks with mmap_sem held need no mm_rb_lock.
 *
 * Left out: files, policies, anon_vmas, the list of VMAs, gaps and colours of the tree. Removal follows the pointers as rb_erase() does but for
 * colours; the one rotation that matters to a walker beside it is in mmap_right_of().
 */
#include <linux/spf.h>

struct mm_struct mm;
struct vmacache vmacache;

/*
 * write_seqcount_begin() and _end(). The increment is a load and a store. As long as only a holder of mmap_sem for write does it that is the same as
 * one step, and cheaper to search.
 */
#ifdef CONFIG_SEQUENCE_TWO_STEPS
#define increment(number)	WRITE_ONCE(number, READ_ONCE(number) + 1)
#else
#define increment(number)	atomic { WRITE_ONCE(number, READ_ONCE(number) + 1); }
#endif

static void vm_write_begin(struct vm_area_struct *vma)
{
#ifndef CONFIG_SPF_NO_SEQUENCE
	increment(vma->vm_sequence);
	ghost { contract_writer(vma, 1); }
#endif
}

static void vm_write_end(struct vm_area_struct *vma)
{
#ifndef CONFIG_SPF_NO_SEQUENCE
	increment(vma->vm_sequence);
	ghost { contract_writer(vma, -1); }
#endif
}

/* vmacache_invalidate(): a VMA is about to go, and some task's cache may point to it. mmap_sem held for write. */
static void vmacache_invalidate(void)
{
#ifndef CONFIG_SPF_NO_VMACACHE_INVALIDATE
	WRITE_ONCE(mm.vmacache_seqnum, mm.vmacache_seqnum + 1);
#endif
}

static void tree_change_begins(void)
{
#ifdef CONFIG_SPF_RB_LOCK
	write_lock(&mm.mm_rb_lock);
#endif
#ifdef CONFIG_SPF_MM_SEQ
	WRITE_ONCE(mm.mm_seq, mm.mm_seq + 1);
#endif
}

static void tree_change_ends(void)
{
#ifdef CONFIG_SPF_MM_SEQ
	WRITE_ONCE(mm.mm_seq, mm.mm_seq + 1);
#endif
#ifdef CONFIG_SPF_RB_LOCK
	write_unlock(&mm.mm_rb_lock);
#endif
}

/* The first VMA that ends above addr, or NULL. */
struct vm_area_struct *__find_vma(unsigned long addr)
{
	struct vm_area_struct *node = READ_ONCE(mm.mm_rb);
	struct vm_area_struct *vma = NULL;

	while (node) {
		if (READ_ONCE(node->vm_end) > addr) {
			vma = node;
			/* not needed here (never true): VMAs do not overlap, so that none to the left of this one ends above addr, and this one is it */
			if (READ_ONCE(node->vm_start) <= addr)
				break;
			node = READ_ONCE(node->vm_rb.left);
		} else {
			node = READ_ONCE(node->vm_rb.right);
		}
	}
	return vma;
}

/* With mmap_sem held, and only then may the cache be used: it has no reference. */
struct vm_area_struct *find_vma(unsigned long addr)
{
	struct vm_area_struct *vma;

	/* not needed here (never true): the cache saves a walk */
	if (vmacache.seqnum == mm.vmacache_seqnum && vmacache.vma && vmacache.vma->vm_start <= addr &&
	    addr < vmacache.vma->vm_end)
		return vmacache.vma;
	atomic { /* writers need mmap_sem too */
		vma = __find_vma(addr);
		vmacache.vma = vma;
		vmacache.seqnum = mm.vmacache_seqnum;
	}
	return vma;
}

static void __free_vma(struct vm_area_struct *vma)
{
	ghost { contract_freed(vma); }
#ifdef CONFIG_SPF_SRCU
	kfree_rcu(vma, vm_rcu);
#else
	kfree(vma);
#endif
}

/* The reference of a speculative fault. */
void put_vma(struct vm_area_struct *vma)
{
	bool last = atomic_dec_and_test(&vma->vm_ref_count);

	ghost { contract_put(vma); }
	/* not needed here (on srcu srcu-once): nobody counts there */
	if (last)
		__free_vma(vma);
}

/* The reference that the tree had. */
static void put_base(struct vm_area_struct *vma)
{
#ifdef CONFIG_SPF_REF
	bool last = atomic_dec_and_test(&vma->vm_ref_count);

	ghost { contract_base_put(vma); }
	if (last)
		__free_vma(vma);
#else
	__free_vma(vma);
#endif
}

/* A VMA for the speculative fault, to be given back by put_vma(). NULL: none. */
struct vm_area_struct *get_vma(unsigned long addr)
{
	struct vm_area_struct *vma;

#ifdef CONFIG_SPF_RB_LOCK
	read_lock(&mm.mm_rb_lock);
#endif
#ifdef CONFIG_SPF_MM_SEQ
	unsigned int seq;

	/* read_seqcount_begin() waits for an even number; a walk that began with an odd one is repeated here, which comes to the same */
	do {
		seq = READ_ONCE(mm.mm_seq);
		ghost { contract_walk_begins(addr); }
		vma = __find_vma(addr);
	} while ((seq & 1) || READ_ONCE(mm.mm_seq) != seq);
#else
	ghost { contract_walk_begins(addr); }
	tree_step(vma = __find_vma(addr));
#endif
	ghost { contract_walk_ends(vma); }
#ifdef CONFIG_SPF_REF
	if (vma) {
		int old = __atomic_fetch_add(&vma->vm_ref_count.counter, 1);

		ghost { contract_taken(vma, old); }
	}
#endif
#ifdef CONFIG_SPF_RB_LOCK
	read_unlock(&mm.mm_rb_lock);
#endif
	return vma;
}

/* Puts `new` (NULL: nothing) where `old` is below its parent. One pointer that walkers follow. */
static void replace_child(struct vm_area_struct *old, struct vm_area_struct *new)
{
	struct vm_area_struct *parent = READ_ONCE(old->vm_rb.parent);

	if (new)
		WRITE_ONCE(new->vm_rb.parent, parent);
	if (!parent)
		WRITE_ONCE(mm.mm_rb, new);
	else if (READ_ONCE(parent->vm_rb.left) == old)
		WRITE_ONCE(parent->vm_rb.left, new);
	else
		WRITE_ONCE(parent->vm_rb.right, new);
}

/* rb_erase(): a node with two children is replaced by its successor. The node's own pointers stay. */
static void rb_erase(struct vm_area_struct *vma)
{
	struct vm_area_struct *left = READ_ONCE(vma->vm_rb.left);
	struct vm_area_struct *right = READ_ONCE(vma->vm_rb.right);
	struct vm_area_struct *next;

	if (!left) {
		replace_child(vma, right);
		return;
	}
	if (!right) {
		replace_child(vma, left);
		return;
	}
	next = right;
	while (READ_ONCE(next->vm_rb.left))
		next = READ_ONCE(next->vm_rb.left);
	if (next != right) {
		/* not needed here (unmarked, on srcu srcu-once): only he who changes the tree writes its pointers, and he reads his own here */
		replace_child(next, READ_ONCE(next->vm_rb.right));
		/* not needed here (swapped, on srcu srcu-once): walks do not follow parents */
		WRITE_ONCE(next->vm_rb.right, right);
		WRITE_ONCE(right->vm_rb.parent, next);
	}
	/* not needed here (swapped, on srcu srcu-once): walks do not follow parents */
	WRITE_ONCE(next->vm_rb.left, left);
	/* not needed here (swapped, on srcu srcu-once): walks do not follow parents */
	WRITE_ONCE(left->vm_rb.parent, next);
	replace_child(vma, next);
}

/*
 * mmap_sem held for write. The node is marked after the lock is dropped; that this comes before the even sequence number at the end of the unmap
 * is what counts. A fault that sees it early only gives up early.
 */
static void __vma_rb_erase(struct vm_area_struct *vma)
{
	/* not needed here (no lock, no call, swapped, on srcu): a walk that is not repeated may miss, and then the fault is done with mmap_sem; see srcu-once */
	tree_change_begins();
	tree_step(rb_erase(vma));
	ghost {
		contract_unlinked(vma);
		contract_tree_changed();
	}
	tree_change_ends();
#ifndef CONFIG_SPF_NO_RB_CLEAR
	WRITE_ONCE(vma->vm_rb.parent, vma);
#endif
}

static void rb_link_node(struct vm_area_struct *vma, struct vm_area_struct *parent, bool is_left)
{
	WRITE_ONCE(vma->vm_rb.parent, parent);
	if (is_left)
		WRITE_ONCE(parent->vm_rb.left, vma);
	else
		WRITE_ONCE(parent->vm_rb.right, vma);
}

/* mmap_sem held for write. */
void __vma_link_rb(struct vm_area_struct *vma, struct vm_area_struct *parent, bool is_left)
{
	/* not needed here (swapped): nobody finds the VMA before it is linked, and that comes after both */
	atomic_set(&vma->vm_ref_count, 1);
	/* not needed here (no lock, no call, swapped, on srcu): as in __vma_rb_erase() */
	tree_change_begins();
	tree_step(rb_link_node(vma, parent, is_left));
	ghost {
		contract_linked(vma);
		contract_tree_changed();
	}
	tree_change_ends();
}

/* The upper part of the VMA becomes a VMA of its own: what of __split_vma() and __vma_adjust() others can see. */
static struct vm_area_struct *__split_vma(struct vm_area_struct *vma, unsigned long addr)
{
	struct vm_area_struct *new = kzalloc(sizeof(*new), GFP_KERNEL);

	atomic { /* nobody knows it yet */
		new->vm_start = addr;
		new->vm_end = vma->vm_end;
		new->vm_write = vma->vm_write;
	}
	ghost { contract_vma(new, "W"); }
	/* not needed here (swapped): a fault that has read the old end has read the number before it, and the number changes after it */
	vm_write_begin(vma);
	/* not needed here (swapped): who comes by either VMA meanwhile sees an odd number, or what was true before */
	WRITE_ONCE(vma->vm_end, addr);
	ghost { contract_tree_changed(); }
	/* not needed here (swapped): a fault that finds no VMA for its page is done again with mmap_sem, when the new one is there */
	__vma_link_rb(new, vma, false);
	vm_write_end(vma);
	return new;
}

static void unmap_page_range(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	struct pte_page *page = (struct pte_page *)__entry_table(((struct pmd_page *)__entry_table(mm.pud))->pmd);
	unsigned long addr;

#ifndef CONFIG_SPF_NO_SEQ_IN_UNMAP
	/* not needed here (no lock): the mark of an erased node and the ptl do it, see no-sequence-in-unmap */
	vm_write_begin(vma);
#endif
	spin_lock(&page->ptl);
	for (addr = start; addr < end; addr++)
		if (has_pte(addr)) {
			pte_clear(&mm, addr, &page->pte[pte_index(addr)]);
			ghost { contract_pte_cleared(addr); }
		}
	spin_unlock(&page->ptl);
#ifndef CONFIG_SPF_NO_SEQ_IN_UNMAP
	vm_write_end(vma);
#endif
}

/*
 * free_pgtables() and tlb_finish_mmu(). The page-table pages can go when no VMA is left above them. Before they are freed, every CPU that may
 * be walking them is interrupted: with interrupts off, a walk keeps the pages alive. Only the CPU that faults does that here.
 */
static void free_pgtables(struct vm_area_struct *vma, bool is_last)
{
	/* not needed here (no lock): it is for unlink_anon_vmas(), which is left out */
	vm_write_begin(vma);
	/* unlink_anon_vmas() */
	vm_write_end(vma);
#ifdef CONFIG_PGTABLES_FREED
	if (is_last) {
		struct pmd_page *pmd_page = (struct pmd_page *)__entry_table(mm.pud);
		struct pte_page *pte_page = (struct pte_page *)__entry_table(pmd_page->pmd);

		/* not needed here (swapped): who has come by either has interrupts off, and that is waited for below */
		WRITE_ONCE(pmd_page->pmd, __pte(0));
		WRITE_ONCE(mm.pud, __pte(0));
		ipi_flush(0, 0, 0, 0);
		ipi_wait();
		ghost { contract_pte_page_freed(pte_page); }
		/* not needed here (swapped): nobody has either page any more */
		kfree(pte_page);
		kfree(pmd_page);
	}
#endif
}

/* munmap(start, end - start) inside one VMA, from the start or up to its end. */
void do_munmap(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	bool is_whole = start == vma->vm_start;

	down_write(&mm.mmap_sem);
	ghost { contract_writer_enters(); }
	if (!is_whole)
		vma = __split_vma(vma, start);
	/* not needed here (swapped): the caches of single VMAs are for who has mmap_sem */
	__vma_rb_erase(vma);
	/* not needed here (swapped): the caches of single VMAs are for who has mmap_sem */
	vmacache_invalidate();
	unmap_page_range(vma, start, end);
	free_pgtables(vma, is_whole);
	/* not needed here (swapped): neither tree nor cache lead to the VMA, so that nobody who gets mmap_sem finds it */
	put_base(vma);
	up_write(&mm.mmap_sem);
	ghost { contract_at_rest(); }
}

/* The write protection of what is mapped. */
static void change_protection(unsigned long start, unsigned long end)
{
	struct pte_page *page = (struct pte_page *)__entry_table(((struct pmd_page *)__entry_table(mm.pud))->pmd);
	unsigned long addr;

	spin_lock(&page->ptl);
	for (addr = start; addr < end; addr++) {
		pte_t pte = has_pte(addr) ? ptep_get(&page->pte[pte_index(addr)]) : __pte(0);

		if (pte_present(pte))
			set_pte(&page->pte[pte_index(addr)], pte_wrprotect(pte));
	}
	spin_unlock(&page->ptl);
}

/*
 * mprotect(PROT_READ) of a VMA whose lower neighbour is read-only: that one grows over it, and it goes (__vma_adjust() with
 * remove_next).
 */
void mprotect_merge(struct vm_area_struct *prev, struct vm_area_struct *vma)
{
	unsigned long start = vma->vm_start;
	unsigned long end = vma->vm_end;

	down_write(&mm.mmap_sem);
	ghost { contract_writer_enters(); }
	/* not needed here (no lock): prev only grows. Who has read its old end gives up; by the new one it may be mapped, as prev says
	 * not needed here (swapped): two numbers of two VMAs */
	vm_write_begin(prev);
	/* not needed here (no lock, swapped): the mark of the erased node says so, too; see no-sequence */
	vm_write_begin(vma);
	/* not needed here (swapped): page 3 is in both VMAs then, and is found in one of them; the other is erased, and marked before its PTEs change */
	__vma_rb_erase(vma);
	/* not needed here (swapped): until then page 3 is in no VMA, and its fault is done again with mmap_sem; the number of the erased one is for nobody who sees its mark */
	WRITE_ONCE(prev->vm_end, end);
	ghost { contract_tree_changed(); }
	/* anon_vma_merge() */
	vm_write_end(vma);
	/* not needed here (swapped): of two VMAs */
	put_base(vma);
	/* not needed here (swapped): the caches of single VMAs are for who has mmap_sem */
	vm_write_end(prev);
	/* not needed here (swapped): the caches of single VMAs are for who has mmap_sem */
	vmacache_invalidate();
	change_protection(start, end);
	up_write(&mm.mmap_sem);
	ghost { contract_at_rest(); }
}

/* mprotect(PROT_READ) of a VMA that stays. */
void mprotect_read_only(struct vm_area_struct *vma)
{
	down_write(&mm.mmap_sem);
	ghost { contract_writer_enters(); }
	/* not needed here (swapped): a fault that has read the old value has read the number before it, and the number changes after it */
	vm_write_begin(vma);
	WRITE_ONCE(vma->vm_write, false);
	/* not needed here (swapped): the section is longer then, and faults give up for longer */
	vm_write_end(vma);
	change_protection(vma->vm_start, vma->vm_end);
	up_write(&mm.mmap_sem);
	ghost { contract_at_rest(); }
}

/*
 * madvise(MADV_DONTNEED): the pages go and the VMA stays. mmap_sem is held shared, so that two of these may be inside at once, and change the sequence
 * number of one VMA without knowing of each other.
 */
void madvise_dontneed(struct vm_area_struct *vma)
{
	down_read(&mm.mmap_sem);
	ghost { contract_zaps(); }
	unmap_page_range(vma, vma->vm_start, vma->vm_end);
	up_read(&mm.mmap_sem);
}

/* A left rotation at the root: a walker between the first and the last of these finds less than there is. */
static void rotate_left_at_root(void)
{
	struct vm_area_struct *top = READ_ONCE(mm.mm_rb);
	struct vm_area_struct *right = READ_ONCE(top->vm_rb.right);

	/* not needed here (unmarked, on srcu srcu-once): the read, of a pointer that only he who changes the tree writes */
	WRITE_ONCE(top->vm_rb.right, READ_ONCE(right->vm_rb.left));
	/* not needed here (swapped, on srcu srcu-once): walks do not follow parents, and look only whether a node is its own */
	WRITE_ONCE(right->vm_rb.left, top);
	/* not needed here (swapped, on srcu srcu-once): walks do not follow parents, and look only whether a node is its own */
	WRITE_ONCE(top->vm_rb.parent, right);
	/* not needed here (swapped, on srcu srcu-once): walks do not follow parents, and look only whether a node is its own */
	WRITE_ONCE(right->vm_rb.parent, NULL);
	WRITE_ONCE(mm.mm_rb, right);
}

/* mmap(): a new VMA at the right end of the tree, which is rebalanced for it. */
void mmap_right_of(struct vm_area_struct *parent, struct vm_area_struct *vma)
{
	/* not needed here (swapped): nobody else has the VMA yet */
	down_write(&mm.mmap_sem);
	ghost { contract_writer_enters(); }
	/* not needed here (swapped): nobody finds the VMA before it is linked, and that comes after both */
	atomic_set(&vma->vm_ref_count, 1);
	/* not needed here (no lock, no call, swapped, on srcu): as in __vma_rb_erase() */
	tree_change_begins();
	/* not needed here (swapped): the tree is the same in the end; until then a walk waits, is repeated, or the fault is done with mmap_sem */
	tree_step(rb_link_node(vma, parent, false));
	tree_step(rotate_left_at_root());
	ghost {
		contract_linked(vma);
		contract_tree_changed();
	}
	/* not needed here (swapped): nobody waits for one of two locks that are dropped with the other held */
	tree_change_ends();
	up_write(&mm.mmap_sem);
	ghost { contract_at_rest(); }
}
