/*
 * The tree of VMAs as a drawing: what hangs below mm_rb by the pointers that are in memory, whatever they lead to, and apart from it
 * the VMAs that are not reached any more. Beside mm/spf-contract.c.
 */
#include <linux/spf.h>

#define MAX_VMAS	5

extern __ghost struct vm_area_struct *known[MAX_VMAS];
extern __ghost text vma_name[MAX_VMAS];
extern __ghost int nr_known;
extern __ghost bool linked[MAX_VMAS];
extern __ghost bool freed[MAX_VMAS];

__view void vma_tree(void)
{
	int number;

	view_row("mm_rb");
	view_node(&mm);
	view_child("root", mm.mm_rb);
	for (number = 0; number < nr_known; number++) {
		struct vm_area_struct *vma = known[number];

		view_row("%s", vma_name[number]);
		view_node(vma);
		if (freed[number]) {
			view_badge("bad", "FREED");
			continue;
		}
		view_field("", "[%d,%d)", vma->vm_start, vma->vm_end);
		if (!linked[number])
			view_badge("lazy", "unlinked");
		if (vma->vm_rb.parent == vma)
			view_badge("dirty", "empty");
		view_child("left", vma->vm_rb.left);
		view_child("right", vma->vm_rb.right);
	}
}
