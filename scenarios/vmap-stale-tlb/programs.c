/*
 * Who maps, loads and calls. CPU0 is the one that owns mappings; CPU1 is the other one, whose TLB gets old.
 *
 * X and Y are two mappings of half a block each, so that both together fill block A: X has the pages from A+0, Y those from
 * A+VMAP_MAX_ALLOC. With blocks of 4 pages the frames are: P1, P2 X's; P3, P4 Y's; P5, P6 page cache (nobody touches them);
 * P7, P8 Z's, a mapping that comes later. N is whoever gets a freed frame next.
 *
 * A CPU loads from a mapping only while that is mapped (it says when it is through), except where stray_load() says otherwise.
 */
#include <linux/kernel.h>
#include <linux/bug.h>
#include <linux/percpu.h>
#include <linux/vmalloc.h>
#include <linux/wait.h>
#include <asm/tlbflush.h>

#define HALF	VMAP_MAX_ALLOC
#define FRAME_X	1UL
#define FRAME_Y	(FRAME_X + HALF)
#define FRAME_Z	(FRAME_Y + HALF + 2)

/* Addresses of the mappings, 0 until they are there. */
unsigned long X, Y, Z;
/* CPU1 has used the mapping and will not again. */
struct completion x_used, y_used;
/* CPU0 has come so far. */
struct completion aliases_gone, unmapped;
/* Frames that N got. */
unsigned long N;

static void give_frames(text owner, unsigned long count)
{
	while (count--) {
		unsigned long frame = frame_alloc(owner);

		frame_write(frame, (long)frame * 11);
	}
}

/* Every frame has an owner, nothing is mapped. */
void start_empty(void)
{
	vmalloc_init();
	give_frames("X's caller", HALF);
	give_frames("Y's caller", HALF);
	give_frames("page cache", 2);
	give_frames("Z's caller", HALF);
}

/* X and Y are mapped, and CPU1 has a translation of the first page of each. */
void start_mapped(void)
{
	start_empty();
	X = vm_map_ram(FRAME_X, HALF);
	Y = vm_map_ram(FRAME_Y, HALF);
	tlb_fill(1, init_space, X);
	tlb_fill(1, init_space, Y);
}

static void free_frames(unsigned long frame, unsigned long count)
{
	while (count--)
		frame_free(frame++);
}

/*
 * Y is unmapped; its frames are free, and the first is N's. This is the moment before line 4 of mail 13: all of A is handed
 * out, so it is on no free list; X is in use, so it is not on the purge list; and CPU1 has a translation of Y's first page.
 */
void start_y_unmapped(void)
{
	start_mapped();
	vm_unmap_ram(Y, HALF);
	free_frames(FRAME_Y, HALF);
	N = frame_alloc("N");
}

/* The same, but the one who looked into the mappings is CPU0, the caller itself. */
void start_own_tlb(void)
{
	start_empty();
	X = vm_map_ram(FRAME_X, HALF);
	Y = vm_map_ram(FRAME_Y, HALF);
	tlb_fill(0, init_space, Y);
	vm_unmap_ram(Y, HALF);
	free_frames(FRAME_Y, HALF);
	N = frame_alloc("N");
}

/* X only, and unmapped again: an idle block with free and dirty pages on CPU0's free list. */
void start_idle(void)
{
	start_empty();
	X = vm_map_ram(FRAME_X, HALF);
	tlb_fill(1, init_space, X);
	vm_unmap_ram(X, HALF);
}

/* Likewise, with one dirty page. */
void start_idle_page(void)
{
	start_empty();
	X = vm_map_ram(FRAME_X, 1);
	tlb_fill(1, init_space, X);
	vm_unmap_ram(X, 1);
}

/* X, and two mappings of one page, Y and Z. */
void start_three(void)
{
	start_empty();
	X = vm_map_ram(FRAME_X, HALF);
	Y = vm_map_ram(FRAME_Y, 1);
	Z = vm_map_ram(FRAME_Y + 1, 1);
	tlb_fill(1, init_space, X);
	tlb_fill(1, init_space, Y);
	tlb_fill(1, init_space, Z);
}

/*
 * The commit message: all of A is mapped but its last page (W, in two requests, frames P2 and up; the commit message does not
 * say what keeps the block alive, so this does), and x's frame P1 waits to be mapped there.
 */
void start_one_page_left(void)
{
	vmalloc_init();
	give_frames("x's caller", 1);
	give_frames("W's caller", VMAP_BBMAP_BITS - 1);
	vm_map_ram(2, HALF);
	vm_map_ram(2 + HALF, HALF - 1);
}

/*
 * Blocks of 8: A is dirty in [4, 7), C in [0, 2), B between them is in use. A and C have free pages, so every walker meets
 * them.
 */
void start_far_apart(void)
{
	unsigned long w;

	start_empty();
	X = vm_map_ram(FRAME_X, HALF);
	w = vm_map_ram(FRAME_Y, HALF - 1);
	vm_map_ram(FRAME_Y, HALF);
	vm_map_ram(FRAME_Y, HALF);
	Z = vm_map_ram(FRAME_Z, HALF / 2);
	vm_map_ram(FRAME_Z + HALF / 2, HALF / 2);
	vm_unmap_ram(w, HALF - 1);
	vm_unmap_ram(Z, HALF / 2);
}

/*
 * A load that should not be: the page is not mapped any more. A bug, or the CPU by itself, speculating. It shows what a
 * translation that was left behind leads to.
 */
static long stray_load(unsigned long addr)
{
	return kernel_load(addr);
}

/* Program mail: lines 1 to 4 of mail 13, with what is around them. */
void mail_caller(void)
{
	unsigned long x, y;

	x = vm_map_ram(FRAME_X, HALF);
	smp_store_release(&X, x);
	wait_for_completion(&x_used);
	y = vm_map_ram(FRAME_Y, HALF);
	smp_store_release(&Y, y);
	wait_for_completion(&y_used);
	vm_unmap_ram(y, HALF);
	free_frames(FRAME_Y, HALF);
	N = frame_alloc("N");
	vm_unmap_aliases();
}

/* CPU1 uses X and Y once each, while they are mapped. */
void mail_user(void)
{
	wait_event(smp_load_acquire(&X));
	kernel_load(X);
	complete_all(&x_used);
	wait_event(smp_load_acquire(&Y));
	kernel_load(Y);
	complete_all(&y_used);
}

/* Program commit-message: the last free page is mapped, used, unmapped. */
void last_page_caller(void)
{
	unsigned long x;

	x = vm_map_ram(1, 1);
	smp_store_release(&X, x);
	wait_for_completion(&x_used);
	vm_unmap_ram(x, 1);
	frame_free(1);
	N = frame_alloc("N");
	vm_unmap_aliases();
}

void last_page_user(void)
{
	wait_event(smp_load_acquire(&X));
	kernel_load(X);
	complete_all(&x_used);
}

/* Program aliases: line 4 alone, and what a stray load finds afterwards. */
void aliases_caller(void)
{
	vm_unmap_aliases();
	complete_all(&aliases_gone);
}

void stray_loader(void)
{
	wait_for_completion(&aliases_gone);
	stray_load(Y);
}

/* Program again: three calls in a row. */
void again_caller(void)
{
	vm_unmap_aliases();
	vm_unmap_aliases();
	vm_unmap_aliases();
}

/* Program deferred: X goes too, and the worker drains the purge list. */
void deferred_caller(void)
{
	vm_unmap_aliases();
	vm_unmap_ram(X, HALF);
	complete_all(&unmapped);
}

void deferred_worker(void)
{
	wait_for_completion(&unmapped);
	drain_vmap_area_work();
}

/* Program shortcut: X goes too, its frames change hands, and N asks again. */
void shortcut_caller(void)
{
	vm_unmap_aliases();
	vm_unmap_ram(X, HALF);
	free_frames(FRAME_X, HALF);
	N = frame_alloc("N");
	vm_unmap_aliases();
}

/* Program remap: X goes too, and Z is mapped and used. */
void remap_caller(void)
{
	unsigned long z;

	vm_unmap_aliases();
	vm_unmap_ram(X, HALF);
	z = vm_map_ram(FRAME_Z, HALF);
	smp_store_release(&Z, z);
}

void remap_user(void)
{
	wait_event(smp_load_acquire(&Z));
	kernel_load(Z);
}

/* Pieces of concurrent programs. */
void call_aliases(void)
{
	vm_unmap_aliases();
}

void unmap_y(void)
{
	vm_unmap_ram(Y, HALF);
}

void unmap_x(void)
{
	vm_unmap_ram(X, HALF);
}

void map_z(void)
{
	Z = vm_map_ram(FRAME_Z, HALF);
}

void purge(void)
{
	purge_vmap_area_lazy();
}

/* Comes by the free lists, and by the arrays of blocks. */
void purge_and_call(void)
{
	purge_vmap_area_lazy();
	vm_unmap_aliases();
}

/* Program two-unmaps: CPU0 and CPU1 each end one mapping; then CPU0 asks, and X goes. */
void unmap_first_of_two(void)
{
	vm_unmap_ram(Y, 1);
	wait_for_completion(&unmapped);
	vm_unmap_aliases();
	vm_unmap_ram(X, HALF);
}

void unmap_second_of_two(void)
{
	vm_unmap_ram(Z, 1);
	complete_all(&unmapped);
}

/* Program unmap-all: Y, X, then a call. */
void unmap_all_caller(void)
{
	vm_unmap_ram(Y, HALF);
	vm_unmap_ram(X, HALF);
	vm_unmap_aliases();
}

/* Program own-area: vmap(), and a request of more than half a block, have no block. */
void own_area_caller(void)
{
	unsigned long x, y;

	x = vmap(FRAME_X, HALF);
	smp_store_release(&X, x);
	wait_for_completion(&x_used);
	vunmap(x);
	vm_unmap_aliases();

	y = vm_map_ram(FRAME_X, HALF + 1);
	smp_store_release(&Y, y);
	wait_for_completion(&y_used);
	vm_unmap_ram(y, HALF + 1);
	vm_unmap_aliases();
}

/* Program other-list: CPU1 makes a block and leaves it idle with one page free; CPU0 asks. */
void leave_idle_block(void)
{
	unsigned long x = vm_map_ram(FRAME_X, HALF);
	unsigned long y = vm_map_ram(FRAME_Y, HALF - 1);

	vm_unmap_ram(x, HALF);
	vm_unmap_ram(y, HALF - 1);
	complete_all(&unmapped);
}

void aliases_after_unmap(void)
{
	wait_for_completion(&unmapped);
	vm_unmap_aliases();
}

/* Maps, and looks whether what is there is the caller's own page. There must be room. */
static unsigned long map_and_use(unsigned long frame, unsigned long count)
{
	unsigned long addr = vm_map_ram(frame, count);

	BUG_ON(!addr);
	WARN_ON(kernel_load(addr) != (long)frame * 11);
	return addr;
}

/*
 * Program exhausted: A, B and C are handed out to the last page but one, which is too little for the next; then C is idle, and has to
 * be purged for the next; then B is empty, and has to be drained.
 */
void exhaust_caller(void)
{
	unsigned long a, b, c, d;

	WARN_ON(vmap(FRAME_X, VMAP_BBMAP_BITS + 1));
	map_and_use(FRAME_X, HALF);
	map_and_use(FRAME_Y, HALF - 1);
	a = map_and_use(FRAME_X, HALF);
	map_and_use(FRAME_Y, HALF - 1);
	b = map_and_use(FRAME_X, HALF);
	c = map_and_use(FRAME_X, HALF);
	d = map_and_use(FRAME_Y, HALF - 1);
	WARN_ON(vm_map_ram(FRAME_Z, HALF));
	WARN_ON(vmap(FRAME_Z, VMAP_BBMAP_BITS));
	vm_unmap_ram(c, HALF);
	vm_unmap_ram(d, HALF - 1);
	map_and_use(FRAME_Z, HALF);
	vm_unmap_ram(a, HALF);
	vm_unmap_ram(b, HALF);
	map_and_use(FRAME_X, HALF + 1);
}

/* X and Y have areas of their own, and CPU1 has translations of both. */
void start_own_areas(void)
{
	start_empty();
	X = vmap(FRAME_X, HALF);
	Y = vmap(FRAME_Y, HALF);
	tlb_fill(1, init_space, X);
	tlb_fill(1, init_space, Y);
}

/* Program two-own-areas: CPU0 ends one and asks, while CPU1 ends the other. */
void unmap_own_x(void)
{
	vunmap(X);
	vm_unmap_aliases();
}

void unmap_own_y(void)
{
	vunmap(Y);
}

/* A and B were areas of their own and wait for a flush, which is as many pages as may; of block C the second half, Y, is mapped. */
void start_lazy(void)
{
	unsigned long a, b;

	start_empty();
	a = vmap(FRAME_X, VMAP_BBMAP_BITS);
	b = vmap(FRAME_X, VMAP_BBMAP_BITS);
	X = vm_map_ram(FRAME_X, HALF);
	Y = vm_map_ram(FRAME_Y, HALF);
	vm_unmap_ram(X, HALF);
	vunmap(a);
	vunmap(b);
}

/* Program lazy-limit: CPU0 ends the last mapping; the worker still runs for an earlier reason, or has run before. */
void unmap_y_and_tell(void)
{
	vm_unmap_ram(Y, HALF);
	complete_all(&unmapped);
}

void lazy_worker(void)
{
	if (!READ_ONCE(unmapped.done))
		drain_vmap_area_work();
}

/* Program fill-and-purge: CPU0 hands the rest of A out, and ends both mappings, so that A is freed. */
void fill_and_empty(void)
{
	unsigned long y = vm_map_ram(FRAME_Y, HALF);

	vm_unmap_ram(y, HALF);
	vm_unmap_ram(X, HALF);
}

/* X is mapped, in the first half of A. */
void start_half(void)
{
	start_empty();
	X = vm_map_ram(FRAME_X, HALF);
	tlb_fill(1, init_space, X);
}
