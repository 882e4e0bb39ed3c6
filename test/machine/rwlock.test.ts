import { describe, expect, it } from 'vitest';
import { Bench, globalNamed, machineType, scalarLayout, testProgram } from './plain-store.ts';

const rwlock = machineType('rwlock_t');

function setUp() {
	const bench = new Bench(
		testProgram({ layouts: [scalarLayout('rwlock_t', rwlock)], globals: [globalNamed('tasklist_lock', 0, rwlock)] }),
	);
	return { bench, lock: bench.add(0, { origin: 'global', owner: 0 }) };
}

describe('a reader-writer spinlock', () => {
	it('admits readers together and a writer alone', () => {
		const { bench, lock } = setUp();
		bench.run(0, 'read_lock', lock);
		bench.run(1, 'read_lock', lock);
		expect(bench.store.cell(1, 0)).toBe(0b11);
		expect(bench.waits(0, 'write_lock', lock)).toMatchObject({
			text: 'waits for rwlock tasklist_lock, which it holds itself shared since step 1 and held by CPU1 shared since step 2',
			holders: [0, 1],
		});
		bench.run(0, 'read_unlock', lock);
		expect(bench.run(0, 'write_trylock', lock)).toBe(0);
		bench.run(1, 'read_unlock', lock);
		bench.run(1, 'write_lock', lock);
		expect(bench.store.cell(1, 0)).toBe(-2);
		expect(bench.waits(0, 'read_lock', lock)?.text).toBe('waits for rwlock tasklist_lock, held by CPU1 since step 6');
		expect(bench.run(0, 'read_trylock', lock)).toBe(0);
		bench.run(1, 'write_unlock', lock);
		expect(bench.store.cell(1, 0)).toBe(0);
		expect(bench.takeReports()).toEqual([]);
	});

	it('taken shared twice by one context is given back with the second release', () => {
		const { bench, lock } = setUp();
		bench.run(0, 'read_lock', lock);
		bench.run(0, 'read_lock', lock);
		bench.run(0, 'read_unlock', lock);
		expect(bench.waits(1, 'write_lock', lock)).not.toBeNull();
		bench.run(0, 'read_unlock', lock);
		expect(bench.waits(1, 'write_lock', lock)).toBeNull();
		expect(bench.takeReports()).toEqual([]);
	});

	it('released in the other mode is a misuse, and released', () => {
		const { bench, lock } = setUp();
		bench.run(0, 'write_lock', lock);
		bench.run(0, 'read_unlock', lock);
		expect(bench.takeReports()).toEqual([
			'lock-misuse: read_unlock(&tasklist_lock): CPU0 holds it exclusive, and releases it as shared',
		]);
		expect(bench.store.cell(1, 0)).toBe(0);
		bench.run(1, 'read_lock', lock);
		bench.run(1, 'write_unlock', lock);
		expect(bench.takeReports()).toEqual([
			'lock-misuse: write_unlock(&tasklist_lock): CPU1 holds it shared, and releases it as exclusive',
		]);
		expect(bench.store.cell(1, 0)).toBe(0);
	});

	it('makes sleeping an error for readers too', () => {
		const { bench, lock } = setUp();
		bench.run(0, 'read_lock', lock);
		bench.run(0, 'might_sleep');
		expect(bench.takeReports()).toEqual(['sleep-in-atomic: might_sleep() may sleep, holding rwlock tasklist_lock']);
	});
});
