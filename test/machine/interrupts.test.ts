import { describe, expect, it } from 'vitest';
import { canTakeFlush, deliverFlush } from '../../source/machine/interrupts.ts';
import { makeEntry } from '../../source/machine/page-table-entry.ts';
import { Bench, tableLayout, testProgram } from './plain-store.ts';

const page = 4096;

function setUp() {
	const bench = new Bench(testProgram({ layouts: [tableLayout(4)], texts: ['', 'A'] }));
	const table = bench.add(0);
	const space = bench.run(0, 'mmu_define_space', table, 0, 1);
	bench.run(0, 'name_range', space, 0, 4 * page, 1);
	bench.store.setCell(1, 2, makeEntry(3, 1));
	bench.run(0, 'tlb_fill', 1, space, 2 * page);
	return { bench, space };
}

describe('a flush interrupt', () => {
	it('is waited for until the other CPU has taken it', () => {
		const { bench, space } = setUp();
		expect(bench.waits(0, 'ipi_wait')).toBeNull();
		bench.run(0, 'ipi_flush', 1, space, 2 * page, 4 * page);
		expect(bench.lastEvent()).toBe('CPU1 is sent the flush of A+2..A+4 from CPU0');
		expect(bench.waits(0, 'ipi_wait')).toEqual({
			kind: 'interrupt',
			what: 'a flush interrupt',
			text: 'waits for CPU1 to take a flush interrupt',
			lock: null,
			holders: [1],
		});
		expect(bench.waits(1, 'ipi_wait')).toBeNull();
		expect([canTakeFlush(bench.store, 0), canTakeFlush(bench.store, 1)]).toEqual([false, true]);
		expect(bench.store.tlb(1)).toHaveLength(1);
		deliverFlush(bench.store, bench.observer, 1);
		expect(bench.store.tlb(1)).toEqual([]);
		expect(bench.waits(0, 'ipi_wait')).toBeNull();
		expect(canTakeFlush(bench.store, 1)).toBe(false);
		expect(bench.store.costs).toMatchObject({ 'interrupts sent': 1, 'interrupts taken': 1, 'TLB entries dropped': 1 });
	});

	it('is not taken with interrupts off', () => {
		const { bench, space } = setUp();
		bench.run(1, 'local_irq_disable');
		bench.run(0, 'ipi_flush', 1, space, 0, page);
		expect(canTakeFlush(bench.store, 1)).toBe(false);
		expect(bench.waits(0, 'ipi_wait')?.text).toBe(
			'waits for CPU1 to take a flush interrupt; interrupts are off on CPU1',
		);
		bench.run(1, 'local_irq_enable');
		expect(canTakeFlush(bench.store, 1)).toBe(true);
	});

	it('is not taken by CPU 0 while a callback that runs there has interrupts off', () => {
		const { bench, space } = setUp();
		bench.run(2, 'local_irq_disable');
		bench.run(1, 'ipi_flush', 0, space, 0, page);
		expect(canTakeFlush(bench.store, 0)).toBe(false);
	});

	it('of an empty range only synchronises', () => {
		const { bench, space } = setUp();
		bench.run(0, 'ipi_flush', 1, space, 0, 0);
		deliverFlush(bench.store, bench.observer, 1);
		expect(bench.store.tlb(1)).toHaveLength(1);
		expect(bench.store.costs['TLB invalidations']).toBeUndefined();
		expect(bench.lastEvent()).toBe('CPU1 takes the synchronising interrupt from CPU0');
	});

	it('comes in the order of sending', () => {
		const { bench, space } = setUp();
		bench.run(0, 'ipi_flush', 1, space, 0, page);
		bench.run(0, 'ipi_flush', 1, space, 2 * page, 3 * page);
		deliverFlush(bench.store, bench.observer, 1);
		expect(bench.store.tlb(1)).toHaveLength(1);
		deliverFlush(bench.store, bench.observer, 1);
		expect(bench.store.tlb(1)).toHaveLength(0);
		deliverFlush(bench.store, bench.observer, 1);
		expect(bench.store.costs['interrupts taken']).toBe(2);
	});

	it('to a CPU that is not there, and one too many, are mistakes of the model', () => {
		const { bench, space } = setUp();
		expect(() => bench.run(0, 'ipi_flush', 2, space, 0, page)).toThrow('there is no CPU 2');
		expect(() => {
			for (let i = 0; i < 1000; i++) bench.run(0, 'ipi_flush', 1, space, 0, page);
		}).toThrow('more than 50 flushes are pending');
	});
});
