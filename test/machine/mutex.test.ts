import { describe, expect, it } from 'vitest';
import { Bench, globalNamed, machineType, scalarLayout, testProgram } from './plain-store.ts';

const mutex = machineType('mutex');
const spinlock = machineType('spinlock_t');

function setUp() {
	const bench = new Bench(
		testProgram({
			layouts: [scalarLayout('struct mutex', mutex), scalarLayout('spinlock_t', spinlock)],
			globals: [globalNamed('vmap_purge_lock', 0, mutex), globalNamed('s', 1, spinlock)],
		}),
	);
	const lock = bench.add(0, { origin: 'global', owner: 0 });
	const spin = bench.add(1, { origin: 'global', owner: 1 });
	return { bench, lock, spin };
}

describe('a mutex', () => {
	it('keeps others waiting until it is released', () => {
		const { bench, lock } = setUp();
		bench.run(0, 'mutex_lock', lock);
		expect(bench.waits(1, 'mutex_lock', lock)?.text).toBe('waits for mutex vmap_purge_lock, held by CPU0 since step 1');
		expect(bench.run(1, 'mutex_trylock', lock)).toBe(0);
		bench.run(0, 'mutex_unlock', lock);
		expect(bench.run(1, 'mutex_trylock', lock)).toBe(1);
		expect(bench.takeReports()).toEqual([]);
	});

	it('may not be taken where sleeping is an error', () => {
		const { bench, lock, spin } = setUp();
		bench.run(0, 'spin_lock', spin);
		bench.run(0, 'mutex_lock', lock);
		expect(bench.takeReports()).toEqual(['sleep-in-atomic: mutex_lock() may sleep, holding spinlock s']);
		bench.run(0, 'mutex_unlock', lock);
		bench.run(0, 'spin_unlock', spin);
		bench.run(0, 'rcu_read_lock');
		bench.run(0, 'mutex_lock', lock);
		expect(bench.takeReports()).toEqual(['sleep-in-atomic: mutex_lock() may sleep, in an RCU read section']);
	});

	it('may be tried and released there', () => {
		const { bench, lock, spin } = setUp();
		bench.run(0, 'spin_lock', spin);
		bench.run(0, 'mutex_trylock', lock);
		bench.run(0, 'mutex_unlock', lock);
		expect(bench.takeReports()).toEqual([]);
	});

	it('may be taken under another mutex', () => {
		const { bench, lock } = setUp();
		const other = bench.add(0);
		bench.run(0, 'mutex_lock', other);
		bench.run(0, 'mutex_lock', lock);
		expect(bench.takeReports()).toEqual([]);
	});
});
