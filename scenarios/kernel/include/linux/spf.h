/*
 * A process's VMAs in their tree, and two pages of page table, for the speculative page fault. Between mm/spf.c, mm/spf-mmap.c, their
 * contract and the programs.
 *
 * Addresses are page numbers. The PTE page covers the two pages from USER_START on, where V is; its neighbours have page tables of
 * their own, which nobody touches.
 */
#ifndef _LINUX_SPF_H
#define _LINUX_SPF_H

#include <linux/kernel.h>
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/pgtable.h>
#include <linux/rcupdate.h>
#include <linux/rwsem.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#define USER_START	2UL
#define USER_PAGES	2
#define pte_index(addr)	((addr) - USER_START)
/* Whether the PTE page covers the page; else its PTE is in a page that nobody touches. */
#define has_pte(addr)	((addr) >= USER_START && (addr) < USER_START + USER_PAGES)

struct vm_area_struct;

/* The tree of VMAs, without colours. A node whose parent is itself is empty (RB_EMPTY_NODE). */
struct rb_node {
	struct vm_area_struct *left;
	struct vm_area_struct *right;
	struct vm_area_struct *parent;
};

struct vm_area_struct {
	unsigned long vm_start;
	unsigned long vm_end;
	bool vm_write;			/* VM_WRITE in vm_flags, and with it vm_page_prot */
	unsigned int vm_sequence;
	atomic_t vm_ref_count;
	struct rb_node vm_rb;
	struct rcu_head vm_rcu;
};

struct pte_page {
	pte_t pte[USER_PAGES];
	spinlock_t ptl;
};

struct pmd_page {
	pmd_t pmd;
};

struct mm_struct {
	struct rw_semaphore mmap_sem;
	rwlock_t mm_rb_lock;
	struct vm_area_struct *mm_rb;
	unsigned int mm_seq;		/* with CONFIG_SPF_SRCU: changes of the tree */
	unsigned int vmacache_seqnum;
	pud_t pud;
};

/* One VMA that a task found lately; good as long as the numbers agree. */
struct vmacache {
	unsigned int seqnum;
	struct vm_area_struct *vma;
};

extern struct mm_struct mm;
extern struct vmacache vmacache;	/* of the task that faults */

#define RB_EMPTY_NODE(vma)	(READ_ONCE((vma)->vm_rb.parent) == (vma))

/*
 * Without mm_rb_lock every pointer of the tree is read and written in a step of its own. With it, nobody sees a change half done, and a whole walk
 * or change is one step.
 */
#ifdef CONFIG_SPF_RB_LOCK
#define tree_step(statement)	atomic { statement; ghost { contract_tree_step(); } }
#else
#define tree_step(statement)	statement
#endif

/* mm/spf-mmap.c */
struct vm_area_struct *__find_vma(unsigned long addr);
struct vm_area_struct *find_vma(unsigned long addr);
struct vm_area_struct *get_vma(unsigned long addr);
void put_vma(struct vm_area_struct *vma);
void __vma_link_rb(struct vm_area_struct *vma, struct vm_area_struct *parent, bool is_left);
void do_munmap(struct vm_area_struct *vma, unsigned long start, unsigned long end);
void mprotect_merge(struct vm_area_struct *prev, struct vm_area_struct *vma);
void mprotect_read_only(struct vm_area_struct *vma);
void mmap_right_of(struct vm_area_struct *parent, struct vm_area_struct *vma);
void madvise_dontneed(struct vm_area_struct *vma);

/* mm/spf.c */
void handle_mm_fault(unsigned long addr);

/* mm/spf-contract.c: ghost code. */
void contract_vma(struct vm_area_struct *vma, text name);
void contract_linked(struct vm_area_struct *vma);
void contract_unlinked(struct vm_area_struct *vma);
void contract_taken(struct vm_area_struct *vma, int old);
void contract_put(struct vm_area_struct *vma);
void contract_base_put(struct vm_area_struct *vma);
void contract_freed(struct vm_area_struct *vma);
void contract_writer(struct vm_area_struct *vma, int change);
void contract_fault_begins(unsigned long addr);
void contract_walk_begins(unsigned long addr);
void contract_walk_ends(struct vm_area_struct *found);
void contract_tree_changed(void);
void contract_tree_step(void);
void contract_pte_set(unsigned long addr);
void contract_pte_cleared(unsigned long addr);
void contract_writer_enters(void);
void contract_at_rest(void);
void contract_zaps(void);
void contract_pte_page_freed(struct pte_page *page);
void contract_fault_step(text step);
void contract_gives_up(text reason);
void contract_snapshot(struct vm_area_struct *vma, unsigned int sequence);
void contract_bounds(unsigned long start, unsigned long end, bool write);

#endif
