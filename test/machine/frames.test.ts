import { describe, expect, it } from 'vitest';
import { Bench, testProgram } from './plain-store.ts';

function setUp() {
	return new Bench(testProgram({ texts: ['', 'page cache', 'N'] }), { frames: 2 });
}

describe('page frames', () => {
	it('are given out lowest first, with owner and generation', () => {
		const bench = setUp();
		expect([bench.run(0, 'frame_alloc', 1), bench.run(0, 'frame_alloc', 2)]).toEqual([1, 2]);
		expect(bench.run(0, 'frame_alloc', 1)).toBe(0);
		expect(bench.run(0, 'frame_owner', 2)).toBe(2);
		expect(bench.run(0, 'frame_generation', 1)).toBe(1);
		bench.run(0, 'frame_free', 1);
		expect(bench.run(0, 'frame_is_free', 1)).toBe(1);
		expect(bench.run(0, 'frame_owner', 1)).toBe(0);
		expect(bench.run(0, 'frame_alloc', 2)).toBe(1);
		expect(bench.run(0, 'frame_generation', 1)).toBe(2);
		expect(bench.run(0, 'frame_is_free', 1)).toBe(0);
		expect(bench.store.costs).toEqual({ 'frame allocations': 3, 'frame frees': 1 });
		expect(bench.takeReports()).toEqual([]);
	});

	it('keep their word when they change hands', () => {
		const bench = setUp();
		bench.run(0, 'frame_alloc', 1);
		bench.run(0, 'frame_write', 1, 42);
		bench.run(0, 'frame_free', 1);
		expect(bench.run(0, 'frame_read', 1)).toBe(42);
		bench.run(1, 'frame_alloc', 2);
		expect(bench.run(1, 'frame_read', 1)).toBe(42);
	});

	it('freed while free are a double free, which says who freed them first', () => {
		const bench = setUp();
		bench.run(0, 'frame_alloc', 1);
		bench.run(0, 'frame_free', 1);
		bench.run(1, 'frame_free', 1);
		expect(bench.observer.reports).toEqual([
			{
				severity: 'violation',
				kind: 'double-free',
				title: 'frame_free(P1): the frame is free already',
				details: ['freed at step 2, CPU0 in main_fn (test.c:12)'],
			},
		]);
	});

	it('that are not there stop who uses them, and can be asked about', () => {
		for (const number of [0, 3, -1]) {
			const bench = setUp();
			expect(bench.run(0, 'frame_is_free', number)).toBe(0);
			expect(bench.run(0, 'frame_owner', number)).toBe(0);
			expect(bench.observer.reports).toEqual([]);
			bench.run(0, 'frame_free', number);
			expect(bench.takeReports()).toEqual([`assertion: frame_free(P${number}): there is no frame ${number}`]);
			expect(bench.observer.stopped).toBe(true);
		}
	});
});
