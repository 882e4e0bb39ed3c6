import { describe, expect, it } from 'vitest';
import { Bench, scalarTypes, structLayout, testProgram } from './plain-store.ts';

const texts = ['', 'stale-tlb', 'CPU%d keeps %f', 'flushed %d pages', 'pages flushed', 'A', 'nonsense', 'BUG: x'];

function setUp() {
	const layouts = [structLayout('vmap_block', { va: scalarTypes.ulong })];
	return new Bench(testProgram({ layouts, texts }));
}

describe('reports of model C', () => {
	it('have the severity, the kind, the title with its values, and details', () => {
		const bench = setUp();
		bench.runWith(0, 'violation', [1, 1, 3], 2);
		bench.runWith(0, 'detail', [4], 3);
		bench.runWith(0, 'warning', [1, 0, 1], 2);
		bench.runWith(0, 'note', [1], 4);
		expect(bench.observer.reports).toEqual([
			{ severity: 'violation', kind: 'stale-tlb', title: 'CPU1 keeps P3', details: ['flushed 4 pages'] },
			{ severity: 'warning', kind: 'stale-tlb', title: 'CPU0 keeps P1', details: [] },
			{ severity: 'note', kind: 'stale-tlb', title: 'pages flushed', details: [] },
		]);
		expect(bench.observer.stopped).toBe(false);
	});

	it('are of a known kind', () => {
		expect(() => setUp().runWith(0, 'violation', [6], 2)).toThrow('"nonsense" is no kind of violation');
	});

	it('stop the context for a BUG, and not for a WARN', () => {
		const bench = setUp();
		bench.run(0, '__warn', 7);
		expect(bench.observer.stopped).toBe(false);
		bench.run(0, '__bug', 7);
		expect(bench.observer.stopped).toBe(true);
		expect(bench.takeReports()).toEqual(['assertion: BUG: x', 'assertion: BUG: x']);
	});
});

describe('other things that model C says', () => {
	it('are costs', () => {
		const bench = setUp();
		bench.run(0, 'count', 4, 2);
		bench.run(0, 'count', 4, 3);
		expect(bench.store.costs).toEqual({ 'pages flushed': 5 });
	});

	it('are times, in order, never zero', () => {
		const bench = setUp();
		bench.store.clock = 0;
		const atSetUp = bench.run(0, 'now');
		expect(atSetUp).toBeGreaterThan(0);
		expect(bench.run(0, 'now')).toBeGreaterThan(atSetUp);
	});

	it('are names of objects', () => {
		const bench = setUp();
		const block = bench.add(0);
		bench.run(0, 'name_object', block, 5);
		expect(bench.store.object(1)?.name).toBe('A');
		bench.run(0, 'name_object', 0, 5);
		bench.run(0, 'name_object', -12, 5);
		expect(bench.takeReports()).toEqual([]);
	});

	it('are names of ranges, the last one counting', () => {
		const bench = setUp();
		bench.store.setSpaces([{ name: 'kernel', root: 4096, base: 0 }]);
		bench.run(0, 'name_range', 0, 0, 4096, 5);
		bench.run(0, 'name_range', 0, 0, 4096, 4);
		expect(bench.store.ranges()).toEqual([{ space: 0, start: 0, end: 4096, name: 'pages flushed' }]);
		expect(() => {
			for (let i = 1; i < 5000; i++) bench.run(0, 'name_range', 0, i, i + 1, 5);
		}).toThrow('more than 4096 named ranges');
	});
});
