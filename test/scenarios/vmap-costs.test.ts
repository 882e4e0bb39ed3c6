import { describe, expect, it } from 'vitest';
import type { MachineState } from '../../source/machine/state.ts';
import { choices, initialState, step } from '../../source/machine/step.ts';
import { vmapTarget } from './vmap-state.ts';

/** The state at the end of a program, always letting the first actor run that can. */
function endOf(kernel: string, program: string): MachineState {
	const { machine } = vmapTarget({ kernel, program });
	let { state } = initialState(machine);
	for (;;) {
		const [choice] = choices(machine, state);
		if (choice === undefined) return state;
		({ state } = step(machine, state, choice, 'line'));
	}
}

/** Page slots in the arguments of flushes, and flushes: what the set-up did counts too, but it flushes nothing. */
function flushed(kernel: string, program: string): { pages: number; calls: number } {
	const { costs } = endOf(kernel, program);
	return { pages: costs['flush pages'] ?? 0, calls: costs['flush calls'] ?? 0 };
}

/** Section by section of the cost table: free lists, patch 1, the series; and the series with patch 6. */
describe('what flushing costs', () => {
	it.each([
		['free-list', 0, 0],
		['xarray', 6, 3],
		['series', 2, 1],
	])('three calls in a row on %s: %i pages in %i flushes', (kernel, pages, calls) => {
		expect(flushed(kernel, 'again')).toEqual({ pages, calls });
	});

	it.each([
		['free-list', 4, 1],
		['xarray', 2 + 4, 2],
		['series', 2 + 4, 2],
	])(
		'a call, then the last unmap and a drain on %s: %i pages in %i flushes, for the drain takes the whole block',
		(kernel, pages, calls) => {
			expect(flushed(kernel, 'deferred')).toEqual({ pages, calls });
		},
	);

	it.each(['free-list', 'xarray', 'series'])('all unmapped, then a call on %s: the block once', (kernel) => {
		expect(flushed(kernel, 'unmap-all')).toEqual({ pages: 4, calls: 1 });
	});

	it.each([
		['free-list', 4],
		['xarray', 4],
		['series', 4],
		// Three of four pages are free, which is above the threshold: the block stays, and only what is dirty is flushed.
		['full-series', 1],
	])('an idle block with one dirty page on %s: %i pages', (kernel, pages) => {
		expect(flushed(kernel, 'idle')).toEqual({ pages, calls: 1 });
	});

	it.each(['free-list', 'xarray', 'series'])(
		'two dirty ranges far apart on %s: the width from one to the other',
		(kernel) => {
			// Blocks of 8: A is dirty in [4, 7), C in [0, 2), which is [16, 18) counted from A.
			expect(flushed(kernel, 'far-apart')).toEqual({ pages: 18 - 4, calls: 1 });
		},
	);

	it('takes the lock of every block that is in use with patch 1, and of those on a list before', () => {
		const locks = (kernel: string): number =>
			endOf(kernel, 'aliases').costs['spinlock acquisitions: vmap_block.lock'] ?? 0;
		// Block A is in use and on no list.
		expect(locks('xarray') - locks('free-list')).toBe(1);
	});

	it('flushes what is alive too, when it is in the range', () => {
		// The worker's flush covers all of A, of which CPU1 has a translation of X's first page; X is unmapped by then.
		expect(endOf('free-list', 'deferred').costs['flushed stale translations']).toBe(2);
		expect(endOf('series', 'aliases').costs['flushed live translations']).toBeUndefined();
	});
});
