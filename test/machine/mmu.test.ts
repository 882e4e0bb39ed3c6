import { describe, expect, it } from 'vitest';
import { MachineError } from '../../source/machine/machine.ts';
import { fillSpeculatively, speculativeFills, speculativeFillText, walkTables } from '../../source/machine/mmu.ts';
import { makeEntry } from '../../source/machine/page-table-entry.ts';
import { pointerStride } from '../../source/machine/state.ts';
import { entryChanged } from '../../source/machine/tlb.ts';
import { Bench, tableLayout, testProgram } from './plain-store.ts';

const page = 4096;
const present = 1;
const write = 2;
const accessed = 4;
const dirty = 8;
const leaf = 16;

/** Two levels: a root of 2 entries over tables of 4. The space `kernel` begins at page 16; `A` is its first 8 pages. */
function setUp() {
	const bench = new Bench(testProgram({ layouts: [tableLayout(2), tableLayout(4)], texts: ['', 'kernel', 'A'] }), {
		tableSizes: [2, 4],
	});
	const root = bench.add(0, { name: 'root' });
	const table = bench.add(1, { name: 'T1' });
	const base = 16 * page;
	const space = bench.run(0, 'mmu_define_space', root, base, 1);
	bench.run(0, 'name_range', space, base, base + 8 * page, 2);
	const set = (pointer: number, entry: number) => {
		const [object, cell] = [Math.floor(pointer / pointerStride), pointer % pointerStride];
		const before = bench.store.cell(object, cell);
		bench.store.setCell(object, cell, entry);
		entryChanged(bench.store, pointer, before, entry, bench.stamp(0));
	};
	const get = (pointer: number) => bench.store.cell(Math.floor(pointer / pointerStride), pointer % pointerStride);
	const frameWord = (frame: number, word: number) => bench.run(0, 'frame_write', frame, word);
	set(root, bench.run(0, '__table_entry', table));
	set(table + 2, makeEntry(3, present | write));
	frameWord(3, 333);
	return { bench, root, table, base, space, set, get, frameWord };
}

describe('a walk of the tables', () => {
	it('finds the leaf, and the entries that lead to it', () => {
		const { bench, root, table, base, space } = setUp();
		expect(walkTables(bench.store, space, base + 2 * page + 7)).toEqual({
			kind: 'mapped',
			translation: { entry: makeEntry(3, 3), path: [root, table + 2], page: 18, pages: 1, frame: 3 },
		});
		expect(bench.run(0, 'mmu_walk', space, base + 2 * page)).toBe(makeEntry(3, 3));
	});

	it('finds nothing where an entry is missing or the space does not reach', () => {
		const { bench, base, space } = setUp();
		for (const address of [base, base + 4 * page, base - 1, base + 8 * page, -page, 0]) {
			expect(walkTables(bench.store, space, address)).toEqual({ kind: 'none' });
		}
	});

	it('reaches spaces in the upper half of the addresses', () => {
		const { bench, root } = setUp();
		const base = -64 * page;
		const space = bench.run(0, 'mmu_define_space', root, base, 1);
		expect(walkTables(bench.store, space, base + 2 * page)).toMatchObject({
			kind: 'mapped',
			translation: { page: -62, frame: 3 },
		});
		expect(walkTables(bench.store, space, base - page).kind).toBe('none');
		expect(walkTables(bench.store, space, 2 * page).kind).toBe('none');
	});

	it('takes a leaf at an upper level for all pages below it', () => {
		const { bench, root, base, space, set } = setUp();
		set(root + 1, makeEntry(5, present | leaf));
		expect(walkTables(bench.store, space, base + 6 * page)).toMatchObject({
			translation: { page: 20, pages: 4, frame: 5 },
		});
	});

	it('is wild in a freed table and in what is no table', () => {
		const { bench, root, table, base, space, set } = setUp();
		set(root + 1, makeEntry(77, present));
		expect(walkTables(bench.store, space, base + 5 * page)).toEqual({ kind: 'wild', table: 77 * pointerStride });
		bench.run(0, 'kfree', table);
		expect(walkTables(bench.store, space, base)).toEqual({ kind: 'wild', table });
	});
});

describe('a load', () => {
	it('walks and fills at first, and hits after that', () => {
		const { bench, base, space } = setUp();
		expect(bench.run(1, 'mmu_load', space, base + 2 * page)).toBe(333);
		expect(bench.lastEvent()).toBe('TLB fill A+2 -> P3 on CPU1');
		expect(bench.run(1, 'mmu_load', space, base + 2 * page)).toBe(333);
		expect(bench.lastEvent()).toBe('TLB hit A+2 -> P3');
		expect(bench.store.costs).toMatchObject({ 'TLB fills': 1, 'TLB hits': 1 });
		expect([bench.store.tlb(0).length, bench.store.tlb(1).length]).toEqual([0, 1]);
	});

	it('sets accessed, not dirty, and makes nothing stale by it', () => {
		const { bench, table, base, space, get } = setUp();
		bench.run(0, 'mmu_load', space, base + 2 * page);
		bench.run(1, 'mmu_load', space, base + 2 * page);
		expect(get(table + 2)).toBe(makeEntry(3, present | write | accessed));
		expect(bench.run(0, 'tlb_is_stale', 0, 0)).toBe(0);
	});

	it('uses what the TLB has when the tables no longer say so', () => {
		const { bench, table, base, space, set, frameWord } = setUp();
		bench.run(1, 'mmu_load', space, base + 2 * page);
		set(table + 2, 0);
		frameWord(3, 444);
		expect(bench.run(1, 'mmu_load', space, base + 2 * page)).toBe(444);
		expect(bench.lastEvent()).toBe('TLB hit A+2 -> P3 (stale)');
		expect(bench.run(0, 'mmu_load', space, base + 2 * page)).toBe(-14);
		expect(bench.lastEvent()).toBe('load A+2: fault, the page is not mapped');
		expect(bench.takeReports()).toEqual([]);
	});

	it('through a freed table is reported and faults', () => {
		const { bench, table, base, space } = setUp();
		bench.run(0, 'kfree', table);
		expect(bench.run(1, 'mmu_load', space, base + 2 * page)).toBe(-14);
		expect(bench.observer.reports).toMatchObject([
			{ kind: 'wild-walk', severity: 'violation', title: 'CPU1 walks through a freed page table, T1, for A+2' },
		]);
		expect(bench.observer.reports[0]?.details.join()).toContain('freed at');
	});

	it('of a large page reads the frame of the page', () => {
		const { bench, root, base, space, set, frameWord } = setUp();
		set(root + 1, makeEntry(5, present | leaf));
		frameWord(7, 777);
		expect(bench.run(0, 'mmu_load', space, base + 6 * page)).toBe(777);
		expect(bench.store.tlb(0)).toMatchObject([{ page: 20, pages: 4, frame: 5 }]);
		expect(bench.run(0, 'tlb_lookup', 0, space, base + 7 * page)).toBe(0);
	});

	it('by an RCU callback goes through the TLB of CPU 0', () => {
		const { bench, base, space } = setUp();
		bench.run(2, 'mmu_load', space, base + 2 * page);
		expect(bench.store.tlb(0)).toHaveLength(1);
	});

	it('in a space that is not there is a mistake of the model', () => {
		const { bench } = setUp();
		expect(() => bench.run(0, 'mmu_load', 9, 0)).toThrow(MachineError);
		expect(() => bench.run(0, 'mmu_load', 9, 0)).toThrow('test.c:12:3: there is no address space 9');
	});

	it('of a frame that is not there is reported', () => {
		const { bench, table, base, space, set } = setUp();
		set(table + 1, makeEntry(99, present));
		bench.run(0, 'mmu_load', space, base + page);
		expect(bench.takeReports()).toEqual(['garbage-mapping: A+1 is mapped to P99, and there is no such frame']);
	});
});

describe('a store', () => {
	it('writes the frame and sets accessed and dirty', () => {
		const { bench, table, base, space, get } = setUp();
		expect(bench.run(0, 'mmu_store', space, base + 2 * page, 5)).toBe(0);
		expect(bench.store.frame(3)?.word).toBe(5);
		expect(get(table + 2)).toBe(makeEntry(3, present | write | accessed | dirty));
		expect(bench.store.tlb(0)).toMatchObject([{ dirty: true, writable: true }]);
	});

	it('through a read-only entry goes back to the tables, and faults if they agree', () => {
		const { bench, table, base, space, set } = setUp();
		set(table + 2, makeEntry(3, present));
		bench.run(0, 'mmu_load', space, base + 2 * page);
		expect(bench.run(0, 'mmu_store', space, base + 2 * page, 5)).toBe(-14);
		expect(bench.lastEvent()).toBe('store A+2: fault, the page is read-only');
		expect(bench.store.frame(3)?.word).toBe(333);
		set(table + 2, makeEntry(3, present | write));
		expect(bench.run(0, 'mmu_store', space, base + 2 * page, 5)).toBe(0);
	});

	it('through a clean entry sets dirty in the table if the translation stands', () => {
		const { bench, table, base, space, get } = setUp();
		bench.run(0, 'mmu_load', space, base + 2 * page);
		const filled = bench.store.tlb(0)[0]?.filled;
		bench.run(0, 'mmu_store', space, base + 2 * page, 5);
		expect(get(table + 2)).toBe(makeEntry(3, present | write | accessed | dirty));
		// The same entry, not a new one.
		expect(bench.store.tlb(0)).toMatchObject([{ dirty: true, filled }]);
	});

	it('through a clean entry whose table entry is gone faults; through a dirty one it goes through', () => {
		const { bench, table, base, space, set } = setUp();
		bench.run(0, 'mmu_load', space, base + 2 * page);
		bench.run(1, 'mmu_store', space, base + 2 * page, 1);
		set(table + 2, 0);
		expect(bench.run(0, 'mmu_store', space, base + 2 * page, 5)).toBe(-14);
		expect(bench.store.tlb(0)).toEqual([]);
		expect(bench.run(1, 'mmu_store', space, base + 2 * page, 5)).toBe(0);
		expect(bench.lastEvent()).toBe('TLB hit A+2 -> P3 (stale)');
		expect(bench.store.frame(3)?.word).toBe(5);
	});

	it('through a stale entry whose page is mapped to the same frame again makes a new entry', () => {
		const { bench, table, base, space, set } = setUp();
		bench.run(0, 'mmu_load', space, base + 2 * page);
		bench.run(0, 'tlb_set_mark', 0, 0, 9);
		set(table + 2, 0);
		set(table + 2, makeEntry(3, present | write));
		const now = bench.store.clock;
		bench.run(0, 'mmu_store', space, base + 2 * page, 5);
		expect(bench.store.tlb(0)).toMatchObject([{ stale: false, mark: 0, filled: { step: now } }]);
	});

	it('through a clean entry that is mapped elsewhere now goes there', () => {
		const { bench, table, base, space, set } = setUp();
		bench.run(0, 'mmu_load', space, base + 2 * page);
		set(table + 2, makeEntry(4, present | write));
		bench.run(0, 'mmu_store', space, base + 2 * page, 5);
		expect([bench.store.frame(3)?.word, bench.store.frame(4)?.word]).toEqual([333, 5]);
		expect(bench.store.tlb(0)).toMatchObject([{ frame: 4, stale: false }]);
	});
});

describe('filling a TLB', () => {
	it('on purpose caches what is mapped and says whether it is', () => {
		const { bench, base, space } = setUp();
		expect(bench.run(0, 'tlb_fill', 1, space, base + 2 * page)).toBe(1);
		expect(bench.run(0, 'tlb_fill', 1, space, base + page)).toBe(0);
		expect(bench.store.tlb(1)).toMatchObject([{ page: 18, frame: 3, dirty: false }]);
	});

	it('leaves a stale entry alone', () => {
		const { bench, table, base, space, set } = setUp();
		bench.run(0, 'tlb_fill', 1, space, base + 2 * page);
		set(table + 2, makeEntry(4, present));
		expect(bench.run(0, 'tlb_fill', 1, space, base + 2 * page)).toBe(1);
		expect(bench.store.tlb(1)).toMatchObject([{ frame: 3, stale: true }]);
	});

	it('by speculation offers what is present and not cached', () => {
		const { bench, root, table, space, set } = setUp();
		set(table, makeEntry(1, present));
		set(root + 1, makeEntry(5, present | leaf));
		const offers = speculativeFills(bench.store, 1);
		expect(offers.map((offer) => speculativeFillText(bench.store, offer))).toEqual([
			'caches A+0 -> P1',
			'caches A+2 -> P3',
			'caches A+4 -> P5',
		]);
		const [, second] = offers;
		if (second === undefined) throw new Error('no second offer');
		fillSpeculatively(bench.store, bench.observer, 1, second, bench.stamp(1));
		expect(bench.store.tlb(1)).toMatchObject([{ space, page: 18, frame: 3 }]);
		expect(speculativeFills(bench.store, 1)).toHaveLength(2);
		expect(speculativeFills(bench.store, 0)).toHaveLength(3);
	});

	it('by speculation never takes what is not present, and does not follow freed tables', () => {
		const { bench, table, set } = setUp();
		set(table + 2, makeEntry(3, write));
		expect(speculativeFills(bench.store, 0)).toEqual([]);
		set(table + 2, makeEntry(3, present));
		bench.run(0, 'kfree', table);
		expect(speculativeFills(bench.store, 0)).toEqual([]);
	});
});

describe('address spaces', () => {
	it('need a root that is a table of the root level', () => {
		const { bench, table } = setUp();
		const small = new Bench(testProgram({ layouts: [tableLayout(2)] }), { tableSizes: [4] });
		const tooSmall = small.add(0);
		expect(() => small.run(0, 'mmu_define_space', tooSmall, 0, 0)).toThrow('begins with 4 page-table entries');
		expect(() => bench.run(0, 'mmu_define_space', 0, 0, 0)).toThrow(MachineError);
		expect(() => bench.run(0, 'mmu_define_space', table, 5, 0)).toThrow('inside a page');
	});

	it('are no more than anybody needs', () => {
		const { bench, root } = setUp();
		expect(() => {
			for (let i = 0; i < 1000; i++) bench.run(0, 'mmu_define_space', root, 0, 0);
		}).toThrow('more than 64 address spaces');
	});

	it('have tables that entries lead to and back', () => {
		const { bench, table } = setUp();
		const entry = bench.run(0, '__table_entry', table);
		expect(bench.run(0, '__entry_table', entry)).toBe(table);
		expect(bench.run(0, '__entry_table', 0)).toBe(0);
		expect(bench.run(0, '__entry_table', makeEntry(3, present | leaf))).toBe(0);
		expect(bench.run(0, '__table_entry', 0)).toBe(0);
	});
});
