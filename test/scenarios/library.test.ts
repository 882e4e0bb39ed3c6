import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileModel } from '../../source/language/compile.ts';
import type { Machine } from '../../source/machine/machine.ts';
import { initialState } from '../../source/machine/step.ts';
import { libraryFolder } from '../../source/scenario/bundled.ts';

const headers = readdirSync(join(libraryFolder(), 'include'), { recursive: true, encoding: 'utf8' })
	.filter((name) => name.endsWith('.h'))
	.sort();

const config = {
	NR_CPUS: '2',
	NR_FRAMES: '4',
	PAGE_SIZE: '4096',
	PGTABLE_LEVELS: '1',
	PTRS_PER_TABLE_0: '12',
	PTRS_PER_TABLE_1: '4',
	PTRS_PER_TABLE_2: '4',
	PTRS_PER_TABLE_3: '4',
};

/** A machine whose set-up is the text's `check`. */
function machineOf(text: string): Machine {
	const program = compileModel({
		files: ['check.c'],
		config,
		read: (path) => {
			if (path === 'check.c') return text;
			if (!path.startsWith('kernel/')) return null;
			try {
				return readFileSync(join(libraryFolder(), path.slice('kernel/'.length)), 'utf8');
			} catch {
				return null;
			}
		},
	});
	return {
		program,
		configuration: {
			cpus: 2,
			frames: 4,
			tableSizes: [12],
			pageSize: 4096,
			rcu: 'preemptible',
			fill: 'explicit',
			memoryModel: 'sc',
			maxInstructions: 100_000,
			maxStackDepth: 30,
			maxObjects: 100,
		},
		setup: 'check',
		entries: [null, null],
		mutedKinds: [],
	};
}

/** Runs statements at the start of time; returns what was reported. A wrong result is a failed assert. */
function complaints(includes: readonly string[], declarations: string, body: string): string[] {
	const text = `${includes.map((name) => `#include <${name}>`).join('\n')}\n${declarations}\nvoid check(void)\n{\n${body}\n}\n`;
	return initialState(machineOf(text)).violations.map(({ kind, title }) => `${kind}: ${title}`);
}

describe('the model library', () => {
	it.each(headers)('%s compiles on its own', (header) => {
		expect(complaints([header], '', '')).toEqual([]);
	});

	it('reports a failed assert, so that the checks below can fail', () => {
		expect(complaints(['linux/bug.h'], '', 'assert(1 == 2);')).toEqual(['assertion: assert(1 == 2)']);
		expect(() => complaints(['linux/bug.h'], '', 'BUG_ON(2 > 1);')).toThrow('BUG_ON(2 > 1)');
	});

	it('has min, max and their kin', () => {
		const body = `
	unsigned long zero = 0;

	assert(min(3, 4) == 3 && max(3, 4) == 4 && min(max(1, 2), 5) == 2);
	assert(min(zero, ULONG_MAX) == 0 && max(zero, ULONG_MAX) == ULONG_MAX);
	assert(min_t(int, 7, 6) == 6 && clamp(9, 1, 5) == 5);
	assert(ALIGN(5, 4) == 8 && ALIGN_DOWN(5, 4) == 4 && DIV_ROUND_UP(5, 4) == 2 && roundup(7, 5) == 10);
	assert(BIT(3) == 8 && GENMASK(3, 1) == 14);`;
		expect(complaints(['linux/kernel.h', 'linux/bug.h'], '', body)).toEqual([]);
	});

	it('has lists that hold what was put in, in order, forwards and backwards', () => {
		const declarations = `
struct item {
	int value;
	struct list_head link;
};
LIST_HEAD(items);
LIST_HEAD(others);
struct item a = { 1 }, b = { 2 }, c = { 3 };

int digits(struct list_head *head)
{
	struct item *item;
	int forwards = 0, backwards = 0, unit = 1;
	struct list_head *at;

	list_for_each_entry(item, head, link)
		forwards = forwards * 10 + item->value;
	for (at = head->prev; at != head; at = at->prev) {
		backwards += list_entry(at, struct item, link)->value * unit;
		unit *= 10;
	}
	assert(forwards == backwards);
	return forwards;
}`;
		const body = `
	struct item *item, *next;
	int sum = 0;

	assert(list_empty(&items) && digits(&items) == 0);
	list_add(&b.link, &items);
	list_add(&a.link, &items);
	list_add_tail(&c.link, &items);
	assert(digits(&items) == 123);
	assert(list_first_entry(&items, struct item, link) == &a && list_last_entry(&items, struct item, link) == &c);
	list_del(&b.link);
	assert(digits(&items) == 13);
	list_add_tail_rcu(&b.link, &items);
	assert(digits(&items) == 132);
	list_del_rcu(&c.link);
	assert(digits(&items) == 12 && c.link.next == &b.link);
	list_add_rcu(&c.link, &items);
	assert(digits(&items) == 312);
	list_splice_init(&items, &others);
	assert(list_empty(&items) && digits(&others) == 312);
	list_splice_init(&items, &others);
	assert(digits(&others) == 312);
	rcu_read_lock();
	list_for_each_entry_rcu(item, &others, link)
		sum += item->value;
	rcu_read_unlock();
	assert(sum == 6);
	list_for_each_entry_safe(item, next, &others, link)
		list_del_init(&item->link);
	assert(list_empty(&others) && list_empty(&a.link));`;
		expect(complaints(['linux/list.h', 'linux/bug.h'], declarations, body)).toEqual([]);
	});

	it('has xarrays', () => {
		const body = `
	unsigned long index;
	int *entry;
	int sum = 0;

	assert(!xa_load(&xa, 2));
	assert(xa_insert(&xa, 2, &two, GFP_KERNEL) == 0 && xa_insert(&xa, 2, &three, GFP_KERNEL) == -EBUSY);
	assert(xa_insert(&xa, 0, &three, GFP_KERNEL) == 0 && xa_load(&xa, 2) == &two);
	xa_for_each(&xa, index, entry)
		sum = sum * 100 + (int)index * 10 + *entry;
	assert(sum == 322 && entry == NULL);
	assert(xa_erase(&xa, 0) == &three && xa_erase(&xa, 0) == NULL && !xa_load(&xa, 0));
	sum = 0;
	xa_for_each(&xa, index, entry) {
		xa_erase(&xa, index);
		sum += *entry;
	}
	assert(sum == 2 && !xa_load(&xa, 2));`;
		const declarations = 'struct xarray xa;\nint two = 2, three = 3;';
		expect(complaints(['linux/xarray.h', 'linux/slab.h', 'linux/bug.h'], declarations, body)).toEqual([]);
	});

	it('has atomics, bits and reference counts', () => {
		const declarations = `
atomic_t n = ATOMIC_INIT(5);
atomic_long_t l;
refcount_t r = REFCOUNT_INIT(1);
unsigned long flags;
int cell = 3;`;
		const body = `
	int old = 3;

	atomic_inc(&n);
	atomic_sub(2, &n);
	assert(atomic_read(&n) == 4 && atomic_add_return(3, &n) == 7 && !atomic_dec_and_test(&n));
	assert(atomic_cmpxchg(&n, 6, 1) == 6 && atomic_cmpxchg(&n, 6, 2) == 1 && atomic_dec_and_test(&n));
	assert(!atomic_inc_not_zero(&n) && atomic_add_unless(&n, 4, 1) && atomic_xchg(&n, 9) == 4);
	assert(atomic_add_negative(-10, &n));
	atomic_long_add(4, &l);
	assert(atomic_long_sub_return(1, &l) == 3 && atomic_long_read(&l) == 3);
	assert(xchg(&cell, 8) == 3 && cmpxchg(&cell, 3, 1) == 8 && cell == 8);
	assert(!try_cmpxchg(&cell, &old, 1) && old == 8 && try_cmpxchg(&cell, &old, 1) && cell == 1);
	assert(!test_and_set_bit(3, &flags) && test_and_set_bit(3, &flags) && test_bit(3, &flags));
	set_bit(0, &flags);
	clear_bit(3, &flags);
	assert(flags == 1 && test_and_clear_bit(0, &flags) && flags == 0);
	refcount_inc(&r);
	assert(refcount_inc_not_zero(&r) && refcount_read(&r) == 3);
	assert(!refcount_dec_and_test(&r) && !refcount_dec_and_test(&r) && refcount_dec_and_test(&r));
	assert(!refcount_inc_not_zero(&r));`;
		const includes = ['linux/atomic.h', 'linux/bitops.h', 'linux/refcount.h', 'linux/bug.h'];
		expect(complaints(includes, declarations, body)).toEqual([]);
		const misuse = complaints(includes, declarations, 'refcount_dec_and_test(&r);\n\trefcount_inc(&r);');
		expect(misuse).toEqual(['assertion: refcount_inc() of an object without references: use after free']);
	});

	it('has page-table entries as the MMU reads them', () => {
		const declarations = 'struct table { pte_t pte[PTRS_PER_TABLE_0]; };\nstruct table table;';
		const body = `
	int space = mmu_define_space(&table, 0x10000, "kernel");
	unsigned long frame = frame_alloc("test");
	pte_t *ptep = &table.pte[2];
	pte_t pte;

	assert(pte_none(ptep_get(ptep)) && mmu_load(space, 0x12000) == -EFAULT);
	set_pte_at(&init_mm, 0x12000, ptep, pfn_pte(frame, PAGE_KERNEL));
	frame_write(frame, 77);
	pte = ptep_get(ptep);
	assert(pte_present(pte) && pte_write(pte) && pte_young(pte) && pte_dirty(pte) && pte_pfn(pte) == frame);
	assert(!pte_write(pte_wrprotect(pte)) && !pte_dirty(pte_mkclean(pte)) && pte_same(pte, mmu_walk(space, 0x12000)));
	assert(mmu_load(space, 0x12000) == 77 && tlb_frame(0, 0) == frame && !tlb_is_stale(0, 0));
	assert(pte_same(ptep_get_and_clear(&init_mm, 0x12000, ptep), pte) && tlb_is_stale(0, 0));
	pte_clear(&init_mm, 0x12000, ptep);
	assert(pte_none(*ptep));`;
		expect(complaints(['linux/pgtable.h', 'linux/errno.h', 'linux/bug.h'], declarations, body)).toEqual([]);
	});

	it('notices a lock that is not held, where one is asked for', () => {
		const declarations = 'DEFINE_SPINLOCK(lock);\nint *pointer;';
		const includes = ['linux/spinlock.h', 'linux/rcupdate.h', 'linux/bug.h'];
		const held = 'spin_lock(&lock);\n\tlockdep_assert_held(&lock);\n\tspin_unlock(&lock);';
		expect(complaints(includes, declarations, held)).toEqual([]);
		expect(complaints(includes, declarations, 'lockdep_assert_held(&lock);')).toEqual([
			'lock-misuse: lock is not held',
		]);
		expect(complaints(includes, declarations, 'rcu_dereference_check(pointer, false);')).toEqual([
			'lock-misuse: rcu_dereference outside a read section',
		]);
	});
});
