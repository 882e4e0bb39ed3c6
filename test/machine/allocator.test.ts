import { describe, expect, it } from 'vitest';
import { pointerStride } from '../../source/machine/state.ts';
import { Bench, machineType, scalarTypes, structLayout, testProgram } from './plain-store.ts';

function setUp() {
	return new Bench(
		testProgram({
			layouts: [structLayout('vmap_area', { start: scalarTypes.ulong, lock: machineType('spinlock_t') })],
			texts: ['', 'A'],
		}),
	);
}

describe('the object allocator', () => {
	it('gives out zeroed live objects of the type', () => {
		const bench = setUp();
		const pointer = bench.runWith(0, 'kzalloc', [1], 0);
		expect(bench.store.object(pointer / pointerStride)).toMatchObject({
			layout: 0,
			origin: 'heap',
			status: 'live',
			cells: [0, 0],
			allocated: { step: 1, context: 0 },
		});
		expect(bench.lastEvent()).toBe('kzalloc(struct vmap_area) = vmap_area#1');
		expect(bench.run(0, 'object_is_live', pointer)).toBe(1);
		expect(bench.store.costs).toEqual({ allocations: 1, 'allocations: struct vmap_area': 1 });
	});

	it('frees, and leaves what was in the cells', () => {
		const bench = setUp();
		const pointer = bench.runWith(0, 'kmalloc', [0], 0);
		bench.store.setCell(1, 0, 77);
		bench.run(0, 'kfree', pointer);
		expect(bench.store.object(1)).toMatchObject({ status: 'freed', cells: [77, 0], freed: { step: 2 } });
		expect(bench.run(0, 'object_is_live', pointer)).toBe(0);
		bench.run(0, 'kfree', 0);
		expect(bench.takeReports()).toEqual([]);
		expect(bench.store.costs).toMatchObject({ frees: 1 });
	});

	it('notices a double free, and says who did what', () => {
		const bench = setUp();
		const pointer = bench.runWith(0, 'kmalloc', [0], 0);
		bench.run(0, 'kfree', pointer);
		bench.run(1, 'kfree', pointer);
		expect(bench.observer.reports).toEqual([
			{
				severity: 'violation',
				kind: 'double-free',
				title: 'kfree(vmap_area#1): it is freed already',
				details: ['allocated at step 1, CPU0 in main_fn (test.c:12)', 'freed at step 2, CPU0 in main_fn (test.c:12)'],
			},
		]);
	});

	it('notices frees of what it never gave out', () => {
		const bench = setUp();
		const heap = bench.runWith(0, 'kmalloc', [0], 0);
		const local = bench.add(0, { origin: 'stack', owner: 0, name: 'A' });
		bench.run(0, 'kfree', heap + 1);
		bench.run(0, 'kfree', local);
		bench.run(0, 'kfree', -12);
		bench.run(0, 'kfree', 99 * pointerStride);
		expect(bench.takeReports()).toEqual([
			'double-free: invalid free: kfree(&vmap_area#1->lock): it points into an object, not to its start',
			'double-free: invalid free: kfree(A): it was not allocated by kmalloc()',
			'double-free: invalid free: kfree(ERR_PTR(-12)): it is no object',
			'double-free: invalid free: kfree(0x63000): it is no object',
		]);
		expect(bench.run(0, 'object_is_live', heap)).toBe(1);
	});

	it('notices a held lock in what is freed', () => {
		const bench = setUp();
		const pointer = bench.runWith(0, 'kmalloc', [0], 0);
		bench.run(1, 'spin_lock', pointer + 1);
		bench.run(0, 'kfree', pointer);
		expect(bench.takeReports()).toEqual(['lock-misuse: kfree(vmap_area#1): vmap_area#1.lock is held by CPU1']);
	});

	it('may sleep if it is told so, which is an error under a spinlock', () => {
		const bench = setUp();
		const pointer = bench.runWith(0, 'kmalloc', [1], 0);
		bench.run(0, 'spin_lock', pointer + 1);
		bench.runWith(0, 'kzalloc', [0], 0);
		expect(bench.takeReports()).toEqual([]);
		bench.runWith(0, 'kzalloc', [1], 0);
		expect(bench.takeReports()).toEqual([
			'sleep-in-atomic: kzalloc(GFP_KERNEL) may sleep, holding spinlock vmap_area#1.lock',
		]);
	});
});
