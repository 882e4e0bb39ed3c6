import { describe, expect, it } from 'vitest';
import type { ScalarType } from '../../source/language/types.ts';
import { MachineError } from '../../source/machine/machine.ts';
import { makeEntry } from '../../source/machine/page-table-entry.ts';
import { Bench, scalarTypes, structLayout, tableLayout, testProgram } from './plain-store.ts';

const byte: ScalarType = { kind: 'integer', name: 'u8', bits: 8, signed: false };
const long: ScalarType = { kind: 'integer', name: 'long', bits: 64, signed: true };

function setUp() {
	const fields = { count: scalarTypes.int, flags: scalarTypes.ulong, small: byte, wide: long };
	const bench = new Bench(testProgram({ layouts: [structLayout('s', fields), tableLayout(4)] }));
	const pointer = bench.add(0, { name: 'x' });
	return { bench, pointer, cells: () => bench.store.object(1)?.cells };
}

describe('atomic operations', () => {
	it('return what was there before', () => {
		const { bench, pointer, cells } = setUp();
		expect(bench.run(0, '__atomic_fetch_add', pointer, 5)).toBe(0);
		expect(bench.run(1, '__atomic_fetch_add', pointer, -2)).toBe(5);
		expect(bench.lastEvent()).toBe('atomic add: x.count: 5 -> 3');
		expect(bench.run(0, '__atomic_exchange', pointer, 9)).toBe(3);
		expect(bench.run(0, '__atomic_fetch_or', pointer + 1, 6)).toBe(0);
		expect(bench.run(0, '__atomic_fetch_and', pointer + 1, -3)).toBe(6);
		expect(cells()).toEqual([9, 4, 0, 0]);
	});

	it('store only what was expected', () => {
		const { bench, pointer, cells } = setUp();
		expect(bench.run(0, '__atomic_compare_exchange', pointer, 0, 7)).toBe(0);
		expect(bench.run(1, '__atomic_compare_exchange', pointer, 0, 8)).toBe(7);
		expect(cells()?.[0]).toBe(7);
	});

	it('wrap as the type of the cell does', () => {
		const { bench, pointer, cells } = setUp();
		bench.run(0, '__atomic_fetch_add', pointer, 2 ** 31 - 1);
		bench.run(0, '__atomic_fetch_add', pointer, 1);
		bench.run(0, '__atomic_fetch_add', pointer + 2, 300);
		bench.run(0, '__atomic_exchange', pointer + 1, 2 ** 40);
		bench.run(0, '__atomic_fetch_or', pointer + 1, 1);
		expect(cells()).toEqual([-(2 ** 31), 2 ** 40 + 1, 44, 0]);
	});

	it('refuse values that the machine cannot hold', () => {
		const { bench, pointer } = setUp();
		bench.run(0, '__atomic_exchange', pointer + 3, Number.MAX_SAFE_INTEGER);
		expect(() => bench.run(0, '__atomic_fetch_add', pointer + 3, 1)).toThrow(MachineError);
		expect(() => bench.run(0, '__atomic_fetch_add', pointer + 3, 1)).toThrow('test.c:12:3: the value does not fit');
	});

	it('on freed or missing memory are reported once', () => {
		const { bench, pointer, cells } = setUp();
		bench.run(0, 'kfree', pointer);
		bench.run(1, '__atomic_fetch_add', pointer, 1);
		expect(bench.observer.reports.map(({ kind }) => kind)).toEqual(['use-after-free']);
		expect(cells()?.[0]).toBe(1);
		bench.takeReports();
		bench.run(1, '__atomic_fetch_add', 0, 1);
		expect(bench.observer.reports.map(({ kind }) => kind)).toEqual(['assertion']);
		expect(bench.observer.stopped).toBe(true);
	});

	it('on a page-table entry make cached translations stale', () => {
		const { bench } = setUp();
		const table = bench.add(1);
		const space = bench.run(0, 'mmu_define_space', table, 0, 0);
		bench.run(0, '__atomic_exchange', table + 1, makeEntry(3, 1));
		bench.run(0, 'tlb_fill', 0, space, 4096);
		expect(bench.run(0, 'tlb_is_stale', 0, 0)).toBe(0);
		expect(bench.run(0, '__atomic_exchange', table + 1, 0)).toBe(makeEntry(3, 5));
		expect(bench.run(0, 'tlb_is_stale', 0, 0)).toBe(1);
	});
});
