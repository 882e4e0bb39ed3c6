import { describe, expect, it } from 'vitest';
import type { PrimitiveName } from '../../source/language/primitives.ts';
import { behaviours } from '../../source/machine/primitives/table.ts';
import { Bench, testProgram } from './plain-store.ts';

const texts = ['', 'block %d', 'dirty', '+%d', 'purple', 'free', '%d of 4', 'not reachable'];

function setUp() {
	return new Bench(testProgram({ texts }));
}

describe('views', () => {
	it('draw rows with a strip, brackets, badges, fields and remarks', () => {
		const bench = setUp();
		bench.runWith(0, 'view_row', [7], 1);
		bench.runWith(0, 'view_cell', [2, 0], 3);
		bench.runWith(0, 'view_cell', [4, 1], 3);
		bench.run(0, 'view_range', 0, 2);
		bench.runWith(0, 'view_badge', [2], 7);
		bench.runWith(0, 'view_field', [5, 2], 6);
		bench.runWith(0, 'view_remark', [], 7);
		bench.runWith(0, 'view_row', [8], 1);
		bench.run(0, 'view_range', 4, 0);
		expect(bench.observer.rows).toEqual([
			{
				label: 'block 7',
				cells: [
					{ tone: 'dirty', text: '+0' },
					{ tone: 'plain', text: '+1' },
				],
				range: { start: 0, end: 2 },
				badges: [{ tone: 'dirty', text: 'not reachable' }],
				fields: [{ name: 'free', value: '2 of 4' }],
				remarks: ['not reachable'],
				node: 0,
				children: [],
			},
			{ label: 'block 8', cells: [], range: null, badges: [], fields: [], remarks: [], node: 0, children: [] },
		]);
	});

	it('say which object a row stands for, and where its pointers lead', () => {
		const bench = setUp();
		bench.runWith(0, 'view_row', [7], 1);
		bench.run(0, 'view_node', 4096);
		bench.run(0, 'view_child', 5, 8192);
		bench.run(0, 'view_child', 2, 0);
		expect(bench.observer.rows).toMatchObject([
			{
				label: 'block 7',
				node: 4096,
				children: [
					{ name: 'free', to: 8192 },
					{ name: 'dirty', to: 0 },
				],
			},
		]);
	});

	it('are bounded', () => {
		const bench = setUp();
		bench.runWith(0, 'view_row', [0], 1);
		for (let i = 0; i < 1500; i++) bench.runWith(0, 'view_cell', [2, i], 3);
		for (let i = 0; i < 1500; i++) bench.runWith(0, 'view_row', [i], 1);
		expect(bench.observer.rows).toHaveLength(1000);
		expect(bench.observer.rows[0]?.cells).toHaveLength(1000);
	});

	it('draw nothing where nothing is drawn, or before the first row', () => {
		const bench = setUp();
		bench.runWith(0, 'view_cell', [2, 0], 3);
		expect(bench.observer.rows).toEqual([]);
		const names: PrimitiveName[] = [
			'view_row',
			'view_cell',
			'view_range',
			'view_badge',
			'view_field',
			'view_remark',
			'view_node',
			'view_child',
		];
		const observer = { event: () => {}, report: () => {}, detail: () => {}, stop: () => {}, rows: null };
		for (const name of names) {
			const call = { store: bench.store, observer, context: 0, arguments: [1, 2, 3], extra: -1, at: bench.stamp(0) };
			expect(behaviours[name].run(call)).toBe(0);
		}
	});
});
