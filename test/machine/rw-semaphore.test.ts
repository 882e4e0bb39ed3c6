import { describe, expect, it } from 'vitest';
import { Bench, globalNamed, machineType, scalarLayout, testProgram } from './plain-store.ts';

const semaphore = machineType('rw_semaphore');

function setUp() {
	const bench = new Bench(
		testProgram({
			layouts: [scalarLayout('struct rw_semaphore', semaphore)],
			globals: [globalNamed('mmap_lock', 0, semaphore)],
		}),
	);
	return { bench, lock: bench.add(0, { origin: 'global', owner: 0 }) };
}

describe('a reader-writer semaphore', () => {
	it('admits readers together and a writer alone', () => {
		const { bench, lock } = setUp();
		bench.run(0, 'down_read', lock);
		expect(bench.run(1, 'down_read_trylock', lock)).toBe(1);
		expect(bench.run(1, 'down_write_trylock', lock)).toBe(0);
		bench.run(1, 'up_read', lock);
		bench.run(0, 'up_read', lock);
		expect(bench.run(1, 'down_write_trylock', lock)).toBe(1);
		expect(bench.waits(0, 'down_read', lock)?.text).toBe('waits for rw_semaphore mmap_lock, held by CPU1 since step 6');
		expect(bench.takeReports()).toEqual([]);
	});

	it('downgraded admits readers and still no writer', () => {
		const { bench, lock } = setUp();
		bench.run(0, 'down_write', lock);
		bench.run(0, 'downgrade_write', lock);
		expect(bench.store.context(0).held).toMatchObject([{ mode: 'shared', since: { step: 2 } }]);
		bench.run(1, 'down_read', lock);
		expect(bench.waits(1, 'down_write', lock)?.holders).toEqual([0, 1]);
		bench.run(1, 'up_read', lock);
		bench.run(0, 'up_read', lock);
		expect(bench.store.cell(1, 0)).toBe(0);
		expect(bench.takeReports()).toEqual([]);
	});

	it('downgraded by a reader or by nobody is a misuse that changes nothing', () => {
		const { bench, lock } = setUp();
		bench.run(0, 'downgrade_write', lock);
		expect(bench.takeReports()).toEqual(['lock-misuse: downgrade_write(&mmap_lock): the lock is not held']);
		bench.run(0, 'down_read', lock);
		bench.run(0, 'downgrade_write', lock);
		expect(bench.takeReports()).toHaveLength(1);
		expect(bench.store.cell(1, 0)).toBe(1);
	});

	it('taken shared twice by one context is worth a warning', () => {
		const { bench, lock } = setUp();
		bench.run(0, 'down_read', lock);
		bench.run(0, 'down_read', lock);
		expect(bench.observer.reports).toMatchObject([
			{ severity: 'warning', title: 'down_read(&mmap_lock): CPU0 already holds it shared' },
		]);
		bench.takeReports();
		bench.run(1, 'down_read', lock);
		expect(bench.takeReports()).toEqual([]);
	});

	it('upgraded waits for itself', () => {
		const { bench, lock } = setUp();
		bench.run(0, 'down_read', lock);
		expect(bench.waits(0, 'down_write', lock)?.holders).toEqual([0]);
	});
});
