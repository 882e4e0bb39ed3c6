import { describe, expect, it } from 'vitest';
import { Bench, globalNamed, machineType, scalarLayout, structLayout, testProgram } from './plain-store.ts';

const spinlock = machineType('spinlock_t');

function setUp() {
	const bench = new Bench(
		testProgram({
			layouts: [
				structLayout('vmap_block', { lock: spinlock, free: machineType('text') }),
				scalarLayout('spinlock_t', spinlock),
			],
			globals: [globalNamed('free_vmap_area_lock', 1, spinlock)],
		}),
	);
	const block = bench.add(0, { name: 'A' });
	const global = bench.add(1, { origin: 'global', owner: 0 });
	return { bench, block, global };
}

describe('a spinlock', () => {
	it('keeps others waiting, and says who holds it since when', () => {
		const { bench, block } = setUp();
		bench.store.clock = 7;
		bench.run(0, 'spin_lock', block);
		expect(bench.waits(1, 'spin_lock', block)).toEqual({
			kind: 'lock',
			what: 'spinlock A.lock',
			text: 'waits for spinlock A.lock, held by CPU0 since step 7',
			lock: block,
			holders: [0],
		});
		expect(bench.run(1, 'spin_is_locked', block)).toBe(1);
		bench.run(0, 'spin_unlock', block);
		expect(bench.waits(1, 'spin_lock', block)).toBeNull();
		expect(bench.run(1, 'spin_is_locked', block)).toBe(0);
		expect(bench.takeReports()).toEqual([]);
	});

	it('has the holder in its word and the lock in the list of the holder', () => {
		const { bench, global } = setUp();
		bench.run(1, 'spin_lock', global);
		expect(bench.store.cell(2, 0)).toBe(2);
		expect(bench.store.context(1).held).toMatchObject([{ lock: global, mode: 'exclusive' }]);
		expect(bench.run(1, 'lock_is_held', global)).toBe(1);
		expect(bench.run(0, 'lock_is_held', global)).toBe(0);
		expect(bench.run(0, 'lock_is_taken', global)).toBe(1);
		expect(bench.run(0, 'lock_owner', global)).toBe(1);
		bench.run(1, 'spin_unlock', global);
		expect(bench.store.cell(2, 0)).toBe(0);
		expect(bench.store.context(1).held).toEqual([]);
		expect(bench.run(0, 'lock_is_taken', global)).toBe(0);
		expect(bench.run(0, 'lock_owner', global)).toBe(-1);
	});

	it('taken twice by one context waits for itself for ever', () => {
		const { bench, block } = setUp();
		bench.run(0, 'spin_lock', block);
		expect(bench.waits(0, 'spin_lock', block)).toMatchObject({
			text: 'waits for spinlock A.lock, which it holds itself since step 1',
			holders: [0],
		});
	});

	it('can be tried', () => {
		const { bench, block } = setUp();
		expect(bench.run(0, 'spin_trylock', block)).toBe(1);
		expect(bench.run(1, 'spin_trylock', block)).toBe(0);
		expect(bench.run(0, 'spin_trylock', block)).toBe(0);
		bench.run(0, 'spin_unlock', block);
		expect(bench.run(1, 'spin_trylock', block)).toBe(1);
		expect(bench.takeReports()).toEqual([]);
	});

	it('released without being held is a misuse that changes nothing', () => {
		const { bench, block } = setUp();
		bench.run(0, 'spin_unlock', block);
		expect(bench.takeReports()).toEqual(['lock-misuse: spin_unlock(&A->lock): the lock is not held']);
		bench.run(0, 'spin_lock', block);
		bench.run(1, 'spin_unlock', block);
		expect(bench.takeReports()).toEqual(['lock-misuse: spin_unlock(&A->lock): held by CPU0, not by CPU1']);
		expect(bench.waits(1, 'spin_lock', block)?.holders).toEqual([0]);
	});

	it('in freed memory is a use after free, whether it is free, held, or being waited for', () => {
		const { bench, block } = setUp();
		bench.run(0, 'spin_lock', block);
		bench.run(1, 'kfree', block);
		expect(bench.takeReports()).toEqual(['lock-misuse: kfree(A): A.lock is held by CPU0']);
		// CPU1 was waiting; nobody would ever tell it, so it goes on, and is stopped where the kernel would spin for ever.
		bench.run(1, 'spin_lock', block);
		expect(bench.observer.reports).toMatchObject([{ kind: 'use-after-free', severity: 'violation' }]);
		expect(bench.observer.stopped).toBe(true);
		bench.takeReports();
		bench.run(0, 'spin_unlock', block);
		expect(bench.observer.reports.map(({ kind }) => kind)).toEqual(['use-after-free']);
		bench.takeReports();
		bench.run(0, 'spin_lock', block);
		expect(bench.observer.reports.map(({ kind }) => kind)).toEqual(['use-after-free']);
	});

	it('that is no memory stops the context', () => {
		const { bench } = setUp();
		bench.run(0, 'spin_lock', 0);
		expect(bench.observer.reports).toMatchObject([{ kind: 'assertion' }]);
		expect(bench.observer.stopped).toBe(true);
	});

	it('counts acquisitions by class, not failed attempts', () => {
		const { bench, block, global } = setUp();
		const other = bench.add(0);
		bench.run(0, 'spin_lock', block);
		bench.run(0, 'spin_lock', other);
		bench.run(0, 'spin_lock', global);
		bench.run(1, 'spin_trylock', global);
		expect(bench.store.costs).toEqual({
			'spinlock acquisitions': 3,
			'spinlock acquisitions: vmap_block.lock': 2,
			'spinlock acquisitions: free_vmap_area_lock': 1,
		});
	});
});
