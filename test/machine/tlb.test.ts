import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { walkTables } from '../../source/machine/mmu.ts';
import { isWritable, makeEntry } from '../../source/machine/page-table-entry.ts';
import { pointerStride, type TlbEntry } from '../../source/machine/state.ts';
import { entryChanged, findEntry, insertEntry, invalidateRange } from '../../source/machine/tlb.ts';
import { Bench, tableLayout, testProgram } from './plain-store.ts';

const page = 4096;
const present = 1;
const write = 2;
const leaf = 16;

function entry(space: number, first: number, pages = 1): TlbEntry {
	return {
		space,
		page: first,
		pages,
		frame: 1,
		generation: 0,
		writable: false,
		dirty: false,
		path: [],
		stale: false,
		mark: 0,
		filled: { step: 0, context: 0, function: 0, instruction: 0 },
		staleSince: null,
	};
}

/** A single table of 8 entries at address 0. */
function setUp() {
	const bench = new Bench(testProgram({ layouts: [tableLayout(8)], texts: ['', 'A'] }), { tableSizes: [8] });
	const table = bench.add(0);
	const space = bench.run(0, 'mmu_define_space', table, 0, 1);
	bench.run(0, 'name_range', space, 0, 8 * page, 1);
	const set = (index: number, value: number) => {
		const before = bench.store.cell(1, index);
		bench.store.setCell(1, index, value);
		entryChanged(bench.store, table + index, before, value, bench.stamp(0));
		bench.store.clock++;
	};
	return { bench, space, set };
}

describe('the entries of a TLB', () => {
	it('are in order of space, then address, the upper half last', () => {
		const order = [entry(1, 0), entry(0, -5), entry(0, 9), entry(0, 2)].reduce<readonly TlbEntry[]>(insertEntry, []);
		expect(order.map(({ space, page }) => [space, page])).toEqual([
			[0, 2],
			[0, 9],
			[0, -5],
			[1, 0],
		]);
	});

	it('never overlap in one space', () => {
		const entries = [entry(0, 0), entry(0, 3), entry(1, 1), entry(0, 0, 4)].reduce<readonly TlbEntry[]>(
			insertEntry,
			[],
		);
		expect(entries.map(({ space, page, pages }) => [space, page, pages])).toEqual([
			[0, 0, 4],
			[1, 1, 1],
		]);
		expect(findEntry(entries, 0, 3)).toBe(0);
		expect(findEntry(entries, 0, 4)).toBe(-1);
		expect(findEntry(entries, 2, 0)).toBe(-1);
	});
});

describe('invalidating', () => {
	it('drops what overlaps the range, on that CPU and in that space alone', () => {
		const { bench, space, set } = setUp();
		const other = bench.run(0, 'mmu_define_space', pointerStride, 0, 0);
		for (const index of [1, 2, 3]) set(index, makeEntry(index, present));
		for (const index of [1, 2, 3]) for (const cpu of [0, 1]) bench.run(0, 'tlb_fill', cpu, space, index * page);
		bench.run(0, 'tlb_fill', 0, other, 2 * page);
		bench.run(0, 'tlb_invalidate', 0, space, 2 * page, 3 * page);
		expect(bench.lastEvent()).toBe('CPU0 invalidates A+2..A+3: 1 entry dropped');
		expect(bench.store.tlb(0).map((e) => [e.space, e.page])).toEqual([
			[0, 1],
			[0, 3],
			[1, 2],
		]);
		expect(bench.store.tlb(1)).toHaveLength(3);
		bench.run(0, 'tlb_invalidate_everywhere', space, 0, -1);
		expect([bench.store.tlb(0).length, bench.store.tlb(1).length]).toEqual([1, 0]);
		expect(bench.lastEvent()).toMatch(/^every CPU invalidates .*: 5 entries dropped$/);
		expect(bench.store.costs).toMatchObject({ 'TLB invalidations': 3, 'TLB entries dropped': 6 });
	});

	it('drops nothing for an inverted range, as ULONG_MAX..0', () => {
		const { bench, space, set } = setUp();
		set(0, makeEntry(1, present));
		bench.run(0, 'tlb_fill', 0, space, 0);
		expect(invalidateRange(bench.store, bench.observer, 0, space, -1, 0)).toBe(0);
		expect(invalidateRange(bench.store, bench.observer, 0, space, 3 * page, 0)).toBe(0);
	});

	it('drops a large entry that the range touches', () => {
		const { bench } = setUp();
		bench.store.setTlb(0, [entry(0, 0, 4)]);
		expect(invalidateRange(bench.store, bench.observer, 0, 0, 3 * page, 4 * page)).toBe(1);
	});
});

describe('a cached translation', () => {
	const cases: readonly [string, number, number, boolean][] = [
		['cleared', makeEntry(3, present), 0, true],
		['made not present', makeEntry(3, present | write), makeEntry(3, write), true],
		['pointed elsewhere', makeEntry(3, present), makeEntry(4, present), true],
		['write-protected', makeEntry(3, present | write), makeEntry(3, present), true],
		['made writable', makeEntry(3, present), makeEntry(3, present | write), false],
		['marked accessed and dirty', makeEntry(3, present | write), makeEntry(3, present | write | 12), false],
		['given a software bit', makeEntry(3, present), makeEntry(3, present | 32), false],
		['flagged as a leaf, which it is', makeEntry(3, present), makeEntry(3, present | leaf), false],
	];
	it.each(cases)('whose entry is %s: stale or not', (_what, before, after, isStale) => {
		const { bench, space, set } = setUp();
		set(2, before);
		bench.run(0, 'tlb_fill', 1, space, 2 * page);
		set(2, after);
		expect(bench.run(0, 'tlb_is_stale', 1, 0)).toBe(isStale ? 1 : 0);
	});

	it('stays stale when the same frame is mapped again, and says since when', () => {
		const { bench, space, set } = setUp();
		set(2, makeEntry(3, present));
		bench.store.clock = 16;
		bench.run(0, 'tlb_fill', 1, space, 2 * page);
		bench.store.clock = 18;
		set(2, 0);
		set(2, makeEntry(3, present));
		set(2, 0);
		expect(bench.run(0, 'tlb_is_stale', 1, 0)).toBe(1);
		expect(bench.store.tlb(1)[0]).toMatchObject({ filled: { step: 16 }, staleSince: { step: 18 } });
		expect(bench.run(0, 'tlb_stale_since', 1, 0)).toBeGreaterThan(bench.run(0, 'tlb_filled_at', 1, 0));
	});

	it('of another page, or that was never cached, is not touched by a change', () => {
		const { bench, space, set } = setUp();
		set(2, makeEntry(3, present));
		bench.run(0, 'tlb_fill', 1, space, 2 * page);
		set(3, makeEntry(4, present));
		set(3, 0);
		expect(bench.run(0, 'tlb_is_stale', 1, 0)).toBe(0);
	});

	it('becomes stale when a table above its leaf is unhooked, or gives way to a leaf with the same number', () => {
		for (const after of [0, makeEntry(2, present | leaf)]) {
			const bench = new Bench(testProgram({ layouts: [tableLayout(2)] }), { tableSizes: [2, 2] });
			const root = bench.add(0);
			const table = bench.add(0);
			expect(table).toBe(2 * pointerStride);
			const space = bench.run(0, 'mmu_define_space', root, 0, 0);
			bench.store.setCell(1, 0, bench.run(0, '__table_entry', table));
			bench.store.setCell(2, 1, makeEntry(3, present));
			bench.run(0, 'tlb_fill', 0, space, page);
			entryChanged(bench.store, root, bench.store.cell(1, 0), after, bench.stamp(0));
			expect(bench.run(0, 'tlb_is_stale', 0, 0)).toBe(1);
		}
	});

	it('can be asked for everything it knows', () => {
		const { bench, space, set } = setUp();
		set(2, makeEntry(bench.run(0, 'frame_alloc', 1), present));
		bench.store.clock = 30;
		bench.run(0, 'tlb_fill', 1, space, 2 * page);
		expect(bench.run(0, 'tlb_count', 1)).toBe(1);
		expect(bench.run(0, 'tlb_count', 0)).toBe(0);
		expect(bench.run(0, 'tlb_lookup', 1, space, 2 * page + 5)).toBe(0);
		expect(bench.run(0, 'tlb_lookup', 1, space, 3 * page)).toBe(-1);
		expect(bench.run(0, 'tlb_space', 1, 0)).toBe(space);
		expect(bench.run(0, 'tlb_address', 1, 0)).toBe(2 * page);
		expect(bench.run(0, 'tlb_frame', 1, 0)).toBe(1);
		expect(bench.run(0, 'tlb_generation', 1, 0)).toBe(1);
		expect(bench.run(0, 'tlb_stale_since', 1, 0)).toBe(0);
		expect(bench.run(0, 'tlb_mark', 1, 0)).toBe(0);
		bench.run(0, 'tlb_set_mark', 1, 0, 6);
		expect(bench.run(0, 'tlb_mark', 1, 0)).toBe(6);
		expect(() => bench.run(0, 'tlb_mark', 1, 1)).toThrow('the TLB of CPU1 has no entry 1');
		expect(() => bench.run(0, 'tlb_count', 2)).toThrow('there is no CPU 2');
	});
});

/** What the property tests do to a machine with two levels of two entries each. */
type Action =
	| { readonly kind: 'setLeaf'; readonly table: number; readonly index: number; readonly entry: number }
	| { readonly kind: 'setRoot'; readonly index: number; readonly target: 'none' | 'first' | 'second' | 'huge' }
	| { readonly kind: 'access'; readonly cpu: number; readonly page: number; readonly store: boolean }
	| { readonly kind: 'flush'; readonly cpu: number; readonly start: number; readonly end: number };

const action: fc.Arbitrary<Action> = fc.oneof(
	fc.record({
		kind: fc.constant('setLeaf' as const),
		table: fc.integer({ min: 2, max: 3 }),
		index: fc.nat({ max: 1 }),
		entry: fc.oneof(
			fc.constant(0),
			fc
				.record({ frame: fc.integer({ min: 1, max: 3 }), flags: fc.nat({ max: 31 }) })
				.map(({ frame, flags }) => makeEntry(frame, flags)),
		),
	}),
	fc.record({
		kind: fc.constant('setRoot' as const),
		index: fc.nat({ max: 1 }),
		target: fc.constantFrom('none' as const, 'first' as const, 'second' as const, 'huge' as const),
	}),
	fc.record({
		kind: fc.constant('access' as const),
		cpu: fc.nat({ max: 1 }),
		page: fc.nat({ max: 4 }),
		store: fc.boolean(),
	}),
	fc.record({
		kind: fc.constant('flush' as const),
		cpu: fc.nat({ max: 1 }),
		start: fc.nat({ max: 4 }),
		end: fc.nat({ max: 5 }),
	}),
);

function play(actions: readonly Action[], check: (bench: Bench, last: Action) => void): Bench {
	const bench = new Bench(testProgram({ layouts: [tableLayout(2)] }), { tableSizes: [2, 2] });
	const tables = [bench.add(0), bench.add(0), bench.add(0)];
	bench.run(0, 'mmu_define_space', tables[0] ?? 0, 0, 0);
	const set = (object: number, index: number, value: number) => {
		const before = bench.store.cell(object, index);
		bench.store.setCell(object, index, value);
		entryChanged(bench.store, object * pointerStride + index, before, value, bench.stamp(0));
	};
	for (const step of actions) {
		if (step.kind === 'setLeaf') set(step.table, step.index, step.entry);
		if (step.kind === 'setRoot') {
			const values = {
				none: 0,
				first: makeEntry(2, present),
				second: makeEntry(3, present),
				huge: makeEntry(2, 3 | leaf),
			};
			set(1, step.index, values[step.target]);
		}
		if (step.kind === 'access' && step.store) bench.run(step.cpu, 'mmu_store', 0, step.page * page, 1);
		if (step.kind === 'access' && !step.store) bench.run(step.cpu, 'mmu_load', 0, step.page * page);
		if (step.kind === 'flush') bench.run(0, 'tlb_invalidate', step.cpu, 0, step.start * page, step.end * page);
		bench.store.clock++;
		check(bench, step);
	}
	return bench;
}

describe('whatever happens to tables and TLBs', () => {
	const sequences = fc.array(action, { maxLength: 30 });

	it('a translation that is not stale is what the tables say', () => {
		fc.assert(
			fc.property(sequences, (actions) => {
				play(actions, (bench) => {
					for (const cached of [...bench.store.tlb(0), ...bench.store.tlb(1)].filter(({ stale }) => !stale)) {
						const walk = walkTables(bench.store, 0, cached.page * page);
						if (walk.kind !== 'mapped') throw new Error('cached, not stale, and not mapped');
						expect(walk.translation).toMatchObject({ path: cached.path, frame: cached.frame, pages: cached.pages });
						if (cached.writable) expect(isWritable(walk.translation.entry)).toBe(true);
					}
				});
			}),
		);
	});

	it('a translation is stale exactly when an entry on its path has changed what it allows since it was cached', () => {
		// An oracle of its own: beside each cached translation, whether it was ever untrue after a step since it was filled.
		fc.assert(
			fc.property(sequences, (actions) => {
				const untrue = new Map<string, boolean>();
				play(actions, (bench) => {
					for (const cpu of [0, 1]) {
						for (const cached of bench.store.tlb(cpu)) {
							const key = `${cpu} ${cached.page} ${cached.filled.step}`;
							const walk = walkTables(bench.store, 0, cached.page * page);
							const holds =
								walk.kind === 'mapped' &&
								walk.translation.path.join() === cached.path.join() &&
								walk.translation.frame === cached.frame &&
								(!cached.writable || isWritable(walk.translation.entry));
							untrue.set(key, untrue.get(key) === true || !holds);
							expect(cached.stale).toBe(untrue.get(key));
						}
					}
				});
			}),
		);
	});

	it('no two translations of a TLB overlap, and they are in order', () => {
		fc.assert(
			fc.property(sequences, (actions) => {
				play(actions, (bench) => {
					for (const cpu of [0, 1]) {
						let next = 0;
						for (const cached of bench.store.tlb(cpu)) {
							expect(cached.page).toBeGreaterThanOrEqual(next);
							next = cached.page + cached.pages;
						}
					}
				});
			}),
		);
	});

	it('after invalidating everything nothing is left', () => {
		fc.assert(
			fc.property(sequences, (actions) => {
				const bench = play(actions, () => {});
				bench.run(0, 'tlb_invalidate_everywhere', 0, 0, -1);
				expect([...bench.store.tlb(0), ...bench.store.tlb(1)]).toEqual([]);
			}),
		);
	});
});
